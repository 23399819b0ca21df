#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[stream(on = Orders, at(offset = "1 hour", timestamp = "2026-01-31 12:00:00"))]
pub struct Changes;

fn main() {}
// It compiles without `, timestamp = "2026-01-31 12:00:00"`.
