//! SHOW TABLES, VIEWS, STREAMS, OBJECTS and SEQUENCES.

use crate::catalog::def::{SequenceDef, StreamDef, StreamMode, TableDef, TableKind, ViewDef};
use crate::catalog::{Kind, Object};
use crate::clock::Micros;
use crate::error::Result;
use crate::listing::Listing;
use crate::parse::{Cursor, quote};
use crate::statement::{Context, QueryResult, StatementType};

use super::containers::even_dropped;
use super::{Rows, dropped, instant, number, on_off, owner_type, text, truth, yes_no};

/// An object with the names of its database and schema.
pub(super) struct Found {
    pub(super) database: String,
    pub(super) schema: String,
    pub(super) object: Object,
    /// When it was dropped, with HISTORY.
    pub(super) dropped_on: Option<Micros>,
}

/// The objects of some kinds that a SHOW lists.
pub(super) fn find(cx: &Context<'_>, listing: &Listing, kinds: &[Kind]) -> Result<Vec<Found>> {
    find_even_dropped(cx, listing, kinds, false)
}

/// The same, with HISTORY also those that can be brought back.
fn find_even_dropped(cx: &Context<'_>, listing: &Listing, kinds: &[Kind], history: bool) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for (database, schema) in listing.schemas(cx)? {
        if !cx.sees(&database)? || !cx.sees(&schema)? {
            continue;
        }
        let mut here = Vec::new();
        for kind in kinds {
            here.extend(even_dropped(cx, *kind, Some(schema.id), history)?);
        }
        here.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        for (object, dropped_on) in here {
            let own = object.session.is_none_or(|session| session == cx.session.id);
            if own && listing.matches(&object.name) && cx.sees(&object)? {
                found.push(Found { database: database.name.clone(), schema: schema.name.clone(), object, dropped_on });
            }
        }
    }
    listing.cut(&mut found);
    Ok(found)
}

fn kind_of(def: &TableDef) -> &'static str {
    match def.kind {
        TableKind::Permanent => "TABLE",
        TableKind::Transient => "TRANSIENT",
        TableKind::Temporary => "TEMPORARY",
    }
}

pub(super) fn tables(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let history = cursor.accept_keyword("HISTORY");
    let listing = Listing::parse(cursor)?;
    let mut rows = Rows::new(&[
        "created_on",
        "name",
        "database_name",
        "schema_name",
        "kind",
        "comment",
        "cluster_by",
        "rows",
        "bytes",
        "owner",
        "retention_time",
        "automatic_clustering",
        "change_tracking",
        "is_external",
        "enable_schema_evolution",
        "owner_role_type",
        "is_event",
        "budget",
        "is_hybrid",
        "is_iceberg",
        "is_dynamic",
        "is_immutable",
    ])
    .with_dropped(history)
    .terse(&["created_on", "name", "kind", "database_name", "schema_name"]);
    let seq = cx.engine.storage.current_seq();
    for Found { database, schema, object, dropped_on } in find_even_dropped(cx, &listing, &[Kind::Table], history)? {
        let def: TableDef = object.definition()?;
        rows.push(&[
            ("created_on", instant(object.created_at)),
            ("dropped_on", dropped(dropped_on)),
            ("database_name", text(database)),
            ("schema_name", text(schema)),
            ("kind", text(kind_of(&def))),
            ("cluster_by", text(def.cluster_by.clone().unwrap_or_default())),
            ("rows", number(cx.engine.storage.row_count(object.id, seq, None)?)),
            ("bytes", number(cx.engine.storage.bytes(object.id, seq)?)),
            ("retention_time", text(def.retention_days.unwrap_or(1).to_string())),
            ("automatic_clustering", on_off(def.cluster_by.is_some())),
            ("change_tracking", on_off(def.change_tracking())),
            ("is_external", yes_no(false)),
            ("enable_schema_evolution", yes_no(def.schema_evolution)),
            ("owner_role_type", owner_type(&object.owner)),
            ("is_event", yes_no(false)),
            ("is_hybrid", yes_no(false)),
            ("is_iceberg", yes_no(false)),
            ("is_dynamic", yes_no(false)),
            ("is_immutable", yes_no(false)),
            ("name", text(object.name)),
            ("comment", text(object.comment)),
            ("owner", text(object.owner)),
        ]);
    }
    Ok(rows)
}

pub(super) fn views(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let listing = Listing::parse(cursor)?;
    let mut rows = Rows::new(&[
        "created_on",
        "name",
        "reserved",
        "database_name",
        "schema_name",
        "owner",
        "comment",
        "text",
        "is_secure",
        "is_materialized",
        "owner_role_type",
        "change_tracking",
    ])
    .terse(&["created_on", "name", "kind", "database_name", "schema_name"]);
    for Found { database, schema, object, .. } in find(cx, &listing, &[Kind::View])? {
        let def: ViewDef = object.definition()?;
        // The text of a secure view is for its owner only.
        let shown = if def.secure && !cx.owns(&object)? { String::new() } else { def.text };
        rows.push(&[
            ("created_on", instant(object.created_at)),
            ("reserved", text("")),
            ("kind", text(if def.materialized { "MATERIALIZED_VIEW" } else { "VIEW" })),
            ("database_name", text(database)),
            ("schema_name", text(schema)),
            ("text", text(shown)),
            ("is_secure", truth(def.secure)),
            ("is_materialized", truth(def.materialized)),
            ("owner_role_type", owner_type(&object.owner)),
            ("change_tracking", on_off(def.changes_from.is_some())),
            ("name", text(object.name)),
            ("owner", text(object.owner)),
            ("comment", text(object.comment)),
        ]);
    }
    Ok(rows)
}

/// Materialized views are always up to date here, so nothing is ever behind.
pub(super) fn materialized_views(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let listing = Listing::parse(cursor)?;
    let mut rows = Rows::new(&[
        "created_on",
        "name",
        "reserved",
        "database_name",
        "schema_name",
        "cluster_by",
        "rows",
        "bytes",
        "source_database_name",
        "source_schema_name",
        "source_table_name",
        "refreshed_on",
        "compacted_on",
        "owner",
        "invalid",
        "invalid_reason",
        "behind_by",
        "comment",
        "text",
        "is_secure",
        "automatic_clustering",
        "owner_role_type",
        "budget",
    ]);
    for Found { database, schema, object, .. } in find(cx, &listing, &[Kind::View])? {
        let def: ViewDef = object.definition()?;
        if !def.materialized {
            continue;
        }
        rows.push(&[
            ("created_on", instant(object.created_at)),
            ("reserved", text("")),
            ("database_name", text(database.clone())),
            ("schema_name", text(schema.clone())),
            ("cluster_by", text(def.cluster_by.clone().unwrap_or_default())),
            ("source_database_name", text(def.source.first().cloned().unwrap_or_default())),
            ("source_schema_name", text(def.source.get(1).cloned().unwrap_or_default())),
            ("source_table_name", text(def.source.get(2).cloned().unwrap_or_default())),
            ("refreshed_on", instant(cx.frame.now)),
            ("compacted_on", instant(cx.frame.now)),
            ("invalid", truth(false)),
            ("invalid_reason", text("")),
            ("behind_by", text("0s")),
            ("text", text(def.text)),
            ("is_secure", truth(def.secure)),
            ("automatic_clustering", on_off(def.cluster_by.is_some())),
            ("owner_role_type", owner_type(&object.owner)),
            ("name", text(object.name)),
            ("owner", text(object.owner)),
            ("comment", text(object.comment)),
        ]);
    }
    Ok(rows)
}

const STREAM_COLUMNS: &[&str] = &[
    "created_on",
    "name",
    "database_name",
    "schema_name",
    "owner",
    "comment",
    "table_name",
    "source_type",
    "base_tables",
    "type",
    "stale",
    "mode",
    "stale_after",
    "invalid_reason",
    "owner_role_type",
];

pub(super) fn streams(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let listing = Listing::parse(cursor)?;
    let mut rows =
        Rows::new(STREAM_COLUMNS).terse(&["created_on", "name", "kind", "database_name", "schema_name", "tableOn"]);
    for Found { database, schema, object, .. } in find(cx, &listing, &[Kind::Stream])? {
        stream(cx, &mut rows, database, schema, object)?;
    }
    Ok(rows)
}

/// DESCRIBE STREAM returns the row of SHOW STREAMS.
pub(in crate::statement) fn describe_stream(cx: &Context<'_>, object: Object) -> Result<QueryResult> {
    let (database, schema) = cx.engine.catalog.containers(&object)?;
    let mut rows = Rows::new(STREAM_COLUMNS);
    stream(cx, &mut rows, database.name, schema.name, object)?;
    let mut result = rows.finish(None)?;
    result.statement_type = StatementType::Describe;
    Ok(result)
}

const DAY: i64 = 86_400_000_000;

fn stream(cx: &Context<'_>, rows: &mut Rows, database: String, schema: String, object: Object) -> Result<()> {
    let def: StreamDef = object.definition()?;
    let source = cx.engine.catalog.by_id(def.source)?;
    let state = cx.engine.storage.stream_state(object.id)?;
    let mut stale = source.is_none() || state.is_none();
    let mut stale_after: Option<i64> = None;
    let mut base_names = Vec::new();
    for base in def.bases() {
        let Some(base) = cx.engine.catalog.by_id(*base)? else {
            stale = true;
            continue;
        };
        base_names.push(cx.engine.catalog.full_name(&base)?);
        let Some(state) = &state else { continue };
        let table: TableDef = base.definition()?;
        let (retention, extension) = crate::retention::periods(&cx.engine.catalog, &base)?;
        let after = state.advanced_at + i64::from(retention.max(extension)) * DAY;
        stale_after = Some(stale_after.map_or(after, |earlier| earlier.min(after)));
        stale |= table.changes_from.is_none_or(|from| state.offset < from) || after < cx.frame.now;
    }
    let source_name = match &source {
        Some(source) => cx.engine.catalog.full_name(source)?,
        None => String::new(),
    };
    let mut cells = vec![
        ("created_on", instant(object.created_at)),
        ("database_name", text(database)),
        ("schema_name", text(schema)),
        ("tableOn", text(source_name.clone())),
        ("table_name", text(source_name)),
        ("source_type", text(def.source_kind.title())),
        ("base_tables", text(base_names.join(","))),
        ("type", text("DELTA")),
        ("stale", truth(stale)),
        ("mode", text(if def.mode == StreamMode::AppendOnly { "APPEND_ONLY" } else { "DEFAULT" })),
        ("invalid_reason", text("N/A")),
        ("owner_role_type", owner_type(&object.owner)),
        ("name", text(object.name)),
        ("owner", text(object.owner)),
        ("comment", text(object.comment)),
    ];
    cells.extend(stale_after.map(|after| ("stale_after", instant(after))));
    rows.push(&cells);
    Ok(())
}

pub(super) fn objects(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let listing = Listing::parse(cursor)?;
    let mut rows = Rows::new(&[
        "created_on",
        "name",
        "database_name",
        "schema_name",
        "kind",
        "comment",
        "cluster_by",
        "rows",
        "bytes",
        "owner",
        "retention_time",
        "owner_role_type",
        "is_hybrid",
        "is_dynamic",
        "is_iceberg",
        "is_interactive",
    ])
    .terse(&["created_on", "name", "kind", "database_name", "schema_name"]);
    let seq = cx.engine.storage.current_seq();
    for Found { database, schema, object, .. } in find(cx, &listing, &[Kind::Table, Kind::View])? {
        let mut cells = vec![
            ("created_on", instant(object.created_at)),
            ("database_name", text(database)),
            ("schema_name", text(schema)),
            ("cluster_by", text("")),
            ("retention_time", text("1")),
            ("owner_role_type", owner_type(&object.owner)),
            ("is_hybrid", yes_no(false)),
            ("is_dynamic", yes_no(false)),
            ("is_iceberg", yes_no(false)),
            ("is_interactive", yes_no(false)),
        ];
        if object.kind == Kind::Table {
            let def: TableDef = object.definition()?;
            // Transient tables are just tables here.
            let temporary = def.kind == TableKind::Temporary;
            cells.push(("kind", text(if temporary { "TEMPORARY" } else { "TABLE" })));
            cells.push(("rows", number(cx.engine.storage.row_count(object.id, seq, None)?)));
            cells.push(("bytes", number(cx.engine.storage.bytes(object.id, seq)?)));
        } else {
            cells.push(("kind", text("VIEW")));
        }
        cells.extend([("name", text(object.name)), ("owner", text(object.owner)), ("comment", text(object.comment))]);
        rows.push(&cells);
    }
    Ok(rows)
}

pub(super) fn sequences(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let listing = Listing::parse(cursor)?;
    sequence_rows(cx, find(cx, &listing, &[Kind::Sequence])?)
}

/// DESCRIBE SEQUENCE: the row of SHOW SEQUENCES.
pub(in crate::statement) fn describe_sequence(cx: &Context<'_>, object: Object) -> Result<QueryResult> {
    let (database, schema) = cx.engine.catalog.containers(&object)?;
    sequence_rows(cx, vec![Found { database: database.name, schema: schema.name, object, dropped_on: None }])?
        .finish(None)
}

fn sequence_rows(cx: &Context<'_>, found: Vec<Found>) -> Result<Rows> {
    let mut rows = Rows::new(&[
        "name",
        "database_name",
        "schema_name",
        "next_value",
        "interval",
        "created_on",
        "owner",
        "comment",
        "owner_role_type",
        "ordered",
    ]);
    for Found { database, schema, object, .. } in found {
        let def: SequenceDef = object.definition()?;
        rows.push(&[
            ("next_value", number(cx.engine.catalog.next_number(object.id, 0, def.increment)?)),
            ("interval", number(def.increment.step)),
            ("database_name", text(database)),
            ("schema_name", text(schema)),
            ("created_on", instant(object.created_at)),
            ("owner_role_type", owner_type(&object.owner)),
            ("ordered", yes_no(def.ordered)),
            ("name", text(object.name)),
            ("owner", text(object.owner)),
            ("comment", text(object.comment)),
        ]);
    }
    Ok(rows)
}

/// A name as SHOW GRANTS writes it.
pub(super) fn qualified(cx: &Context<'_>, object: &Object) -> Result<String> {
    match object.kind {
        Kind::Procedure | Kind::Function => {
            let (database, schema) = cx.engine.catalog.containers(object)?;
            Ok(format!(
                "{}.{}.{}({})",
                quote(&database.name),
                quote(&schema.name),
                quote(&object.name),
                object.signature
            ))
        }
        _ => cx.engine.catalog.full_name(object),
    }
}
