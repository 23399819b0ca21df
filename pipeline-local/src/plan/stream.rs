//! Reading streams.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};

use super::provider::stream_source;
use crate::catalog::Object;
use crate::catalog::def::{StreamDef, TableDef};
use crate::error::{Result, SqlError};
use crate::exec::Context;
use crate::storage::{METADATA_ACTION, METADATA_ISUPDATE, METADATA_ROW_ID, Seq};
use crate::types::SqlType;

/// The columns of a stream: those of its table, and what happened to the row.
pub(crate) fn schema(table: &TableDef) -> SchemaRef {
    let mut fields: Vec<_> = table.columns.iter().map(|column| column.sql_type.field(&column.name, true)).collect();
    fields.push(SqlType::Varchar(16).field(METADATA_ACTION, true));
    fields.push(SqlType::Boolean.field(METADATA_ISUPDATE, true));
    fields.push(SqlType::Varchar(40).field(METADATA_ROW_ID, true));
    Arc::new(Schema::new(fields))
}

/// Up to which version a stream is read now: the start of an explicit transaction, else the last commit.
fn upper(cx: &Context<'_>) -> Seq {
    match cx.session.transactions.last() {
        Some(open) if open.scope != super::AUTOCOMMIT => open.transaction.start_seq(),
        _ => cx.engine.storage.current_seq(),
    }
}

/// The rows of a stream, and the version up to which they are read.
pub(crate) fn rows(
    cx: &Context<'_>,
    stream: &Object,
    def: &StreamDef,
    table: &Object,
) -> Result<(Vec<RecordBatch>, Seq)> {
    let storage = &cx.engine.storage;
    let to = upper(cx);
    let state = storage
        .stream_state(stream.id)?
        .ok_or_else(|| SqlError::internal(format_args!("stream {} has no offset", stream.name)))?;
    let table_def: TableDef = table.definition()?;
    let batches = if state.initial {
        storage.initial_rows(table.id, &table_def, state.offset)?
    } else {
        storage.changes(table.id, &table_def, state.offset, to.max(state.offset), def.mode)?
    };
    Ok((batches, to.max(state.offset)))
}

/// SYSTEM$STREAM_HAS_DATA: from metadata alone; TRUE even for changes that cancel each other out.
///
/// # Errors
/// When the source of the stream is gone.
pub(crate) fn has_data(cx: &Context<'_>, stream: &Object) -> Result<bool> {
    let (def, table) = stream_source(cx, stream)?;
    let storage = &cx.engine.storage;
    let Some(state) = storage.stream_state(stream.id)? else { return Ok(false) };
    if state.initial {
        return Ok(storage.row_count(table.id, state.offset, None)? > 0
            || storage.has_changes(table.id, state.offset, storage.current_seq(), def.mode)?);
    }
    storage.has_changes(table.id, state.offset, storage.current_seq(), def.mode)
}
