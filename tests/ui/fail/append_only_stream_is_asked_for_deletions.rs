#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[stream(on = Orders, append_only)]
pub struct NewOrders;

#[procedure(schema = Raw)]
pub fn fill(changes: &NewOrders, mart: &mut Mart) -> Integer {
    let gone = changes.filter(|c| c.is_deleted());
    let rows = mart.insert(gone.select(|c| Mart { id: c.id, customer: c.customer, amount: c.amount }));
    rows
}

fn main() {}
// It compiles without `, append_only`.
