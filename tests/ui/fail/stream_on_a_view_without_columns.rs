#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw, sql = "SELECT ID FROM {Orders}")]
pub struct Ids;

#[stream(on = Ids)]
pub struct Changes;

fn main() {}
// It compiles with `on = Ids, columns_of = Orders` instead of `on = Ids`.
