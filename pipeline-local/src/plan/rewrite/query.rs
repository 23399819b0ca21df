//! Whole queries and selects: clauses claimed or refused, limits, columns' names.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Distinct, Expr, GroupByExpr, LimitClause, ObjectNamePart, OrderByExpr, OrderByKind, Query, Select,
    SelectItem, SetExpr, SetOperator, SetQuantifier, TopQuantity, Value as Literal, visit_expressions_mut,
    visit_relations,
};

use super::super::ast::{binary, call, literal};
use super::super::{lateral, subquery};
use super::Rewriter;
use super::columns::{name_columns, widen};
use super::expression::{condition, protect};
use super::scope;
use crate::error::{Result, SqlError};

impl Rewriter<'_, '_, '_> {
    pub(super) fn select(&mut self, select: &mut Select) -> Result<()> {
        for (clause, present) in [
            ("SELECT ... INTO", select.into.is_some()),
            ("LATERAL VIEW", !select.lateral_views.is_empty()),
            ("PREWHERE", select.prewhere.is_some()),
            ("CLUSTER BY", !select.cluster_by.is_empty()),
            ("DISTRIBUTE BY", !select.distribute_by.is_empty()),
            ("SORT BY", !select.sort_by.is_empty()),
            ("SELECT AS STRUCT", select.value_table_mode.is_some()),
        ] {
            if present {
                return Err(SqlError::unsupported(clause));
            }
        }
        if matches!(select.distinct, Some(Distinct::On(_))) {
            return Err(SqlError::unsupported("DISTINCT ON"));
        }
        self.hierarchy(select, None)?;
        for clause in [&mut select.selection, &mut select.having, &mut select.qualify].into_iter().flatten() {
            condition(clause);
        }
        self.joins(select)?;
        self.renamed_stars(select)?;
        self.positions(select)?;
        subquery::check(self.provider, select)?;
        lateral::join_functions(select);
        self.expand_stars(select)?;
        name_columns(select);
        for item in &mut select.projection {
            if let SelectItem::ExprWithAlias { expr, .. } | SelectItem::UnnamedExpr(expr) = item {
                count_instead_of_exists(expr);
            }
        }
        if let GroupByExpr::Expressions(expressions, modifiers) = &mut select.group_by {
            if !modifiers.is_empty() {
                return Err(SqlError::unsupported("GROUP BY ... WITH"));
            }
            expressions.iter_mut().for_each(protect);
        }
        Ok(())
    }

    pub(super) fn query(&mut self, query: &mut Query) -> Result<()> {
        for (clause, present) in [
            ("FOR UPDATE", !query.locks.is_empty()),
            ("FOR XML/JSON", query.for_clause.is_some()),
            ("SETTINGS", query.settings.is_some()),
            ("FORMAT", query.format_clause.is_some()),
            ("|>", !query.pipe_operators.is_empty()),
        ] {
            if present {
                return Err(SqlError::unsupported(clause));
            }
        }
        self.values(query)?;
        if let SetExpr::Select(select) = query.body.as_mut() {
            self.hierarchy(select, query.order_by.as_mut())?;
        }
        if let Some(with) = &mut query.with {
            for cte in &mut with.cte_tables {
                let name = cte.alias.name.value.clone();
                unwrap(&mut cte.query.body);
                if let SetExpr::SetOperation { left, right, .. } = cte.query.body.as_mut()
                    && reads(right, &name)
                {
                    widen(left);
                    widen(right);
                    scope::name(right, &name);
                    // The word RECURSIVE may be left out.
                    with.recursive = true;
                }
            }
        }
        if let SetExpr::SetOperation { .. } = query.body.as_ref() {
            same_width(&query.body)?;
            except(&mut query.body);
        }
        if let (SetExpr::Select(select), Some(order_by)) = (query.body.as_ref(), &mut query.order_by) {
            self.ordered_positions(select, order_by)?;
        }
        if let Some(order_by) = &mut query.order_by
            && let OrderByKind::Expressions(expressions) = &mut order_by.kind
        {
            if let [only] = expressions.as_slice()
                && is_all(&only.expr)
            {
                self.order_by_all(&query.body, expressions)?;
            }
            expressions.iter_mut().for_each(|expression| protect(&mut expression.expr));
        }
        if let SetExpr::Select(select) = query.body.as_mut()
            && let Some(top) = select.top.take()
        {
            let limit = match top.quantity {
                Some(TopQuantity::Constant(count)) => literal(Literal::Number(count.to_string(), true)),
                Some(TopQuantity::Expr(expression)) => expression,
                None => return Err(SqlError::unsupported("TOP without a number")),
            };
            query.limit_clause =
                Some(LimitClause::LimitOffset { limit: Some(limit), offset: None, limit_by: Vec::new() });
        }
        if let Some(fetch) = query.fetch.take() {
            let limit = fetch.quantity;
            match &mut query.limit_clause {
                Some(LimitClause::LimitOffset { limit: slot @ None, .. }) => *slot = limit,
                None => {
                    query.limit_clause = Some(LimitClause::LimitOffset { limit, offset: None, limit_by: Vec::new() });
                }
                _ => return Err(SqlError::unsupported("FETCH together with LIMIT")),
            }
        }
        match &mut query.limit_clause {
            Some(LimitClause::LimitOffset { limit, offset, limit_by }) => {
                if !limit_by.is_empty() {
                    return Err(SqlError::unsupported("LIMIT ... BY"));
                }
                for expression in limit.iter_mut().chain(offset.iter_mut().map(|offset| &mut offset.value)) {
                    self.count(expression)?;
                }
            }
            Some(LimitClause::OffsetCommaLimit { .. }) => return Err(SqlError::unsupported("LIMIT offset, count")),
            None => {}
        }
        Ok(())
    }

    /// `ORDER BY ALL`: by every column of the select list.
    fn order_by_all(&self, body: &SetExpr, keys: &mut Vec<OrderByExpr>) -> Result<()> {
        let mut left = body;
        while let SetExpr::SetOperation { left: inner, .. } = left {
            left = inner;
        }
        let mut width = 0;
        if let SetExpr::Select(select) = left {
            for item in &select.projection {
                width += match item {
                    SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. } => 1,
                    _ => self.columns_selected(item.clone(), select.from.clone())?,
                };
            }
        }
        let Some(all) = keys.pop() else { return Ok(()) };
        keys.extend(
            (1..=width).map(|position| OrderByExpr {
                expr: literal(Literal::Number(position.to_string(), true)),
                ..all.clone()
            }),
        );
        Ok(())
    }

    /// LIMIT and OFFSET take whole numbers, also from binds.
    pub(super) fn count(&mut self, expression: &mut Expr) -> Result<()> {
        if let Expr::Value(value) = expression
            && let Literal::Placeholder(placeholder) = &value.value
            && let Some(bound) = self.bound(&placeholder.clone())?
        {
            *expression = match crate::plan::integer_of(&bound) {
                Some(count) => literal(Literal::Number(count.to_string(), true)),
                None if bound.is_null() => literal(Literal::Null),
                None => {
                    return Err(SqlError::compilation(1003, "42000", "LIMIT and OFFSET take whole numbers."));
                }
            };
        }
        protect(expression);
        Ok(())
    }
}

/// EXISTS as a value, which DataFusion has only as a condition: `(SELECT COUNT(*) ...) > 0`.
fn count_instead_of_exists(expression: &mut Expr) {
    let _ = visit_expressions_mut(expression, |node| {
        if let Expr::Exists { subquery, negated } = node {
            let mut counted = (**subquery).clone();
            let plain = match counted.body.as_mut() {
                SetExpr::Select(select)
                    if select.distinct.is_none() && select.having.is_none() && select.qualify.is_none() =>
                {
                    let ungrouped = matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
                    if ungrouped && counted.limit_clause.is_none() {
                        counted.order_by = None;
                        let count = call("COUNT", vec![literal(Literal::Number("1".into(), true))]);
                        select.projection = vec![SelectItem::UnnamedExpr(count)];
                        true
                    } else {
                        false
                    }
                }
                _ => false,
            };
            if plain {
                let op = if *negated { BinaryOperator::Eq } else { BinaryOperator::Gt };
                *node = binary(Expr::Subquery(Box::new(counted)), op, literal(Literal::Number("0".into(), true)));
            }
        }
        ControlFlow::<()>::Continue(())
    });
}

/// The number of columns of a query, when its select list says it.
fn width(body: &SetExpr) -> Option<usize> {
    match body {
        SetExpr::Select(select) => {
            let single =
                |item: &SelectItem| matches!(item, SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. });
            select.projection.iter().all(single).then_some(select.projection.len())
        }
        SetExpr::Query(query) => width(&query.body),
        SetExpr::SetOperation { left, .. } => width(left),
        _ => None,
    }
}

/// Refuses set operations of queries with different numbers of columns.
fn same_width(body: &SetExpr) -> Result<()> {
    let SetExpr::SetOperation { left, right, set_quantifier, .. } = body else { return Ok(()) };
    same_width(left)?;
    same_width(right)?;
    let by_name =
        matches!(set_quantifier, SetQuantifier::ByName | SetQuantifier::AllByName | SetQuantifier::DistinctByName);
    match (width(left), width(right)) {
        (Some(first), Some(second)) if first != second && !by_name => Err(SqlError::compilation(
            1789,
            "42601",
            format_args!(
                "invalid number of result columns for set operator input branches, expected {first}, got {second} in \
                 branch {{2}}"
            ),
        )),
        _ => Ok(()),
    }
}

/// MINUS is EXCEPT.
fn except(body: &mut SetExpr) {
    if let SetExpr::SetOperation { op, left, right, .. } = body {
        if *op == SetOperator::Minus {
            *op = SetOperator::Except;
        }
        except(left);
        except(right);
    }
}

fn is_all(expression: &Expr) -> bool {
    matches!(expression, Expr::Identifier(name) if name.quote_style.is_none() && name.value == "ALL")
}

/// Takes the parentheses off a query that has no clauses of its own around them.
fn unwrap(body: &mut Box<SetExpr>) {
    while let SetExpr::Query(inner) = body.as_ref()
        && inner.with.is_none()
        && inner.order_by.is_none()
        && inner.limit_clause.is_none()
        && inner.fetch.is_none()
    {
        *body = inner.body.clone();
    }
}

/// Whether a query reads a relation of this name.
fn reads(body: &SetExpr, name: &str) -> bool {
    visit_relations(body, |relation| {
        let matches = matches!(relation.0.as_slice(), [ObjectNamePart::Identifier(ident)] if ident.value == name);
        if matches { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .is_break()
}
