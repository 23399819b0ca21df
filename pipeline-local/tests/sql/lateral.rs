use super::support::Sql;

async fn orders() -> Sql {
    let mut sql = Sql::new().await;
    sql.run("create table orders (id int, doc variant, tags varchar)").await;
    sql.run(
        "insert into orders select column1, parse_json(column2), column3 from values \
         (1, '{\"items\": [{\"sku\": \"a\", \"n\": 2}, {\"sku\": \"b\", \"n\": 1}]}', 'x,y'), \
         (2, '{\"items\": []}', 'z'), (3, null, null)",
    )
    .await;
    sql
}

#[tokio::test]
async fn table_functions_over_columns() {
    let mut sql = orders().await;
    sql.check(&[
        (
            "select o.id, f.index, f.value:sku::varchar, f.value:n::int from orders o, \
             lateral flatten(input => o.doc:items) f order by 1, 2",
            &["1|0|a|2", "1|1|b|1"],
        ),
        (
            "select id, value:sku::varchar as sku from orders, table(flatten(doc:items, outer => true)) order by 1, 2",
            &["1|a", "1|b", "2|NULL", "3|NULL"],
        ),
        (
            "select o.id, f.seq, f.path from orders o join lateral flatten(doc, recursive => true) f on f.key = 'sku'",
            &["1|1|items[0].sku", "1|1|items[1].sku"],
        ),
        (
            "select f.key, g.value:n::int from orders o, lateral flatten(o.doc) f, lateral flatten(f.value) g",
            &["items|2", "items|1"],
        ),
        (
            "select o.id, t.index, t.value from orders o, table(split_to_table(o.tags, ',')) t order by 1, 2",
            &["1|1|x", "1|2|y", "2|1|z"],
        ),
        (
            "select o.id, p.id from orders o, lateral flatten(o.doc:items) f join orders p on p.id = f.value:n order by 2 desc",
            &["1|2", "1|1"],
        ),
        (
            "select o.id, count(f.value) from orders o, lateral flatten(o.doc:items, outer => true) f \
             group by o.id having count(*) > 1",
            &["1|2"],
        ),
        (
            "with d as (select id, doc from orders) select sum(n.value:n::int) from d, lateral flatten(d.doc:items) n",
            &["3"],
        ),
        (
            "select a, b from orders, lateral flatten(doc:items) as f(s, k, p, a, b, t) where a = 1",
            &["1|{\"n\":1,\"sku\":\"b\"}"],
        ),
        ("select value from table(flatten(parse_json('[1, [2, 3]]'), recursive => true))", &["1", "[2,3]", "2", "3"]),
        (
            "select path from table(flatten(parse_json('{\"a b\": {\"c\": 1}}'), recursive => true))",
            &["['a b']", "['a b'].c"],
        ),
        ("select value from table(flatten(parse_json('{\"a\": {\"b\": [7]}}'), path => 'a.b'))", &["7"]),
        ("select index, value from table(strtok_split_to_table('a-b.c', '-.'))", &["1|a", "2|b", "3|c"]),
        (
            "select * from orders, lateral flatten(tags)",
            &["!001044 SQL compilation error: error line 1 at position 30\n\
             Invalid argument types for function 'FLATTEN': (VARCHAR(16777216))"],
        ),
        (
            "select * from orders, lateral flatten(doc, mode => 'all')",
            &["!001007 SQL compilation error:\ninvalid value [ALL] for parameter 'MODE' of FLATTEN"],
        ),
        (
            "select * from table(split_to_table('a'))",
            &["!000938 SQL compilation error:\n\
             not enough arguments for function [SPLIT_TO_TABLE], expected 2, got 1"],
        ),
    ])
    .await;
}

#[tokio::test]
async fn subqueries_over_table_functions() {
    let mut sql = orders().await;
    sql.run("create table parts (part varchar, price int)").await;
    sql.run("insert into parts values ('a', 10), ('c', 30)").await;
    sql.check(&[
        (
            "select value:sku::varchar from orders, table(flatten(doc:items)) \
             where exists (select 1 from parts where part = value:sku::varchar)",
            &["a"],
        ),
        (
            "select value:sku::varchar as sku, (select max(price) from parts where part = value:sku::varchar) \
             from orders, table(flatten(doc:items)) order by sku",
            &["a|10", "b|NULL"],
        ),
        (
            "select (select price from parts where part = f.value:sku::varchar) from orders, lateral flatten(doc:items) f",
            &["!002031 SQL compilation error:\n\
               Unsupported subquery type cannot be evaluated at line 1, position 8"],
        ),
        (
            "select (select price from parts where part = 'a') from orders o, lateral flatten(o.doc:items) f",
            &["10", "10"],
        ),
        ("select o.id, (select price from parts p where p.part = left(o.tags, 0) || 'a') from orders o where id = 1", &["1|10"]),
        (
            "select o.id, (select id from orders p where p.tags <> '' and left(p.tags, 0) = left(o.tags, 0)) from orders o",
            &["!100090 Single-row subquery returns more than one row."],
        ),
        ("select (select id from orders)", &["!100090 Single-row subquery returns more than one row."]),
        (
            "select id from orders o where exists (select 1 from orders p, lateral flatten(p.doc:items) f \
             where f.value:n::int = o.id) order by id",
            &["1", "2"],
        ),
    ])
    .await;
}
