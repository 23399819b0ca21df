//! Every kind of loop.

use pipeline_dsl::prelude::*;

use crate::support::{Case, case, empty};
use crate::tables::{Mart, Notes, Orders, Things};

pub const CASES: &[Case] = &[
    case::<count_down>(&["CALL COUNT_DOWN(5)", "CALL COUNT_DOWN(0)", "CALL COUNT_DOWN(NULL)"]),
    case::<ranges>(&[
        "CALL RANGES(9007199254740992, 9007199254740993)",
        "CALL RANGES(2, 4)",
        "CALL RANGES(4, 2)",
        "CALL RANGES(-1, 1)",
    ]),
    case::<range_of_null>(&["CALL RANGE_OF_NULL(NULL)"]),
    case::<nested>(&["CALL NESTED(3)"]),
    case::<forever>(&["CALL FOREVER(100)", "CALL FOREVER(1)"]),
    case::<rows_of_orders>(&["CALL ROWS_OF_ORDERS(0)"]),
    empty::<rows_of_orders>(&["CALL ROWS_OF_ORDERS(0)"]),
    case::<sorted_rows>(&["CALL SORTED_ROWS()"]),
    case::<first_of_things>(&["CALL FIRST_OF_THINGS()"]),
    case::<left_early>(&["CALL LEFT_EARLY('bob')", "CALL LEFT_EARLY('nobody')"]),
    case::<loop_reads_what_it_writes>(&["CALL LOOP_READS_WHAT_IT_WRITES()"]),
];

#[procedure(schema = Mart)]
pub fn count_down(notes: &mut Notes, first: Option<Integer>) -> Option<Integer> {
    let mut left = first;
    while left > 0 {
        left -= 1;
        if left == 3 {
            continue;
        }
        notes.insert(Notes { id: left, note: "it's `left` $ \\ \"quoted\"" });
    }
    left
}

#[procedure(schema = Mart)]
pub fn ranges(notes: &mut Notes, low: Integer, high: Integer) -> Integer {
    let mut sum = 0;
    for number in low..=high {
        sum += number;
        notes.insert(Notes { id: number, note: "closed" });
    }
    for number in low..high {
        notes.insert(Notes { id: number, note: "open" });
        if number == 3 {
            break;
        }
    }
    for number in (low - 1)..=(high + 1) {
        sum += number * 100;
    }
    sum
}

#[procedure(schema = Mart)]
pub fn range_of_null(notes: &mut Notes, high: Option<Integer>) -> Varchar {
    for number in 1..=coalesce(high, 2) {
        notes.insert(Notes { id: number, note: None });
    }
    "done"
}

#[procedure(schema = Mart)]
pub fn nested(notes: &mut Notes, size: Integer) -> Integer {
    let mut cells = 0;
    for row in 1..=size {
        let mut column = 0;
        while true {
            column += 1;
            if column > row {
                break;
            }
            if column == 2 {
                continue;
            }
            cells += 1;
            notes.insert(Notes { id: row * 10 + column, note: None });
        }
    }
    cells
}

#[procedure(schema = Mart)]
pub fn forever(limit: Integer) -> Integer {
    let mut value = 1;
    loop {
        value *= 2;
        if value >= limit {
            break;
        }
    }
    value
}

#[procedure(schema = Mart)]
pub fn rows_of_orders(orders: &Orders, notes: &mut Notes, least: Integer) -> Integer {
    let mut found = 0;
    for (id, customer, amount, at) in
        orders.filter(|o| o.id > least).values(|o| (o.id, o.customer, o.amount * 100, o.ordered_at))
    {
        found += 1;
        notes.insert(Notes { id: id, note: concat_ws("|", (customer, to_varchar(amount), to_varchar(at))) });
        if is_null(amount) {
            notes.insert(Notes { id: id, note: "no amount" });
        }
    }
    found
}

#[procedure(schema = Mart)]
pub fn sorted_rows(orders: &Orders, notes: &mut Notes) -> Option<Varchar> {
    let mut last = null::<Varchar>();
    for (id, customer) in
        orders.order_by(|o| o.customer.desc()).then_by(|o| o.id).limit(3).values(|o| (o.id, o.customer))
    {
        notes.insert(Notes { id: id, note: concat((coalesce(last, "-"), ">", customer)) });
        last = customer;
    }
    last
}

/// A value of each type goes through a variable of a loop and into a statement.
#[procedure(schema = Mart)]
pub fn first_of_things(things: &Things, notes: &mut Notes) -> Integer {
    let mut seen = 0;
    for (id, whole, exact, ratio, label, raw, flag, day) in
        things.values(|t| (t.id, t.whole, t.exact, t.ratio, t.label, t.raw, t.flag, t.day))
    {
        seen += 1;
        notes.insert(Notes { id: id, note: to_varchar(whole) });
        notes.insert(Notes { id: id, note: to_varchar(exact) });
        notes.insert(Notes { id: id, note: to_varchar(ratio * 2) });
        notes.insert(Notes { id: id, note: label });
        notes.insert(Notes { id: id, note: hex_encode(raw) });
        notes.insert(Notes { id: id, note: to_varchar(flag) });
        notes.insert(Notes { id: id, note: to_varchar(day) });
    }
    for (id, clock, ntz, ltz, tz, any, fields, list) in
        things.values(|t| (t.id, t.clock, t.at_ntz, t.at_ltz, t.at_tz, t.any, t.fields, t.list))
    {
        notes.insert(Notes { id: id, note: to_varchar(clock) });
        notes.insert(Notes { id: id, note: to_varchar(ntz) });
        notes.insert(Notes { id: id, note: to_varchar(ltz) });
        notes.insert(Notes { id: id, note: to_varchar(tz) });
        notes.insert(Notes { id: id, note: to_json(any) });
        notes.insert(Notes { id: id, note: to_json(fields) });
        notes.insert(Notes { id: id, note: to_json(list) });
    }
    seen
}

#[procedure(schema = Mart)]
pub fn left_early(orders: &Orders, notes: &mut Notes, name: Varchar) -> Varchar {
    for (id, customer) in orders.order_by(|o| o.id).values(|o| (o.id, o.customer)) {
        if customer == name {
            return concat(("found at ", to_varchar(id)));
        }
        notes.insert(Notes { id: id, note: "passed" });
    }
    "not found"
}

/// The rows of a loop are those that were there when it began.
#[procedure(schema = Mart)]
pub fn loop_reads_what_it_writes(notes: &mut Notes) -> Integer {
    let mut turns = 0;
    for (id, note) in notes.values(|n| (n.id, n.note)) {
        turns += 1;
        notes.insert(Notes { id: coalesce(id, 0) + 1, note: note });
    }
    turns
}
