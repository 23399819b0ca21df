//! INSERT [OVERWRITE] INTO.

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::common::ScalarValue;
use datafusion::sql::sqlparser::ast::{
    Expr, Insert, Query, SelectItem, SetExpr, TableObject, UnaryOperator, Value as Literal, Values,
};

use super::{Target, check, coerce, complete, consume, counts, current, lock, plan_consuming};
use crate::error::{Result, SqlError};
use crate::exec::{Binds, Context, DmlStats, QueryResult, StatementType, Value};
use crate::parse;
use crate::plan::{self, Special};
use crate::types::SqlType;

pub(super) async fn run(
    cx: &mut Context<'_>,
    insert: &Insert,
    sql: &str,
    binds: &Binds,
    special: Special,
) -> Result<QueryResult> {
    for (clause, present) in [
        ("INSERT OR", insert.or.is_some()),
        ("INSERT IGNORE", insert.ignore),
        ("INSERT ... SET", !insert.assignments.is_empty()),
        ("PARTITION", insert.partitioned.is_some() || !insert.after_columns.is_empty()),
        ("ON CONFLICT", insert.on.is_some()),
        ("RETURNING", insert.returning.is_some() || insert.output.is_some()),
        ("an alias of the table", insert.table_alias.is_some() || insert.insert_alias.is_some()),
        ("REPLACE INTO", insert.replace_into || insert.priority.is_some()),
        ("SETTINGS", insert.settings.is_some() || insert.format_clause.is_some()),
    ] {
        if present {
            return Err(SqlError::unsupported(clause));
        }
    }
    let TableObject::TableName(name) = &insert.table else {
        return Err(SqlError::unsupported("INSERT into a table function or query"));
    };
    let privileges: &[&str] = if insert.overwrite { &["INSERT", "DELETE"] } else { &["INSERT"] };
    let target = Target::find(cx, name, "INSERT", privileges, binds)?;
    let given: Vec<usize> = if insert.columns.is_empty() {
        target.written()
    } else {
        let mut given = Vec::new();
        for column in &insert.columns {
            let index = target.column(plan::name_of(column)?.object())?;
            if given.contains(&index) {
                return Err(SqlError::compilation(2025, "42S21", format_args!("duplicate column name '{column}'")));
            }
            given.push(index);
        }
        given
    };
    let query = insert.source.as_deref().ok_or_else(|| SqlError::syntax("INSERT without VALUES or a query"))?;
    if insert.overwrite {
        lock(cx, target.object.id).await?;
    }
    let batches = match query.body.as_ref() {
        SetExpr::Values(values) if query.with.is_none() && query.order_by.is_none() => {
            let batch = from_values(cx, &target, &given, values, binds).await?;
            vec![batch]
        }
        _ => from_query(cx, &target, &given, query, sql, binds, special).await?,
    };
    let (id, def) = (target.object.id, &target.def);
    let inserted = if insert.overwrite {
        current(cx)?.overwrite(id, def, &batches)?
    } else {
        current(cx)?.insert(id, def, &batches)?
    };
    let stats = DmlStats { inserted, ..DmlStats::default() };
    Ok(counts(StatementType::Insert, &[("number of rows inserted", inserted)], stats))
}

fn wrong_width(expected: usize, got: usize) -> SqlError {
    SqlError::compilation(
        2020,
        "21S01",
        format_args!("Insert value list does not match column list expecting {expected} but got {got}"),
    )
}

async fn from_query(
    cx: &mut Context<'_>,
    target: &Target,
    given: &[usize],
    query: &Query,
    sql: &str,
    binds: &Binds,
    special: Special,
) -> Result<Vec<RecordBatch>> {
    let planned = plan_consuming(cx, query, sql, binds, special).await?;
    let columns = &planned.ready.columns;
    if columns.len() != given.len() {
        return Err(wrong_width(given.len(), columns.len()));
    }
    let types: Vec<SqlType> = columns.iter().map(|column| column.sql_type).collect();
    let batches = planned.ready.collect().await?;
    let rows: Vec<_> = batches.iter().map(|batch| (batch.columns(), batch.num_rows())).collect();
    let batches = complete::rows(cx, target, given, &types, &rows).await?;
    consume(cx, &planned.streams)?;
    Ok(batches)
}

async fn from_values(
    cx: &mut Context<'_>,
    target: &Target,
    given: &[usize],
    values: &Values,
    binds: &Binds,
) -> Result<RecordBatch> {
    let mut columns: Vec<Vec<Option<Value>>> = vec![Vec::with_capacity(values.rows.len()); given.len()];
    for row in &values.rows {
        if row.len() != given.len() {
            return Err(wrong_width(given.len(), row.len()));
        }
        for (index, expression) in row.iter().enumerate() {
            let value = if is_default(expression) { None } else { Some(cell(cx, expression, binds).await?) };
            columns[index].push(value);
        }
    }
    let rows = values.rows.len();
    let mut complete = Vec::with_capacity(target.def.columns.len());
    for (index, column) in target.def.columns.iter().enumerate() {
        let array = match given.iter().position(|given| *given == index) {
            None => complete::default(cx, target, column, rows).await?,
            Some(position) => {
                let mut arrays: Vec<ArrayRef> = Vec::new();
                // Neighbours of one type are converted together.
                let mut start = 0;
                let cells = &columns[position];
                while start < cells.len() {
                    let sql_type = cells[start].as_ref().map(kind);
                    let end = (start..cells.len())
                        .find(|at| cells[*at].as_ref().map(kind) != sql_type)
                        .unwrap_or(cells.len());
                    arrays.push(match &cells[start] {
                        None => complete::default(cx, target, column, end - start).await?,
                        Some(first) => {
                            let scalars = cells[start..end].iter().flatten().map(|value| value.scalar.clone());
                            let array = ScalarValue::iter_to_array(scalars).map_err(SqlError::internal)?;
                            coerce::column(cx, target, column, &array, first.sql_type)?
                        }
                    });
                    start = end;
                }
                match arrays.as_slice() {
                    [one] => one.clone(),
                    several => {
                        let parts: Vec<&dyn datafusion::arrow::array::Array> =
                            several.iter().map(|array| array.as_ref()).collect();
                        datafusion::arrow::compute::concat(&parts)?
                    }
                }
            }
        };
        complete.push(array);
    }
    check::batch(cx, target, complete, rows).await
}

/// What decides whether two cells can be in one array.
fn kind(value: &Value) -> (SqlType, datafusion::arrow::datatypes::DataType) {
    (value.sql_type, value.scalar.data_type())
}

fn is_default(expression: &Expr) -> bool {
    matches!(expression, Expr::Identifier(ident) if ident.quote_style.is_none() && ident.value == "DEFAULT")
}

/// The value of an expression that reads no relation; literals without planning.
pub(super) async fn cell(cx: &mut Context<'_>, expression: &Expr, binds: &Binds) -> Result<Value> {
    if let Some(value) = literal(expression, false) {
        return Ok(value);
    }
    if let Some(name) = semi_structured(expression) {
        return Err(SqlError::compilation(
            2014,
            "22000",
            format_args!("Invalid expression [{expression}] in VALUES clause: use INSERT ... SELECT with {name}."),
        ));
    }
    let mut query = parse::query("SELECT NULL")?;
    if let SetExpr::Select(select) = query.body.as_mut() {
        select.projection = vec![SelectItem::UnnamedExpr(expression.clone())];
    }
    let result = crate::statement::query::run(cx, &query, &expression.to_string(), binds, Special::new()).await?;
    result.value(0, 0)?.ok_or_else(|| SqlError::internal("an expression without a value"))
}

fn semi_structured(expression: &Expr) -> Option<&'static str> {
    match expression {
        Expr::Function(function) => {
            let name = function.name.to_string();
            ["PARSE_JSON", "OBJECT_CONSTRUCT", "ARRAY_CONSTRUCT", "TO_VARIANT"].into_iter().find(|known| *known == name)
        }
        Expr::Dictionary(_) => Some("an object"),
        Expr::Array(_) => Some("an array"),
        _ => None,
    }
}

fn literal(expression: &Expr, negative: bool) -> Option<Value> {
    match expression {
        Expr::Value(value) => match &value.value {
            Literal::Number(text, _) if !text.contains(['e', 'E']) => {
                let (value, scale) = crate::function::decimal::parse(text)?;
                let value = if negative { -value } else { value };
                let sql_type = SqlType::Number { precision: 38, scale };
                Some(Value { sql_type, scalar: ScalarValue::Decimal128(Some(value), 38, scale as i8) })
            }
            Literal::SingleQuotedString(text) if !negative => Some(Value::text(text)),
            Literal::Boolean(value) if !negative => Some(Value::boolean(*value)),
            Literal::Null if !negative => Some(Value::null(SqlType::TEXT)),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } if !negative => literal(expr, true),
        _ => None,
    }
}
