#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw, max_data_extension_days = 1)]
pub struct Customers {
    pub id: Integer,
}

#[stream(on = Customers)]
pub struct Changes;

#[task(
    schema = Raw,
    warehouse = ShopWh,
    schedule = "48 hours",
    when = has_data(Changes),
    sql = "INSERT INTO {Customers} SELECT ID FROM {Changes}",
)]
pub struct Copy;

fn main() {}
// It compiles with `24 hours` instead of `48 hours`.
