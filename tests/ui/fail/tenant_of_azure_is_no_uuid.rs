use pipeline_dsl::prelude::*;

#[notification_integration(azure_event_grid(topic_endpoint = "https://errors.westeurope-1.eventgrid.azure.net/api/events", tenant_id = "shop"))]
pub struct Errors;

fn main() {}
// It compiles with `tenant_id = "11111111-2222-3333-4444-555555555555"` instead of `tenant_id = "shop"`.
