#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw, sql = "SELECT DISTINCT CUSTOMER FROM {Orders}")]
pub struct Names;

#[stream(on = Names, columns_of = Orders)]
pub struct Changes;

fn main() {}
// It compiles without `DISTINCT `.
