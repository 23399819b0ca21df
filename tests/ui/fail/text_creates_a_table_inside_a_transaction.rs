#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(mart: &mut Mart) -> Integer {
    transaction(|| {
        execute_immediate("CREATE TABLE RAW.COPY AS SELECT * FROM RAW.MART", ());
        mart.delete_all();
    });
    0
}

fn main() {}
// It compiles with `INSERT INTO RAW.COPY SELECT` instead of `CREATE TABLE RAW.COPY AS SELECT`.
