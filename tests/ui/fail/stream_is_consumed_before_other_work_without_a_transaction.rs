#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Totals {
    pub total: Option<Number<38, 2>>,
}

#[procedure(schema = Raw)]
pub fn fill(changes: &OrdersStream, mart: &mut Mart, totals: &mut Totals) -> Integer {
    let rows = mart.insert(changes.select(|c| Mart { id: c.id, customer: c.customer, amount: c.amount }));
    let total = mart.aggregate(|m| sum(m.amount));
    totals.insert_overwrite(Totals { total: total });
    rows
}

fn main() {}
// It compiles with `transaction(|| { mart.insert(changes.select(|c| Mart { id: c.id, customer: c.customer, amount: c.amount })) });` instead of `mart.insert(changes.select(|c| Mart { id: c.id, customer: c.customer, amount: c.amount }));`.
