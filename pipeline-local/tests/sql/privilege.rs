use super::support::Sql;

#[tokio::test]
async fn statements_need_privileges() {
    let mut sql = Sql::new().await;
    for statement in [
        "create table t (id int)",
        "create table b (id int)",
        "create stream s on table t",
        "create view v as select id from t",
        "insert into t values (1)",
        "create user admin",
        "create role reader",
        "grant role reader to user admin",
        "grant role accountadmin to user admin",
        "use secondary roles none",
    ] {
        sql.run(statement).await;
    }
    let missing =
        |name: &str| format!("!002003 SQL compilation error:\nObject '{name}' does not exist or not authorized.");
    let done = &["Statement executed successfully."][..];
    sql.check(&[
        ("use role reader", done),
        ("select * from d.public.t", &[&missing("D.PUBLIC.T")]),
        ("use role accountadmin", done),
        ("grant usage on database d to role reader", done),
        ("grant usage on schema d.public to role reader", done),
        ("grant select on view d.public.v to role reader", done),
        ("use role reader", done),
        ("select * from d.public.t", &[&missing("D.PUBLIC.T")]),
        ("select * from d.public.v", &["1"]),
        ("use role accountadmin", done),
        ("grant select on table d.public.t to role reader", done),
        ("grant insert on table d.public.b to role reader", done),
        ("use role reader", done),
        ("select * from d.public.t", &["1"]),
        ("insert into d.public.b select id from d.public.t", &["1"]),
    ])
    .await;
    for statement in [
        "insert into d.public.t values (2)",
        "insert overwrite into d.public.b select id from d.public.t",
        "delete from d.public.b",
        "update d.public.t set id = 2",
        "truncate table d.public.b",
        "select * from d.public.b",
    ] {
        let error = sql.try_run(statement).await.err().map(|error| (error.code, error.sql_state));
        assert_eq!(error, Some((3001, "42501".to_owned())), "{statement}");
    }
    assert!(sql.try_run("select * from d.public.s").await.is_err());
}

/// What secondary roles may do, the session may do too; but only the primary role creates, as it owns what it creates.
#[tokio::test]
async fn secondary_roles_do_not_create() {
    let mut sql = Sql::new().await;
    for statement in [
        "create table t (id int)",
        "create user admin",
        "create role reader",
        "grant role reader to user admin",
        "grant role accountadmin to user admin",
        "grant usage on database d to role reader",
        "grant usage on schema d.public to role reader",
        "use role reader",
        "use secondary roles all",
        "insert into d.public.t values (1)",
    ] {
        sql.run(statement).await;
    }
    for statement in ["create table d.public.own (id int)", "create database own", "create role own"] {
        let error = sql.try_run(statement).await.err().map(|error| error.code);
        assert_eq!(error, Some(3001), "{statement}");
    }
}
