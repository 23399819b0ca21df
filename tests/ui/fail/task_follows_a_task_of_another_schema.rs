#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[schema(database = Shop)]
pub struct Other;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct Root;

#[task(schema = Other, warehouse = ShopWh, after(Root), sql = "SELECT 1")]
pub struct Child;

fn main() {}
// It compiles with `schema = Raw` instead of `schema = Other`.
