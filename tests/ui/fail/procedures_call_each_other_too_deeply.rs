#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn level_17() -> Integer {
    17
}

#[procedure(schema = Raw)]
pub fn level_16() -> Integer {
    call(level_17, ());
    16
}

#[procedure(schema = Raw)]
pub fn level_15() -> Integer {
    call(level_16, ());
    15
}

#[procedure(schema = Raw)]
pub fn level_14() -> Integer {
    call(level_15, ());
    14
}

#[procedure(schema = Raw)]
pub fn level_13() -> Integer {
    call(level_14, ());
    13
}

#[procedure(schema = Raw)]
pub fn level_12() -> Integer {
    call(level_13, ());
    12
}

#[procedure(schema = Raw)]
pub fn level_11() -> Integer {
    call(level_12, ());
    11
}

#[procedure(schema = Raw)]
pub fn level_10() -> Integer {
    call(level_11, ());
    10
}

#[procedure(schema = Raw)]
pub fn level_9() -> Integer {
    call(level_10, ());
    9
}

#[procedure(schema = Raw)]
pub fn level_8() -> Integer {
    call(level_9, ());
    8
}

#[procedure(schema = Raw)]
pub fn level_7() -> Integer {
    call(level_8, ());
    7
}

#[procedure(schema = Raw)]
pub fn level_6() -> Integer {
    call(level_7, ());
    6
}

#[procedure(schema = Raw)]
pub fn level_5() -> Integer {
    call(level_6, ());
    5
}

#[procedure(schema = Raw)]
pub fn level_4() -> Integer {
    call(level_5, ());
    4
}

#[procedure(schema = Raw)]
pub fn level_3() -> Integer {
    call(level_4, ());
    3
}

#[procedure(schema = Raw)]
pub fn level_2() -> Integer {
    call(level_3, ());
    2
}

#[procedure(schema = Raw)]
pub fn level_1() -> Integer {
    call(level_2, ());
    1
}

#[task(schema = Raw, warehouse = ShopWh, schedule = "1 hour", call = level_1)]
pub struct Deep;

pipeline! {
    /// Goes down and down.
    pub TooDeep(role = ShopRole) [Deep]
}

fn main() {}
// It compiles without `    call(level_17, ());`.
