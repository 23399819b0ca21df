#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw)]
pub fn v_orders(orders: &mut Orders) -> Selection {
    orders.columns(|o| columns! { id: o.id })
}

fn main() {}
// It compiles with `&Orders` instead of `&mut Orders`.
