//! The committed scripts are what the programs generate.

use pipeline_runtime::assert_rendered;

macro_rules! scripts_of {
    ($example:literal) => {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/", $example, "/sql")
    };
}

#[test]
fn cba() {
    assert_rendered(&pipeline_examples::cba::Cba, scripts_of!("cba"));
}

#[test]
fn customer_dimension() {
    assert_rendered(&pipeline_examples::customer_dimension::CustomerDimension, scripts_of!("customer_dimension"));
}

#[test]
fn task_graph() {
    assert_rendered(&pipeline_examples::task_graph::OrderReports, scripts_of!("task_graph"));
}
