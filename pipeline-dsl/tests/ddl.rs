//! The statements that create and drop each kind of object, with the options that the other tests do not use.

#![expect(missing_docs, reason = "the objects of a test need no explanation")]

use pipeline_dsl::prelude::*;

/// It's raw.
///
/// Keep out.
#[database(transient, data_retention_days = 0)]
pub struct Raw;

#[schema(database = Raw, name = "lower case", allow("quoted-name"), transient, managed_access, data_retention_days = 1)]
pub struct Lower;

#[schema(database = Raw)]
pub struct Work;

#[warehouse(size = X4Large, auto_suspend = "0 seconds", auto_resume = false, initially_suspended = false, allow("warehouse-never-suspends"))]
pub struct Big;

#[role(name = "ORDER")]
pub struct Reserved;

#[table(schema = Lower, change_tracking)]
pub struct Everything {
    #[column(autoincrement(start = 100, step = -10))]
    pub id: Number<10, 0>,
    pub current_date: Option<Date>,
    pub at: Option<Time>,
    #[column(default = sysdate())]
    pub ltz: TimestampLtz,
    pub tz: Option<TimestampTz>,
    #[column(default = false)]
    pub flag: Boolean,
    #[column(default = 1.25)]
    pub ratio: Option<Float>,
    pub bytes: Option<Binary<16>>,
    pub text: Option<Varchar>,
    pub any: Option<Variant>,
    pub map: Option<ObjectValue>,
    pub list: Option<Array>,
}

#[stream(on = Everything, schema = Work, show_initial_rows)]
pub struct Changes;

#[notification_integration(
    enabled = false,
    aws_sns(
        topic_arn = "arn:aws-cn:sns:cn-north-1:123456789012:topic",
        role_arn = "arn:aws-cn:iam::123456789012:role/Notifier",
    )
)]
pub struct Quiet;

#[task(
    schema = Work,
    serverless,
    when = has_data(Changes),
    target_completion_interval = "5 minutes",
    minimum_trigger_interval = "10 seconds",
    success_integration = Quiet,
    allow("task-integration-disabled"),
    sql = "INSERT INTO {Everything} (\"TEXT\")
           SELECT 'changed' FROM {Changes}",
)]
pub struct Triggered;

#[task(schema = Work, warehouse = Big, allow("task-warehouse-resume"), schedule = cron("0 5 * * MON-FRI Europe/Zurich"), sql = "SELECT 1")]
pub struct Daily;

#[task(schema = Work, warehouse = Big, allow("task-warehouse-resume"), after = Daily, sql = "SELECT 1 AS ONE")]
pub struct First;

#[task(schema = Work, warehouse = Big, allow("task-warehouse-resume"), after(Daily, First), timeout = "0 seconds", sql = "SELECT 2")]
pub struct Follower;

#[test]
fn each_kind_is_created_and_dropped() {
    let nodes = [
        Raw::NODE,
        Lower::NODE,
        Big::NODE,
        Reserved::NODE,
        Everything::NODE,
        Changes::NODE,
        Quiet::NODE,
        Triggered::NODE,
        Daily::NODE,
        Follower::NODE,
    ];
    let statements: Vec<_> =
        nodes.iter().flat_map(|node| [node.get().create(), node.get().drop()]).map(|sql| sql + ";\n").collect();
    insta::assert_snapshot!(statements.join("\n"));
}
