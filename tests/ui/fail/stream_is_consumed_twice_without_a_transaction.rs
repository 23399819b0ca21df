#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream, mart: &mut Mart) -> Integer {
    if changes.count() > 100 {
        mart.insert_overwrite(changes.select(|c| Mart { id: c.id, customer: "many", amount: None }));
    } else {
        mart.insert(changes.select(|c| Mart { id: c.id, customer: c.customer, amount: c.amount }));
    }
    mart.insert(changes.select(|c| Mart { id: -c.id, customer: c.customer, amount: c.amount }));
    0
}

fn main() {}
// It compiles without `    mart.insert(changes.select(|c| Mart { id: -c.id, customer: c.customer, amount: c.amount }));`.
