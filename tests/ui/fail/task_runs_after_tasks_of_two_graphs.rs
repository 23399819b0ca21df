#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct Root;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", sql = "DELETE FROM {Orders}")]
pub struct OtherRoot;

#[task(schema = Raw, warehouse = ShopWh, after(Root, OtherRoot), sql = "DELETE FROM {Mart}")]
pub struct Child;

pipeline! {
    pub Joined(role = ShopRole) [Child]
}

fn main() {}
// It compiles with `after(Root)` instead of `after(Root, OtherRoot)`.
