#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

/// Every five minutes, if there is something to do.
#[task(schema = Raw, warehouse = ShopWh, schedule = "5 minutes", when = has_data(OrdersStream), call = load_mart)]
pub struct LoadMart;

pipeline! {
    /// What the other programs get wrong.
    pub ShopPipeline(role = ShopRole) [LoadMart]
}

fn main() {
    let scripts = pipeline_dsl::script::scripts(ShopPipeline::DEFINITION);
    let names: Vec<_> = scripts.iter().map(|script| script.file_name.as_str()).collect();
    assert!(names.contains(&"05_create_task.sql"), "{names:?}");
}
