//! What teams write: bodies that compute, compare and report.

use pipeline_dsl::prelude::*;

use crate::pipelines::{Events, Figures, TOO_DIFFERENT};
use crate::support::{Case, case, empty};
use crate::tables::{Latest, Mart, Notes, Orders};

pub const CASES: &[Case] = &[
    case::<find_sessions>(&["CALL FIND_SESSIONS(30)", "CALL FIND_SESSIONS(1)"]),
    case::<fill_gaps>(&["CALL FILL_GAPS()"]),
    case::<by_kind>(&["CALL BY_KIND()"]),
    case::<best_of_each>(&["CALL BEST_OF_EACH(2)"]),
    case::<spend_budget>(&["CALL SPEND_BUDGET(20)", "CALL SPEND_BUDGET(0)"]),
    case::<reconcile>(&["CALL RECONCILE(100)", "CALL RECONCILE(0)"]),
    case::<months>(&["CALL MONTHS('2026-01-31', 4)"]),
    case::<lists>(&["CALL LISTS()"]),
    case::<split_money>(&["CALL SPLIT_MONEY(100.00, 3)", "CALL SPLIT_MONEY(0.05, 4)", "CALL SPLIT_MONEY(1, 0)"]),
    case::<convert_money>(&["CALL CONVERT_MONEY(1.07354)"]),
    case::<summary>(&["CALL SUMMARY()"]),
    empty::<summary>(&["CALL SUMMARY()"]),
];

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
