#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[row]
pub struct Total {
    pub customer: Varchar<50>,
    pub total: Option<Number<38, 2>>,
}

#[view(schema = Raw)]
pub fn totals(orders: &Orders) -> Query<Total> {
    orders.group_by(|o| o.customer).select(|o| Total { customer: o.customer, total: sum(o.amount) })
}

#[stream(on = totals)]
pub struct Changes;

fn main() {}
// It compiles with `orders.select(` instead of `orders.group_by(|o| o.customer).select(`.
// It compiles with `total: null::<Number<38, 2>>()` instead of `total: sum(o.amount)`.
