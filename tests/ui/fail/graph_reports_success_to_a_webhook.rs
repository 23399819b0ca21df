#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[notification_integration(webhook(url = "https://example.com/hook"))]
pub struct Errors;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart, success_integration = Errors)]
pub struct LoadMart;

fn main() {}
// It compiles with `gcp_pubsub(topic_name = "projects/shop/topics/done")` instead of `webhook(url = "https://example.com/hook")`.
