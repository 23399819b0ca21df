use pipeline_dsl::prelude::*;

#[notification_integration(azure_event_grid(topic_endpoint = "https://errors.westeurope-1.eventgrid.azure.net/api/events", tenant_id = "shop"))]
pub struct Errors;

fn main() {}
