#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(orders: &Orders) -> Integer {
    let rows = orders.count() as i64;
    let more = rows + 1;
    if more > rows {
        return more;
    }
    0
}

fn main() {}
// It compiles without ` as i64`.
