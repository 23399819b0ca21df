//! What the pipeline consists of.

#![expect(missing_docs, reason = "the names of most objects and columns say what they are")]

use pipeline_dsl::prelude::*;

#[database]
pub struct SalesDb;
#[schema(database = SalesDb)]
pub struct Orders;
#[schema(database = SalesDb)]
pub struct Reports;
#[warehouse(size = XSmall, auto_suspend = "60 seconds")]
pub struct ReportsWh;
#[role]
pub struct ReportsRole;

/// Orders as the shop writes them.
#[table(schema = Orders)]
pub struct ShopOrder {
    #[column(autoincrement)]
    pub id: Integer,
    pub customer: Varchar<50>,
    pub ordered_on: Date,
    pub amount: Number<12, 2>,
}

/// All orders that have arrived, each once.
#[table(schema = Reports)]
pub struct OrderFact {
    pub order_id: Integer,
    pub customer: Varchar<50>,
    pub ordered_on: Date,
    pub amount: Number<12, 2>,
    #[column(default = current_timestamp())]
    pub loaded_at: Option<TimestampNtz>,
}

/// Turnover of each day.
#[table(schema = Reports)]
pub struct DailyTurnover {
    pub ordered_on: Date,
    pub orders: Integer,
    pub turnover: Number<38, 2>,
}

/// Turnover of each customer.
#[table(schema = Reports)]
pub struct CustomerTurnover {
    pub customer: Varchar<50>,
    pub orders: Integer,
    pub turnover: Number<38, 2>,
}

/// One row for every run of the graph.
#[table(schema = Reports)]
pub struct ReportRun {
    #[column(default = current_timestamp())]
    pub ended_at: Option<TimestampNtz>,
    pub orders: Integer,
}

#[stream(on = ShopOrder, append_only)]
pub struct NewOrders;

/// Appends the orders that have arrived since the last run.
#[procedure(schema = Reports, language = sql)]
pub fn load_orders(new: &NewOrders, facts: &mut OrderFact) -> Variant {
    let rows = transaction(|| {
        facts.insert(new.select(|o| OrderFact {
            order_id: o.id,
            customer: o.customer,
            ordered_on: o.ordered_on,
            amount: o.amount,
            ..default()
        }))
    });
    object! { "rows": rows }
}

#[task(schema = Reports, warehouse = ReportsWh, schedule = "5 minutes", when = has_data(NewOrders), call = load_orders)]
pub struct LoadOrders;

#[task(
    schema = Reports,
    warehouse = ReportsWh,
    after(LoadOrders),
    sql = "INSERT OVERWRITE INTO {DailyTurnover} (ORDERED_ON, ORDERS, TURNOVER)
           SELECT ORDERED_ON, COUNT(*), SUM(AMOUNT) FROM {OrderFact} GROUP BY ORDERED_ON",
)]
pub struct ReportDays;

#[task(
    schema = Reports,
    warehouse = ReportsWh,
    after(LoadOrders),
    sql = "INSERT OVERWRITE INTO {CustomerTurnover} (CUSTOMER, ORDERS, TURNOVER)
           SELECT CUSTOMER, COUNT(*), SUM(AMOUNT) FROM {OrderFact} GROUP BY CUSTOMER",
)]
pub struct ReportCustomers;

#[task(
    schema = Reports,
    warehouse = ReportsWh,
    finalize = LoadOrders,
    sql = "INSERT INTO {ReportRun} (ORDERS) SELECT COUNT(*) FROM {OrderFact}",
)]
pub struct RecordRun;

const SAMPLES: &[Fragment] = &[sql!(
    "INSERT INTO {ShopOrder} (CUSTOMER, ORDERED_ON, AMOUNT)
     SELECT
         'Customer ' || MOD(N, 7),
         DATEADD('DAY', MOD(N, 5), '2026-03-01'::DATE),
         (10 + MOD(N * 37, 990))::NUMBER(12, 2)
     FROM (
         SELECT ROW_NUMBER() OVER (ORDER BY SEQ4()) AS N
         FROM TABLE(GENERATOR(ROWCOUNT => 500))
     ) AS NUMBERS
     WHERE NOT EXISTS (SELECT 1 FROM {ShopOrder})"
)];

pipeline! {
    /// Turnover reports, renewed when orders have arrived.
    pub OrderReports(role = ReportsRole, samples = SAMPLES) [LoadOrders, ReportDays, ReportCustomers, RecordRun]
}
