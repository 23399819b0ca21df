#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[view(schema = Raw, sql = "SELECT DISTINCT ID, CUSTOMER FROM {Orders}")]
pub struct Buyers {
    pub id: Integer,
    pub customer: Varchar<50>,
}

#[row]
pub struct Buyer {
    pub customer: Varchar<50>,
}

#[view(schema = Raw)]
pub fn known_buyers(buyers: &Buyers) -> Query<Buyer> {
    buyers.filter(|b| b.id > 0).select(|b| Buyer { customer: b.customer })
}

#[stream(on = known_buyers)]
pub struct Changes;

fn main() {}
// It compiles without `DISTINCT `.
