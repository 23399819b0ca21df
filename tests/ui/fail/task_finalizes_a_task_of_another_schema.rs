#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct Root;

#[schema(database = Shop)]
pub struct Other;

#[task(schema = Other, warehouse = ShopWh, finalize = Root, sql = "DELETE FROM {Mart}")]
pub struct End;

fn main() {}
// It compiles with `schema = Raw` instead of `schema = Other`.
