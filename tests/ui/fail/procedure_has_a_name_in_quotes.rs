#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw, name = "load mart")]
pub fn fill() -> Integer {
    1
}

fn main() {}
// It compiles with `"LOAD_MART"` instead of `"load mart"`.
