#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw, language = javascript)]
pub fn fill(orders: &Orders) -> Variant {
    object! { "rows": orders.count() }
}

fn main() {}
