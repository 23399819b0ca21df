//! Views and queries as sources, and what a MERGE takes and tells.

use pipeline_dsl::prelude::*;

use crate::support::{Case, case, empty};
use crate::tables::{Customers, Latest, Mart, NewOrders, Notes, OrderChanges, Orders, Totals};

pub const CASES: &[Case] = &[
    case::<reads_views>(&["CALL READS_VIEWS(0)"]),
    empty::<reads_views>(&["CALL READS_VIEWS(0)"]),
    case::<follows_a_view>(&["CALL FOLLOWS_A_VIEW()", "CALL FOLLOWS_A_VIEW()"]),
    case::<reads_queries>(&["CALL READS_QUERIES(1)"]),
    empty::<reads_queries>(&["CALL READS_QUERIES(1)"]),
    case::<joins_queries>(&["CALL JOINS_QUERIES()"]),
    case::<orders_by_columns>(&["CALL ORDERS_BY_COLUMNS()"]),
    case::<loops_over_groups>(&["CALL LOOPS_OVER_GROUPS()"]),
    case::<merges_groups>(&["CALL MERGES_GROUPS()", "CALL MERGES_GROUPS()"]),
    empty::<merges_groups>(&["CALL MERGES_GROUPS()"]),
    case::<merges_groups_of_a_stream>(&["CALL MERGES_GROUPS_OF_A_STREAM()", "CALL MERGES_GROUPS_OF_A_STREAM()"]),
    case::<merges_a_grouped_join>(&["CALL MERGES_A_GROUPED_JOIN()", "CALL MERGES_A_GROUPED_JOIN()"]),
    case::<merges_a_joined_stream>(&["CALL MERGES_A_JOINED_STREAM()", "CALL MERGES_A_JOINED_STREAM()"]),
    case::<merges_a_query>(&["CALL MERGES_A_QUERY()"]),
    case::<updates_from_groups>(&["CALL UPDATES_FROM_GROUPS()"]),
    case::<counts_by_kind>(&["CALL COUNTS_BY_KIND()", "CALL COUNTS_BY_KIND()"]),
    empty::<counts_by_kind>(&["CALL COUNTS_BY_KIND()"]),
];

#[row]
pub struct Spent {
    pub customer: Option<Varchar<50>>,
    pub total: Option<Number<38, 2>>,
    pub orders: Integer,
}

#[row]
pub struct Known {
    #[column(flatten)]
    pub order: Orders,
    #[column(name = "the region")]
    pub region: Option<Varchar<10>>,
}

#[view(schema = Mart)]
pub fn v_spent(orders: &Orders) -> Query<Spent> {
    orders.group_by(|o| o.customer).select(|o| Spent { customer: o.customer, total: sum(o.amount), orders: count() })
}

#[view(schema = Mart)]
pub fn v_known(orders: &Orders, customers: &Customers) -> Query<Known> {
    orders.join(customers, |o, c| o.customer == c.name).select(|o, c| Known { order: o.row(), region: c.region })
}

#[view(schema = Mart, sql = "SELECT ID, CUSTOMER AS \"who\" FROM {Orders} WHERE AMOUNT > 1")]
pub struct VLarge {
    pub id: Integer,
    #[column(name = "who")]
    pub customer: Option<Varchar<50>>,
}

#[stream(on = v_known)]
pub struct KnownChanges;

#[procedure(schema = Mart)]
pub fn reads_views(spent: &v_spent, known: &v_known, large: &VLarge, notes: &mut Notes, least: Integer) -> Variant {
    let rows = notes.insert(
        known.filter(|k| k.order.id > least).left_join(spent, |k, s| k.order.customer == s.customer).select(|k, s| {
            Notes {
                id: k.order.id,
                note: concat_ws(" ", (coalesce(k.region, "?"), coalesce(to_varchar(s.get(|s| s.total)), "-"))),
            }
        }),
    );
    let gone = notes.filter(|n| is_in_rows(n.id, large.values(|l| l.id))).delete();
    let (names, most) = spent.aggregate(|s| (count_of(s.customer), max(s.orders)));
    object! { "rows": rows, "gone": gone, "names": names, "most": most, "large": large.count() }
}

#[procedure(schema = Mart)]
pub fn follows_a_view(changes: &KnownChanges, notes: &mut Notes) -> Integer {
    let rows = notes.insert(changes.select(|c| Notes {
        id: c.order.id,
        note: concat_ws(" ", (c.action(), to_varchar(c.is_update()), coalesce(c.region, "?"))),
    }));
    rows
}

#[procedure(schema = Mart)]
pub fn reads_queries(orders: &Orders, totals: &mut Totals, least: Integer) -> Variant {
    let spent = orders.filter(|o| o.amount >= 0).group_by(|o| o.customer).select(|o| Spent {
        customer: o.customer,
        total: sum(o.amount),
        orders: count(),
    });
    let several = spent.filter(|s| s.orders >= least);
    let rows = totals.insert(several.filter(|s| s.customer != None).select(|s| Totals {
        customer: s.customer,
        orders: s.orders,
        total: s.total,
    }));
    let (number, most) = spent.aggregate(|s| (count(), max(s.total)));
    let mut seen = "";
    for (customer, total) in
        several.order_by(|s| s.total.desc()).then_by(|s| s.customer).values(|s| (s.customer, s.total))
    {
        seen = concat_ws("; ", (seen, coalesce(customer, "nobody"), coalesce(to_varchar(total), "-")));
    }
    let again =
        spent.group_by(|s| s.orders).select(|s| Spent { customer: None, total: sum(s.total), orders: s.orders });
    let groups = again.count();
    object! {
        "rows": rows,
        "number": number,
        "most": most,
        "seen": seen,
        "groups": groups,
        "ann": spent.filter(|s| s.customer == "ann").exists(),
    }
}

#[procedure(schema = Mart)]
pub fn joins_queries(orders: &Orders, customers: &Customers, notes: &mut Notes) -> Integer {
    let spent = orders.group_by(|o| o.customer).select(|o| Spent {
        customer: o.customer,
        total: sum(o.amount),
        orders: count(),
    });
    let idle = customers.filter(|c| !spent.filter(|s| s.customer == c.name).exists()).select(|c| Spent {
        customer: c.name,
        total: 0.00,
        orders: 0,
    });
    let pairs = notes.insert(
        spent
            .join(spent, |a, b| a.orders == b.orders && a.customer < b.customer)
            .select(|a, b| Notes { id: a.orders, note: concat((a.customer, "/", b.customer)) }),
    );
    let all = spent.union_all(idle);
    let rows = notes.insert(
        all.left_join(customers, |a, c| a.customer == c.name)
            .filter(|a, _| a.orders < 2)
            .select(|a, c| Notes { id: a.orders, note: coalesce(c.get(|c| c.region), a.customer) }),
    );
    let newest = orders
        .join(customers, |o, c| o.customer == c.name)
        .latest_by(|_, c| c.name, |o, _| o.ordered_at.desc())
        .select(|o, c| Notes { id: o.id, note: c.name });
    let latest = notes.insert(newest);
    pairs * 10000 + rows * 100 + latest
}

/// What is delivered under the name of a column does not decide which rows come first.
#[procedure(schema = Mart)]
pub fn orders_by_columns(orders: &Orders, totals: &mut Totals) -> Integer {
    let rows =
        totals.insert(orders.filter(|o| o.customer != None).order_by(|o| o.customer).limit(2).select(|o| Totals {
            customer: reverse(cast::<Varchar<50>, _>(o.amount)),
            orders: 1,
            total: o.amount,
        }));
    rows
}

#[procedure(schema = Mart)]
pub fn loops_over_groups(orders: &Orders, notes: &mut Notes) -> Integer {
    let mut seen = 0;
    for (customer, number) in orders.group_by(|o| o.customer).having(|_| count() > 1).values(|o| (o.customer, count()))
    {
        notes.insert(Notes { id: number, note: customer });
        seen += number;
    }
    seen
}

#[procedure(schema = Mart)]
pub fn merges_groups(orders: &Orders, totals: &mut Totals) -> Variant {
    let merged = totals
        .merge(orders.filter(|o| o.id != 2).group_by(|o| o.customer))
        .on(|t| t.customer)
        .update(|t, o| Totals { orders: t.orders + count(), total: coalesce(sum(o.amount), t.total), ..unchanged() })
        .insert(|o| Totals { customer: o.customer, orders: count(), total: max(o.amount) - min(o.amount) })
        .run();
    object! { "rows": merged, "inserted": merged.inserted, "updated": merged.updated, "deleted": merged.deleted }
}

#[procedure(schema = Mart)]
pub fn merges_groups_of_a_stream(changes: &NewOrders, totals: &mut Totals) -> Integer {
    let rows = totals
        .merge(changes.group_by(|c| c.customer))
        .on(|t| t.customer)
        .update(|t, c| Totals {
            orders: t.orders + count(),
            total: coalesce(t.total, 0.00) + sum(c.amount),
            ..unchanged()
        })
        .insert(|c| Totals { customer: c.customer, orders: count(), total: sum(c.amount) })
        .run();
    rows
}

#[procedure(schema = Mart)]
pub fn merges_a_grouped_join(orders: &Orders, customers: &Customers, totals: &mut Totals) -> Integer {
    let merged = totals
        .merge(
            orders
                .join(customers, |o, c| o.customer == c.name)
                .group_by(|_, c| c.region)
                .having(|o, _| sum(o.amount) > 0),
        )
        .on(|t| t.customer)
        .update(|_, (o, _)| Totals { orders: count_of(o.id), total: sum(o.amount), ..unchanged() })
        .insert(|(o, c)| Totals { customer: c.region, orders: count_of(o.id), total: null::<Number<38, 2>>() })
        .run();
    merged
}

#[procedure(schema = Mart, allow("stream-rows-dropped"))]
pub fn merges_a_joined_stream(changes: &OrderChanges, customers: &Customers, latest: &mut Latest) -> Variant {
    let merged = latest
        .merge(
            changes
                .left_join(customers, |o, c| o.customer == c.name)
                .latest_by(|o, _| o.id, |o, _| o.ordered_at.desc()),
        )
        .on(|l| l.order_id)
        .delete_removed()
        .update(|_, (o, c)| Latest {
            customer: coalesce(c.get(|c| c.region), o.customer),
            amount: o.amount,
            ..unchanged()
        })
        .insert(|(o, _)| Latest { order_id: o.id, customer: o.customer, amount: o.amount, ..default() })
        .run();
    object! { "inserted": merged.inserted, "updated": merged.updated, "deleted": merged.deleted }
}

#[procedure(schema = Mart)]
pub fn merges_a_query(orders: &Orders, customers: &Customers, latest: &mut Latest) -> Integer {
    let known =
        orders.join(customers, |o, c| o.customer == c.name).select(|o, c| Known { order: o.row(), region: c.region });
    let rows = latest
        .merge(known.latest_by(|k| k.order.customer, |k| k.order.ordered_at.desc()))
        .on(|l| l.customer)
        .update(|_, k| Latest { amount: k.order.amount, ..unchanged() })
        .insert(|k| Latest {
            order_id: k.order.id,
            customer: k.region,
            amount: None,
            active: coalesce(k.region == "EU", false),
        })
        .run();
    rows
}

#[procedure(schema = Mart)]
pub fn updates_from_groups(orders: &Orders, latest: &mut Latest) -> Integer {
    let rows = latest.update_from(orders.filter(|o| o.amount < 1000).group_by(|o| o.customer)).on(|l| l.customer).set(
        |l, o| Latest { amount: coalesce(l.amount, 0.00) + cast::<Number<10, 2>, _>(sum(o.amount)), ..unchanged() },
    );
    rows
}

#[procedure(schema = Mart)]
pub fn counts_by_kind(changes: &OrderChanges, latest: &mut Latest, notes: &mut Notes) -> Variant {
    let (first, second) = transaction(|| {
        let merged = latest
            .merge(changes.latest_by(|c| c.id, |c| c.ordered_at))
            .on(|l| l.order_id)
            .delete_removed()
            .update(|_, c| Latest { amount: c.amount, ..unchanged() })
            .insert(|c| Latest { order_id: c.id, ..default() })
            .run();
        let again = latest
            .merge(latest.filter(|l| l.order_id < 5).latest_by(|l| l.order_id, |l| l.customer))
            .on(|l| l.order_id)
            .update(|_, l| Latest { active: !l.active, ..unchanged() })
            .run();
        if merged.inserted > merged.updated {
            notes.insert(Notes { id: merged.inserted, note: "inserted" });
        }
        (merged.deleted + 0, again.updated)
    });
    object! { "deleted": first, "updated": second }
}
