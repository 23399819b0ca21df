use super::support::Sql;

const DONE: &[&str] = &["Statement executed successfully."];

#[tokio::test]
async fn tags_are_set_read_and_inherited() {
    let mut sql = Sql::new().await;
    sql.check(&[
        ("create tag x", &["Tag X successfully created."]),
        ("create tag y allowed_values 'a', 'b'", &["Tag Y successfully created."]),
        ("create table t (id int with tag (x = 'c'), v int) tag (y = 'a')", &["Table T successfully created."]),
        ("alter table t set tag x = '1', y = 'b'", DONE),
        ("alter table t set tag y = 'z'", &[
            "!391801 SQL compilation error:\nTag value 'z' is not allowed for tag 'Y'; its ALLOWED_VALUES are 'a', 'b'.",
        ]),
        ("alter table t set tag x = '1', x = '2'", &[
            "!391804 SQL compilation error:\nSame tag X with multiple values provided, values = 1, 2",
        ]),
        ("select system$get_tag_allowed_values('y'), system$get_tag_allowed_values('x')", &["[\"a\",\"b\"]|NULL"]),
        ("alter table t set tag nope = '1'", &[
            "!002003 SQL compilation error:\nTag 'D.PUBLIC.NOPE' does not exist or not authorized.",
        ]),
        ("alter table t modify column w set tag x = '1'", &["!000904 SQL compilation error: error line 0 at position -1\ninvalid identifier 'W'"]),
        ("alter table if exists none set tag x = '1'", DONE),
        ("alter table t modify column id set tag y = 'a', column v set tag x = 'v', y = 'b'", DONE),
        ("alter table t alter column v unset tag x, y", DONE),
        ("select system$get_tag('x', 't', 'table'), system$get_tag('d.public.x', 't.id', 'column'), system$get_tag('x', 't.v', 'column')", &["1|c|1"]),
        (
            "select tag_name, tag_value, apply_method, level, domain, column_name from table(information_schema.tag_references_all_columns('t', 'table'))",
            &["X|c|MANUAL|COLUMN|COLUMN|ID", "Y|a|MANUAL|COLUMN|COLUMN|ID", "X|1|INHERITED|TABLE|COLUMN|V", "Y|b|INHERITED|TABLE|COLUMN|V"],
        ),
        ("select tag_value from table(information_schema.tag_references('t', 'nothing'))", &[
            "!001008 SQL compilation error:\ninvalid value [nothing] for the domain of tags: it is TABLE, COLUMN, SCHEMA, DATABASE, ....",
        ]),
        ("create table c clone t", &["Table C successfully created."]),
        ("alter table t unset tag x", DONE),
        ("alter schema public set tag x = 's'", DONE),
        ("select system$get_tag('x', 't', 'table'), system$get_tag('x', 'c', 'table'), system$get_tag('x', 'c.id', 'column')", &["s|1|c"]),
        ("create or replace table t (id int)", &["Table T successfully created."]),
        ("select system$get_tag('y', 't', 'table')", &["NULL"]),
        ("drop tag y", &["Y successfully dropped."]),
        ("select get_ddl('table', 'c')", &[
            "create or replace TABLE C (\n\tID NUMBER(38,0) WITH TAG (D.PUBLIC.X='c'),\n\tV NUMBER(38,0)\n) WITH TAG (D.PUBLIC.X='1');",
        ]),
        ("undrop tag y", &["Tag Y successfully restored."]),
        ("select system$get_tag('y', 'c', 'table')", &["b"]),
    ])
    .await;
}

#[tokio::test]
async fn every_kind_takes_tags() {
    let mut sql = Sql::new().await;
    for statement in [
        "create tag x",
        "create table t (id int)",
        "create stream st with tag (x = 'stream') copy grants on table t",
        "create task tk with tag (x = 'task') schedule = '1 minute' as select 1",
        "create view v (a tag (x = 'column')) with tag (x = 'view') as select id from t",
        "create stage sg tag (x = 'stage')",
        "create schema s with tag (d.public.x = 'schema')",
        "use schema d.public",
        "create warehouse w with tag (x = 'warehouse')",
        "create role r tag (x = 'role')",
        "create user u tag (x = 'user')",
        "create procedure p(a int) returns int as 'begin return 1; end'",
        "alter procedure p(int) set tag x = 'procedure'",
        "alter table t add column b int tag (x = 'added')",
    ] {
        sql.run(statement).await;
    }
    for (name, domain, value) in [
        ("st", "stream", "stream"),
        ("tk", "task", "task"),
        ("v", "table", "view"),
        ("v.a", "column", "column"),
        ("sg", "stage", "stage"),
        ("s", "schema", "schema"),
        ("w", "warehouse", "warehouse"),
        ("r", "role", "role"),
        ("u", "user", "user"),
        ("p(int)", "procedure", "procedure"),
        ("t.b", "column", "added"),
    ] {
        let query = format!("select system$get_tag('x', '{name}', '{domain}')");
        assert_eq!(sql.rows(&query).await, [value], "{name}");
    }
    sql.check(&[
        (
            "create stream late on table t with tag (x = '1')",
            &["!001003 SQL compilation error:\nsyntax error line 1 at position 30 unexpected 'with'."],
        ),
        (
            "create or alter table t (id int, b int) tag (x = '1')",
            &["!000002 Unsupported feature 'TAG of CREATE OR ALTER TABLE; set it with ALTER TABLE ... SET TAG'."],
        ),
        ("alter user u unset tag x", DONE),
        ("select system$get_tag('x', 'u', 'user')", &["NULL"]),
    ])
    .await;
}

#[tokio::test]
async fn who_may_apply_tags() {
    let mut sql = Sql::new().await;
    for statement in [
        "create tag x",
        "create role r",
        "create user admin",
        "grant role accountadmin to user admin",
        "grant role r to user admin",
        "grant usage on database d to role r",
        "grant all on schema public to role r",
        "use role r",
        "create table t (id int)",
    ] {
        sql.run(statement).await;
    }
    sql.session.secondary_roles_all = false;
    let refused = "!002003 SQL compilation error:\nTag 'D.PUBLIC.X' does not exist or not authorized.";
    sql.check(&[("alter table t set tag x = '1'", &[refused])]).await;
    sql.run("use role accountadmin").await;
    sql.run("grant apply on tag x to role r").await;
    sql.run("use role r").await;
    sql.check(&[("alter table t set tag x = '1'", DONE), ("select system$get_tag('x', 't', 'table')", &["1"])]).await;
}
