#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw)]
pub fn v_orders(orders: &Orders, mart: &Mart) -> Selection {
    orders.join(mart, |o, m| o.id + m.id).columns(|o, m| columns! { id: o.id, customer: m.customer })
}

fn main() {}
// It compiles with `o.id == m.id` instead of `o.id + m.id`.
