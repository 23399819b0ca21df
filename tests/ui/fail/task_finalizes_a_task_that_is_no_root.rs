#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct Root;

#[task(schema = Raw, warehouse = ShopWh, after(Root), sql = "SELECT 1")]
pub struct Child;

#[task(schema = Raw, warehouse = ShopWh, finalize = Child, sql = "SELECT 1")]
pub struct End;

fn main() {}
// It compiles with `finalize = Root` instead of `finalize = Child`.
