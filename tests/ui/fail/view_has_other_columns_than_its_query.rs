#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw, sql = "SELECT ID, CUSTOMER AS NAME FROM {Orders}")]
pub struct Named {
    pub id: Integer,
    pub customer: Varchar<50>,
}

fn main() {}
// It compiles with `CUSTOMER FROM` instead of `CUSTOMER AS NAME FROM`.
