//! What the pipeline consists of.

#![expect(missing_docs, reason = "the names of most objects and columns say what they are")]

use pipeline_dsl::prelude::*;

#[database]
pub struct CrmDb;
#[schema(database = CrmDb)]
pub struct Landing;
#[schema(database = CrmDb)]
pub struct Dimension;
#[warehouse(size = XSmall, auto_suspend = "60 seconds")]
pub struct CrmWh;
#[role]
pub struct CrmRole;

/// Customers as the CRM system has them now.
#[table(schema = Landing)]
pub struct Customer {
    /// The number that the CRM system gave.
    pub id: Integer,
    pub name: Varchar<100>,
    pub email: Option<Varchar<200>>,
    pub segment: Option<Varchar<20>>,
    #[column(default = current_timestamp())]
    pub updated_at: TimestampNtz,
}

/// One row for every customer there ever was.
#[table(schema = Dimension)]
pub struct CustomerDim {
    pub customer_id: Integer,
    pub name: Varchar<100>,
    pub email: Option<Varchar<200>>,
    pub segment: Option<Varchar<20>>,
    pub changed_at: TimestampNtz,
    /// Set when the CRM system no longer has the customer.
    pub removed_at: Option<TimestampNtz>,
}

#[stream(on = Customer)]
pub struct CustomerChanges;

/// Merges the latest change of each customer into the dimension.
#[procedure(schema = Dimension, language = sql)]
pub fn merge_customers(changes: &CustomerChanges, dimension: &mut CustomerDim) -> Variant {
    let rows = transaction(|| {
        dimension
            .merge(changes.latest_by(|c| c.id, |c| c.updated_at.desc()))
            .on(|d| d.customer_id)
            .update_removed(|_, _| CustomerDim { removed_at: current_timestamp(), ..unchanged() })
            .update(|_, c| CustomerDim {
                name: c.name,
                email: c.email,
                segment: c.segment,
                changed_at: c.updated_at,
                removed_at: null::<TimestampNtz>(),
                ..unchanged()
            })
            .insert(|c| CustomerDim {
                customer_id: c.id,
                name: c.name,
                email: c.email,
                segment: c.segment,
                changed_at: c.updated_at,
                ..default()
            })
            .run()
    });
    object! { "rows": rows }
}

/// Runs as soon as a customer has changed: it has no schedule, its stream triggers it.
#[task(schema = Dimension, warehouse = CrmWh, when = has_data(CustomerChanges), call = merge_customers)]
pub struct KeepCustomers;

const SAMPLES: &[Fragment] = &[sql!(
    "INSERT INTO {Customer} (ID, NAME, EMAIL, SEGMENT, UPDATED_AT)
     SELECT
         N,
         'Customer ' || N,
         'customer' || N || '@example.com',
         CASE MOD(N, 3) WHEN 0 THEN 'PRIVATE' WHEN 1 THEN 'BUSINESS' END,
         DATEADD('DAY', -MOD(N, 400), '2026-01-01'::TIMESTAMP_NTZ)
     FROM (
         SELECT ROW_NUMBER() OVER (ORDER BY SEQ4()) AS N
         FROM TABLE(GENERATOR(ROWCOUNT => 200))
     ) AS NUMBERS
     WHERE NOT EXISTS (SELECT 1 FROM {Customer})"
)];

pipeline! {
    /// Keeps the customer dimension.
    pub CustomerDimension(role = CrmRole, samples = SAMPLES) [KeepCustomers]
}
