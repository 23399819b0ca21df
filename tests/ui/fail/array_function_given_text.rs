#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw)]
pub fn v_orders(orders: &Orders) -> Selection {
    orders.columns(|o| columns! { size: array_size(o.customer) })
}

fn main() {}
// It compiles with `length(o.customer)` instead of `array_size(o.customer)`.
