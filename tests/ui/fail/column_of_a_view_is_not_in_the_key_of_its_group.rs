#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw)]
pub fn v_busy(orders: &Orders, mart: &Mart) -> Selection {
    orders.left_join(mart, |o, m| o.id == m.id).group_by(|o, m| (o.customer, m.get(|m| m.id))).columns(|o, m| {
        columns! { customer: upper(o.customer), id: m.get(|n| n.id), total: sum(o.amount), other: m.get(|m| m.amount) }
    })
}

fn main() {}
// It compiles with `any_value(m.get(|m| m.amount))` instead of `m.get(|m| m.amount)`.
