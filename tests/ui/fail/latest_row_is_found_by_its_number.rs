#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Events {
    #[column(autoincrement)]
    pub number: Integer,
    pub customer: Varchar<50>,
    pub at: TimestampNtz,
}

#[procedure(schema = Raw)]
pub fn fill(events: &Events, mart: &mut Mart) -> Integer {
    let latest = events.latest_by(|e| e.customer, |e| e.number.desc());
    let rows = mart.insert(latest.select(|e| Mart { id: e.number, customer: e.customer, ..default() }));
    rows
}

fn main() {}
// It compiles with `e.at.desc()` instead of `e.number.desc()`.
