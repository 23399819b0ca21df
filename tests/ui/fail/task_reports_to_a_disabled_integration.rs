#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[notification_integration(enabled = false, gcp_pubsub(topic_name = "projects/shop/topics/errors"))]
pub struct Errors;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart, error_integration = Errors)]
pub struct LoadMart;

fn main() {}
// It compiles without `enabled = false, `.
