//! SHOW STAGES, FILE FORMATS, PIPES and TAGS.

use crate::catalog::def::{FileFormatDef, PipeDef, StageDef, TagDef};
use crate::catalog::{Kind, Object};
use crate::error::Result;
use crate::listing::Listing;
use crate::parse::Cursor;
use crate::statement::{Context, QueryResult};

use super::relations::{Found, find};
use super::{Rows, instant, owner_type, text, truth, yes_no};

pub(super) fn stages(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let listing = Listing::parse(cursor)?;
    let mut rows = Rows::new(&[
        "created_on",
        "name",
        "database_name",
        "schema_name",
        "url",
        "has_credentials",
        "has_encryption_key",
        "owner",
        "comment",
        "region",
        "type",
        "cloud",
        "notification_channel",
        "storage_integration",
        "endpoint",
        "owner_role_type",
        "directory_enabled",
    ]);
    for Found { database, schema, object, .. } in find(cx, &listing, &[Kind::Stage])? {
        let def: StageDef = object.definition()?;
        let cloud = def.url.as_deref().and_then(|url| url.split_once("://")).map(|(scheme, _)| match scheme {
            "gcs" => "GCP",
            "azure" => "AZURE",
            _ => "AWS",
        });
        let kind = match (&def.url, def.temporary) {
            (Some(_), false) => "EXTERNAL",
            (Some(_), true) => "EXTERNAL TEMPORARY",
            (None, false) => "INTERNAL",
            (None, true) => "INTERNAL TEMPORARY",
        };
        rows.push(&[
            ("created_on", instant(object.created_at)),
            ("database_name", text(database)),
            ("schema_name", text(schema)),
            ("url", text(def.url.clone().unwrap_or_default())),
            ("has_credentials", yes_no(def.credentials)),
            ("has_encryption_key", yes_no(def.encryption_key)),
            ("type", text(kind)),
            ("cloud", text(cloud.unwrap_or_default())),
            ("storage_integration", text(def.storage_integration.clone().unwrap_or_default())),
            ("owner_role_type", owner_type(&object.owner)),
            ("directory_enabled", yes_no(def.directory)),
            ("name", text(object.name)),
            ("owner", text(object.owner)),
            ("comment", text(object.comment)),
        ]);
    }
    Ok(rows)
}

pub(super) fn file_formats(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let listing = Listing::parse(cursor)?;
    let mut rows = Rows::new(&[
        "created_on",
        "name",
        "database_name",
        "schema_name",
        "type",
        "owner",
        "comment",
        "format_options",
        "owner_role_type",
    ]);
    for Found { database, schema, object, .. } in find(cx, &listing, &[Kind::FileFormat])? {
        let def: FileFormatDef = object.definition()?;
        rows.push(&[
            ("created_on", instant(object.created_at)),
            ("database_name", text(database)),
            ("schema_name", text(schema)),
            ("format_options", text(crate::statement::ddl::format_options(&def))),
            ("type", text(def.format)),
            ("owner_role_type", owner_type(&object.owner)),
            ("name", text(object.name)),
            ("owner", text(object.owner)),
            ("comment", text(object.comment)),
        ]);
    }
    Ok(rows)
}

fn pipe_rows(found: Vec<Found>) -> Result<Rows> {
    let mut rows = Rows::new(&[
        "created_on",
        "name",
        "database_name",
        "schema_name",
        "definition",
        "owner",
        "notification_channel",
        "comment",
        "integration",
        "pattern",
        "error_integration",
        "owner_role_type",
        "invalid_reason",
        "kind",
        "is_snowflake_managed",
    ]);
    for Found { database, schema, object, .. } in found {
        let def: PipeDef = object.definition()?;
        rows.push(&[
            ("created_on", instant(object.created_at)),
            ("database_name", text(database)),
            ("schema_name", text(schema)),
            ("definition", text(def.definition)),
            ("integration", def.integration.map_or_else(|| super::Value::null(crate::types::SqlType::TEXT), text)),
            (
                "error_integration",
                def.error_integration.map_or_else(|| super::Value::null(crate::types::SqlType::TEXT), text),
            ),
            ("owner_role_type", owner_type(&object.owner)),
            ("kind", text("STAGE")),
            ("is_snowflake_managed", truth(false)),
            ("name", text(object.name)),
            ("owner", text(object.owner)),
            ("comment", text(object.comment)),
        ]);
    }
    Ok(rows)
}

pub(super) fn pipes(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let listing = Listing::parse(cursor)?;
    pipe_rows(find(cx, &listing, &[Kind::Pipe])?)
}

/// DESCRIBE PIPE: the row of SHOW PIPES.
pub(in crate::statement) fn describe_pipe(cx: &Context<'_>, object: Object) -> Result<QueryResult> {
    let (database, schema) = cx.engine.catalog.containers(&object)?;
    pipe_rows(vec![Found { database: database.name, schema: schema.name, object, dropped_on: None }])?.finish(None)
}

pub(super) fn tags(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let listing = Listing::parse(cursor)?;
    let mut rows = Rows::new(&[
        "created_on",
        "name",
        "database_name",
        "schema_name",
        "owner",
        "comment",
        "allowed_values",
        "owner_role_type",
        "propagate",
        "on_conflict",
        "multi_value",
    ]);
    for Found { database, schema, object, .. } in find(cx, &listing, &[Kind::Tag])? {
        let def: TagDef = object.definition()?;
        let allowed = match def.allowed_values.is_empty() {
            true => super::Value::null(crate::types::SqlType::TEXT),
            false => text(serde_json::to_string(&def.allowed_values)?),
        };
        rows.push(&[
            ("created_on", instant(object.created_at)),
            ("database_name", text(database)),
            ("schema_name", text(schema)),
            ("allowed_values", allowed),
            ("owner_role_type", owner_type(&object.owner)),
            ("propagate", text(def.propagate.unwrap_or_else(|| "NONE".to_owned()))),
            ("on_conflict", text(def.on_conflict.unwrap_or_else(|| "NULL".to_owned()))),
            ("multi_value", truth(false)),
            ("name", text(object.name)),
            ("owner", text(object.owner)),
            ("comment", text(object.comment)),
        ]);
    }
    Ok(rows)
}
