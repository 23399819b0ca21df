use pipeline_local::exec::{self, Binds, Context};

use super::support::Sql;

#[tokio::test]
async fn expressions_and_queries() {
    let mut sql = Sql::new().await;
    sql.run("create table t (id int, name varchar, amount number(10,2))").await;
    sql.run("insert into t values (1, 'a', 1.5), (2, 'b', 2.5), (3, null, null)").await;
    for function in [
        "create function twice(x int) returns int as 'x * 2'",
        "create function quad(x int) returns int as $$ twice(twice(x)) $$",
        "create function label(x int, prefix varchar default '#') returns varchar as 'prefix || x'",
        "create function largest() returns number(10,2) as 'select max(amount) from t'",
        "create function above(x int) returns int as '(select count(*) from t where id > x)'",
        "create function name_of(x int) returns varchar as 'select max(name) from t where id = x'",
        "create function thrice(x int) returns int as 'select x * 3'",
        "create function strict_text(x int, y int) returns varchar strict as $$ 'got ' || nvl(x, 0) || nvl(y, 0) $$",
        "create function shaped(x number(10,2)) returns number(5,1) as 'x + 0.04'",
        "create function nothing() returns varchar as 'null'",
    ] {
        sql.run(function).await;
    }
    sql.check(&[
        ("select twice(4), quad(1), twice('5'), twice(null)", &["8|4|10|NULL"]),
        ("select label(7), label(7, 'n'), label(prefix => 'p', x => 1), label(2, prefix => 'q')", &["#7|n7|p1|q2"]),
        ("select largest(), above(1), name_of(2), thrice(5)", &["2.50|2|b|15"]),
        ("select strict_text(1, 2), strict_text(1, null)", &["got 12|NULL"]),
        ("select shaped(1.239), nothing()", &["1.3|NULL"]),
        ("select id, twice(id), thrice(id), name_of(id) from t order by id", &["1|2|3|a", "2|4|6|b", "3|6|9|NULL"]),
        ("select sum(twice(id)), max(quad(id)) from t where twice(id) > 2", &["10|12"]),
        ("select twice(id) as d, count(*) from t group by twice(id) having twice(id) < 6 order by 1", &["2|1", "4|1"]),
        ("select a.id from t a join t b on twice(a.id) = b.id + 1 order by twice(a.id) desc", &["2", "1"]),
        ("select id from t qualify row_number() over (order by twice(id) desc) = 1", &["3"]),
        ("with c as (select twice(id) as x from t) select sum(x) from c", &["12"]),
        ("select id from t where id = (select twice(1))", &["2"]),
        ("select d.public.twice(1), public.twice(2)", &["2|4"]),
    ])
    .await;
    sql.run("update t set amount = twice(id) where twice(id) = 6").await;
    sql.run("delete from t where quad(id) = 4").await;
    sql.run("create view v as select id, quad(id) as q from t").await;
    sql.check(&[
        ("select id, amount from t order by id", &["2|2.50", "3|6.00"]),
        ("select * from v order by id", &["2|8", "3|12"]),
        ("begin let x int := 5; let y int := twice(:x) + twice(x); return y; end", &["20"]),
    ])
    .await;
}

#[tokio::test]
async fn calls_everywhere() {
    let mut sql = Sql::new().await;
    sql.run("create table t (id int, name varchar, doc variant, at timestamp_ntz)").await;
    sql.run("insert into t select column1, column2, parse_json(column3), column4::timestamp_ntz from values (1, 'a', '{\"k\": 5}', '2024-01-31 10:00:00'), (2, 'b', '{}', null)").await;
    for function in [
        "create function twice(x int) returns int as 'x * 2'",
        "create function k(v variant) returns int as 'v:k::int'",
        "create function wrap(x int, y varchar) returns object as $$ object_construct('x', x, 'y', y) $$",
        "create function month_end(at timestamp_ntz default '2023-02-05'::timestamp_ntz) returns date as 'last_day(at)'",
        "create function named(n int) returns varchar as $$ with c as (select id, name from t union all select 9, 'z') select max(name) from c where id = n $$",
        "create function size(x int) returns varchar as $$ -- how large
            case when x between 0 and 1 then 'small' when x in (2, 3) then 'medium' else 'large' end $$",
        "create function same(id int) returns int as 'id'",
    ] {
        sql.run(function).await;
    }
    sql.check(&[
        (
            "select k(doc), k(parse_json('{\"k\": \"7\"}')), month_end(at), month_end() from t order by id",
            &["5|7|2024-01-31|2023-02-28", "NULL|7|NULL|2023-02-28"],
        ),
        ("select wrap(id, name):x::int + 1, wrap(1, null) from t order by id", &["2|{\"x\":1}", "3|{\"x\":1}"]),
        ("select named(1), named(9), named(twice(1)), size(twice(1)), size(7)", &["a|z|b|medium|large"]),
        ("select id, named(id), size(id) from t order by named(id) desc", &["2|b|medium", "1|a|small"]),
        ("select case twice(id) when 2 then 'x' else 'y' end from t order by twice(id)", &["x", "y"]),
        ("select id from t where twice(id) between 3 and 5 and twice(id) in (4, 8)", &["2"]),
        ("select sum(twice(id)) over (partition by size(id) order by twice(id)) from t order by 1", &["2", "4"]),
        (
            "select count(distinct size(twice(id))), listagg(size(id), ',') within group (order by id) from t",
            &["2|small,medium"],
        ),
        ("select twice((select max(id) from t)), (select twice(max(id)) from t)", &["4|4"]),
        ("select a.id from t a where exists (select 1 from t b where twice(a.id) = b.id)", &["1"]),
        ("select same(a.id), same(b.id) from t a join t b on same(a.id) < same(b.id)", &["1|2"]),
        ("select twice(column1) from values (1), (2)", &["2", "4"]),
        ("select twice(id) as d from t union select twice(7) order by d", &["2", "4", "14"]),
        ("select named(x) from (select twice(id) as x from t where id = 1)", &["b"]),
    ])
    .await;
    sql.run("insert into t (id, name) values (twice(5), size(3))").await;
    sql.run("insert into t (id, name) select twice(id), named(id) from t where id = 2").await;
    sql.run("merge into t using (select twice(1) as id) s on t.id = s.id when matched then update set name = size(twice(s.id)) when not matched then insert (id) values (s.id)")
        .await;
    sql.run("create table made as select twice(id) as d, named(id) as n from t where id < 3").await;
    sql.check(&[
        ("select id, name from t order by id", &["1|a", "2|large", "4|b", "10|medium"]),
        ("select d, n from made order by d", &["2|a", "4|large"]),
    ])
    .await;
    let result = sql.run("select twice(1), wrap(1, 'a'), month_end() as m from made").await;
    let columns: Vec<_> = result.columns.iter().map(|column| format!("{} {}", column.name, column.sql_type)).collect();
    assert_eq!(columns, ["TWICE(1) NUMBER(38,0)", "WRAP(1, 'A') OBJECT", "M DATE"]);
}

#[tokio::test]
async fn grants_on_all_and_future_functions() {
    let mut sql = Sql::new().await;
    sql.run("create function before(x int) returns int as 'x'").await;
    sql.run("create role reader").await;
    for grant in [
        "grant usage on database d to role reader",
        "grant usage on schema d.public to role reader",
        "grant usage on all functions in schema d.public to role reader",
        "grant usage on future functions in schema d.public to role reader",
        "grant create function on schema d.public to role reader",
    ] {
        sql.run(grant).await;
    }
    sql.run("create function later(x int) returns int as 'before(x) + 1'").await;
    sql.session.secondary_roles_all = false;
    sql.session.role = "READER".to_owned();
    sql.run("create function own(x int) returns int as 'later(x) + 1'").await;
    sql.check(&[
        ("select before(1), later(1), own(1)", &["1|2|3"]),
        (
            "show grants on function later(int) ->> select \"privilege\", \"grantee_name\" from $1 order by 1",
            &["OWNERSHIP|ACCOUNTADMIN", "USAGE|READER"],
        ),
    ])
    .await;
    sql.session.role = "ACCOUNTADMIN".to_owned();
    sql.run("revoke usage on function later(int) from role reader").await;
    sql.session.role = "READER".to_owned();
    assert_eq!(
        sql.error("select own(1)").await,
        "002140 SQL compilation error:\nUnknown function LATER.\nin the body of function OWN"
    );
}

#[tokio::test]
async fn queries_over_columns() {
    let mut sql = Sql::new().await;
    sql.run("create table t (id int, name varchar)").await;
    sql.run("insert into t values (1, 'a'), (2, 'b'), (3, 'c'), (3, 'c')").await;
    sql.run("create table u (id int, factor int)").await;
    sql.run("insert into u values (1, 10), (2, 20), (4, 40)").await;
    for function in [
        "create function above(x int) returns int as '(select count(*) from u where id > x)'",
        "create function factor_of(x int) returns int as 'select factor from u where id = x'",
        "create function top_of(x int) returns int as 'select max(factor) from u where id = x'",
        "create function first_above(x int) returns int as 'select id from u where id > x order by id limit 1'",
        "create function any_of(x int) returns int as 'select factor from u where id >= x'",
        "create function twin(x varchar) returns boolean as 'x = x'",
    ] {
        sql.run(function).await;
    }
    sql.check(&[
        ("select distinct id, above(id) from t order by id", &["1|2", "2|1", "3|1"]),
        (
            "select id, factor_of(id), top_of(id) from t order by id",
            &["1|10|10", "2|20|20", "3|NULL|NULL", "3|NULL|NULL"],
        ),
        ("select id, first_above(id) from t where first_above(id) = 4 order by id", &["2|4", "3|4", "3|4"]),
        ("select u.id from u where above(u.id) = 0 and above(id) = 0", &["4"]),
        ("select above(id), count(*) from t group by above(id) order by 1", &["1|3", "2|1"]),
        ("select count(*) from t where twin(uuid_string())", &["4"]),
        ("select any_of(4)", &["40"]),
    ])
    .await;
    let error = sql.error("select any_of(id) from t").await;
    assert!(error.contains("more than one row"), "{error}");
}

#[tokio::test]
async fn table_functions() {
    let mut sql = Sql::new().await;
    sql.run("create table t (id int, name varchar)").await;
    sql.run("insert into t values (1, 'a'), (2, 'b'), (3, 'c')").await;
    sql.run("create function upto(top int) returns table (n int, label varchar) as 'select id, name from t where id <= top'")
        .await;
    sql.run("create function pair() returns table (a int) as 'select 1 union all select 2'").await;
    sql.run("create function latest(top int default 1) returns table (n int) as $$ select id from t order by id desc limit 1 $$")
        .await;
    sql.check(&[
        ("select * from table(upto(2)) order by n", &["1|a", "2|b"]),
        ("select u.label, p.a from table(upto(1 + 1)) u, table(pair()) p where p.a = u.n", &["a|1", "b|2"]),
        ("select n from table(latest())", &["3"]),
        ("select count(*) from table(upto(top => 1))", &["1"]),
        (
            "select t.id, u.n, u.label from t, table(upto(t.id)) u where t.id < 3 order by 1, 2",
            &["1|1|a", "2|1|a", "2|2|b"],
        ),
        ("select t.name, x from t join table(upto(id - 1)) as u(x, y) on u.y = 'b' order by 1", &["c|2"]),
        ("select sum(u.n) from t a, table(upto(a.id)) u, table(latest(u.n)) l where a.id = l.n - 1", &["3"]),
        ("select count(*) from t, table(upto(top => t.id))", &["6"]),
        ("select max(n) from (select id from t where id > 5) e, table(upto(e.id))", &["NULL"]),
        (
            "select id, count(u.n) from t left join table(upto(t.id - 1)) u on true group by id order by id",
            &["1|0", "2|1", "3|2"],
        ),
        (
            "select * from t left join table(upto(t.id)) u on u.n = 2",
            &["!000002 Unsupported feature 'outer joins to TABLE(UPTO(...)) over columns, other than LEFT JOIN .. ON TRUE'."],
        ),
        (
            "select upto(1)",
            &["!001003 SQL compilation error:\nUPTO is a table function: write TABLE(UPTO(...)) in FROM."],
        ),
        (
            "create function few() returns table (a int, b int) as 'select 1'",
            &["!002262 SQL compilation error:\nDeclared return type TABLE (NUMBER(38,0), NUMBER(38,0)) is incompatible with actual return type TABLE (NUMBER(1,0))"],
        ),
        (
            "create function gone() returns table (a int) as 'select id from nosuch'",
            &["!002003 SQL compilation error:\nObject 'NOSUCH' does not exist or not authorized."],
        ),
    ])
    .await;
    let result = sql.run("select * from table(upto(1))").await;
    let names: Vec<_> = result.columns.iter().map(|column| format!("{} {}", column.name, column.sql_type)).collect();
    assert_eq!(names, ["N NUMBER(38,0)", "LABEL VARCHAR(16777216)"]);
}

#[tokio::test]
async fn blocks() {
    let mut sql = Sql::new().await;
    sql.run("create table t (id int)").await;
    sql.run("insert into t values (1), (2), (3)").await;
    sql.run("create function total(n int) returns int as $$ declare s int default 0; begin for i in 1 to n do s := s + i; end for; return s; end $$")
        .await;
    sql.run("create function who() returns varchar as begin return current_user() || current_schema(); end").await;
    sql.run("create function loose() returns variant as $$ begin return 1; end $$").await;
    sql.check(&[
        ("select id, total(id) from t order by id", &["1|1", "2|3", "3|6"]),
        ("select id from t where total(id) = 3", &["2"]),
        ("select sum(total(id)) from t", &["10"]),
        ("select total(id) from t where id > 5", &[]),
        ("select who()", &["ADMINPUBLIC"]),
        ("select loose()", &["!002262 SQL compilation error:\nUnsupported return type for Snowscript UDF: VARIANT"]),
        (
            "create function outer_one(n int) returns int as 'total(n)'",
            &["!002262 SQL compilation error:\nCompilation of SQL UDF failed: a function cannot call TOTAL, whose body is a block."],
        ),
    ])
    .await;
}

#[tokio::test]
async fn endless_blocks_can_be_cancelled() {
    let mut sql = Sql::new().await;
    sql.run("create function endless() returns int as $$ begin while (true) do null; end while; return 1; end $$")
        .await;
    let now = sql.engine.clock.now();
    let record = sql.engine.history.begin(&sql.session, "select endless()", now);
    let canceller = std::thread::spawn({
        let record = record.clone();
        move || {
            std::thread::sleep(std::time::Duration::from_millis(200));
            record.cancel();
        }
    });
    let engine = sql.engine.clone();
    let mut cx = Context::new(&engine, &mut sql.session, record.id.clone(), now);
    let error = exec::execute(&mut cx, "select endless()", &Binds::none()).await.unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (604, "SQL execution canceled"));
    canceller.join().unwrap();
}

#[tokio::test]
async fn overloads_and_errors() {
    let mut sql = Sql::new().await;
    for function in [
        "create function kind(x int) returns varchar as $$ 'number' $$",
        "create function kind(x varchar) returns varchar as $$ 'text' $$",
        "create function kind(x int, y int) returns varchar as $$ 'two' $$",
        "create function kind(d date) returns varchar as $$ 'date' $$",
        "create function one(x int) returns int as 'x'",
    ] {
        sql.run(function).await;
    }
    sql.check(&[
        ("select kind(1), kind('1'), kind(1, 2), kind(current_date), kind(d => '2020-01-01')", &["number|text|two|date|date"]),
        (
            "select 1, one('2020-01-01'::date)",
            &["!001044 SQL compilation error: error line 1 at position 10\nInvalid argument types for function 'ONE': (DATE)"],
        ),
        (
            "select one(1, 2)",
            &["!001044 SQL compilation error: error line 1 at position 7\nInvalid argument types for function 'ONE': (NUMBER(1,0), NUMBER(1,0))"],
        ),
        ("select one(y => 1)", &["!001044 SQL compilation error: error line 1 at position 7\nInvalid argument types for function 'ONE': (NUMBER(1,0))"]),
        (
            "create function one(x int, y int default 1) returns int as 'x'",
            &["!000949 SQL compilation error:\nCannot overload FUNCTION 'ONE' as it would cause ambiguous FUNCTION overloading."],
        ),
        (
            "create function wrong() returns float as '3.14'",
            &["!002262 SQL compilation error:\nDeclared return type FLOAT is incompatible with actual return type NUMBER(3,2)"],
        ),
        ("create function wrong(x int) returns int as 'x + z'", &["!000904 SQL compilation error: error line 0 at position -1\ninvalid identifier 'Z'"]),
        ("create function wrong() returns int as 'nosuch(1)'", &["!002140 SQL compilation error:\nUnknown function NOSUCH."]),
        ("create function wrong() returns int as 'wrong()'", &["!002140 SQL compilation error:\nUnknown function WRONG."]),
        (
            "create function wrong(x int) returns int as 'sum(x)'",
            &["!002262 SQL compilation error:\nCompilation of SQL UDF failed: aggregate and window functions in the body of a function need a query: SELECT ..."],
        ),
        (
            "create function wrong() returns int language python as 'x'",
            &["!000002 Unsupported feature 'CREATE FUNCTION with LANGUAGE PYTHON'."],
        ),
        (
            "create aggregate function wrong(x int) returns int as 'x'",
            &["!000002 Unsupported feature 'CREATE AGGREGATE FUNCTION'."],
        ),
        ("select nosuch(1)", &["!002140 SQL compilation error:\nUnknown function NOSUCH."]),
        ("select public.nosuch(1)", &["!002140 SQL compilation error:\nUnknown function PUBLIC.NOSUCH."]),
    ])
    .await;
    sql.run("create or replace function one(x int) returns int as 'x + 1'").await;
    assert_eq!(sql.rows("select one(1)").await, ["2"]);
    sql.run("create or replace function one(x int) returns int as 'one(x)'").await;
    assert_eq!(
        sql.error("select one(1)").await,
        "002262 SQL compilation error:\nFunction ONE calls itself.\nin the body of function ONE"
    );
}

#[tokio::test]
async fn statements() {
    let mut sql = Sql::new().await;
    sql.run("create secure function f(x int, y varchar default 'a') returns number(10,2) not null comment = 'half' as 'x / 2'")
        .await;
    sql.run("create schema s").await;
    sql.run("create function s.g() returns table (a int) as 'select 1'").await;
    sql.check(&[
        ("create function public.f(x int, y varchar) returns int as 'x'", &["!002002 SQL compilation error:\nObject 'D.PUBLIC.F' already exists."]),
        ("create function if not exists public.f(x int, y varchar) returns int as 'x'", &["F already exists, statement succeeded."]),
        (
            "describe function public.f(int, varchar)",
            &[
                "signature|(X NUMBER, Y VARCHAR)",
                "returns|NUMBER(10,2) NOT NULL",
                "language|SQL",
                "body|x / 2",
            ],
        ),
        ("describe function public.f(int)", &["!002003 SQL compilation error:\nFunction 'PUBLIC.F(NUMBER)' does not exist or not authorized."]),
        (
            "show user functions in database d ->> select \"name\", \"schema_name\", \"min_num_arguments\", \"arguments\", \"description\", \"is_table_function\", \"is_secure\" from $1",
            &[
                "F|PUBLIC|1|F(NUMBER, DEFAULT VARCHAR) RETURN NUMBER|half|N|Y",
                "G|S|0|G() RETURN TABLE (A NUMBER)|user-defined function|Y|N",
            ],
        ),
        ("alter function public.f(int, varchar) rename to h", &["Statement executed successfully."]),
        ("alter function public.h(int, varchar) unset secure", &["Statement executed successfully."]),
        ("alter function public.h(int, varchar) set comment = 'c'", &["Statement executed successfully."]),
        ("alter function public.h(int, varchar) set log_level = 'x'", &["!001008 SQL compilation error:\ninvalid value [X] for parameter 'LOG_LEVEL'; it is TRACE, DEBUG, INFO, WARN, ERROR, FATAL, OFF."]),
        ("show functions like 'h' in schema public ->> select \"description\", \"is_secure\", \"language\" from $1", &["c|N|SQL"]),
        (
            "select function_name, argument_signature, data_type, function_definition, is_null_call from information_schema.functions order by 1",
            &["G|()|TABLE|select 1|YES", "H|(X NUMBER, Y VARCHAR)|NUMBER(10,2)|x / 2|YES"],
        ),
        ("drop function public.h(int, varchar)", &["H successfully dropped."]),
        ("drop function if exists public.h(int, varchar)", &["Drop statement executed successfully (H already dropped)."]),
    ])
    .await;
    sql.run("use schema public").await;
    sql.run("create temporary function tmp() returns int as '1'").await;
    assert_eq!(sql.rows("select tmp()").await, ["1"]);
    sql.session.id = 2;
    assert_eq!(sql.error("select tmp()").await, "002140 SQL compilation error:\nUnknown function TMP.");
}

#[tokio::test]
async fn privileges() {
    let mut sql = Sql::new().await;
    sql.run("create table secret (n int)").await;
    sql.run("insert into secret values (42)").await;
    sql.run("create function peek() returns int as 'select max(n) from secret'").await;
    sql.run("create function peek_all() returns table (n int) as 'select n from secret'").await;
    sql.run("create role reader").await;
    sql.run("grant usage on database d to role reader").await;
    sql.run("grant usage on schema d.public to role reader").await;
    sql.session.secondary_roles_all = false;
    sql.session.role = "READER".to_owned();
    sql.check(&[
        ("select peek()", &["!002140 SQL compilation error:\nUnknown function PEEK."]),
        (
            "create function mine() returns int as '1'",
            &["!003001 SQL access control error:\nInsufficient privileges to operate on schema 'PUBLIC'."],
        ),
    ])
    .await;
    sql.session.role = "ACCOUNTADMIN".to_owned();
    sql.run("grant usage on function peek() to role reader").await;
    sql.run("grant usage on function peek_all() to role reader").await;
    sql.session.secondary_roles_all = false;
    sql.session.role = "READER".to_owned();
    sql.check(&[
        ("select peek()", &["42"]),
        ("select n from table(peek_all())", &["42"]),
        (
            "select n from secret",
            &["!002003 SQL compilation error:\nObject 'SECRET' does not exist or not authorized."],
        ),
        (
            "drop function peek()",
            &["!003001 SQL access control error:\nInsufficient privileges to operate on function 'PEEK'."],
        ),
    ])
    .await;
}
