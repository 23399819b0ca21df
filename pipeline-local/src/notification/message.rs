//! The arguments of SYSTEM$SEND_SNOWFLAKE_NOTIFICATION and the functions of SNOWFLAKE.NOTIFICATION that build them.

use serde_json::{Value as Json, json};

use super::def::IntegrationDef;
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

/// Where a message goes.
#[derive(Debug, PartialEq)]
pub(super) struct Address {
    /// The integration's name.
    pub(super) integration: String,
    /// What an e-mail is told: `subject`, `toAddress`, `ccAddress`, `bccAddress`.
    pub(super) options: serde_json::Map<String, Json>,
}

/// The integrations with their options, each at most once.
pub(super) fn addresses(configurations: &[Json]) -> Result<Vec<Address>> {
    let mut addresses: Vec<Address> = Vec::new();
    for (name, options) in configurations.iter().filter_map(Json::as_object).flatten() {
        if addresses.iter().any(|other| other.integration == *name) {
            return Err(invalid(format_args!("integration {name} is given more than once.")));
        }
        let options = options.as_object().cloned().unwrap_or_default();
        addresses.push(Address { integration: name.clone(), options });
    }
    if addresses.is_empty() {
        return Err(invalid("no integration is given."));
    }
    Ok(addresses)
}

/// The contents of a message by their types.
pub(super) fn contents(messages: &[Json]) -> Result<Vec<(&str, String)>> {
    let mut contents: Vec<(&str, String)> = Vec::new();
    for (kind, content) in messages.iter().filter_map(Json::as_object).flatten() {
        if !["text/plain", "text/html", "application/json"].contains(&kind.as_str()) {
            return Err(invalid(format_args!(
                "{kind} is no content type; use text/plain, text/html or application/json."
            )));
        }
        if contents.iter().any(|(other, _)| other == kind) {
            return Err(invalid(format_args!("content type {kind} is given more than once.")));
        }
        let text = content.as_str().map_or_else(|| content.to_string(), str::to_owned);
        if kind == "application/json" && serde_json::from_str::<Json>(&text).is_err() {
            return Err(invalid("the content of application/json is not JSON."));
        }
        contents.push((kind, text));
    }
    Ok(contents)
}

/// What an integration gets of a message.
pub(super) fn body(def: &IntegrationDef, contents: &[(&str, String)], address: &Address) -> Result<String> {
    let first = |kinds: &[&str]| {
        kinds.iter().find_map(|kind| contents.iter().find(|(other, _)| other == kind).map(|(_, text)| text.clone()))
    };
    let name = &address.integration;
    if def.integration_type == "EMAIL" {
        let text = first(&["text/html", "text/plain"])
            .ok_or_else(|| invalid("an e-mail takes text/plain or text/html, the message has neither."))?;
        return email(def, address, &text);
    }
    if let Some(option) = address.options.keys().next() {
        return Err(invalid(format_args!("{option} is an option of e-mail integrations, {name} is none.")));
    }
    if def.integration_type == "QUEUE" {
        return first(&["application/json"])
            .ok_or_else(|| invalid("a queue takes application/json, the message has none."));
    }
    let text = first(&["text/plain", "application/json"])
        .ok_or_else(|| invalid("a webhook takes text/plain or application/json, the message has neither."))?;
    Ok(match def.setting("body_template") {
        // The message stands within a JSON text of the template.
        Some(template) => {
            let escaped = Json::from(text).to_string();
            template.replace("SNOWFLAKE_WEBHOOK_MESSAGE", &escaped[1..escaped.len() - 1])
        }
        None => text,
    })
}

/// An e-mail as it is recorded.
fn email(def: &IntegrationDef, address: &Address, text: &str) -> Result<String> {
    let mut mail = serde_json::Map::new();
    let mut recipients = 0;
    for option in ["toAddress", "ccAddress", "bccAddress"] {
        let given = match address.options.get(option) {
            Some(Json::Array(list)) => list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
            None if option == "toAddress" => def.list("default_recipients"),
            None => Vec::new(),
            Some(_) => return Err(invalid(format_args!("{option} must be an array of addresses."))),
        };
        let allowed = def.list("allowed_recipients");
        if let Some(stranger) = given.iter().find(|one| !allowed.is_empty() && !allowed.contains(one)) {
            return Err(invalid(format_args!(
                "{stranger} is not one of ALLOWED_RECIPIENTS of {}.",
                address.integration
            )));
        }
        recipients += given.len();
        mail.insert(option.to_owned(), given.into());
    }
    if recipients == 0 {
        return Err(invalid(format_args!(
            "no recipient is given, and {} has no DEFAULT_RECIPIENTS.",
            address.integration
        )));
    }
    let default = def.setting("default_subject").unwrap_or("Snowflake Email Notification");
    let subject = address.options.get("subject").and_then(Json::as_str).unwrap_or(default);
    if subject.chars().count() > 256 {
        return Err(invalid("the subject is longer than 256 characters."));
    }
    mail.insert("subject".to_owned(), subject.into());
    mail.insert("text".to_owned(), text.into());
    Ok(Json::Object(mail).to_string())
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
        ("EMAIL_INTEGRATION_CONFIG", 3 | 5) => {
            let mut options = serde_json::Map::new();
            if let Some(subject) = arguments.get(1).and_then(text_of) {
                options.insert("subject".to_owned(), subject.into());
            }
            for (index, option) in [(2, "toAddress"), (3, "ccAddress"), (4, "bccAddress")] {
                let list = arguments.get(index).and_then(text_of).map(serde_json::from_str::<Json>);
                match list {
                    None => {}
                    Some(Ok(Json::Null)) => {}
                    Some(Ok(Json::Array(list))) => {
                        options.insert(option.to_owned(), list.into());
                    }
                    Some(_) => {
                        return Err(SqlError::compilation(
                            938,
                            "22023",
                            format_args!("argument {} of SNOWFLAKE.NOTIFICATION.{name} must be an array.", index + 1),
                        ));
                    }
                }
            }
            json!({ text(0)?: options })
        }
        ("EMAIL_INTEGRATION_CONFIG", got) => {
            return Err(SqlError::compilation(
                938,
                "22023",
                format_args!("SNOWFLAKE.NOTIFICATION.{name} takes three or five arguments, not {got}."),
            ));
        }
        ("SANITIZE_WEBHOOK_CONTENT", 1) => {
            return Ok(Value::text(text(0)?.replace("SNOWFLAKE_WEBHOOK_SECRET", "")));
        }
        ("TEXT_PLAIN" | "TEXT_HTML" | "APPLICATION_JSON" | "INTEGRATION" | "SANITIZE_WEBHOOK_CONTENT", got) => {
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

    fn of_type(integration_type: &str, settings: &[(&str, Json)]) -> IntegrationDef {
        IntegrationDef {
            enabled: true,
            integration_type: integration_type.to_owned(),
            direction: String::new(),
            provider: String::new(),
            settings: settings.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
        }
    }

    fn sent(def: &IntegrationDef, message: &str, configuration: &str) -> Result<String> {
        let messages = json(&Value::text(message), "message")?;
        let addresses = addresses(&json(&Value::text(configuration), "configuration")?)?;
        body(def, &contents(&messages)?, &addresses[0])
    }

    #[test]
    fn what_integrations_get() {
        let queue = of_type("QUEUE", &[]);
        let email = of_type("EMAIL", &[("allowed_recipients", json!(["a@x", "b@x"]))]);
        let webhook = of_type("WEBHOOK", &[("body_template", json!(r#"{"text": "SNOWFLAKE_WEBHOOK_MESSAGE"}"#))]);
        for (def, message, configuration, expected) in [
            (&queue, r#"{"application/json":"{\"a\":1}"}"#, r#"{"I":{}}"#, Ok(r#"{"a":1}"#)),
            (&queue, r#"["{\"text/plain\":\"x\"}", {"application/json":{"b":2}}]"#, r#"{"I":{}}"#, Ok(r#"{"b":2}"#)),
            (&queue, r#"{"text/plain":"x"}"#, r#"{"I":{}}"#, Err("a queue takes application/json")),
            (&queue, r#"{"image/png":"x"}"#, r#"{"I":{}}"#, Err("image/png is no content type")),
            (&queue, r#"[{"text/plain":"x"},{"text/plain":"y"}]"#, r#"{"I":{}}"#, Err("given more than once")),
            (&queue, r#"{"application/json":"{"}"#, r#"{"I":{}}"#, Err("is not JSON")),
            (&queue, r#"{"application/json":"1"}"#, r#"{"I":{"subject":"s"}}"#, Err("subject is an option of e-mail")),
            (
                &email,
                r#"{"text/plain":"hi"}"#,
                r#"{"I":{"subject":"s","toAddress":["a@x"]}}"#,
                Ok(r#"{"bccAddress":[],"ccAddress":[],"subject":"s","text":"hi","toAddress":["a@x"]}"#),
            ),
            (&email, r#"{"text/plain":"hi"}"#, r#"{"I":{}}"#, Err("no recipient is given")),
            (
                &email,
                r#"{"text/plain":"hi"}"#,
                r#"{"I":{"toAddress":["c@x"]}}"#,
                Err("c@x is not one of ALLOWED_RECIPIENTS"),
            ),
            (&webhook, r#"{"text/plain":"a \"b\""}"#, r#"{"I":{}}"#, Ok(r#"{"text": "a \"b\""}"#)),
        ] {
            match (sent(def, message, configuration), expected) {
                (Ok(body), Ok(expected)) => assert_eq!(body, expected, "{message}"),
                (Err(error), Err(expected)) => assert!(error.message.contains(expected), "{message}: {error}"),
                (got, expected) => panic!("{message}: {got:?} instead of {expected:?}"),
            }
        }
    }

    #[test]
    fn helpers() {
        let list = Value { sql_type: SqlType::Array, scalar: ScalarValue::LargeUtf8(Some(r#"["a@x"]"#.to_owned())) };
        for (name, arguments, expected) in [
            ("TEXT_PLAIN", vec![Value::text("x")], Some(r#"{"text/plain":"x"}"#)),
            ("INTEGRATION", vec![Value::text("I")], Some(r#"{"I":{}}"#)),
            (
                "EMAIL_INTEGRATION_CONFIG",
                vec![Value::text("I"), Value::text("s"), list.clone()],
                Some(r#"{"I":{"subject":"s","toAddress":["a@x"]}}"#),
            ),
            ("SANITIZE_WEBHOOK_CONTENT", vec![Value::text("a SNOWFLAKE_WEBHOOK_SECRET b")], Some("a  b")),
            ("EMAIL_INTEGRATION_CONFIG", vec![Value::text("I"), Value::text("s"), list.clone(), list], None),
            ("TEXT_PLAIN", vec![], None),
        ] {
            let built = helper(name, &arguments).ok();
            assert_eq!(built.as_ref().and_then(text_of), expected, "{name}");
        }
        assert!(json(&Value::text("subject"), "message").is_err());
    }
}
