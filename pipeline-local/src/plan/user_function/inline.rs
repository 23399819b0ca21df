//! Bodies in the places of calls.

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, DataFusionError};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Case, Expr, LogicalPlan};

use super::super::correlated;
use super::super::provider::Provider;
use super::call::Call;
use super::{block, cast, null, query, script, type_of};
use crate::catalog::def::{FunctionForm, Returns};
use crate::error::SqlError;
use crate::function;
use crate::types::SqlType;

type Outcome<T> = Result<T, DataFusionError>;

impl Provider<'_, '_> {
    /// Replaces every call of a user-defined function in a plan.
    pub(in super::super) fn inline(&self, plan: LogicalPlan) -> Outcome<LogicalPlan> {
        if !self.made.borrow().keys().any(|name| name.starts_with("UDF:") || name.starts_with("UDTF:")) {
            return Ok(plan);
        }
        let replaced = plan.transform_up_with_subqueries(|node| {
            let node = match node {
                LogicalPlan::Join(join) => self.unnested(join)?,
                other => Transformed::no(other),
            };
            if node.transformed {
                return Ok(node);
            }
            let node = node.data;
            let schema = merge_schema(&node.inputs());
            let preserver = NamePreserver::new(&node);
            node.map_expressions(|expression| {
                let saved = preserver.save(&expression);
                let replaced = expression.transform_up(|node| self.replaced(node, &schema))?;
                Ok(if replaced.transformed {
                    replaced.update_data(|expression| saved.restore(expression))
                } else {
                    replaced
                })
            })?
            .map_data(LogicalPlan::recompute_schema)
        })?;
        Ok(replaced.data)
    }

    fn replaced(&self, node: Expr, schema: &DFSchema) -> Outcome<Transformed<Expr>> {
        let Expr::ScalarFunction(scalar) = &node else { return Ok(Transformed::no(node)) };
        let Some(call) = scalar.func.inner().downcast_ref::<Call>() else { return Ok(Transformed::no(node)) };
        let types = scalar.args.iter().map(|argument| type_of(argument, schema)).collect::<Outcome<Vec<_>>>()?;
        let expression = self.body_of(call, &types, scalar.args.clone(), schema)?;
        Ok(Transformed::yes(expression))
    }

    fn body_of(&self, call: &Call, types: &[Option<SqlType>], given: Vec<Expr>, schema: &DFSchema) -> Outcome<Expr> {
        let (object, definition) = call.overload(types).map_err(function::error)?;
        let Returns::Scalar(declared) = definition.returns else {
            return Err(function::error(SqlError::internal("a table function in an expression")));
        };
        let home = self.home(object).map_err(function::error)?;
        let arguments = self.arguments(&home, definition, call.names(), given).map_err(function::error)?;
        // Scripts and blocks look at their arguments themselves, so that these are evaluated once.
        let run = matches!(definition.form, FunctionForm::Script | FunctionForm::Block);
        let strict = definition.strict && !run && !arguments.is_empty();
        let expression = if definition.form == FunctionForm::Block {
            if self.inside_body() {
                return Err(function::error(SqlError::compilation(
                    2262,
                    "42601",
                    format_args!(
                        "Compilation of SQL UDF failed: a function cannot call {}, whose body is a block.",
                        object.name
                    ),
                )));
            }
            block::function(&self.cx.borrow(), &home, definition, declared)
                .map_err(function::error)?
                .call(arguments.clone())
        } else if definition.form == FunctionForm::Script {
            script::function(&self.cx.borrow(), object, definition, declared).call(arguments.clone())
        } else {
            let body = self.scalar_body(&home, definition).map_err(function::error)?;
            let refers = |argument: &Expr| argument.any_column_refs() || argument.contains_outer();
            let correlated = body.has_subquery() && arguments.iter().any(refers);
            let repeats = body.repeats_volatile(&arguments);
            let inlined = cast(body.clone().with_arguments(&arguments, schema)?, declared);
            if repeats || (correlated && !correlated::joins(&inlined, schema)) {
                let types = definition.arguments.iter().map(|argument| argument.sql_type).collect();
                query::function(&self.cx.borrow(), object, body, types, declared).call(arguments.clone())
            } else {
                inlined
            }
        };
        if !strict {
            return Ok(expression);
        }
        let missing = arguments.into_iter().map(Expr::is_null).reduce(Expr::or);
        Ok(match missing {
            Some(missing) => cast(
                Expr::Case(Case::new(
                    None,
                    vec![(Box::new(missing), Box::new(null(declared)))],
                    Some(Box::new(expression)),
                )),
                declared,
            ),
            None => expression,
        })
    }
}
