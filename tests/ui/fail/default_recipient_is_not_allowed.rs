use pipeline_dsl::prelude::*;

#[notification_integration(email(allowed_recipients("ops@example.com"), default_recipients("sales@example.com")))]
pub struct Errors;

fn main() {}
// It compiles with `ops@` instead of `sales@`.
