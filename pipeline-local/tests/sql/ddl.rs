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

#[tokio::test]
async fn statements_that_create_objects_again() {
    let mut sql = Sql::new().await;
    let cases: &[(&str, &str, &str)] = &[
        (
            "create transient table t (id int identity (1, 2), \"a b\" varchar(3) not null default 'x' comment 'it''s', primary key (id), \
             constraint u unique (\"a b\")) cluster by (id) data_retention_time_in_days = 0 comment = 'c'",
            "'table', 't'",
            "create or replace TRANSIENT TABLE T cluster by (id) (\n\tID NUMBER(38,0) NOT NULL autoincrement start 1 increment 2 noorder,\n\t\
             \"a b\" VARCHAR(3) NOT NULL DEFAULT 'x' COMMENT 'it''s',\n\tprimary key (ID),\n\tconstraint U unique (\"a b\")\n) \
             DATA_RETENTION_TIME_IN_DAYS=0 COMMENT='c';",
        ),
        (
            "create secure view v (x, y comment 'why') comment = 'a view' as select id, \"a b\" from t",
            "'VIEW', 'd.public.v'",
            "create or replace secure view V(\n\tX,\n\tY COMMENT 'why'\n) COMMENT='a view' as select id, \"a b\" from t;",
        ),
        (
            "create stream s on table t append_only = true",
            "'stream', 's', true",
            "create or replace stream D.PUBLIC.S on table D.PUBLIC.T append_only = true;",
        ),
        (
            "create sequence q start 5 increment 2",
            "'sequence', 'q'",
            "create or replace sequence Q start with 5 increment by 2 noorder;",
        ),
        (
            "create function f(x int) returns int as 'x + 1'",
            "'function', 'f(number)'",
            "CREATE OR REPLACE FUNCTION \"F\"(\"X\" NUMBER(38,0))\nRETURNS NUMBER(38,0)\nLANGUAGE SQL\nAS 'x + 1';",
        ),
        (
            "create procedure p(x varchar default 'a') returns varchar language sql execute as caller as $$ begin return 'x' || :x; end $$",
            "'procedure', 'p(varchar)'",
            "CREATE OR REPLACE PROCEDURE \"P\"(\"X\" VARCHAR(16777216) DEFAULT 'a')\nRETURNS VARCHAR(16777216)\nLANGUAGE SQL\nEXECUTE AS CALLER\nAS ' begin return ''x'' || :x; end ';",
        ),
        (
            "create task k schedule = '5 minutes' user_task_timeout_ms = 1000 when system$stream_has_data('s') as select 1",
            "'task', 'k'",
            "create or replace task K\n\tschedule='5 minutes'\n\tUSER_TASK_TIMEOUT_MS=1000\n\twhen system$stream_has_data('s')\n\tas select 1;",
        ),
    ];
    for (create, arguments, expected) in cases {
        sql.run(create).await;
        assert_eq!(sql.rows(&format!("select get_ddl({arguments})")).await, [*expected], "{create}");
        sql.run(expected).await;
        let again = sql.rows(&format!("select get_ddl({arguments})")).await;
        assert_eq!(again, [*expected], "the statement gives the same object");
    }
    sql.check(&[
        ("select regexp_count(get_ddl('schema', 'public'), 'create or replace ', 1, 'i')", &["8"]),
        (
            "select get_ddl('table', 'nope')",
            &["!002003 SQL compilation error:\nTable 'D.PUBLIC.NOPE' does not exist or not authorized."],
        ),
        ("select get_ddl('role', 'public')", &["!000002 Unsupported feature 'GET_DDL('ROLE', ...)'."]),
    ])
    .await;
}

#[tokio::test]
async fn properties_of_users() {
    let mut sql = Sql::new().await;
    let service =
        |property: &str| format!("!391806 SQL execution error: Cannot set {property} on users with TYPE=SERVICE.");
    sql.check(&[
        ("create user s type = service", &["User S successfully created."]),
        ("alter user s set first_name = 'F'", &[&service("FIRST_NAME")]),
        ("alter user s set must_change_password = true", &[&service("MUST_CHANGE_PASSWORD")]),
        ("create user s2 middle_name = 'M' type = service", &[&service("MIDDLE_NAME")]),
        ("create user p first_name = 'F' display_name = 'D' comment = 'c'", &["User P successfully created."]),
        ("alter user p unset comment, robot", &["!001420 SQL compilation error:\ninvalid property 'ROBOT' for 'USER'"]),
        (
            "alter user p unset comment, comment",
            &["!001003 SQL compilation error:\nduplicate property 'COMMENT'; name each property of a user once"],
        ),
        ("alter user p unset first_name, display_name, email", &["Statement executed successfully."]),
        (
            "describe user p ->> select \"property\", \"value\" from $1 where \"property\" in ('COMMENT', 'FIRST_NAME', 'DISPLAY_NAME', 'TYPE')",
            &["COMMENT|c", "DISPLAY_NAME|null", "TYPE|PERSON", "FIRST_NAME|null"],
        ),
    ])
    .await;
}

#[tokio::test]
async fn parameters_of_objects() {
    let mut sql = Sql::new().await;
    sql.run("create warehouse w max_concurrency_level = 4").await;
    sql.run("create task k schedule = '60 minute' user_task_timeout_ms = 120000 as select 1").await;
    sql.run("create table t (id int) data_retention_time_in_days = 0").await;
    let shown = "select \"key\", \"value\", \"default\", \"level\", \"type\" from $1";
    for (of, expected) in [
        ("like 'max%' in warehouse w", &["MAX_CONCURRENCY_LEVEL|4|8|WAREHOUSE|NUMBER"][..]),
        ("like 'user_task_t%' in task k", &["USER_TASK_TIMEOUT_MS|120000|3600000|TASK|NUMBER"]),
        (
            "in table t",
            &["DATA_RETENTION_TIME_IN_DAYS|0|1|TABLE|NUMBER", "MAX_DATA_EXTENSION_TIME_IN_DAYS|14|14||NUMBER"],
        ),
    ] {
        assert_eq!(sql.rows(&format!("show parameters {of} ->> {shown}")).await, expected, "{of}");
    }
}

#[tokio::test]
async fn tables_are_altered_to_what_is_declared() {
    let mut sql = Sql::new().await;
    let done = &["Statement executed successfully."][..];
    sql.check(&[
        ("create or alter table t (id int not null, v varchar(5), gone int) comment = 'c'", &["Table T successfully created."]),
        ("create stream s on table t", &["Stream S successfully created."]),
        ("insert into t values (1, 'a', 2), (2, null, 3)", &["2"]),
        ("create or alter table t (id int, v varchar(9), n int default 7, primary key (id)) data_retention_time_in_days = 1", done),
        ("select id, v, n from t order by id", &["1|a|7", "2|NULL|7"]),
        ("select id, n, metadata$action from s order by id", &["1|7|INSERT", "2|7|INSERT"]),
        (
            "select get_ddl('table', 't')",
            &["create or replace TABLE T (\n\tID NUMBER(38,0) NOT NULL,\n\tV VARCHAR(9),\n\tN NUMBER(38,0) DEFAULT 7,\n\tprimary key (ID)\n) CHANGE_TRACKING=TRUE DATA_RETENTION_TIME_IN_DAYS=1;"],
        ),
        (
            "create or alter table t (v varchar(9), id int, n int)",
            &["!000002 SQL compilation error:\nCREATE OR ALTER TABLE 'T' cannot move column 'ID'; new columns come last, the others keep their order."],
        ),
        (
            "create or alter table t (id int, x int, v varchar(9))",
            &["!000002 SQL compilation error:\nCREATE OR ALTER TABLE 'T' cannot move column 'V'; new columns come last, the others keep their order."],
        ),
        (
            "create or alter table t (id int, v varchar(9) not null)",
            &["!000002 SQL compilation error:\nColumn 'V' contains null values. Not null constraint cannot be added."],
        ),
        (
            "create or alter table t (id varchar, v varchar(9))",
            &["!002108 SQL compilation error:\ncannot change column ID from type NUMBER(38,0) to VARCHAR(16777216)"],
        ),
        (
            "create or alter table t (id int, v varchar(9) default 'x')",
            &["!000002 SQL compilation error:\nCREATE OR ALTER TABLE 'T' cannot change the DEFAULT of column 'V'."],
        ),
        (
            "create or alter table t as select 1 as a",
            &["!000002 Unsupported feature 'CREATE OR ALTER TABLE with AS, LIKE, CLONE or COPY GRANTS'."],
        ),
    ])
    .await;
}

#[tokio::test]
async fn queries_of_tables_may_stand_in_parentheses() {
    let mut sql = Sql::new().await;
    sql.check(&[
        ("create table t as (with q as (select 1 as a) select a from q)", &["Table T successfully created."]),
        (
            "create or replace table t as (select 2 as a) union all (select 3) order by 1",
            &["Table T successfully created."],
        ),
        ("select * from t", &["2", "3"]),
    ])
    .await;
}

#[tokio::test]
async fn temporary_views_hide_what_they_are_named_like() {
    let mut sql = Sql::new().await;
    sql.check(&[
        ("create view v as select 1 as a", &["View V successfully created."]),
        ("create temporary view v as select 2 as a", &["View V successfully created."]),
        ("create or replace temporary view v as select 3 as a", &["View V successfully created."]),
        ("create temporary view if not exists v as select 4 as a", &["V already exists, statement succeeded."]),
        ("select a from v", &["3"]),
        ("describe table v ->> select \"name\" from $1", &["A"]),
        ("drop view v", &["V successfully dropped."]),
        ("select a from v", &["1"]),
    ])
    .await;
}

#[tokio::test]
async fn history_lists_what_was_dropped() {
    let mut sql = Sql::new().await;
    for statement in ["create schema s", "create table d.public.t (id int)", "create table d.public.u (id int)"] {
        sql.run(statement).await;
    }
    sql.run("drop table d.public.t").await;
    sql.run("drop schema s").await;
    sql.check(&[
        (
            "show tables history in schema d.public ->> select \"name\", \"dropped_on\" is null from $1",
            &["T|false", "U|true"],
        ),
        ("show tables in schema d.public ->> select \"name\" from $1", &["U"]),
        ("show schemas history in database d ->> select \"name\" from $1 where \"dropped_on\" is not null", &["S"]),
        ("show databases history ->> select \"name\", \"dropped_on\" from $1", &["D|NULL"]),
    ])
    .await;
    assert_eq!(sql.run("show tables history in schema d.public").await.columns[11].name, "dropped_on");
}

#[tokio::test]
async fn ownership_of_tasks_changes_hands() {
    let mut sql = Sql::new().await;
    for statement in [
        "create role r",
        "grant role r to role sysadmin",
        "create warehouse w",
        "create task a warehouse = w schedule = '1 hour' as select 1",
        "create task b warehouse = w after a as select 1",
        "create task c warehouse = w allow_overlapping_execution = false after a as select 1",
        "drop task c",
        "alter task b resume",
        "alter task a resume",
    ] {
        sql.run(statement).await;
    }
    let listed =
        "show tasks ->> select \"name\", \"owner\", \"state\", \"predecessors\", \"last_suspended_reason\" from $1";
    sql.check(&[
        (
            "grant ownership on task b to role r",
            &["!091421 Unable to update graph with root task D.PUBLIC.A since that root task is not suspended."],
        ),
        ("alter task a suspend", &["Statement executed successfully."]),
        ("grant ownership on task b to role identifier('r')", &["Statement executed successfully."]),
        (listed, &["A|ACCOUNTADMIN|suspended|[]|USER_SUSPENDED", "B|R|suspended|[]|GRANT_OWNERSHIP"]),
        ("create or replace task b warehouse = w after a as select 1", &["Task B successfully created."]),
        ("grant ownership on all tasks in schema public to role r", &["Statement executed successfully."]),
        (listed, &["A|R|suspended|[]|USER_SUSPENDED", "B|R|suspended|[\"D.PUBLIC.A\"]|NULL"]),
        (
            "create task c allow_overlapping_execution = true after a as select 1",
            &["!091400 Cannot set allow_overlapping_execution on non-root task D.PUBLIC.C."],
        ),
        ("drop task if exists nothing", &["Drop statement executed successfully (NOTHING already dropped)."]),
    ])
    .await;
}

#[tokio::test]
async fn levels_of_routines_are_checked() {
    let mut sql = Sql::new().await;
    sql.run("create procedure p() returns int as 'begin return 1; end'").await;
    sql.run("create function f() returns int as '1'").await;
    sql.check(&[
        ("alter procedure p() set log_level = 'debug'", &["Statement executed successfully."]),
        ("alter function f() set trace_level = on_event", &["Statement executed successfully."]),
        ("alter procedure p() set log_level = loud", &[
            "!001008 SQL compilation error:\ninvalid value [LOUD] for parameter 'LOG_LEVEL'; it is TRACE, DEBUG, INFO, WARN, ERROR, FATAL, OFF.",
        ]),
        ("alter procedure p() unset log_level", &["Statement executed successfully."]),
        ("call p()", &["1"]),
        ("select f()", &["1"]),
    ])
    .await;
}

#[tokio::test]
async fn owners_rights_do_not_see_the_session() {
    let mut sql = Sql::new().await;
    for (statement, what) in [
        ("show variables", "SHOW VARIABLE"),
        ("show parameters", "SHOW PARAMETER"),
        ("show parameters like ''TIMEZONE'' in session", "SHOW PARAMETER"),
        ("show locks", "SHOW LOCK"),
        ("show transactions", "SHOW TRANSACTION"),
        ("show grants", "SHOW GRANT"),
    ] {
        sql.run(&format!("create or replace procedure p() returns int as 'begin {statement}; return 1; end'")).await;
        let error = sql.error("call p()").await;
        assert!(error.ends_with(&format!("Unsupported statement type '{what}'.")), "{statement}: {error}");
        sql.run("alter procedure p() execute as caller").await;
        assert_eq!(sql.rows("call p()").await, ["1"], "{statement}");
    }
}

#[tokio::test]
async fn what_is_only_a_definition_is_cloned() {
    let mut sql = Sql::new().await;
    for statement in [
        "create sequence s start 5 increment 10 comment = 'c'",
        "create stage outer_stage url = 's3://bucket/path/'",
        "create stage inner_stage",
        "create file format ff type = json",
        "create transient table tr (id int)",
        "create temporary table te (id int)",
    ] {
        sql.run(statement).await;
    }
    sql.check(&[
        ("select s.nextval", &["5"]),
        ("create sequence s2 clone s", &["Sequence S2 successfully created."]),
        ("create sequence if not exists s2 clone s", &["S2 already exists, statement succeeded."]),
        ("select s2.nextval, s.nextval", &["15|15"]),
        ("create stage o2 clone outer_stage", &["Stage O2 successfully created."]),
        ("create stage i2 clone inner_stage", &[
            "!000002 SQL compilation error:\nInternal stage 'INNER_STAGE' cannot be cloned; only external stages can.",
        ]),
        ("create file format f2 clone ff", &["File format F2 successfully created."]),
        ("show file formats like 'F2' ->> select \"type\" from $1", &["JSON"]),
        ("create table c clone tr", &[
            "!000002 SQL compilation error:\nTransient object cannot be cloned to a permanent object.",
        ]),
        ("create table c clone te", &[
            "!000002 SQL compilation error:\nTemporary object cannot be cloned to a permanent object.",
        ]),
        ("create transient table c clone tr", &["Table C successfully created."]),
        ("create function f(a int) returns int as 'a'", &["Function F successfully created."]),
        ("comment on function f(int) is 'ff'", &["Statement executed successfully."]),
        ("comment if exists on procedure p(int) is 'x'", &["Statement executed successfully."]),
        ("show functions like 'F' ->> select \"description\" from $1", &["ff"]),
        ("alter session set statement_timeout_in_seconds = -5", &[
            "!001008 SQL compilation error: \nparameter value out of range: -5. Must be between 0 and 604,800.",
        ]),
    ])
    .await;
}

#[tokio::test]
async fn containers_swap_their_contents() {
    let mut sql = Sql::new().await;
    for statement in
        ["create schema a", "create table t (x int)", "create schema b", "create table u (y int)", "create database e"]
    {
        sql.run(statement).await;
    }
    sql.check(&[
        ("alter schema d.a swap with d.b", &["Statement executed successfully."]),
        ("show tables in schema d.a ->> select \"name\" from $1", &["U"]),
        ("alter database d swap with e", &["Statement executed successfully."]),
        ("show tables in schema e.b ->> select \"name\" from $1", &["T"]),
        (
            "alter schema e.a swap with e.nothing",
            &["!002003 SQL compilation error:\nSchema 'E.NOTHING' does not exist or not authorized."],
        ),
    ])
    .await;
}
