#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw, language = javascript, file = "bodies/dollars.js")]
pub fn dollars(changes: &OrdersStream) -> Varchar;

fn main() {}
// It compiles without `, file = "bodies/dollars.js"`
// It compiles with `Varchar { "done" }` instead of `Varchar;`.
