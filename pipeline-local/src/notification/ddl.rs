//! The statements about notification integrations.

use std::sync::LazyLock;

use datafusion::sql::sqlparser::tokenizer::Token;
use regex::Regex;

use super::def::IntegrationDef;
use crate::access;
use crate::auth::{self, ExternalOAuth};
use crate::catalog::{Kind, NewObject, Object, Target};
use crate::exec::{Context, QueryResult, ResultColumn, StatementType, Value};
use crate::listing::Listing;
use crate::parse::{Cursor, quote};
use crate::types::SqlType;
use crate::{Result, SqlError};

static TOPIC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^arn:aws(-us-gov|-cn)?:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$").expect("a valid pattern")
});
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^arn:aws(-us-gov|-cn)?:iam::\d{12}:role/[A-Za-z0-9_+=,.@/-]+$").expect("a valid pattern")
});

/// The properties of CREATE, as given.
#[derive(Default)]
struct Given {
    integration_type: Option<String>,
    direction: Option<String>,
    provider: Option<String>,
    enabled: Option<bool>,
    topic_arn: Option<String>,
    role_arn: Option<String>,
    comment: Option<String>,
}

fn invalid(what: impl std::fmt::Display) -> SqlError {
    SqlError::compilation(1008, "22023", what)
}

fn name_of(cursor: &mut Cursor<'_>) -> Result<String> {
    let name = cursor.object_name()?;
    if name.parts.len() > 1 {
        return Err(invalid(format_args!(
            "Integration {name} belongs to the account; its name has no database and schema."
        )));
    }
    Ok(name.object().to_owned())
}

fn properties(cursor: &mut Cursor<'_>) -> Result<Given> {
    let mut given = Given::default();
    let mut seen: Vec<String> = Vec::new();
    while !cursor.at_end() {
        let Some(name) = cursor.peek_word() else { return Err(cursor.unexpected()) };
        cursor.next_token();
        if seen.contains(&name) {
            return Err(SqlError::compilation(1421, "42601", format_args!("duplicate property '{name}';")));
        }
        cursor.expect(&Token::Eq)?;
        let word = |cursor: &mut Cursor<'_>| match cursor.accept_string() {
            Some(text) => Ok(text.to_ascii_uppercase()),
            None => cursor.identifier(),
        };
        match name.as_str() {
            "ENABLED" => given.enabled = Some(cursor.boolean()?),
            "TYPE" => given.integration_type = Some(word(cursor)?),
            "DIRECTION" => given.direction = Some(word(cursor)?),
            "NOTIFICATION_PROVIDER" => given.provider = Some(word(cursor)?),
            "AWS_SNS_TOPIC_ARN" => given.topic_arn = Some(cursor.string()?),
            "AWS_SNS_ROLE_ARN" => given.role_arn = Some(cursor.string()?),
            "COMMENT" => given.comment = Some(cursor.string()?),
            _ => {
                return Err(SqlError::compilation(
                    1420,
                    "42601",
                    format_args!("invalid property '{name}' for 'NOTIFICATION INTEGRATION' of an SNS topic"),
                ));
            }
        }
        seen.push(name);
        cursor.accept(&Token::Comma);
    }
    check_arns(&given)?;
    Ok(given)
}

fn check_arns(given: &Given) -> Result<()> {
    if let Some(arn) = given.topic_arn.as_deref().filter(|arn| !TOPIC.is_match(arn)) {
        return Err(invalid(format_args!(
            "invalid value [{arn}] for parameter 'AWS_SNS_TOPIC_ARN'; it looks like arn:aws:sns:us-east-1:123456789012:topic"
        )));
    }
    if let Some(arn) = given.role_arn.as_deref().filter(|arn| !ROLE.is_match(arn)) {
        return Err(invalid(format_args!(
            "invalid value [{arn}] for parameter 'AWS_SNS_ROLE_ARN'; it looks like arn:aws:iam::123456789012:role/name"
        )));
    }
    Ok(())
}

pub(super) fn create(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    cursor.expect_keywords("CREATE")?;
    let or_replace = cursor.accept_keywords("OR REPLACE");
    let security = cursor.accept_keyword("SECURITY");
    if !security && !cursor.accept_keyword("NOTIFICATION") {
        let kind = cursor.peek_word().unwrap_or_default();
        return Err(SqlError::unsupported(format_args!("CREATE {kind} INTEGRATION")));
    }
    cursor.expect_keywords("INTEGRATION")?;
    let if_not_exists = cursor.accept_keywords("IF NOT EXISTS");
    if or_replace && if_not_exists {
        return Err(SqlError::compilation(1003, "42000", "OR REPLACE and IF NOT EXISTS cannot be combined."));
    }
    let name = name_of(cursor)?;
    let category = if security { "SECURITY" } else { "NOTIFICATION" };
    let new = if security {
        let (def, comment) = auth::read_definition(cursor)?;
        NewObject::new(Kind::Integration, None, &name, cx.role(), &def)?.comment(&comment)
    } else {
        let (def, comment) = read_definition(cx, cursor)?;
        NewObject::new(Kind::Integration, None, &name, cx.role(), &def)?.comment(&comment)
    };
    let roles = cx.engine.catalog.role_closure(cx.role())?;
    let mut allowed = false;
    for privilege in ["CREATE INTEGRATION", &format!("CREATE {category} INTEGRATION")] {
        allowed |= cx.engine.catalog.has_privilege(&roles, privilege, Target::Account)?;
    }
    if !allowed {
        return Err(SqlError::insufficient_privileges("operate on account: CREATE INTEGRATION is needed"));
    }
    let existing = cx.engine.catalog.find(Kind::Integration, None, &name, "")?;
    if let Some(existing) = existing {
        if if_not_exists {
            return Ok(QueryResult::status(format!("{name} already exists, statement succeeded.")));
        }
        if or_replace {
            access::require(cx, &existing, &[])?;
        }
    }
    if or_replace {
        cx.engine.catalog.create_or_replace(new, false)?;
    } else {
        cx.engine.catalog.create(new)?;
    }
    Ok(QueryResult::status(format!("Integration {name} successfully created.")))
}

/// The definition that CREATE NOTIFICATION INTEGRATION gives, and the comment.
fn read_definition(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<(IntegrationDef, String)> {
    let kind = integration_kind(cursor);
    if let Some(kind) = kind {
        return Err(SqlError::unsupported(format_args!("notification integration of {kind}")));
    }
    let given = properties(cursor)?;
    fn required<T>(value: Option<T>, property: &str) -> Result<T> {
        value.ok_or_else(|| SqlError::compilation(2029, "42601", format_args!("Missing option(s): [{property}]")))
    }
    required(given.integration_type, "TYPE")?;
    required(given.direction, "DIRECTION")?;
    required(given.provider, "NOTIFICATION_PROVIDER")?;
    let comment = given.comment.unwrap_or_default();
    let def = IntegrationDef {
        enabled: required(given.enabled, "ENABLED")?,
        integration_type: "QUEUE".to_owned(),
        direction: "OUTBOUND".to_owned(),
        provider: "AWS_SNS".to_owned(),
        topic_arn: required(given.topic_arn, "AWS_SNS_TOPIC_ARN")?,
        role_arn: required(given.role_arn, "AWS_SNS_ROLE_ARN")?,
        iam_user_arn: "arn:aws:iam::000000000000:user/pipeline-local".to_owned(),
        external_id: format!("{}_SFCRole=1_{}", cx.engine.config.account, uuid::Uuid::new_v4().simple()),
    };
    Ok((def, comment))
}

/// What kind of integration the properties describe, when it is not an outbound SNS topic.
fn integration_kind(cursor: &Cursor<'_>) -> Option<String> {
    let mut ahead = 0;
    while let Some(token) = cursor.peek_at(ahead) {
        let value = match cursor.peek_at(ahead + 2) {
            Some(Token::SingleQuotedString(text)) => Some(text.to_ascii_uppercase()),
            _ => cursor.peek_word_at(ahead + 2),
        };
        if let (Token::Word(word), Some(Token::Eq), Some(value)) = (token, cursor.peek_at(ahead + 1), value) {
            let name = word.value.to_ascii_uppercase();
            let expected = match name.as_str() {
                "TYPE" => "QUEUE",
                "DIRECTION" => "OUTBOUND",
                "NOTIFICATION_PROVIDER" => "AWS_SNS",
                _ => &value,
            };
            if value != expected {
                return Some(format!("{name} = {value}"));
            }
        }
        ahead += 1;
    }
    None
}

fn find(cx: &Context<'_>, name: &str) -> Result<Option<Object>> {
    let found = cx.engine.catalog.find(Kind::Integration, None, name, "")?;
    match found {
        Some(object) if access::holds(cx, &object, &["USAGE"])? => Ok(Some(object)),
        _ => Ok(None),
    }
}

fn accept_category(cursor: &mut Cursor<'_>) {
    if !cursor.accept_keyword("NOTIFICATION") {
        cursor.accept_keyword("SECURITY");
    }
}

fn missing(name: &str) -> SqlError {
    SqlError::does_not_exist("Integration", quote(name))
}

pub(super) fn alter(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    cursor.expect_keywords("ALTER")?;
    accept_category(cursor);
    cursor.expect_keywords("INTEGRATION")?;
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let name = name_of(cursor)?;
    let Some(mut object) = find(cx, &name)? else {
        return if if_exists {
            Ok(QueryResult::status("Statement executed successfully."))
        } else {
            Err(missing(&name))
        };
    };
    access::require(cx, &object, &[])?;
    let mut def: IntegrationDef = object.definition()?;
    let security = ExternalOAuth::of(&object)?;
    if cursor.accept_keywords("UNSET COMMENT") {
        cursor.expect_end()?;
        object.comment = String::new();
    } else {
        cursor.expect_keywords("SET")?;
        if cursor.peek_keyword("TAG") {
            return Err(SqlError::unsupported("ALTER INTEGRATION SET TAG"));
        }
        if let Some(mut security) = security {
            let (comment, _) = auth::read_properties(cursor, &mut security)?;
            object.comment = comment.unwrap_or(object.comment);
            object.set_definition(&security)?;
            cx.engine.catalog.update(&object)?;
            return Ok(QueryResult::status("Statement executed successfully."));
        }
        let given = properties(cursor)?;
        for (property, set) in [
            ("TYPE", given.integration_type.is_some()),
            ("DIRECTION", given.direction.is_some()),
            ("NOTIFICATION_PROVIDER", given.provider.is_some()),
        ] {
            if set {
                return Err(invalid(format_args!("{property} of an integration cannot be changed; create it anew.")));
            }
        }
        def.enabled = given.enabled.unwrap_or(def.enabled);
        def.topic_arn = given.topic_arn.unwrap_or(def.topic_arn);
        def.role_arn = given.role_arn.unwrap_or(def.role_arn);
        object.comment = given.comment.unwrap_or(object.comment);
    }
    if security.is_none() {
        object.set_definition(&def)?;
    }
    cx.engine.catalog.update(&object)?;
    Ok(QueryResult::status("Statement executed successfully."))
}

pub(super) fn drop(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    cursor.expect_keywords("DROP")?;
    accept_category(cursor);
    cursor.expect_keywords("INTEGRATION")?;
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let name = name_of(cursor)?;
    cursor.expect_end()?;
    let Some(object) = find(cx, &name)? else {
        if if_exists {
            return Ok(QueryResult::status("Drop statement executed successfully (object already dropped)."));
        }
        return Err(missing(&name));
    };
    access::require(cx, &object, &[])?;
    cx.engine.catalog.drop(object.id)?;
    Ok(QueryResult::status(format!("{name} successfully dropped.")))
}

pub(super) fn describe(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    cursor.next_token();
    accept_category(cursor);
    cursor.expect_keywords("INTEGRATION")?;
    let name = name_of(cursor)?;
    cursor.expect_end()?;
    let object = find(cx, &name)?.ok_or_else(|| missing(&name))?;
    if let Some(security) = ExternalOAuth::of(&object)? {
        return Ok(auth::describe(security));
    }
    let def: IntegrationDef = object.definition()?;
    let text = |text: &str| Some(text.to_owned());
    let rows: Vec<Vec<Option<String>>> = [
        ("ENABLED", "Boolean", def.enabled.to_string(), "false"),
        ("NOTIFICATION_PROVIDER", "String", def.provider, ""),
        ("DIRECTION", "String", def.direction, "INBOUND"),
        ("AWS_SNS_TOPIC_ARN", "String", def.topic_arn, ""),
        ("AWS_SNS_ROLE_ARN", "String", def.role_arn, ""),
        ("SF_AWS_IAM_USER_ARN", "String", def.iam_user_arn, ""),
        ("SF_AWS_EXTERNAL_ID", "String", def.external_id, ""),
    ]
    .into_iter()
    .map(|(property, kind, value, default)| vec![text(property), text(kind), Some(value), text(default)])
    .collect();
    let names = ["property", "property_type", "property_value", "property_default"];
    Ok(QueryResult::texts(StatementType::Describe, &names, &rows))
}

pub(super) fn show(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    cursor.expect_keywords("SHOW")?;
    let category = cursor.peek_word().filter(|word| ["NOTIFICATION", "SECURITY"].contains(&word.as_str()));
    match cursor.peek_word().as_deref() {
        Some("NOTIFICATION" | "SECURITY") => {
            cursor.next_token();
        }
        Some(kind @ ("API" | "CATALOG" | "EXTERNAL" | "STORAGE")) => {
            return Err(SqlError::unsupported(format_args!("SHOW {kind} INTEGRATIONS")));
        }
        _ => {}
    }
    cursor.expect_keywords("INTEGRATIONS")?;
    let listing = Listing::parse(cursor)?;
    let mut found = Vec::new();
    for object in cx.engine.catalog.list(Kind::Integration, None)? {
        let of_category = match (category.as_deref(), ExternalOAuth::of(&object)?) {
            (Some(category), security) => (category == "SECURITY") == security.is_some(),
            (None, _) => true,
        };
        if of_category && listing.matches(&object.name) && access::holds(cx, &object, &["USAGE"])? {
            found.push(object);
        }
    }
    listing.cut(&mut found);
    let text = |name: &str| ResultColumn::new(name, SqlType::TEXT);
    let columns = vec![
        text("name"),
        text("type"),
        text("category"),
        text("enabled"),
        text("comment"),
        ResultColumn::new("created_on", SqlType::TimestampLtz(3)),
    ];
    let mut rows = Vec::with_capacity(found.len());
    for object in found {
        let def: IntegrationDef = object.definition()?;
        let (kind, category) = match ExternalOAuth::of(&object)? {
            Some(security) => (format!("EXTERNAL_OAUTH - {}", security.server), "SECURITY"),
            None => (format!("{} - {}", def.integration_type, def.provider), "NOTIFICATION"),
        };
        let comment = if object.comment.is_empty() { Value::null(SqlType::TEXT) } else { Value::text(object.comment) };
        rows.push(vec![
            Value::text(object.name),
            Value::text(kind),
            Value::text(category),
            Value::text(def.enabled.to_string()),
            comment,
            crate::listing::timestamp(object.created_at),
        ]);
    }
    QueryResult::rows(StatementType::Show, columns, &rows)
}
