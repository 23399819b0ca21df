#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw)]
pub fn v_joined(orders: &Orders, mart: &Mart) -> Selection {
    orders.left_join(mart, |o, m| o.id == m.id).columns(|o, _| columns! { id: o.id, customer: o.customer, amount: o.amount })
}

#[stream(on = v_joined, columns_of = Orders)]
pub struct Changes;

fn main() {}
// It compiles with `orders.join(` instead of `orders.left_join(`.
