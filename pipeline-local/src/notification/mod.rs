//! Notification integrations and what is sent through them.

mod ddl;
mod def;
mod history;
mod message;
mod sns;

use std::sync::Arc;

use datafusion::common::ScalarValue;

use crate::access;
use crate::catalog::{Kind, Object};
use crate::engine::Engine;
use crate::exec::{Context, QueryResult, Running, Value};
use crate::parse::{Cursor, quote};
use crate::{Result, SqlError};

pub use def::IntegrationDef;
pub(crate) use message::helper;

/// CREATE, ALTER, DROP, DESCRIBE NOTIFICATION INTEGRATION and SHOW INTEGRATIONS: `text` is the whole statement.
pub fn execute<'c>(cx: &'c mut Context<'_>, text: &'c str) -> Running<'c> {
    Box::pin(async move {
        let mut cursor = Cursor::new(text)?;
        match cursor.peek_word().as_deref() {
            Some("CREATE") => ddl::create(cx, &mut cursor),
            Some("ALTER") => ddl::alter(cx, &mut cursor),
            Some("DROP") => ddl::drop(cx, &mut cursor),
            Some("DESCRIBE" | "DESC") => ddl::describe(cx, &mut cursor),
            Some("SHOW") => ddl::show(cx, &mut cursor),
            _ => Err(cursor.unexpected()),
        }
    })
}

/// Prepares the table of the history.
pub(crate) fn open(engine: &Engine) -> Result<()> {
    history::open(&engine.store)
}

/// Sends a message through an integration, in the background; what becomes of it is in NOTIFICATION_HISTORY.
///
/// # Errors
/// When the history cannot be written.
pub(crate) fn enqueue(
    engine: &Arc<Engine>,
    integration: &Object,
    source: &str,
    source_info: &serde_json::Value,
    message: String,
) -> Result<()> {
    let def: IntegrationDef = integration.definition()?;
    let id = uuid::Uuid::new_v4().to_string();
    history::queued(engine, &id, integration, source, source_info, &message)?;
    if !def.is_outbound_queue() {
        let why = format!("The integration {} is not for notifications.", quote(&integration.name));
        return history::ended(engine, &id, "FAILURE", Some(&why), 0);
    }
    if !def.enabled {
        let why = format!("The integration {} is disabled.", quote(&integration.name));
        return history::ended(engine, &id, "FAILURE", Some(&why), 0);
    }
    let Some(endpoint) = engine.config.sns_endpoint.clone() else {
        let why = "Nothing was sent: the engine was started without an SNS endpoint.";
        return history::ended(engine, &id, "QUEUED", Some(why), 0);
    };
    let topic = def.topic_arn;
    let engine = engine.clone();
    tokio::spawn(async move {
        let (attempts, outcome) = sns::publish_with_retries(&endpoint, &topic, &message).await;
        let (status, error) = match &outcome {
            Ok(()) => ("SUCCESS", None),
            Err(error) => ("FAILURE", Some(error.as_str())),
        };
        if let Err(error) = history::ended(&engine, &id, status, error, attempts) {
            tracing::error!(%error, "the history of notifications cannot be written");
        }
    });
    Ok(())
}

/// `SYSTEM$SEND_SNOWFLAKE_NOTIFICATION(message, integration)`: both JSON, or arrays of it.
pub fn send(cx: &Context<'_>, message: &Value, integration: &Value) -> Result<String> {
    let message = message::json(message, "message")?;
    let integrations = message::integrations(&message::json(integration, "integration configuration")?)?;
    let body = message::for_queue(&message)?;
    let mut targets = Vec::with_capacity(integrations.len());
    for name in integrations {
        let found = match cx.engine.catalog.find(Kind::Integration, None, &name, "")? {
            Some(found) => Some(found),
            None => cx.engine.catalog.find(Kind::Integration, None, &name.to_ascii_uppercase(), "")?,
        };
        let usable = found.filter(|object| access::holds(cx, object, &["USAGE"]).unwrap_or(false));
        targets.push(usable.ok_or_else(|| SqlError::does_not_exist("Integration", quote(&name)))?);
    }
    let source = if cx.frame.depth > 0 { "STORED_PROCEDURE" } else { "USER" };
    let info = serde_json::json!({ "queryId": cx.frame.query_id });
    for target in targets {
        enqueue(cx.engine, &target, source, &info, body.clone())?;
    }
    Ok("Enqueued notifications".to_owned())
}

/// The rows of INFORMATION_SCHEMA.NOTIFICATION_HISTORY; `None` for other functions. Arguments as in
/// [`crate::task::table_function`].
pub fn table_function(cx: &Context<'_>, name: &str, arguments: &[(String, Value)]) -> Result<Option<QueryResult>> {
    if name != "NOTIFICATION_HISTORY" {
        return Ok(None);
    }
    history::rows(cx, arguments).map(Some)
}

/// The text of a value that is one.
fn text_of(value: &Value) -> Option<&str> {
    match &value.scalar {
        ScalarValue::Utf8(Some(text)) | ScalarValue::LargeUtf8(Some(text)) => Some(text),
        _ => None,
    }
}
