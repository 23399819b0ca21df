//! What fails, what is caught, and what is undone.

use pipeline_dsl::prelude::*;

use crate::support::{Case, case};
use crate::tables::{Batch, Latest, Mart, Notes, OrderChanges, Orders, Things};

pub const CASES: &[Case] = &[
    case::<raises>(&["CALL RAISES(1)", "CALL RAISES(2)", "CALL RAISES(3)"]),
    case::<handles>(&["CALL HANDLES(0)", "CALL HANDLES(1)", "CALL HANDLES(2)", "CALL HANDLES(3)"]),
    case::<divides>(&["CALL DIVIDES(3)", "CALL DIVIDES(0)", "CALL DIVIDES(NULL)"]),
    case::<divides_in_statement>(&["CALL DIVIDES_IN_STATEMENT(3)", "CALL DIVIDES_IN_STATEMENT(0)"]),
    case::<casts>(&[
        "CALL CASTS('12')",
        "CALL CASTS('12.6')",
        "CALL CASTS('twelve')",
        "CALL CASTS('')",
        "CALL CASTS(NULL)",
    ]),
    case::<casts_dates>(&[
        "CALL CASTS_DATES('2026-02-28')",
        "CALL CASTS_DATES('2026-02-30')",
        "CALL CASTS_DATES('soon')",
    ]),
    case::<overflows>(&["CALL OVERFLOWS('9')", "CALL OVERFLOWS('99999999999999999999999999999999999999')"]),
    case::<too_long>(&["CALL TOO_LONG('short')", "CALL TOO_LONG('this text is longer than the column is wide')"]),
    case::<tries>(&["CALL TRIES(0)", "CALL TRIES(1)", "CALL TRIES(2)"]),
    case::<tries_in_a_loop>(&["CALL TRIES_IN_A_LOOP()"]),
    case::<nested_attempts>(&["CALL NESTED_ATTEMPTS(0)", "CALL NESTED_ATTEMPTS(2)"]),
    case::<handler_fails>(&["CALL HANDLER_FAILS()"]),
    case::<failing_handler_of_all>(&["CALL FAILING_HANDLER_OF_ALL()"]),
    case::<rolls_back>(&["CALL ROLLS_BACK(1)", "CALL ROLLS_BACK(0)", "CALL ROLLS_BACK(2)"]),
    case::<commits_then_fails>(&["CALL COMMITS_THEN_FAILS()"]),
    case::<keeps_the_stream>(&["CALL KEEPS_THE_STREAM(0)", "CALL KEEPS_THE_STREAM(0)"]),
    case::<consumes_at_last>(&["CALL CONSUMES_AT_LAST(0)", "CALL CONSUMES_AT_LAST(1)", "CALL CONSUMES_AT_LAST(1)"]),
    case::<bad_json>(&["CALL BAD_JSON('{\"a\": 1}')", "CALL BAD_JSON('{\"a\": ')", "CALL BAD_JSON('')"]),
    case::<not_null>(&["CALL NOT_NULL('x')"]),
];

const EMPTY_BATCH: Exception =
    Exception::new("empty_batch", -20001, "there's nothing to load: 100% `empty` ${x} \\ é🐘");
const OTHER: Exception = Exception::new("other", -20999, "");

#[procedure(schema = Mart)]
pub fn raises(notes: &mut Notes, kind: Integer) -> Integer {
    notes.insert(Notes { id: kind, note: "before" });
    match kind {
        1 => raise(EMPTY_BATCH),
        2 => raise(OTHER),
        _ => {}
    }
    notes.insert(Notes { id: kind, note: "after" });
    kind
}

#[procedure(schema = Mart)]
pub fn handles(notes: &mut Notes, kind: Integer) -> Integer {
    on_error(|error| {
        notes.insert(Notes { id: error.code(), note: concat((error.message(), " / ", error.state())) });
    });
    if kind == 1 {
        raise(EMPTY_BATCH);
    }
    if kind == 2 {
        let zero = kind - 2;
        notes.insert(Notes { id: 2, note: to_varchar(1 / zero) });
    }
    if kind == 3 {
        execute_immediate("DELETE FROM LAB.MART.NO_SUCH_TABLE", ());
    }
    notes.insert(Notes { id: kind, note: "all is well" });
    kind
}

#[procedure(schema = Mart)]
pub fn divides(by_what: Option<Integer>) -> Option<Number<38, 6>> {
    let share = 10 / by_what;
    share
}

#[procedure(schema = Mart)]
pub fn divides_in_statement(notes: &mut Notes, divisor: Integer) -> Integer {
    notes.insert(Notes { id: 1, note: "before" });
    notes.insert(Notes { id: 2, note: to_varchar(10 / divisor) });
    notes.insert(Notes { id: 3, note: "after" });
    divisor
}

#[procedure(schema = Mart)]
pub fn casts(notes: &mut Notes, text: Option<Varchar>) -> Option<Integer> {
    let number = cast::<Integer, _>(text);
    notes.insert(Notes { id: number, note: text });
    number
}

#[procedure(schema = Mart)]
pub fn casts_dates(notes: &mut Notes, text: Varchar) -> Date {
    let lenient = try_cast::<Date, _>(text);
    notes.insert(Notes { id: null::<Integer>(), note: to_varchar(lenient) });
    let day = to_date(text);
    day
}

#[procedure(schema = Mart)]
pub fn overflows(notes: &mut Notes, text: Varchar) -> Integer {
    let number = to_number(text);
    notes.insert(Notes { id: number, note: "fits" });
    let more = number * 10;
    notes.insert(Notes { id: more, note: "still fits" });
    more
}

#[procedure(schema = Mart)]
pub fn too_long(latest: &mut Latest, text: Varchar) -> Varchar {
    on_error(|error| {
        latest.insert(Latest { order_id: error.code(), customer: error.message(), ..default() });
    });
    latest.insert(Latest { order_id: 1, customer: cast::<Varchar<10>, _>(text), ..default() });
    text
}

#[procedure(schema = Mart)]
pub fn tries(notes: &mut Notes, kind: Integer) -> Varchar {
    let mut outcome = "nothing failed";
    attempt(
        || {
            notes.insert(Notes { id: kind, note: "tried" });
            if kind == 1 {
                raise(EMPTY_BATCH);
            }
            let share = 6 / (kind - 2);
            notes.insert(Notes { id: kind, note: to_varchar(share) });
        },
        |error| {
            outcome = concat((to_varchar(error.code()), ": ", error.message(), " (", error.state(), ")"));
            notes.insert(Notes { id: kind, note: "caught" });
        },
    );
    notes.insert(Notes { id: kind, note: "afterwards" });
    outcome
}

#[procedure(schema = Mart)]
pub fn tries_in_a_loop(orders: &Orders, notes: &mut Notes) -> Integer {
    let mut failed = 0;
    for (id, amount) in orders.order_by(|o| o.id).values(|o| (o.id, o.amount)) {
        attempt(
            || {
                notes.insert(Notes { id: id, note: to_varchar(1 / amount) });
            },
            |error| {
                failed += 1;
                notes.insert(Notes { id: id, note: error.message() });
            },
        );
    }
    failed
}

#[procedure(schema = Mart)]
pub fn nested_attempts(notes: &mut Notes, divisor: Integer) -> Integer {
    let mut caught = 0;
    let mut inner = 0;
    attempt(
        || {
            attempt(
                || {
                    notes.insert(Notes { id: 1, note: to_varchar(1 / divisor) });
                },
                |error| {
                    inner += 1;
                    notes.insert(Notes { id: 1, note: error.message() });
                    raise(EMPTY_BATCH);
                },
            );
            notes.insert(Notes { id: 2, note: "only if nothing failed" });
        },
        |error| {
            caught += 10;
            notes.insert(Notes { id: error.code(), note: error.message() });
        },
    );
    caught + inner
}

#[procedure(schema = Mart)]
pub fn handler_fails(notes: &mut Notes) -> Integer {
    let mut caught = 0;
    attempt(
        || raise(EMPTY_BATCH),
        |error| {
            caught += 1;
            notes.insert(Notes { id: error.code(), note: to_varchar(1 / (caught - 1)) });
        },
    );
    caught
}

#[procedure(schema = Mart)]
pub fn failing_handler_of_all(notes: &mut Notes) -> Integer {
    on_error(|error| {
        notes.insert(Notes { id: error.code(), note: error.message() });
        execute_immediate("INSERT INTO LAB.MART.GONE SELECT 1", ());
    });
    notes.insert(Notes { id: 1, note: "before" });
    raise(EMPTY_BATCH);
}

#[procedure(schema = Mart)]
pub fn rolls_back(orders: &mut Orders, notes: &mut Notes, divisor: Integer) -> Integer {
    on_error(|error| {
        notes.insert(Notes { id: error.code(), note: error.message() });
    });
    notes.insert(Notes { id: divisor, note: "before the transaction" });
    let rows = transaction(|| {
        let rows = orders.filter(|o| o.amount > 1).delete();
        notes.insert(Notes { id: rows, note: to_varchar(1 / divisor) });
        if divisor == 2 {
            raise(OTHER);
        }
        rows
    });
    notes.insert(Notes { id: rows, note: "after it" });
    rows
}

#[procedure(schema = Mart)]
pub fn commits_then_fails(notes: &mut Notes) -> Integer {
    transaction(|| {
        notes.insert(Notes { id: 1, note: "committed" });
    });
    let none = 0;
    transaction(|| {
        notes.insert(Notes { id: 2, note: "rolled back" });
        notes.insert(Notes { id: 3, note: to_varchar(1 / none) });
    });
    none
}

#[procedure(schema = Mart)]
pub fn keeps_the_stream(changes: &OrderChanges, batch: &mut Batch, divisor: Integer) -> Integer {
    transaction(|| {
        batch.insert(changes.select(|c| Batch { order: c.row(), action: c.action(), ..default() }));
        batch
            .filter(|b| b.order.id == 11)
            .update(|b| Batch { action: to_varchar(b.order.id / divisor), ..unchanged() });
    });
    batch.count()
}

#[procedure(schema = Mart)]
pub fn consumes_at_last(changes: &OrderChanges, batch: &mut Batch, divisor: Integer) -> Variant {
    let mut failed = false;
    let batch_id = uuid_string();
    attempt(
        || {
            transaction(|| {
                batch.insert(changes.select(|c| Batch { order: c.row(), action: c.action(), batch_id: batch_id }));
                batch
                    .filter(|b| b.order.id == 11)
                    .update(|b| Batch { action: to_varchar(b.order.id / divisor), ..unchanged() });
            });
        },
        |_error| {
            failed = true;
        },
    );
    object! { "failed": failed, "rows": batch.count(), "waiting": changes.count() }
}

#[procedure(schema = Mart)]
pub fn bad_json(notes: &mut Notes, text: Varchar) -> Option<Variant> {
    attempt(
        || {
            let parsed = parse_json(text);
            notes.insert(Notes { id: 1, note: to_json(parsed) });
        },
        |error| {
            notes.insert(Notes { id: error.code(), note: error.message() });
        },
    );
    try_parse_json(text)
}

/// A row without the value that its table demands.
#[procedure(schema = Mart)]
pub fn not_null(latest: &mut Latest, things: &Things, text: Varchar) -> Integer {
    let missing = things.filter(|t| t.label == text).aggregate(|t| max(t.id));
    latest.filter(|l| l.order_id == 1).update(|_| Latest { customer: text, ..unchanged() });
    execute_immediate("INSERT INTO LAB.MART.LATEST (CUSTOMER) VALUES ('no id')", ());
    coalesce(missing, 0)
}
