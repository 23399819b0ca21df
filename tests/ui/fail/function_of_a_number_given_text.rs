#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw)]
pub fn v_orders(orders: &Orders) -> Selection {
    orders.columns(|o| columns! { root: sqrt(o.customer) })
}

fn main() {}
// It compiles with `sqrt(o.id)` instead of `sqrt(o.customer)`.
