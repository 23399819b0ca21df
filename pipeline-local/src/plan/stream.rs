//! Reading streams.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};

use crate::catalog::def::{StreamDef, TableDef};
use crate::catalog::{Kind, Object, ObjectId};
use crate::error::{Result, SqlError};
use crate::exec::Context;
use crate::parse::Name;
use crate::storage::{METADATA_ACTION, METADATA_ISUPDATE, METADATA_ROW_ID, Seq, Storage, StreamState};
use crate::types::SqlType;

/// The columns of a stream on a table: those of the table, and what happened to the row.
pub(crate) fn schema(table: &TableDef) -> SchemaRef {
    let mut fields: Vec<_> = table.columns.iter().map(|column| column.sql_type.field(&column.name, true)).collect();
    fields.push(SqlType::Varchar(16).field(METADATA_ACTION, true));
    fields.push(SqlType::Boolean.field(METADATA_ISUPDATE, true));
    fields.push(SqlType::Varchar(40).field(METADATA_ROW_ID, true));
    Arc::new(Schema::new(fields))
}

/// A stream that can be read.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) def: StreamDef,
    /// The table or view it is on.
    pub(crate) source: Object,
    /// The tables whose changes it returns.
    pub(crate) bases: Vec<Object>,
    pub(crate) state: StreamState,
}

/// Finds what a stream reads.
///
/// # Errors
/// When its source or one of the base tables is gone, or their changes since its offset are not known: it is stale.
pub(crate) fn open(cx: &Context<'_>, stream: &Object) -> Result<Opened> {
    let def: StreamDef = stream.definition()?;
    let state = cx
        .engine
        .storage
        .stream_state(stream.id)?
        .ok_or_else(|| SqlError::internal(format_args!("stream {} has no offset", stream.name)))?;
    let find = |id: ObjectId| match cx.engine.catalog.by_id(id)? {
        Some(object) => Ok(object),
        None => Err(dropped(cx, stream, id)?),
    };
    let source = find(def.source)?;
    let bases = def.bases().iter().map(|id| find(*id)).collect::<Result<Vec<_>>>()?;
    for base in &bases {
        let table: TableDef = base.definition()?;
        if table.changes_from.is_none_or(|from| state.offset < from) {
            return Err(SqlError::new(
                91901,
                "01000",
                format!(
                    "Stream '{}' is stale: change tracking on table '{}' is off, or restarted after the stream was last \
                     consumed. Recreate the stream.",
                    stream.name,
                    cx.engine.catalog.full_name(base)?
                ),
            ));
        }
    }
    Ok(Opened { def, source, bases, state })
}

/// The error of going back to where a table was not yet, or is not kept any more.
pub(crate) fn no_time_travel(table: &str) -> SqlError {
    SqlError::compilation(
        707,
        "02000",
        format_args!(
            "Time travel data is not available for table {table}. The requested time is either beyond the allowed time travel period or before the object creation time."
        ),
    )
}

/// The error of reading a stream whose base table is gone.
pub(super) fn dropped(cx: &Context<'_>, stream: &Object, base: ObjectId) -> Result<SqlError> {
    let name = match cx.engine.catalog.by_id_even_dropped(base)? {
        Some(object) => cx.engine.catalog.full_name(&object)?,
        None => "(unknown)".to_owned(),
    };
    Ok(SqlError::new(91901, "01000", format!("Base table '{name}' dropped, cannot read from stream '{}'", stream.name)))
}

/// Up to which version a stream is read now: the start of an explicit transaction, else the last commit.
pub(super) fn upper(cx: &Context<'_>, opened: &Opened) -> Seq {
    let upper = match cx.session.transactions.last() {
        Some(open) if open.scope != super::AUTOCOMMIT => open.transaction.start_seq(),
        _ => cx.engine.storage.current_seq(),
    };
    upper.max(opened.state.offset)
}

/// Columns of the rows of a stream on a table up to a version, by index.
pub(super) fn rows(
    storage: &Storage,
    opened: &Opened,
    table: &TableDef,
    to: Seq,
    columns: &[usize],
) -> Result<Vec<RecordBatch>> {
    let (id, state) = (opened.source.id, opened.state);
    if state.initial {
        storage.initial_columns(id, table, state.offset, columns)
    } else {
        storage.changed_columns(id, table, (state.offset, to), opened.def.mode, columns)
    }
}

/// SYSTEM$STREAM_HAS_DATA: from metadata alone; TRUE even for changes that cancel each other out, and for a view when
/// any of its base tables changed.
///
/// # Errors
/// When the stream cannot be read.
pub(crate) fn has_data(cx: &Context<'_>, stream: &Object) -> Result<bool> {
    let opened = open(cx, stream)?;
    let storage = &cx.engine.storage;
    let offset = opened.state.offset;
    for base in &opened.bases {
        if opened.state.initial && storage.row_count(base.id, offset, None)? > 0
            || storage.has_changes(base.id, offset, storage.current_seq(), opened.def.mode)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where the stream of this name stands.
///
/// # Errors
/// 002003 when there is none that the role can see.
pub(crate) fn offset(cx: &Context<'_>, name: &str) -> Result<Seq> {
    let not_found = || SqlError::compilation(2003, "02000", format_args!("Stream '{name}' not found."));
    let parsed = Name::parse(name).ok_or_else(not_found)?;
    let stream = cx.find_object(Kind::Stream, &parsed, "AT(STREAM)")?.ok_or_else(not_found)?;
    Ok(cx.engine.storage.stream_state(stream.id)?.ok_or_else(not_found)?.offset)
}

/// The error for a time at which the changes of a table were not tracked.
pub(crate) fn not_tracked(table: &str) -> SqlError {
    SqlError::new(
        707,
        "02000",
        format!(
            "SQL compilation error: Change tracking is not enabled or has been missing for the time range requested on \
             table '{table}'."
        ),
    )
}

/// The tables on whose changes a stream on this table or view depends.
///
/// # Errors
/// When the changes of the view's query are not tracked.
pub(crate) fn base_tables(cx: &mut Context<'_>, source: &Object) -> Result<Vec<Object>> {
    if source.kind == Kind::Table {
        return Ok(vec![source.clone()]);
    }
    let plan = super::provider::Provider::new(cx, super::Special::new()).tracked_view(source)?;
    Ok(super::tracked::base_tables(&plan)?.0)
}
