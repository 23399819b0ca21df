use pipeline_local::exec::QueryResult;

use super::support::{Sql, cells};

#[tokio::test]
async fn expressions() {
    let mut sql = Sql::new().await;
    sql.check(&[
        ("select 1", &["1"]),
        ("select 1/2, 2/3, 7/2, 10.0/4", &["0.500000|0.666667|3.500000|2.5000000"]),
        ("select 1 + 2 * 3, 1.5 * 1.5, 0.1 + 0.2", &["7|2.25|0.3"]),
        ("select 1/0", &["!100051 Division by zero"]),
        ("select 'a' || 'b' || null", &["NULL"]),
        ("select '12' + 1", &["13.00000"]),
        ("select '5' > 3, '10' = 10", &["true|true"]),
        ("select 2 between 1 and 3, 2 in (1, 2), null in (1), 5 not in (1, 2)", &["true|true|NULL|true"]),
        ("select case 2 when 1 then 'one' when 2 then 'two' end, iff(1 > 2, 'a', 'b')", &["two|b"]),
        ("select '2024-03-01'::date - 1, '2024-01-31'::date + 30", &["2024-02-29|2024-03-01"]),
        ("select cast('1.55' as number(3,1)), '7'::int + 1, try_cast('x' as int)", &["1.6|8|NULL"]),
        ("select 'x'::int", &["!100038 Numeric value 'x' is not recognized"]),
        ("select nosuch", &["!000904 SQL compilation error: error line 1 at position 7\ninvalid identifier 'NOSUCH'"]),
        ("select nosuch(1)", &["!002140 SQL compilation error:\nUnknown function NOSUCH."]),
        ("select 1 form t", &["!001003 SQL compilation error:\nsyntax error line 1 at position 14 unexpected 't'."]),
        (
            "select * from nosuch",
            &["!002003 SQL compilation error:\nObject 'NOSUCH' does not exist or not authorized."],
        ),
        (
            "select dateadd(month, 1, '2024-01-31'::date), datediff(day, '2024-01-01'::date, '2024-03-01'::date)",
            &["2024-02-29|60"],
        ),
        (
            "select current_database(), current_schema(), current_role(), current_user()",
            &["D|PUBLIC|ACCOUNTADMIN|ADMIN"],
        ),
        ("select current_timestamp() = current_timestamp", &["true"]),
        (
            "select last_day(day), last_day(day, year), date_trunc(month, day), date_trunc('month', month), trunc(day, month)
             from (select '2024-02-10'::date as day, '2024-05-06'::date as month)",
            &["2024-02-29|2024-12-31|2024-02-01|2024-05-01|2024-02-01"],
        ),
        ("select 'a\\'b\\\\c\\x41\\1012', length('\\2')", &["a'b\\cAA2|1"]),
        ("select 1e2, 1.5e0", &["100|1.5"]),
    ])
    .await;
}

#[tokio::test]
async fn names_of_columns() {
    let mut sql = Sql::new().await;
    for (text, expected) in [
        ("select 1", "1"),
        ("select 1+1 , count( * )", "1+1,COUNT( * )"),
        ("select 'abc', 1 as x, 2 as \"y\", upper('a')", "'ABC',X,y,UPPER('A')"),
        ("select 1, 1", "1,1"),
        ("select column1, $2 from values (1, 2)", "COLUMN1,$2"),
    ] {
        let result = sql.run(text).await;
        let names: Vec<_> = result.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names.join(","), expected, "{text}");
    }
}

#[tokio::test]
async fn relations() {
    let mut sql = Sql::new().await;
    sql.run("create table t (id int, \"low\" varchar, amount number(10,2))").await;
    sql.run("insert into t values (1, 'a', 1.5), (2, 'b', 2.5), (3, null, null)").await;
    sql.check(&[
        ("select * from t order by id", &["1|a|1.50", "2|b|2.50", "3|NULL|NULL"]),
        ("select ID, \"low\", T.amount from D.PUBLIC.t where Amount > 2", &["2|b|2.50"]),
        ("select id from t order by amount", &["1", "2", "3"]),
        ("select id from t order by amount desc", &["3", "2", "1"]),
        (
            "select sum(amount), count(*), count(\"low\"), min(id), max(id) from t",
            &["4.00|3|2|1|3"],
        ),
        ("select id * 2 as double_id from t where double_id > 4", &["6"]),
        ("select id % 2 as odd, count(*) from t group by odd order by odd", &["0|1", "1|2"]),
        ("select id, row_number() over (order by id desc) as rn from t qualify rn = 1", &["3|1"]),
        ("with c as (select id from t where id > 1) select count(*) from c join t on c.id = t.id", &["2"]),
        ("select count(*) from table(generator(rowcount => 1000))", &["1000"]),
        ("select sum(n), max(n) from (select seq4() as n from table(generator(rowcount => 5)))", &["10|4"]),
        ("select sum(n) from (select row_number() over (order by seq4()) as n from table(generator(rowcount => 5)))", &["15"]),
        ("select $1, column2 from values (1, 'x'), (2, 'y')", &["1|x", "2|y"]),
        (
            "select \"LOW\" from t",
            &["!000904 SQL compilation error: error line 1 at position 7\ninvalid identifier 'LOW'"],
        ),
        ("select id from t where not exists (select 1 from t where id = 99) order by id", &["1", "2", "3"]),
        ("select id from t where exists (select 1 from t where id = 2) and id = 3", &["3"]),
        ("select id from t where not exists (select 1 from t)", &[]),
        ("select id from t a where exists (select 1 from t b where b.id = a.id + 1) order by id", &["1", "2"]),
        ("select n from (select row_number() over (order by seq4()) as n from table(generator(rowcount => 2))) as x where not exists (select 1 from t where id > 5)", &["1", "2"]),
        ("select id from t limit 1 offset 1", &["2"]),
        ("select top 1 id from t", &["1"]),
        ("select id from t union all select 9 order by 1", &["1", "2", "3", "9"]),
        ("show tables ->> select \"name\" from $1", &["T"]),
        ("select table_name from information_schema.tables where table_schema = 'PUBLIC'", &["T"]),
        ("select * from identifier('t') where id = 1", &["1|a|1.50"]),
        ("select * from table('t') where id = 1", &["1|a|1.50"]),
        ("select exists (select 1 from t where id = 2), not exists (select 1 from t), (select max(id) from t)", &["true|false|3"]),
        ("with recursive r(n) as (select 1 union all select n + 1 from r where n < 12) select count(*), sum(n) from r", &["12|78"]),
        ("select id from t order by sum(amount)", &["!000979 SQL compilation error:\n[T.ID] is not a valid group by expression"]),
        ("select id from t where id in (select id + 1 from t)", &["2", "3"]),
    ])
    .await;
}

#[tokio::test]
async fn views() {
    let mut sql = Sql::new().await;
    sql.run("create table t (id int, amount number(10,2))").await;
    sql.run("insert into t values (1, 1.5), (2, 2.5)").await;
    sql.run("create view v (k, twice) as select id, amount * 2 from t").await;
    sql.run("create schema other").await;
    sql.check(&[
        ("select * from d.public.v order by k", &["1|3.00", "2|5.00"]),
        ("select sum(twice) from d.public.v where k > 1", &["5.00"]),
    ])
    .await;
}

/// A query whose values are constant is answered without running it: as if it had run.
#[tokio::test]
async fn constants_are_what_running_gives() {
    let mut sql = Sql::new().await;
    sql.run("create table one as select 1 as n").await;
    for list in [
        "1",
        "1 as x, 'text' as \"y\", 'text', null",
        "1.50, -2, 1e3, 3::number(10, 4), 'a' || 'b', length('abc')",
        "true and null, 1 = 2, 'a' like '%b%', case 2 when 1 then 'one' when 2 then 'two' end, iff(1 > 2, 5, 1.5)",
        "'2024-01-31'::date + 1, '2024-01-31 10:00:00'::timestamp_ntz, '10:00:00'::time, '5 Z'::variant",
        "current_timestamp()::date, current_date(), current_role(), current_database()",
        "parse_json('{\"a\": [1, 2]}'):a[1], array_construct(1, 'x'), object_construct('k', 1.5)",
        "to_binary('CAFE'), 1::float / 3, nullif(1, 1), coalesce(null, 7), greatest(1, 2.5)",
        "to_timestamp_tz('2024-01-31 10:00:00 +0200'), dateadd(month, 1, '2024-01-31'::date)",
    ] {
        let constant = sql.run(&format!("select {list}")).await;
        let ran = sql.run(&format!("select {list} from one")).await;
        assert_eq!(constant.columns, ran.columns, "{list}");
        assert_eq!(cells(&constant), cells(&ran), "{list}");
        let types = |result: &QueryResult| result.batches.iter().map(|batch| batch.schema()).collect::<Vec<_>>();
        assert_eq!(types(&constant), types(&ran), "{list}");
    }
    for (query, rows) in [
        ("select 1 where 1 = 2", vec![]),
        ("select 1 limit 0", vec![]),
        ("select (select max(n) from one) + 1", vec!["2"]),
        ("select count(*), sum(2)", vec!["1|2"]),
        ("select 1 union all select 2 order by 1 desc", vec!["2", "1"]),
        ("select row_number() over (order by 1)", vec!["1"]),
        ("select distinct 'a' from one union select 'a'", vec!["a"]),
    ] {
        assert_eq!(sql.rows(query).await, rows, "{query}");
    }
    let different = sql.rows("select uuid_string(), uuid_string(), random(), random()").await;
    let values: Vec<&str> = different[0].split('|').collect();
    assert!(values[0] != values[1] && values[2] != values[3], "{values:?}");
    assert_ne!(sql.rows("select random()").await, sql.rows("select random()").await);
}
