use pipeline_dsl::prelude::*;

#[notification_integration(azure_event_grid(topic_endpoint = "https://example.com", tenant_id = "11111111-2222-3333-4444-555555555555"))]
pub struct Errors;

fn main() {}
// It compiles with `https://errors.westeurope-1.eventgrid.azure.net/api/events` instead of `https://example.com`.
