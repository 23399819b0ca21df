mod versions;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use parking_lot::Mutex;

use super::history;
use super::*;
use crate::clock::Clock;
use crate::engine::EngineConfig;
use crate::exec::{self, Binds};
use crate::session::Session;

/// 2026-01-01 09:00 UTC.
const START: i64 = 1_767_258_000_000_000;

/// An engine with a clock moved by hand and one session of the administrator.
struct Bench {
    engine: Arc<Engine>,
    session: Session,
}

impl Bench {
    async fn new(config: EngineConfig) -> Self {
        let engine = Engine::open(EngineConfig { clock: Clock::manual(START), ..config }).unwrap();
        Service::start(&engine);
        let mut bench = Self { engine, session: Session::new(1, "ADMIN", "ACCOUNTADMIN") };
        bench.run("CREATE DATABASE d").await;
        bench.run("CREATE WAREHOUSE w").await;
        bench.run("USE SCHEMA d.public").await;
        bench
    }

    async fn try_run(&mut self, sql: &str) -> Result<QueryResult> {
        let now = self.engine.clock.now();
        let mut cx = Context::new(&self.engine, &mut self.session, "test", now);
        exec::execute(&mut cx, sql, &Binds::none()).await
    }

    async fn run(&mut self, sql: &str) -> QueryResult {
        self.try_run(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// A procedure without arguments.
    async fn procedure(&mut self, name: &str, body: &str) {
        self.run(&format!("CREATE OR REPLACE PROCEDURE {name}() RETURNS VARCHAR AS $$ {body} $$")).await;
    }

    /// Moves the clock, a second at a time, and lets what is due run.
    async fn pass(&self, seconds: u64) {
        for _ in 0..seconds {
            self.engine.clock.advance(Duration::from_secs(1));
            self.settle().await;
        }
    }

    /// Waits until nothing runs.
    async fn settle(&self) {
        for _ in 0..1000 {
            tokio::time::sleep(Duration::from_millis(2)).await;
            let open: i64 = self
                .engine
                .store
                .read(|connection| {
                    Ok(connection.query_row(
                        "SELECT count(*) FROM task_graphs WHERE completed_time IS NULL",
                        [],
                        |row| row.get(0),
                    )?)
                })
                .unwrap();
            if open == 0 && self.engine.tasks.is_idle(&self.engine) {
                return;
            }
        }
        panic!("a task does not end");
    }

    /// The runs so far, oldest first: `NAME STATE FROM ATTEMPT minute:second`.
    fn runs(&self) -> Vec<String> {
        let mut runs = history::runs(&self.engine.store, 0, i64::MAX).unwrap();
        runs.reverse();
        let line = |run: history::Run| {
            let seconds = (run.scheduled_at - START) / 1_000_000;
            format!("{} {} {} {} {}:{:02}", run.name, run.state, run.from, run.attempt, seconds / 60, seconds % 60)
        };
        runs.into_iter().map(line).collect()
    }

    fn texts(&self, result: &QueryResult, column: &str) -> Vec<Option<String>> {
        let at = result.columns.iter().position(|other| other.name == column).expect(column);
        (0..result.row_count())
            .map(|row| match result.value(row, at).unwrap().unwrap().scalar {
                datafusion::common::ScalarValue::Utf8(text) => text,
                other => panic!("{column}: {other:?}"),
            })
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interval_counts_from_the_resume_and_a_suspended_task_rests() {
    let mut bench = Bench::new(EngineConfig::default()).await;
    bench.procedure("p", "BEGIN RETURN 'done'; END").await;
    bench.run("CREATE TASK t WAREHOUSE = w SCHEDULE = '10 SECONDS' AS CALL p()").await;
    bench.pass(15).await;
    assert!(bench.runs().is_empty(), "a new task is suspended");
    bench.run("ALTER TASK t RESUME").await;
    bench.pass(25).await;
    let ran = ["T SUCCEEDED SCHEDULE 1 0:25", "T SUCCEEDED SCHEDULE 1 0:35"];
    assert_eq!(bench.runs(), ran);
    bench.run("ALTER TASK t SUSPEND").await;
    bench.pass(30).await;
    assert_eq!(bench.runs(), ran);
    let tasks = bench.run("SHOW TASKS").await;
    assert_eq!(bench.texts(&tasks, "state"), [Some("suspended".to_owned())]);
    assert_eq!(bench.texts(&tasks, "last_suspended_reason"), [Some("USER_SUSPENDED".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_task_reports_and_is_suspended_after_enough_failures() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let sink = seen.clone();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/", post(|body: String| async move { sink.lock().push(body) }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let mut bench = Bench::new(EngineConfig { sns_endpoint: Some(endpoint), ..EngineConfig::default() }).await;
    bench
        .run(
            "CREATE NOTIFICATION INTEGRATION i ENABLED = TRUE TYPE = QUEUE DIRECTION = OUTBOUND NOTIFICATION_PROVIDER = AWS_SNS
             AWS_SNS_TOPIC_ARN = 'arn:aws:sns:us-east-1:123456789012:alerts'
             AWS_SNS_ROLE_ARN = 'arn:aws:iam::123456789012:role/publisher'",
        )
        .await;
    bench.procedure("p", "DECLARE bad EXCEPTION (-20007, 'no rows');\nBEGIN\n  RAISE bad; END").await;
    bench
        .run(
            "CREATE TASK t WAREHOUSE = w SCHEDULE = '10 SECONDS' SUSPEND_TASK_AFTER_NUM_FAILURES = 2 ERROR_INTEGRATION = i
             AS CALL p()",
        )
        .await;
    bench.run("ALTER TASK t RESUME").await;
    bench.pass(45).await;
    assert_eq!(bench.runs(), ["T FAILED SCHEDULE 1 0:10", "T FAILED_AND_AUTO_SUSPENDED SCHEDULE 1 0:20"]);
    let run = history::runs(&bench.engine.store, 0, i64::MAX).unwrap().pop().unwrap();
    assert_eq!(run.error_code.as_deref(), Some("-20007"));
    assert_eq!(
        run.error_message.as_deref(),
        Some("Uncaught exception of type 'BAD' on line 3 at position 2 : no rows")
    );
    for _ in 0..500 {
        if seen.lock().len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let seen = seen.lock();
    assert_eq!(seen.len(), 2);
    for expected in ["USER_TASK_FAILED", "D.PUBLIC.T", "no%20rows"] {
        assert!(seen[0].contains(expected), "{expected}: {}", seen[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_graph_runs_in_order_and_its_finalizer_always() {
    let mut bench = Bench::new(EngineConfig::default()).await;
    bench.procedure("ok", "BEGIN RETURN 'ok'; END").await;
    bench.procedure("step", "BEGIN RETURN 'ok'; END").await;
    bench.run("CREATE TASK root WAREHOUSE = w SCHEDULE = '1 HOUR' AS CALL ok()").await;
    bench.run("CREATE TASK a WAREHOUSE = w AFTER root AS CALL step()").await;
    bench.run("CREATE TASK b WAREHOUSE = w AFTER a AS CALL ok()").await;
    bench.run("CREATE TASK rests WAREHOUSE = w AFTER root AS CALL ok()").await;
    bench.run("CREATE TASK fin WAREHOUSE = w FINALIZE = root AS CALL ok()").await;
    for task in ["a", "b", "fin"] {
        bench.run(&format!("ALTER TASK {task} RESUME")).await;
    }
    bench.run("EXECUTE TASK root").await;
    bench.settle().await;
    let line = |name: &str, state: &str, attempt: u32| format!("{name} {state} EXECUTE_TASK {attempt} 0:00");
    let all = ["ROOT", "A", "B", "FIN"].map(|name| line(name, "SUCCEEDED", 1));
    assert_eq!(bench.runs(), all);

    bench.procedure("step", "DECLARE bad EXCEPTION; BEGIN RAISE bad; END").await;
    bench.run("ALTER TASK root SET TASK_AUTO_RETRY_ATTEMPTS = 1").await;
    bench.run("EXECUTE TASK root").await;
    bench.settle().await;
    let failed = [
        line("ROOT", "SUCCEEDED", 1),
        line("A", "FAILED", 1),
        "A FAILED AUTOMATIC RETRY 2 0:00".to_owned(),
        "FIN SUCCEEDED AUTOMATIC RETRY 2 0:00".to_owned(),
    ];
    assert_eq!(bench.runs()[4..], failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn graphs_are_checked() {
    let mut bench = Bench::new(EngineConfig::default()).await;
    for sql in [
        "CREATE SCHEMA other",
        "USE SCHEMA public",
        "CREATE TASK r1 WAREHOUSE = w SCHEDULE = '1 MINUTE' AS SELECT 1",
        "CREATE TASK c1 WAREHOUSE = w AFTER r1 AS SELECT 1",
        "CREATE TASK c2 WAREHOUSE = w AFTER c1 AS SELECT 1",
        "CREATE TASK f1 WAREHOUSE = w FINALIZE = r1 AS SELECT 1",
        "CREATE TASK other.r9 WAREHOUSE = w AS SELECT 1",
    ] {
        bench.run(sql).await;
    }
    for (sql, expected) in [
        ("CREATE TASK x WAREHOUSE = nosuch AS SELECT 1", "Nonexistent warehouse NOSUCH was specified."),
        (
            "CREATE TASK x WAREHOUSE = w SCHEDULE = '1 MINUTE' AFTER r1 AS SELECT 1",
            "Task X cannot have both a schedule and a predecessor.",
        ),
        ("CREATE TASK x WAREHOUSE = w AFTER nosuch AS SELECT 1", "Invalid predecessor NOSUCH was specified."),
        (
            "CREATE TASK x WAREHOUSE = w AFTER other.r9 AS SELECT 1",
            "Cannot have predecessor R9 from a different schema.",
        ),
        ("CREATE TASK x WAREHOUSE = w AFTER x AS SELECT 1", "Task X cannot use itself as its predecessor."),
        ("CREATE TASK x WAREHOUSE = w AFTER f1 AS SELECT 1", "cannot have children as a finalizer task."),
        ("CREATE TASK x WAREHOUSE = w FINALIZE = r1 AS SELECT 1", "Finalize target R1 already have finalizer."),
        ("CREATE TASK x WAREHOUSE = w FINALIZE = c1 AS SELECT 1", "Task X cannot finalize a non-root task C1."),
        ("CREATE TASK x WAREHOUSE = w FINALIZE = x AS SELECT 1", "Task X cannot finalize itself."),
        (
            "CREATE TASK x WAREHOUSE = w CONFIG = '{}' AFTER r1 AS SELECT 1",
            "Task D.PUBLIC.X cannot both be a non-root task and have a config.",
        ),
        (
            "CREATE TASK x WAREHOUSE = w OVERLAP_POLICY = ALLOW_ALL_OVERLAP AFTER r1 AS SELECT 1",
            "Cannot set overlap policy on non-root task D.PUBLIC.X.",
        ),
        (
            "CREATE TASK x WAREHOUSE = w TASK_AUTO_RETRY_ATTEMPTS = 1 AFTER r1 AS SELECT 1",
            "Cannot set parameter TASK_AUTO_RETRY_ATTEMPTS on non-root task X.",
        ),
        (
            "CREATE TASK x WAREHOUSE = w TARGET_COMPLETION_INTERVAL = '1 M' AS SELECT 1",
            "D.PUBLIC.X is not a serverless task.",
        ),
        (
            "CREATE TASK x WAREHOUSE = w ERROR_INTEGRATION = nosuch AS SELECT 1",
            "Integration 'NOSUCH' does not exist or not authorized.",
        ),
        ("CREATE TASK r1 WAREHOUSE = w AS SELECT 1", "Object 'D.PUBLIC.R1' already exists."),
        ("ALTER TASK c1 ADD AFTER c2", "cycle"),
        ("ALTER TASK c1 REMOVE AFTER c2", "Task C1 does not have predecessor C2."),
        ("ALTER TASK r1 ADD AFTER c2", "This task has a finalizer and cannot be made a child task."),
        ("ALTER TASK nosuch RESUME", "Task 'D.PUBLIC.NOSUCH' does not exist or not authorized."),
        ("EXECUTE TASK c1", "Execute task cannot be called on non-root task D.PUBLIC.C1."),
    ] {
        let error = bench.try_run(sql).await.expect_err(sql);
        assert!(error.message.contains(expected), "{sql}: {error}");
    }
    bench.run("ALTER TASK r1 RESUME").await;
    for sql in [
        "ALTER TASK c1 RESUME",
        "ALTER TASK c1 SET COMMENT = 'x'",
        "ALTER TASK r1 SET COMMENT = 'x'",
        "CREATE TASK x WAREHOUSE = w AFTER r1 AS SELECT 1",
        "CREATE OR REPLACE TASK c1 WAREHOUSE = w AS SELECT 1",
        "DROP TASK c2",
    ] {
        let error = bench.try_run(sql).await.expect_err(sql);
        assert_eq!(error.code, 91421, "{sql}: {error}");
        assert!(
            error.message.contains("root task D.PUBLIC.R1 since that root task is not suspended."),
            "{sql}: {error}"
        );
    }
    bench.run("ALTER TASK r1 SUSPEND").await;
    bench.run("DROP TASK c1").await;
    let shown = bench.run("DESCRIBE TASK c2").await;
    assert_eq!(bench.texts(&shown, "predecessors"), [Some("[]".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_without_the_privilege_cannot_run_tasks() {
    let mut bench = Bench::new(EngineConfig::default()).await;
    for sql in [
        "CREATE ROLE r",
        "GRANT ROLE r TO ROLE ACCOUNTADMIN",
        "GRANT USAGE ON DATABASE d TO ROLE r",
        "GRANT USAGE ON SCHEMA d.public TO ROLE r",
        "GRANT CREATE TASK ON SCHEMA d.public TO ROLE r",
        "GRANT USAGE ON WAREHOUSE w TO ROLE r",
    ] {
        bench.run(sql).await;
    }
    bench.session.role = "R".to_owned();
    bench.session.secondary_roles_all = false;
    bench.run("CREATE TASK t WAREHOUSE = w SCHEDULE = '1 MINUTE' AS SELECT 1").await;
    let error = bench.try_run("ALTER TASK t RESUME").await.unwrap_err();
    assert_eq!(error.code, 91089, "{error}");
    bench.session.role = "ACCOUNTADMIN".to_owned();
    bench.run("GRANT EXECUTE TASK ON ACCOUNT TO ROLE r").await;
    bench.session.role = "R".to_owned();
    bench.run("ALTER TASK t RESUME").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_the_engine_left_behind_have_failed() {
    let directory = tempfile::tempdir().unwrap();
    let config = EngineConfig { data: Some(directory.path().to_owned()), ..EngineConfig::default() };
    let mut bench = Bench::new(config.clone()).await;
    bench.run("CREATE TASK t WAREHOUSE = w SCHEDULE = '1 MINUTE' AS SELECT 1").await;
    bench.run("ALTER TASK t RESUME").await;
    let run =
        history::Run { name: "T".to_owned(), state: "EXECUTING".to_owned(), scheduled_at: START, ..Default::default() };
    history::insert(&bench.engine.store, &run).unwrap();
    bench.engine.tasks.stop().await;
    let weak = Arc::downgrade(&bench.engine);
    drop(bench);
    while weak.upgrade().is_some() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let engine = Engine::open(EngineConfig { clock: Clock::manual(START), ..config }).unwrap();
    let runs = history::runs(&engine.store, 0, i64::MAX).unwrap();
    assert_eq!(runs[0].state, "FAILED");
    assert_eq!(runs[0].error_message.as_deref(), Some("The engine stopped while the task was running."));
    Service::start(&engine);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(engine.tasks.due().len(), 1, "the schedule goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn data_in_a_stream_triggers_a_task_and_a_condition_skips_a_scheduled_one() {
    let mut bench = Bench::new(EngineConfig::default()).await;
    for sql in [
        "CREATE TABLE source (n INTEGER)",
        "CREATE TABLE target (n INTEGER)",
        "CREATE STREAM s ON TABLE source",
        "CREATE TASK t WAREHOUSE = w WHEN SYSTEM$STREAM_HAS_DATA('s') AS INSERT INTO target SELECT n FROM s",
        "CREATE TASK polls WAREHOUSE = w SCHEDULE = '20 SECONDS' WHEN SYSTEM$STREAM_HAS_DATA('s') AS SELECT 1",
        "ALTER TASK t RESUME",
    ] {
        bench.run(sql).await;
    }
    bench.pass(5).await;
    assert!(bench.runs().is_empty(), "there is nothing in the stream");
    bench.run("INSERT INTO source VALUES (1), (2)").await;
    bench.settle().await;
    bench.pass(1).await;
    assert_eq!(bench.runs(), ["T SUCCEEDED TRIGGER 1 0:05"]);
    bench.run("INSERT INTO source VALUES (3)").await;
    bench.pass(28).await;
    assert_eq!(bench.runs().len(), 1, "30 seconds pass between two runs");
    bench.pass(2).await;
    assert_eq!(bench.runs()[1..], ["T SUCCEEDED TRIGGER 1 0:35"]);
    let count = bench.run("SELECT COUNT(*) FROM target").await;
    assert_eq!(count.value(0, 0).unwrap().unwrap().scalar.to_string(), "3");
    bench.run("ALTER TASK t SUSPEND").await;
    bench.run("ALTER TASK polls RESUME").await;
    bench.pass(20).await;
    let run = history::runs(&bench.engine.store, 0, i64::MAX).unwrap().remove(0);
    assert_eq!(
        (run.name.as_str(), run.state.as_str(), run.error_code.as_deref()),
        ("POLLS", "SKIPPED", Some("0040003"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_of_many_orders_is_always_run() {
    let mut bench = Bench::new(EngineConfig::default()).await;
    bench.run("CREATE TASK t WAREHOUSE = w SCHEDULE = '10 MINUTES' AS SELECT 1").await;
    for order in 0..100 {
        bench.run(&format!("EXECUTE TASK t USING CONFIG = '{{\"order\": {order}}}'")).await;
        // At some point of the run before it, often at its end.
        tokio::time::sleep(Duration::from_micros(rand::random_range(0..4_000))).await;
    }
    bench.settle().await;
    let runs = history::runs(&bench.engine.store, 0, i64::MAX).unwrap();
    let last = runs.iter().max_by_key(|run| run.group).and_then(|run| run.config.as_deref());
    assert_eq!(last, Some(r#"{"order":99}"#));
}
