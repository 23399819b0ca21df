//! Table functions.

use std::sync::Arc;

use datafusion::arrow::array::{Int64Array, RecordBatch};
use datafusion::arrow::datatypes::Schema;
use datafusion::sql::sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr};

use super::super::rewrite::Rewriter;
use super::super::user_function;
use super::{Provider, memory, rows};
use crate::error::{Result, SqlError};
use crate::exec::Value;
use crate::parse::Name;
use crate::types::SqlType;

/// The column of GENERATOR; rows without any column cannot be told apart from no rows.
const GENERATOR: &str = "$GENERATOR";

impl Provider<'_, '_> {
    pub(in crate::plan) fn argument(
        &self,
        rewriter: &Rewriter<'_, '_, '_>,
        argument: &FunctionArg,
    ) -> Result<(String, Value)> {
        match argument {
            FunctionArg::Named { name, arg: FunctionArgExpr::Expr(expression), .. } => {
                Ok((name.value.to_ascii_uppercase(), rewriter.constant(expression)?))
            }
            FunctionArg::ExprNamed { name: Expr::Identifier(name), arg: FunctionArgExpr::Expr(expression), .. } => {
                Ok((name.value.to_ascii_uppercase(), rewriter.constant(expression)?))
            }
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => {
                Ok((String::new(), rewriter.constant(expression)?))
            }
            other => Err(SqlError::unsupported(format_args!("argument {other} of a table function"))),
        }
    }

    /// The rows of a table function, under a name of their own; and the alias they have by default.
    pub(in crate::plan) fn table_function(
        &self,
        rewriter: &Rewriter<'_, '_, '_>,
        name: &Name,
        arguments: &[FunctionArg],
    ) -> Result<(String, String)> {
        if !user_function::built_in_table(name)
            && let Some(table) = self.user_table(rewriter, name, arguments)?
        {
            return Ok((table, name.object().to_owned()));
        }
        let arguments =
            arguments.iter().map(|argument| self.argument(rewriter, argument)).collect::<Result<Vec<_>>>()?;
        let cx = self.cx.borrow();
        let function = name.object();
        let default = function.to_owned();
        let named = |key: &str, position: usize| {
            arguments
                .iter()
                .find(|(name, _)| name == key)
                .or_else(|| arguments.iter().filter(|(name, _)| name.is_empty()).nth(position))
                .map(|(_, value)| value)
        };
        if name.parts.len() == 1 {
            match function {
                "GENERATOR" => {
                    if let Some((unknown, _)) = arguments.iter().find(|(name, _)| name != "ROWCOUNT") {
                        return Err(SqlError::unsupported(format_args!("GENERATOR({unknown} => ...)")));
                    }
                    let count = named("ROWCOUNT", 0).and_then(crate::plan::integer_of).filter(|count| *count >= 0);
                    let count = count.ok_or_else(|| {
                        SqlError::compilation(1003, "42000", "GENERATOR needs ROWCOUNT => a whole number.")
                    })?;
                    let schema = Arc::new(Schema::new(vec![SqlType::INTEGER.field(GENERATOR, false)]));
                    let counter = Int64Array::from_iter_values(0..count as i64);
                    let array = datafusion::arrow::compute::cast(&counter, &SqlType::INTEGER.arrow())?;
                    let batch = RecordBatch::try_new(schema.clone(), vec![array])?;
                    return Ok((self.put("GENERATOR", memory(schema, vec![batch])?), default));
                }
                "RESULT_SCAN" => {
                    let id = named("", 0).and_then(crate::plan::text_of).unwrap_or_default();
                    let result = cx.engine.history.result(&id, &cx.session.user)?;
                    return Ok((self.put("RESULT", rows(&result)?), default));
                }
                _ => {}
            }
        }
        let schema = name.schema().or(cx.schema()).unwrap_or_default();
        if schema == "INFORMATION_SCHEMA" {
            if let Some(database) = name.database() {
                cx.find_database(database)?;
            }
            let families = [
                crate::task::table_function,
                crate::notification::table_function,
                crate::history::table_function,
                crate::tag::table_function,
            ];
            let mut found = None;
            for family in families {
                if found.is_none() {
                    found = family(&cx, function, &arguments)?;
                }
            }
            if let Some(result) = found {
                return Ok((self.put("FUNCTION", rows(&result)?), default));
            }
        }
        Err(SqlError::compilation(2141, "42601", format_args!("Unknown table function {name}")))
    }
}
