//! Statements that write several tables, or from other rows.
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
    pub customer: Integer,
    pub amount: Option<Number<10, 2>>,
    pub ordered_at: TimestampNtz,
}

#[table(schema = Mart)]
pub struct Customers {
    pub id: Integer,
    pub region: Option<Varchar<10>>,
    pub last_amount: Option<Number<10, 2>>,
}

#[table(schema = Mart)]
pub struct Large {
    pub id: Integer,
    pub note: Option<Varchar>,
}

#[table(schema = Mart)]
pub struct Rest {
    pub order_id: Integer,
    pub amount: Option<Number<12, 2>>,
}

#[stream(on = Orders)]
pub struct OrdersStream;

#[table(schema = Mart, temporary)]
pub struct Scratch {
    pub customer: Integer,
    pub total: Option<Number<38, 2>>,
}

/// The body of a procedure in Snowflake Scripting and in JavaScript, without the helpers.
fn both<P: Procedure>() -> String {
    let Definition::Procedure(procedure) = &P::NODE.get().definition else { panic!("{:?} is no procedure", P::NODE) };
    let body: Body = (procedure.body)();
    let js = to_js(&body, procedure.returns);
    let js = js.split_once("\n\nlet").map_or(js.clone(), |(_, own)| format!("let{own}"));
    format!("{}\n//// JavaScript\n{js}", to_sql(&body))
}

#[procedure(schema = Mart, allow("stream-rows-dropped"))]
pub fn update_customers(changes: &OrdersStream, customers: &mut Customers, least: Integer) -> Integer {
    let newest = changes.filter(|c| c.amount > least).latest_by(|c| c.customer, |c| c.ordered_at.desc());
    customers.update_from(newest).on(|t| t.id).set(|t, s| Customers {
        last_amount: s.amount,
        region: coalesce(t.region, "EU"),
        ..unchanged()
    })
}

#[procedure(schema = Mart)]
pub fn spread(changes: &OrdersStream, large: &mut Large, rest: &mut Rest, least: Integer) -> Integer {
    changes
        .filter(|c| c.is_inserted())
        .insert_first()
        .when(|c| c.amount > least, large, |c| Large { id: c.id, note: concat((to_varchar(c.amount), "!")) })
        .when(|c| c.amount == None, large, |c| Large { id: c.id, note: None })
        .otherwise(rest, |c| Rest { order_id: c.id, amount: c.amount })
        .run()
}

#[procedure(schema = Mart)]
pub fn copy_to_both(orders: &Orders, large: &mut Large, rest: &mut Rest) -> Integer {
    let all = orders
        .insert_all()
        .always(rest, |o| Rest { order_id: o.id, amount: o.amount * 2 })
        .always(large, |o| Large { id: o.customer, note: "copied" });
    let rows = all.run();
    orders
        .latest_by(|o| o.customer, |o| o.ordered_at)
        .insert_all()
        .when(|o| o.id > 5, rest, |o| Rest { order_id: o.id, amount: -o.amount })
        .always(rest, |o| Rest { order_id: o.id + 1, amount: o.amount })
        .run();
    rows
}

#[procedure(schema = Mart)]
pub fn with_scratch(orders: &Orders, scratch: &mut Scratch, customers: &mut Customers) -> Integer {
    scratch
        .create_as(orders.group_by(|o| o.customer).select(|o| Scratch { customer: o.customer, total: sum(o.amount) }));
    let rows = transaction(|| {
        customers.delete_using(scratch.filter(|s| s.total == None), |c, s| c.id == s.customer);
        customers
            .update_from(scratch.latest_by(|s| s.customer, |s| s.total))
            .on(|t| t.id)
            .set(|_, s| Customers { last_amount: cast::<Number<10, 2>, _>(s.total), ..unchanged() })
    });
    rows + scratch.count()
}

#[test]
fn writes_read_well() {
    insta::assert_snapshot!(both::<update_customers>());
    insta::assert_snapshot!(both::<spread>());
    insta::assert_snapshot!(both::<copy_to_both>());
    insta::assert_snapshot!(both::<with_scratch>());
}

#[test]
fn temporary_tables_are_no_concern_of_a_deployment() {
    use pipeline_dsl::graph::Graph;
    use pipeline_dsl::pipeline::PipelineDef;
    #[role]
    struct ShopRole;
    pipeline! {
        /// Uses a temporary table.
        Temporary(role = ShopRole) [with_scratch]
    }
    let definition: &PipelineDef = Temporary::DEFINITION;
    let graph = Graph::of(definition);
    assert!(graph.objects.contains(&Customers::NODE) && !graph.objects.contains(&Scratch::NODE));
    assert!(graph.grants.iter().all(|grant| !grant.sql.contains("SCRATCH")), "{:?}", graph.grants);
}

#[procedure(schema = Mart)]
pub fn permanent(orders: &Orders, large: &mut Large) -> Integer {
    large.create_as(orders.select(|o| Large { id: o.id, note: None }));
    1
}

#[test]
#[should_panic(expected = "table `Large` is permanent")]
fn only_temporary_tables_are_made() {
    both::<permanent>();
}
