//! TABLES, VIEWS and SEQUENCES.

use crate::catalog::def::{SequenceDef, TableDef, TableKind, ViewDef};
use crate::catalog::{Kind, Object};
use crate::error::Result;
use crate::statement::{Context, QueryResult, Value};

use super::{INSTANT, NUMBER, Rows, TEXT, inside, instant, optional, text, yes_no};

pub(super) fn tables(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("TABLE_CATALOG", TEXT),
        ("TABLE_SCHEMA", TEXT),
        ("TABLE_NAME", TEXT),
        ("TABLE_OWNER", TEXT),
        ("TABLE_TYPE", TEXT),
        ("IS_TRANSIENT", TEXT),
        ("CLUSTERING_KEY", TEXT),
        ("ROW_COUNT", NUMBER),
        ("BYTES", NUMBER),
        ("RETENTION_TIME", NUMBER),
        ("SELF_REFERENCING_COLUMN_NAME", TEXT),
        ("REFERENCE_GENERATION", TEXT),
        ("USER_DEFINED_TYPE_CATALOG", TEXT),
        ("USER_DEFINED_TYPE_SCHEMA", TEXT),
        ("USER_DEFINED_TYPE_NAME", TEXT),
        ("IS_INSERTABLE_INTO", TEXT),
        ("IS_TYPED", TEXT),
        ("COMMIT_ACTION", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
        ("LAST_DDL", INSTANT),
        ("LAST_DDL_BY", TEXT),
        ("AUTO_CLUSTERING_ON", TEXT),
        ("COMMENT", TEXT),
        ("IS_TEMPORARY", TEXT),
        ("IS_ICEBERG", TEXT),
        ("IS_DYNAMIC", TEXT),
        ("IS_IMMUTABLE", TEXT),
        ("IS_HYBRID", TEXT),
    ]);
    let seq = cx.engine.storage.current_seq();
    for (schema, table) in inside(cx, database, Kind::Table)? {
        let def: TableDef = table.definition()?;
        let count = cx.engine.storage.row_count(table.id, seq, None)?;
        let bytes = cx.engine.storage.bytes(table.id, seq)?;
        let temporary = def.kind == TableKind::Temporary;
        rows.add(&[
            ("TABLE_CATALOG", text(database.name.clone())),
            ("TABLE_SCHEMA", text(schema)),
            ("TABLE_NAME", text(table.name.clone())),
            ("TABLE_OWNER", text(table.owner.clone())),
            ("TABLE_TYPE", text(if temporary { "LOCAL TEMPORARY" } else { "BASE TABLE" })),
            ("IS_TRANSIENT", yes_no(def.kind == TableKind::Transient)),
            ("CLUSTERING_KEY", optional(def.cluster_by.as_deref().unwrap_or_default())),
            ("ROW_COUNT", Value::integer(count as i64)),
            ("BYTES", Value::integer(bytes as i64)),
            ("RETENTION_TIME", Value::integer(i64::from(def.retention_days.unwrap_or(1)))),
            ("IS_INSERTABLE_INTO", yes_no(true)),
            ("IS_TYPED", yes_no(true)),
            ("CREATED", instant(table.created_at)),
            ("LAST_ALTERED", instant(table.created_at)),
            ("LAST_DDL", instant(table.created_at)),
            ("AUTO_CLUSTERING_ON", yes_no(def.cluster_by.is_some())),
            ("COMMENT", optional(&table.comment)),
            ("IS_TEMPORARY", yes_no(temporary)),
            ("IS_ICEBERG", yes_no(false)),
            ("IS_DYNAMIC", yes_no(false)),
            ("IS_IMMUTABLE", yes_no(false)),
            ("IS_HYBRID", yes_no(false)),
        ]);
    }
    for (schema, view) in inside(cx, database, Kind::View)? {
        let materialized = view.definition::<ViewDef>()?.materialized;
        rows.add(&[
            ("TABLE_CATALOG", text(database.name.clone())),
            ("TABLE_SCHEMA", text(schema)),
            ("TABLE_NAME", text(view.name.clone())),
            ("TABLE_OWNER", text(view.owner.clone())),
            ("TABLE_TYPE", text(if materialized { "MATERIALIZED VIEW" } else { "VIEW" })),
            ("IS_INSERTABLE_INTO", yes_no(true)),
            ("IS_TYPED", yes_no(true)),
            ("CREATED", instant(view.created_at)),
            ("LAST_ALTERED", instant(view.created_at)),
            ("LAST_DDL", instant(view.created_at)),
            ("AUTO_CLUSTERING_ON", yes_no(false)),
            ("COMMENT", optional(&view.comment)),
            ("IS_TEMPORARY", yes_no(view.session.is_some())),
            ("IS_ICEBERG", yes_no(false)),
            ("IS_DYNAMIC", yes_no(false)),
            ("IS_IMMUTABLE", yes_no(false)),
            ("IS_HYBRID", yes_no(false)),
        ]);
    }
    rows.finish()
}

pub(super) fn views(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("TABLE_CATALOG", TEXT),
        ("TABLE_SCHEMA", TEXT),
        ("TABLE_NAME", TEXT),
        ("TABLE_OWNER", TEXT),
        ("VIEW_DEFINITION", TEXT),
        ("CHECK_OPTION", TEXT),
        ("IS_UPDATABLE", TEXT),
        ("INSERTABLE_INTO", TEXT),
        ("IS_SECURE", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
        ("LAST_DDL", INSTANT),
        ("LAST_DDL_BY", TEXT),
        ("COMMENT", TEXT),
    ]);
    for (schema, view) in inside(cx, database, Kind::View)? {
        let def: ViewDef = view.definition()?;
        rows.add(&[
            ("TABLE_CATALOG", text(database.name.clone())),
            ("TABLE_SCHEMA", text(schema)),
            ("TABLE_NAME", text(view.name.clone())),
            ("TABLE_OWNER", text(view.owner.clone())),
            ("VIEW_DEFINITION", text(def.text)),
            ("CHECK_OPTION", text("NONE")),
            ("IS_UPDATABLE", yes_no(false)),
            ("INSERTABLE_INTO", yes_no(false)),
            ("IS_SECURE", yes_no(def.secure)),
            ("CREATED", instant(view.created_at)),
            ("LAST_ALTERED", instant(view.created_at)),
            ("LAST_DDL", instant(view.created_at)),
            ("COMMENT", optional(&view.comment)),
        ]);
    }
    rows.finish()
}

pub(super) fn sequences(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("SEQUENCE_CATALOG", TEXT),
        ("SEQUENCE_SCHEMA", TEXT),
        ("SEQUENCE_NAME", TEXT),
        ("SEQUENCE_OWNER", TEXT),
        ("DATA_TYPE", TEXT),
        ("NUMERIC_PRECISION", NUMBER),
        ("NUMERIC_PRECISION_RADIX", NUMBER),
        ("NUMERIC_SCALE", NUMBER),
        ("START_VALUE", TEXT),
        ("MINIMUM_VALUE", TEXT),
        ("MAXIMUM_VALUE", TEXT),
        ("NEXT_VALUE", NUMBER),
        ("INCREMENT", TEXT),
        ("CYCLE_OPTION", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
        ("COMMENT", TEXT),
        ("ORDERED", TEXT),
    ]);
    for (schema, sequence) in inside(cx, database, Kind::Sequence)? {
        let def: SequenceDef = sequence.definition()?;
        rows.add(&[
            ("SEQUENCE_CATALOG", text(database.name.clone())),
            ("SEQUENCE_SCHEMA", text(schema)),
            ("SEQUENCE_NAME", text(sequence.name.clone())),
            ("SEQUENCE_OWNER", text(sequence.owner.clone())),
            ("DATA_TYPE", text("NUMBER")),
            ("NUMERIC_PRECISION", Value::integer(38)),
            ("NUMERIC_PRECISION_RADIX", Value::integer(10)),
            ("NUMERIC_SCALE", Value::integer(0)),
            ("START_VALUE", text(def.increment.start.to_string())),
            ("NEXT_VALUE", Value::integer(cx.engine.catalog.next_number(sequence.id, 0, def.increment)?)),
            ("INCREMENT", text(def.increment.step.to_string())),
            ("CYCLE_OPTION", yes_no(false)),
            ("CREATED", instant(sequence.created_at)),
            ("LAST_ALTERED", instant(sequence.created_at)),
            ("COMMENT", optional(&sequence.comment)),
            ("ORDERED", yes_no(def.ordered)),
        ]);
    }
    rows.finish()
}
