//! Notification integrations and what is sent through them.

mod ddl;
mod def;
mod history;
mod kind;
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

/// Forgets what the history need not keep any longer.
///
/// # Errors
/// When the store cannot be written.
pub(crate) fn forget(engine: &Engine) -> Result<()> {
    history::forget(&engine.store, engine.clock.now())
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
    if !def.notifies() {
        let why = format!("The integration {} is not for notifications.", quote(&integration.name));
        return history::ended(engine, &id, "FAILURE", Some(&why), 0);
    }
    if !def.enabled {
        let why = format!("The integration {} is disabled.", quote(&integration.name));
        return history::ended(engine, &id, "FAILURE", Some(&why), 0);
    }
    if def.provider != "AWS_SNS" {
        let kind = if def.provider.is_empty() { &def.integration_type } else { &def.provider };
        let why = format!("Nothing was sent: this engine only records what goes to {kind}.");
        return history::ended(engine, &id, "QUEUED", Some(&why), 0);
    }
    let Some(endpoint) = engine.config.sns_endpoint.clone() else {
        let why = "Nothing was sent: the engine was started without an SNS endpoint.";
        return history::ended(engine, &id, "QUEUED", Some(why), 0);
    };
    let topic = def.setting("topic_arn").unwrap_or_default().to_owned();
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
    let addresses = message::addresses(&message::json(integration, "integration configuration")?)?;
    let contents = message::contents(&message)?;
    let mut sent = Vec::with_capacity(addresses.len());
    for address in addresses {
        let target = usable(cx, &address.integration)?;
        let body = message::body(&target.definition()?, &contents, &address)?;
        sent.push((target, body));
    }
    enqueue_all(cx, sent)?;
    Ok("Enqueued notifications".to_owned())
}

/// `SYSTEM$SEND_EMAIL(integration, recipients, subject, text [, type])`.
pub(crate) fn send_email(cx: &Context<'_>, arguments: &[Value]) -> Result<bool> {
    let text = |index: usize| arguments.get(index).and_then(text_of).unwrap_or_default();
    if !(4..=5).contains(&arguments.len()) {
        let wrong = if arguments.len() < 4 { "not enough" } else { "too many" };
        return Err(SqlError::compilation(
            938,
            "22023",
            format_args!("{wrong} arguments for function [SYSTEM$SEND_EMAIL] expected 4, got {}", arguments.len()),
        ));
    }
    let target = usable(cx, text(0))?;
    let def: IntegrationDef = target.definition()?;
    if def.integration_type != "EMAIL" {
        return Err(SqlError::compilation(
            1008,
            "22023",
            format_args!("Integration {} is not of TYPE = EMAIL.", quote(&target.name)),
        ));
    }
    let kind = if text(4).is_empty() { "text/plain" } else { text(4) };
    let recipients: Vec<&str> = text(1).split(',').map(str::trim).filter(|address| !address.is_empty()).collect();
    let options = serde_json::json!({ "subject": text(2), "toAddress": recipients });
    let contents = serde_json::json!({ kind: text(3) });
    let addresses = message::addresses(&[serde_json::json!({ text(0): options })])?;
    let body = message::body(&def, &message::contents(&[contents])?, &addresses[0])?;
    enqueue_all(cx, vec![(target, body)])?;
    Ok(true)
}

/// The integration of a name, which the role may use.
fn usable(cx: &Context<'_>, name: &str) -> Result<Object> {
    let catalog = &cx.engine.catalog;
    let found = match catalog.find(Kind::Integration, None, name, "")? {
        Some(found) => Some(found),
        None => catalog.find(Kind::Integration, None, &name.to_ascii_uppercase(), "")?,
    };
    let usable = found.filter(|object| access::holds(cx, object, &["USAGE"]).unwrap_or(false));
    usable.ok_or_else(|| SqlError::does_not_exist("Integration", quote(name)))
}

fn enqueue_all(cx: &Context<'_>, messages: Vec<(Object, String)>) -> Result<()> {
    let source = if cx.frame.depth > 0 { "STORED_PROCEDURE" } else { "USER" };
    let info = serde_json::json!({ "queryId": cx.frame.query_id });
    messages.into_iter().try_for_each(|(target, body)| enqueue(cx.engine, &target, source, &info, body))
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
