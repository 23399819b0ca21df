#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", sql = "DELETE FROM {Orders}")]
pub struct Root;
#[task(schema = Raw, warehouse = ShopWh, after(Root),
    sql = "DELETE FROM {Mart} WHERE CUSTOMER = SYSTEM$GET_TASK_GRAPH_CONFIG('customer')")]
pub struct Child;

fn main() {}
// It compiles with `sql = "DELETE FROM {Orders}", config = r#"{"customer": "x"}"#` instead of `sql = "DELETE FROM {Orders}"`.
