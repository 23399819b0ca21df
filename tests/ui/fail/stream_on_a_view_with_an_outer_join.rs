#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw, sql = "SELECT o.ID FROM {Orders} o LEFT JOIN {Mart} m ON o.ID = m.ID")]
pub struct Joined;

#[stream(on = Joined, columns_of = Orders)]
pub struct Changes;

fn main() {}
// It compiles with `JOIN` instead of `LEFT JOIN`.
