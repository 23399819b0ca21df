//! What teams write: bodies that load, clean, keep and check data, each as its author would write it first.

use pipeline_dsl::prelude::*;

use crate::support::{Case, case, empty};
use crate::tables::{Customers, Latest, Mart, Notes, OrderChanges, Orders, Totals};

pub const CASES: &[Case] = &[
    case::<quarantine>(&["CALL QUARANTINE()", "CALL QUARANTINE()"]),
    empty::<quarantine>(&["CALL QUARANTINE()"]),
    case::<keep_last_line>(&["CALL KEEP_LAST_LINE()"]),
    case::<load_late_facts>(&["CALL LOAD_LATE_FACTS()", "CALL LOAD_LATE_FACTS()"]),
    empty::<load_late_facts>(&["CALL LOAD_LATE_FACTS()"]),
    case::<keep_history>(&["CALL KEEP_HISTORY('2026-06-01 00:00:00')", "CALL KEEP_HISTORY('2026-07-01 00:00:00')"]),
    case::<audited>(&["CALL AUDITED(4)", "CALL AUDITED(0)"]),
    case::<retried>(&["CALL RETRIED(2)", "CALL RETRIED(9)"]),
    case::<configured>(&["CALL CONFIGURED()"]),
    empty::<configured>(&["CALL CONFIGURED()"]),
    case::<basket_items>(&["CALL BASKET_ITEMS()"]),
    case::<in_batches>(&["CALL IN_BATCHES(2)", "CALL IN_BATCHES(100)"]),
    case::<count_tables>(&["CALL COUNT_TABLES('LAB.MART.ORDERS', 2)", "CALL COUNT_TABLES('LAB.MART.MISSING', 2)"]),
    case::<run_steps>(&["CALL RUN_STEPS()"]),
    case::<retire>(&["CALL RETIRE()", "CALL RETIRE()"]),
    case::<what_changed>(&["CALL WHAT_CHANGED()"]),
];

/// Lines as a file delivered them.
#[table(schema = Mart)]
pub struct Landing {
    pub line: Integer,
    pub id: Option<Varchar>,
    pub amount: Option<Varchar>,
    pub day: Option<Varchar>,
}

#[table(schema = Mart)]
pub struct Accepted {
    pub id: Integer,
    pub amount: Number<10, 2>,
    pub day: Date,
}

#[table(schema = Mart)]
pub struct Rejected {
    pub line: Integer,
    pub reason: Varchar<50>,
    pub content: ObjectValue,
}

/// The regions of customers, with when each was valid.
#[table(schema = Mart)]
pub struct Regions {
    pub customer: Varchar<50>,
    pub region: Option<Varchar<10>>,
    pub valid_from: TimestampNtz,
    pub valid_to: TimestampNtz,
}

#[table(schema = Mart)]
pub struct Facts {
    pub order_id: Integer,
    pub region: Varchar<10>,
    pub amount: Option<Number<10, 2>>,
}

#[table(schema = Mart)]
pub struct Settings {
    pub name: Varchar<50>,
    pub value: Option<Varchar>,
}

/// What users did.
#[table(schema = Mart)]
pub struct Events {
    pub id: Integer,
    pub who: Varchar<20>,
    pub at: TimestampNtz,
    pub kind: Varchar<10>,
    pub amount: Option<Number<8, 3>>,
    pub body: Option<Variant>,
}

/// Some numbers for each key.
#[table(schema = Mart)]
pub struct Figures {
    pub key: Varchar,
    pub first: Option<Number<38, 6>>,
    pub second: Option<Number<38, 6>>,
}

pub const TOO_DIFFERENT: Exception = Exception::new("too_different", -20100, "the totals are too different");

/// Lines that can be read go one way, the others another, with what is wrong with them.
#[procedure(schema = Mart)]
pub fn quarantine(landing: &Landing, accepted: &mut Accepted, rejected: &mut Rejected) -> Variant {
    let good = accepted.insert_overwrite(
        landing
            .filter(|l| {
                try_cast::<Integer, _>(l.id) != None
                    && try_cast::<Number<10, 2>, _>(l.amount) != None
                    && try_to_date(l.day) != None
            })
            .select(|l| Accepted {
                id: coalesce(try_cast::<Integer, _>(l.id), 0),
                amount: coalesce(try_cast::<Number<10, 2>, _>(l.amount), 0),
                day: coalesce(try_to_date(l.day), date("1970-01-01")),
            }),
    );
    let bad = rejected.insert_overwrite(
        landing
            .filter(|l| {
                try_cast::<Integer, _>(l.id) == None
                    || try_cast::<Number<10, 2>, _>(l.amount) == None
                    || try_to_date(l.day) == None
            })
            .select(|l| Rejected {
                line: l.line,
                reason: match () {
                    _ if try_cast::<Integer, _>(l.id) == None => "no id",
                    _ if try_cast::<Number<10, 2>, _>(l.amount) == None => "no amount",
                    _ => "no day",
                },
                content: object! { "id": l.id, "amount": l.amount, "day": l.day },
            }),
    );
    object! { "good": good, "bad": bad }
}

/// The last line of each id wins.
#[procedure(schema = Mart)]
pub fn keep_last_line(landing: &Landing, notes: &mut Notes) -> Integer {
    let last = landing.latest_by(|l| l.id, |l| l.line.desc()).filter(|l| l.id != None);
    notes.insert(last.select(|l| Notes { id: l.line, note: concat_ws(": ", (trim(l.id), coalesce(l.amount, "none"))) }))
}

/// Orders get the region that their customer had when they were placed; an unknown one is filled in later.
#[procedure(schema = Mart)]
pub fn load_late_facts(orders: &Orders, regions: &Regions, facts: &mut Facts) -> Variant {
    let (mut added, mut completed) = (0, 0);
    transaction(|| {
        completed =
            facts.filter(|f| f.region == "?").update(|f| Facts { amount: coalesce(f.amount, 0.00), ..unchanged() });
        added = facts.insert(
            orders
                .filter(|o| !is_in_rows(o.id, facts.values(|f| f.order_id)))
                .left_join(regions, |o, r| {
                    o.customer == r.customer && o.ordered_at >= r.valid_from && o.ordered_at < r.valid_to
                })
                .select(|o, r| Facts { order_id: o.id, region: coalesce(r.get(|r| r.region), "?"), amount: o.amount }),
        );
    });
    object! { "added": added, "completed": completed, "unknown": facts.filter(|f| f.region == "?").count() }
}

/// A history of regions: what has changed is closed, and opened again with the new value.
#[procedure(schema = Mart)]
pub fn keep_history(customers: &Customers, regions: &mut Regions, now: TimestampNtz) -> Variant {
    let forever = timestamp("9999-12-31 00:00:00");
    let (mut closed, mut opened) = (0, 0);
    transaction(|| {
        closed = regions
            .filter(|r| {
                r.valid_to == forever
                    && customers.filter(|c| c.name == r.customer && !equal_null(c.region, r.region)).exists()
            })
            .update(|_| Regions { valid_to: now, ..unchanged() });
        opened = regions.insert(
            customers
                .filter(|c| !regions.filter(|r| r.customer == c.name && r.valid_to == forever).exists())
                .select(|c| Regions { customer: c.name, region: c.region, valid_from: now, valid_to: forever }),
        );
    });
    object! { "closed": closed, "opened": opened }
}

/// Every run is written down, whether it failed or not.
#[procedure(schema = Mart)]
pub fn audited(orders: &Orders, notes: &mut Notes, divisor: Integer) -> Varchar {
    let mut state = "started";
    let mut rows = 0;
    attempt(
        || {
            rows = notes
                .insert(orders.filter(|o| o.id < 4).select(|o| Notes { id: round(o.id / divisor), note: "share" }));
            state = "done";
        },
        |error| {
            state = concat(("failed: ", error.message()));
            rows = -1;
        },
    );
    notes.insert(Notes { id: rows, note: state });
    state
}

/// Three tries at most.
#[procedure(schema = Mart)]
pub fn retried(notes: &mut Notes, works_at: Integer) -> Varchar {
    let mut tries = 0;
    let mut done = false;
    let mut problem = null::<Varchar>();
    while !done && tries < 3 {
        tries += 1;
        attempt(
            || {
                notes.insert(Notes { id: trunc(10 / (tries / works_at)), note: "divided" });
                if tries < works_at {
                    raise(TOO_DIFFERENT);
                }
                done = true;
            },
            |error| {
                problem = error.message();
                notes.insert(Notes { id: tries, note: error.message() });
            },
        );
    }
    if done { "done" } else { coalesce(problem, "?") }
}

/// What to do stands in a table, with defaults for what is missing.
#[procedure(schema = Mart)]
pub fn configured(settings: &Settings, orders: &Orders, notes: &mut Notes) -> Variant {
    let least = coalesce(
        settings.filter(|s| s.name == "least_amount").aggregate(|s| try_cast::<Number<10, 2>, _>(max(s.value))),
        1.50,
    );
    let label = coalesce(settings.filter(|s| s.name == "label").aggregate(|s| max(s.value)), "none");
    let on = coalesce(settings.filter(|s| s.name == "enabled").aggregate(|s| try_to_boolean(max(s.value))), true);
    if !on {
        return object! { "enabled": false };
    }
    let rows = notes.insert(orders.filter(|o| o.amount >= least).select(|o| Notes { id: o.id, note: label }));
    object! { "enabled": on, "least": least, "rows": rows }
}

/// Items of baskets, out of JSON.
#[procedure(schema = Mart)]
pub fn basket_items(events: &Events, figures: &mut Figures) -> Integer {
    figures.insert(
        events
            .filter(|e| e.kind == "basket")
            .flatten(|e| get_path(e.body, "items"))
            .filter(|_, item| get_path(item.value(), "price") != None)
            .select(|e, item| Figures {
                key: concat((e.who, "/", coalesce(cast::<Varchar, _>(get_path(item.value(), "sku")), "?"))),
                first: cast::<Number<10, 2>, _>(get_path(item.value(), "price")),
                second: coalesce(cast::<Integer, _>(get_path(item.value(), "count")), 1),
            }),
    )
}

/// Many rows, some at a time.
#[procedure(schema = Mart)]
pub fn in_batches(orders: &Orders, notes: &mut Notes, size: Integer) -> Variant {
    let mut last = -1;
    let mut batches = 0;
    loop {
        let (most, rows) =
            orders.filter(|o| o.id > last && o.id <= last + size && o.id < 100).aggregate(|o| (max(o.id), count()));
        if rows == 0 {
            break;
        }
        notes.insert(Notes { id: rows, note: concat(("batch ", to_varchar(batches))) });
        last = coalesce(most, last);
        batches += 1;
        if batches >= 10 {
            break;
        }
    }
    object! { "batches": batches, "last": last }
}

/// A table whose name is only known now.
#[procedure(schema = Mart, allow("execute-injection"))]
pub fn count_tables(orders: &Orders, notes: &Notes, name: Varchar, least: Integer) -> Variant {
    let mut outcome = "counted";
    let bound = least;
    attempt(
        || {
            let text =
                concat(("INSERT INTO LAB.MART.NOTES SELECT COUNT(*), 'of ", name, "' FROM ", name, " WHERE ID > ?"));
            execute_immediate(text, (bound,));
        },
        |error| {
            outcome = if contains(error.message(), "does not exist") { "missing" } else { error.message() };
        },
    );
    object! { "outcome": outcome, "notes": notes.count(), "orders": orders.count() }
}

#[procedure(schema = Mart)]
pub fn step_one(totals: &mut Totals, orders: &Orders) -> Integer {
    totals.insert_overwrite(orders.group_by(|o| o.customer).select(|o| Totals {
        customer: o.customer,
        orders: count(),
        total: sum(o.amount),
    }))
}

#[procedure(schema = Mart)]
pub fn step_two(totals: &mut Totals, least: Integer) -> Option<Integer> {
    let gone = totals.filter(|t| t.orders < least).delete();
    null_if(gone, 0)
}

/// Steps one after the other, each with its result.
#[procedure(schema = Mart)]
pub fn run_steps(orders: &Orders, totals: &Totals, notes: &mut Notes) -> Variant {
    let loaded = call(step_one, ());
    let cleaned = call(step_two, (2,));
    let again = call(step_two, (2,));
    notes.insert(Notes { id: loaded, note: to_varchar(coalesce(cleaned, 0)) });
    object! {
        "loaded": loaded,
        "cleaned": cleaned,
        "again": coalesce(again, 0),
        "orders": orders.count(),
        "totals": totals.count(),
    }
}

/// What is gone from the source is marked, what is back is unmarked.
#[procedure(schema = Mart)]
pub fn retire(orders: &Orders, latest: &mut Latest) -> Variant {
    let gone = latest
        .filter(|l| l.active && !orders.filter(|o| o.id == l.order_id).exists())
        .update(|_| Latest { active: false, ..unchanged() });
    let back = latest
        .filter(|l| !l.active && orders.filter(|o| o.id == l.order_id).exists())
        .update(|_| Latest { active: true, ..unchanged() });
    object! { "gone": gone, "back": back }
}

/// Changes of a stream that change anything.
#[procedure(schema = Mart)]
pub fn what_changed(changes: &OrderChanges, latest: &Latest, notes: &mut Notes) -> Integer {
    notes.insert(changes.filter(|c| c.new_half()).left_join(latest, |c, l| c.id == l.order_id).select(|c, l| Notes {
        id: c.id,
        note: if hash((c.customer, c.amount)) == hash((l.get(|l| l.customer), l.get(|l| l.amount))) {
            "same"
        } else {
            "changed"
        },
    }))
}
