#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn load_day(day: Date, region: Varchar<10>) -> Date {
    if region == "EU" { day } else { date("2026-01-01") }
}

#[procedure(schema = Raw)]
pub fn load_all(day: Date) -> Integer {
    call(load_day, (day,));
    1
}

fn main() {}
// It compiles with `(day, "EU"));` instead of `(day,));`.
