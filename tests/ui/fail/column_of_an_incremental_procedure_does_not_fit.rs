#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[table(schema = Raw)]
pub struct Short {
    pub id: Number<5, 0>,
    pub customer: Varchar<50>,
    pub batch: Varchar<36>,
}

#[procedure(schema = Raw, from = OrdersStream, into = Short, mode = append)]
pub struct Fill;

fn main() {}
// It compiles with `id: Integer` instead of `id: Number<5, 0>`.
// It compiles with `batch: Option<Varchar<36>>` instead of `batch: Varchar<36>`.
