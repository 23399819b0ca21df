//! Table functions over columns of the relations before them: `FROM t, TABLE(f(t.x))`.
//!
//! The call becomes a subquery of the join whose columns are placeholders of the declared types. Once it is planned, the
//! join gives way to a projection of its left side to the lists of rows that the body has for each, which are unnested.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Fields};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, JoinType, Result, ScalarValue, TableReference, UnnestOptions};
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, Join, LogicalPlan, LogicalPlanBuilder, Operator, ScalarFunctionArgs, lit,
};
use datafusion::sql::sqlparser::ast::{
    self, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, SelectItem, SetExpr, TableFactor,
};

use super::super::ast::{call, name_of, table_alias};
use super::super::made::{Body, Made};
use super::super::per_row::{self, RowPlan};
use super::super::provider::Provider;
use super::super::rewrite::Rewriter;
use super::body::TableBody;
use super::{built_in_table, cast, constant, declared_columns};
use crate::catalog::Object;
use crate::catalog::def::{FunctionDef, Returns};
use crate::error::SqlError;
use crate::exec::Value;
use crate::function;
use crate::parse;
use crate::routine;
use crate::types::SqlType;

/// A call of a table function.
#[derive(Debug)]
struct TableCall {
    object: Object,
    definition: FunctionDef,
    columns: Vec<(String, SqlType)>,
    /// The names of the arguments that were given by name.
    names: Vec<Option<String>>,
}

/// A column of the placeholder.
#[derive(Debug)]
struct Placeholder(Arc<TableCall>);

impl Body for Placeholder {
    fn invoke(&self, _: &DataType, _: &ScalarFunctionArgs) -> Result<ColumnarValue> {
        Err(function::error(SqlError::unsupported(format_args!(
            "TABLE({}(...)) over columns other than those of relations it is joined to",
            self.0.object.name
        ))))
    }
}

impl Provider<'_, '_> {
    /// The subquery that stands for a call of a user-defined table function over columns; none for other relations.
    pub(in super::super) fn lateral_function(
        &self,
        rewriter: &Rewriter<'_, '_, '_>,
        factor: &TableFactor,
    ) -> crate::Result<Option<TableFactor>> {
        let (name, arguments, alias) = match factor {
            TableFactor::TableFunction { expr: ast::Expr::Function(function), alias } => {
                let FunctionArguments::List(list) = &function.args else { return Ok(None) };
                (&function.name, &list.args, alias)
            }
            TableFactor::Function { name, args, alias, .. } => (name, args, alias),
            _ => return Ok(None),
        };
        let name = name_of(name)?;
        if built_in_table(&name) {
            return Ok(None);
        }
        let tables = self.table_overloads(&name)?;
        let over_columns = |argument| matches!(self.argument(rewriter, argument), Err(error) if error.code == 904);
        if tables.is_empty() || !arguments.iter().any(over_columns) {
            return Ok(None);
        }
        let mut names = Vec::new();
        let mut expressions = Vec::new();
        for argument in arguments {
            let (given, expression) = match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => (None, expression),
                FunctionArg::Named { name, arg: FunctionArgExpr::Expr(expression), .. } => {
                    (Some(name.value.clone()), expression)
                }
                other => return Err(SqlError::unsupported(format_args!("argument {other} of TABLE({name}(...))"))),
            };
            names.push(given);
            expressions.push(expression.clone());
        }
        let mut fitting: Vec<_> =
            tables.into_iter().filter(|(_, declared)| routine::placed(declared, &names).is_some()).collect();
        let object = match fitting.len() {
            1 => fitting.remove(0).0,
            0 => {
                return Err(SqlError::compilation(
                    1044,
                    "42P13",
                    format_args!("Invalid arguments for function '{name}': {}", expressions.len()),
                ));
            }
            _ => {
                return Err(SqlError::unsupported(format_args!(
                    "columns as arguments of TABLE({name}(...)), which has several overloads of {} arguments",
                    expressions.len()
                )));
            }
        };
        let definition: FunctionDef = object.definition()?;
        let Returns::Table(mut columns) = definition.returns.clone() else { return Ok(None) };
        let mut alias = alias.clone().unwrap_or_else(|| table_alias(name.object()));
        for (column, renamed) in columns.iter_mut().zip(std::mem::take(&mut alias.columns)) {
            column.0 = renamed.name.value;
        }
        let call_of = Arc::new(TableCall { object, definition, columns, names });
        let mut query = parse::query("SELECT NULL")?;
        if let SetExpr::Select(select) = query.body.as_mut() {
            select.projection.clear();
            for (column, sql_type) in &call_of.columns {
                let name = format!("UDTF:{}", self.made.borrow().len());
                let field = sql_type.field_ref(&name, true);
                let placeholder = Made::function(name.clone(), &name, field, Placeholder(call_of.clone()));
                self.made.borrow_mut().insert(name.clone(), Arc::new(placeholder));
                let expr = call(&name, expressions.clone());
                select.projection.push(SelectItem::ExprWithAlias { expr, alias: Ident::with_quote('"', column) });
            }
        }
        Ok(Some(TableFactor::Derived { lateral: true, subquery: query, alias: Some(alias), sample: None }))
    }

    /// Replaces a join to the placeholder of a table function.
    pub(super) fn unnested(&self, join: Join) -> Result<Transformed<LogicalPlan>> {
        let Some((alias, placeholder, arguments)) = placeholder_of(&join.right) else {
            return Ok(Transformed::no(LogicalPlan::Join(join)));
        };
        let call = &placeholder.body().0;
        let outer = join.join_type == JoinType::Left;
        let always = join.on.is_empty() && join.filter.as_ref().is_none_or(|filter| *filter == lit(true));
        if join.join_type != JoinType::Inner && !(outer && always) {
            return Err(function::error(SqlError::unsupported(format_args!(
                "outer joins to TABLE({}(...)) over columns, other than LEFT JOIN .. ON TRUE",
                call.object.name
            ))));
        }
        let left = join.left.schema().clone();
        let arguments = arguments
            .into_iter()
            .map(|argument| {
                let local = argument.transform_up(|node| {
                    Ok(match node {
                        Expr::OuterReferenceColumn(_, column) if left.has_column(&column) => {
                            Transformed::yes(Expr::Column(column))
                        }
                        other => Transformed::no(other),
                    })
                })?;
                Ok(local.data)
            })
            .collect::<Result<Vec<_>>>()?;
        let home = self.home(&call.object).map_err(function::error)?;
        let arguments = self.arguments(&home, &call.definition, &call.names, arguments).map_err(function::error)?;
        let body = self.table_body(&home, &call.definition).map_err(function::error)?;
        let fields: Fields = call.columns.iter().map(|(name, sql_type)| sql_type.field(name, true)).collect();
        let rows = Rows {
            body,
            arguments: call.definition.arguments.iter().map(|argument| argument.sql_type).collect(),
            columns: call.columns.clone(),
        };
        let key = placeholder.key().to_owned();
        let rows = per_row::rows_function(&self.cx.borrow(), key, &call.object.name, Arc::new(rows), fields, outer);
        let list = format!("$ROWS {alias}");
        let kept = || left.columns().into_iter().map(Expr::Column);
        let options = || UnnestOptions::new().with_preserve_nulls(false);
        let fields = call.columns.iter().map(|(name, sql_type)| {
            let field = Expr::Column(Column::new_unqualified(format!("{list}.{name}")));
            cast(field, *sql_type).alias_qualified(Some(alias.clone()), name)
        });
        let plan = LogicalPlanBuilder::from(Arc::unwrap_or_clone(join.left))
            .project(kept().chain([rows.call(arguments).alias(&list)]))?
            .unnest_column_with_options(Column::new_unqualified(&list), options())?
            .unnest_column_with_options(Column::new_unqualified(&list), options())?
            .project(kept().chain(fields))?;
        let equal = join
            .on
            .into_iter()
            .map(|(left, right)| Expr::BinaryExpr(BinaryExpr::new(Box::new(left), Operator::Eq, Box::new(right))));
        let plan = match equal.chain(join.filter).reduce(Expr::and) {
            Some(condition) => plan.filter(condition)?,
            None => plan,
        };
        Ok(Transformed::yes(plan.build()?))
    }
}

/// The alias, the placeholder and its arguments, when a plan is that of a table function's placeholder.
fn placeholder_of(plan: &LogicalPlan) -> Option<(TableReference, &Made<Placeholder>, Vec<Expr>)> {
    let LogicalPlan::SubqueryAlias(alias) = plan else { return None };
    let LogicalPlan::Subquery(subquery) = alias.input.as_ref() else { return None };
    let LogicalPlan::Projection(projection) = subquery.subquery.as_ref() else { return None };
    let Some(Expr::Alias(first)) = projection.expr.first() else { return None };
    let Expr::ScalarFunction(scalar) = first.expr.as_ref() else { return None };
    let placeholder = scalar.func.inner().downcast_ref::<Made<Placeholder>>()?;
    Some((alias.alias.clone(), placeholder, scalar.args.clone()))
}

/// The rows that a body has for a row of arguments.
#[derive(Debug)]
struct Rows {
    body: TableBody,
    arguments: Vec<SqlType>,
    columns: Vec<(String, SqlType)>,
}

impl RowPlan for Rows {
    fn plan(&self, arguments: &[ScalarValue]) -> crate::Result<LogicalPlan> {
        let arguments: Vec<_> = arguments
            .iter()
            .zip(&self.arguments)
            .map(|(scalar, sql_type)| constant(Value { sql_type: *sql_type, scalar: scalar.clone() }))
            .collect();
        let plan = self.body.clone().with_arguments(&arguments).map_err(super::other)?;
        declared_columns(plan, &self.columns)
    }

    fn is_volatile(&self) -> bool {
        true
    }
}
