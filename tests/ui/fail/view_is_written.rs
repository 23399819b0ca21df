#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw, sql = "SELECT ID, CUSTOMER FROM {Orders}")]
pub struct Names {
    pub id: Integer,
    pub customer: Varchar<50>,
}

#[procedure(schema = Raw)]
pub fn forget(names: &mut Names) -> Integer {
    let rows = names.delete_all();
    rows
}

fn main() {}
// It compiles with `&mut Orders` instead of `&mut Names`.
