//! What a MERGE can take its rows from, and what it says about them.
#![allow(missing_docs)]

use pipeline_dsl::body::{to_js, to_sql};
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
pub struct Customers {
    pub id: Integer,
    pub name: Varchar<50>,
    pub region: Option<Varchar<10>>,
}

#[stream(on = Orders)]
pub struct OrderChanges;

#[table(schema = Mart)]
pub struct Totals {
    pub customer: Varchar<50>,
    pub region: Option<Varchar<10>>,
    pub orders: Integer,
    pub total: Option<Number<38, 2>>,
}

#[table(schema = Mart)]
pub struct Latest {
    pub id: Integer,
    pub customer_id: Integer,
    pub name: Varchar<50>,
    pub amount: Option<Number<10, 2>>,
}

#[procedure(schema = Mart)]
pub fn from_groups(orders: &Orders, totals: &mut Totals, least: Number<10, 2>) -> Integer {
    let rows = totals
        .merge(orders.filter(|o| o.amount > 0).group_by(|o| o.customer).having(|_| count() > 1))
        .on(|t| t.customer)
        .update(|t, o| Totals { orders: count(), total: coalesce(t.total, 0.00) + sum(o.amount), ..unchanged() })
        .insert(|o| Totals {
            customer: o.customer,
            region: None,
            orders: count(),
            total: iff(sum(o.amount) > least, sum(o.amount), max(o.amount)),
        })
        .run();
    rows
}

#[procedure(schema = Mart)]
pub fn from_groups_of_a_join(orders: &Orders, customers: &Customers, totals: &mut Totals) -> Variant {
    let merged = totals
        .merge(orders.join(customers, |o, c| o.customer == c.name).group_by(|_, c| (c.name, c.region)))
        .on(|t| (t.customer, t.region))
        .update(|_, (o, _)| Totals { orders: count(), total: sum(o.amount), ..unchanged() })
        .insert(|(o, c)| Totals { customer: c.name, region: c.region, orders: count(), total: sum(o.amount) })
        .run();
    object! { "all": merged, "inserted": merged.inserted, "updated": merged.updated, "deleted": merged.deleted }
}

#[procedure(schema = Mart, allow("stream-rows-dropped"))]
pub fn from_a_join_with_a_stream(changes: &OrderChanges, customers: &Customers, latest: &mut Latest) -> Integer {
    let merged = latest
        .merge(
            changes
                .join(customers.filter(|c| c.region == "EU"), |o, c| o.customer == c.name)
                .latest_by(|o, _| o.id, |o, _| o.ordered_at.desc()),
        )
        .on(|l| l.id)
        .delete_removed()
        .update(|_, (o, c)| Latest { customer_id: c.id, name: c.name, amount: o.amount, ..unchanged() })
        .insert(|(o, c)| Latest { id: o.id, customer_id: c.id, name: c.name, amount: o.amount })
        .run();
    let gone = merged.deleted;
    gone
}

#[procedure(schema = Mart)]
pub fn update_from_groups(orders: &Orders, totals: &mut Totals) -> Integer {
    let rows = totals
        .update_from(orders.group_by(|o| o.customer))
        .on(|t| t.customer)
        .set(|t, o| Totals { total: coalesce(t.total, 0.00) + sum(o.amount), ..unchanged() });
    rows
}

#[procedure(schema = Mart)]
pub fn mutable_count(orders: &Orders, totals: &mut Totals) -> Integer {
    let mut rows = totals
        .merge(orders.latest_by(|o| o.customer, |o| o.id))
        .on(|t| t.customer)
        .update(|_, o| Totals { total: o.amount, ..unchanged() })
        .run();
    rows += 1;
    rows
}

fn sql<P: Procedure>() -> String {
    let Definition::Procedure(procedure) = &P::NODE.get().definition else { panic!() };
    to_sql(&(procedure.body)())
}

fn hidden<R: std::ops::Deref<Target = OrdersColumns>>(row: R) -> impl pipeline_dsl::expr::IntoExpr<Ty = Integer> {
    row.id
}

#[view(schema = Mart)]
pub fn v_hidden(orders: &Orders) -> Selection {
    orders.group_by(|o| o.customer).columns(|o| columns! { customer: o.customer, id: hidden(o) })
}

#[test]
#[should_panic(expected = "column `ID` is neither in the key of the group nor in an aggregate")]
fn what_the_attribute_does_not_see_is_found_when_it_is_built() {
    v_hidden::NODE.get().create();
}

fn js<P: Procedure>() -> String {
    let Definition::Procedure(procedure) = &P::NODE.get().definition else { panic!() };
    to_js(&(procedure.body)(), procedure.returns)
}

#[test]
fn merges_read_well() {
    let all = [
        sql::<from_groups>(),
        sql::<from_groups_of_a_join>(),
        sql::<from_a_join_with_a_stream>(),
        sql::<update_from_groups>(),
        sql::<mutable_count>(),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn counts_in_javascript() {
    insta::assert_snapshot!(js::<from_groups_of_a_join>());
}
