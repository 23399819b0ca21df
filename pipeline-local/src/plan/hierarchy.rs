//! `START WITH .. CONNECT BY ..` as a recursive query.
//!
//! The rows of all levels come from a common table expression that carries, beside the columns of the relation, the level
//! and what PRIOR, CONNECT_BY_ROOT and SYS_CONNECT_BY_PATH ask for; the select reads them instead of the relation.
//! <https://docs.snowflake.com/en/sql-reference/constructs/connect-by>

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, ConnectByKind, ExcludeSelectItem, Expr, GroupByExpr, Ident, ObjectName, OrderBy, OrderByKind,
    Query, Select, SelectItem, SetExpr, TableFactor, TableWithJoins, Value as Literal, WildcardAdditionalOptions,
    visit_expressions_mut,
};

use super::ast::{binary, literal, nested, plain_table, quoted_name, table_alias, text, unnamed};
use super::joins::{called, column};
use super::reshape::{case, select_from};
use super::rewrite::Rewriter;
use crate::error::{Result, SqlError};
use crate::parse;

/// The level of a row, as selects name it.
const LEVEL: &str = "LEVEL";
/// The recursive query.
const LEVELS: &str = "$LEVELS";

/// What a select asks about the rows above a row.
enum Asked {
    /// `PRIOR e`: of the row above.
    Prior(Expr),
    /// `CONNECT_BY_ROOT e`: of the topmost row.
    Root(Expr),
    /// `SYS_CONNECT_BY_PATH(e, separator)`: of all rows down to this one.
    Path(Box<Expr>, Box<Expr>),
}

/// The columns of the relation and what the recursive query calls the others.
struct Hierarchy {
    columns: Vec<String>,
    asked: Vec<(String, Asked)>,
}

impl Rewriter<'_, '_, '_> {
    /// Takes CONNECT BY out of a select and of the ORDER BY after it.
    pub(super) fn hierarchy(&mut self, select: &mut Select, order_by: Option<&mut OrderBy>) -> Result<()> {
        if select.connect_by.is_empty() {
            return Ok(());
        }
        let mut start = None;
        let mut relationships = Vec::new();
        for clause in std::mem::take(&mut select.connect_by) {
            match clause {
                ConnectByKind::ConnectBy { nocycle: true, .. } => return Err(SqlError::unsupported("NOCYCLE")),
                ConnectByKind::ConnectBy { relationships: found, .. } => relationships.extend(found),
                ConnectByKind::StartWith { condition, .. } => start = Some(*condition),
            }
        }
        let connect = relationships.into_iter().reduce(|all, one| binary(all, BinaryOperator::And, one));
        let connect = connect.ok_or_else(|| SqlError::syntax("START WITH needs a CONNECT BY"))?;
        let [TableWithJoins { relation, joins }] = select.from.as_slice() else {
            return Err(SqlError::unsupported("CONNECT BY over several relations; make them one subquery"));
        };
        if !joins.is_empty() {
            return Err(SqlError::unsupported("CONNECT BY over a join; make it a subquery"));
        }
        let relation = relation.clone();
        let columns = self.columns_from(select.from.clone())?.into_iter().map(|(_, name)| name).collect();
        let mut hierarchy = Hierarchy { columns, asked: Vec::new() };
        hierarchy.collect(select, order_by)?;
        hierarchy.hide(select);
        let alias = called(&relation).unwrap_or_else(|| LEVELS.to_owned());
        let subquery = hierarchy.query(relation, start, connect)?;
        let relation =
            TableFactor::Derived { lateral: false, subquery, alias: Some(table_alias(&alias)), sample: None };
        select.from = vec![TableWithJoins { relation, joins: Vec::new() }];
        Ok(())
    }
}

impl Hierarchy {
    /// Replaces what a select asks by columns.
    fn collect(&mut self, select: &mut Select, order_by: Option<&mut OrderBy>) -> Result<()> {
        for item in &mut select.projection {
            match item {
                SelectItem::UnnamedExpr(expr) => {
                    let name = super::rewrite::shown(expr);
                    let before = self.asked.len();
                    self.replace(expr)?;
                    if self.asked.len() > before {
                        let expr = std::mem::replace(expr, literal(Literal::Null));
                        *item = SelectItem::ExprWithAlias { expr, alias: Ident::with_quote('"', name) };
                    }
                }
                SelectItem::ExprWithAlias { expr, .. } => self.replace(expr)?,
                _ => {}
            }
        }
        for clause in [&mut select.selection, &mut select.having, &mut select.qualify].into_iter().flatten() {
            self.replace(clause)?;
        }
        if let GroupByExpr::Expressions(expressions, _) = &mut select.group_by {
            expressions.iter_mut().try_for_each(|expression| self.replace(expression))?;
        }
        if let Some(OrderBy { kind: OrderByKind::Expressions(keys), .. }) = order_by {
            keys.iter_mut().try_for_each(|key| self.replace(&mut key.expr))?;
        }
        Ok(())
    }

    fn replace(&mut self, expression: &mut Expr) -> Result<()> {
        let flow = visit_expressions_mut(expression, |node| match asked(node) {
            Ok(Some(found)) => {
                let name = format!("$ASKED{}", self.asked.len());
                *node = column(None, &name);
                self.asked.push((name, found));
                ControlFlow::Continue(())
            }
            Ok(None) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        });
        match flow {
            ControlFlow::Break(error) => Err(error),
            ControlFlow::Continue(()) => Ok(()),
        }
    }

    /// `*` selects the relation's columns only.
    fn hide(&self, select: &mut Select) {
        let own = (!self.columns.iter().any(|name| name == LEVEL)).then_some(LEVEL);
        let hidden: Vec<ObjectName> =
            self.asked.iter().map(|(name, _)| name.as_str()).chain(own).map(quoted_name).collect();
        for item in &mut select.projection {
            if let SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options) = item {
                exclude(options, &hidden);
            }
        }
    }

    /// What the relation's column at this place is called in the recursive query.
    fn carried(place: usize) -> String {
        format!("$COLUMN{place}")
    }

    /// An expression over the row above.
    fn above(&self, mut expression: Expr) -> Result<Expr> {
        let flow = visit_expressions_mut(&mut expression, |node| {
            let name = match node {
                Expr::Identifier(ident) => ident.value.clone(),
                Expr::CompoundIdentifier(parts) => parts.last().map(|last| last.value.clone()).unwrap_or_default(),
                _ => return ControlFlow::Continue(()),
            };
            match self.columns.iter().position(|column| *column == name) {
                Some(place) => *node = column(Some(LEVELS), &Self::carried(place)),
                None if name == LEVEL => *node = column(Some(LEVELS), LEVEL),
                None => return ControlFlow::Break(SqlError::invalid_identifier(name)),
            }
            ControlFlow::Continue(())
        });
        match flow {
            ControlFlow::Break(error) => Err(error),
            ControlFlow::Continue(()) => Ok(expression),
        }
    }

    /// An expression over a row one level below that of the recursive query.
    fn below(&self, mut expression: Expr) -> Result<Expr> {
        let own = !self.columns.iter().any(|name| name == LEVEL);
        let flow = visit_expressions_mut(&mut expression, |node| {
            match node {
                Expr::Prior(inner) => match self.above(inner.as_ref().clone()) {
                    Ok(above) => *node = nested(above),
                    Err(error) => return ControlFlow::Break(error),
                },
                Expr::Identifier(ident) if own && ident.value == LEVEL => *node = next_level(),
                _ => {}
            }
            ControlFlow::Continue(())
        });
        match flow {
            ControlFlow::Break(error) => Err(error),
            ControlFlow::Continue(()) => Ok(expression),
        }
    }

    /// The rows of all levels under the names that the select uses.
    fn query(&self, relation: TableFactor, start: Option<Expr>, connect: Expr) -> Result<Box<Query>> {
        let mut query = parse::query(&format!(
            "WITH RECURSIVE \"{LEVELS}\" AS (SELECT NULL UNION ALL SELECT NULL) SELECT NULL FROM \"{LEVELS}\""
        ))?;
        let named = |expr: Expr, name: &str| SelectItem::ExprWithAlias { expr, alias: Ident::with_quote('"', name) };
        let of = called(&relation);
        let mut roots = Vec::new();
        let mut others = Vec::new();
        let mut shown = Vec::new();
        for (place, name) in self.columns.iter().enumerate() {
            let carried = Self::carried(place);
            roots.push(named(column(of.as_deref(), name), &carried));
            others.push(named(column(of.as_deref(), name), &carried));
            shown.push(named(column(None, &carried), name));
        }
        roots.push(named(literal(Literal::Number("1".into(), false)), LEVEL));
        others.push(named(next_level(), LEVEL));
        if !self.columns.iter().any(|name| name == LEVEL) {
            shown.push(SelectItem::UnnamedExpr(column(None, LEVEL)));
        }
        for (name, asked) in &self.asked {
            let (root, other) = match asked {
                Asked::Prior(of) => {
                    let none = case(literal(Literal::Boolean(false)), of.clone());
                    (none, self.above(of.clone())?)
                }
                Asked::Root(of) => (of.clone(), column(Some(LEVELS), name)),
                Asked::Path(of, separator) => {
                    let part = binary((**separator).clone(), BinaryOperator::StringConcat, text((**of).clone()));
                    let path = column(Some(LEVELS), name);
                    (part.clone(), binary(path, BinaryOperator::StringConcat, part))
                }
            };
            // LEVEL of the topmost row is 1.
            roots.push(named(at_top(root, &self.columns), name));
            others.push(named(self.below(other)?, name));
            shown.push(SelectItem::UnnamedExpr(column(None, name)));
        }
        let mut first = select_from(vec![TableWithJoins { relation: relation.clone(), joins: Vec::new() }])?;
        if let SetExpr::Select(select) = first.body.as_mut() {
            select.projection = roots;
            select.selection = start.map(|start| at_top(start, &self.columns));
        }
        let levels = plain_table(quoted_name(LEVELS), None);
        let both = [relation, levels].map(|relation| TableWithJoins { relation, joins: Vec::new() });
        let mut second = select_from(both.into())?;
        if let SetExpr::Select(select) = second.body.as_mut() {
            select.projection = others;
            select.selection = Some(self.below(connect)?);
        }
        if let SetExpr::Select(select) = query.body.as_mut() {
            select.projection = shown;
        }
        if let Some(cte) = query.with.as_mut().and_then(|with| with.cte_tables.first_mut())
            && let SetExpr::SetOperation { left, right, .. } = cte.query.body.as_mut()
        {
            *left = first.body;
            *right = second.body;
        }
        Ok(query)
    }
}

fn next_level() -> Expr {
    let one = literal(Literal::Number("1".into(), false));
    nested(binary(column(Some(LEVELS), LEVEL), BinaryOperator::Plus, one))
}

/// An expression over a topmost row.
fn at_top(mut expression: Expr, columns: &[String]) -> Expr {
    if columns.iter().any(|name| name == LEVEL) {
        return expression;
    }
    let _ = visit_expressions_mut(&mut expression, |node| {
        if matches!(node, Expr::Identifier(ident) if ident.value == LEVEL) {
            *node = literal(Literal::Number("1".into(), false));
        }
        ControlFlow::<()>::Continue(())
    });
    expression
}

/// What an expression asks about the rows above, if it does.
fn asked(expression: &Expr) -> Result<Option<Asked>> {
    Ok(match expression {
        Expr::Prior(inner) => Some(Asked::Prior(inner.as_ref().clone())),
        Expr::Prefixed { prefix, value } if prefix.value.eq_ignore_ascii_case("CONNECT_BY_ROOT") => {
            Some(Asked::Root(value.as_ref().clone()))
        }
        Expr::Function(function) => match function.name.to_string().as_str() {
            name @ ("CONNECT_BY_ROOT" | "PRIOR") => match unnamed(function)?[..] {
                [of] if name == "PRIOR" => Some(Asked::Prior(of.clone())),
                [of] => Some(Asked::Root(of.clone())),
                _ => None,
            },
            "SYS_CONNECT_BY_PATH" => match unnamed(function)?[..] {
                [of, separator] => Some(Asked::Path(Box::new(of.clone()), Box::new(separator.clone()))),
                _ => {
                    return Err(SqlError::compilation(
                        939,
                        "22023",
                        "SYS_CONNECT_BY_PATH takes a column and a separator.",
                    ));
                }
            },
            _ => None,
        },
        _ => None,
    })
}

fn exclude(options: &mut WildcardAdditionalOptions, hidden: &[ObjectName]) {
    let mut names = match options.opt_exclude.take() {
        Some(ExcludeSelectItem::Single(name)) => vec![name],
        Some(ExcludeSelectItem::Multiple(names)) => names,
        None => Vec::new(),
    };
    names.extend_from_slice(hidden);
    options.opt_exclude = Some(ExcludeSelectItem::Multiple(names));
}
