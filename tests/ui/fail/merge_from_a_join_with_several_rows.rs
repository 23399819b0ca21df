#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[row]
pub struct Both {
    pub id: Integer,
    pub customer: Varchar<50>,
}

#[procedure(schema = Raw)]
pub fn fill(orders: &Orders, mart: &mut Mart) -> Integer {
    let both = orders
        .join(orders, |a, b| a.customer == b.customer)
        .select(|a, b| Both { id: a.id, customer: b.customer });
    let rows = mart
        .merge(both)
        .on(|m| m.id)
        .insert(|b| Mart { id: b.id, customer: b.customer, amount: None })
        .run();
    rows
}

fn main() {}
// It compiles with `merge(both.latest_by(|b| b.id, |b| b.customer))` instead of `merge(both)`.
