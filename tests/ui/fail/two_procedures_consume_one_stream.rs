#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn load_again(changes: &OrdersStream, mart: &mut Mart) -> Integer {
    let rows = mart.insert(changes.select(|c| Mart { id: c.id, customer: c.customer, amount: c.amount }));
    rows
}

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct One;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_again)]
pub struct Other;

pipeline! {
    /// Each would miss what the other takes.
    pub Greedy(role = ShopRole) [One, Other]
}

fn main() {}
// It compiles with `[One]` instead of `[One, Other]`.
