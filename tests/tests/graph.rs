//! A graph of tasks: what follows a task that fails, and how the graph is changed while it is started.

use pipeline_tests::{
    program::Program,
    server::{Engine, PASSWORD, column, rows, scalar},
};

const TASKS: &str = "SHOW TASKS IN SCHEMA SALES_DB.REPORTS";

fn program(engine: &Engine) -> Program {
    Program::new(env!("CARGO_BIN_EXE_task_graph")).on(&engine.url(), "ADMIN", PASSWORD)
}

async fn order(engine: &Engine, day: &str) {
    let session = engine.connect("REPORTS_ROLE").await;
    rows(&session, "USE WAREHOUSE REPORTS_WH").await;
    let sql =
        format!("INSERT INTO SALES_DB.ORDERS.SHOP_ORDER (CUSTOMER, ORDERED_ON, AMOUNT) VALUES ('A', '{day}', 12.50)");
    rows(&session, &sql).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_fails_fails_the_run_but_not_the_finalizer() {
    let engine = Engine::start(None).await;
    program(&engine).run(&["deploy"]).ended_with(0);
    order(&engine, "2026-03-01").await;
    let run = program(&engine).run(&["run"]).ended_with(0);
    for task in ["LOAD_ORDERS", "REPORT_DAYS", "REPORT_CUSTOMERS", "RECORD_RUN"] {
        assert!(run.out.contains(&format!("task SALES_DB.REPORTS.{task} succeeded")), "{task}: {}", run.out);
    }
    let session = engine.connect("REPORTS_ROLE").await;
    rows(&session, "USE WAREHOUSE REPORTS_WH").await;
    assert_eq!(
        rows(&session, "SELECT CUSTOMER, ORDERS, TURNOVER FROM SALES_DB.REPORTS.CUSTOMER_TURNOVER").await,
        [["A", "1", "12.50"]]
    );

    rows(&session, "ALTER TABLE SALES_DB.REPORTS.DAILY_TURNOVER RENAME TO SALES_DB.REPORTS.GONE").await;
    order(&engine, "2026-03-02").await;
    let run = program(&engine).run(&["run", "LOAD_ORDERS"]).ended_with(1);
    assert!(run.out.contains("task SALES_DB.REPORTS.REPORT_CUSTOMERS succeeded"), "{}", run.out);
    assert!(run.out.contains("task SALES_DB.REPORTS.RECORD_RUN succeeded"), "{}", run.out);
    assert!(run.err.contains("error: task SALES_DB.REPORTS.REPORT_DAYS failed"), "{}", run.err);
    assert!(run.err.contains("DAILY_TURNOVER"), "{}", run.err);
    assert_eq!(scalar(&session, "SELECT COUNT(*) FROM SALES_DB.REPORTS.REPORT_RUN").await, "2");
    program(&engine).run(&["status"]).ended_with(10);

    let child = program(&engine).run(&["run", "REPORT_DAYS"]).ended_with(1);
    assert!(child.err.contains("follows other tasks and cannot be run alone"), "{}", child.err);
    assert!(child.err.contains("`run LOAD_ORDERS`"), "{}", child.err);
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_is_missing_from_a_started_graph_is_put_back() {
    let engine = Engine::start(None).await;
    program(&engine).run(&["deploy"]).ended_with(0);
    let admin = engine.connect("ACCOUNTADMIN").await;
    for sql in [
        "ALTER TASK SALES_DB.REPORTS.LOAD_ORDERS SUSPEND",
        "DROP TASK SALES_DB.REPORTS.REPORT_DAYS",
        "ALTER TASK SALES_DB.REPORTS.LOAD_ORDERS RESUME",
    ] {
        rows(&admin, sql).await;
    }
    let said = program(&engine).run(&["deploy"]).ended_with(0);
    let position = |words: &str| said.out.find(words).unwrap_or_else(|| panic!("`{words}` is not in\n{}", said.out));
    assert!(
        position("suspend task SALES_DB.REPORTS.LOAD_ORDERS") < position("create task SALES_DB.REPORTS.REPORT_DAYS")
    );
    assert!(
        position("resume task SALES_DB.REPORTS.REPORT_DAYS") < position("resume task SALES_DB.REPORTS.LOAD_ORDERS")
    );
    assert_eq!(column(&admin, TASKS, "state").await, ["started"; 4]);

    // A child that somebody suspended is resumed, which its root must be suspended for.
    for sql in [
        "ALTER TASK SALES_DB.REPORTS.LOAD_ORDERS SUSPEND",
        "ALTER TASK SALES_DB.REPORTS.REPORT_DAYS SUSPEND",
        "ALTER TASK SALES_DB.REPORTS.LOAD_ORDERS RESUME",
    ] {
        rows(&admin, sql).await;
    }
    program(&engine).run(&["status"]).ended_with(12);
    program(&engine).run(&["resume"]).ended_with(0);
    assert_eq!(column(&admin, TASKS, "state").await, ["started"; 4]);
    program(&engine).run(&["suspend"]).ended_with(0);
    assert_eq!(column(&admin, TASKS, "state").await, ["suspended"; 4]);
    program(&engine).run(&["deploy"]).ended_with(0);
    assert_eq!(column(&admin, TASKS, "state").await, ["started"; 4]);
    engine.shutdown().await;
}
