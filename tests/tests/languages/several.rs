//! Calls of other procedures, statements over several tables, and loops with labels and steps.

use pipeline_dsl::prelude::*;

use crate::support::{Case, case, empty};
use crate::tables::{Customers, Latest, Mart, Notes, OrderChanges, Orders, Totals};

pub const CASES: &[Case] = &[
    case::<call_others>(&["CALL CALL_OTHERS('2026-01-31', 9007199254740993)"]),
    case::<call_that_fails>(&["CALL CALL_THAT_FAILS(0)", "CALL CALL_THAT_FAILS(7)"]),
    case::<update_from_stream>(&["CALL UPDATE_FROM_STREAM()", "CALL UPDATE_FROM_STREAM()"]),
    case::<insert_first_of_many>(&["CALL INSERT_FIRST_OF_MANY(20)"]),
    empty::<insert_first_of_many>(&["CALL INSERT_FIRST_OF_MANY(20)"]),
    case::<insert_into_all>(&["CALL INSERT_INTO_ALL()"]),
    case::<with_scratch>(&["CALL WITH_SCRATCH()", "CALL WITH_SCRATCH()"]),
    case::<rows_outside>(&["CALL ROWS_OUTSIDE()"]),
    case::<joined_parts>(&["CALL JOINED_PARTS()"]),
    case::<labels_and_steps>(&["CALL LABELS_AND_STEPS(3)", "CALL LABELS_AND_STEPS(0)"]),
    case::<converted>(&["CALL CONVERTED(1.25)", "CALL CONVERTED(NULL)"]),
];

#[procedure(schema = Mart)]
pub fn day_after(day: Date, number: Integer) -> TimestampNtz {
    date_add(DatePart::Second, number % 60, cast::<TimestampNtz, _>(date_add(DatePart::Day, 1, day)))
}

#[procedure(schema = Mart, language = javascript)]
pub fn one_more(number: Integer, at: TimestampNtz, things: Variant) -> Integer {
    if at > timestamp("2026-01-31 00:00:00") && is_not_null(things) { number + 1 } else { number }
}

#[procedure(schema = Mart)]
pub fn describe(number: Option<Integer>) -> Variant {
    object! { "number": number, "text": "it's" }
}

#[procedure(schema = Mart)]
pub fn call_others(notes: &mut Notes, day: Date, number: Integer) -> Variant {
    let next = call(day_after, (day, number));
    let more = call(one_more, (number, coalesce(next, sysdate()), to_variant(1)));
    let text = call(describe, (more,));
    call(describe, (null::<Integer>(),));
    notes.insert(Notes { id: more, note: to_varchar(next) });
    notes.insert(Notes { id: call(one_more, (1, sysdate(), object! { "a": 1 })), note: to_json(text) });
    object! { "at": next, "more": to_varchar(more), "text": to_json(text) }
}

const TOO_SMALL: Exception = Exception::new("too_small", -20005, "that is not enough");

#[procedure(schema = Mart)]
pub fn refuse_small(notes: &mut Notes, number: Integer) -> Integer {
    notes.insert(Notes { id: number, note: "before" });
    if number < 5 {
        raise(TOO_SMALL);
    }
    number
}

#[procedure(schema = Mart)]
pub fn call_that_fails(notes: &mut Notes, number: Integer) -> Varchar {
    let mut seen = "";
    attempt(
        || {
            call(refuse_small, (number,));
        },
        |error| {
            seen = "failed";
            attempt(
                || {
                    call(refuse_small, (number - 1,));
                },
                |_| {
                    notes.insert(Notes { id: -1, note: "twice" });
                },
            );
            notes.insert(Notes { id: -2, note: left(error.state(), 5) });
        },
    );
    seen
}

#[procedure(schema = Mart)]
pub fn update_from_stream(changes: &OrderChanges, latest: &mut Latest) -> Integer {
    latest.update_from(changes.latest_by(|c| c.id, |c| c.ordered_at.desc())).on(|t| t.order_id).set(|t, s| Latest {
        amount: s.amount,
        customer: coalesce(s.customer, t.customer),
        ..unchanged()
    })
}

#[procedure(schema = Mart)]
pub fn insert_first_of_many(orders: &Orders, notes: &mut Notes, totals: &mut Totals, least: Integer) -> Integer {
    orders
        .insert_first()
        .when(|o| o.amount > least, notes, |o| Notes { id: o.id, note: concat(("large: ", to_varchar(o.amount))) })
        .when(|o| o.amount == None, notes, |o| Notes { id: o.id, note: None })
        .otherwise(totals, |o| Totals { customer: o.customer, orders: 1, total: o.amount })
        .run()
}

#[procedure(schema = Mart)]
pub fn insert_into_all(changes: &OrderChanges, notes: &mut Notes, totals: &mut Totals) -> Integer {
    changes
        .filter(|c| c.is_inserted())
        .insert_all()
        .always(notes, |c| Notes { id: c.id + 1, note: c.action() })
        .always(totals, |c| Totals { customer: c.customer, orders: c.id, total: c.amount * 2 })
        .run()
}

#[table(schema = Mart, temporary)]
pub struct Scratch {
    pub customer: Option<Varchar<50>>,
    pub total: Option<Number<38, 2>>,
}

#[procedure(schema = Mart)]
pub fn with_scratch(orders: &Orders, scratch: &mut Scratch, totals: &mut Totals) -> Variant {
    scratch
        .create_as(orders.group_by(|o| o.customer).select(|o| Scratch { customer: o.customer, total: sum(o.amount) }));
    let rows = totals.insert(scratch.filter(|s| s.total != None).select(|s| Totals {
        customer: s.customer,
        orders: 1,
        total: s.total,
    }));
    object! { "rows": rows, "all": scratch.count() }
}

#[procedure(schema = Mart)]
pub fn rows_outside(orders: &Orders, customers: &Customers, notes: &mut Notes) -> Integer {
    let known = orders.filter(|o| customers.filter(|c| c.name == o.customer).exists());
    notes.insert(known.select(|o| Notes { id: o.id, note: "known" }));
    let repeated = orders.filter(|o| orders.filter(|p| p.customer == o.customer && p.id < o.id).exists());
    notes.insert(repeated.select(|o| Notes { id: o.id, note: "repeated" }));
    let quiet = customers.filter(|c| !orders.filter(|o| o.customer == c.name).exists());
    notes.insert(quiet.select(|c| Notes { id: None, note: c.name }))
}

#[procedure(schema = Mart)]
pub fn joined_parts(orders: &Orders, customers: &Customers, notes: &mut Notes) -> Integer {
    let newest = orders.latest_by(|o| o.customer, |o| o.id.desc());
    notes.insert(
        newest
            .full_join(customers.filter(|c| c.region != None), |o, c| o.customer == c.name)
            .select(|o, c| Notes { id: o.get(|o| o.id), note: c.get(|c| c.name) }),
    );
    notes.insert(
        orders
            .filter(|o| o.amount != None)
            .left_join(customers.filter(|c| c.region == "EU"), |o, c| o.customer == c.name)
            .select(|o, c| Notes { id: o.id, note: c.get(|c| c.region) }),
    )
}

#[procedure(schema = Mart)]
pub fn labels_and_steps(notes: &mut Notes, most: Integer) -> Integer {
    let mut sum = 0;
    'outer: for a in (1..=most).rev() {
        for b in (0..10).step_by(4) {
            if b == 8 {
                continue 'outer;
            }
            sum += a * b;
            if sum > 30 {
                break 'outer;
            }
        }
    }
    for n in (most..=9).rev().step_by(3) {
        notes.insert(Notes { id: n, note: "down" });
    }
    for n in (0..9).step_by(2).rev() {
        notes.insert(Notes { id: n, note: "even" });
    }
    sum
}

#[procedure(schema = Mart)]
pub fn converted(orders: &Orders, share: Option<Number<10, 2>>) -> Variant {
    let mut rounded: Number<12, 8> = 0.25;
    let one: Number<10, 4> = 0.25;
    let mut sum: Number<12, 8> = 0;
    for amount in orders.order_by(|o| o.id).values(|o| o.amount) {
        rounded = coalesce(amount, 0.06) / 3;
        sum += rounded;
    }
    let last: Option<Number<10, 4>> = share;
    object! { "rounded": to_varchar(rounded), "one": to_varchar(one), "sum": to_varchar(sum), "last": to_varchar(last) }
}
