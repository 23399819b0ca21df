#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw, cluster_by(day))]
pub struct Customers {
    pub id: Integer,
}

fn main() {}
