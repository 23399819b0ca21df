//! Rows on their way into a table: complete, and as its constraints ask.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};

use super::{Target, coerce};
use crate::catalog::def::{ConstraintDef, ConstraintRule};
use crate::error::{Result, SqlError};
use crate::exec::{Binds, Context};
use crate::parse;
use crate::plan::{self, Special};

/// The name under which the conditions find the new rows.
const ROWS: &str = "$CHECKED";

/// Makes a batch of all columns of a table.
///
/// # Errors
/// 100072 when a NOT NULL column holds NULL, 100132 when a CHECK constraint is violated.
pub(super) async fn batch(
    cx: &mut Context<'_>,
    target: &Target,
    arrays: Vec<ArrayRef>,
    rows: usize,
) -> Result<RecordBatch> {
    let arrays = with_virtual(cx, target, arrays, rows).await?;
    let batch = coerce::batch(&target.object.name, &target.def, arrays, rows)?;
    self::rows(cx, target, std::slice::from_ref(&batch)).await?;
    Ok(batch)
}

/// Checks full rows of a table.
///
/// # Errors
/// 100132 when a CHECK constraint is violated.
pub(super) async fn rows(cx: &mut Context<'_>, target: &Target, batches: &[RecordBatch]) -> Result<()> {
    let checks: Vec<(&ConstraintDef, &String)> = target
        .def
        .constraints
        .iter()
        .filter_map(|constraint| match &constraint.rule {
            ConstraintRule::Check(condition) => Some((constraint, condition)),
            _ => None,
        })
        .collect();
    if checks.is_empty() || batches.iter().all(|batch| batch.num_rows() == 0) {
        return Ok(());
    }
    let conditions: Vec<String> = checks
        .iter()
        .enumerate()
        .map(|(index, (_, condition))| format!("COALESCE(({condition}), TRUE) AS C{index}"))
        .collect();
    let text = format!("SELECT {} FROM \"{ROWS}\"", conditions.join(", "));
    let schema = plan::schema_of(&target.def);
    let special = Special::from([(ROWS.to_owned(), plan::memory(schema, batches.to_vec())?)]);
    let planned = plan::plan(cx, &*parse::query(&text)?, &text, &Binds::none(), special)?;
    for results in planned.ready.collect().await? {
        for (index, (constraint, condition)) in checks.iter().enumerate() {
            let holds = results.column(index);
            if holds.as_boolean().iter().any(|value| value == Some(false)) {
                return Err(SqlError::new(
                    100_132,
                    "23514",
                    format!(
                        "DML operation to table {} failed: a row violates CHECK constraint {} ({condition})",
                        target.object.name, constraint.name
                    ),
                ));
            }
            debug_assert_eq!(holds.null_count(), 0);
        }
    }
    Ok(())
}

/// Computes the virtual columns, each from those before it.
pub(super) async fn with_virtual(
    cx: &mut Context<'_>,
    target: &Target,
    mut arrays: Vec<ArrayRef>,
    rows: usize,
) -> Result<Vec<ArrayRef>> {
    if rows == 0 {
        return Ok(arrays);
    }
    let schema = plan::schema_of(&target.def);
    for (index, column) in target.def.columns.iter().enumerate() {
        let Some(expression) = &column.expression else { continue };
        let text = format!("SELECT ({expression}) AS C FROM \"{ROWS}\"");
        let known = RecordBatch::try_new(schema.clone(), arrays.clone())?;
        let special = Special::from([(ROWS.to_owned(), plan::memory(schema.clone(), vec![known])?)]);
        let planned = plan::plan(cx, &*parse::query(&text)?, &text, &Binds::none(), special)?;
        let from = planned.ready.columns.first().map_or(column.sql_type, |column| column.sql_type);
        let results = planned.ready.collect().await?;
        let parts: Vec<&dyn Array> = results.iter().map(|batch| batch.column(0).as_ref()).collect();
        let computed = datafusion::arrow::compute::concat(&parts)?;
        arrays[index] = coerce::column(cx, target, column, &computed, from)?;
    }
    Ok(arrays)
}
