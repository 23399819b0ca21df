//! Control flow and errors, in both languages.
#![allow(missing_docs)]

use pipeline_dsl::body::{Body, to_js, to_sql};
use pipeline_dsl::object::Definition;
use pipeline_dsl::prelude::*;

#[database]
pub struct Shop;
#[schema(database = Shop)]
pub struct Mart;

#[table(schema = Mart)]
pub struct Orders {
    pub id: Integer,
    pub customer: Varchar<50>,
    pub amount: Option<Number<10, 2>>,
    pub ordered_at: TimestampNtz,
}

#[table(schema = Mart)]
pub struct Notes {
    pub id: Option<Integer>,
    pub note: Option<Varchar>,
}

/// The body of a procedure in Snowflake Scripting and in JavaScript.
fn both<P: Procedure>() -> String {
    let Definition::Procedure(procedure) = &P::NODE.get().definition else { panic!("{:?} is no procedure", P::NODE) };
    let body: Body = (procedure.body)();
    format!("{}\n//// JavaScript\n{}", to_sql(&body), to_js(&body, procedure.returns))
}

const EMPTY_BATCH: Exception = Exception::new("empty_batch", -20001, "there's nothing to load");

#[procedure(schema = Mart)]
pub fn loops(orders: &Orders, notes: &mut Notes, least: Integer) -> Integer {
    let mut left = least;
    while left > 0 && is_not_null(left) {
        left -= 1;
        if left == 3 {
            continue;
        }
        notes.insert(Notes { id: left, note: "left" });
    }
    for number in 1..=10 {
        notes.insert(Notes { id: number, ..default() });
    }
    for number in 0..left {
        left += number;
    }
    for (id, cents, at) in orders.filter(|o| o.id > least).values(|o| (o.id, o.amount * 100, o.ordered_at)) {
        if is_null(cents) {
            break;
        }
        notes.insert(Notes { id: id, note: to_varchar(date_add(DatePart::Day, 1, at)) });
    }
    for customer in orders.values(|o| upper(o.customer)) {
        notes.insert(Notes { id: None, note: customer });
    }
    loop {
        left += 1;
        if left > 100 {
            break;
        }
    }
    left
}

#[test]
fn loops_are_loops() {
    insta::assert_snapshot!(both::<loops>());
}

#[procedure(schema = Mart)]
pub fn choices(orders: &Orders, kind: Varchar, level: Option<Integer>, strict: Boolean) -> Varchar {
    let label = match level {
        None => "unknown",
        0 => "none",
        1..=9 => "some",
        _ if kind == "a" => "many a",
        _ => "many",
    };
    let mut found = orders.count();
    match kind {
        "a" | "b" => {
            found += 1;
        }
        "c" if strict => raise(EMPTY_BATCH),
        _ => found = 0,
    }
    match found {
        0 => raise(EMPTY_BATCH),
        1 => "one",
        _ => {
            let shown = to_varchar(found);
            concat((label, shown))
        }
    }
}

#[test]
fn match_is_if() {
    insta::assert_snapshot!(both::<choices>());
}

#[procedure(schema = Mart, allow("execute-injection"))]
pub fn errors(orders: &mut Orders, notes: &mut Notes, table_name: Varchar, day: Date, dry_run: Boolean) -> Variant {
    let started = current_timestamp();
    on_error(|error| {
        notes.insert(Notes { id: error.code(), note: error.message() });
    });
    let mut failed = false;
    attempt(
        || {
            transaction(|| {
                orders.filter(|o| o.ordered_at < day).delete();
                notes.insert(Notes { id: 1, note: "`${it}` \\ 'quoted' $$" });
            });
        },
        |error| {
            failed = true;
            log(LogLevel::Warn, error.message());
        },
    );
    if !failed && dry_run {
        raise(EMPTY_BATCH);
    }
    notes.truncate();
    let limit = orders.count();
    let statement = concat(("DELETE FROM ", table_name, " WHERE ID > ?"));
    execute_immediate(statement, (limit,));
    execute_immediate("TRUNCATE TABLE SHOP.MART.OLD", ());
    set_return_value(to_varchar(limit));
    log(LogLevel::Info, "done");
    let share = cast::<Float, _>(limit) / 3;
    object! { "limit": limit, "started": started, "failed": failed, "share": share }
}

#[test]
fn errors_are_handled() {
    insta::assert_snapshot!(both::<errors>());
}

#[procedure(schema = Mart, language = javascript, execute_as = caller)]
pub fn in_javascript(
    id: Integer,
    at: TimestampTz,
    payload: Variant,
    list: Option<Array>,
    key: Binary,
    active: Boolean,
    share: Option<Float>,
    notes: &mut Notes,
) -> Binary<16> {
    let new = at;
    let label = if active { "new" } else { "old" };
    let rows = notes.insert(Notes { id: id, note: concat((label, to_varchar(payload), to_varchar(new))) });
    if rows == 0 || is_null(share) || is_null(list) {
        return key;
    }
    key
}

#[test]
fn the_language_is_all_that_changes() {
    insta::assert_snapshot!(in_javascript::NODE.get().create());
    let Definition::Procedure(procedure) = &in_javascript::NODE.get().definition else { panic!() };
    assert_eq!(procedure.signature(), "(VARCHAR, VARCHAR, VARIANT, ARRAY, BINARY, BOOLEAN, FLOAT)");
}

#[procedure(schema = Mart)]
pub fn sp_day(day: Date, share: Option<Number<10, 2>>) -> TimestampNtz {
    cast::<TimestampNtz, _>(if share > 1 { date("2026-01-31") } else { day })
}

#[procedure(schema = Mart, language = javascript)]
pub fn sp_clean(before: TimestampNtz, payload: Variant) -> Integer {
    if before > sysdate() || is_null(payload) { 0 } else { 1 }
}

#[procedure(schema = Mart)]
pub fn calls(notes: &mut Notes, day: Date) -> Variant {
    let at = call(sp_day, (if day > date("2026-01-31") { date("2026-01-01") } else { day }, 0.5));
    let mut cleaned = call(sp_clean, (coalesce(at, sysdate()), object! { "day": day }));
    cleaned += 1;
    call(sp_day, (day, null::<Number<10, 2>>()));
    notes.insert(Notes { id: call(sp_clean, (sysdate(), to_variant(1))), ..default() });
    object! { "at": at, "cleaned": cleaned }
}

#[test]
fn procedures_call_others() {
    insta::assert_snapshot!(both::<calls>());
    let Definition::Procedure(procedure) = &calls::NODE.get().definition else { panic!() };
    assert_eq!(procedure.calls, [sp_day::NODE, sp_clean::NODE]);
    assert_eq!(calls::NODE.get().depends_on().last(), Some(&sp_clean::NODE));
}

#[procedure(schema = Mart)]
pub fn conversions(orders: &Orders, day: Date, share: Float) -> Variant {
    let exact: Number<10, 2> = 0.5;
    let mut rounded: Number<10, 8> = 0.25;
    let word: Varchar<3> = "abcd";
    let mut at: TimestampNtz = day;
    for (id, amount) in orders.values(|o| (o.id, o.amount)) {
        rounded = id / 3;
        rounded = 7;
        rounded = rounded;
        at = date("2026-01-31");
        rounded = coalesce(amount, 0.00);
    }
    object! { "exact": exact, "rounded": rounded, "word": word, "at": at, "share": share }
}

#[test]
fn variables_convert_what_they_take() {
    insta::assert_snapshot!(both::<conversions>());
}

#[procedure(schema = Mart)]
pub fn labels(orders: &Orders, notes: &mut Notes, least: Integer) -> Integer {
    let mut steps = 0;
    'rows: for id in orders.values(|o| o.id) {
        'new: for number in (1..=id).rev() {
            for part in (0..100).step_by(7) {
                steps += part;
                if steps > 1000 {
                    break 'rows;
                }
                if part == number {
                    continue 'new;
                }
            }
            while steps > 10 {
                break 'new;
            }
        }
        for back in (least..=steps).rev().step_by(5) {
            notes.insert(Notes { id: back, ..default() });
        }
        for back in (10..20).step_by(3).rev() {
            notes.insert(Notes { id: back, ..default() });
        }
    }
    'again: loop {
        break 'again;
    }
    steps
}

#[test]
fn loops_have_labels_and_steps() {
    insta::assert_snapshot!(both::<labels>());
}
