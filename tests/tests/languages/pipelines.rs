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
    case::<find_sessions>(&["CALL FIND_SESSIONS(30)", "CALL FIND_SESSIONS(1)"]),
    case::<fill_gaps>(&["CALL FILL_GAPS()"]),
    case::<by_kind>(&["CALL BY_KIND()"]),
    case::<best_of_each>(&["CALL BEST_OF_EACH(2)"]),
    case::<count_tables>(&["CALL COUNT_TABLES('LAB.MART.ORDERS', 2)", "CALL COUNT_TABLES('LAB.MART.MISSING', 2)"]),
    case::<run_steps>(&["CALL RUN_STEPS()"]),
    case::<spend_budget>(&["CALL SPEND_BUDGET(20)", "CALL SPEND_BUDGET(0)"]),
    case::<reconcile>(&["CALL RECONCILE(100)", "CALL RECONCILE(0)"]),
    case::<retire>(&["CALL RETIRE()", "CALL RETIRE()"]),
    case::<months>(&["CALL MONTHS('2026-01-31', 4)"]),
    case::<what_changed>(&["CALL WHAT_CHANGED()"]),
    case::<lists>(&["CALL LISTS()"]),
    case::<split_money>(&["CALL SPLIT_MONEY(100.00, 3)", "CALL SPLIT_MONEY(0.05, 4)", "CALL SPLIT_MONEY(1, 0)"]),
    case::<convert_money>(&["CALL CONVERT_MONEY(1.07354)"]),
    case::<summary>(&["CALL SUMMARY()"]),
    empty::<summary>(&["CALL SUMMARY()"]),
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

#[table(schema = Mart)]
pub struct Sessions {
    pub who: Varchar<20>,
    pub number: Integer,
    pub events: Integer,
    pub minutes: Option<Integer>,
}

/// Events with the minutes since the one before.
#[row]
pub struct Paused {
    pub who: Varchar<20>,
    pub at: TimestampNtz,
    pub pause: Option<Integer>,
}

#[table(schema = Mart, temporary)]
pub struct NumberedEvents {
    pub who: Varchar<20>,
    pub at: TimestampNtz,
    pub number: Integer,
}

/// Some numbers for each key.
#[table(schema = Mart)]
pub struct Figures {
    pub key: Varchar,
    pub first: Option<Number<38, 6>>,
    pub second: Option<Number<38, 6>>,
}

const TOO_DIFFERENT: Exception = Exception::new("too_different", -20100, "the totals are too different");

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

/// A pause of so many minutes starts a new session.
#[procedure(schema = Mart)]
pub fn find_sessions(
    events: &Events,
    numbered: &mut NumberedEvents,
    sessions: &mut Sessions,
    pause: Integer,
) -> Integer {
    let paused = events.select(|e| Paused {
        who: e.who,
        at: e.at,
        pause: date_diff(DatePart::Minute, lag(e.at, window(e.who).order_by(e.at)), e.at),
    });
    numbered.create_as(paused.select(|p| NumberedEvents {
        who: p.who,
        at: p.at,
        number: conditional_true_event(coalesce(p.pause > pause, true), window(p.who).order_by(p.at)),
    }));
    sessions.insert_overwrite(numbered.group_by(|n| (n.who, n.number)).select(|n| Sessions {
        who: n.who,
        number: n.number,
        events: count(),
        minutes: date_diff(DatePart::Minute, min(n.at), max(n.at)),
    }))
}

/// Missing readings take the last one before them; with the mean of the last three.
#[procedure(schema = Mart)]
pub fn fill_gaps(events: &Events, figures: &mut Figures) -> Integer {
    figures.insert(events.select(|e| {
        let so_far = window(e.who).order_by(e.at);
        Figures {
            key: concat((e.who, " ", format_time(e.at, "HH24:MI"))),
            first: last_value_ignore_nulls(e.amount, so_far.clone().rows(..=0)),
            second: cast::<Number<38, 6>, _>(over(avg(e.amount), so_far.rows(-2..=0))),
        }
    }))
}

/// One column for each kind.
#[procedure(schema = Mart)]
pub fn by_kind(events: &Events, figures: &mut Figures) -> Integer {
    figures.insert(events.group_by(|e| e.who).having(|_| count() > 1).select(|e| Figures {
        key: e.who,
        first: sum(if e.kind == "view" { e.amount } else { 0 }),
        second: sum(match e.kind {
            "basket" | "order" => e.amount,
            _ => null::<Number<8, 3>>(),
        }),
    }))
}

/// The best few of each, with their share of the whole.
#[procedure(schema = Mart)]
pub fn best_of_each(events: &Events, notes: &mut Notes, few: Integer) -> Integer {
    let mut rows = 0;
    for (who, id, place, share) in events.order_by(|e| e.id).values(|e| {
        (
            e.who,
            e.id,
            row_number(window(e.who).order_by(e.amount.desc()).order_by(e.id)),
            ratio_to_report(e.amount, window(e.who)),
        )
    }) {
        if place > few {
            continue;
        }
        rows += 1;
        notes.insert(Notes { id: id, note: concat((who, ": ", to_varchar(round_to(coalesce(share, 0), 3)))) });
    }
    rows
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
pub fn run_steps(notes: &mut Notes) -> Variant {
    let loaded = call(step_one, ());
    let cleaned = call(step_two, (2,));
    let again = call(step_two, (2,));
    notes.insert(Notes { id: loaded, note: to_varchar(coalesce(cleaned, 0)) });
    object! { "loaded": loaded, "cleaned": cleaned, "again": coalesce(again, 0) }
}

/// Takes orders as long as there is money.
#[procedure(schema = Mart)]
pub fn spend_budget(orders: &Orders, notes: &mut Notes, budget: Number<10, 2>) -> Varchar {
    let mut left = budget;
    let mut taken = 0;
    for (id, amount) in orders.filter(|o| o.amount > 0).order_by(|o| o.amount).values(|o| (o.id, o.amount)) {
        let price = coalesce(amount, 0);
        if price > left {
            break;
        }
        left -= price;
        taken += 1;
        notes.insert(Notes { id: id, note: concat(("left ", to_varchar(left))) });
    }
    concat((to_varchar(taken), " orders, ", to_varchar(left), " left"))
}

/// Two sides that must agree.
#[procedure(schema = Mart)]
pub fn reconcile(orders: &Orders, latest: &Latest, notes: &mut Notes, tolerance: Number<5, 2>) -> Varchar {
    let there = coalesce(orders.filter(|o| o.id < 4).aggregate(|o| sum(o.amount)), 0.00);
    let here = coalesce(latest.filter(|l| l.active).aggregate(|l| sum(l.amount)), 0.00);
    let missing = notes.insert(
        orders
            .filter(|o| o.id < 4 && !is_in_rows(o.id, latest.values(|l| l.order_id)))
            .select(|o| Notes { id: o.id, note: "missing" }),
    );
    if abs(there - here) > tolerance {
        notes.insert(Notes { id: missing, note: concat(("difference ", to_varchar(there - here))) });
        raise(TOO_DIFFERENT);
    }
    to_varchar(missing)
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

/// The ends of months.
#[procedure(schema = Mart)]
pub fn months(notes: &mut Notes, from_day: Date, number: Integer) -> Varchar {
    let mut day = last_day(from_day);
    for month in 1..=number {
        let quarter_end = last_day_of(DatePart::Quarter, day) == day;
        notes.insert(Notes {
            id: month,
            note: concat_ws(" ", (to_varchar(day), day_name(day), if quarter_end { "quarter" } else { "" })),
        });
        day = last_day(add_months(day, 1));
    }
    to_varchar(date_diff(DatePart::Day, from_day, day))
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

/// Lists of what belongs together.
#[procedure(schema = Mart)]
pub fn lists(events: &Events, notes: &mut Notes) -> Integer {
    notes.insert(events.group_by(|e| e.who).select(|e| Notes {
        id: count_distinct((e.kind, e.amount)),
        note: concat_ws(
            "; ",
            (
                list_agg_by(e.kind, ">", e.at),
                list_agg_distinct(e.kind, ","),
                to_json(array_agg_by(e.id, e.id.desc())),
                to_varchar(coalesce(percentile_cont(0.5, e.amount), 0)),
            ),
        ),
    }))
}

/// Cents that are left over go to the last.
#[procedure(schema = Mart)]
pub fn split_money(notes: &mut Notes, amount: Number<10, 2>, parts: Integer) -> Number<12, 2> {
    if parts <= 0 {
        return 0;
    }
    let each = floor_to(amount / parts, 2);
    let rest = amount - each * parts;
    for part in 1..=parts {
        let share = if part == parts { each + rest } else { each };
        notes.insert(Notes { id: part, note: to_varchar(share) });
    }
    round_to(rest, 2)
}

/// Another currency, rounded as accountants do.
#[procedure(schema = Mart)]
pub fn convert_money(orders: &Orders, figures: &mut Figures, rate: Number<10, 5>) -> Integer {
    figures.insert(orders.filter(|o| o.id < 100).select(|o| Figures {
        key: to_varchar(o.id),
        first: round_to(o.amount * rate, 2),
        second: round_half_even(o.amount * rate, 1),
    }))
}

/// What a run reports.
#[procedure(schema = Mart)]
pub fn summary(orders: &Orders) -> Variant {
    let (rows, total, first, last) =
        orders.aggregate(|o| (count(), sum(o.amount), min(o.ordered_at), max(o.ordered_at)));
    let mean = if rows > 0 { round_to(coalesce(total, 0) / rows, 2) } else { 0 };
    let customers = orders.aggregate(|o| list_agg_distinct(coalesce(o.customer, "none"), ","));
    object! {
        "rows": rows,
        "total": total,
        "mean": mean,
        "days": date_diff(DatePart::Day, first, last),
        "customers": customers,
        "quality": match rows {
            0 => "empty",
            1..=3 => "few",
            _ => "many",
        },
    }
}
