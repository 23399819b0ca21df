//! `if` and `match`, as statements and as values.

use pipeline_dsl::prelude::*;

use crate::support::{Case, case};
use crate::tables::{Mart, Notes, Orders};

pub const CASES: &[Case] = &[
    case::<branches>(&[
        "CALL BRANCHES(5, TRUE)",
        "CALL BRANCHES(-5, FALSE)",
        "CALL BRANCHES(0, NULL)",
        "CALL BRANCHES(NULL, TRUE)",
        "CALL BRANCHES(NULL, NULL)",
    ]),
    case::<truth_table>(&[
        "CALL TRUTH_TABLE(TRUE, TRUE)",
        "CALL TRUTH_TABLE(TRUE, FALSE)",
        "CALL TRUTH_TABLE(FALSE, FALSE)",
        "CALL TRUTH_TABLE(TRUE, NULL)",
        "CALL TRUTH_TABLE(FALSE, NULL)",
        "CALL TRUTH_TABLE(NULL, NULL)",
    ]),
    case::<matched>(&[
        "CALL MATCHED('a', 0)",
        "CALL MATCHED('b', 5)",
        "CALL MATCHED('it''s', 9)",
        "CALL MATCHED('z', 10)",
        "CALL MATCHED(NULL, NULL)",
        "CALL MATCHED('A', -1)",
    ]),
    case::<assigned_by_match>(&[
        "CALL ASSIGNED_BY_MATCH(1)",
        "CALL ASSIGNED_BY_MATCH(7)",
        "CALL ASSIGNED_BY_MATCH(NULL)",
    ]),
    case::<asks_the_table>(&[
        "CALL ASKS_THE_TABLE('ann')",
        "CALL ASKS_THE_TABLE('nobody')",
        "CALL ASKS_THE_TABLE(NULL)",
    ]),
    case::<returns_deep>(&[
        "CALL RETURNS_DEEP(1)",
        "CALL RETURNS_DEEP(2)",
        "CALL RETURNS_DEEP(3)",
        "CALL RETURNS_DEEP(4)",
    ]),
];

#[procedure(schema = Mart)]
pub fn branches(notes: &mut Notes, level: Option<Integer>, severe: Option<Boolean>) -> Varchar {
    if level > 0 && severe {
        notes.insert(Notes { id: level, note: "positive and severe" });
    } else if level < 0 || !severe {
        notes.insert(Notes { id: level, note: "negative or not severe" });
    } else if is_null(level) {
        notes.insert(Notes { id: level, note: "unknown" });
    } else {
        notes.insert(Notes { id: level, note: "something else" });
    }
    if severe {
        if level == 5 {
            return "five";
        }
    }
    let label = if level >= 0 { "up" } else { "down" };
    concat((label, if severe == None { "?" } else { "!" }))
}

#[procedure(schema = Mart)]
pub fn truth_table(notes: &mut Notes, a: Option<Boolean>, b: Option<Boolean>) -> Varchar {
    if a && b {
        notes.insert(Notes { id: 1, note: "and" });
    }
    if a || b {
        notes.insert(Notes { id: 2, note: "or" });
    }
    if !a {
        notes.insert(Notes { id: 3, note: "not a" });
    }
    if !(a && b) {
        notes.insert(Notes { id: 4, note: "not both" });
    }
    if a == b {
        notes.insert(Notes { id: 5, note: "equal" });
    }
    if a && !b || b && !a {
        notes.insert(Notes { id: 6, note: "either" });
    }
    let both = a && b;
    let either = a || b;
    concat_ws(
        ",",
        (coalesce(to_varchar(both), "null"), coalesce(to_varchar(either), "null"), to_varchar(equal_null(a, b))),
    )
}

#[procedure(schema = Mart)]
pub fn matched(notes: &mut Notes, kind: Option<Varchar>, level: Option<Integer>) -> Varchar {
    match level {
        0 => {
            notes.insert(Notes { id: level, note: "zero" });
        }
        1..=9 if kind == "it's" => {
            notes.insert(Notes { id: level, note: "some of it's" });
        }
        1..=9 => {
            notes.insert(Notes { id: level, note: "some" });
        }
        None => {
            notes.insert(Notes { id: -1, note: "none" });
        }
        _ => {
            notes.insert(Notes { id: level, note: "many or negative" });
        }
    }
    match kind {
        "a" | "b" => "early",
        "it's" => "quoted",
        None => "unknown",
        _ => "late",
    }
}

#[procedure(schema = Mart)]
pub fn assigned_by_match(level: Option<Integer>) -> Integer {
    let mut found = 1;
    match level {
        1 => found = 10,
        None => {
            found += 100;
            found *= 2;
        }
        _ => {}
    }
    let share = match found {
        10 => 0,
        202 => 2,
        _ => found + 5,
    };
    found * 1000 + share
}

#[procedure(schema = Mart)]
pub fn asks_the_table(orders: &Orders, name: Option<Varchar>) -> Varchar {
    if orders.filter(|o| o.customer == name).exists() {
        let (count, total) = orders.filter(|o| o.customer == name).aggregate(|o| (count(), sum(o.amount)));
        if orders.filter(|o| o.customer == name).count() > 1 {
            return concat(("several: ", to_varchar(count), " ", to_varchar(total)));
        }
        "one"
    } else {
        "none"
    }
}

#[procedure(schema = Mart)]
pub fn returns_deep(notes: &mut Notes, turn: Integer) -> Integer {
    for row in 1..=3 {
        for column in 1..=3 {
            if row == turn {
                if column == 2 {
                    return row * 10 + column;
                }
            }
            notes.insert(Notes { id: row * 10 + column, note: None });
        }
    }
    -1
}
