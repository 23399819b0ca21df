//! The neighbours of the programs that fail: the same options, at the edge of what is allowed.
#![deny(deprecated)]
#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[role]
pub struct Reader;
#[database(data_retention_days = 90, max_data_extension_days = 90)]
pub struct Archive;
#[schema(database = Archive, transient, data_retention_days = 1)]
pub struct Scratch;

#[warehouse(size = X4Large, generation = 2, min_clusters = 2, max_clusters = 2, query_acceleration_scale = 100)]
pub struct BigWh;
#[warehouse(size = Medium, warehouse_type = SnowparkOptimized, resource_constraint = Memory16x)]
pub struct MemoryWh;
#[warehouse(auto_suspend = "30 seconds", statement_timeout = "168 hours")]
pub struct BusyWh;

#[table(schema = Scratch, transient, data_retention_days = 1, cluster_by(id), grant(select(Reader)))]
pub struct Edges {
    #[column(autoincrement(start = 10, step = -1))]
    pub id: Integer,
    pub number: Option<Number<38, 37>>,
    pub text: Option<Varchar<134217728>>,
    pub bytes: Option<Binary<67108864>>,
    #[column(default = "twelve chars")]
    pub note: Varchar<12>,
    #[column(default = current_date())]
    pub day: Date,
}

#[stream(on = Edges, at(offset = "1 second"))]
pub struct FromOffset;
#[stream(on = Edges, before(timestamp = "2026-12-31 23:59:59"))]
pub struct FromTime;
#[stream(on = Edges, at(stream = FromOffset))]
pub struct FromStream;

#[view(schema = Raw, sql = "SELECT o.ID, 'GROUP BY' AS CUSTOMER FROM {Orders} o JOIN {Mart} m ON o.ID = m.ID")]
pub struct Joined;
#[stream(on = Joined, columns_of = Orders)]
pub struct JoinedStream;

#[notification_integration(gcp_pubsub(topic_name = "projects/shop/topics/errors"))]
pub struct Errors;
#[notification_integration(email(allowed_recipients("ops@example.com"), default_recipients("ops@example.com")))]
pub struct Mail;
#[notification_integration(webhook(
    url = "https://example.com:8443/hook",
    body_template = "SNOWFLAKE_WEBHOOK_MESSAGE",
    headers("content-type" = "text/plain"),
))]
pub struct Hook;

#[task(
    schema = Raw,
    serverless(initial_size = Small, min_size = Small, max_size = Small),
    schedule = "192 hours",
    when = has_data(OrdersStream),
    call = load_mart,
    retries = 30,
    suspend_after_failures = 1,
    timeout = "168 hours",
    minimum_trigger_interval = "10 seconds",
    target_completion_interval = "24 hours",
    error_integration = Errors,
    session(query_tag = "load"),
)]
pub struct Root;
#[task(schema = Raw, warehouse = BusyWh, after(Root), when = returned(Root) != "0", sql = "DELETE FROM {Mart}")]
pub struct Child;
#[task(schema = Raw, warehouse = BusyWh, finalize = Root, sql = "DELETE FROM {Mart} WHERE ID < 0")]
pub struct End;

#[task(schema = Raw, warehouse = BusyWh, schedule = "10 seconds", sql = "DELETE FROM {Mart} WHERE ID = 0")]
pub struct Often;
#[task(schema = Raw, warehouse = BusyWh, schedule = cron("*/61 0-23/2 29 FEB * UTC"), sql = "DELETE FROM {Mart}")]
pub struct LeapDay;
#[task(schema = Raw, warehouse = BusyWh, schedule = cron("0 5 1,L * * Etc/GMT+5"), sql = "DELETE FROM {Mart}")]
pub struct MonthEnds;
#[task(schema = Raw, warehouse = BusyWh, schedule = cron("30 2 * * FRIL Europe/Zurich"), sql = "DELETE FROM {Mart}",
    allow("cron-clock-change"))]
pub struct LastFriday;
#[task(schema = Raw, warehouse = BusyWh, call = load_mart, allow("task-manual"))]
pub struct ByHand;

pipeline! {
    /// All that is allowed.
    pub Allowed(role = ShopRole) [
        Child, End, Often, LeapDay, MonthEnds, LastFriday, ByHand, Mail, Hook, FromTime, FromStream, JoinedStream, BigWh,
        MemoryWh, Archive,
    ]
}

fn main() {
    let scripts = pipeline_dsl::script::scripts(Allowed::DEFINITION);
    let text: String = scripts.iter().map(|script| script.text()).collect();
    // The view is there before its stream, and stays.
    let view = text.find("CREATE VIEW IF NOT EXISTS SHOP.RAW.JOINED").unwrap();
    let stream = text.find("CREATE STREAM IF NOT EXISTS SHOP.RAW.JOINED_STREAM").unwrap();
    assert!(view < stream);
    assert!(text.contains("GRANT SELECT ON TABLE ARCHIVE.SCRATCH.EDGES TO ROLE READER"));
    assert_eq!(pipeline_dsl::rule::warning::warnings(Allowed::DEFINITION), []);
}
