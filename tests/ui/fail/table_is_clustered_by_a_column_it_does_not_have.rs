#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw, cluster_by(day))]
pub struct Customers {
    pub id: Integer,
}

fn main() {}
// It compiles with `cluster_by(id)` instead of `cluster_by(day)`.
