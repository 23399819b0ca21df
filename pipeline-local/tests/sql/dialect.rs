//! What Snowflake's SQL has of its own: rewritten before it is planned.

use super::support::Sql;

#[tokio::test]
async fn patterns() {
    let mut sql = Sql::new().await;
    sql.check(&[
        (
            "select 'abc' like any ('x%', '%c'), 'abc' like any ('x', 'y'), 'abc' not like any ('a%', 'x')",
            &["true|false|false"],
        ),
        (
            "select 'abc' like all ('a%', '%c'), 'abc' like all ('a%', 'x%'), 'ABC' ilike any ('a%')",
            &["true|false|true"],
        ),
        ("select 'a\\\\b' like 'a\\\\_', 'a%' like 'a^%' escape '^', 'ab' like 'a^%' escape '^'", &["true|true|false"]),
        ("select column1 from values ('a_b'), ('axb') where column1 like 'a\\\\_b' escape '\\\\'", &["a_b"]),
        ("select 'x' like column1 from values ('_'), (null)", &["true", "NULL"]),
        (
            "select 'a' like 'b' escape 'cd'",
            &["!001003 SQL compilation error:\nInvalid escape character 'cd'; it must be one character."],
        ),
    ])
    .await;
}

#[tokio::test]
async fn literals() {
    let mut sql = Sql::new().await;
    sql.check(&[
        ("select '\\x41\\101\\u00e9\\'\\q', length('a\\tb\\0')", &["AAé'q|4"]),
        (
            "select '2024-01-31'::date + interval '1 month, 1 day', interval '2 hours' + '2024-01-01'::timestamp",
            &["2024-03-01|2024-01-01 02:00:00.000"],
        ),
        ("select '2024-03-01'::date - interval '1' day", &["2024-02-29"]),
        (
            "select current_date + interval '1 fortnight'",
            &["!001003 SQL compilation error:\nInvalid interval '1 fortnight'."],
        ),
        ("select -column1, - column1::int, +column1 from values (1.5)", &["-1.5|-2|1.5"]),
        (
            "select system$typeof(to_timestamp('2024-01-01')), system$typeof('2024-01-01'::timestamp)",
            &["TIMESTAMP_NTZ(9)[SB8]|TIMESTAMP_NTZ(9)[SB8]"],
        ),
    ])
    .await;
    sql.run("alter session set timestamp_type_mapping = 'TIMESTAMP_TZ'").await;
    sql.run("create table moments as select to_timestamp('2024-01-01') as a, '2024-01-01'::timestamp(3) as b").await;
    let columns = sql.run("select * from moments").await.columns;
    let types: Vec<_> = columns.iter().map(|column| column.sql_type.to_string()).collect();
    assert_eq!(types, ["TIMESTAMP_TZ(9)", "TIMESTAMP_TZ(3)"]);
}

#[tokio::test]
async fn stars_as_arguments() {
    let mut sql = Sql::new().await;
    sql.run("create table t (id int, name varchar)").await;
    sql.run("insert into t values (1, 'a'), (2, null)").await;
    sql.check(&[
        ("select object_construct(*) from t order by id", &["{\"ID\":1,\"NAME\":\"a\"}", "{\"ID\":2}"]),
        ("select object_construct_keep_null(t.*) from t where id = 2", &["{\"ID\":2,\"NAME\":null}"]),
        ("select object_construct(* exclude name) from t where id = 1", &["{\"ID\":1}"]),
        (
            "select hash(*) = hash(id, name), hash_agg(*) = hash_agg(id, name) from t group by id, name",
            &["true|true", "true|true"],
        ),
        ("with c as (select id + 1 as n from t) select object_construct(*) from c", &["{\"N\":2}", "{\"N\":3}"]),
        ("select (select object_construct(*) from t where id = 1), count(*) from t", &["{\"ID\":1,\"NAME\":\"a\"}|2"]),
    ])
    .await;
}

#[tokio::test]
async fn counts() {
    let mut sql = Sql::new().await;
    sql.run("create table t (a int, b varchar)").await;
    sql.run("insert into t values (1, 'x'), (1, 'x'), (1, 'y'), (2, null)").await;
    sql.check(&[
        ("select count(distinct a, b), count(a, b), count(distinct a), count(*) from t", &["2|3|2|4"]),
        ("select a, ratio_to_report(a) over () from t where b = 'x'", &["1|0.500000", "1|0.500000"]),
        ("select ratio_to_report(a) over (partition by b) from t where a = 2", &["1.000000"]),
    ])
    .await;
}

#[tokio::test]
async fn recursion_without_the_word() {
    let mut sql = Sql::new().await;
    sql.run("create table t (n int)").await;
    sql.run("insert into t values (7)").await;
    sql.check(&[
        ("with r (n) as (select 1 union all select n + 1 from r where n < 4) select * from r", &["1", "2", "3", "4"]),
        ("with t as (select n + 1 as n from t) select * from t", &["8"]),
    ])
    .await;
}

#[tokio::test]
async fn pivots_and_samples() {
    let mut sql = Sql::new().await;
    sql.run("create table sales (region varchar, month varchar, amount int)").await;
    sql.run("insert into sales values ('e', 'JAN', 1), ('e', 'JAN', 2), ('e', 'FEB', 4), ('w', 'JAN', 8)").await;
    sql.check(&[
        ("select * from sales pivot (sum(amount) for month in ('JAN', 'FEB')) order by region", &["e|3|4", "w|8|NULL"]),
        ("select region, jan from sales pivot (sum(amount) for month in ('JAN' as jan)) as p where jan > 5", &["w|8"]),
        (
            "select * from sales pivot (count(amount) for month in ('JAN', 'FEB')) as p (r, a, b) order by r",
            &["e|2|1", "w|1|0"],
        ),
        (
            "select * from sales pivot (max(amount) for month in ('FEB') default on null (0)) order by region",
            &["e|4", "w|0"],
        ),
        ("select count(*) from sales sample (100), (select 1)", &["4"]),
        ("select count(*) from sales as s sample bernoulli (0)", &["0"]),
        ("select count(*) from (select * from sales tablesample (3 rows))", &["3"]),
    ])
    .await;
    let columns = sql.run("select * from sales pivot (sum(amount) for month in ('JAN', 'FEB'))").await.columns;
    let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["REGION", "'JAN'", "'FEB'"]);
    sql.run("create table wide (id int, jan int, feb int)").await;
    sql.run("insert into wide values (1, 10, null), (2, 20, 21)").await;
    sql.check(&[
        (
            "select * from wide unpivot (amount for month in (jan, feb)) order by id, month",
            &["1|JAN|10", "2|FEB|21", "2|JAN|20"],
        ),
        ("select count(*) from wide unpivot include nulls (amount for month in (jan, feb))", &["4"]),
    ])
    .await;
}

#[tokio::test]
async fn names_of_new_columns() {
    let mut sql = Sql::new().await;
    sql.run("create table t (id int, o object)").await;
    sql.check(&[
        ("create table c as select id + 1 from t", &["!002022 SQL compilation error:\nMissing column specification"]),
        ("create view v as select count(*) from t", &["!002022 SQL compilation error:\nMissing column specification"]),
        (
            "create table c as select upper(o) from t",
            &["!001044 SQL compilation error: error line 1 at position 25\n\
             Invalid argument types for function 'UPPER': (OBJECT)"],
        ),
        (
            "create table c as\n select nosuch from t",
            &["!000904 SQL compilation error: error line 2 at position 8\ninvalid identifier 'NOSUCH'"],
        ),
        (
            "insert into t (nosuch) values (1)",
            &["!000904 SQL compilation error: error line 1 at position 15\ninvalid identifier 'NOSUCH'"],
        ),
        (
            "update t set nosuch = 1",
            &["!000904 SQL compilation error: error line 1 at position 13\ninvalid identifier 'NOSUCH'"],
        ),
    ])
    .await;
    for (statement, name) in [
        ("create table a as select (id) from t", "ID"),
        ("create or replace table a (n) as select id + 1 from t", "N"),
        ("create or replace table a as select 1 union all select 2", "1"),
    ] {
        sql.run(statement).await;
        assert_eq!(sql.run("select * from a").await.columns[0].name, name, "{statement}");
    }
}
