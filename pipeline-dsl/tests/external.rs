//! A pipeline may use what others own: it is referenced and checked, and the role is granted what it needs.

#![expect(missing_docs, reason = "the objects of a test need no explanation")]

use pipeline_dsl::graph::Graph;
use pipeline_dsl::prelude::*;
use pipeline_dsl::script::{Action, scripts};

#[database(external)]
pub struct Corporate;

#[schema(database = Corporate, external)]
pub struct Sales;

#[table(schema = Sales, external)]
pub struct Secret {
    pub id: Integer,
}

#[table(schema = Sales, external)]
pub struct Orders {
    pub id: Integer,
    pub amount: Option<Number<10, 2>>,
}

#[table(schema = Sales, external)]
pub struct Totals {
    pub orders: Integer,
}

#[stream(on = Orders, external)]
pub struct OrderChanges;

#[warehouse(external)]
pub struct SharedWh;

#[role(external)]
pub struct Analyst;

#[notification_integration(
    external,
    aws_sns(
        topic_arn = "arn:aws:sns:eu-west-1:123456789012:errors",
        role_arn = "arn:aws:iam::123456789012:role/Notifier",
    )
)]
pub struct Alarm;

/// Owned by others, with the rights of its owner.
#[procedure(schema = Sales, external)]
pub fn tidy(secret: &Secret, totals: &mut Totals, days: Integer) -> Variant {
    totals.insert(secret.select(|s| Totals { orders: s.id }));
    object! { "days": days }
}

#[database]
pub struct Mine;

#[schema(database = Mine)]
pub struct Work;

#[procedure(schema = Work)]
pub fn count_orders(changes: &OrderChanges, totals: &mut Totals) -> Variant {
    let rows = transaction(|| totals.insert_overwrite(changes.select(|c| Totals { orders: c.id })));
    object! { "rows": rows }
}

#[task(
    schema = Work,
    warehouse = SharedWh,
    schedule = "1 hour",
    when = has_data(OrderChanges),
    call = count_orders,
    error_integration = Alarm,
)]
pub struct CountOrders;

#[task(schema = Work, warehouse = SharedWh, after(CountOrders), call = tidy(30))]
pub struct Tidy;

pipeline! { pub Guests(role = Analyst) [Tidy] }

#[test]
fn grants_are_what_the_pipeline_uses_and_no_more() {
    let grants: Vec<_> = Graph::of(Guests::DEFINITION).grants.into_iter().map(|grant| grant.sql).collect();
    insta::assert_snapshot!(grants.join("\n"));
}

#[test]
fn only_own_objects_are_created_and_dropped() {
    let of = |action: Action| -> Vec<String> {
        let all = scripts(Guests::DEFINITION);
        let steps = all.iter().flat_map(|script| &script.steps).filter(|step| step.action == action);
        steps.filter_map(|step| step.object).map(|object| object.get().qualified_name()).collect()
    };
    assert_eq!(
        of(Action::Create),
        ["MINE", "MINE.WORK", "MINE.WORK.COUNT_ORDERS", "MINE.WORK.COUNT_ORDERS", "MINE.WORK.TIDY"]
    );
    assert_eq!(
        of(Action::Drop),
        ["MINE.WORK.TIDY", "MINE.WORK.COUNT_ORDERS", "MINE.WORK.COUNT_ORDERS", "MINE.WORK", "MINE"]
    );
}
