//! Each form of a query, as a view or in a procedure of both languages.
#![allow(missing_docs)]

mod support;

use pipeline_dsl::body::{to_js, to_sql};
use pipeline_dsl::object::Definition;
use pipeline_dsl::prelude::*;
use support::query;

#[database]
pub struct Shop;
#[schema(database = Shop)]
pub struct Mart;

#[table(schema = Mart)]
pub struct Orders {
    pub id: Integer,
    pub customer: Integer,
    pub amount: Option<Number<10, 2>>,
    pub ordered_at: TimestampNtz,
    pub tags: Option<Array>,
}

#[table(schema = Mart)]
pub struct Customers {
    pub id: Integer,
    pub name: Varchar<50>,
    pub region: Option<Varchar<10>>,
    pub referred_by: Option<Integer>,
}

#[table(schema = Mart)]
pub struct Lines {
    pub order_id: Integer,
    pub product: Varchar<20>,
}

#[table(schema = Mart)]
pub struct Totals {
    pub name: Varchar<50>,
    pub total: Option<Number<38, 2>>,
}

#[view(schema = Mart)]
pub fn inner(orders: &Orders, customers: &Customers) -> Selection {
    orders.join(customers, |o, c| o.customer == c.id).filter(|o, c| o.amount > 10 && c.region == "EU").columns(
        |o, c| {
            columns! { order_id: o.id, name: c.name, share: ratio_to_report(o.amount, window(c.id)) }
        },
    )
}

#[view(schema = Mart)]
pub fn left_of_three(orders: &Orders, customers: &Customers, lines: &Lines) -> Selection {
    orders
        .left_join(customers, |o, c| o.customer == c.id)
        .left_join(lines, |o, _, l| l.order_id == o.id)
        .group_by(|o, c, _| (o.id, c.get(|c| c.region)))
        .having(|_, _, _| count() > 1)
        .columns(|o, c, l| {
            columns! { id: o.id, region: c.get(|c| c.region), products: count_distinct(l.get(|l| l.product)) }
        })
}

#[view(schema = Mart)]
pub fn of_itself(customers: &Customers, orders: &Orders) -> Selection {
    customers
        .join(customers, |c, r| c.referred_by == r.id)
        .join(orders, |_, r, o| o.customer == r.id)
        .columns(|c, r, o| columns! { name: c.name, referrer: r.name, amount: o.amount })
}

#[view(schema = Mart)]
pub fn other_sides(orders: &Orders, customers: &Customers) -> Selection {
    orders
        .right_join(customers, |o, c| o.customer == c.id)
        .columns(|o, c| columns! { id: o.get(|o| o.id), name: c.name })
}

#[view(schema = Mart)]
pub fn all_sides(orders: &Orders, customers: &Customers) -> Selection {
    orders
        .full_join(customers, |o, c| o.customer == c.id)
        .columns(|o, c| columns! { id: o.get(|o| o.id), name: c.get(|c| c.name) })
}

#[view(schema = Mart)]
pub fn each_with_each(orders: &Orders, customers: &Customers) -> Selection {
    orders.cross_join(customers).columns(|o, c| columns! { id: o.id, name: c.name })
}

#[view(schema = Mart)]
pub fn elements(orders: &Orders) -> Selection {
    orders.flatten(|o| o.tags).columns(|o, e| columns! { id: o.id, tag: as_varchar(e.value()), index: e.index() })
}

#[view(schema = Mart)]
pub fn largest(orders: &Orders, customers: &Customers) -> Selection {
    let regional = customers.filter(|c| c.region != None);
    orders
        .filter(|o| is_in_rows(o.customer, regional.values(|c| c.id)))
        .order_by(|o| o.amount.desc())
        .then_by(|o| o.id)
        .limit(10)
        .columns(|o| columns! { id: o.id, amount: o.amount })
}

#[view(schema = Mart)]
pub fn together(orders: &Orders, customers: &Customers) -> Selection {
    let buyers = orders.columns(|o| columns! { id: o.customer }).distinct();
    let known = customers.columns(|c| columns! { id: c.id });
    let referrers = customers.columns(|c| columns! { id: coalesce(c.referred_by, 0) });
    buyers.union_all(known).except(referrers)
}

#[view(schema = Mart)]
pub fn busy(orders: &Orders) -> Selection {
    orders
        .group_by(|o| o.customer)
        .having(|o| sum(o.amount) > 1000)
        .columns(|o| columns! { customer: o.customer, total: sum(o.amount) })
}

#[view(schema = Mart)]
pub fn without_orders(customers: &Customers, orders: &Orders, lines: &Lines) -> Selection {
    customers
        .filter(|c| {
            !orders
                .filter(|o| o.customer == c.id && lines.filter(|l| l.order_id == o.id && l.product == c.name).exists())
                .exists()
        })
        .columns(|c| columns! { id: c.id, orders: orders.filter(|o| o.customer == c.id).count() })
}

#[view(schema = Mart)]
pub fn not_the_last(orders: &Orders) -> Selection {
    orders
        .filter(|o| orders.filter(|later| later.customer == o.customer && later.ordered_at > o.ordered_at).exists())
        .columns(|o| columns! { id: o.id })
}

#[view(schema = Mart)]
pub fn with_lines(orders: &Orders, customers: &Customers, lines: &Lines) -> Selection {
    orders
        .join(customers, |o, c| o.customer == c.id)
        .filter(|o, _| lines.filter(|l| l.order_id == o.id).exists())
        .columns(|o, c| columns! { id: o.id, name: c.name })
}

#[view(schema = Mart)]
pub fn filtered_sides(orders: &Orders, customers: &Customers, lines: &Lines) -> Selection {
    orders
        .filter(|o| o.amount > 10 || o.amount == None)
        .left_join(customers.filter(|c| c.region == "EU" || c.region == None), |o, c| o.customer == c.id)
        .join(lines.filter(|l| l.product != "gift"), |o, _, l| l.order_id == o.id)
        .columns(|o, c, l| columns! { id: o.id, name: c.get(|c| c.name), product: l.product })
}

#[view(schema = Mart)]
pub fn latest_sides(orders: &Orders, customers: &Customers) -> Selection {
    orders
        .latest_by(|o| o.customer, |o| o.ordered_at.desc())
        .full_join(customers.filter(|c| c.region == "EU"), |o, c| o.customer == c.id)
        .columns(|o, c| columns! { id: o.get(|o| o.id), name: c.get(|c| c.name) })
}

#[view(schema = Mart)]
pub fn least_of_all(orders: &Orders) -> Selection {
    orders
        .order_by(|o| o.amount.desc())
        .then_by(|o| o.id)
        .limit(3)
        .columns(|o| columns! { amount: 0 - o.amount, id: o.id })
}

#[test]
fn queries_in_queries_read_well() {
    let all = [
        query::<least_of_all>(),
        query::<without_orders>(),
        query::<not_the_last>(),
        query::<with_lines>(),
        query::<filtered_sides>(),
        query::<latest_sides>(),
    ];
    insta::assert_snapshot!(all.join("\n\n"));
}

#[test]
fn queries_read_well() {
    let all = [
        query::<inner>(),
        query::<left_of_three>(),
        query::<of_itself>(),
        query::<other_sides>(),
        query::<all_sides>(),
        query::<each_with_each>(),
        query::<elements>(),
        query::<largest>(),
        query::<together>(),
        query::<busy>(),
    ];
    insta::assert_snapshot!(all.join("\n\n"));
}

#[procedure(schema = Mart)]
pub fn fill_totals(orders: &Orders, customers: &Customers, least: Integer, totals: &mut Totals) -> Integer {
    let found = orders.join(customers, |o, c| o.customer == c.id).filter(|o, _| o.amount > least).count();
    let named = orders.join(customers, |o, c| o.customer == c.id).group_by(|_, c| c.name);
    totals.insert_overwrite(named.select(|o, c| Totals { name: c.name, total: sum(o.amount) }));
    for (name, amount) in
        orders.left_join(customers, |o, c| o.customer == c.id).values(|o, c| (c.get(|c| c.name), o.amount))
    {
        totals.insert(Totals { name: coalesce(name, "none"), total: amount });
    }
    for id in orders.order_by(|o| o.ordered_at).limit(3).values(|o| o.id) {
        log(LogLevel::Info, to_varchar(id));
    }
    found
}

#[test]
fn joins_in_both_languages() {
    let Definition::Procedure(procedure) = &fill_totals::NODE.get().definition else { panic!() };
    let body = (procedure.body)();
    insta::assert_snapshot!(format!("{}\n//// JavaScript\n{}", to_sql(&body), to_js(&body, procedure.returns)));
}

#[view(schema = Mart)]
pub fn different(orders: &Orders, customers: &Customers) -> Selection {
    orders.columns(|o| columns! { id: o.id }).union(customers.columns(|c| columns! { name: c.name }))
}

#[test]
#[should_panic(expected = "have the same columns")]
fn columns_of_combined_queries_are_the_same() {
    query::<different>();
}

#[procedure(schema = Mart)]
pub fn forget(customers: &Customers, orders: &mut Orders) -> Integer {
    let deleted = orders.delete_using(customers, |o, c| o.customer == c.id && c.region == "XX");
    deleted
}

#[test]
fn rows_are_deleted_using_others() {
    let Definition::Procedure(procedure) = &forget::NODE.get().definition else { panic!() };
    insta::assert_snapshot!(to_sql(&(procedure.body)()));
}
