#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[notification_integration(aws_sns(
    topic_arn = "arn:aws:sns:us-east-1:123456789012:errors",
    role_arn = "arn:aws:iam::123456789012:role/errors",
))]
pub struct Errors;

#[task(schema = Raw, warehouse = ShopWh, schedule = "1 hour", sql = "DELETE FROM {Mart}", success_integration = Errors)]
pub struct Alone;

pipeline! {
    /// No task follows.
    pub One(role = ShopRole) [Alone]
}

fn main() {}
// It compiles with `error_integration` instead of `success_integration`.
