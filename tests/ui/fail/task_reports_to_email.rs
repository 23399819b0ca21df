#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[notification_integration(email(allowed_recipients("ops@example.com")))]
pub struct Errors;

#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart, error_integration = Errors)]
pub struct LoadMart;

fn main() {}
// It compiles with `gcp_pubsub(topic_name = "projects/shop/topics/errors")` instead of `email(allowed_recipients("ops@example.com"))`.
