//! Full rows of a table from the columns that a statement gives.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, new_null_array};
use datafusion::arrow::datatypes::Schema;
use datafusion::common::ScalarValue;
use datafusion::sql::sqlparser::ast::{Expr, SelectItem, SetExpr};

use super::insert::cell;
use super::{Target, check, coerce};
use crate::catalog::def::{ColumnDef, Increment};
use crate::error::{Result, SqlError};
use crate::exec::{Binds, Context};
use crate::parse;
use crate::plan::{self, Special};
use crate::types::SqlType;

/// Functions whose value is another one for every row.
const PER_ROW: [&str; 7] = ["UUID_STRING", "RANDOM", "NEXTVAL", "RANDSTR", "UNIFORM", "NORMAL", "SEQ"];

/// Where the values of a column come from.
enum Source<'t> {
    /// The statement gives them, at this position.
    Given(usize),
    /// All are the same; and as an array, as long as the last one that was asked for.
    Constant(ScalarValue, Option<ArrayRef>),
    /// Numbers taken for all rows of the statement.
    Numbers(i64, Increment),
    /// An expression that is evaluated for every row.
    EachRow(&'t str),
}

/// Full rows of the table: `given` are the indexes of the columns that the statement gives, of these types, and
/// `batches` their values with the number of rows. Defaults are worked out once, not once for every batch.
pub(super) async fn rows(
    cx: &mut Context<'_>,
    target: &Target,
    given: &[usize],
    types: &[SqlType],
    batches: &[(&[ArrayRef], usize)],
) -> Result<Vec<RecordBatch>> {
    let count: usize = batches.iter().map(|(_, rows)| rows).sum();
    if count == 0 {
        return Ok(Vec::new());
    }
    let mut sources = Vec::with_capacity(target.def.columns.len());
    for (index, column) in target.def.columns.iter().enumerate() {
        sources.push(match given.iter().position(|given| *given == index) {
            Some(position) => Source::Given(position),
            None => source(cx, target, column, count).await?,
        });
    }
    let mut complete = Vec::with_capacity(batches.len());
    for (arrays, rows) in batches.iter().filter(|(_, rows)| *rows > 0) {
        let mut columns = Vec::with_capacity(sources.len());
        for (column, source) in target.def.columns.iter().zip(&mut sources) {
            columns.push(match source {
                Source::Given(position) => coerce::column(cx, target, column, &arrays[*position], types[*position])?,
                other => other.take(cx, target, column, *rows).await?,
            });
        }
        let columns = check::with_virtual(cx, target, columns, *rows).await?;
        complete.push(coerce::batch(&target.object.name, &target.def, columns, *rows)?);
    }
    check::rows(cx, target, &complete).await?;
    Ok(complete)
}

/// What a column gets that is not given.
pub(super) async fn default(
    cx: &mut Context<'_>,
    target: &Target,
    column: &ColumnDef,
    rows: usize,
) -> Result<ArrayRef> {
    source(cx, target, column, rows).await?.take(cx, target, column, rows).await
}

/// Where so many values of a column come from that is not given.
async fn source<'t>(cx: &mut Context<'_>, target: &Target, column: &'t ColumnDef, rows: usize) -> Result<Source<'t>> {
    if let Some(increment) = column.autoincrement {
        let first = cx.engine.catalog.take_numbers(target.object.id, column.id, increment, rows as u64)?;
        return Ok(Source::Numbers(first, increment));
    }
    let one = match &column.default {
        None => new_null_array(&column.sql_type.arrow(), 1),
        Some(text) => {
            let upper = text.to_ascii_uppercase();
            if PER_ROW.iter().any(|name| upper.contains(name)) {
                return Ok(Source::EachRow(text));
            }
            let value = cell(cx, &expression_of(text)?, &Binds::none()).await?;
            let array = value.scalar.to_array().map_err(SqlError::internal)?;
            coerce::column(cx, target, column, &array, value.sql_type)?
        }
    };
    Ok(Source::Constant(ScalarValue::try_from_array(&one, 0).map_err(SqlError::internal)?, None))
}

impl Source<'_> {
    /// The values of the next rows.
    async fn take(
        &mut self,
        cx: &mut Context<'_>,
        target: &Target,
        column: &ColumnDef,
        rows: usize,
    ) -> Result<ArrayRef> {
        match self {
            Self::Given(_) => Err(SqlError::internal("a given column has no default")),
            Self::Constant(value, array) => match array {
                Some(array) if array.len() >= rows => Ok(array.slice(0, rows)),
                _ => {
                    let made = value.to_array_of_size(rows).map_err(SqlError::internal)?;
                    Ok(array.insert(made).clone())
                }
            },
            Self::Numbers(next, increment) => {
                let first = *next;
                let values = Int64Array::from_iter_values((0..rows as i64).map(|index| first + index * increment.step));
                // The one after the last may be out of range, and is not used then.
                *next = first.wrapping_add(increment.step.wrapping_mul(rows as i64));
                Ok(datafusion::arrow::compute::cast(&values, &column.sql_type.arrow())?)
            }
            Self::EachRow(text) => each_row(cx, target, column, text, rows).await,
        }
    }
}

/// The values of an expression, evaluated for every row.
async fn each_row(
    cx: &mut Context<'_>,
    target: &Target,
    column: &ColumnDef,
    text: &str,
    rows: usize,
) -> Result<ArrayRef> {
    let mut query = parse::expression(text)?;
    let from = parse::query("SELECT 1 FROM $1")?;
    if let (SetExpr::Select(select), SetExpr::Select(from)) = (query.body.as_mut(), from.body.as_ref()) {
        select.from.clone_from(&from.from);
    }
    let schema = Arc::new(Schema::new(vec![SqlType::INTEGER.field("N", false)]));
    let numbers = Int64Array::from_iter_values(0..rows as i64);
    let numbers = datafusion::arrow::compute::cast(&numbers, &SqlType::INTEGER.arrow())?;
    let batch = RecordBatch::try_new(schema.clone(), vec![numbers])?;
    let special = Special::from([(parse::pipe_source("1"), plan::memory(schema, vec![batch])?)]);
    let planned = plan::plan(cx, &query, text, &Binds::none(), special)?;
    let batches = planned.ready.collect().await?;
    let arrays: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(0).as_ref()).collect();
    let array = datafusion::arrow::compute::concat(&arrays)?;
    coerce::column(cx, target, column, &array, planned.ready.columns[0].sql_type)
}

fn expression_of(text: &str) -> Result<Expr> {
    let query = parse::expression(text)?;
    match query.body.as_ref() {
        SetExpr::Select(select) => match select.projection.first() {
            Some(SelectItem::ExprWithAlias { expr, .. }) => Ok(expr.clone()),
            _ => Err(SqlError::internal("an expression")),
        },
        _ => Err(SqlError::internal("an expression")),
    }
}
