#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw, sql = "SELECT CUSTOMER, COUNT(*) AS N FROM {Orders} GROUP BY CUSTOMER")]
pub struct Counted;

#[stream(on = Counted, columns_of = Orders)]
pub struct Changes;

fn main() {}
// It compiles with `AMOUNT AS N` instead of `COUNT(*) AS N`.
// It compiles without ` GROUP BY CUSTOMER`.
