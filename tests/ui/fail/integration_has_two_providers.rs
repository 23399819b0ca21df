use pipeline_dsl::prelude::*;

#[notification_integration(email(), gcp_pubsub(topic_name = "projects/shop/topics/errors"))]
pub struct Errors;

fn main() {}
// It compiles without `email(), `.
