#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

pub const CLEAN: Fragment = sql!("DELETE FROM {Orders}; DELETE FROM {Mart}");

fn main() {}
