//! UPDATE and DELETE.

use std::collections::HashSet;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, UInt32Array};
use datafusion::arrow::datatypes::UInt64Type;
use datafusion::arrow::error::ArrowError;
use datafusion::sql::sqlparser::ast::{
    AssignmentTarget, Delete, Expr, FromTable, Ident, Query, SelectItem, SetExpr, TableWithJoins, Update,
    UpdateTableFromKind,
};

use super::{TARGET, Target, check, coerce, consume, counts, current, lock, plan_consuming, single_table};
use crate::error::{Result, SqlError};
use crate::exec::{Binds, Context, DmlStats, QueryResult, StatementType};
use crate::parse;
use crate::plan::{self, Special};
use crate::storage::{LOCATION, ROW_ID};

/// `SELECT projection FROM target, others WHERE condition`.
pub(super) fn query_over(
    alias: &str,
    projection: Vec<Expr>,
    others: Vec<TableWithJoins>,
    condition: Option<Expr>,
) -> Result<Box<Query>> {
    let mut query = parse::query("SELECT NULL")?;
    if let SetExpr::Select(select) = query.body.as_mut() {
        select.projection = projection
            .into_iter()
            .enumerate()
            .map(|(index, expr)| SelectItem::ExprWithAlias { expr, alias: Ident::with_quote('"', format!("c{index}")) })
            .collect();
        let target = plan::plain_table(plan::quoted_name(TARGET), Some(plan::table_alias(alias)));
        select.from = vec![TableWithJoins { relation: target, joins: Vec::new() }];
        select.from.extend(others);
        select.selection = condition;
    }
    Ok(query)
}

/// A column of the target.
pub(super) fn column_of(alias: &str, column: &str) -> Expr {
    Expr::CompoundIdentifier(vec![Ident::with_quote('"', alias), Ident::with_quote('"', column)])
}

/// The assignments of UPDATE SET, by column index.
pub(super) fn assignments(
    target: &Target,
    assignments: &[datafusion::sql::sqlparser::ast::Assignment],
) -> Result<Vec<(usize, Expr)>> {
    let mut assigned: Vec<(usize, Expr)> = Vec::new();
    for assignment in assignments {
        let AssignmentTarget::ColumnName(name) = &assignment.target else {
            return Err(SqlError::unsupported("SET (a, b) = ..."));
        };
        let index = target.column(plan::name_of(name)?.object())?;
        if assigned.iter().any(|(other, _)| *other == index) {
            return Err(SqlError::compilation(2025, "42S21", format_args!("duplicate column name '{name}'")));
        }
        assigned.push((index, assignment.value.clone()));
    }
    Ok(assigned)
}

pub(super) fn is_default(expression: &Expr) -> bool {
    matches!(expression, Expr::Identifier(ident) if ident.quote_style.is_none() && ident.value == "DEFAULT")
}

/// DEFAULT in SET is the column's default.
pub(super) fn without_default(target: &Target, index: usize, expression: Expr) -> Result<Expr> {
    if !is_default(&expression) {
        return Ok(expression);
    }
    let text = target.def.columns[index].default.as_deref().unwrap_or("NULL");
    let query = parse::expression(text)?;
    match query.body.as_ref() {
        SetExpr::Select(select) => match select.projection.first() {
            Some(SelectItem::ExprWithAlias { expr, .. }) => Ok(expr.clone()),
            _ => Err(SqlError::internal("a default")),
        },
        _ => Err(SqlError::internal("a default")),
    }
}

/// Keeps the first row of every location; how many locations came more than once.
pub(super) fn first_of_each(locations: &[u64]) -> (Vec<u32>, u64) {
    let mut seen = HashSet::new();
    let mut repeated = HashSet::new();
    let mut kept = Vec::new();
    for (row, location) in locations.iter().enumerate() {
        if seen.insert(*location) {
            kept.push(row as u32);
        } else {
            repeated.insert(*location);
        }
    }
    (kept, repeated.len() as u64)
}

pub(super) fn numbers(array: &dyn Array) -> Result<Vec<u64>> {
    let array = datafusion::arrow::compute::cast(array, &datafusion::arrow::datatypes::DataType::UInt64)?;
    Ok(array.as_primitive::<UInt64Type>().values().to_vec())
}

pub(super) fn one_batch(batches: &[RecordBatch]) -> Result<Option<RecordBatch>, ArrowError> {
    match batches.first() {
        None => Ok(None),
        Some(first) => datafusion::arrow::compute::concat_batches(&first.schema(), batches).map(Some),
    }
}

pub(super) fn taken(array: &ArrayRef, rows: &UInt32Array) -> Result<ArrayRef, ArrowError> {
    datafusion::arrow::compute::take(array, rows, None)
}

pub(super) async fn update(
    cx: &mut Context<'_>,
    update: &Update,
    sql: &str,
    binds: &Binds,
    mut special: Special,
) -> Result<QueryResult> {
    for (clause, present) in [
        ("RETURNING", update.returning.is_some() || update.output.is_some()),
        ("UPDATE OR", update.or.is_some()),
        ("UPDATE ... ORDER BY", !update.order_by.is_empty()),
        ("UPDATE ... LIMIT", update.limit.is_some()),
    ] {
        if present {
            return Err(SqlError::unsupported(clause));
        }
    }
    let (name, alias) = single_table(&update.table)?;
    let target = Target::find(cx, name, "UPDATE", &["UPDATE"], binds)?;
    let alias = alias.unwrap_or_else(|| target.object.name.clone());
    let assigned = assignments(&target, &update.assignments)?;
    let others = match &update.from {
        Some(UpdateTableFromKind::AfterSet(others) | UpdateTableFromKind::BeforeSet(others)) => others.clone(),
        None => Vec::new(),
    };
    lock(cx, target.object.id).await?;
    let mut projection = vec![column_of(&alias, LOCATION), column_of(&alias, ROW_ID)];
    for (index, column) in target.def.columns.iter().enumerate() {
        projection.push(match assigned.iter().find(|(assigned, _)| *assigned == index) {
            Some((_, value)) => without_default(&target, index, value.clone())?,
            None => column_of(&alias, &column.name),
        });
    }
    special.insert(TARGET.to_owned(), target.located(cx)?);
    let query = query_over(&alias, projection, others, update.selection.clone())?;
    let planned = plan_consuming(cx, &query, sql, binds, special).await?;
    let batches = planned.ready.collect().await?;
    let mut stats = DmlStats::default();
    if let Some(batch) = one_batch(&batches)? {
        let (locations, row_ids) = (numbers(batch.column(0))?, numbers(batch.column(1))?);
        let (kept, duplicates) = first_of_each(&locations);
        if duplicates > 0 && cx.session.parameters.boolean("ERROR_ON_NONDETERMINISTIC_UPDATE") {
            return Err(SqlError::new(100_090, "42P18", "Duplicate row detected during DML action"));
        }
        let rows = UInt32Array::from(kept.clone());
        let mut arrays = Vec::new();
        for (index, column) in target.def.columns.iter().enumerate() {
            let array = taken(batch.column(index + 2), &rows)?;
            let from = planned.ready.columns[index + 2].sql_type;
            arrays.push(coerce::column(cx, &target, column, &array, from)?);
        }
        let new = check::batch(cx, &target, arrays, kept.len()).await?;
        let locations: Vec<u64> = kept.iter().map(|row| locations[*row as usize]).collect();
        let row_ids: Vec<u64> = kept.iter().map(|row| row_ids[*row as usize]).collect();
        if !locations.is_empty() {
            current(cx)?.update(target.object.id, &target.def, &locations, &row_ids, &[new])?;
        }
        stats = DmlStats { updated: locations.len() as u64, duplicates, ..stats };
    }
    consume(cx, &planned.streams)?;
    Ok(counts(
        StatementType::Update,
        &[("number of rows updated", stats.updated), ("number of multi-joined rows updated", stats.duplicates)],
        stats,
    ))
}

pub(super) async fn delete(
    cx: &mut Context<'_>,
    delete: &Delete,
    sql: &str,
    binds: &Binds,
    mut special: Special,
) -> Result<QueryResult> {
    for (clause, present) in [
        ("RETURNING", delete.returning.is_some() || delete.output.is_some()),
        ("DELETE of several tables", !delete.tables.is_empty()),
        ("DELETE ... ORDER BY", !delete.order_by.is_empty()),
        ("DELETE ... LIMIT", delete.limit.is_some()),
    ] {
        if present {
            return Err(SqlError::unsupported(clause));
        }
    }
    let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
    let [relation] = from.as_slice() else { return Err(SqlError::unsupported("DELETE of several tables")) };
    let (name, alias) = single_table(relation)?;
    let target = Target::find(cx, name, "DELETE", &["DELETE"], binds)?;
    let alias = alias.unwrap_or_else(|| target.object.name.clone());
    lock(cx, target.object.id).await?;
    special.insert(TARGET.to_owned(), target.located(cx)?);
    let others = delete.using.clone().unwrap_or_default();
    let query = query_over(&alias, vec![column_of(&alias, LOCATION)], others, delete.selection.clone())?;
    let planned = plan_consuming(cx, &query, sql, binds, special).await?;
    let mut locations = Vec::new();
    for batch in planned.ready.collect().await? {
        locations.extend(numbers(batch.column(0))?);
    }
    locations.sort_unstable();
    locations.dedup();
    if !locations.is_empty() {
        current(cx)?.delete(target.object.id, &target.def, &locations)?;
    }
    consume(cx, &planned.streams)?;
    let deleted = locations.len() as u64;
    let stats = DmlStats { deleted, ..DmlStats::default() };
    Ok(counts(StatementType::Delete, &[("number of rows deleted", deleted)], stats))
}
