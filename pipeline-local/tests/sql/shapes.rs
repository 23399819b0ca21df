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

#[tokio::test]
async fn asof_joins() {
    let mut sql = Sql::new().await;
    sql.run("create table trades (at timestamp_ntz, symbol varchar, n int)").await;
    sql.run(
        "insert into trades values ('2023-10-01 09:00:05', 'SNOW', 1), ('2023-10-01 09:00:03', 'AAPL', 2),
         ('2023-10-01 08:00:00', 'AAPL', 3), ('2023-10-01 09:00:09', 'NONE', 4)",
    )
    .await;
    sql.run("create table quotes (at timestamp_ntz, symbol varchar, price number(10,2))").await;
    sql.run(
        "insert into quotes values ('2023-10-01 09:00:01', 'SNOW', 1.5), ('2023-10-01 09:00:04', 'SNOW', 2.5),
         ('2023-10-01 09:00:05', 'SNOW', 3.5), ('2023-10-01 09:00:03', 'AAPL', 4.5)",
    )
    .await;
    sql.check(&[
        (
            "select t.n, q.price from trades t asof join quotes q match_condition (t.at >= q.at) on t.symbol = q.symbol
             order by 1",
            &["1|3.50", "2|4.50", "3|NULL", "4|NULL"],
        ),
        (
            "select t.n, q.price from trades t asof join quotes q match_condition (t.at > q.at) using (symbol) order by 1",
            &["1|2.50", "2|NULL", "3|NULL", "4|NULL"],
        ),
        (
            "select t.n, q.price from trades t asof join quotes q match_condition (t.at <= q.at) order by 1",
            &["1|3.50", "2|4.50", "3|1.50", "4|NULL"],
        ),
        (
            "select t.n, q.price, r.price, x.k from trades t asof join quotes q match_condition (t.at >= q.at)
             on t.symbol = q.symbol asof join quotes r match_condition (q.at > r.at) on q.symbol = r.symbol
             join (select 1 k) x on x.k = t.n",
            &["1|3.50|2.50|1"],
        ),
        (
            "select * from (select 1 k, 5 a) l asof join (select 1 k, 4 b union all select 1, 3) r
             match_condition (l.a >= r.b) using (k)",
            &["1|5|4"],
        ),
        (
            "select 1 from trades t asof join quotes q match_condition (t.at = q.at)",
            &["!001003 SQL compilation error:\nMATCH_CONDITION clause is invalid: Only comparison operators '>=', '>', \
               '<=' and '<' are allowed. Keywords such as AND and OR are not allowed."],
        ),
        (
            "select 1 from trades t asof join quotes q match_condition (q.at >= t.at)",
            &["!001003 SQL compilation error:\nMATCH_CONDITION clause is invalid: the left side of the comparison \
               belongs to the left table, the right side to the right one."],
        ),
    ])
    .await;
}

#[tokio::test]
async fn hierarchies() {
    let mut sql = Sql::new().await;
    sql.run("create table employees (title varchar, id int, manager int)").await;
    sql.run(
        "insert into employees values ('President', 1, null), ('VP Engineering', 10, 1), ('Programmer', 100, 10),
         ('QA', 101, 10), ('VP HR', 20, 1), ('HR Analyst', 200, 20)",
    )
    .await;
    sql.check(&[
        (
            "select id, manager, title from employees start with title = 'President' connect by manager = prior id
             order by id",
            &[
                "1|NULL|President",
                "10|1|VP Engineering",
                "20|1|VP HR",
                "100|10|Programmer",
                "101|10|QA",
                "200|20|HR Analyst",
            ],
        ),
        (
            "select sys_connect_by_path(title, ' -> '), level, prior title as above, connect_by_root title as root
             from employees start with title = 'President' connect by prior id = manager
             where level <> 2 order by level, id",
            &[
                " -> President|1|NULL|President",
                " -> President -> VP Engineering -> Programmer|3|VP Engineering|President",
                " -> President -> VP Engineering -> QA|3|VP Engineering|President",
                " -> President -> VP HR -> HR Analyst|3|VP HR|President",
            ],
        ),
        (
            "select e.*, connect_by_root e.id r from employees e start with e.manager = 1
             connect by e.manager = prior e.id order by r, e.id",
            &[
                "VP Engineering|10|1|10",
                "Programmer|100|10|10",
                "QA|101|10|10",
                "VP HR|20|1|20",
                "HR Analyst|200|20|20",
            ],
        ),
        ("select level, count(*) from employees start with id = 1 connect by prior id = manager group by level order by 1",
         &["1|1", "2|2", "3|3"]),
        ("select count(*) from employees connect by manager = prior id", &["14"]),
        ("select level l from (select 1 x) connect by level <= 4", &["1", "2", "3", "4"]),
        (
            "select 1 from employees e join employees f on e.id = f.id start with e.id = 1 connect by e.manager = prior e.id",
            &["!000002 Unsupported feature 'CONNECT BY over a join; make it a subquery'."],
        ),
        ("select 1 from employees connect by manager = prior nope",
         &["!000904 SQL compilation error: error line 1 at position 51\ninvalid identifier 'NOPE'"]),
    ])
    .await;
    let result = sql
        .run("select level, connect_by_root id from employees start with id = 1 connect by prior id = manager")
        .await;
    let names: Vec<_> = result.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["LEVEL", "CONNECT_BY_ROOT ID"]);
}

#[tokio::test]
async fn lateral_subqueries() {
    let mut sql = sample().await;
    sql.check(&[
        ("select * from (select 1 a) l, lateral (select l.a + 1 as b) r", &["1|2"]),
        ("select a.id, r.b from a left join lateral (select a.id as b where a.id = 1) r on true order by 1",
         &["1|1", "2|NULL", "3|NULL"]),
        ("select a.id, r.b from a join lateral (select a.id as b) r on r.b = 2", &["2|2"]),
        (
            "select a.id, x.n from a left join lateral (select count(*) n from a o where o.id < a.id) x on x.n > 1
             order by 1",
            &["1|NULL", "2|NULL", "3|2"],
        ),
        (
            "select a.id, x.id from a, lateral (select id from a o where o.id < a.id order by id desc limit 1) x order by 1",
            &["2|1", "3|2"],
        ),
    ])
    .await;
}

#[tokio::test]
async fn subqueries_as_values() {
    let mut sql = sample().await;
    sql.check(&[
        ("select 1 in (select null), 1 not in (select null), 1 in (select 1), exists (select null)",
         &["NULL|NULL|true|true"]),
        ("select id, id in (select id from b) from a order by 1", &["1|true", "2|false", "3|false"]),
        ("select id from a where (id, name) = (select 1, 'x')", &["1"]),
        (
            "select (select listagg(other) from b where b.id = a.id), (select array_agg(other) from b where b.id = a.id),
             (select count_if(true) from b where b.id = a.id) from a order by id limit 2",
            &["p|[\"p\"]|1", "|[]|0"],
        ),
        (
            "with c as (select id as \"k\", name from a where \"k\" > 1), d as (select id as \"k\", name n from a)
             select * from c join d using (\"k\") order by \"k\"",
            &["2|y|y", "3|x|x"],
        ),
        (
            "select n from (select id + 1 as \"k\", name n from a where \"k\" = 2 or (\"k\" = 3 and \"k\" + \"k\" = 6))
             order by 1",
            &["x", "y"],
        ),
        ("select (select 1 union select 2)", &["!100090 Single-row subquery returns more than one row."]),
        (
            "with c as (select 1 x) select * from c union all (with c as (select x + 1 x from c) select * from c) order by 1",
            &["1", "2"],
        ),
        ("with c as (select 1 x) select * from (with c as (select 5 y) select c.y from c) d, c", &["5|1"]),
    ])
    .await;
}

#[tokio::test]
async fn values_of_several_types() {
    let mut sql = sample().await;
    sql.check(&[
        ("select * from (values ('2024-01-01'::date), (null))", &["2024-01-01", "NULL"]),
        ("select * from values (null, 1::number(5,2)), ('x'::varchar(3), 10)", &["NULL|1.00", "x|10.00"]),
        ("select max(v), min(v) from (select parse_json(column1) v from values ('9'), ('10'))", &["10|9"]),
        ("select max(v) over () from (select parse_json(column1) v from values ('9'), ('10')) limit 1", &["10"]),
        ("select * ilike '%am%' from a where id = 1", &["x"]),
    ])
    .await;
    assert_eq!(sql.run("values (1, 2)").await.columns[1].name, "COLUMN2");
}

#[tokio::test]
async fn recursions_end() {
    let mut sql = Sql::new().await;
    sql.check(&[
        (
            "with recursive r as (select 1 n union all select n + 1 from r where n < 500) select count(*) from r",
            &["500"],
        ),
        (
            "with recursive r as (select 1 n union all select n from r) select count(*) from r",
            &["!100189 Recursion exceeded max iteration count (10000)"],
        ),
    ])
    .await;
}

#[tokio::test]
async fn unions_and_samples() {
    let mut sql = sample().await;
    sql.check(&[
        ("select 3 union all select 1 union all select 2.5::float", &["3", "1", "2.5"]),
        (
            "select iff(true, 1.5::float, 0), case when id = 1 then 1 else 2.5::float end from a order by id limit 1",
            &["1.5|1"],
        ),
        ("select count(*) from (select * from values (1), (2), (3)) sample (2 rows)", &["2"]),
        ("select count(*) from a sample (2 rows)", &["2"]),
        ("select count(distinct *), count(*) from (select 1 x, 2 y union all select 1, 2)", &["1|2"]),
        ("select {'a': 1}:a::int", &["1"]),
        (
            "select 1 union select 1, 2",
            &["!001789 SQL compilation error:\ninvalid number of result columns for set operator input branches, \
               expected 1, got 2 in branch {2}"],
        ),
    ])
    .await;
}

#[tokio::test]
async fn conditions_are_converted() {
    let mut sql = sample().await;
    sql.check(&[
        ("select id from a where id - 1 order by id", &["2", "3"]),
        ("select case when 1 then 2 end, iff(0, 1, 2)", &["2|2"]),
        ("select id from a where name", &["!100037 Boolean value 'x' is not recognized"]),
        (
            "select row_number() from a",
            &["!002303 SQL compilation error:\nWindow function type requires OVER clause to be specified: ROW_NUMBER"],
        ),
        (
            "select rank() over () from a",
            &["!002303 SQL compilation error:\nWindow function type [RANK] requires ORDER BY in window specification"],
        ),
        (
            "select sum(sum(id)) from a",
            &["!001003 SQL compilation error:\nAggregate functions cannot be nested: [SUM(A.ID)] nested in [SUM(SUM(A.ID))]"],
        ),
        (
            "select id from a where count(*) > 1",
            &["!001003 SQL compilation error:\nInvalid aggregate function in where clause"],
        ),
        ("select distinct on (id) id from a", &["!000002 Unsupported feature 'DISTINCT ON'."]),
        ("create scoped temporary table s (x int)", &["Table S successfully created."]),
    ])
    .await;
}

#[tokio::test]
async fn views_of_the_information_schema_have_all_their_columns() {
    let mut sql = Sql::new().await;
    for statement in [
        "create table t (id int autoincrement, v varchar(5) not null default 'x')",
        "create sequence s order",
        "create function f(a float) returns float language javascript as 'return A'",
        "create procedure p(a int) returns number(5,2) as 'begin return 1; end'",
    ] {
        sql.run(statement).await;
    }
    for (view, columns) in [
        ("databases", 10),
        ("schemata", 15),
        ("tables", 29),
        ("columns", 45),
        ("views", 14),
        ("sequences", 18),
        ("procedures", 18),
        ("functions", 28),
        ("object_privileges", 10),
        ("table_privileges", 10),
        ("load_history", 13),
    ] {
        let result = sql.run(&format!("select * from information_schema.{view}")).await;
        assert_eq!(result.columns.len(), columns, "{view}");
    }
    sql.check(&[
        ("select table_type, is_temporary, is_hybrid, last_ddl = created from information_schema.tables", &["BASE TABLE|NO|NO|true"]),
        (
            "select column_name, ordinal_position, column_default, is_nullable, data_type, character_maximum_length, numeric_precision, is_identity \
             from information_schema.columns order by 2",
            &["ID|1|NULL|YES|NUMBER|NULL|38|YES", "V|2|'x'|NO|TEXT|5|NULL|NO"],
        ),
        ("select table_name, grantee, privilege_type, with_hierarchy from information_schema.table_privileges", &["T|ACCOUNTADMIN|OWNERSHIP|NO"]),
        ("select function_name, function_language, data_type from information_schema.functions", &["F|JAVASCRIPT|FLOAT"]),
        ("select procedure_name, argument_signature, numeric_precision, numeric_scale from information_schema.procedures", &["P|(A NUMBER)|5|2"]),
        ("select sequence_name, ordered, start_value from information_schema.sequences", &["S|YES|1"]),
        ("select count(*) from information_schema.load_history", &["0"]),
    ])
    .await;
}
