use pipeline_dsl::prelude::*;

#[notification_integration(email(allowed_recipients("ops")))]
pub struct Errors;

fn main() {}
// It compiles with `"ops@example.com"` instead of `"ops"`.
