#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

pub const FORGET: Fragment = sql!("DELETE FROM {Orders} WHERE CUSTOMER_ID = 'A'");

fn main() {}
// It compiles with `CUSTOMER` instead of `CUSTOMER_ID`.
