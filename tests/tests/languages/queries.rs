//! Forms of queries, each where a procedure can use one.

use pipeline_dsl::prelude::*;

use crate::support::{Case, case, empty};
use crate::tables::{Customers, Latest, Mart, Notes, Orders, Things, Totals};

pub const CASES: &[Case] = &[
    case::<aggregates>(&["CALL AGGREGATES('ann')", "CALL AGGREGATES('nobody')"]),
    empty::<aggregates>(&["CALL AGGREGATES('ann')"]),
    case::<joins>(&["CALL JOINS()"]),
    empty::<joins>(&["CALL JOINS()"]),
    case::<joins_of_itself>(&["CALL JOINS_OF_ITSELF()"]),
    case::<groups_of_a_join>(&["CALL GROUPS_OF_A_JOIN(0)"]),
    case::<windows>(&["CALL WINDOWS()"]),
    case::<newest_of_each>(&["CALL NEWEST_OF_EACH()"]),
    case::<sets>(&["CALL SETS()"]),
    case::<elements>(&["CALL ELEMENTS()"]),
    case::<among_rows>(&["CALL AMONG_ROWS('EU')"]),
    case::<several_values>(&["CALL SEVERAL_VALUES()"]),
    case::<functions_of_text>(&["CALL FUNCTIONS_OF_TEXT(' it''s a \\\\ $$ Test 🐘 ')", "CALL FUNCTIONS_OF_TEXT('')"]),
    case::<functions_of_time>(&[
        "CALL FUNCTIONS_OF_TIME('2024-02-29 23:59:59.987654')",
        "CALL FUNCTIONS_OF_TIME(NULL)",
    ]),
    case::<paths_of_json>(&[
        "CALL PATHS_OF_JSON('{\"a\": {\"b\": [10, \"x\", null]}, \"n\": null}')",
        "CALL PATHS_OF_JSON('[]')",
    ]),
];

#[procedure(schema = Mart)]
pub fn aggregates(orders: &Orders, name: Varchar) -> Variant {
    let mine = orders.filter(|o| o.customer == name);
    let (number, total, least, newest) = mine.aggregate(|o| (count(), sum(o.amount), min(o.id), max(o.ordered_at)));
    let mean = orders.aggregate(|o| avg(o.amount));
    let names = orders.aggregate(|o| count_distinct(o.customer));
    let next = date_add(DatePart::Day, 1, newest);
    object! {
        "number": number,
        "total": total,
        "least": least,
        "newest": format_time(newest, "YYYY-MM-DD HH24:MI:SS.FF6"),
        "next": to_varchar(next),
        "mean": mean,
        "names": names,
        "known": mine.exists(),
    }
}

#[procedure(schema = Mart)]
pub fn joins(orders: &Orders, customers: &Customers, notes: &mut Notes) -> Integer {
    let known = notes.insert(
        orders
            .join(customers, |o, c| o.customer == c.name)
            .filter(|o, _| o.amount >= 0)
            .select(|o, c| Notes { id: o.id, note: concat_ws("-", ("known", c.name, coalesce(c.region, "?"))) }),
    );
    let all = notes.insert(
        orders
            .left_join(customers, |o, c| o.customer == c.name)
            .select(|o, c| Notes { id: o.id, note: coalesce(c.get(|c| c.region), "no region") }),
    );
    let lonely = notes.insert(
        orders
            .right_join(customers, |o, c| o.customer == c.name)
            .filter(|o, _| is_null(o.get(|o| o.id)))
            .select(|_, c| Notes { id: None, note: c.name }),
    );
    let both = orders.full_join(customers, |o, c| o.customer == c.name).count();
    let crossed = orders.cross_join(customers).count();
    known + all * 100 + lonely * 10000 + both * 1000000 + crossed * 100000000
}

#[procedure(schema = Mart)]
pub fn joins_of_itself(customers: &Customers, notes: &mut Notes) -> Integer {
    let mut pairs = 0;
    for (name, by_whom, region) in
        customers.join(customers, |c, r| c.referred_by == r.name).values(|c, r| (c.name, r.name, r.region))
    {
        pairs += 1;
        notes
            .insert(Notes { id: null::<Integer>(), note: concat_ws(" < ", (name, by_whom, coalesce(region, "NULL"))) });
    }
    pairs
}

#[procedure(schema = Mart)]
pub fn groups_of_a_join(orders: &Orders, customers: &Customers, totals: &mut Totals, least: Number<10, 2>) -> Integer {
    totals.insert_overwrite(
        customers
            .left_join(orders, |c, o| o.customer == c.name)
            .group_by(|c, _| c.name)
            .having(|_, o| coalesce(sum(o.get(|o| o.amount)), 0.00) >= least)
            .select(|c, o| Totals {
                customer: c.name,
                orders: count_of(o.get(|o| o.id)),
                total: sum(o.get(|o| o.amount)),
            }),
    )
}

#[procedure(schema = Mart)]
pub fn windows(orders: &Orders, notes: &mut Notes) -> Integer {
    notes.insert(orders.select(|o| Notes {
        id: o.id,
        note: concat_ws(
            " ",
            (
                to_varchar(row_number(window(()).order_by(o.amount.desc()).order_by(o.id))),
                to_varchar(rank(window(o.customer).order_by(o.id))),
                coalesce(to_varchar(lag(o.amount, window(()).order_by(o.id))), "-"),
                coalesce(to_varchar(over(sum(o.amount), window(o.customer))), "-"),
                coalesce(to_varchar(first_value(o.id, window(()).order_by(o.ordered_at))), "-"),
            ),
        ),
    }))
}

#[procedure(schema = Mart)]
pub fn newest_of_each(orders: &Orders, latest: &mut Latest) -> Integer {
    let newest = orders.latest_by(|o| o.customer, |o| o.ordered_at.desc()).filter(|o| o.customer != None);
    latest.insert_overwrite(newest.select(|o| Latest {
        order_id: o.id,
        customer: o.customer,
        amount: o.amount,
        active: coalesce(o.amount > 0 && o.amount < 100, false),
    }))
}

#[procedure(schema = Mart)]
pub fn sets(orders: &Orders, customers: &Customers, notes: &mut Notes) -> Integer {
    let ordering = orders.filter(|o| o.customer != None).select(|o| Notes { id: 1, note: o.customer });
    let known = customers.select(|c| Notes { id: 1, note: c.name });
    let first = notes.insert(ordering.union(known));
    let ordering = orders.select(|o| Notes { id: 2, note: o.customer });
    let known = customers.select(|c| Notes { id: 2, note: c.name });
    let second = notes.insert(ordering.except(known));
    let ordering = orders.select(|o| Notes { id: 3, note: o.customer });
    let known = customers.select(|c| Notes { id: 3, note: c.name });
    let third = notes.insert(ordering.intersect(known));
    let again = orders.select(|o| Notes { id: 4, note: o.customer }).distinct();
    let fourth = notes.insert(again.union_all(customers.select(|c| Notes { id: 4, note: c.region })));
    first + second * 10 + third * 100 + fourth * 1000
}

#[procedure(schema = Mart)]
pub fn elements(things: &Things, notes: &mut Notes) -> Integer {
    let rows =
        notes.insert(things.flatten(|t| t.list).select(|t, e| Notes {
            id: t.id * 10 + coalesce(e.index(), 0),
            note: coalesce(to_json(e.value()), "NULL"),
        }));
    let mut seen = 0;
    for (id, value) in things.flatten(|t| t.list).filter(|_, e| e.index() > 0).values(|t, e| (t.id, e.value())) {
        seen += 1;
        notes.insert(Notes { id: id, note: type_of(value) });
    }
    rows * 10 + seen
}

#[procedure(schema = Mart)]
pub fn among_rows(orders: &mut Orders, customers: &Customers, region: Varchar) -> Integer {
    let here = customers.filter(|c| c.region == region);
    let rows = orders
        .filter(|o| is_in_rows(o.customer, here.values(|c| c.name)))
        .update(|o| Orders { amount: o.amount * 2, ..unchanged() });
    let gone = orders.filter(|o| !is_in_rows(o.customer, customers.values(|c| c.name))).delete();
    rows * 10 + gone
}

#[procedure(schema = Mart)]
pub fn several_values(orders: &Orders, notes: &mut Notes) -> Varchar {
    let (rows, named, all_amounts, ids) =
        orders.aggregate(|o| (count(), count_of(o.customer), array_agg(o.amount), bit_or_agg(o.id % 16)));
    notes.insert(Notes { id: ids, note: to_varchar(array_size(all_amounts)) });
    notes.insert(Notes { id: rows - named, note: to_json(array_sort(all_amounts)) });
    let (mut low, high) = orders.aggregate(|o| (min(o.amount), max(o.amount)));
    low = coalesce(low, 0.00) - 1;
    concat_ws("..", (to_varchar(low), coalesce(to_varchar(high), "?")))
}

#[procedure(schema = Mart)]
pub fn functions_of_text(notes: &mut Notes, text: Varchar) -> Varchar {
    let trimmed = trim(text);
    let shouted = upper(trimmed);
    notes.insert(Notes { id: length(text), note: shouted });
    notes.insert(Notes { id: position("$", text), note: replace(text, "'", "''") });
    notes.insert(Notes { id: length(trimmed), note: regexp_replace(text, "[^a-z]+", "_") });
    notes.insert(Notes { id: 1, note: lpad(left(trimmed, 3), 6, "*") });
    notes.insert(Notes { id: 2, note: split_part(text, " ", 2) });
    notes.insert(Notes { id: 3, note: sha2(text) });
    let found = like(text, "%\\%") || contains(text, "🐘");
    concat((to_varchar(found), reverse(trimmed)))
}

#[procedure(schema = Mart)]
pub fn functions_of_time(notes: &mut Notes, at: Option<TimestampNtz>) -> Option<Varchar> {
    let month = date_trunc(DatePart::Month, at);
    let day = cast::<Date, _>(at);
    let next = add_months(day, 12);
    let clock = cast::<Time, _>(at);
    notes.insert(Notes { id: date_diff(DatePart::Hour, month, at), note: to_varchar(month) });
    notes.insert(Notes { id: year(next) * 100 + quarter(at), note: to_varchar(next) });
    notes.insert(Notes { id: second(clock), note: format_time(clock, "HH24:MI:SS.FF6") });
    notes.insert(Notes { id: day_of_week_iso(day), note: day_name(day) });
    notes.insert(Notes { id: week_iso(at), note: to_varchar(last_day(day)) });
    let there = convert_timezone("UTC", "Europe/Berlin", at);
    to_varchar(there)
}

#[procedure(schema = Mart)]
pub fn paths_of_json(notes: &mut Notes, text: Varchar) -> Variant {
    let parsed = parse_json(text);
    let list = get_path(parsed, "a.b");
    let first = as_integer(get_index(list, 0));
    let word = get_path(parsed, "a.b[1]");
    notes.insert(Notes { id: first, note: to_varchar(word) });
    notes.insert(Notes { id: array_size(list), note: type_of(get_path(parsed, "a.b[2]")) });
    notes.insert(Notes { id: 0, note: to_json(word) });
    notes.insert(Notes { id: 1, note: to_varchar(is_null_value(get(parsed, "n"))) });
    let more = object! { "first": first, "list": list, "word": word, "missing": get(parsed, "zzz") };
    object! { "inner": more, "keys": array_construct((1, word, text)), "again": parsed }
}
