#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[row]
pub struct Total {
    pub customer: Varchar<50>,
    pub total: Option<Number<38, 2>>,
}

#[procedure(schema = Raw)]
pub fn busy(orders: &Orders) -> Integer {
    let totals = orders.group_by(|o| o.customer).select(|o| Total { customer: o.customer, total: sum(o.amount) });
    totals.filter(|t| t.amount > 10).count()
}

fn main() {}
// It compiles with `t.total >` instead of `t.amount >`.
