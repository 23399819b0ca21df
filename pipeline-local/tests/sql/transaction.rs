use super::support::Sql;

#[tokio::test]
async fn statements_are_atomic_and_transactions_too() {
    let mut sql = Sql::new().await;
    sql.run("create table t (id int)").await;
    sql.check(&[
        ("begin", &["Statement executed successfully."]),
        ("insert into t values (1)", &["1"]),
        ("insert into t select 1 / 0", &["!100051 Division by zero"]),
        ("select count(*) from t", &["1"]),
        ("commit", &["Statement executed successfully."]),
        ("begin", &["Statement executed successfully."]),
        ("delete from t", &["1"]),
        ("select count(*) from t", &["0"]),
        ("rollback", &["Statement executed successfully."]),
        ("select count(*) from t", &["1"]),
    ])
    .await;
}
