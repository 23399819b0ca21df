//! Stages: CREATE and ALTER. They hold no files here.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-stage>

use crate::catalog::def::StageDef;
use crate::catalog::{Kind, NewObject, TagSlot};
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::statement::{Context, QueryResult};
use crate::tag;

use super::options::unknown;
use super::property::{self, Property, Setting};
use super::target::{existing, renamed};
use super::{Creation, already_exists, altered};

/// The schemes that URL of an external stage begins with.
const SCHEMES: [&str; 5] = ["s3://", "s3gov://", "gcs://", "azure://", "s3compat://"];

pub(super) fn create(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, creation: &Creation) -> Result<QueryResult> {
    creation.refuse(&["TRANSIENT", "SECURE"])?;
    let (name, if_not_exists) = creation.name(cursor)?;
    let mut def = StageDef { temporary: creation.temporary, ..StageDef::default() };
    let mut tags = tag::Tags::new();
    let comment = properties(cursor, &mut def, &mut tags)?.unwrap_or_default();
    let schema = cx.schema_of(&name, "CREATE STAGE")?;
    if if_not_exists && cx.find_object(Kind::Stage, &name, "CREATE STAGE")?.is_some() {
        return Ok(already_exists(name.object()));
    }
    cx.require("CREATE STAGE", &schema)?;
    let new = NewObject::new(Kind::Stage, Some(schema.id), name.object(), cx.role(), &def)?.comment(&comment);
    if creation.or_alter {
        tag::forbid_or_alter(&tags, Kind::Stage)?;
    }
    let new = new.tags(tag::resolve(cx, &tags, TagSlot::Object)?);
    let new = creation.in_session(cx, new);
    let existed = creation.or_alter && cx.find_object(Kind::Stage, &name, "CREATE STAGE")?.is_some();
    let (object, result) = creation.finish(cx, new, false)?;
    if existed {
        return Ok(result);
    }
    Ok(QueryResult::status(format!("Stage area {} successfully created.", crate::parse::quote(&object.name))))
}

/// Reads what follows the name; the comment, when there is one.
fn properties(cursor: &mut Cursor<'_>, def: &mut StageDef, tags: &mut tag::Tags) -> Result<Option<String>> {
    let mut comment = None;
    while !cursor.at_end() {
        if tag::accept(cursor, tags)? {
            continue;
        }
        let Some(Property { name, value }) = property::accept(cursor)? else { return Err(unknown(cursor, "STAGE")) };
        match name.as_str() {
            "URL" => {
                let url = value.text();
                if !SCHEMES.iter().any(|scheme| url.to_ascii_lowercase().starts_with(scheme)) {
                    return Err(SqlError::compilation(
                        1008,
                        "22023",
                        format_args!("invalid URL '{url}' of a stage; it begins with {}", SCHEMES.join(", ")),
                    ));
                }
                def.url = Some(url);
            }
            "STORAGE_INTEGRATION" => def.storage_integration = Some(value.text()),
            "CREDENTIALS" => def.credentials = true,
            "DIRECTORY" => def.directory = within(&value, "ENABLE").and_then(Setting::truth).unwrap_or(false),
            "ENCRYPTION" => {
                def.encryption_key = within(&value, "MASTER_KEY").is_some() || within(&value, "KMS_KEY_ID").is_some();
                let kind = within(&value, "TYPE").map(Setting::text).unwrap_or_default();
                def.properties.insert("ENCRYPTION".to_owned(), kind);
            }
            "FILE_FORMAT" | "COPY_OPTIONS" => {
                def.properties.insert(name, value.json().to_string());
            }
            "COMMENT" => comment = Some(value.text()),
            other => {
                return Err(SqlError::compilation(
                    1420,
                    "22023",
                    format_args!("invalid property '{other}' for 'STAGE'"),
                ));
            }
        }
    }
    Ok(comment)
}

fn within<'p>(value: &'p Setting, name: &str) -> Option<&'p Setting> {
    match value {
        Setting::Properties(properties) => {
            properties.iter().find(|property| property.name == name).map(|property| &property.value)
        }
        _ => None,
    }
}

pub(super) fn alter(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let Some(mut object) = existing(cx, cursor, Kind::Stage)? else { return Ok(altered()) };
    if renamed(cx, cursor, &object)? {
        return Ok(altered());
    }
    if cursor.accept_keyword("REFRESH") {
        return Err(SqlError::unsupported("ALTER STAGE ... REFRESH: stages hold no files here"));
    }
    cursor.expect_keywords("SET")?;
    let mut def: StageDef = object.definition()?;
    let mut tags = tag::Tags::new();
    if let Some(comment) = properties(cursor, &mut def, &mut tags)? {
        object.comment = comment;
    }
    if !tags.is_empty() {
        return Err(SqlError::syntax("Tags of a stage are set with ALTER STAGE ... SET TAG name = 'value'."));
    }
    object.set_definition(&def)?;
    cx.engine.catalog.update(&object)?;
    Ok(altered())
}
