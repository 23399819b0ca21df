//! Each kind of statement and query, from Rust to Snowflake Scripting.
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
    #[column(autoincrement)]
    pub id: Integer,
    pub customer: Varchar<50>,
    pub amount: Option<Number<10, 2>>,
    pub ordered_at: TimestampNtz,
    pub note: Option<Varchar>,
}

#[table(schema = Mart)]
pub struct Customers {
    pub customer: Varchar<50>,
    pub region: Option<Varchar<10>>,
    pub total: Option<Number<38, 2>>,
    #[column(default = true)]
    pub active: Boolean,
    #[column(name = "order")]
    pub last_order: Option<TimestampNtz>,
}

#[stream(on = Orders)]
pub struct OrdersStream;

/// The body of a procedure.
fn body<P: Procedure>() -> String {
    let Definition::Procedure(procedure) = &P::NODE.get().definition else { panic!("{:?} is no procedure", P::NODE) };
    let body: Body = (procedure.body)();
    to_sql(&body)
}

#[procedure(schema = Mart)]
pub fn control_flow(orders: &Orders, day: Date, dry_run: Boolean, least: Option<Integer>) -> Variant {
    let mut found = orders.filter(|o| o.ordered_at >= day).count();
    let wanted: Option<Integer> = coalesce(least, 10);
    if dry_run {
        return object! { "found": found, "dry_run": true };
    } else if found < wanted && !(found == 0) || dry_run {
        found += 1;
        if is_null(least) {
            found = (found - 1) * 2;
        }
    } else {
        let found = 0;
        return object! { "found": found };
    }
    let label = if found > 100 { "many" } else { "few" };
    if orders.filter(|o| o.amount > 1000.50).exists() {
        object! { "found": found, "label": label, "share": found / 7 }
    } else {
        object! { "found": -found }
    }
}

#[test]
fn control_flow_is_scripting() {
    insta::assert_snapshot!(body::<control_flow>());
}

#[procedure(schema = Mart)]
pub fn writes(orders: &mut Orders, customers: &mut Customers) -> Integer {
    let updated = orders.filter(|o| o.customer == "it's \\ $$ here" && o.note == None).update(|o| Orders {
        note: concat((o.customer, "-", to_varchar(o.id))),
        amount: if o.amount > 10 { o.amount - 0.5 } else { 0.00 },
        ..unchanged()
    });
    orders.filter(|o| o.amount < 0 || o.amount > 100 && o.note != None).filter(|o| o.id > 3).delete();
    customers.delete_all();
    customers.insert(Customers {
        customer: "none",
        region: None,
        total: Some(0),
        active: false,
        last_order: sysdate(),
    });
    let inserted =
        customers.insert(orders.group_by(|o| (o.customer, date_trunc(DatePart::Day, o.ordered_at))).select(|o| {
            Customers {
                customer: o.customer,
                total: sum(o.amount),
                last_order: max(o.ordered_at),
                region: if count() > 10 { left(upper(o.customer), 2) } else { null::<Varchar>() },
                ..default()
            }
        }));
    updated + inserted
}

#[test]
fn statements_that_write() {
    insta::assert_snapshot!(body::<writes>());
}

#[procedure(schema = Mart, allow("stream-rows-dropped"))]
pub fn merge_latest(changes: &OrdersStream, customers: &mut Customers) -> Variant {
    let merged = transaction(|| {
        customers
            .merge(changes.filter(|c| c.amount > 0).latest_by(|c| c.customer, |c| c.ordered_at.desc()))
            .on(|t| t.customer)
            .delete_removed()
            .update(|t, c| Customers { total: t.total + c.amount, last_order: c.ordered_at, ..unchanged() })
            .insert(|c| Customers { customer: c.customer, total: c.amount, last_order: c.ordered_at, ..default() })
            .run()
    });
    object! { "merged": merged }
}

#[test]
fn merge_from_a_stream() {
    insta::assert_snapshot!(body::<merge_latest>());
}

#[procedure(schema = Mart, execute_as = caller)]
pub fn soft_delete(changes: &OrdersStream, customers: &mut Customers) -> Boolean {
    on_error(|error| {
        customers.insert(Customers { customer: left(error.message(), 50), region: error.state(), ..default() });
        let code = error.code();
        if code == 100 {
            customers.delete_all();
        }
    });
    customers
        .merge(changes.latest_by(|c| (c.customer, c.note), |c| c.ordered_at))
        .on(|t| (t.customer, t.region))
        .update_removed(|_, _| Customers { active: false, ..unchanged() })
        .insert(|c| Customers { customer: c.customer, region: trim(c.note), ..default() })
        .run();
    true
}

#[test]
fn merge_that_keeps_deleted_rows() {
    insta::assert_snapshot!(body::<soft_delete>());
}

#[procedure(schema = Mart)]
pub fn latest(orders: &Orders, customers: &mut Customers) -> Integer {
    let newest = orders.latest_by(|o| o.customer, |o| o.ordered_at.desc()).filter(|o| o.amount > 0);
    let (rows, total, newest_at) = orders.aggregate(|o| (count(), sum(o.amount), max(o.ordered_at)));
    customers.insert_overwrite(newest.select(|o| Customers {
        customer: o.customer,
        total: total,
        last_order: iff(is_in(o.customer, ["a", "b"]), newest_at, o.ordered_at),
        ..default()
    }));
    let moved = date_add(DatePart::Day, -1, newest_at);
    let days = date_diff(DatePart::Day, moved, current_timestamp());
    rows % 7 + coalesce(days, 0)
}

#[test]
fn latest_row_per_key() {
    insta::assert_snapshot!(body::<latest>());
}

#[test]
fn procedures_know_what_they_touch() {
    let Definition::Procedure(procedure) = &writes::NODE.get().definition else { panic!() };
    let shown = format!("{:?} {:?} {:?}", procedure.reads, procedure.writes, procedure.arguments);
    insta::assert_snapshot!(shown);
    let Definition::Procedure(procedure) = &control_flow::NODE.get().definition else { panic!() };
    let shown = format!("{:?} {:?} {:?}", procedure.reads, procedure.writes, procedure.arguments);
    insta::assert_snapshot!(shown);
}

#[test]
fn bodies_can_be_built_again() {
    assert_eq!(body::<writes>(), body::<writes>());
}

/// What is waiting.
#[view(schema = Mart, sql = "
    SELECT CUSTOMER, COUNT(*) AS ORDERS, SYSTEM$STREAM_HAS_DATA('{OrdersStream}') AS WAITING
    FROM {Orders} -- not {Customers}
    GROUP BY CUSTOMER;
")]
pub struct VWaiting;

/// Turnover per customer and day, without small orders.
#[view(schema = Mart)]
pub fn v_turnover(orders: &Orders) -> Selection {
    let large = orders.filter(|o| o.amount >= 10);
    large.group_by(|o| (o.customer, date_trunc(DatePart::Day, o.ordered_at))).columns(|o| {
        columns! {
            customer: o.customer,
            day: cast::<Date, _>(date_trunc(DatePart::Day, o.ordered_at)),
            "total in EUR": coalesce(sum(o.amount), 0.00),
        }
    })
}

#[view(schema = Mart)]
pub fn v_newest(changes: &OrdersStream) -> Selection {
    changes.latest_by(|c| c.customer, |c| c.ordered_at.desc()).columns(|c| columns! { id: c.id, change: c.action() })
}

#[test]
fn views_and_fragments_name_objects() {
    insta::assert_snapshot!(v_turnover::NODE.get().create());
    insta::assert_snapshot!(v_newest::NODE.get().create());
    insta::assert_snapshot!(VWaiting::NODE.get().create());
    let Definition::View(view) = &VWaiting::NODE.get().definition else { panic!() };
    assert_eq!(view.reads, [OrdersStream::NODE, Orders::NODE]);
    const DELETE: Fragment = sql!("DELETE FROM {Orders} WHERE NOTE = '{no name}';");
    assert_eq!(DELETE.sql(), "DELETE FROM SHOP.MART.ORDERS WHERE NOTE = '{no name}'");
    assert_eq!(DELETE.objects().collect::<Vec<_>>(), [Orders::NODE]);
}

#[table(schema = Mart)]
pub struct OrderChanges {
    pub id: Integer,
    pub customer: Varchar<50>,
    pub amount: Option<Number<12, 2>>,
    pub action: Varchar<10>,
    pub batch_id: Option<Varchar<50>>,
    #[column(default = current_timestamp())]
    pub loaded_at: Option<TimestampNtz>,
}

/// Replaces the changes by the latest ones.
#[procedure(
    schema = Mart,
    from = OrdersStream,
    into = OrderChanges,
    mode = overwrite,
    set(action = if c.is_update() { "UPDATE" } else { c.action() }, batch_id = batch_id, loaded_at = now),
)]
pub struct SpOverwrite;

#[procedure(schema = Mart, from = OrdersStream, into = OrderChanges, mode = append, set(action = "INSERT"))]
pub struct SpAppend;

#[procedure(
    schema = Mart,
    from = OrdersStream,
    into = OrderChanges,
    mode = merge(key = id, latest = ordered_at),
    set(action = c.action(), batch_id = batch_id),
)]
pub struct SpMerge;

/// Keeps orders that are gone.
#[procedure(
    schema = Mart,
    from = OrdersStream,
    into = OrderChanges,
    mode = merge(key = id, latest = ordered_at),
    set(action = "PRESENT", batch_id = batch_id),
    removed(action = "GONE", batch_id = batch_id, loaded_at = now),
)]
pub struct SpKeep;

#[test]
fn incremental_procedures_as_structs() {
    insta::assert_snapshot!(body::<SpOverwrite>());
    insta::assert_snapshot!(body::<SpAppend>());
    insta::assert_snapshot!(body::<SpMerge>());
    insta::assert_snapshot!(body::<SpKeep>());
}

/// The body of a procedure in JavaScript.
fn js<P: Procedure>() -> String {
    let Definition::Procedure(procedure) = &P::NODE.get().definition else { panic!("{:?} is no procedure", P::NODE) };
    to_js(&(procedure.body)(), procedure.returns)
}

#[test]
fn the_same_in_javascript() {
    insta::assert_snapshot!(js::<control_flow>());
    insta::assert_snapshot!(js::<writes>());
    insta::assert_snapshot!(js::<merge_latest>());
    insta::assert_snapshot!(js::<soft_delete>());
    insta::assert_snapshot!(js::<latest>());
    insta::assert_snapshot!(js::<SpOverwrite>());
    insta::assert_snapshot!(js::<SpMerge>());
}
