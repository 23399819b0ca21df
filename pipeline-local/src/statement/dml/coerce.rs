//! Values on their way into a table's columns.

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};

use super::Target;
use crate::catalog::def::{ColumnDef, TableDef};
use crate::error::{Result, SqlError};
use crate::exec::Context;
use crate::function::{Settings, cast};
use crate::types::SqlType;

/// Whether a type is converted into another without a cast.
fn coercible(from: SqlType, to: SqlType) -> bool {
    use SqlType::{
        Array, Binary, Boolean, Date, Float, Number, Object, Time, TimestampLtz, TimestampNtz, TimestampTz, Varchar,
        Variant,
    };
    let stamp = |sql_type| matches!(sql_type, TimestampNtz(_) | TimestampLtz(_) | TimestampTz(_));
    if from.family() == to.family() {
        return true;
    }
    match (from, to) {
        (Number { .. }, Float | Boolean | Varchar(_) | Variant)
        | (Float, Number { .. } | Boolean | Varchar(_) | Variant)
        | (Boolean, Varchar(_) | Variant | Number { .. })
        | (Date | Time(_), Varchar(_) | Variant)
        | (Varchar(_), Number { .. } | Float | Boolean | Date | Time(_) | Binary(_))
        | (Variant, Number { .. } | Float | Boolean | Date | Time(_) | Varchar(_) | Object | Array)
        | (Object | Array, Variant) => true,
        (Number { .. } | Date | Varchar(_) | Variant, to) if stamp(to) => true,
        (from, Date | Time(_) | Varchar(_) | Variant) if stamp(from) => true,
        (from, to) => stamp(from) && stamp(to),
    }
}

/// Brings an array into a column's type.
///
/// # Errors
/// 002023 when the types do not go together; else the error of the conversion, naming table and column.
pub(super) fn column(
    cx: &Context<'_>,
    target: &Target,
    column: &ColumnDef,
    array: &ArrayRef,
    from: SqlType,
) -> Result<ArrayRef> {
    let all_null = array.null_count() == array.len();
    if !all_null && !coercible(from, column.sql_type) {
        return Err(SqlError::compilation(
            2023,
            "22000",
            format_args!(
                "Expression type does not match column data type, expecting {} but got {from} for column {}",
                column.sql_type, column.name
            ),
        ));
    }
    let settings = Settings::of(&cx.session.parameters);
    cast::cast_array_in(array, column.sql_type, false, &settings)
        .map_err(|error| named(&target.object.name, column, error))
}

fn named(table: &str, column: &ColumnDef, error: SqlError) -> SqlError {
    if !(100_000..101_000).contains(&error.code) {
        return error;
    }
    SqlError {
        message: format!(
            "DML operation to table {table} failed on column {} with error: {}",
            column.name, error.message
        ),
        ..error
    }
}

/// Makes a batch of all columns of a table.
///
/// # Errors
/// 100072 when a NOT NULL column holds NULL.
pub(super) fn batch(table: &str, def: &TableDef, arrays: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch> {
    for (column, array) in def.columns.iter().zip(&arrays) {
        if !column.nullable && array.null_count() > 0 {
            return Err(SqlError::new(
                100_072,
                "22000",
                format!(
                    "DML operation to table {table} failed on column {} with error: NULL result in a non-nullable column",
                    column.name
                ),
            ));
        }
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(def.arrow_schema(), arrays, &options)?)
}
