//! A small pipeline for the programs to make mistakes with.
#![allow(dead_code, missing_docs)]

use pipeline_dsl::prelude::*;

#[database]
pub struct Shop;
#[schema(database = Shop)]
pub struct Raw;
#[warehouse(size = XSmall, auto_suspend = "60 seconds")]
pub struct ShopWh;
#[role]
pub struct ShopRole;

#[table(schema = Raw)]
pub struct Orders {
    pub id: Integer,
    pub customer: Varchar<50>,
    pub amount: Option<Number<10, 2>>,
}

#[table(schema = Raw)]
pub struct Mart {
    pub id: Integer,
    pub customer: Varchar<50>,
    pub amount: Option<Number<10, 2>>,
}

#[stream(on = Orders)]
pub struct OrdersStream;

#[stream(on = Mart)]
pub struct MartStream;

#[procedure(schema = Raw)]
pub fn load_mart(changes: &OrdersStream, mart: &mut Mart) -> Integer {
    let rows = mart.insert_overwrite(changes.select(|c| Mart { id: c.id, customer: c.customer, amount: c.amount }));
    rows
}
