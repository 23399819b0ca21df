//! The statements about notification integrations.

use std::collections::BTreeMap;

use datafusion::sql::sqlparser::tokenizer::Token;
use serde_json::Value as Json;

use super::def::IntegrationDef;
use super::kind::IntegrationKind;
use crate::access;
use crate::auth::{self, ExternalOAuth};
use crate::catalog::{Kind, NewObject, Object, Target};
use crate::exec::{Context, QueryResult, ResultColumn, StatementType, Value};
use crate::listing::Listing;
use crate::parse::{Cursor, quote};
use crate::types::SqlType;
use crate::{Result, SqlError};

/// The properties of a statement, as given.
#[derive(Default)]
struct Given {
    enabled: Option<bool>,
    settings: BTreeMap<String, Json>,
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

/// The properties that say what kind of integration it is.
const KIND_PROPERTIES: [&str; 3] = ["TYPE", "DIRECTION", "NOTIFICATION_PROVIDER"];

/// What the statement says about the kind: TYPE, DIRECTION and NOTIFICATION_PROVIDER may stand anywhere.
fn kind_of(cursor: &Cursor<'_>) -> Result<(&'static IntegrationKind, bool)> {
    let mut given: BTreeMap<&str, String> = BTreeMap::new();
    let mut ahead = 0;
    while let Some(token) = cursor.peek_at(ahead) {
        let value = match cursor.peek_at(ahead + 2) {
            Some(Token::SingleQuotedString(text)) => Some(text.to_ascii_uppercase()),
            _ => cursor.peek_word_at(ahead + 2),
        };
        if let (Token::Word(word), Some(Token::Eq), Some(value)) = (token, cursor.peek_at(ahead + 1), value)
            && let Some(name) = KIND_PROPERTIES.into_iter().find(|name| word.value.eq_ignore_ascii_case(name))
        {
            given.insert(name, value);
        }
        ahead += 1;
    }
    let integration_type = required(given.get("TYPE"), "TYPE")?;
    let kind = IntegrationKind::find(integration_type, given.get("NOTIFICATION_PROVIDER").map(String::as_str))?;
    if kind.provider.is_some() {
        let direction = required(given.get("DIRECTION"), "DIRECTION")?;
        if direction != "OUTBOUND" {
            return Err(SqlError::unsupported(format_args!("notification integration of DIRECTION = {direction}")));
        }
    }
    Ok((kind, kind.provider.is_some()))
}

fn required<T>(value: Option<T>, property: &str) -> Result<T> {
    value.ok_or_else(|| SqlError::compilation(2029, "42601", format_args!("Missing option(s): [{property}]")))
}

fn properties(cursor: &mut Cursor<'_>, kind: &IntegrationKind, creating: bool) -> Result<Given> {
    let mut given = Given::default();
    let mut seen: Vec<String> = Vec::new();
    while !cursor.at_end() {
        let Some(name) = cursor.peek_word() else { return Err(cursor.unexpected()) };
        cursor.next_token();
        if seen.contains(&name) {
            return Err(SqlError::compilation(1421, "42601", format_args!("duplicate property '{name}';")));
        }
        cursor.expect(&Token::Eq)?;
        match name.as_str() {
            "ENABLED" => given.enabled = Some(cursor.boolean()?),
            "COMMENT" => given.comment = Some(cursor.string()?),
            name if KIND_PROPERTIES.contains(&name) => {
                if !creating {
                    return Err(invalid(format_args!("{name} of an integration cannot be changed; create it anew.")));
                }
                if name != "TYPE" && kind.provider.is_none() {
                    return Err(unknown(name, kind));
                }
                cursor.next_token();
            }
            name => {
                let property = kind.property(name).ok_or_else(|| unknown(name, kind))?;
                given.settings.insert(property.key.to_owned(), property.read(cursor)?);
            }
        }
        seen.push(name);
        cursor.accept(&Token::Comma);
    }
    Ok(given)
}

fn unknown(name: &str, kind: &IntegrationKind) -> SqlError {
    let of = kind.provider.unwrap_or(kind.integration_type);
    SqlError::compilation(
        1420,
        "42601",
        format_args!("invalid property '{name}' for 'NOTIFICATION INTEGRATION' of {of}"),
    )
}

/// What the properties of an integration must hold together.
fn check(def: &IntegrationDef) -> Result<()> {
    let headers = def.settings.get("headers").map(Json::to_string).unwrap_or_default().to_ascii_lowercase();
    if def.setting("body_template").is_some() && !headers.contains("\"content-type\"") {
        return Err(invalid("WEBHOOK_BODY_TEMPLATE needs WEBHOOK_HEADERS with a Content-Type."));
    }
    let allowed = def.list("allowed_recipients");
    let stranger = def.list("default_recipients").into_iter().find(|address| !allowed.contains(address));
    match stranger {
        Some(address) if !allowed.is_empty() => {
            Err(invalid(format_args!("{address} of DEFAULT_RECIPIENTS is not one of ALLOWED_RECIPIENTS.")))
        }
        _ => Ok(()),
    }
}

/// What the engine makes up for an integration, new with every CREATE.
fn generate(cx: &Context<'_>, kind: &IntegrationKind, settings: &mut BTreeMap<String, Json>) {
    let unique = uuid::Uuid::new_v4().simple().to_string();
    let account = &cx.engine.config.account;
    for (_, key) in kind.generated {
        let value = match *key {
            "iam_user_arn" => "arn:aws:iam::000000000000:user/pipeline-local".to_owned(),
            "external_id" => format!("{account}_SFCRole=1_{unique}"),
            "service_account" => format!("{unique}@pipeline-local.iam.gserviceaccount.com"),
            "consent_url" => {
                let tenant = settings.get("tenant_id").and_then(Json::as_str).unwrap_or_default();
                format!("https://login.microsoftonline.com/{tenant}/oauth2/authorize?client_id={unique}")
            }
            _ => format!("pipeline-local_{unique}"),
        };
        settings.insert((*key).to_owned(), value.into());
    }
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
    let (kind, queue) = kind_of(cursor)?;
    let mut given = properties(cursor, kind, true)?;
    for property in kind.properties.iter().filter(|property| property.required) {
        required(given.settings.get(property.key), property.name)?;
    }
    let enabled = required(given.enabled, "ENABLED")?;
    generate(cx, kind, &mut given.settings);
    let def = IntegrationDef {
        enabled,
        integration_type: kind.integration_type.to_owned(),
        direction: if queue { "OUTBOUND".to_owned() } else { String::new() },
        provider: kind.provider.unwrap_or_default().to_owned(),
        settings: given.settings,
    };
    check(&def)?;
    Ok((def, given.comment.unwrap_or_default()))
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
    let security = ExternalOAuth::of(&object)?;
    if let Some(mut security) = security {
        if cursor.accept_keywords("UNSET COMMENT") {
            cursor.expect_end()?;
            object.comment = String::new();
        } else {
            cursor.expect_keywords("SET")?;
            if cursor.peek_keyword("TAG") {
                return Err(SqlError::unsupported("ALTER INTEGRATION SET TAG"));
            }
            let (comment, _) = auth::read_properties(cursor, &mut security)?;
            object.comment = comment.unwrap_or(object.comment);
            object.set_definition(&security)?;
        }
        cx.engine.catalog.update(&object)?;
        return Ok(QueryResult::status("Statement executed successfully."));
    }
    let mut def: IntegrationDef = object.definition()?;
    let kind = IntegrationKind::of(&def)?;
    if cursor.accept_keyword("UNSET") {
        while !cursor.at_end() {
            let name = cursor.identifier()?;
            match kind.property(&name) {
                _ if name == "COMMENT" => object.comment = String::new(),
                Some(property) if !property.required => {
                    def.settings.remove(property.key);
                }
                _ => return Err(unknown(&name, kind)),
            }
            cursor.accept(&Token::Comma);
        }
    } else {
        cursor.expect_keywords("SET")?;
        if cursor.peek_keyword("TAG") {
            return Err(SqlError::unsupported("ALTER INTEGRATION SET TAG"));
        }
        let given = properties(cursor, kind, false)?;
        def.enabled = given.enabled.unwrap_or(def.enabled);
        def.settings.extend(given.settings);
        object.comment = given.comment.unwrap_or(object.comment);
    }
    check(&def)?;
    object.set_definition(&def)?;
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
            return Ok(QueryResult::already_dropped(&name));
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
    let kind = IntegrationKind::of(&def)?;
    let mut rows = vec![("ENABLED", "Boolean", def.enabled.to_string(), "false")];
    if kind.provider.is_some() {
        rows.push(("NOTIFICATION_PROVIDER", "String", def.provider.clone(), ""));
        rows.push(("DIRECTION", "String", def.direction.clone(), "INBOUND"));
    }
    for property in kind.properties {
        let value = def.settings.get(property.key).map(|value| property.shown(value)).unwrap_or_default();
        rows.push((property.name, property.property_type(), value, ""));
    }
    for (name, key) in kind.generated {
        rows.push((name, "String", def.setting(key).unwrap_or_default().to_owned(), ""));
    }
    let text = |text: &str| Some(text.to_owned());
    let rows: Vec<Vec<Option<String>>> = rows
        .into_iter()
        .map(|(property, kind, value, default)| vec![text(property), text(kind), Some(value), text(default)])
        .collect();
    let names = ["property", "property_type", "property_value", "property_default"];
    Ok(QueryResult::texts(StatementType::Describe, &names, &rows))
}

pub(super) fn show(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    cursor.expect_keywords("SHOW")?;
    // There are none of the categories that nothing here creates.
    let category = ["NOTIFICATION", "SECURITY", "API", "CATALOG", "EXTERNAL ACCESS", "STORAGE"]
        .into_iter()
        .find(|category| cursor.accept_keywords(category));
    cursor.expect_keywords("INTEGRATIONS")?;
    let listing = Listing::parse(cursor)?;
    let mut found = Vec::new();
    for object in cx.engine.catalog.list(Kind::Integration, None)? {
        let own = if ExternalOAuth::of(&object)?.is_some() { "SECURITY" } else { "NOTIFICATION" };
        let of_category = category.is_none_or(|category| category == own);
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
            None if def.provider.is_empty() => (def.integration_type, "NOTIFICATION"),
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
