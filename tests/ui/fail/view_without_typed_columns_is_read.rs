#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw, sql = "SELECT ID, CUSTOMER FROM {Orders}")]
pub struct Names;

#[procedure(schema = Raw)]
pub fn number(names: &Names) -> Integer {
    names.count()
}

fn main() {}
// It compiles with `Names { pub id: Integer, pub customer: Varchar<50> }` instead of `Names;`.
