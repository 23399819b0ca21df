#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw, sql = "DELETE FROM {Orders}")]
pub struct Gone;

fn main() {}
// It compiles with `SELECT ID FROM` instead of `DELETE FROM`.
