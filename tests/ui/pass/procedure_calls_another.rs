#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn load_day(day: Date, region: Option<Varchar<10>>) -> Date {
    if region == "EU" { day } else { date("2026-01-01") }
}

#[procedure(schema = Raw)]
pub fn load_all(day: Date) -> Integer {
    let loaded = call(load_day, (day, "EU"));
    let again = call(load_day, (coalesce(loaded, day), null::<Varchar>()));
    if again == day { 1 } else { 2 }
}

fn main() {
    assert!(load_all::NODE.get().create().contains("CALL SHOP.RAW.LOAD_DAY(:day, 'EU') INTO :loaded;"));
}
