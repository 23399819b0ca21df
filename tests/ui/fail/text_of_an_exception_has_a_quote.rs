#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

const WRONG: Exception = Exception::new("wrong", -20001, "no \"such\" number");

#[procedure(schema = Raw)]
pub fn fill() -> Integer {
    raise(WRONG)
}

fn main() {}
// It compiles with `no such number` instead of `no \"such\" number`.
