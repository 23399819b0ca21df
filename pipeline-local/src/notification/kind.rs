//! The kinds of notification integrations and their properties.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-notification-integration>

use std::sync::LazyLock;

use datafusion::sql::sqlparser::tokenizer::Token;
use regex::Regex;
use serde_json::Value as Json;

use super::def::IntegrationDef;
use crate::parse::Cursor;
use crate::{Result, SqlError};

/// How a property is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `'text'`.
    Text,
    /// The name of a secret.
    Name,
    /// `('a', 'b')`.
    List,
    /// `('name' = 'value')`.
    Pairs,
}

/// A property of one kind of integration.
pub(super) struct Property {
    /// As SQL writes it.
    pub(super) name: &'static str,
    /// Its key in [`IntegrationDef::settings`].
    pub(super) key: &'static str,
    pub(super) required: bool,
    pub(super) shape: Shape,
    /// What a value must look like, and an example.
    check: Option<(&'static LazyLock<Regex>, &'static str)>,
}

/// A kind of integration.
pub(super) struct IntegrationKind {
    pub(super) integration_type: &'static str,
    /// NOTIFICATION_PROVIDER; only queues have one.
    pub(super) provider: Option<&'static str>,
    pub(super) properties: &'static [Property],
    /// What DESCRIBE shows besides: the property and its key.
    pub(super) generated: &'static [(&'static str, &'static str)],
}

macro_rules! pattern {
    ($name:ident, $pattern:literal) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("a valid pattern"));
    };
}

pattern!(TOPIC, r"^arn:aws(-us-gov|-cn)?:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$");
pattern!(ROLE, r"^arn:aws(-us-gov|-cn)?:iam::\d{12}:role/[A-Za-z0-9_+=,.@/-]+$");
pattern!(PUBSUB, r"^projects/[a-z][a-z0-9:.-]{4,}/topics/[A-Za-z][A-Za-z0-9._~+%-]{2,254}$");
pattern!(EVENT_GRID, r"^https://[A-Za-z0-9.-]+/api/events$");
pattern!(SUBJECT, r"^(?s).{0,256}$");
pattern!(
    WEBHOOK,
    r"^https://(hooks\.slack\.com/services/|events\.pagerduty\.com/v2/enqueue$|[A-Za-z0-9.-]+\.(webhook\.office\.com|logic\.azure\.com|powerplatform\.com|service-now\.com|atlassian\.net|atlassian\.com)/)[^:]*$"
);

const fn text(name: &'static str, key: &'static str, check: (&'static LazyLock<Regex>, &'static str)) -> Property {
    Property { name, key, required: true, shape: Shape::Text, check: Some(check) }
}

const fn optional(name: &'static str, key: &'static str, shape: Shape) -> Property {
    Property { name, key, required: false, shape, check: None }
}

/// Every kind that can be created.
pub(super) const KINDS: [IntegrationKind; 5] = [
    IntegrationKind {
        integration_type: "QUEUE",
        provider: Some("AWS_SNS"),
        properties: &[
            text("AWS_SNS_TOPIC_ARN", "topic_arn", (&TOPIC, "arn:aws:sns:us-east-1:123456789012:topic")),
            text("AWS_SNS_ROLE_ARN", "role_arn", (&ROLE, "arn:aws:iam::123456789012:role/name")),
        ],
        generated: &[("SF_AWS_IAM_USER_ARN", "iam_user_arn"), ("SF_AWS_EXTERNAL_ID", "external_id")],
    },
    IntegrationKind {
        integration_type: "QUEUE",
        provider: Some("GCP_PUBSUB"),
        properties: &[text("GCP_PUBSUB_TOPIC_NAME", "topic_name", (&PUBSUB, "projects/my-project/topics/my-topic"))],
        generated: &[("GCP_PUBSUB_SERVICE_ACCOUNT", "service_account")],
    },
    IntegrationKind {
        integration_type: "QUEUE",
        provider: Some("AZURE_EVENT_GRID"),
        properties: &[
            text(
                "AZURE_EVENT_GRID_TOPIC_ENDPOINT",
                "topic_endpoint",
                (&EVENT_GRID, "https://topic.region-1.eventgrid.azure.net/api/events"),
            ),
            Property { name: "AZURE_TENANT_ID", key: "tenant_id", required: true, shape: Shape::Text, check: None },
        ],
        generated: &[("AZURE_CONSENT_URL", "consent_url"), ("AZURE_MULTI_TENANT_APP_NAME", "app_name")],
    },
    IntegrationKind {
        integration_type: "EMAIL",
        provider: None,
        properties: &[
            optional("ALLOWED_RECIPIENTS", "allowed_recipients", Shape::List),
            optional("DEFAULT_RECIPIENTS", "default_recipients", Shape::List),
            Property {
                name: "DEFAULT_SUBJECT",
                key: "default_subject",
                required: false,
                shape: Shape::Text,
                check: Some((&SUBJECT, "a text of at most 256 characters")),
            },
        ],
        generated: &[],
    },
    IntegrationKind {
        integration_type: "WEBHOOK",
        provider: None,
        properties: &[
            text("WEBHOOK_URL", "url", (&WEBHOOK, "https://hooks.slack.com/services/SNOWFLAKE_WEBHOOK_SECRET")),
            optional("WEBHOOK_SECRET", "secret", Shape::Name),
            optional("WEBHOOK_BODY_TEMPLATE", "body_template", Shape::Text),
            optional("WEBHOOK_HEADERS", "headers", Shape::Pairs),
        ],
        generated: &[],
    },
];

impl IntegrationKind {
    /// The kind of an integration that exists.
    pub(super) fn of(def: &IntegrationDef) -> Result<&'static Self> {
        Self::find(
            &def.integration_type,
            Some(&def.provider).filter(|provider| !provider.is_empty()).map(String::as_str),
        )
    }

    /// The kind with this TYPE and NOTIFICATION_PROVIDER.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn find(integration_type: &str, provider: Option<&str>) -> Result<&'static Self> {
        if !KINDS.iter().any(|kind| kind.integration_type == integration_type) {
            return Err(SqlError::unsupported(format_args!("notification integration of TYPE = {integration_type}")));
        }
        let found = KINDS.iter().find(|kind| kind.integration_type == integration_type && kind.provider == provider);
        found.ok_or_else(|| match provider {
            None => SqlError::compilation(2029, "42601", "Missing option(s): [NOTIFICATION_PROVIDER]"),
            Some(provider) => SqlError::unsupported(format_args!(
                "notification integration of NOTIFICATION_PROVIDER = {provider} and TYPE = {integration_type}"
            )),
        })
    }

    pub(super) fn property(&self, name: &str) -> Option<&'static Property> {
        self.properties.iter().find(|property| property.name == name)
    }
}

impl Property {
    /// Reads the value after `=`.
    pub(super) fn read(&self, cursor: &mut Cursor<'_>) -> Result<Json> {
        match self.shape {
            Shape::Text => {
                let value = cursor.string()?;
                match self.check {
                    Some((pattern, example)) if !pattern.is_match(&value) => Err(SqlError::compilation(
                        1008,
                        "22023",
                        format_args!("invalid value [{value}] for parameter '{}'; it looks like {example}", self.name),
                    )),
                    _ => Ok(value.into()),
                }
            }
            Shape::Name => Ok(cursor.object_name()?.to_string().into()),
            Shape::List => {
                let items = items(cursor, |cursor| Ok(Json::from(cursor.string()?)))?;
                if items.len() > 50 {
                    return Err(SqlError::compilation(
                        1008,
                        "22023",
                        format_args!("{} can hold at most 50 addresses, not {}.", self.name, items.len()),
                    ));
                }
                Ok(items.into())
            }
            Shape::Pairs => {
                let items = items(cursor, |cursor| {
                    let name = cursor.string()?;
                    cursor.expect(&Token::Eq)?;
                    Ok(serde_json::json!([name, cursor.string()?]))
                })?;
                Ok(items.into())
            }
        }
    }

    /// The type that DESCRIBE shows.
    pub(super) fn property_type(&self) -> &'static str {
        if self.shape == Shape::List { "List" } else { "String" }
    }

    /// A value as DESCRIBE shows it.
    pub(super) fn shown(&self, value: &Json) -> String {
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let joined = |items: &Json, separator: &str| {
            items.as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join(separator)
        };
        match self.shape {
            Shape::Text | Shape::Name => text(value),
            Shape::List => joined(value, ","),
            Shape::Pairs => {
                value.as_array().into_iter().flatten().map(|pair| joined(pair, "=")).collect::<Vec<_>>().join(",")
            }
        }
    }
}

fn items<T>(cursor: &mut Cursor<'_>, item: impl Fn(&mut Cursor<'_>) -> Result<T>) -> Result<Vec<T>> {
    let mut items = Vec::new();
    cursor.expect(&Token::LParen)?;
    while !cursor.accept(&Token::RParen) {
        if !items.is_empty() {
            cursor.expect(&Token::Comma)?;
        }
        items.push(item(cursor)?);
    }
    Ok(items)
}
