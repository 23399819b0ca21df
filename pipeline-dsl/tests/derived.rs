//! Views and queries as sources of queries.
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
    pub customer: Varchar<50>,
    pub amount: Option<Number<10, 2>>,
    pub ordered_at: TimestampNtz,
}

#[table(schema = Mart)]
pub struct Customers {
    pub name: Varchar<50>,
    pub region: Option<Varchar<10>>,
}

#[table(schema = Mart)]
pub struct Report {
    pub customer: Varchar<50>,
    pub region: Option<Varchar<10>>,
    pub total: Option<Number<38, 2>>,
}

#[row]
pub struct CustomerTotal {
    pub customer: Varchar<50>,
    /// All that was ordered.
    pub total: Option<Number<38, 2>>,
}

/// An order with what is known about its customer.
#[row]
pub struct Enriched {
    #[column(flatten)]
    pub order: Orders,
    #[column(name = "customer region")]
    pub region: Option<Varchar<10>>,
}

#[view(schema = Mart)]
pub fn v_totals(orders: &Orders) -> Query<CustomerTotal> {
    orders.group_by(|o| o.customer).select(|o| CustomerTotal { customer: o.customer, total: sum(o.amount) })
}

#[view(schema = Mart)]
pub fn v_enriched(orders: &Orders, customers: &Customers) -> Query<Enriched> {
    orders.join(customers, |o, c| o.customer == c.name).select(|o, c| Enriched { order: o.row(), region: c.region })
}

#[view(schema = Mart, sql = "SELECT ID, UPPER(CUSTOMER) AS CUSTOMER FROM {Orders} WHERE AMOUNT > 0")]
pub struct VPaid {
    pub id: Integer,
    pub customer: Varchar<50>,
}

#[view(schema = Mart, name = "V_OLD", external)]
pub struct VOld {
    pub id: Integer,
}

#[stream(on = v_enriched)]
pub struct EnrichedChanges;

#[stream(on = VPaid, append_only)]
pub struct NewPaid;

/// Of views, in a view.
#[view(schema = Mart)]
pub fn v_of_views(paid: &VPaid, totals: &v_totals, old: &VOld) -> Selection {
    paid.join(totals, |p, t| p.customer == t.customer)
        .filter(|p, _| !is_in_rows(p.id, old.values(|o| o.id)))
        .columns(|p, t| columns! { id: p.id, total: t.total })
}

#[view(schema = Mart)]
pub fn large_regions(orders: &Orders, customers: &Customers) -> Selection {
    let totals =
        orders.group_by(|o| o.customer).select(|o| CustomerTotal { customer: o.customer, total: sum(o.amount) });
    let regional = totals
        .filter(|t| t.total > 10)
        .left_join(customers, |t, c| t.customer == c.name)
        .select(|t, c| CustomerTotal { customer: coalesce(c.get(|c| c.region), "none"), total: t.total });
    regional
        .group_by(|r| r.customer)
        .having(|r| count() > 1 && sum(r.total) > 100)
        .columns(|r| columns! { region: r.customer, total: sum(r.total) })
}

#[view(schema = Mart)]
pub fn with_itself(orders: &Orders) -> Selection {
    let totals =
        orders.group_by(|o| o.customer).select(|o| CustomerTotal { customer: o.customer, total: sum(o.amount) });
    totals
        .join(totals, |a, b| a.total < b.total)
        .filter(|a, _| orders.filter(|o| o.customer == a.customer).exists())
        .columns(|a, b| columns! { less: a.customer, more: b.customer })
}

#[view(schema = Mart)]
pub fn together(orders: &Orders, customers: &Customers) -> Selection {
    let busy = orders.group_by(|o| o.customer).select(|o| CustomerTotal { customer: o.customer, total: sum(o.amount) });
    let idle = customers
        .filter(|c| !busy.filter(|b| b.customer == c.name).exists())
        .select(|c| CustomerTotal { customer: c.name, total: 0.00 });
    busy.union_all(idle).order_by(|a| a.total.desc()).limit(10).columns(|a| columns! { customer: a.customer })
}

#[view(schema = Mart)]
pub fn two_of_one_name(orders: &Orders, customers: &Customers) -> Selection {
    orders
        .select(|o| CustomerTotal { customer: o.customer, total: o.amount })
        .join(customers.select(|c| CustomerTotal { customer: c.name, total: None }), |a, b| a.customer == b.customer)
        .columns(|a, b| columns! { customer: a.customer, total: b.total })
}

#[view(schema = Mart)]
pub fn latest_of_a_join(orders: &Orders, customers: &Customers) -> Selection {
    let enriched = orders
        .join(customers, |o, c| o.customer == c.name)
        .select(|o, c| Enriched { order: o.row(), region: c.region });
    enriched
        .latest_by(|e| e.region, |e| e.order.ordered_at.desc())
        .columns(|e| columns! { region: e.region, id: e.order.id })
}

#[test]
fn queries_are_sources() {
    let all = [
        query::<v_totals>(),
        query::<v_enriched>(),
        query::<v_of_views>(),
        query::<large_regions>(),
        query::<with_itself>(),
        query::<together>(),
        query::<two_of_one_name>(),
        query::<latest_of_a_join>(),
    ];
    insta::assert_snapshot!(all.join("\n\n"));
}

#[test]
fn streams_follow_views_with_typed_columns() {
    let created = [VPaid::NODE, EnrichedChanges::NODE, NewPaid::NODE].map(|node| node.get().create());
    insta::assert_snapshot!(created.join(";\n\n"));
    assert_eq!(
        v_enriched::COLUMNS.iter().map(|column| column.name).collect::<Vec<_>>(),
        ["ID", "CUSTOMER", "AMOUNT", "ORDERED_AT", "customer region"]
    );
}

#[procedure(schema = Mart)]
pub fn sp_report(
    orders: &Orders,
    customers: &Customers,
    totals: &v_totals,
    changes: &EnrichedChanges,
    report: &mut Report,
    least: Number<10, 2>,
) -> Variant {
    let spent =
        orders.group_by(|o| o.customer).select(|o| CustomerTotal { customer: o.customer, total: sum(o.amount) });
    let large = spent.filter(|s| s.total >= least);
    let rows = report.insert_overwrite(large.join(customers, |s, c| s.customer == c.name).select(|s, c| Report {
        customer: s.customer,
        region: c.region,
        total: s.total,
    }));
    let (best, number) = large.aggregate(|s| (max(s.total), count()));
    report.filter(|r| !is_in_rows(r.customer, spent.values(|s| s.customer))).delete();
    report
        .update_from(totals.latest_by(|t| t.customer, |t| t.total.desc()))
        .on(|r| r.customer)
        .set(|_, t| Report { total: t.total, ..unchanged() });
    for (customer, total) in large.order_by(|s| s.total.desc()).limit(3).values(|s| (s.customer, s.total)) {
        log(LogLevel::Info, concat((customer, " ", coalesce(to_varchar(total), ""))));
    }
    report.insert(changes.filter(|c| c.is_inserted()).select(|c| Report {
        customer: c.order.customer,
        region: c.region,
        total: c.order.amount,
    }));
    object! { "rows": rows, "best": best, "number": number, "any": large.exists() }
}

#[procedure(schema = Mart, allow("stream-feedback"))]
pub fn sp_endless(changes: &EnrichedChanges, orders: &mut Orders) -> Integer {
    let rows = orders.insert(changes.select(|c| Orders {
        id: c.order.id,
        customer: c.order.customer,
        amount: c.order.amount,
        ordered_at: c.order.ordered_at,
    }));
    rows
}

#[test]
fn writing_to_a_table_of_a_view_feeds_the_streams_on_it() {
    use pipeline_dsl::query::follows;
    use pipeline_dsl::rule::warning::stream_feedback;

    assert!(stream_feedback(sp_endless::NODE.get()) && !stream_feedback(sp_report::NODE.get()));
    assert!(follows::<EnrichedChanges, Orders>() && follows::<EnrichedChanges, Customers>());
    assert!(!follows::<EnrichedChanges, Report>() && !follows::<NewPaid, Customers>());
}

#[test]
fn procedures_read_views_and_queries() {
    insta::assert_snapshot!(sql::<sp_report>());
    insta::assert_snapshot!(js::<sp_report>());
}

fn sql<P: Procedure>() -> String {
    let Definition::Procedure(procedure) = &P::NODE.get().definition else { panic!() };
    to_sql(&(procedure.body)())
}

fn js<P: Procedure>() -> String {
    let Definition::Procedure(procedure) = &P::NODE.get().definition else { panic!() };
    to_js(&(procedure.body)(), procedure.returns)
}
