//! PIVOT, UNPIVOT and SAMPLE as plain selects.

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{BinaryOperator, visit_expressions};
use datafusion::sql::sqlparser::ast::{
    CaseWhen, Distinct, Expr, ExprWithAlias, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr, Ident,
    NullInclusion, OrderBy, OrderByExpr, OrderByKind, OrderByOptions, PivotValueSource, Query, Select, SelectItem,
    SetExpr, SetOperator, SetQuantifier, TableAlias, TableFactor, TableSample, TableSampleUnit, TableWithJoins,
    Value as Literal,
};
use std::ops::ControlFlow;

use super::ast::{binary, call, literal, nested, not};
use super::rewrite::Rewriter;
use crate::error::{Result, SqlError};
use crate::parse;
use crate::types::SqlType;

/// The column by which sampled rows are ordered.
const CHANCE: &str = "$CHANCE";

fn column(name: &str) -> Expr {
    Expr::Identifier(Ident::with_quote('"', name))
}

fn named(expr: Expr, name: &str) -> SelectItem {
    SelectItem::ExprWithAlias { expr, alias: Ident::with_quote('"', name) }
}

/// `SELECT * FROM factor`.
pub(super) fn select_from(from: Vec<TableWithJoins>) -> Result<Box<Query>> {
    let mut query = parse::query("SELECT *")?;
    if let SetExpr::Select(select) = query.body.as_mut() {
        select.from = from;
    }
    Ok(query)
}

fn only(relation: TableFactor) -> Vec<TableWithJoins> {
    vec![TableWithJoins { relation, joins: Vec::new() }]
}

fn changed(mut query: Box<Query>, change: impl FnOnce(&mut Select)) -> Box<Query> {
    if let SetExpr::Select(select) = query.body.as_mut() {
        change(select);
    }
    query
}

fn derived(subquery: Box<Query>, alias: Option<TableAlias>) -> TableFactor {
    TableFactor::Derived { lateral: false, subquery, alias, sample: None }
}

/// `CASE WHEN condition THEN result END`.
pub(super) fn case(condition: Expr, result: Expr) -> Expr {
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: vec![CaseWhen { condition, result }],
        else_result: None,
    }
}

/// `table PIVOT (aggregate(x) FOR c IN (values))`: one aggregate over the rows of each value.
pub(super) fn pivot(rewriter: &Rewriter<'_, '_, '_>, factor: TableFactor) -> Result<TableFactor> {
    let TableFactor::Pivot { table, aggregate_functions, value_column, value_source, default_on_null, alias } = factor
    else {
        return Ok(factor);
    };
    let ([aggregate], [Expr::Identifier(by)]) = (aggregate_functions.as_slice(), value_column.as_slice()) else {
        return Err(SqlError::unsupported("PIVOT with several aggregates or columns"));
    };
    let values = match value_source {
        PivotValueSource::List(values) => values,
        PivotValueSource::Any(order) => {
            let mut query = changed(select_from(only((*table).clone()))?, |select| {
                select.distinct = Some(Distinct::Distinct);
                select.projection = vec![SelectItem::UnnamedExpr(Expr::Identifier(by.clone()))];
            });
            let order = match order.is_empty() {
                true => vec![OrderByExpr {
                    expr: Expr::Identifier(by.clone()),
                    options: OrderByOptions { asc: None, nulls_first: None },
                    with_fill: None,
                }],
                false => order,
            };
            query.order_by = Some(OrderBy { kind: OrderByKind::Expressions(order), interpolate: None });
            rewriter.values_of(&query)?
        }
        PivotValueSource::Subquery(query) => rewriter.values_of(&query)?,
    };
    let Expr::Function(function) = &aggregate.expr else {
        return Err(SqlError::syntax("PIVOT needs an aggregate function"));
    };
    let mut used = vec![by.value.clone()];
    let _ = visit_expressions(&aggregate.expr, |node: &Expr| {
        if let Expr::Identifier(ident) = node {
            used.push(ident.value.clone());
        }
        ControlFlow::<()>::Continue(())
    });
    let groups: Vec<String> = rewriter
        .columns_from(only((*table).clone()))?
        .into_iter()
        .map(|(_, name)| name)
        .filter(|name| !used.contains(name))
        .collect();
    let mut projection: Vec<_> = groups.iter().map(|name| SelectItem::UnnamedExpr(column(name))).collect();
    for value in values {
        let condition = binary(Expr::Identifier(by.clone()), BinaryOperator::Eq, value.expr.clone());
        let mut function = function.clone();
        if let FunctionArguments::List(list) = &mut function.args {
            for argument in &mut list.args {
                match argument {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => {
                        *expression = case(condition.clone(), expression.clone());
                    }
                    FunctionArg::Unnamed(inner @ FunctionArgExpr::Wildcard) => {
                        let one = literal(Literal::Number("1".into(), true));
                        *inner = FunctionArgExpr::Expr(case(condition.clone(), one));
                    }
                    _ => return Err(SqlError::unsupported("PIVOT with this argument of its aggregate")),
                }
            }
        }
        let name = match (&value.alias, &aggregate.alias) {
            (Some(alias), None) => alias.value.clone(),
            (Some(alias), Some(of)) => format!("{}_{}", alias.value, of.value),
            (None, None) => value.expr.to_string(),
            (None, Some(of)) => format!("{}_{}", value.expr, of.value),
        };
        let result = match &default_on_null {
            Some(default) => call("NVL", vec![Expr::Function(function), default.clone()]),
            None => Expr::Function(function),
        };
        projection.push(named(result, &name));
    }
    let query = changed(select_from(only(*table))?, |select| {
        select.projection = projection;
        select.group_by = GroupByExpr::Expressions(groups.iter().map(|name| column(name)).collect(), Vec::new());
    });
    Ok(derived(query, alias))
}

impl Rewriter<'_, '_, '_> {
    /// The values of a query's only column, which runs now, as literals.
    fn values_of(&self, query: &Query) -> Result<Vec<ExprWithAlias>> {
        let mut query = query.clone();
        if let Some(outer) = self.visible_with() {
            match &mut query.with {
                Some(own) => own.cte_tables.splice(0..0, outer.cte_tables).for_each(drop),
                None => query.with = Some(outer),
            }
        }
        let values = self.provider.column_of(&query, self.binds)?;
        let values = values.into_iter().filter(|value| !value.is_null());
        Ok(values
            .map(|value| {
                let text = super::text_of(&value).unwrap_or_default();
                let expr = match value.sql_type {
                    SqlType::Number { .. } => literal(Literal::Number(text, false)),
                    SqlType::Varchar(_) => literal(Literal::SingleQuotedString(text)),
                    other => call(&format!("CAST:{other}"), vec![literal(Literal::SingleQuotedString(text))]),
                };
                let alias = match value.sql_type {
                    SqlType::Varchar(_) | SqlType::Number { .. } => None,
                    _ => super::text_of(&value).map(|text| Ident::with_quote('"', format!("'{text}'"))),
                };
                ExprWithAlias { expr, alias }
            })
            .collect())
    }
}

/// `table UNPIVOT (value FOR name IN (columns))`: one row for each column.
pub(super) fn unpivot(rewriter: &Rewriter<'_, '_, '_>, factor: TableFactor) -> Result<TableFactor> {
    let TableFactor::Unpivot { table, value, name, columns, null_inclusion, alias } = factor else {
        return Ok(factor);
    };
    let Expr::Identifier(value) = value else {
        return Err(SqlError::unsupported("UNPIVOT with several value columns"));
    };
    let mut turned = Vec::new();
    for item in &columns {
        let Expr::Identifier(ident) = &item.expr else {
            return Err(SqlError::unsupported(format_args!("UNPIVOT ... IN ({})", item.expr)));
        };
        let shown = item.alias.as_ref().map_or(&ident.value, |alias| &alias.value);
        turned.push((ident.value.clone(), shown.clone()));
    }
    let others: Vec<String> = rewriter
        .columns_from(only((*table).clone()))?
        .into_iter()
        .map(|(_, name)| name)
        .filter(|name| !turned.iter().any(|(column, _)| column == name))
        .collect();
    let mut all: Option<Box<Query>> = None;
    for (of, shown) in turned {
        let mut projection: Vec<_> = others.iter().map(|name| SelectItem::UnnamedExpr(column(name))).collect();
        projection.push(named(literal(Literal::SingleQuotedString(shown)), &name.value));
        projection.push(named(column(&of), &value.value));
        let query = changed(select_from(only((*table).clone()))?, |select| {
            select.projection = projection;
            if !matches!(null_inclusion, Some(NullInclusion::IncludeNulls)) {
                select.selection = Some(not(nested(Expr::IsNull(Box::new(column(&of))))));
            }
        });
        all = Some(match all {
            None => query,
            Some(mut all) => {
                let left = std::mem::replace(&mut all.body, Box::new(SetExpr::Query(query.clone())));
                all.body = Box::new(SetExpr::SetOperation {
                    op: SetOperator::Union,
                    set_quantifier: SetQuantifier::All,
                    left,
                    right: query.body,
                });
                all
            }
        });
    }
    let query = all.ok_or_else(|| SqlError::syntax("UNPIVOT needs columns"))?;
    Ok(derived(query, alias))
}

/// `relation SAMPLE (...)`: rows by chance.
pub(super) fn sample(relation: TableFactor, sample: TableSample, alias: Option<TableAlias>) -> Result<TableFactor> {
    let refused = |what: &str| Err(SqlError::unsupported(format_args!("SAMPLE {what}")));
    if sample.bucket.is_some() || sample.offset.is_some() {
        return refused("with buckets or an offset");
    }
    let Some(quantity) = sample.quantity else { return refused("without a size") };
    let seed = sample.seed.map(|seed| Expr::Value(seed.value));
    let random = || call("RANDOM", seed.iter().cloned().collect());
    let mut query = select_from(only(relation))?;
    if matches!(quantity.unit, Some(TableSampleUnit::Rows)) {
        // The first rows in an order by chance, which is a column of its own: nothing is left to sort where all others
        // are pruned.
        query = changed(query, |select| select.projection.push(named(random(), CHANCE)));
        let text = format!("SELECT * EXCLUDE \"{CHANCE}\" QUALIFY ROW_NUMBER() OVER (ORDER BY \"{CHANCE}\") <= 1");
        query = changed(parse::query(&text)?, |select| {
            select.from = only(derived(query, None));
            if let Some(Expr::BinaryOp { right, .. }) = &mut select.qualify {
                **right = quantity.value;
            }
        });
    } else {
        // A percentage of the rows, each by itself: RANDOM() has 64 bits, of which six digits decide.
        let million = literal(Literal::Number("1000000".into(), false));
        let ten_thousand = literal(Literal::Number("10000".into(), false));
        let drawn = call("MOD", vec![call("ABS", vec![random()]), million]);
        let limit = binary(quantity.value, BinaryOperator::Multiply, ten_thousand);
        query = changed(query, |select| select.selection = Some(binary(drawn, BinaryOperator::Lt, limit)));
    }
    Ok(derived(query, alias))
}
