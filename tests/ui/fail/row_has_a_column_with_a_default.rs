#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[row]
pub struct Total {
    #[column(default = "nobody")]
    pub customer: Varchar<50>,
    pub total: Option<Number<38, 2>>,
}

fn main() {}
// It compiles without `#[column(default = "nobody")]`.
