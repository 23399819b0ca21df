//! MERGE.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, BooleanArray, Int64Array, RecordBatch, UInt32Array};
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, Ident, Join, JoinConstraint, JoinOperator, Merge, MergeAction, MergeClauseKind,
    MergeInsertKind, Query, SelectItem, SetExpr, TableFactor, TableWithJoins, Value as Literal,
    helpers::attached_token::AttachedToken,
};

use super::change::{assignments, column_of, is_default, numbers, one_batch, query_over, taken, without_default};
use super::{TARGET, Target, check, coerce, complete, consume, counts, current, lock, plan_consuming};
use crate::error::{Result, SqlError};
use crate::exec::{Binds, Context, DmlStats, QueryResult, StatementType};
use crate::parse;
use crate::plan::{self, Special, StreamRead};
use crate::storage::{LOCATION, ROW_ID};
use crate::types::SqlType;

/// The name of the materialised source.
const SOURCE: &str = "$SOURCE";
/// Numbers the rows of the source.
const SOURCE_ROW: &str = "__SOURCE_ROW";

/// The materialised source of a MERGE.
struct Source {
    alias: String,
    rows: RecordBatch,
    streams: Vec<StreamRead>,
}

impl Source {
    fn relation(&self, kept: Option<&BooleanArray>) -> Result<Arc<dyn datafusion::logical_expr::TableSource>> {
        let rows = match kept {
            Some(kept) => datafusion::arrow::compute::filter_record_batch(&self.rows, kept)?,
            None => self.rows.clone(),
        };
        plan::memory(rows.schema(), vec![rows])
    }

    fn factor(&self) -> TableFactor {
        plan::plain_table(plan::quoted_name(SOURCE), Some(plan::table_alias(&self.alias)))
    }
}

async fn source(
    cx: &mut Context<'_>,
    factor: &TableFactor,
    sql: &str,
    binds: &Binds,
    special: Special,
) -> Result<Source> {
    let alias = match factor {
        TableFactor::Table { alias: Some(alias), .. }
        | TableFactor::Derived { alias: Some(alias), .. }
        | TableFactor::TableFunction { alias: Some(alias), .. } => alias.name.value.clone(),
        TableFactor::Table { name, .. } => plan::table_name(cx, name, binds)?.object().to_owned(),
        _ => "$MERGE_SOURCE".to_owned(),
    };
    let mut query = parse::query("SELECT * FROM T")?;
    if let SetExpr::Select(select) = query.body.as_mut() {
        select.from = vec![TableWithJoins { relation: factor.clone(), joins: Vec::new() }];
    }
    let planned = plan_consuming(cx, &query, sql, binds, special).await?;
    let batches = planned.ready.collect().await?;
    let mut fields: Vec<Field> =
        planned.ready.columns.iter().map(|column| column.sql_type.field(&column.name, true)).collect();
    let schema = Arc::new(Schema::new(fields.clone()));
    let all = match one_batch(&batches)? {
        Some(batch) => batch,
        None => RecordBatch::new_empty(schema),
    };
    fields.push(Field::new(SOURCE_ROW, DataType::Int64, false));
    let mut columns = all.columns().to_vec();
    columns.push(Arc::new(Int64Array::from_iter_values(0..all.num_rows() as i64)));
    let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?;
    Ok(Source { alias, rows, streams: planned.streams })
}

/// `CASE WHEN predicate 0 THEN 0 WHEN predicate 1 THEN 1 ... ELSE -1 END`.
fn first_true(predicates: &[Option<Expr>]) -> Expr {
    let number = |value: usize| plan::literal(Literal::Number(value.to_string(), true));
    if predicates.is_empty() {
        return number(999);
    }
    let conditions: Vec<CaseWhen> = predicates
        .iter()
        .enumerate()
        .map(|(index, predicate)| CaseWhen {
            condition: predicate.clone().unwrap_or_else(|| plan::literal(Literal::Boolean(true))),
            result: number(index),
        })
        .collect();
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions,
        else_result: Some(Box::new(plan::literal(Literal::Number("999".to_owned(), true)))),
    }
}

/// The expression where the clause applies, NULL elsewhere: it is not computed for other rows.
fn guarded(predicates: &[Option<Expr>], clause: usize, expression: Expr) -> Expr {
    let condition = plan::binary(
        first_true(predicates),
        BinaryOperator::Eq,
        plan::literal(Literal::Number(clause.to_string(), true)),
    );
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: vec![CaseWhen { condition, result: expression }],
        else_result: None,
    }
}

/// ALL BY NAME: every column of the target from that of the source with its name.
fn by_name(target: &Target, source: &Source) -> Result<Vec<(usize, Expr)>> {
    let schema = source.rows.schema();
    let names: Vec<&String> =
        schema.fields().iter().map(|field| field.name()).filter(|name| *name != SOURCE_ROW).collect();
    let written = || target.written().into_iter().map(|index| (index, &target.def.columns[index]));
    if let Some((_, column)) = written().find(|(_, column)| !names.contains(&&column.name)) {
        return Err(SqlError::compilation(
            904,
            "42000",
            format_args!("ALL BY NAME: the source has no column '{}' as the target has", column.name),
        ));
    }
    if let Some(name) = names.iter().find(|name| target.def.column(name).is_none()) {
        return Err(SqlError::compilation(
            904,
            "42000",
            format_args!("ALL BY NAME: the target has no column '{name}' as the source has"),
        ));
    }
    Ok(written().map(|(index, column)| (index, column_of(&source.alias, &column.name))).collect())
}

enum Matched {
    Update(Vec<(usize, Expr)>),
    Delete,
}

pub(super) async fn run(
    cx: &mut Context<'_>,
    merge: &Merge,
    sql: &str,
    binds: &Binds,
    mut special: Special,
) -> Result<QueryResult> {
    if merge.output.is_some() {
        return Err(SqlError::unsupported("OUTPUT"));
    }
    let TableFactor::Table { name, alias, .. } = &merge.table else {
        return Err(SqlError::unsupported(format_args!("{} as the target of MERGE", merge.table)));
    };
    let mut privileges = Vec::new();
    let (mut matched, mut matched_predicates) = (Vec::new(), Vec::new());
    let (mut inserts, mut insert_predicates) = (Vec::new(), Vec::new());
    for clause in &merge.clauses {
        let privilege = match &clause.action {
            MergeAction::Insert(_) => "INSERT",
            MergeAction::Update(_) => "UPDATE",
            MergeAction::Delete { .. } => "DELETE",
        };
        if !privileges.contains(&privilege) {
            privileges.push(privilege);
        }
    }
    let target = Target::find(cx, name, "MERGE", &privileges, binds)?;
    let alias = alias.as_ref().map_or_else(|| target.object.name.clone(), |alias| alias.name.value.clone());
    lock(cx, target.object.id).await?;
    let source = source(cx, &merge.source, sql, binds, special.clone()).await?;
    for clause in &merge.clauses {
        match (&clause.clause_kind, &clause.action) {
            (MergeClauseKind::Matched, MergeAction::Update(update)) => {
                if update.update_predicate.is_some() || update.delete_predicate.is_some() {
                    return Err(SqlError::unsupported("WHERE in a clause of MERGE; write WHEN MATCHED AND ..."));
                }
                let all = matches!(update.assignments.as_slice(), [only]
                    if only.value == Expr::Identifier(Ident::with_quote('"', parse::ALL_BY_NAME)));
                matched.push(Matched::Update(match all {
                    true => by_name(&target, &source)?,
                    false => assignments(&target, &update.assignments)?,
                }));
                matched_predicates.push(clause.predicate.clone());
            }
            (MergeClauseKind::Matched, MergeAction::Delete { .. }) => {
                matched.push(Matched::Delete);
                matched_predicates.push(clause.predicate.clone());
            }
            (MergeClauseKind::NotMatched, MergeAction::Insert(insert)) => {
                if insert.insert_predicate.is_some() {
                    return Err(SqlError::unsupported("WHERE in a clause of MERGE; write WHEN NOT MATCHED AND ..."));
                }
                if insert.columns == [plan::quoted_name(parse::ALL_BY_NAME)] {
                    inserts.push(by_name(&target, &source)?);
                    insert_predicates.push(clause.predicate.clone());
                    continue;
                }
                let given: Vec<usize> = if insert.columns.is_empty() {
                    target.written()
                } else {
                    insert
                        .columns
                        .iter()
                        .map(|column| target.column(plan::name_of(column)?.object()))
                        .collect::<Result<_>>()?
                };
                let MergeInsertKind::Values(values) = &insert.kind else {
                    return Err(SqlError::unsupported("INSERT ROW"));
                };
                let [row] = values.rows.as_slice() else {
                    return Err(SqlError::syntax("INSERT of MERGE takes one list of values"));
                };
                if row.len() != given.len() {
                    return Err(SqlError::compilation(
                        2020,
                        "21S01",
                        format_args!(
                            "Insert value list does not match column list expecting {} but got {}",
                            given.len(),
                            row.len()
                        ),
                    ));
                }
                let pairs: Vec<(usize, Expr)> =
                    given.into_iter().zip(row.iter().cloned()).filter(|(_, value)| !is_default(value)).collect();
                inserts.push(pairs);
                insert_predicates.push(clause.predicate.clone());
            }
            (kind, action) => return Err(SqlError::unsupported(format_args!("WHEN {kind} THEN {action}"))),
        }
    }
    for predicates in [&matched_predicates, &insert_predicates] {
        if predicates.iter().position(Option::is_none).is_some_and(|index| index + 1 < predicates.len()) {
            return Err(SqlError::compilation(
                1003,
                "42000",
                "A clause of MERGE without a condition must be the last of its kind: those after it are unreachable.",
            ));
        }
    }
    special.insert(TARGET.to_owned(), target.located(cx)?);
    special.insert(SOURCE.to_owned(), source.relation(None)?);

    // One pass over the join: where, what to do, and the values to do it with.
    let mut projection = vec![
        column_of(&alias, LOCATION),
        column_of(&alias, ROW_ID),
        column_of(&source.alias, SOURCE_ROW),
        first_true(&matched_predicates),
    ];
    let fixed = projection.len();
    for column in &target.def.columns {
        projection.push(column_of(&alias, &column.name));
    }
    let mut slots: HashMap<(usize, usize), usize> = HashMap::new();
    for (clause, action) in matched.iter().enumerate() {
        if let Matched::Update(assigned) = action {
            for (index, value) in assigned {
                slots.insert((clause, *index), projection.len());
                let value = without_default(&target, *index, value.clone())?;
                projection.push(guarded(&matched_predicates, clause, value));
            }
        }
    }
    let mut query = query_over(&alias, projection, Vec::new(), None)?;
    if let SetExpr::Select(select) = query.body.as_mut() {
        select.from[0].joins.push(Join {
            relation: source.factor(),
            global: false,
            join_operator: JoinOperator::Inner(JoinConstraint::On((*merge.on).clone())),
        });
    }
    let planned = plan_consuming(cx, &query, sql, binds, special.clone()).await?;
    let joined = one_batch(&planned.ready.collect().await?)?;
    let mut stats = DmlStats::default();
    let mut unmatched = vec![true; source.rows.num_rows()];
    let (mut deleted, mut updates) = (Vec::new(), Vec::new());
    if let Some(joined) = &joined {
        let (locations, row_ids) = (numbers(joined.column(0))?, numbers(joined.column(1))?);
        for row in numbers(joined.column(2))? {
            unmatched[row as usize] = false;
        }
        let actions = numbers(joined.column(3))?;
        let mut seen: HashMap<u64, (u32, bool)> = HashMap::new();
        let mut per_clause: Vec<Vec<u32>> = vec![Vec::new(); matched.len()];
        let strict = cx.session.parameters.boolean("ERROR_ON_NONDETERMINISTIC_MERGE");
        for (row, (location, action)) in locations.iter().zip(&actions).enumerate() {
            let Some(clause) = matched.get(*action as usize) else { continue };
            let updates = matches!(clause, Matched::Update(_));
            match seen.get(location) {
                Some((_, before)) if updates || *before => {
                    if strict {
                        return Err(duplicate(&target, joined, fixed, row));
                    }
                }
                Some(_) => {}
                None => {
                    seen.insert(*location, (row as u32, updates));
                    per_clause[*action as usize].push(row as u32);
                }
            }
        }
        for (clause, rows) in per_clause.into_iter().enumerate() {
            if rows.is_empty() {
                continue;
            }
            let Matched::Update(_) = &matched[clause] else {
                deleted.extend(rows.iter().map(|row| locations[*row as usize]));
                continue;
            };
            let taken_rows = UInt32Array::from(rows.clone());
            let mut arrays = Vec::new();
            for (index, column) in target.def.columns.iter().enumerate() {
                let slot = slots.get(&(clause, index)).copied().unwrap_or(fixed + index);
                let array = taken(joined.column(slot), &taken_rows)?;
                arrays.push(coerce::column(cx, &target, column, &array, planned.ready.columns[slot].sql_type)?);
            }
            let batch = check::batch(cx, &target, arrays, rows.len()).await?;
            let at: Vec<u64> = rows.iter().map(|row| locations[*row as usize]).collect();
            let ids: Vec<u64> = rows.iter().map(|row| row_ids[*row as usize]).collect();
            updates.push((at, ids, batch));
        }
    }
    let mut added = Vec::new();
    if !inserts.is_empty() && unmatched.iter().any(|unmatched| *unmatched) {
        special.insert(SOURCE.to_owned(), source.relation(Some(&BooleanArray::from(unmatched)))?);
        added = new_rows(cx, &target, &source, &inserts, &insert_predicates, sql, binds, special).await?;
    }
    let id = target.object.id;
    for (locations, row_ids, batch) in updates {
        stats.updated += locations.len() as u64;
        current(cx)?.update(id, &target.def, &locations, &row_ids, &[batch])?;
    }
    if !deleted.is_empty() {
        stats.deleted = deleted.len() as u64;
        current(cx)?.delete(id, &target.def, &deleted)?;
    }
    if !added.is_empty() {
        stats.inserted = current(cx)?.insert(id, &target.def, &added)?;
    }
    consume(cx, &source.streams)?;
    consume(cx, &planned.streams)?;
    let mut shown = Vec::new();
    if !inserts.is_empty() {
        shown.push(("number of rows inserted", stats.inserted));
    }
    if matched.iter().any(|action| matches!(action, Matched::Update(_))) {
        shown.push(("number of rows updated", stats.updated));
    }
    if matched.iter().any(|action| matches!(action, Matched::Delete)) {
        shown.push(("number of rows deleted", stats.deleted));
    }
    Ok(counts(StatementType::Merge, &shown, stats))
}

#[allow(clippy::too_many_arguments, reason = "one step of MERGE with all it has gathered")]
async fn new_rows(
    cx: &mut Context<'_>,
    target: &Target,
    source: &Source,
    inserts: &[Vec<(usize, Expr)>],
    predicates: &[Option<Expr>],
    sql: &str,
    binds: &Binds,
    special: Special,
) -> Result<Vec<RecordBatch>> {
    let mut projection = vec![first_true(predicates)];
    for (clause, pairs) in inserts.iter().enumerate() {
        for (_, value) in pairs {
            projection.push(guarded(predicates, clause, value.clone()));
        }
    }
    let query = query_from(source.factor(), projection)?;
    let planned = plan_consuming(cx, &query, sql, binds, special).await?;
    let Some(rows) = one_batch(&planned.ready.collect().await?)? else { return Ok(Vec::new()) };
    let actions = datafusion::arrow::compute::cast(rows.column(0), &DataType::Int64)?;
    let actions = actions.as_primitive::<Int64Type>();
    let mut batches = Vec::new();
    let mut slot = 1;
    for (clause, pairs) in inserts.iter().enumerate() {
        let kept: Vec<u32> =
            (0..actions.len()).filter(|row| actions.value(*row) == clause as i64).map(|row| row as u32).collect();
        let count = kept.len();
        let kept = UInt32Array::from(kept);
        let given: Vec<usize> = pairs.iter().map(|(index, _)| *index).collect();
        let types: Vec<SqlType> = (slot..slot + pairs.len()).map(|at| planned.ready.columns[at].sql_type).collect();
        let arrays = (slot..slot + pairs.len())
            .map(|at| taken(rows.column(at), &kept))
            .collect::<std::result::Result<Vec<_>, _>>()?;
        slot += pairs.len();
        batches.extend(complete::rows(cx, target, &given, &types, &[(&arrays, count)]).await?);
    }
    Ok(batches)
}

/// `SELECT projection FROM factor`.
pub(super) fn query_from(factor: TableFactor, projection: Vec<Expr>) -> Result<Box<Query>> {
    let mut query = parse::query("SELECT NULL")?;
    if let SetExpr::Select(select) = query.body.as_mut() {
        select.projection = projection
            .into_iter()
            .enumerate()
            .map(|(index, expr)| SelectItem::ExprWithAlias { expr, alias: Ident::with_quote('"', format!("c{index}")) })
            .collect();
        select.from = vec![TableWithJoins { relation: factor, joins: Vec::new() }];
    }
    Ok(query)
}

/// 100090 with the values of the target's row.
fn duplicate(target: &Target, joined: &RecordBatch, first: usize, row: usize) -> SqlError {
    let values: Vec<String> = (0..target.def.columns.len())
        .map(|index| match crate::function::datum::read(joined.column(first + index), row) {
            Ok(crate::function::datum::Datum::Null) | Err(_) => "NULL".to_owned(),
            Ok(datum @ crate::function::datum::Datum::Number(..)) => {
                crate::function::cast::text_of(&datum, chrono_tz::UTC)
            }
            Ok(datum) => format!("\"{}\"", crate::function::cast::text_of(&datum, chrono_tz::UTC)),
        })
        .collect();
    SqlError::new(
        100_090,
        "42P18",
        format!("Duplicate row detected during DML action\nRow Values: [{}]", values.join(", ")),
    )
}
