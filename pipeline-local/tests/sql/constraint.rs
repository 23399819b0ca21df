use super::support::Sql;

const DONE: &[&str] = &["Statement executed successfully."];

#[tokio::test]
async fn checks_are_enforced() {
    let mut sql = Sql::new().await;
    let violated = &["!100132 DML operation to table T failed: a row violates CHECK constraint POSITIVE (n >= 0)"][..];
    sql.check(&[
        ("create table t (id int, n int, constraint positive check (n >= 0))", &["Table T successfully created."]),
        ("insert into t values (1, -1)", violated),
        ("insert into t values (1, null), (2, 5)", &["2"]),
        ("update t set n = -n", violated),
        ("merge into t using (select 9 id, -5 n) s on t.id = s.id when not matched then insert values (s.id, s.n)", violated),
        ("create table u (a int, check (a > (select 1)))", &[
            "!000002 SQL compilation error:\nA CHECK constraint cannot use a subquery: CHECK (a > (select 1))",
        ]),
        ("create table u (a int, check (a > random()))", &[
            "!000002 SQL compilation error:\nA CHECK constraint cannot use the function RANDOM, whose value changes: CHECK (a > random())",
        ]),
        ("create table u (a int, check (a + 1))", &[
            "!002016 SQL compilation error:\nInvalid data type [NUMBER(38,0)] for predicate [a + 1] of a CHECK constraint; it must be BOOLEAN",
        ]),
        ("alter table t rename constraint positive to p", DONE),
        ("alter table t drop constraint p", DONE),
        ("update t set n = -n", &["2|0"]),
    ])
    .await;
}

#[tokio::test]
async fn keys_are_listed() {
    let mut sql = Sql::new().await;
    sql.run("create table p (a int, b int, constraint pk primary key (a), constraint uq unique (b))").await;
    sql.run("create table c (x int, constraint fk foreign key (x) references p (a) on delete cascade)").await;
    sql.check(&[
        ("show primary keys in table p ->> select \"column_name\", \"key_sequence\", \"constraint_name\" from $1", &["A|1|PK"]),
        ("show unique keys in p ->> select \"column_name\", \"constraint_name\" from $1", &["B|UQ"]),
        ("show imported keys in c ->> select \"pk_table_name\", \"fk_column_name\", \"fk_name\", \"pk_name\" from $1", &["P|X|FK|PK"]),
        ("show exported keys in p ->> select \"fk_table_name\", \"pk_column_name\" from $1", &["C|A"]),
        (
            "select table_name, constraint_type from information_schema.table_constraints order by 1, 2",
            &["C|FOREIGN KEY", "P|PRIMARY KEY", "P|UNIQUE"],
        ),
        ("select constraint_name, unique_constraint_name from information_schema.referential_constraints", &["FK|PK"]),
    ])
    .await;
}

#[tokio::test]
async fn schemas_and_databases_are_cloned() {
    let mut sql = Sql::new().await;
    for statement in [
        "create schema s",
        "create table t (a int autoincrement, b int)",
        "insert into t (b) values (1), (2)",
        "create view v as select b from t",
        "create stream st on table t",
        "insert into t (b) values (3)",
        "create schema c clone s",
        "insert into c.t (b) values (4)",
    ] {
        sql.run(statement).await;
    }
    sql.check(&[
        ("select a, b from c.t order by a", &["1|1", "2|2", "3|3", "4|4"]),
        ("select count(*) from s.t", &["3"]),
        ("select b from c.st", &["4"]),
        ("select b from s.st", &["3"]),
        ("create database e clone d", &["Database E successfully created."]),
        ("select sum(b) from e.s.v", &["6"]),
        ("create table x clone d.s.t at (timestamp => '2000-01-01'::timestamp)", &[
            "!000707 SQL compilation error:\nTime travel data is not available for table T. The requested time is either beyond the allowed time travel period or before the object creation time.",
        ]),
    ])
    .await;
}

#[tokio::test]
async fn transactions_are_described() {
    let mut sql = Sql::new().await;
    sql.run("begin name first").await;
    assert_eq!(sql.rows("show transactions ->> select \"name\", \"state\" from $1").await, ["FIRST|running"]);
    let id = sql.rows("select current_transaction()").await.remove(0);
    sql.run("rollback").await;
    assert_eq!(sql.rows("select last_transaction()").await, std::slice::from_ref(&id));
    let described = format!("describe transaction {id} ->> select \"name\", \"state\" from $1");
    assert_eq!(sql.rows(&described).await, ["FIRST|rolled back"]);
}

#[tokio::test]
async fn names_come_from_variables() {
    let mut sql = Sql::new().await;
    sql.check(&[
        ("set name = 'chosen'", DONE),
        ("create table identifier($name) (a int)", &["Table CHOSEN successfully created."]),
        ("desc table identifier($name) ->> select \"name\" from $1", &["A"]),
        ("drop table identifier($name)", &["CHOSEN successfully dropped."]),
        ("drop table identifier($none)", &["!002211 SQL compilation error:\nSession variable '$NONE' does not exist"]),
        ("create table t (id int, v varchar)", &["Table T successfully created."]),
        (
            "merge into t using (select 'q' v, 2 id) s on t.id = s.id when matched then update all by name when not matched then insert all by name",
            &["1|0"],
        ),
        ("select id, v from t", &["2|q"]),
        ("merge into t using (select 1 x) s on t.id = s.x when matched then update all by name", &[
            "!000904 SQL compilation error:\nALL BY NAME: the source has no column 'ID' as the target has",
        ]),
    ])
    .await;
}

#[tokio::test]
async fn virtual_columns_follow_their_rows() {
    let mut sql = Sql::new().await;
    let given = "!000002 SQL compilation error:\nVirtual column 'C' of table 'T' cannot be given a value; it is computed AS (id * 2).";
    sql.check(&[
        ("create table t (id int, c int as (id * 2), v varchar, d as (upper(v)))", &["Table T successfully created."]),
        ("insert into t values (1, 'a'), (2, 'b')", &["2"]),
        ("insert into t (id, c) values (1, 2)", &[given]),
        ("update t set c = 1", &[given]),
        ("create stream s on table t", &["Stream S successfully created."]),
        ("update t set id = 10 where id = 1", &["1|0"]),
        (
            "merge into t using (select 2 id, 'z' v union all select 7, 'n') s on t.id = s.id \
             when matched then update set v = s.v when not matched then insert values (s.id, s.v)",
            &["1|1"],
        ),
        ("select * from t order by id", &["2|4|z|Z", "7|14|n|N", "10|20|a|A"]),
        ("select c, d, metadata$action from s order by 1, 3", &["2|A|DELETE", "4|B|DELETE", "4|Z|INSERT", "14|N|INSERT", "20|A|INSERT"]),
        ("describe table t ->> select \"name\", \"type\", \"kind\", \"expression\" from $1 where \"kind\" <> 'COLUMN'", &[
            "C|NUMBER(38,0)|VIRTUAL|id * 2",
            "D|VARCHAR(16777216)|VIRTUAL|upper(v)",
        ]),
        ("alter table t drop column id", &[
            "!000002 SQL compilation error:\nCannot drop column 'ID': virtual column 'C' is computed from it.",
        ]),
        ("create table u (a int as (b), b int as (1))", &[
            "!000002 SQL compilation error:\nVirtual column 'A' can only use virtual columns that are declared before it: AS (b)",
        ]),
        ("create table u (a int, b int as (random()))", &[
            "!000002 SQL compilation error:\nVirtual column 'B' cannot use the function RANDOM, whose value changes: AS (random())",
        ]),
        ("select get_ddl('table', 't')", &[
            "create or replace TABLE T (\n\tID NUMBER(38,0),\n\tC NUMBER(38,0) AS (id * 2),\n\tV VARCHAR(16777216),\n\tD VARCHAR(16777216) AS (upper(v))\n) CHANGE_TRACKING=TRUE;",
        ]),
    ])
    .await;
}

#[tokio::test]
async fn properties_of_keys_are_kept() {
    let mut sql = Sql::new().await;
    sql.run("create table p (a int, b int, c int, constraint pk primary key (a) rely, unique (b))").await;
    sql.run("create table f (x int references p (a) on delete cascade on update set null rely)").await;
    sql.check(&[
        ("show imported keys in f ->> select \"update_rule\", \"delete_rule\", \"rely\" from $1", &["SET NULL|CASCADE|true"]),
        ("show primary keys in p ->> select \"rely\" from $1", &["true"]),
        ("alter table p modify constraint pk norely", DONE),
        ("alter table p alter unique (b) not enforced rely", DONE),
        ("select constraint_type, rely from information_schema.table_constraints order by 1", &["FOREIGN KEY|YES", "PRIMARY KEY|NO", "UNIQUE|YES"]),
        ("alter table p modify foreign key (b) rely", &[
            "!002003 SQL compilation error:\nForeign key over these columns does not exist.",
        ]),
        ("alter table f modify foreign key (x) on delete restrict", &[
            "!001003 SQL compilation error:\nOnly ENFORCED, VALIDATE and RELY of a constraint can be changed; drop it and add it again.",
        ]),
        ("alter table p drop unique (b)", DONE),
        ("alter table p drop primary key cascade", DONE),
        ("alter table f drop foreign key (x)", DONE),
        ("select count(*) from information_schema.table_constraints", &["0"]),
        ("alter table p add search optimization on equality(a, b)", DONE),
        ("alter table p add search optimization on equality(nope)", &["!000904 SQL compilation error: error line 0 at position -1\ninvalid identifier 'NOPE'"]),
    ])
    .await;
}
