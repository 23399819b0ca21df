//! The examples as a newcomer starts them: no account, no arguments.

use pipeline_tests::program::{Program, Said};

/// Runs a program twice on the same directory, and gives what it said the second time.
fn twice(path: &'static str, first_line: &str) -> Said {
    let home = tempfile::tempdir().unwrap();
    let program = Program::new(path);
    let run = || {
        let said = program.run_in(home.path(), &[]).ended_with(0);
        assert_eq!(said.first_line(), first_line);
        assert!(said.out.contains("│ step"), "the time of every step is shown: {}", said.out);
        said
    };
    let first = run();
    assert!(first.out.contains("+ load sample data"), "{}", first.out);
    assert!(first.out.contains("+ create database"), "{}", first.out);
    let second = run();
    assert!(home.path().join(".pipeline").is_dir());
    assert!(second.out.contains("deployed: 0 statements"), "{}", second.out);
    program.run_in(home.path(), &["status"]).ended_with(0);
    second
}

#[test]
fn cba() {
    let said = twice(env!("CARGO_BIN_EXE_cba"), "cba · embedded engine, data in .pipeline/");
    assert!(said.out.contains("started by its schedule, succeeded"), "{}", said.out);
    assert!(said.out.contains("CUST_TOUR"), "{}", said.out);
}

#[test]
fn customer_dimension() {
    let said =
        twice(env!("CARGO_BIN_EXE_customer_dimension"), "customer-dimension · embedded engine, data in .pipeline/");
    assert!(said.out.contains("triggered by its stream, succeeded"), "{}", said.out);
    assert!(said.out.contains("Customer 2 & Sons"), "{}", said.out);
}

#[test]
fn task_graph() {
    let said = twice(env!("CARGO_BIN_EXE_task_graph"), "order-reports · embedded engine, data in .pipeline/");
    for task in ["LOAD_ORDERS", "REPORT_DAYS", "REPORT_CUSTOMERS", "RECORD_RUN"] {
        assert!(said.out.contains(&format!("task {task} started by its schedule, succeeded")), "{task}: {}", said.out);
    }
}
