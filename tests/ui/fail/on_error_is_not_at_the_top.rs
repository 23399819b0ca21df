#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(mart: &mut Mart) -> Integer {
    transaction(|| {
        on_error(|_| {
            mart.delete_all();
        });
    });
    0
}

fn main() {}
// It compiles without `    transaction(|| {`.
// It compiles without `   });`.
