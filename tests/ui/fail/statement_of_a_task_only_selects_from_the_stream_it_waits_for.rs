#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, when = has_data(OrdersStream), sql = "SELECT ID FROM {OrdersStream}")]
pub struct Look;

fn main() {}
// It compiles with `INSERT INTO {Mart} SELECT ID, CUSTOMER, AMOUNT FROM` instead of `SELECT ID FROM`.
