//! A body from a file does what the same body in Rust does.

use pipeline_dsl::object::Language;

use crate::support::{Case, all, case, text};

const STEPS: &[&str] = &["CALL COPY_ORDERS(1)", "CALL COPY_ORDERS(NULL)", "CALL COPY_ORDERS(1000000)"];

mod in_rust {
    use crate::tables::{Mart, Notes, Orders};
    use pipeline_dsl::prelude::*;

    #[procedure(schema = Mart)]
    pub fn copy_orders(orders: &Orders, notes: &mut Notes, least: Integer) -> Integer {
        let copied =
            notes.insert(orders.filter(|o| o.id > least).select(|o| Notes { id: o.id, note: o.customer, ..default() }));
        copied
    }
}

mod in_file {
    use crate::tables::{Mart, Notes, Orders};
    use pipeline_dsl::prelude::*;

    #[procedure(schema = Mart, language = javascript, file = "copy_orders.js")]
    pub fn copy_orders(orders: &Orders, notes: &mut Notes, least: Integer) -> Integer;
}

const IN_RUST: Case = case::<in_rust::copy_orders>(STEPS);
const IN_FILE: Case = case::<in_file::copy_orders>(STEPS);

#[tokio::test(flavor = "multi_thread")]
async fn a_body_from_a_file_runs() {
    let rust = all(&[IN_RUST], Language::Sql).await;
    assert!(rust[0].contains("in NOTES"), "{}", rust[0]);
    assert_eq!(all(&[IN_FILE], Language::JavaScript).await, rust);
}

#[test]
fn every_javascript_body_can_be_read() {
    for case in crate::all_cases().chain([&IN_FILE]) {
        let node = case.procedure();
        pipeline_local::parse_javascript(node.name, &text(node, Language::JavaScript)).unwrap();
    }
    let error = pipeline_local::parse_javascript("P", "return 1;\nreturn (2;").unwrap_err();
    assert!(error.to_string().contains("in P"), "{error}");
}
