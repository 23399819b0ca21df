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
