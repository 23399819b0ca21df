#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(orders: &Orders, mart: &mut Mart) -> Integer {
    let rows = mart.insert(
        orders
            .group_by(|o| o.customer)
            .having(|_| count() > 1)
            .select(|o| Mart { id: o.id, customer: o.customer, amount: max(o.amount) }),
    );
    rows
}

fn main() {}
// It compiles with `coalesce(max(o.id), 0)` instead of `o.id`.
