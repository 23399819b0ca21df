//! Notification integrations of every kind.

use super::support::Sql;

#[tokio::test]
async fn kinds_of_integrations() {
    let mut sql = Sql::new().await;
    for (name, properties) in [
        (
            "email",
            "TYPE = EMAIL ENABLED = TRUE ALLOWED_RECIPIENTS = ('a@example.com', 'b@example.com') DEFAULT_SUBJECT = 'Hello'",
        ),
        (
            "hook",
            "TYPE = WEBHOOK ENABLED = TRUE WEBHOOK_URL = 'https://hooks.slack.com/services/SNOWFLAKE_WEBHOOK_SECRET'
             WEBHOOK_BODY_TEMPLATE = '{\"text\": \"SNOWFLAKE_WEBHOOK_MESSAGE\"}' WEBHOOK_HEADERS = ('Content-Type' = 'application/json')",
        ),
        (
            "pubsub",
            "ENABLED = TRUE TYPE = QUEUE DIRECTION = OUTBOUND NOTIFICATION_PROVIDER = GCP_PUBSUB
             GCP_PUBSUB_TOPIC_NAME = 'projects/project/topics/topic'",
        ),
        (
            "grid",
            "ENABLED = TRUE TYPE = QUEUE DIRECTION = OUTBOUND NOTIFICATION_PROVIDER = AZURE_EVENT_GRID
             AZURE_EVENT_GRID_TOPIC_ENDPOINT = 'https://t.eastus-1.eventgrid.azure.net/api/events' AZURE_TENANT_ID = 'tenant'",
        ),
    ] {
        sql.run(&format!("create notification integration {name} {properties}")).await;
    }
    let done = &["Statement executed successfully."][..];
    sql.check(&[
        (
            "show integrations ->> select \"name\", \"type\", \"category\" from $1",
            &[
                "EMAIL|EMAIL|NOTIFICATION",
                "GRID|QUEUE - AZURE_EVENT_GRID|NOTIFICATION",
                "HOOK|WEBHOOK|NOTIFICATION",
                "PUBSUB|QUEUE - GCP_PUBSUB|NOTIFICATION",
            ],
        ),
        (
            "describe notification integration email",
            &[
                "ENABLED|Boolean|true|false",
                "ALLOWED_RECIPIENTS|List|a@example.com,b@example.com|",
                "DEFAULT_RECIPIENTS|List||",
                "DEFAULT_SUBJECT|String|Hello|",
            ],
        ),
        (
            "alter integration email set default_recipients = ('z@example.com')",
            &["!001008 SQL compilation error:\nz@example.com of DEFAULT_RECIPIENTS is not one of ALLOWED_RECIPIENTS."],
        ),
        ("alter integration email set default_recipients = ('a@example.com')", done),
        ("call system$send_email('email', 'b@example.com', 'subject', 'text')", &["true"]),
        (
            "call system$send_snowflake_notification(snowflake.notification.text_plain('hi'), '[\"{\\\\\"EMAIL\\\\\": {}}\", {\"HOOK\": {}}]')",
            &["Enqueued notifications"],
        ),
        (
            "select integration_name, status from table(information_schema.notification_history()) order by 1",
            &["EMAIL|QUEUED", "EMAIL|QUEUED", "HOOK|QUEUED"],
        ),
        (
            "create notification integration x type = email enabled = true webhook_url = 'x'",
            &["!001420 SQL compilation error:\ninvalid property 'WEBHOOK_URL' for 'NOTIFICATION INTEGRATION' of EMAIL"],
        ),
        (
            "create notification integration x type = webhook enabled = true webhook_url = 'https://hooks.slack.com/services/a'
             webhook_body_template = '{}'",
            &["!001008 SQL compilation error:\nWEBHOOK_BODY_TEMPLATE needs WEBHOOK_HEADERS with a Content-Type."],
        ),
        (
            "create notification integration x type = queue enabled = true direction = inbound notification_provider = gcp_pubsub",
            &["!000002 Unsupported feature 'notification integration of DIRECTION = INBOUND'."],
        ),
        ("create notification integration x enabled = true", &["!002029 SQL compilation error:\nMissing option(s): [TYPE]"]),
        ("alter integration email unset allowed_recipients, default_subject", done),
        ("drop integration email", &["EMAIL successfully dropped."]),
    ])
    .await;
}
