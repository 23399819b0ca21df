#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw, file = "bodies/load.sql")]
pub fn load(changes: &OrdersStream, mart: &mut Mart) -> Varchar;

#[task(schema = Raw, warehouse = ShopWh, schedule = "1 hour", when = has_data(OrdersStream), call = load)]
pub struct Load;

fn main() {}
// It compiles without `, file = "bodies/load.sql"`
// It compiles with `Varchar { mart.insert(changes.select(|c| Mart { id: c.id, customer: c.customer, ..default() })); "done" }` instead of `Varchar;`.
