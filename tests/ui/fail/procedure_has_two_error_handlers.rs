#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(mart: &mut Mart) -> Integer {
    on_error(|_| { log(LogLevel::Error, "first"); });
    on_error(|_| { log(LogLevel::Error, "second"); });
    mart.delete_all()
}

fn main() {}
// It compiles without `    on_error(|_| { log(LogLevel::Error, "second"); });`.
