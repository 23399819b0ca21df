//! SHOW DATABASES and SHOW SCHEMAS.

use crate::catalog::def::{DatabaseDef, SchemaDef};
use crate::catalog::{Kind, Object, ObjectId};
use crate::clock::Micros;
use crate::error::Result;
use crate::listing::Listing;
use crate::parse::Cursor;
use crate::statement::Context;

use super::{Rows, dropped, instant, owner_type, text, truth, yes_no};

pub(super) fn databases(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let history = cursor.accept_keyword("HISTORY");
    let listing = Listing::parse(cursor)?;
    let mut rows = Rows::new(&[
        "created_on",
        "name",
        "is_default",
        "is_current",
        "origin",
        "owner",
        "comment",
        "options",
        "retention_time",
        "kind",
        "owner_role_type",
        "object_visibility",
        "data_quality_monitoring_settings",
        "resharing_settings",
    ])
    .with_dropped(history)
    .terse(&["created_on", "name", "kind", "database_name", "schema_name"]);
    let mut found = Vec::new();
    for (database, dropped_on) in even_dropped(cx, Kind::Database, None, history)? {
        if listing.matches(&database.name) && cx.sees(&database)? {
            found.push((database, dropped_on));
        }
    }
    listing.cut(&mut found);
    for (database, dropped_on) in found {
        let def: DatabaseDef = database.definition()?;
        rows.push(&[
            ("created_on", instant(database.created_at)),
            ("dropped_on", dropped(dropped_on)),
            ("is_default", text("N")),
            ("is_current", yes_no(cx.database() == Some(database.name.as_str()))),
            ("origin", text("")),
            ("options", text(if def.transient { "TRANSIENT" } else { "" })),
            ("retention_time", text(def.retention_days.unwrap_or(1).to_string())),
            ("kind", text("STANDARD")),
            ("owner_role_type", owner_type(&database.owner)),
            ("name", text(database.name)),
            ("owner", text(database.owner)),
            ("comment", text(database.comment)),
        ]);
    }
    Ok(rows)
}

pub(super) fn schemas(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let history = cursor.accept_keyword("HISTORY");
    let listing = Listing::parse_in_databases(cursor)?;
    let mut rows = Rows::new(&[
        "created_on",
        "name",
        "is_default",
        "is_current",
        "database_name",
        "owner",
        "comment",
        "options",
        "retention_time",
        "owner_role_type",
        "classification_profile_database",
        "classification_profile_schema",
        "classification_profile",
        "object_visibility",
        "is_nested",
    ])
    .with_dropped(history)
    .terse(&["created_on", "name", "kind", "database_name", "schema_name"]);
    let mut found = Vec::new();
    let mut databases: Vec<Object> = Vec::new();
    for (database, schema) in listing.schemas(cx)? {
        if listing.matches(&schema.name) && cx.sees(&database)? && cx.sees(&schema)? {
            found.push((database.clone(), schema, None));
        }
        if history && databases.last().is_none_or(|last| last.id != database.id) {
            databases.push(database);
        }
    }
    for database in databases {
        for (schema, at) in cx.engine.catalog.list_dropped(Kind::Schema, Some(database.id))? {
            if listing.matches(&schema.name) && cx.sees(&database)? && cx.sees(&schema)? {
                found.push((database.clone(), schema, Some(at)));
            }
        }
    }
    listing.cut(&mut found);
    for (database, schema, dropped_on) in found {
        let def: SchemaDef = schema.definition()?;
        let current = cx.schema() == Some(schema.name.as_str()) && cx.database() == Some(database.name.as_str());
        let options = match (def.transient, def.managed_access) {
            (true, true) => "TRANSIENT, MANAGED ACCESS",
            (true, false) => "TRANSIENT",
            (false, true) => "MANAGED ACCESS",
            (false, false) => "",
        };
        rows.push(&[
            ("created_on", instant(schema.created_at)),
            ("dropped_on", dropped(dropped_on)),
            ("is_default", text("N")),
            ("is_current", yes_no(current)),
            ("database_name", text(database.name)),
            ("options", text(options)),
            ("retention_time", text(def.retention_days.unwrap_or(1).to_string())),
            ("owner_role_type", owner_type(&schema.owner)),
            ("name", text(schema.name)),
            ("owner", text(schema.owner)),
            ("comment", text(schema.comment)),
            ("is_nested", truth(false)),
        ]);
    }
    Ok(rows)
}

/// The objects of a kind in a container; with HISTORY also those that can be brought back, with the time of the drop.
pub(super) fn even_dropped(
    cx: &Context<'_>,
    kind: Kind,
    parent: Option<ObjectId>,
    history: bool,
) -> Result<Vec<(Object, Option<Micros>)>> {
    let listed = cx.engine.catalog.list(kind, parent)?.into_iter().map(|object| (object, None));
    let mut found: Vec<_> = listed.collect();
    if history {
        let gone = cx.engine.catalog.list_dropped(kind, parent)?;
        found.extend(gone.into_iter().map(|(object, at)| (object, Some(at))));
        found.sort_by(|a, b| a.0.name.cmp(&b.0.name));
    }
    Ok(found)
}

/// Those of the objects that the role sees and the listing matches.
pub(super) fn visible(cx: &Context<'_>, objects: Vec<Object>, listing: &Listing) -> Result<Vec<Object>> {
    let mut found = Vec::new();
    for object in objects {
        if listing.matches(&object.name) && cx.sees(&object)? {
            found.push(object);
        }
    }
    Ok(found)
}
