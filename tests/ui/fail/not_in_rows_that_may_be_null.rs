#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw)]
pub fn v_orders(orders: &Orders, mart: &Mart) -> Selection {
    orders.filter(|o| !is_in_rows(o.amount, mart.values(|m| m.amount))).columns(|o| columns! { id: o.id })
}

fn main() {}
// It compiles with `o.id, mart.values(|m| m.id)` instead of `o.amount, mart.values(|m| m.amount)`.
