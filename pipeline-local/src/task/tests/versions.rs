//! Versions of graphs, retries of failed runs, clones, limits.

use super::super::history;
use super::Bench;
use crate::engine::EngineConfig;

/// The cells of a query with one text column.
async fn column(bench: &mut Bench, sql: &str) -> Vec<String> {
    let result = bench.run(sql).await;
    let name = result.columns[0].name.clone();
    bench.texts(&result, &name).into_iter().map(|text| text.unwrap_or_else(|| "NULL".to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_graph_run_is_retried_where_it_failed() {
    let mut bench = Bench::new(EngineConfig::default()).await;
    bench.procedure("ok", "BEGIN RETURN 'ok'; END").await;
    bench.procedure("step", "DECLARE bad EXCEPTION; BEGIN RAISE bad; END").await;
    for sql in [
        r#"CREATE TASK root WAREHOUSE = w CONFIG = '{"a": 1}' AS SELECT SYSTEM$SET_RETURN_VALUE('from the root')"#,
        "CREATE TASK a WAREHOUSE = w AFTER root AS CALL step()",
        "CREATE TASK b WAREHOUSE = w AFTER root AS CALL ok()",
        "CREATE TASK c WAREHOUSE = w AFTER a AS CALL ok()",
        "ALTER TASK a RESUME",
        "ALTER TASK b RESUME",
        "ALTER TASK c RESUME",
    ] {
        bench.run(sql).await;
    }
    let error = bench.try_run("EXECUTE TASK root RETRY LAST").await.unwrap_err();
    assert_eq!(error.message, "Cannot perform retry: no suitable run of graph with root task ROOT to retry.");
    bench.run(r#"EXECUTE TASK root USING CONFIG = '{"b": 2}'"#).await;
    bench.settle().await;
    bench.procedure("step", "BEGIN RETURN SYSTEM$GET_PREDECESSOR_RETURN_VALUE(); END").await;
    bench.run("EXECUTE TASK root RETRY LAST").await;
    bench.settle().await;
    let mut runs = bench.runs();
    runs[1..3].sort();
    assert_eq!(
        runs,
        [
            "ROOT SUCCEEDED EXECUTE_TASK 1 0:00",
            "A FAILED EXECUTE_TASK 1 0:00",
            "B SUCCEEDED EXECUTE_TASK 1 0:00",
            "A SUCCEEDED MANUAL RETRY 2 0:00",
            "C SUCCEEDED MANUAL RETRY 2 0:00",
        ]
    );
    let runs = history::runs(&bench.engine.store, 0, i64::MAX).unwrap();
    assert!(runs.iter().all(|run| run.group == runs[0].group && run.config == runs[0].config));
    let states = column(
        &mut bench,
        "SELECT state FROM TABLE(INFORMATION_SCHEMA.COMPLETE_TASK_GRAPHS()) ORDER BY attempt_number",
    )
    .await;
    assert_eq!(states, ["FAILED", "SUCCEEDED"]);
    let error = bench.try_run("EXECUTE TASK root RETRY LAST").await.unwrap_err();
    assert_eq!(error.message, "Cannot perform retry: last run of graph with root task ROOT had no failures.");

    // A graph that changed since is another one.
    bench.procedure("step", "DECLARE bad EXCEPTION; BEGIN RAISE bad; END").await;
    bench.run("EXECUTE TASK root").await;
    bench.settle().await;
    let group = history::runs(&bench.engine.store, 0, i64::MAX).unwrap()[0].group;
    bench.run("ALTER TASK c SUSPEND").await;
    bench.run("ALTER TASK c SET COMMENT = 'changed'").await;
    let error = bench.try_run(&format!("EXECUTE TASK root RETRY GRAPH RUN GROUP '{group}'")).await.unwrap_err();
    assert!(error.message.contains("no suitable run"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_fixed_by_resume_and_execute() {
    let mut bench = Bench::new(EngineConfig::default()).await;
    for sql in [
        "CREATE TASK root WAREHOUSE = w SCHEDULE = '10 SECONDS' AS SELECT 1",
        "CREATE TASK child WAREHOUSE = w AFTER root AS SELECT 2",
        "ALTER TASK root RESUME",
    ] {
        bench.run(sql).await;
    }
    bench.pass(10).await;
    bench.run("ALTER TASK root SUSPEND").await;
    bench.run("ALTER TASK root RESUME").await;
    bench.pass(10).await;
    bench.run("ALTER TASK root SUSPEND").await;
    bench.run("ALTER TASK child MODIFY AS SELECT 3").await;
    bench.run("ALTER TASK child SET COMMENT = 'x'").await;
    bench.run("EXECUTE TASK root").await;
    bench.settle().await;
    bench.run("CREATE OR REPLACE TASK root WAREHOUSE = w AS SELECT 4").await;
    bench.run("EXECUTE TASK root").await;
    bench.settle().await;
    let versions: Vec<i64> =
        history::runs(&bench.engine.store, 0, i64::MAX).unwrap().into_iter().rev().map(|run| run.version).collect();
    assert_eq!(versions, [1, 1, 2, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn clones_limits_and_the_next_time() {
    let mut bench = Bench::new(EngineConfig::default()).await;
    for sql in [
        "CREATE TASK root WAREHOUSE = w SCHEDULE = '1 MINUTE' COMMENT = 'first' AS SELECT 1",
        "CREATE TASK child WAREHOUSE = w AFTER root AS SELECT 2",
        "CREATE TASK other CLONE root",
        "CREATE TASK second CLONE child",
        "ALTER TASK root RESUME",
    ] {
        bench.run(sql).await;
    }
    let shown = bench.run("SHOW TASKS").await;
    assert_eq!(bench.texts(&shown, "name").concat_all(), "CHILD OTHER ROOT SECOND");
    assert_eq!(bench.texts(&shown, "state").concat_all(), "suspended suspended started suspended");
    assert_eq!(bench.texts(&shown, "predecessors")[3].as_deref(), Some(r#"["D.PUBLIC.ROOT"]"#));
    assert_eq!(bench.texts(&shown, "comment")[1].as_deref(), Some("first"));
    let ids = bench.texts(&shown, "id");
    assert_ne!(ids[1], ids[2]);
    let error = bench.try_run("CREATE TASK third CLONE child").await.unwrap_err();
    assert_eq!(error.code, 91421, "{error}");
    let error = bench.try_run("CREATE TASK other CLONE root").await.unwrap_err();
    assert!(error.message.contains("already exists"), "{error}");
    bench.pass(60).await;
    let next = "SELECT DATEDIFF('second', scheduled_time, next_scheduled_time)::VARCHAR FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())
         WHERE name = 'ROOT' AND state = 'SUCCEEDED'";
    assert_eq!(column(&mut bench, next).await, ["60"]);
}

/// Texts beside each other.
trait ConcatAll {
    fn concat_all(&self) -> String;
}

impl ConcatAll for Vec<Option<String>> {
    fn concat_all(&self) -> String {
        self.iter().map(|text| text.as_deref().unwrap_or("NULL")).collect::<Vec<_>>().join(" ")
    }
}
