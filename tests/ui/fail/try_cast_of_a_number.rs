#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw)]
pub fn v_orders(orders: &Orders) -> Selection {
    orders.columns(|o| columns! { id: try_cast::<Float, _>(o.id) })
}

fn main() {}
// It compiles with `cast` instead of `try_cast`.
