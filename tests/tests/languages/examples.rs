//! The procedures of the examples.

use pipeline_dsl::object::Language;
use pipeline_examples::{cba, customer_dimension, task_graph};

use crate::support::{self, Case, case, empty};

pub const CASES: &[Case] = &[
    case::<cba::sp_process_table_a_incremental>(&[
        "CALL SP_PROCESS_TABLE_A_INCREMENTAL()",
        "UPDATE RAW_DB.SAMPLE_DATA.TABLE_A SET AMOUNT = AMOUNT * 2, UPDATED_AT = NULL WHERE ID < 3",
        "DELETE FROM RAW_DB.SAMPLE_DATA.TABLE_A WHERE ID = 3",
        "CALL SP_PROCESS_TABLE_A_INCREMENTAL()",
        "ALTER TABLE TABLE_B ALTER COLUMN STATUS SET NOT NULL",
        "UPDATE RAW_DB.SAMPLE_DATA.TABLE_A SET STATUS = NULL WHERE ID = 1",
        "CALL SP_PROCESS_TABLE_A_INCREMENTAL()",
    ]),
    empty::<cba::sp_process_table_a_incremental>(&["CALL SP_PROCESS_TABLE_A_INCREMENTAL()"]),
    case::<customer_dimension::merge_customers>(&[
        "CALL MERGE_CUSTOMERS()",
        "UPDATE CRM_DB.LANDING.CUSTOMER SET NAME = 'it''s $$', UPDATED_AT = '2026-06-01' WHERE ID = 1",
        "DELETE FROM CRM_DB.LANDING.CUSTOMER WHERE ID = 2",
        "INSERT INTO CRM_DB.LANDING.CUSTOMER (ID, NAME) VALUES (3, 'late')",
        "CALL MERGE_CUSTOMERS()",
        "INSERT INTO CRM_DB.LANDING.CUSTOMER (ID, NAME) VALUES (2, 'back')",
        "CALL MERGE_CUSTOMERS()",
    ]),
    empty::<customer_dimension::merge_customers>(&["CALL MERGE_CUSTOMERS()"]),
    case::<task_graph::load_orders>(&["CALL LOAD_ORDERS()", "CALL LOAD_ORDERS()"]),
    empty::<task_graph::load_orders>(&["CALL LOAD_ORDERS()"]),
];

#[test]
fn examples_read_well_in_both_languages() {
    for case in CASES {
        let node = case.procedure();
        let both = [Language::Sql, Language::JavaScript].map(|language| support::create(node, language));
        insta::assert_snapshot!(node.name, both.join(";\n\n"));
    }
}
