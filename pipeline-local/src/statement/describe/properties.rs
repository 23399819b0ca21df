//! DESCRIBE USER, FILE FORMAT and STAGE, which list properties.

use serde_json::Value as Json;

use crate::auth;
use crate::catalog::Object;
use crate::catalog::def::{FileFormatDef, StageDef, UserDef};
use crate::error::Result;
use crate::statement::{QueryResult, StatementType, ddl};

/// The properties of a user; what this engine has no setting for is as in a new account.
pub(super) fn user(object: &Object) -> Result<QueryResult> {
    let def: UserDef = object.definition()?;
    let key = |place: usize| def.rsa_public_keys.get(place).filter(|key| !key.is_empty());
    let fingerprint = |place: usize| -> Result<Option<String>> {
        key(place).map(|key| Ok(auth::PublicKey::parse(key)?.fingerprint())).transpose()
    };
    let property = |name: &str| def.properties.get(name).cloned();
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let no = || Some("false".to_owned());
    let lock = r#"{"isAdminLocked":false,"isMfaLocked":false,"isPasswordLocked":false,"isSnowflakeLocked":false}"#;
    let rows: Vec<Vec<Option<String>>> = [
        ("NAME", text(&object.name)),
        ("COMMENT", text(&object.comment)),
        ("DISPLAY_NAME", text(&def.display_name)),
        ("TYPE", Some(property("TYPE").map_or_else(|| "PERSON".to_owned(), |kind| kind.to_uppercase()))),
        ("LOGIN_NAME", text(&def.login_name)),
        ("FIRST_NAME", property("FIRST_NAME")),
        ("MIDDLE_NAME", property("MIDDLE_NAME")),
        ("LAST_NAME", property("LAST_NAME")),
        ("EMAIL", property("EMAIL")),
        ("PASSWORD", def.password_hash.as_ref().map(|_| "********".to_owned())),
        ("MUST_CHANGE_PASSWORD", property("MUST_CHANGE_PASSWORD").or_else(no)),
        ("DISABLED", Some(def.disabled.to_string())),
        ("SNOWFLAKE_LOCK", no()),
        ("SNOWFLAKE_SUPPORT", no()),
        ("DAYS_TO_EXPIRY", property("DAYS_TO_EXPIRY")),
        ("MINS_TO_UNLOCK", property("MINS_TO_UNLOCK")),
        ("DEFAULT_WAREHOUSE", def.default_warehouse.clone()),
        ("DEFAULT_NAMESPACE", def.default_namespace.clone()),
        ("DEFAULT_ROLE", def.default_role.clone()),
        ("DEFAULT_SECONDARY_ROLES", text(if def.secondary_roles_all { "[\"ALL\"]" } else { "[]" })),
        ("EXT_AUTHN_DUO", no()),
        ("EXT_AUTHN_UID", None),
        ("HAS_MFA", no()),
        ("HAS_PAT", no()),
        ("HAS_WORKLOAD_IDENTITY", no()),
        ("MINS_TO_BYPASS_MFA", property("MINS_TO_BYPASS_MFA")),
        ("MINS_TO_BYPASS_NETWORK_POLICY", None),
        ("RSA_PUBLIC_KEY", key(0).cloned()),
        ("RSA_PUBLIC_KEY_FP", fingerprint(0)?),
        ("RSA_PUBLIC_KEY_LAST_SET_TIME", None),
        ("RSA_PUBLIC_KEY_2", key(1).cloned()),
        ("RSA_PUBLIC_KEY_2_FP", fingerprint(1)?),
        ("RSA_PUBLIC_KEY_2_LAST_SET_TIME", None),
        ("SCIM_USER_NAME", None),
        ("PASSWORD_LAST_SET_TIME", None),
        ("MINS_TO_BYPASS_SESSION_POLICY", None),
        ("CUSTOM_LANDING_PAGE_URL", None),
        ("CUSTOM_LANDING_PAGE_URL_FLUSH_NEXT_UI_LOAD", no()),
        ("IS_FROM_ORGANIZATION_USER", no()),
        ("ALLOWED_INTERFACES", text("[ALL]")),
        ("LOCK_DETAILS", text(lock)),
    ]
    .into_iter()
    .map(|(name, value)| vec![Some(name.to_owned()), Some(value.unwrap_or_else(|| "null".to_owned())), None, None])
    .collect();
    Ok(QueryResult::texts(StatementType::Describe, &["property", "value", "default", "description"], &rows))
}

/// `property_type` of a property with this default.
fn type_of(default: &Json) -> &'static str {
    match default {
        Json::Bool(_) => "Boolean",
        Json::Number(_) => "Integer",
        Json::Array(_) => "List",
        _ => "String",
    }
}

fn shown(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.replace('\n', "\\n")),
        Json::Array(values) => {
            let texts: Vec<_> = values.iter().filter_map(Json::as_str).collect();
            Some(format!("[{}]", texts.join(", ")))
        }
        other => Some(other.to_string()),
    }
}

/// The options of a file format.
pub(super) fn file_format(object: &Object) -> Result<QueryResult> {
    let def: FileFormatDef = object.definition()?;
    let mut rows = vec![vec![text("TYPE"), text("String"), text(&def.format), text("CSV")]];
    for (name, default) in ddl::format_defaults(&def.format).unwrap_or_default() {
        let value = def.options.get(name).unwrap_or(&default);
        rows.push(vec![text(name), text(type_of(&default)), shown(value), shown(&default)]);
    }
    let columns = ["property", "property_type", "property_value", "property_default"];
    Ok(QueryResult::texts(StatementType::Describe, &columns, &rows))
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// The properties of a stage in their groups.
pub(super) fn stage(object: &Object) -> Result<QueryResult> {
    let def: StageDef = object.definition()?;
    let mut rows = Vec::new();
    let format: Json = match def.properties.get("FILE_FORMAT") {
        Some(written) => serde_json::from_str(written)?,
        None => Json::Null,
    };
    let kind = format.get("TYPE").and_then(Json::as_str).unwrap_or("CSV").to_uppercase();
    rows.push(vec![text("STAGE_FILE_FORMAT"), text("TYPE"), text("String"), text(&kind), text("CSV")]);
    for (name, default) in ddl::format_defaults(&kind).unwrap_or_default() {
        let value = format.get(name).unwrap_or(&default);
        rows.push(vec![text("STAGE_FILE_FORMAT"), text(name), text(type_of(&default)), shown(value), shown(&default)]);
    }
    for (group, name, value) in [
        ("STAGE_LOCATION", "URL", def.url.as_ref().map(|url| serde_json::json!([url]).to_string())),
        ("STAGE_INTEGRATION", "STORAGE_INTEGRATION", def.storage_integration.clone()),
    ] {
        rows.extend(value.map(|value| vec![text(group), text(name), text("String"), Some(value), None]));
    }
    let directory = Some(def.directory.to_string());
    rows.push(vec![text("DIRECTORY"), text("ENABLE"), text("Boolean"), directory, text("false")]);
    let columns = ["parent_property", "property", "property_type", "property_value", "property_default"];
    Ok(QueryResult::texts(StatementType::Describe, &columns, &rows))
}
