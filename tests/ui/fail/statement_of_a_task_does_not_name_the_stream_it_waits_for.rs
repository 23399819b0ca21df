#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, when = has_data(OrdersStream), sql = "DELETE FROM {Mart}")]
pub struct Empty;

fn main() {}
// It compiles with `INSERT INTO {Mart} SELECT ID, CUSTOMER, AMOUNT FROM {OrdersStream}` instead of `DELETE FROM {Mart}`.
