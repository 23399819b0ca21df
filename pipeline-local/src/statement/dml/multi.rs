//! INSERT ALL and INSERT FIRST into several tables.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::Schema;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Ident, Insert, MultiTableInsertIntoClause, MultiTableInsertType, MultiTableInsertValue,
    SetExpr, UnaryOperator, Value as Literal,
};

use super::change::one_batch;
use super::merge::query_from;
use super::{Target, complete, consume, current, lock, plan_consuming};
use crate::error::{Result, SqlError};
use crate::exec::{Binds, Context, DmlStats, QueryResult, StatementType};
use crate::plan::{self, Special};

const SOURCE: &str = "$SOURCE";

pub(super) async fn run(
    cx: &mut Context<'_>,
    insert: &Insert,
    sql: &str,
    binds: &Binds,
    mut special: Special,
) -> Result<QueryResult> {
    let query = insert.source.as_deref().ok_or_else(|| SqlError::syntax("INSERT ALL without a query"))?;
    let planned = plan_consuming(cx, query, sql, binds, special.clone()).await?;
    let fields: Vec<_> = planned.ready.columns.iter().map(|column| column.sql_type.field(&column.name, true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let batches = planned.ready.collect().await?;
    let rows = one_batch(&batches)?.unwrap_or_else(|| RecordBatch::new_empty(schema.clone()));
    special.insert(SOURCE.to_owned(), plan::memory(schema, vec![rows])?);
    let columns: Vec<String> = planned.ready.columns.iter().map(|column| column.name.clone()).collect();

    let mut clauses: Vec<(Option<Expr>, &MultiTableInsertIntoClause)> =
        insert.multi_table_into_clauses.iter().map(|into| (None, into)).collect();
    let first = matches!(insert.multi_table_insert_type, Some(MultiTableInsertType::First));
    let mut none_before: Option<Expr> = None;
    for when in &insert.multi_table_when_clauses {
        let condition = match (&none_before, first) {
            (Some(none), true) => plan::binary(none.clone(), BinaryOperator::And, when.condition.clone()),
            _ => when.condition.clone(),
        };
        clauses.extend(when.into_clauses.iter().map(|into| (Some(condition.clone()), into)));
        let known = plan::call("COALESCE", vec![when.condition.clone(), plan::literal(Literal::Boolean(false))]);
        let not = Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(known) };
        none_before = Some(match none_before {
            Some(none) => plan::binary(none, BinaryOperator::And, not),
            None => not,
        });
    }
    for into in insert.multi_table_else_clause.iter().flatten() {
        clauses.push((none_before.clone(), into));
    }

    let mut stats = DmlStats::default();
    let mut shown: Vec<(String, u64)> = Vec::new();
    let mut cleared = Vec::new();
    for (condition, into) in clauses {
        let privileges: &[&str] = if insert.overwrite { &["INSERT", "DELETE"] } else { &["INSERT"] };
        let target = Target::find(cx, &into.table_name, "INSERT", privileges, binds)?;
        let mut given: Vec<usize> = if into.columns.is_empty() {
            target.written()
        } else {
            into.columns.iter().map(|column| target.column(&column.value)).collect::<Result<_>>()?
        };
        let mut values = Vec::new();
        match &into.values {
            Some(list) => {
                let mut kept = Vec::new();
                for (index, value) in given.iter().zip(&list.values) {
                    if let MultiTableInsertValue::Expr(expression) = value {
                        kept.push(*index);
                        values.push(expression.clone());
                    }
                }
                if list.values.len() != given.len() {
                    return Err(wrong_width(given.len(), list.values.len()));
                }
                given = kept;
            }
            None => {
                if columns.len() != given.len() {
                    return Err(wrong_width(given.len(), columns.len()));
                }
                values.extend(columns.iter().map(|column| Expr::Identifier(Ident::with_quote('"', column))));
            }
        }
        let factor = plan::plain_table(plan::quoted_name(SOURCE), Some(plan::table_alias("$S")));
        values.push(plan::literal(Literal::Null));
        let mut query = query_from(factor, values)?;
        if let SetExpr::Select(select) = query.body.as_mut() {
            select.selection = condition;
        }
        let part = plan::plan(cx, &query, sql, binds, special.clone())?;
        let types: Vec<_> = part.ready.columns.iter().map(|column| column.sql_type).collect();
        let batches = part.ready.collect().await?;
        let rows: Vec<_> = batches.iter().map(|batch| (batch.columns(), batch.num_rows())).collect();
        let batches = complete::rows(cx, &target, &given, &types, &rows).await?;
        if insert.overwrite && !cleared.contains(&target.object.id) {
            lock(cx, target.object.id).await?;
            current(cx)?.truncate(target.object.id, &target.def)?;
            cleared.push(target.object.id);
        }
        let inserted = current(cx)?.insert(target.object.id, &target.def, &batches)?;
        stats.inserted += inserted;
        let name = format!("number of rows inserted into {}", target.object.name);
        match shown.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += inserted,
            None => shown.push((name, inserted)),
        }
    }
    consume(cx, &planned.streams)?;
    let shown: Vec<(&str, u64)> = shown.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    Ok(super::counts(StatementType::MultiTableInsert, &shown, stats))
}

fn wrong_width(expected: usize, got: usize) -> SqlError {
    SqlError::compilation(
        2020,
        "21S01",
        format_args!("Insert value list does not match column list expecting {expected} but got {got}"),
    )
}
