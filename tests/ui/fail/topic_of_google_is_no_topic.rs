use pipeline_dsl::prelude::*;

#[notification_integration(gcp_pubsub(topic_name = "shop/errors"))]
pub struct Errors;

fn main() {}
// It compiles with `projects/shop/topics/errors` instead of `shop/errors`.
