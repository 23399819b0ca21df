//! Bodies as expressions over a relation that has the arguments as its columns.

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema, TableReference};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{Expr, LogicalPlan, Subquery, SubqueryAlias, TableScanBuilder};
use datafusion::sql::sqlparser::ast::{
    self, Ident, ObjectName, Query, Select, SelectItem, SetExpr, TableFactor, TableWithJoins,
};
use std::sync::Arc;

use datafusion::arrow::datatypes::Schema;

use super::super::ast::{plain_table, quoted_name};
use super::super::provider::{Provider, memory};
use super::type_of;
use crate::catalog::def::{FunctionDef, FunctionForm};
use crate::catalog::{Object, ObjectId};
use crate::error::{Result, SqlError};
use crate::exec::Binds;
use crate::parse;
use crate::types::SqlType;

/// Where a function lives, and who owns it: its body sees what the owner sees, with names as in its own schema.
#[derive(Debug, Clone)]
pub(super) struct Home {
    /// None while it is being created.
    pub(super) function: Option<Object>,
    pub(super) role: String,
    pub(super) database: String,
    pub(super) schema: String,
}

/// A planned body.
#[derive(Debug, Clone)]
pub(super) struct Body {
    expression: Expr,
    /// The relation that has the arguments as its columns.
    relation: String,
    names: Vec<String>,
    /// What it returns; none for a bare NULL.
    pub(super) sql_type: Option<SqlType>,
}

impl Body {
    /// The body with these arguments in the places of its own.
    /// `schema` has the columns that the arguments name.
    pub(super) fn with_arguments(self, arguments: &[Expr], schema: &DFSchema) -> datafusion::common::Result<Expr> {
        let substitution = Substitution { relation: &self.relation, names: &self.names, arguments, schema };
        substitution.expression(self.expression)
    }

    /// Whether it reads tables.
    pub(super) fn has_subquery(&self) -> bool {
        self.any(|node| {
            matches!(node, Expr::ScalarSubquery(_) | Expr::Exists(_) | Expr::InSubquery(_) | Expr::SetComparison(_))
        })
    }

    /// Whether its value may change from one time to the next.
    pub(super) fn is_volatile(&self) -> bool {
        self.any(Expr::is_volatile_node)
    }

    fn any(&self, what: impl Fn(&Expr) -> bool) -> bool {
        self.expression.exists(|node| Ok(what(node))).unwrap_or(true)
    }

    /// Whether the body reads an argument more than once although its value changes from one time to the next.
    pub(super) fn repeats_volatile(&self, arguments: &[Expr]) -> bool {
        self.names.iter().zip(arguments).any(|(name, argument)| {
            let mut count = 0;
            let _ = self.expression.apply(|node| {
                count += usize::from(matches!(node, Expr::Column(column) if column.name == *name));
                Ok(datafusion::common::tree_node::TreeNodeRecursion::Continue)
            });
            count > 1 && argument.is_volatile()
        })
    }
}

/// The planned body of a table function.
#[derive(Debug, Clone)]
pub(super) struct TableBody {
    plan: LogicalPlan,
    relation: String,
    names: Vec<String>,
}

impl TableBody {
    /// The body with these constant arguments in the places of its own.
    pub(super) fn with_arguments(self, arguments: &[Expr]) -> datafusion::common::Result<LogicalPlan> {
        let schema = DFSchema::empty();
        let substitution = Substitution { relation: &self.relation, names: &self.names, arguments, schema: &schema };
        substitution.plan(self.plan)
    }
}

impl Provider<'_, '_> {
    /// Where an existing function lives.
    pub(super) fn home(&self, function: &Object) -> Result<Home> {
        let (database, schema) = self.cx.borrow().engine.catalog.containers(function)?;
        Ok(Home {
            role: function.owner.clone(),
            database: database.name,
            schema: schema.name,
            function: Some(function.clone()),
        })
    }

    /// Whether a body is being planned right now.
    pub(super) fn inside_body(&self) -> bool {
        !self.bodies.borrow().is_empty()
    }

    /// Plans a query of a body where the function lives.
    fn plan_at(&self, home: &Home, query: &Query) -> Result<LogicalPlan> {
        let id = home.function.as_ref().map_or(ObjectId(0), |function| function.id);
        if self.bodies.borrow().contains(&id) {
            let name = home.function.as_ref().map_or("", |function| function.name.as_str());
            return Err(SqlError::compilation(2262, "42601", format_args!("Function {name} calls itself.")));
        }
        let frame = {
            let mut cx = self.cx.borrow_mut();
            let mut inner = cx.frame.clone();
            inner.role = Some(home.role.clone());
            inner.database = Some(home.database.clone());
            inner.schema = Some(home.schema.clone());
            std::mem::replace(&mut cx.frame, inner)
        };
        self.bodies.borrow_mut().push(id);
        let planned = self.plan_with_aliases(query, &Binds::none());
        self.bodies.borrow_mut().pop();
        self.cx.borrow_mut().frame = frame;
        planned.map_err(|failure| {
            let error = failure.into_error();
            match &home.function {
                Some(function) => SqlError {
                    message: format!("{}\nin the body of function {}", error.message, function.name),
                    ..error
                },
                None => error,
            }
        })
    }

    /// The relation that has the arguments as columns.
    fn relation_of(&self, definition: &FunctionDef) -> Result<String> {
        let fields: Vec<_> =
            definition.arguments.iter().map(|argument| argument.sql_type.field(&argument.name, true)).collect();
        Ok(self.put("ARGUMENTS", memory(Arc::new(Schema::new(fields)), Vec::new())?))
    }

    /// The body of a function that returns one value.
    pub(super) fn scalar_body(&self, home: &Home, definition: &FunctionDef) -> Result<Body> {
        let relation = self.relation_of(definition)?;
        let query = match definition.form {
            FunctionForm::Query => {
                let expr = ast::Expr::Subquery(parse::query(&definition.body)?);
                changed("SELECT NULL", |select| {
                    select.projection =
                        vec![SelectItem::ExprWithAlias { expr, alias: Ident::with_quote('"', "$BODY") }];
                })?
            }
            _ => parse::expression(&definition.body)?,
        };
        let query = over(query, definition, &relation);
        let plan = self.plan_at(home, &query)?;
        let LogicalPlan::Projection(projection) = plan else { return Err(not_scalar()) };
        let flat = matches!(
            projection.input.as_ref(),
            LogicalPlan::TableScan(_) | LogicalPlan::SubqueryAlias(_) | LogicalPlan::EmptyRelation(_)
        );
        let [expression] = projection.expr.as_slice() else { return Err(not_scalar()) };
        if !flat {
            return Err(not_scalar());
        }
        let expression = expression.clone().unalias();
        let sql_type = type_of(&expression, projection.input.schema()).map_err(super::other)?;
        Ok(Body { expression: unwrapped(expression), relation, names: names(definition), sql_type })
    }

    /// The body of a function that returns a table.
    pub(super) fn table_body(&self, home: &Home, definition: &FunctionDef) -> Result<TableBody> {
        let relation = self.relation_of(definition)?;
        let body = parse::query(&definition.body)?;
        let query = changed("SELECT NULL", |select| {
            select.selection = Some(ast::Expr::Exists { subquery: body, negated: false });
        })?;
        let query = over(query, definition, &relation);
        let mut plan = self.plan_at(home, &query)?;
        let internal = || SqlError::internal("the query of a table function was not found in its plan");
        loop {
            plan = match plan {
                LogicalPlan::Projection(projection) => Arc::unwrap_or_clone(projection.input),
                LogicalPlan::Filter(filter) => {
                    let Expr::Exists(exists) = filter.predicate else { return Err(internal()) };
                    let plan = Arc::unwrap_or_clone(exists.subquery.subquery);
                    return Ok(TableBody { plan, relation, names: names(definition) });
                }
                _ => return Err(internal()),
            }
        }
    }

    /// The expression of a DEFAULT.
    pub(super) fn default_argument(&self, home: &Home, text: &str) -> Result<Expr> {
        let plan = self.plan_at(home, parse::expression(text)?.as_ref())?;
        match plan {
            LogicalPlan::Projection(projection) if projection.expr.len() == 1 => {
                Ok(projection.expr[0].clone().unalias())
            }
            _ => Err(SqlError::compilation(1003, "42000", format_args!("DEFAULT {text} is no scalar expression."))),
        }
    }
}

fn names(definition: &FunctionDef) -> Vec<String> {
    definition.arguments.iter().map(|argument| argument.name.clone()).collect()
}

fn not_scalar() -> SqlError {
    SqlError::compilation(
        2262,
        "42601",
        "Compilation of SQL UDF failed: aggregate and window functions in the body of a function need a query: SELECT ...",
    )
}

fn changed(sql: &str, change: impl FnOnce(&mut Select)) -> Result<Box<Query>> {
    let mut query = parse::query(sql)?;
    if let SetExpr::Select(select) = query.body.as_mut() {
        change(select);
    }
    Ok(query)
}

/// Makes a query read the relation of the arguments.
fn over(mut query: Box<Query>, definition: &FunctionDef, relation: &str) -> Box<Query> {
    if !definition.arguments.is_empty()
        && let SetExpr::Select(select) = query.body.as_mut()
    {
        let name: ObjectName = quoted_name(relation);
        let relation: TableFactor = plain_table(name, None);
        select.from = vec![TableWithJoins { relation, joins: Vec::new() }];
    }
    query
}

/// `(SELECT expression)` without FROM is the expression.
fn unwrapped(expression: Expr) -> Expr {
    let Expr::ScalarSubquery(subquery) = &expression else { return expression };
    let LogicalPlan::Projection(projection) = subquery.subquery.as_ref() else { return expression };
    match (projection.input.as_ref(), projection.expr.as_slice()) {
        (LogicalPlan::EmptyRelation(empty), [inner]) if empty.produce_one_row => {
            let inner = inner.clone().unalias().transform_up(|node| {
                Ok(match node {
                    Expr::OuterReferenceColumn(_, column) => Transformed::yes(Expr::Column(column)),
                    other => Transformed::no(other),
                })
            });
            inner.map_or(expression, |inner| inner.data)
        }
        _ => expression,
    }
}

/// Puts the arguments of a call in the places of the body's.
struct Substitution<'a> {
    relation: &'a str,
    names: &'a [String],
    arguments: &'a [Expr],
    schema: &'a DFSchema,
}

impl Substitution<'_> {
    fn argument(&self, column: &Column) -> Option<&Expr> {
        if column.relation.as_ref()?.table() != self.relation {
            return None;
        }
        let place = self.names.iter().position(|name| *name == column.name)?;
        self.arguments.get(place)
    }

    fn expression(&self, expression: Expr) -> datafusion::common::Result<Expr> {
        let replaced = expression.transform_up(|node| {
            Ok(match node {
                Expr::Column(column) => match self.argument(&column) {
                    Some(argument) => Transformed::yes(argument.clone()),
                    None => Transformed::no(Expr::Column(column)),
                },
                node => self.subqueries(node)?,
            })
        })?;
        Ok(replaced.data)
    }

    fn subqueries(&self, node: Expr) -> datafusion::common::Result<Transformed<Expr>> {
        Ok(match node {
            Expr::ScalarSubquery(subquery) => Transformed::yes(Expr::ScalarSubquery(self.subquery(subquery)?)),
            Expr::Exists(mut exists) => {
                exists.subquery = self.subquery(exists.subquery)?;
                Transformed::yes(Expr::Exists(exists))
            }
            Expr::InSubquery(mut within) => {
                within.subquery = self.subquery(within.subquery)?;
                Transformed::yes(Expr::InSubquery(within))
            }
            Expr::SetComparison(mut comparison) => {
                comparison.subquery = self.subquery(comparison.subquery)?;
                Transformed::yes(Expr::SetComparison(comparison))
            }
            other => Transformed::no(other),
        })
    }

    fn subquery(&self, subquery: Subquery) -> datafusion::common::Result<Subquery> {
        let mut plan = Arc::unwrap_or_clone(subquery.subquery);
        if self.arguments.iter().any(|argument| argument.any_column_refs()) {
            // The calling query may have relations of the same names.
            plan = renamed(plan, self.relation)?;
        }
        let plan = self.plan(plan)?;
        Ok(Subquery { outer_ref_columns: plan.all_out_ref_exprs(), subquery: Arc::new(plan), spans: subquery.spans })
    }

    /// An argument as a subquery sees it.
    fn outer(&self, argument: Expr) -> datafusion::common::Result<Expr> {
        let outer = argument.transform_up(|node| {
            Ok(match node {
                Expr::Column(column) => {
                    let (_, field) = self.schema.qualified_field_from_column(&column)?;
                    Transformed::yes(Expr::OuterReferenceColumn(field.clone(), column))
                }
                other => Transformed::no(other),
            })
        })?;
        Ok(outer.data)
    }

    /// The same in a plan, where the body's arguments are references to an outer relation.
    fn plan(&self, plan: LogicalPlan) -> datafusion::common::Result<LogicalPlan> {
        let replaced = plan.transform_up_with_subqueries(|node| {
            let preserver = NamePreserver::new(&node);
            let changed = node.map_expressions(|expression| {
                let saved = preserver.save(&expression);
                let replaced = expression.transform_up(|node| {
                    Ok(match node {
                        Expr::OuterReferenceColumn(field, column) => match self.argument(&column) {
                            Some(argument) => Transformed::yes(self.outer(argument.clone())?),
                            None => Transformed::no(Expr::OuterReferenceColumn(field, column)),
                        },
                        other => Transformed::no(other),
                    })
                })?;
                Ok(replaced.update_data(|expression| saved.restore(expression)))
            })?;
            changed.map_data(|node| if changed_schema(&node) { node.recompute_schema() } else { Ok(node) })
        })?;
        Ok(replaced.data)
    }
}

/// Gives every relation of a plan a name of its own, but for that of the arguments.
fn renamed(plan: LogicalPlan, arguments: &str) -> datafusion::common::Result<LogicalPlan> {
    let rename = |relation: &TableReference| TableReference::bare(format!("{arguments}.{relation}"));
    let column = |column: Column| match &column.relation {
        Some(relation) if relation.table() != arguments => {
            Transformed::yes(Column::new(Some(rename(relation)), column.name))
        }
        _ => Transformed::no(column),
    };
    let replaced = plan.transform_up_with_subqueries(|node| {
        let node = match node {
            LogicalPlan::TableScan(mut scan) => {
                scan.table_name = rename(&scan.table_name);
                TableScanBuilder::from(scan).build().map(LogicalPlan::TableScan)?
            }
            LogicalPlan::SubqueryAlias(alias) => {
                SubqueryAlias::try_new(alias.input, rename(&alias.alias)).map(LogicalPlan::SubqueryAlias)?
            }
            other => other,
        };
        let shows = changed_schema(&node);
        let changed = node.map_expressions(|expression| {
            let (relation, name) = expression.qualified_name();
            let renamed = expression.transform_up(|node| {
                Ok(match node {
                    Expr::Column(of) => column(of).update_data(Expr::Column),
                    Expr::OuterReferenceColumn(field, of) => {
                        column(of).update_data(|of| Expr::OuterReferenceColumn(field, of))
                    }
                    Expr::Alias(mut alias) if alias.relation.is_some() => {
                        alias.relation = alias.relation.as_ref().map(rename);
                        Transformed::yes(Expr::Alias(alias))
                    }
                    other => Transformed::no(other),
                })
            })?;
            // What is no column keeps its name, which the plans above know it by.
            Ok(renamed.update_data(|expression| {
                let keeps = !shows || relation.is_some() || expression.qualified_name().1 == name;
                if keeps { expression } else { expression.alias(name) }
            }))
        })?;
        Ok(Transformed::yes(changed.data.recompute_schema()?))
    })?;
    Ok(replaced.data)
}

/// Plans whose schema follows from their expressions.
fn changed_schema(plan: &LogicalPlan) -> bool {
    matches!(plan, LogicalPlan::Projection(_) | LogicalPlan::Aggregate(_) | LogicalPlan::Window(_))
}
