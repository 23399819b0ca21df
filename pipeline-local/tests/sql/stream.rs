use super::support::Sql;

#[tokio::test]
async fn consumed_by_committed_dml_only() {
    let mut sql = Sql::new().await;
    sql.run("create table a (id int, v varchar)").await;
    sql.run("create table b (id int, v varchar, action varchar, is_update boolean)").await;
    sql.run("insert into a values (1, 'one'), (2, 'two')").await;
    sql.run("create stream s on table a").await;
    let changes = "select id, v, metadata$action, metadata$isupdate from s order by id, metadata$action";
    sql.check(&[
        ("select system$stream_has_data('s')", &["false"]),
        ("insert into a values (3, 'three')", &["1"]),
        ("update a set v = 'uno' where id = 1", &["1|0"]),
        ("delete from a where id = 2", &["1"]),
        ("select system$stream_has_data('s')", &["true"]),
        (changes, &["1|one|DELETE|true", "1|uno|INSERT|true", "2|two|DELETE|false", "3|three|INSERT|false"]),
        (changes, &["1|one|DELETE|true", "1|uno|INSERT|true", "2|two|DELETE|false", "3|three|INSERT|false"]),
        ("begin", &["Statement executed successfully."]),
        ("insert overwrite into b select id, v, metadata$action, metadata$isupdate from s", &["4"]),
        ("insert into a values (9, 'nine')", &["1"]),
        ("select count(*) from s", &["4"]),
        ("rollback", &["Statement executed successfully."]),
        ("select count(*) from s", &["4"]),
        ("select count(*) from b", &["0"]),
        ("begin transaction", &["Statement executed successfully."]),
        ("insert overwrite into b select id, v, metadata$action, metadata$isupdate from s where id = 3", &["1"]),
        ("insert into a values (9, 'nine')", &["1"]),
        ("commit", &["Statement executed successfully."]),
        (changes, &["9|nine|INSERT|false"]),
        ("insert into b select id, v, 'x', false from s where 1 = 0", &["0"]),
        ("select count(*) from s", &["0"]),
        ("select id from b", &["3"]),
    ])
    .await;
}

/// A stream on a view over `a` and `b` returns these rows (all columns, action, is-update) after these statements.
async fn changes_of_view(view: &str, options: &str, statements: &[&str], expected: &[&str]) {
    let mut sql = Sql::new().await;
    for statement in [
        "create table a (id int, v varchar, at timestamp_tz)",
        "create table b (id int, w varchar)",
        "insert into a (id, v) values (1, 'a1'), (2, 'a2'), (3, 'a3')",
        "insert into b values (1, 'b1'), (2, 'b2')",
    ] {
        sql.run(statement).await;
    }
    sql.run(&format!("create view v as {view}")).await;
    sql.run(&format!("create stream s on view v {options}")).await;
    for statement in statements {
        sql.run(statement).await;
    }
    let mut rows = sql.rows("select * exclude metadata$row_id from s").await;
    rows.sort();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(rows, expected, "{view} {options} {statements:?}");
}

#[tokio::test]
async fn changes_of_views() {
    let changes = &[
        "insert into a (id, v) values (4, 'a4'), (5, 'a5')",
        "delete from a where id = 5",
        "update a set v = 'x' where id = 1",
        "update a set id = 20 where id = 2",
        "delete from a where id = 3",
    ];
    let cases: &[(&str, &str, &[&str], &[&str])] = &[
        (
            "select * from a",
            "",
            &["insert into a (id, at) values (7, '2024-01-01 00:00:00 +0000')"],
            &["7|NULL|2024-01-01 00:00:00.000 +0000|INSERT|false"],
        ),
        (
            "select v as name, id * 10 as ten from a",
            "",
            changes,
            &[
                "a2|20|DELETE|true",
                "a2|200|INSERT|true",
                "a3|30|DELETE|false",
                "a4|40|INSERT|false",
                "a1|10|DELETE|true",
                "x|10|INSERT|true",
            ],
        ),
        (
            "select v from a where id < 10",
            "",
            changes,
            &["a1|DELETE|true", "a2|DELETE|false", "a3|DELETE|false", "a4|INSERT|false", "x|INSERT|true"],
        ),
        ("select id from a where v like 'a%'", "append_only = true", changes, &["4|INSERT|false", "5|INSERT|false"]),
        (
            "select id from a",
            "show_initial_rows = true",
            changes,
            &["1|INSERT|false", "2|INSERT|false", "3|INSERT|false"],
        ),
        // A change of a column that the view does not have is none.
        ("select id from a", "", &["update a set v = 'y'", "update a set at = '2024-01-01 00:00:00 +0000'"], &[]),
        (
            "select a.id, v, w from a join b on a.id = b.id",
            "",
            &[
                "update a set v = 'x' where id = 1",
                "insert into b values (3, 'b3'), (9, 'b9')",
                "insert into a (id, v) values (9, 'a9')",
                "delete from b where id = 2",
            ],
            &[
                "1|a1|b1|DELETE|true",
                "1|x|b1|INSERT|true",
                "2|a2|b2|DELETE|false",
                "3|a3|b3|INSERT|false",
                "9|a9|b9|INSERT|false",
            ],
        ),
        (
            "select a.id, w from a, b",
            "append_only = true",
            &[
                "delete from a where id > 1",
                "insert into b values (7, 'b7')",
                "delete from b",
                "insert into a (id) values (8)",
            ],
            &[
                "1|b7|INSERT|false",
                "2|b7|INSERT|false",
                "3|b7|INSERT|false",
                "8|b1|INSERT|false",
                "8|b2|INSERT|false",
                "8|b7|INSERT|false",
            ],
        ),
        (
            "select one.id, two.id as other from a as one inner join a as two on one.id + 1 = two.id",
            "",
            &["delete from a where id = 2"],
            &["1|2|DELETE|false", "2|3|DELETE|false"],
        ),
        (
            "select id, v from a union all select id, w from b union all select id, v from a where id = 1",
            "",
            &["delete from a where id = 1", "insert into b values (5, 'b5')"],
            &["1|a1|DELETE|false", "1|a1|DELETE|false", "5|b5|INSERT|false"],
        ),
        (
            "with c as (select id from a where id > 1) select c.id + 0 as id from (select * from c) as c cross join b where b.id = 1",
            "",
            &["delete from a where id = 3"],
            &["3|DELETE|false"],
        ),
    ];
    for (view, options, statements, expected) in cases {
        changes_of_view(view, options, statements, expected).await;
    }
}

#[tokio::test]
async fn views_whose_changes_are_not_tracked() {
    let mut sql = Sql::new().await;
    sql.run("create table a (id int, v varchar)").await;
    sql.run("create stream t on table a").await;
    for (view, what) in [
        ("select id, count(*) as n from a group by id", "GROUP BY"),
        ("select count(*) as n from a", "aggregate functions"),
        ("select distinct id from a", "DISTINCT"),
        ("select id from a limit 1", "LIMIT"),
        ("select id from a order by id", "ORDER BY"),
        ("select id from a qualify row_number() over (order by id) = 1", "QUALIFY"),
        ("select row_number() over (order by id) as n from a", "window functions"),
        ("select l.id from a as l left join a as r on l.id = r.id", "joins of type '[LEFT_OUTER_JOIN]'"),
        ("select l.id from a as l full join a as r on l.id = r.id", "joins of type '[FULL_OUTER_JOIN]'"),
        ("select id from a where id in (select id from a)", "subqueries outside of the FROM clause"),
        ("select id, (select max(id) from a) as m from a", "subqueries outside of the FROM clause"),
        ("select id from a union select id from a", "UNION; use UNION ALL"),
        ("select 1 as one", "rows that come from no table"),
    ] {
        sql.run(&format!("create or replace view v as {view}")).await;
        let expected =
            format!("000002 SQL compilation error:\nChange tracking is not supported on queries with {what}.");
        assert_eq!(sql.error("create stream s on view v").await, expected, "{view}");
    }
    sql.check(&[
        ("create or replace view v as select id from t", &["View V successfully created."]),
        (
            "create stream s on view v",
            &["!000002 SQL compilation error:\nChange tracking is not supported on queries with streams, saw 'T'.\nin the definition of view V"],
        ),
        ("create or replace view v as select id from a", &["View V successfully created."]),
        (
            "create stream s on view v insert_only = true",
            &["!000002 SQL compilation error:\nChange tracking of type INSERT_ONLY is not supported on queries with 'TABLE' inside views, saw 'A'. (inside view 'D.PUBLIC.V')."],
        ),
        (
            "create stream s on table v",
            &["!002203 SQL compilation error:\nObject found is of type 'VIEW', not specified type 'TABLE'."],
        ),
    ])
    .await;
}

#[tokio::test]
async fn streams_on_views_are_consumed_and_go_stale_like_others() {
    let mut sql = Sql::new().await;
    sql.run("create table a (id int, v varchar)").await;
    sql.run("create table b (id int)").await;
    sql.run("create view inner_v as select id, v from a where id > 0").await;
    sql.run("create view v as select i.id, v from inner_v as i join b using (id)").await;
    sql.check(&[
        ("create stream s on view v", &["Stream S successfully created."]),
        ("select system$stream_has_data('s')", &["false"]),
        ("insert into a values (1, 'one')", &["1"]),
        ("select system$stream_has_data('s')", &["true"]),
        ("select count(*) from s", &["0"]),
        ("insert into b values (1)", &["1"]),
        ("update a set v = 'uno'", &["1|0"]),
        ("create stream twin clone s", &["Stream TWIN successfully created."]),
        ("create table taken as select * from s", &["Table TAKEN successfully created."]),
        ("select id, v, metadata$action, length(metadata$row_id) from twin", &["1|uno|INSERT|40"]),
        ("select count(*) from s", &["0"]),
        ("select system$stream_has_data('s')", &["false"]),
        ("update a set v = 'one'", &["1|0"]),
        ("select count(*), count(distinct metadata$row_id), boolor_agg(metadata$isupdate) from s", &["2|1|true"]),
        ("create or replace stream s on view v at(stream => 'twin')", &["Stream S successfully created."]),
        ("select id, v, metadata$action from s", &["1|one|INSERT"]),
        (
            "show streams like 's' ->> select \"table_name\", \"source_type\", \"base_tables\", \"stale\", \"mode\" from $1",
            &["D.PUBLIC.V|View|D.PUBLIC.A,D.PUBLIC.B|false|DEFAULT"],
        ),
        ("create or alter stream s on view v comment = 'changed'", &["Statement executed successfully."]),
        (
            "create or alter stream s on view v append_only = true",
            &["!000002 SQL compilation error:\nCREATE OR ALTER STREAM cannot change APPEND_ONLY or INSERT_ONLY of stream 'S'; only its COMMENT can be changed."],
        ),
        ("create or replace table b (id int)", &["Table B successfully created."]),
        ("select * from s", &["!091901 Base table 'D.PUBLIC.B' dropped, cannot read from stream 'S'"]),
        ("show streams like 's' ->> select \"stale\" from $1", &["true"]),
        ("create or replace stream s on view v", &["Stream S successfully created."]),
        ("select count(*) from s", &["0"]),
        ("alter table a set change_tracking = false", &["Statement executed successfully."]),
        (
            "select * from s",
            &["!091901 Stream 'S' is stale: change tracking on table 'D.PUBLIC.A' is off, or restarted after the stream was last consumed. Recreate the stream."],
        ),
    ])
    .await;
}

#[tokio::test]
async fn start_points() {
    let mut sql = Sql::new().await;
    sql.run("create table a (id int) change_tracking = true").await;
    sql.run("insert into a values (1)").await;
    sql.check(&[
        ("create stream old on table a at(offset => -1000000)", &["!000707 SQL compilation error:\nTime travel data is not available for table A. The requested time is either beyond the allowed time travel period or before the object creation time."]),
        ("create stream s on table a at(offset => 60)", &["!001008 SQL compilation error:\nInvalid data type [60] in AT(OFFSET => 60)"]),
        ("create stream s on table a at(offset => null)", &["!001008 SQL compilation error:\nInvalid data type [NULL] in AT(OFFSET => NULL)"]),
        ("create stream s on table a at(statement => 'none')", &["!000707 SQL compilation error:\nStatement none not found"]),
        ("create stream s on table a at(stream => 'none')", &["!002003 SQL compilation error:\nStream 'none' not found."]),
        ("create stream s on table a at(timestamp => current_timestamp())", &["!002014 SQL compilation error:\nNon-deterministic function 'CURRENT_TIMESTAMP' is not allowed in the time travel clause of a stream."]),
        ("set now = (select current_timestamp())", &["Statement executed successfully."]),
        ("insert into a values (2)", &["1"]),
        ("create stream s on table a at(timestamp => $now)", &["Stream S successfully created."]),
        ("select id from s", &["2"]),
    ])
    .await;
}

#[tokio::test]
async fn changes_between_two_times() {
    let mut sql = Sql::new().await;
    sql.run("create table a (id int, v varchar) change_tracking = true").await;
    sql.run("create view v as select id * 10 as ten from a where id < 5").await;
    sql.run("create stream start on table a").await;
    sql.run("insert into a values (1, 'one'), (7, 'seven')").await;
    sql.run("create stream middle on table a").await;
    sql.run("delete from a where id = 1").await;
    sql.run("create table untracked (id int)").await;
    sql.check(&[
        (
            "select id, v, metadata$action from a changes(information => default) at(stream => 'start') order by id",
            &["7|seven|INSERT"],
        ),
        (
            "select c.id from a changes(information => append_only) at(stream => 'start') as c order by 1",
            &["1", "7"],
        ),
        (
            "select id, metadata$action from a changes(information => default) at(stream => 'start') end(stream => 'middle') order by id",
            &["1|INSERT", "7|INSERT"],
        ),
        ("select ten, metadata$action from v changes(information => default) at(stream => 'middle')", &["10|DELETE"]),
        (
            "select * from untracked changes(information => default) at(offset => 0)",
            &["!000707 SQL compilation error: Change tracking is not enabled or has been missing for the time range requested on table 'UNTRACKED'."],
        ),
        (
            "select * from a changes(information => all) at(offset => 0)",
            &["!001003 SQL compilation error:\nCHANGES takes INFORMATION => DEFAULT or INFORMATION => APPEND_ONLY."],
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_streams_cannot_be_on() {
    let mut sql = Sql::new().await;
    for statement in [
        "create table t (id int)",
        "create view v as select id from t",
        "create materialized view m as select id from t",
        "create stage plain",
        "create stage listed directory = (enable = true)",
    ] {
        sql.run(statement).await;
    }
    for (statement, expected) in [
        ("create stream s on stage plain", "DIRECTORY not enabled for the stage PLAIN"),
        (
            "create stream s on stage listed append_only = true",
            "Streams on directories cannot have APPEND_ONLY set to true.",
        ),
        (
            "create stream s on stage listed insert_only = true",
            "Streams on directories cannot have INSERT_ONLY set to true.",
        ),
        (
            "create stream s on stage listed at (offset => -1)",
            "Time travel not supported for stream creation on stages.",
        ),
        (
            "create stream s on stage listed",
            "Unsupported feature 'CREATE STREAM ... ON STAGE: stages hold no files here'.",
        ),
        (
            "create stream s on view v insert_only = true",
            "Change tracking of type INSERT_ONLY is not supported on queries with 'TABLE' inside views, saw 'T'. (inside view 'D.PUBLIC.V').",
        ),
        ("create stream s on view m", "Change tracking is not supported on materialized views, and 'M' is one."),
    ] {
        let error = sql.error(statement).await;
        assert!(error.ends_with(expected), "{statement}: {error}");
    }
}
