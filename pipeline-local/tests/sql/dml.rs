use super::support::Sql;

async fn with_table() -> Sql {
    let mut sql = Sql::new().await;
    sql.run(
        "create table t (id int autoincrement, name varchar(5) not null, amount number(10,2) default 7.5, at timestamp_ntz, v variant)",
    )
    .await;
    sql
}

#[tokio::test]
async fn insert() {
    let mut sql = with_table().await;
    sql.check(&[
        ("insert into t (name) values ('a'), ('b')", &["2"]),
        ("insert into t (name, amount, at) select 'c', '12.345', '2024-01-02 03:04:05'", &["1"]),
        ("insert into t (name, amount) values ('d', default), ('e', null)", &["2"]),
        ("select id, name, amount, at from t order by id", &[
            "1|a|7.50|NULL",
            "2|b|7.50|NULL",
            "3|c|12.35|2024-01-02 03:04:05.000",
            "4|d|7.50|NULL",
            "5|e|NULL|NULL",
        ]),
        ("insert into t (name) values ('too long')", &[
            "!100078 DML operation to table T failed on column NAME with error: String 'too long' is too long and would be truncated",
        ]),
        ("insert into t (name) values (null)", &[
            "!100072 DML operation to table T failed on column NAME with error: NULL result in a non-nullable column",
        ]),
        ("insert into t (name, amount) values ('x', 'd')", &[
            "!100038 DML operation to table T failed on column AMOUNT with error: Numeric value 'd' is not recognized",
        ]),
        ("insert into t (name, amount) values ('x')", &[
            "!002020 SQL compilation error:\nInsert value list does not match column list expecting 2 but got 1",
        ]),
        ("insert into t (nosuch) values (1)", &[
            "!000904 SQL compilation error: error line 1 at position 15\ninvalid identifier 'NOSUCH'",
        ]),
        ("insert overwrite into t (name) select name || name from t where id < 3", &["2"]),
        ("select name, amount from t order by name", &["aa|7.50", "bb|7.50"]),
        ("insert into t (name, v) select 'v', parse_json('{\"a\": {\"b\": [1, 2]}}')", &["1"]),
        ("select v:a.b[1]::int + 1, v:a.x, v['a']['b'][0] = 1 from t where name = 'v'", &["3|NULL|true"]),
    ])
    .await;
}

#[tokio::test]
async fn update_and_delete() {
    let mut sql = with_table().await;
    sql.run("create table s (id int, amount int)").await;
    sql.run("insert into s values (1, 100), (2, 200), (2, 201)").await;
    sql.check(&[
        ("insert into t (name) values ('a'), ('b'), ('c')", &["3"]),
        ("update t set amount = amount + 1, name = upper(name) where id = 1", &["1|0"]),
        ("select id, name, amount from t order by id", &["1|A|8.50", "2|b|7.50", "3|c|7.50"]),
        ("update t set amount = s.amount from s where t.id = s.id", &["2|1"]),
        ("select count(*) from t where amount >= 100", &["2"]),
        ("delete from t using s where t.id = s.id and s.amount = 100", &["1"]),
        ("delete from t where name = 'nosuch'", &["0"]),
        ("select id from t order by id", &["2", "3"]),
        ("truncate table t", &["Statement executed successfully."]),
        ("select count(*) from t", &["0"]),
    ])
    .await;
}

#[tokio::test]
async fn merge() {
    let mut sql = Sql::new().await;
    sql.run("create table t (k int, v varchar, n int default 5)").await;
    sql.run("insert into t values (1, 'one', 1), (2, 'two', 2), (3, 'three', 3)").await;
    sql.run("create table s (k int, v varchar, op varchar)").await;
    sql.run("insert into s values (1, 'uno', 'U'), (2, '', 'D'), (4, 'cuatro', 'I'), (5, 'cinco', 'I'), (6, '-', 'X')")
        .await;
    sql.check(&[
        (
            "merge into t using s on t.k = s.k
             when matched and s.op = 'D' then delete
             when matched then update set v = s.v, n = t.n + 10
             when not matched and s.op = 'I' then insert (k, v) values (s.k, s.v)",
            &["2|1|1"],
        ),
        ("select k, v, n from t order by k", &["1|uno|11", "3|three|3", "4|cuatro|5", "5|cinco|5"]),
        ("insert into s values (1, 'again', 'U')", &["1"]),
        (
            "merge into t using s on t.k = s.k when matched then update set v = s.v",
            &["!100090 Duplicate row detected during DML action\nRow Values: [1, \"uno\", 11]"],
        ),
        ("merge into t a using (select 3 as k) b on a.k = b.k when matched then delete", &["1"]),
        ("select count(*) from t", &["3"]),
    ])
    .await;
}

#[tokio::test]
async fn several_tables() {
    let mut sql = Sql::new().await;
    sql.run("create table small (a int)").await;
    sql.run("create table big (a int, b int)").await;
    sql.check(&[
        (
            "insert first when a > 10 then into big (a, b) values (a, a * 2) else into small select column1 as a from values (5), (50)",
            &["1|1"],
        ),
        ("select * from big", &["50|100"]),
        ("select * from small", &["5"]),
    ])
    .await;
}
