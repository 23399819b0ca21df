//! The arguments of SYSTEM$SEND_SNOWFLAKE_NOTIFICATION and the functions of SNOWFLAKE.NOTIFICATION that build them.

use serde_json::{Value as Json, json};

use super::text_of;
use crate::exec::Value;
use crate::types::SqlType;
use crate::{Result, SqlError};
use datafusion::common::ScalarValue;

fn invalid(what: impl std::fmt::Display) -> SqlError {
    SqlError::new(98301, "22023", format!("SYSTEM$SEND_SNOWFLAKE_NOTIFICATION: {what}"))
}

/// The objects of an argument: one JSON object, or an array of them (or of their texts).
pub(super) fn json(value: &Value, what: &str) -> Result<Vec<Json>> {
    let text = text_of(value).ok_or_else(|| invalid(format_args!("the {what} is NULL or not a text.")))?;
    let parsed: Json =
        serde_json::from_str(text).map_err(|error| invalid(format_args!("the {what} is not JSON: {error}.")))?;
    let items = match parsed {
        Json::Array(items) => items,
        other => vec![other],
    };
    items
        .into_iter()
        .map(|item| match item {
            Json::Object(_) => Ok(item),
            Json::String(text) => match serde_json::from_str(&text) {
                Ok(object @ Json::Object(_)) => Ok(object),
                _ => Err(invalid(format_args!("the {what} is not a JSON object: {text}."))),
            },
            other => Err(invalid(format_args!("the {what} is not a JSON object: {other}."))),
        })
        .collect()
}

/// The names of the integrations, each at most once.
pub(super) fn integrations(configurations: &[Json]) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for configuration in configurations {
        let Some(object) = configuration.as_object() else { continue };
        for (name, options) in object {
            if names.contains(name) {
                return Err(invalid(format_args!("integration {name} is given more than once.")));
            }
            if let Some(option) = options.as_object().and_then(|options| options.keys().next()) {
                return Err(invalid(format_args!("{option} is an option of e-mail integrations, {name} is a queue.")));
            }
            names.push(name.clone());
        }
    }
    if names.is_empty() {
        return Err(invalid("no integration is given."));
    }
    Ok(names)
}

/// What a queue gets of a message: its `application/json`.
pub(super) fn for_queue(messages: &[Json]) -> Result<String> {
    let mut seen: Vec<&str> = Vec::new();
    let mut body = None;
    for (kind, content) in messages.iter().filter_map(Json::as_object).flatten() {
        if !["text/plain", "text/html", "application/json"].contains(&kind.as_str()) {
            return Err(invalid(format_args!(
                "{kind} is no content type; use text/plain, text/html or application/json."
            )));
        }
        if seen.contains(&kind.as_str()) {
            return Err(invalid(format_args!("content type {kind} is given more than once.")));
        }
        seen.push(kind);
        if kind == "application/json" {
            let text = content.as_str().map_or_else(|| content.to_string(), str::to_owned);
            if serde_json::from_str::<Json>(&text).is_err() {
                return Err(invalid("the content of application/json is not JSON."));
            }
            body = Some(text);
        }
    }
    body.ok_or_else(|| invalid("a queue takes application/json, the message has none."))
}

/// A function of SNOWFLAKE.NOTIFICATION that builds an argument.
pub(crate) fn helper(name: &str, arguments: &[Value]) -> Result<Value> {
    let text = |index: usize| {
        arguments.get(index).and_then(text_of).ok_or_else(|| {
            SqlError::compilation(
                938,
                "22023",
                format_args!("argument {} of SNOWFLAKE.NOTIFICATION.{name} must be a text.", index + 1),
            )
        })
    };
    let built = match (name, arguments.len()) {
        ("TEXT_PLAIN", 1) => json!({ "text/plain": text(0)? }),
        ("TEXT_HTML", 1) => json!({ "text/html": text(0)? }),
        ("APPLICATION_JSON", 1) => json!({ "application/json": text(0)? }),
        ("INTEGRATION", 1) => json!({ text(0)?: {} }),
        ("TEXT_PLAIN" | "TEXT_HTML" | "APPLICATION_JSON" | "INTEGRATION", got) => {
            return Err(SqlError::compilation(
                938,
                "22023",
                format_args!("SNOWFLAKE.NOTIFICATION.{name} takes one argument, not {got}."),
            ));
        }
        _ => return Err(SqlError::unsupported(format_args!("SNOWFLAKE.NOTIFICATION.{name}"))),
    };
    Ok(Value { sql_type: SqlType::Variant, scalar: ScalarValue::LargeUtf8(Some(built.to_string())) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        let message = helper("APPLICATION_JSON", &[Value::text("{\"a\":1}")]).unwrap();
        assert_eq!(for_queue(&json(&message, "message").unwrap()).unwrap(), "{\"a\":1}");
        let target = helper("INTEGRATION", &[Value::text("I")]).unwrap();
        assert_eq!(integrations(&json(&target, "x").unwrap()).unwrap(), ["I"]);
        let both = Value::text("[\"{\\\"text/plain\\\":\\\"x\\\"}\", {\"application/json\":{\"b\":2}}]");
        assert_eq!(for_queue(&json(&both, "message").unwrap()).unwrap(), "{\"b\":2}");
        for (text, expected) in [
            ("{\"text/plain\":\"x\"}", "a queue takes application/json"),
            ("{\"image/png\":\"x\"}", "image/png is no content type"),
            ("[{\"application/json\":\"{}\"},{\"application/json\":\"{}\"}]", "given more than once"),
            ("{\"application/json\":\"{\"}", "is not JSON"),
        ] {
            let error = for_queue(&json(&Value::text(text), "message").unwrap()).expect_err(text);
            assert!(error.message.contains(expected), "{text}: {error}");
        }
        assert!(json(&Value::text("subject"), "message").is_err());
        assert!(helper("TEXT_PLAIN", &[]).is_err());
    }
}
