//! Procedures in FROM: `SELECT .. FROM TABLE(procedure(..))`.
//!
//! <https://docs.snowflake.com/en/developer-guide/stored-procedure/stored-procedures-selecting-from>

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, FunctionArg, FunctionArguments, TableFactor, VisitMut, VisitorMut};

use super::call;
use crate::catalog::Kind;
use crate::catalog::def::{ProcedureDef, Returns};
use crate::exec::{Binds, Context, QueryResult, ResultColumn, StatementType};
use crate::plan::{self, Special};
use crate::types::SqlType;
use crate::{Result, SqlError, routine};

/// Calls the procedures that a statement selects from and puts their rows, as relations of `special`, in their place. The
/// statement is only copied when there are any.
pub(crate) async fn select_from<T: VisitMut + Clone>(
    cx: &mut Context<'_>,
    statement: &T,
    sql: &str,
    binds: &Binds,
    special: &mut Special,
) -> Result<Option<T>> {
    let Some((statement, calls)) = calls_in(cx, statement, sql)? else { return Ok(None) };
    for (index, found) in calls.iter().enumerate() {
        let result = call(cx, &found.text, binds).await?;
        special.insert(relation(index), plan::rows(&result)?);
    }
    Ok(Some(statement))
}

/// The same with the declared columns and no rows: nothing is called.
pub(crate) fn describe_from<T: VisitMut + Clone>(
    cx: &Context<'_>,
    statement: &T,
    sql: &str,
    special: &mut Special,
) -> Result<Option<T>> {
    let Some((statement, calls)) = calls_in(cx, statement, sql)? else { return Ok(None) };
    for (index, found) in calls.into_iter().enumerate() {
        let columns = found.columns.into_iter().map(|(name, sql_type)| ResultColumn::new(name, sql_type)).collect();
        special.insert(relation(index), plan::rows(&QueryResult::rows(StatementType::Call, columns, &[])?)?);
    }
    Ok(Some(statement))
}

/// The statement with relations for the calls in its FROM clauses; none when there are no calls.
fn calls_in<T: VisitMut + Clone>(cx: &Context<'_>, statement: &T, sql: &str) -> Result<Option<(T, Vec<Found>)>> {
    if !sql.as_bytes().windows(5).any(|word| word.eq_ignore_ascii_case(b"TABLE")) {
        return Ok(None);
    }
    let mut statement = statement.clone();
    let mut calls = Calls { cx, found: Vec::new() };
    match statement.visit(&mut calls) {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) if calls.found.is_empty() => Ok(None),
        ControlFlow::Continue(()) => Ok(Some((statement, calls.found))),
    }
}

/// The name of the rows of a call.
fn relation(index: usize) -> String {
    format!("$PROCEDURE{index}")
}

/// Replaces calls by relations.
struct Calls<'a, 'c> {
    cx: &'a Context<'c>,
    found: Vec<Found>,
}

/// The call of a procedure that a relation is.
struct Found {
    /// As a statement.
    text: String,
    /// The procedure's name.
    name: String,
    /// The columns that it declares.
    columns: Vec<(String, SqlType)>,
}

impl Calls<'_, '_> {
    fn call_of(&self, factor: &TableFactor) -> Result<Option<Found>> {
        let (name, arguments) = match factor {
            TableFactor::TableFunction { expr: Expr::Function(function), .. } => match &function.args {
                FunctionArguments::List(list) => (&function.name, list.args.as_slice()),
                FunctionArguments::None => (&function.name, [].as_slice()),
                FunctionArguments::Subquery(_) => return Ok(None),
            },
            TableFactor::Function { name, args, .. } => (name, args.as_slice()),
            _ => return Ok(None),
        };
        let Ok(name) = plan::name_of(name) else { return Ok(None) };
        let Ok(schema) = self.cx.schema_of(&name, "SELECT") else { return Ok(None) };
        if !routine::visible(self.cx, Kind::Function, &schema, name.object())?.is_empty() {
            return Ok(None);
        }
        let procedures = routine::visible(self.cx, Kind::Procedure, &schema, name.object())?;
        let Some(procedure) = procedures.first() else { return Ok(None) };
        let definition: ProcedureDef = procedure.definition()?;
        let columns = match definition.returns {
            Returns::Table(columns) => columns,
            Returns::Scalar(_) => Vec::new(),
        };
        if columns.is_empty() {
            return Err(SqlError::compilation(
                2141,
                "42601",
                format_args!(
                    "Procedure {name} cannot be used in FROM: it must be declared RETURNS TABLE (..) with its columns."
                ),
            ));
        }
        let arguments: Vec<String> = arguments.iter().map(FunctionArg::to_string).collect();
        let text = format!("CALL {name}({})", arguments.join(", "));
        Ok(Some(Found { text, name: name.object().to_owned(), columns }))
    }
}

impl VisitorMut for Calls<'_, '_> {
    type Break = SqlError;

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<SqlError> {
        match self.call_of(factor) {
            Ok(None) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
            Ok(Some(found)) => {
                let alias = match factor {
                    TableFactor::TableFunction { alias, .. } | TableFactor::Function { alias, .. } => alias.take(),
                    _ => None,
                };
                let alias = alias.unwrap_or_else(|| plan::table_alias(&found.name));
                *factor = plan::plain_table(plan::quoted_name(&relation(self.found.len())), Some(alias));
                self.found.push(found);
                ControlFlow::Continue(())
            }
        }
    }
}
