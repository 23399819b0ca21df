use pipeline_dsl::prelude::*;

#[notification_integration(aws_sns(topic_arn = "arn:aws:sns:us-east-1:123456789012:errors.fifo", role_arn = "arn:aws:iam::123456789012:role/Notifier"))]
pub struct Errors;

fn main() {}
// It compiles without `.fifo`.
