#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[row]
pub struct Changed {
    pub id: Integer,
}

#[view(schema = Raw)]
pub fn v_changed(changes: &OrdersStream) -> Query<Changed> {
    changes.select(|c| Changed { id: c.id })
}

#[stream(on = v_changed)]
pub struct Changes;

fn main() {}
// It compiles with `&Orders)` instead of `&OrdersStream)`.
