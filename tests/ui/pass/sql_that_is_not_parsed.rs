#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

const PARSED: Fragment = sql!("DELETE FROM {Orders} AS o USING {OrdersStream} AS s WHERE o.ID = s.id AND s.METADATA$ISUPDATE");
const UNPARSED: Fragment = sql!("/* unparsed */ SELECT A B C FROM {Orders}");

fn main() {
    assert!(PARSED.sql().ends_with("s.METADATA$ISUPDATE"));
    assert_eq!(UNPARSED.sql(), "SELECT A B C FROM SHOP.RAW.ORDERS");
}
