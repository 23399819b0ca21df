#![deny(deprecated)]
use pipeline_dsl::prelude::*;

#[database(name = "shop")]
pub struct Lower;

fn main() {}
// It compiles with `"SHOP"` instead of `"shop"`.
