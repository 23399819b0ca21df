//! Every option of every kind of object, and what each becomes in SQL.

#![expect(missing_docs, reason = "the objects of a test need no explanation")]
#![deny(deprecated)]

use pipeline_dsl::object::Provider;
use pipeline_dsl::prelude::*;
use pipeline_dsl::rule::warning::warnings;
use pipeline_dsl::script::scripts;

#[database(data_retention_days = 7, max_data_extension_days = 30, default_collation = "en-ci", grant(usage(Analyst)))]
pub struct Shop;

#[schema(database = Shop, max_data_extension_days = 0, grant(usage(Analyst), monitor(Ops)))]
pub struct Sales;

#[role]
pub struct Owner;
#[role(external)]
pub struct Analyst;
#[role]
pub struct Ops;

#[warehouse(
    size = Large,
    auto_suspend = "90 seconds",
    warehouse_type = Standard,
    generation = 2,
    resource_constraint = StandardGen2,
    min_clusters = 1,
    max_clusters = 4,
    scaling_policy = Economy,
    query_acceleration,
    query_acceleration_scale = 16,
    max_concurrency = 4,
    statement_timeout = "2 hours",
    queued_timeout = "10 minutes",
    resource_monitor = "MONTHLY",
    grant(usage(Analyst), operate(Ops)),
)]
pub struct BigWh;

#[warehouse(size = Medium, warehouse_type = SnowparkOptimized, resource_constraint = Memory16xX86)]
pub struct MemoryWh;

#[table(
    schema = Sales,
    data_retention_days = 30,
    max_data_extension_days = 60,
    change_tracking,
    cluster_by(day, id),
    grant(select(Analyst, Ops), insert(Ops)),
)]
pub struct Orders {
    pub id: Integer,
    #[column(name = "order day", default = current_date())]
    pub day: Date,
}

#[view(schema = Sales, sql = "SELECT ID, \"order day\" FROM {Orders} WHERE ID > 0", secure, grant(select(Analyst)))]
pub struct Valid;

#[stream(on = Orders, append_only, at(timestamp = "2026-01-31 12:00:00"))]
pub struct FromTime;
#[stream(on = Orders, before(statement = "01b2c3d4-0000-0000-0000-000000000000"), grant(select(Ops)))]
pub struct FromStatement;
#[stream(on = Orders, at(offset = "1 hour"), show_initial_rows)]
pub struct FromOffset;
#[stream(on = Orders, at(stream = FromOffset))]
pub struct FromStream;
#[stream(on = Valid, columns_of = Orders, append_only)]
pub struct OnView;

#[notification_integration(gcp_pubsub(topic_name = "projects/shop/topics/errors"))]
pub struct Google;
#[notification_integration(azure_event_grid(
    topic_endpoint = "https://errors.westeurope-1.eventgrid.azure.net/api/events",
    tenant_id = "11111111-2222-3333-4444-555555555555",
))]
pub struct Azure;
#[notification_integration(
    email(
        allowed_recipients("ops@example.com", "sales@example.com"),
        default_recipients("ops@example.com"),
        default_subject = "It's late",
    ),
    grant(usage(Ops))
)]
pub struct Mail;
#[notification_integration(webhook(
    url = "https://hooks.slack.com/services/SNOWFLAKE_WEBHOOK_SECRET",
    secret = "SHOP.SALES.SLACK",
    body_template = "{\"text\": \"SNOWFLAKE_WEBHOOK_MESSAGE\"}",
    headers("Content-Type" = "application/json", "X-Team" = "sales"),
))]
pub struct Slack;

#[procedure(schema = Sales, allow("stream-feedback"))]
pub fn count_new(changes: &OnView, orders: &mut Orders) -> Integer {
    let rows = orders.insert(changes.select(|c| Orders { id: c.id, day: c.day }));
    rows
}

#[task(
    schema = Sales,
    serverless(initial_size = Medium, min_size = Small, max_size = XXLarge),
    schedule = "30 minutes",
    when = has_data(OnView),
    call = count_new,
    config = r#"{"environment": "test"}"#,
    overlap = AllowChildOverlap,
    session(query_tag = "it's a load", timezone = "UTC", week_start = 1, use_cached_result = false),
    timeout = "10 minutes",
    suspend_after_failures = 3,
    error_integration = Google,
    success_integration = Azure,
    log_level = Info,
    retries = 2,
    minimum_trigger_interval = "1 minute",
    target_completion_interval = "10 minutes",
    execute_as_user = "LOADER",
    grant(monitor(Ops), operate(Ops)),
)]
pub struct Load;

#[task(
    schema = Sales,
    warehouse = BigWh,
    after(Load),
    when = returned(Load) != "0" && !(returned(Load) == "it's nothing"),
    sql = "DELETE FROM {Orders} WHERE ID = 0",
)]
pub struct Clean;

pipeline! {
    /// Everything at once.
    pub Everything(role = Owner) [
        Clean, MemoryWh, Mail, Slack, FromTime, FromStatement, FromStream,
    ]
}

#[test]
fn every_option_is_rendered() {
    let scripts = scripts(Everything::DEFINITION);
    let text: Vec<_> = scripts
        .iter()
        .filter(|script| script.number < 6)
        .map(|script| format!("{}\n{}", script.file_name, script.text()))
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn only_queues_tell_of_tasks() {
    assert!(Provider::GcpPubsub { topic_name: "" }.is_queue());
    let url = "https://example.com";
    assert!(!Provider::Webhook { url, secret: None, body_template: None, headers: &[] }.is_queue());
}

#[test]
fn nothing_here_is_doubtful() {
    assert_eq!(warnings(Everything::DEFINITION), []);
}

pub mod doubtful {
    #![expect(deprecated, reason = "these warnings are what is tested")]

    use super::*;

    #[warehouse(auto_suspend = "45 seconds", auto_resume = false)]
    pub struct Odd;

    #[task(
        schema = Sales,
        warehouse = Odd,
        schedule = cron("30 2 1 * MON Europe/Zurich"),
        sql = "DELETE FROM {Orders}",
        suspend_after_failures = 0,
        success_integration = Google,
        allow("cron-clock-change"),
    )]
    pub struct Purge;

    pipeline! {
        pub Doubtful(role = Owner) [Purge]
    }

    #[test]
    fn what_is_doubtful_is_listed_unless_it_is_allowed() {
        let warnings = warnings(Doubtful::DEFINITION);
        let rules: Vec<_> = warnings.iter().map(|warning| (warning.object.get().rust_name, warning.rule)).collect();
        assert_eq!(
            rules,
            [
                ("Odd", "warehouse-auto-suspend"),
                ("Purge", "task-never-suspends"),
                ("Purge", "task-success-alone"),
                ("Purge", "cron-day-or-weekday"),
                ("Purge", "task-warehouse-resume"),
            ]
        );
        let text = warnings[0].to_string();
        assert!(text.starts_with("warehouse `Odd` (") && text.contains("= rule: warehouse-auto-suspend"), "{text}");
    }
}
