use pipeline_dsl::prelude::*;

#[notification_integration(aws_sns(topic_arn = "arn:aws:sns:us-east-1:123456789012:errors"))]
pub struct Errors;

fn main() {}
// It compiles with `errors", role_arn = "arn:aws:iam::123456789012:role/Notifier"` instead of `errors"`.
