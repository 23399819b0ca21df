use super::support::Sql;

#[tokio::test]
async fn columns_of_queries_have_names() {
    let mut sql = Sql::new().await;
    sql.run("create table s (a int, o object, \"A B\" int)").await;
    let missing = &["!002022 SQL compilation error:\nMissing column specification"][..];
    sql.check(&[
        ("create table t as select a + 1 from s", missing),
        ("create table t as select 1", missing),
        ("create table t as select count(*) from s", missing),
        ("create view v as select a::varchar from s", missing),
        (
            "create table t as\nselect upper(o) as u from s",
            &["!001044 SQL compilation error: error line 2 at position 7\nInvalid argument types for function 'UPPER': (OBJECT)"],
        ),
        ("create table t as select nope from s", &[
            "!000904 SQL compilation error: error line 1 at position 25\ninvalid identifier 'NOPE'",
        ]),
        ("create table t (x) as select a + 1 from s", &["Table T successfully created."]),
        ("create view v (x) as select a + 1 from s", &["View V successfully created."]),
        ("create or replace table t as select (a), s.o, \"A B\" from s", &["Table T successfully created."]),
        ("desc table t ->> select listagg(\"name\", ',') from $1", &["A,O,A B"]),
        ("create or replace table t as select 1 union all select 2", &["Table T successfully created."]),
        ("select count(*) from t", &["2"]),
    ])
    .await;
}

#[tokio::test]
async fn numbers_of_columns() {
    let mut sql = Sql::new().await;
    for (form, expected) in [
        ("autoincrement", ["1", "2"]),
        ("identity (100, 5)", ["100", "105"]),
        ("autoincrement start 10", ["10", "11"]),
        ("autoincrement increment 2", ["1", "3"]),
        ("identity increment by 2 start with 10 noorder", ["10", "12"]),
        ("autoincrement start 10 increment -1 order", ["10", "9"]),
    ] {
        sql.run(&format!("create or replace table t (id int {form}, v varchar)")).await;
        sql.run("insert into t (v) values ('a'), ('b')").await;
        assert_eq!(sql.rows("select id from t order by v").await, expected, "{form}");
    }
}

#[tokio::test]
async fn defaults_of_added_columns() {
    let mut sql = Sql::new().await;
    sql.run("create table t (id int)").await;
    sql.check(&[
        ("alter table t add column short varchar(2) default 'too long'", &["Statement executed successfully."]),
        ("alter table t drop column short", &["Statement executed successfully."]),
        ("insert into t values (1)", &["1"]),
        (
            "alter table t add column short varchar(2) default 'too long'",
            &["!100078 String 'too long' is too long and would be truncated"],
        ),
        ("alter table t add column n number(5, 1) default -7.55", &["Statement executed successfully."]),
        ("select n from t", &["-7.6"]),
        (
            "alter table t add column d date default '2026-01-01'",
            &["!002023 SQL compilation error:\nExpression type does not match column data type, expecting DATE but got VARCHAR(10) for column D"],
        ),
    ])
    .await;
}
