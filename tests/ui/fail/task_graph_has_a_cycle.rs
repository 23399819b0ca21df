#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, call = load_mart, after(Second))]
pub struct First;

#[task(schema = Raw, warehouse = ShopWh, call = load_mart, after(First))]
pub struct Second;

pipeline! {
    /// Runs in circles.
    pub Circle(role = ShopRole) [First, Second]
}

fn main() {}
// It compiles with `, schedule = "5 minutes", when = has_data(OrdersStream)` instead of `, after(Second)`.
