use super::support::Sql;

async fn sample() -> Sql {
    let mut sql = Sql::new().await;
    sql.run("create table a (id int, name varchar, v variant)").await;
    sql.run("insert into a select column1, column2, parse_json(column3) from values (1, 'x', '[1,2]'), (2, 'y', '[]'), (3, 'x', null)").await;
    sql.run("create table b (id int, other varchar)").await;
    sql.run("insert into b values (1, 'p'), (4, 'q')").await;
    sql
}

#[tokio::test]
async fn joins() {
    let mut sql = sample().await;
    sql.check(&[
        ("select * exclude v from a natural join b", &["1|x|p"]),
        ("select * from b natural join (select 4 id, 5 z)", &["4|q|5"]),
        (
            "select * from b full join (select 1 id, 5 z union all select 9, 6) o using (id) order by id",
            &["1|p|5", "4|q|NULL", "9|NULL|6"],
        ),
        ("select * from (select 7 w, 1 id) l right join b using (id) order by id", &["1|7|p", "4|NULL|q"]),
        ("select a.id, other from a, b where a.id = b.id(+) order by 1", &["1|p", "2|NULL", "3|NULL"]),
        (
            "select a.id, other from a, b where a.id = b.id(+) and other(+) = 'q' and a.id < 3 order by 1",
            &["!000002 Unsupported feature '(+) after 'OTHER', which does not name its table'."],
        ),
        (
            "select a.id, other from a, b where a.id = b.id(+) and b.other(+) = 'q' and a.id < 3 order by 1",
            &["1|NULL", "2|NULL"],
        ),
        ("select id, f.value from a left join lateral flatten(v) f order by 1, 2", &["1|1", "1|2", "2|NULL", "3|NULL"]),
        ("select id, f.value from a join lateral flatten(input => v) f order by 1, 2", &["1|1", "1|2"]),
    ])
    .await;
}

#[tokio::test]
async fn comparisons_with_subqueries_and_rows() {
    let mut sql = sample().await;
    sql.check(&[
        ("select id from a where id >= all (select id from a)", &["3"]),
        ("select id from a where id > any (select id from a) order by 1", &["2", "3"]),
        ("select id from a where id = some (select id from b)", &["1"]),
        ("select (1, 2) = (1, 2), (1, 2) in ((1, 3), (2, 2)), (1, 2) <> (1, 3)", &["true|false|true"]),
        ("select id from a where (id, name) in (select id, 'x' from a) order by 1", &["1", "3"]),
        ("select id from a where (id, name) not in (select 1, 'x') order by 1", &["2", "3"]),
        (
            "select (1, 2) = (1, 2, 3)",
            &["!001003 SQL compilation error:\na row of 2 values is compared with one of another size"],
        ),
    ])
    .await;
}

#[tokio::test]
async fn select_lists_and_orders() {
    let mut sql = sample().await;
    sql.check(&[
        ("select * exclude v rename name as n from a order by id limit 1", &["1|x"]),
        ("select a.* exclude (v, id) rename (name as n) from a order by n limit 1", &["x"]),
        (
            "select * rename nope as n from a",
            &["!000904 SQL compilation error: error line 1 at position 16\ninvalid identifier 'NOPE'"],
        ),
        ("select name, id from a order by all desc", &["y|2", "x|3", "x|1"]),
        ("select * exclude v from a order by all limit 1", &["1|x"]),
        ("select $2, $1 from a order by $1 desc limit 1", &["x|3"]),
        ("select t.$2, a.$1 from a, (values (5, 6)) t order by 2 limit 1", &["6|1"]),
        ("select {*} from b order by id limit 1", &["{\"ID\":1,\"OTHER\":\"p\"}"]),
        ("select id from a minus select 1 order by 1", &["2", "3"]),
        (
            "select name, grouping(name), count(*) from a group by rollup (name) order by 1",
            &["x|0|2", "y|0|1", "NULL|1|3"],
        ),
        ("select nth_value(id, 2) from first over (order by id) from a limit 1", &["2"]),
        ("copy into a from @s", &["!000002 Unsupported feature 'COPY INTO'."]),
    ])
    .await;
    assert_eq!(
        sql.run("select listagg(name, ',') within group (order by id) from a").await.columns[0].name,
        "LISTAGG(NAME, ',') WITHIN GROUP (ORDER BY ID)"
    );
}

#[tokio::test]
async fn pivots_over_values_that_are_there() {
    let mut sql = Sql::new().await;
    sql.run("create table q (id int, n int, k varchar)").await;
    sql.run("insert into q values (1, 10, 'b'), (1, 20, 'a'), (2, 30, 'b')").await;
    for (source, expected, names) in [
        ("any order by k", ["1|20|10", "2|NULL|30"], ["ID", "'a'", "'b'"]),
        ("any order by k desc", ["1|10|20", "2|30|NULL"], ["ID", "'b'", "'a'"]),
        ("select distinct k from q where k <> 'c' order by k", ["1|20|10", "2|NULL|30"], ["ID", "'a'", "'b'"]),
    ] {
        let text = format!("select * from q pivot (sum(n) for k in ({source})) order by id");
        assert_eq!(sql.rows(&text).await, expected, "{text}");
        let columns: Vec<_> = sql.run(&text).await.columns.into_iter().map(|column| column.name).collect();
        assert_eq!(columns, names, "{text}");
    }
}

#[tokio::test]
async fn what_tools_ask_an_account() {
    let mut sql = sample().await;
    sql.check(&[
        ("show network policies", &[]),
        ("show masking policies like 'm%' in database d", &[]),
        ("show external access integrations", &[]),
        ("show storage integrations", &[]),
        (
            "show secrets in schema d.nope",
            &["!002003 SQL compilation error:\nSchema 'D.NOPE' does not exist or not authorized."],
        ),
        (
            "select parse_json(system$bootstrap_data_request('ACCOUNT')):accountInfo.serviceLevelName::varchar",
            &["ENTERPRISE"],
        ),
        ("create warehouse w comment = null", &["Warehouse W successfully created."]),
        ("alter table a set comment = 'x'", &["Statement executed successfully."]),
        ("alter table a set comment = null", &["Statement executed successfully."]),
        ("select comment from information_schema.tables where table_name = 'A'", &["NULL"]),
    ])
    .await;
}
