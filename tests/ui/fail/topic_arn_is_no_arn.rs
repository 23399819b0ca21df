use pipeline_dsl::prelude::*;

#[notification_integration(aws_sns(
    topic_arn = "snowflake-task-errors",
    role_arn = "arn:aws:iam::123456789012:role/SnowflakeNotificationRole",
))]
pub struct Alerts;

fn main() {}
// It compiles with `"arn:aws:sns:us-east-1:123456789012:snowflake-task-errors"` instead of `"snowflake-task-errors"`.
