#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[schema(database = Shop)]
pub struct InformationSchema;

fn main() {}
// It compiles with `pub struct Information` instead of `pub struct InformationSchema`.
