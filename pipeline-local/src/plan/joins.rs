//! Forms of joins that the planner does not have: `(+)`, NATURAL, lateral joins without a condition; and the order in which
//! `*` lists the columns of a join with USING.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArgOperator, Ident, Join, JoinConstraint, JoinOperator,
    ObjectName, ObjectNamePart, Select, SelectItem, TableFactor, TableWithJoins, Value as Literal, visit_expressions,
    visit_expressions_mut,
};

use super::ast::{binary, call, literal, name_of, table_alias};
use super::rewrite::Rewriter;
use super::{asof, lateral};
use crate::error::{Result, SqlError};

impl Rewriter<'_, '_, '_> {
    /// Rewrites the joins of a select.
    pub(super) fn joins(&self, select: &mut Select) -> Result<()> {
        marked(select)?;
        for from in &mut select.from {
            asof::nest(from);
            for join in &mut from.joins {
                lateral_join(join);
            }
        }
        self.shared_columns(select)
    }

    /// NATURAL as USING; and `*` over a join with USING lists the shared columns first, once.
    fn shared_columns(&self, select: &mut Select) -> Result<()> {
        let natural = |join: &Join| constraint(join).is_some_and(|on| matches!(on, JoinConstraint::Natural));
        let shares = |join: &Join| {
            constraint(join).is_some_and(|on| matches!(on, JoinConstraint::Natural | JoinConstraint::Using(_)))
        };
        if !select.from.iter().any(|from| from.joins.iter().any(shares)) {
            return Ok(());
        }
        let star = select.projection.iter().any(|item| matches!(item, SelectItem::Wildcard(_)));
        let mut listed: Vec<SelectItem> = Vec::new();
        for (place, from) in select.from.iter_mut().enumerate() {
            // Columns of both sides are told apart by the names of the relations.
            name_relation(&mut from.relation, place, 0);
            for (index, join) in from.joins.iter_mut().enumerate() {
                name_relation(&mut join.relation, place, index + 1);
            }
            let naturally = from.joins.iter().any(natural);
            if !naturally && !star {
                continue;
            }
            let mut columns = self.columns_of(&from.relation)?;
            let mut keys: Vec<(String, Expr)> = Vec::new();
            for join in &mut from.joins {
                let right = self.columns_of(&join.relation)?;
                let left_names: Vec<&String> = columns.iter().map(|(_, name)| name).collect();
                let common: Vec<String> =
                    right.iter().filter(|(_, name)| left_names.contains(&name)).map(|(_, name)| name.clone()).collect();
                let kind = join.join_operator.clone();
                let Some(on) = constraint_mut(join) else {
                    columns.extend(right);
                    continue;
                };
                let using = match on {
                    JoinConstraint::Natural => common,
                    JoinConstraint::Using(names) => names
                        .iter()
                        .map(|name| name_of(name).map(|name| name.object().to_owned()))
                        .collect::<Result<_>>()?,
                    _ => {
                        columns.extend(right);
                        continue;
                    }
                };
                if matches!(on, JoinConstraint::Natural) {
                    *on = JoinConstraint::Using(using.iter().map(|name| simple(name)).collect());
                    if using.is_empty() {
                        join.join_operator = JoinOperator::CrossJoin(JoinConstraint::None);
                    }
                }
                for name in using {
                    let side = |columns: &[(Option<String>, String)]| {
                        columns.iter().find(|(_, column)| *column == name).map(|(of, name)| column(of.as_deref(), name))
                    };
                    let known = keys.iter().position(|(key, _)| *key == name);
                    let left = known.map(|index| keys[index].1.clone()).or_else(|| side(&columns));
                    let (Some(left), Some(right)) = (left, side(&right)) else { continue };
                    let value = match &kind {
                        JoinOperator::Right(_) | JoinOperator::RightOuter(_) => right,
                        JoinOperator::FullOuter(_) => call("COALESCE", vec![left, right]),
                        _ => left,
                    };
                    match known {
                        Some(index) => keys[index].1 = value,
                        None => keys.push((name, value)),
                    }
                }
                columns.extend(right);
            }
            for (name, value) in &keys {
                listed.push(SelectItem::ExprWithAlias { expr: value.clone(), alias: Ident::with_quote('"', name) });
            }
            let rest = columns.iter().filter(|(_, name)| !keys.iter().any(|(key, _)| key == name));
            listed.extend(rest.map(|(of, name)| SelectItem::UnnamedExpr(column(of.as_deref(), name))));
        }
        let plain = |item: &SelectItem| match item {
            SelectItem::Wildcard(options) => {
                options.opt_exclude.is_none()
                    && options.opt_replace.is_none()
                    && options.opt_ilike.is_none()
                    && options.opt_rename.is_none()
            }
            _ => false,
        };
        if select.projection.iter().any(plain) {
            let items = std::mem::take(&mut select.projection);
            for item in items {
                if !plain(&item) {
                    select.projection.push(item);
                    continue;
                }
                select.projection.extend(listed.iter().cloned());
            }
        }
        Ok(())
    }

    fn columns_of(&self, relation: &TableFactor) -> Result<Vec<(Option<String>, String)>> {
        self.columns_from(vec![TableWithJoins { relation: relation.clone(), joins: Vec::new() }])
    }
}

fn name_relation(relation: &mut TableFactor, place: usize, index: usize) {
    if let TableFactor::Derived { alias: alias @ None, .. } = relation {
        *alias = Some(table_alias(&format!("$JOINED{place}.{index}")));
    }
}

fn simple(name: &str) -> ObjectName {
    ObjectName(vec![ObjectNamePart::Identifier(Ident::with_quote('"', name))])
}

/// A column by its relation and name.
pub(super) fn column(relation: Option<&str>, name: &str) -> Expr {
    let name = Ident::with_quote('"', name);
    match relation {
        Some(relation) => Expr::CompoundIdentifier(vec![Ident::with_quote('"', relation), name]),
        None => Expr::Identifier(name),
    }
}

fn constraint(join: &Join) -> Option<&JoinConstraint> {
    match &join.join_operator {
        JoinOperator::Join(on)
        | JoinOperator::Inner(on)
        | JoinOperator::Left(on)
        | JoinOperator::LeftOuter(on)
        | JoinOperator::Right(on)
        | JoinOperator::RightOuter(on)
        | JoinOperator::FullOuter(on) => Some(on),
        _ => None,
    }
}

fn constraint_mut(join: &mut Join) -> Option<&mut JoinConstraint> {
    match &mut join.join_operator {
        JoinOperator::Join(on)
        | JoinOperator::Inner(on)
        | JoinOperator::Left(on)
        | JoinOperator::LeftOuter(on)
        | JoinOperator::Right(on)
        | JoinOperator::RightOuter(on)
        | JoinOperator::FullOuter(on) => Some(on),
        _ => None,
    }
}

/// Joins with a table function over a row need no condition; an outer one keeps the rows for which FLATTEN has none.
fn lateral_join(join: &mut Join) {
    let always = match constraint(join) {
        Some(JoinConstraint::None) => true,
        Some(JoinConstraint::On(Expr::Value(value))) => value.value == Literal::Boolean(true),
        _ => false,
    };
    let outer = matches!(join.join_operator, JoinOperator::Left(_) | JoinOperator::LeftOuter(_));
    let inner = matches!(join.join_operator, JoinOperator::Join(_) | JoinOperator::Inner(_));
    let Some((function, arguments)) = lateral::arguments_of(&mut join.relation) else { return };
    if !always || !(outer || inner) {
        return;
    }
    if outer {
        if function != "FLATTEN" {
            return;
        }
        let name = |argument: &FunctionArg| match argument {
            FunctionArg::Named { name, .. } => Some(name.value.to_ascii_uppercase()),
            FunctionArg::ExprNamed { name, .. } => Some(name.to_string().to_ascii_uppercase()),
            _ => None,
        };
        arguments.retain(|argument| name(argument).as_deref() != Some("OUTER"));
        arguments.push(FunctionArg::Named {
            name: Ident::new("OUTER"),
            arg: FunctionArgExpr::Expr(literal(Literal::Boolean(true))),
            operator: FunctionArgOperator::RightArrow,
        });
    }
    join.join_operator = JoinOperator::CrossJoin(JoinConstraint::None);
}

/// `WHERE a.x = b.y (+)`: b is joined outer.
fn marked(select: &mut Select) -> Result<()> {
    let Some(condition) = &select.selection else { return Ok(()) };
    let has_mark = |expression: &Expr| {
        visit_expressions(expression, |node| match node {
            Expr::OuterJoin(_) => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        })
        .is_break()
    };
    if !has_mark(condition) {
        return Ok(());
    }
    if select.from.iter().any(|from| !from.joins.is_empty()) {
        return Err(SqlError::compilation(
            1003,
            "42000",
            "The (+) operator cannot be used together with the JOIN keyword in one FROM clause.",
        ));
    }
    let mut parts = Vec::new();
    conjuncts(condition.clone(), &mut parts);
    let (joining, rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| has_mark(part));
    // The conditions of each optional relation, in the order of their first mention.
    let mut optional: Vec<(String, Expr)> = Vec::new();
    for mut part in joining {
        let mut relations: Vec<String> = Vec::new();
        let flow = visit_expressions_mut(&mut part, |node| {
            if let Expr::OuterJoin(inner) = node {
                match inner.as_ref() {
                    Expr::CompoundIdentifier(names) if names.len() > 1 => {
                        relations.push(names[names.len() - 2].value.clone());
                    }
                    other => return ControlFlow::Break(other.to_string()),
                }
                *node = inner.as_ref().clone();
            }
            ControlFlow::Continue(())
        });
        if let ControlFlow::Break(name) = flow {
            return Err(SqlError::unsupported(format_args!("(+) after '{name}', which does not name its table")));
        }
        relations.dedup();
        let [relation] = relations.as_slice() else {
            return Err(SqlError::compilation(
                1003,
                "42000",
                format_args!("a condition can have (+) on one table only, not on {}", relations.join(" and ")),
            ));
        };
        match optional.iter_mut().find(|(name, _)| name == relation) {
            Some((_, all)) => *all = binary(all.clone(), BinaryOperator::And, part),
            None => optional.push((relation.clone(), part)),
        }
    }
    let mut relations: Vec<TableFactor> =
        std::mem::take(&mut select.from).into_iter().map(|from| from.relation).collect();
    let mut joins = Vec::new();
    for (name, on) in optional {
        let place = relations.iter().position(|relation| called(relation).as_deref() == Some(&name));
        let Some(place) = place else {
            return Err(SqlError::invalid_identifier(name));
        };
        joins.push(Join {
            relation: relations.remove(place),
            global: false,
            join_operator: JoinOperator::LeftOuter(JoinConstraint::On(on)),
        });
    }
    if relations.is_empty() {
        return Err(SqlError::compilation(1003, "42000", "one table of a FROM clause must be without (+)"));
    }
    let first = relations.remove(0);
    let crossed = relations.into_iter().map(|relation| Join {
        relation,
        global: false,
        join_operator: JoinOperator::CrossJoin(JoinConstraint::None),
    });
    let joins = crossed.chain(joins).collect();
    select.from = vec![TableWithJoins { relation: first, joins }];
    select.selection = rest.into_iter().reduce(|all, part| binary(all, BinaryOperator::And, part));
    Ok(())
}

/// The name under which columns mention a relation.
pub(super) fn called(relation: &TableFactor) -> Option<String> {
    match relation {
        TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. } => {
            Some(alias.name.value.clone())
        }
        TableFactor::Table { name, .. } => name_of(name).ok().map(|name| name.object().to_owned()),
        _ => None,
    }
}

fn conjuncts(expression: Expr, out: &mut Vec<Expr>) {
    match expression {
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            conjuncts(*left, out);
            conjuncts(*right, out);
        }
        Expr::Nested(inner) if matches!(*inner, Expr::BinaryOp { op: BinaryOperator::And, .. }) => {
            conjuncts(*inner, out);
        }
        other => out.push(other),
    }
}
