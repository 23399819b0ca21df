#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct Root;

#[task(schema = Raw, warehouse = ShopWh, finalize = Root, sql = "DELETE FROM {Mart}")]
pub struct End;

#[task(schema = Raw, warehouse = ShopWh, finalize = Root, sql = "DELETE FROM {Mart}")]
pub struct OtherEnd;

pipeline! {
    pub Ends(role = ShopRole) [End, OtherEnd]
}

fn main() {}
// It compiles with `[End]` instead of `[End, OtherEnd]`.
