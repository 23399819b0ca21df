//! DataFusion's errors in Snowflake's words.

use datafusion::arrow::error::ArrowError;
use datafusion::common::{Column, DataFusionError, SchemaError};
use datafusion::sql::sqlparser::tokenizer::Token;

use crate::error::SqlError;
use crate::parse::{Cursor, position_of};

/// What planning or execution failed with.
#[derive(Debug)]
pub(super) enum Failure {
    /// A column that no relation in scope has.
    UnknownColumn(Column),
    /// Everything else.
    Other(SqlError),
}

impl Failure {
    /// The error where the text of the statement is not at hand.
    pub(super) fn into_error(self) -> SqlError {
        match self {
            Self::UnknownColumn(column) => SqlError::invalid_identifier(column.name),
            Self::Other(error) => error,
        }
    }
}

/// The error for an SQL statement.
pub(super) fn failure(error: DataFusionError) -> Failure {
    match error {
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => failure(*inner),
        DataFusionError::Shared(inner) => match inner.as_ref() {
            DataFusionError::External(error) => external(error.as_ref()),
            DataFusionError::ArrowError(error, _) => Failure::Other(arrow(error)),
            other => Failure::Other(text(&other.to_string())),
        },
        DataFusionError::Collection(errors) => match errors.into_iter().next() {
            Some(first) => failure(first),
            None => Failure::Other(SqlError::internal("an empty collection of errors")),
        },
        DataFusionError::External(error) => external(error.as_ref()),
        DataFusionError::ArrowError(error, _) => Failure::Other(arrow(&error)),
        DataFusionError::SchemaError(error, _) => match *error {
            SchemaError::FieldNotFound { field, .. } => Failure::UnknownColumn(*field),
            SchemaError::AmbiguousReference { field } => Failure::Other(SqlError::compilation(
                2028,
                "42601",
                format_args!("ambiguous column name '{}'", field.name),
            )),
            SchemaError::DuplicateUnqualifiedField { name } | SchemaError::DuplicateQualifiedField { name, .. } => {
                Failure::Other(SqlError::compilation(2025, "42S21", format_args!("duplicate column name '{name}'")))
            }
        },
        DataFusionError::NotImplemented(what)
            if what.contains("Subquery(") || what.contains("OuterReferenceColumn") =>
        {
            Failure::Other(SqlError::compilation(2031, "42601", "Unsupported subquery type cannot be evaluated"))
        }
        DataFusionError::NotImplemented(what) => Failure::Other(SqlError::unsupported(what)),
        DataFusionError::ResourcesExhausted(what) => {
            Failure::Other(SqlError::new(603, "XX000", format!("The local engine ran out of memory: {what}")))
        }
        other => Failure::Other(text(&other.strip_backtrace())),
    }
}

fn external(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Failure {
    if let Some(error) = error.downcast_ref::<SqlError>() {
        return Failure::Other(error.clone());
    }
    match error.downcast_ref::<DataFusionError>() {
        Some(DataFusionError::External(inner)) => external(inner.as_ref()),
        _ => Failure::Other(text(&error.to_string())),
    }
}

fn arrow(error: &ArrowError) -> SqlError {
    match error {
        ArrowError::DivideByZero => SqlError::new(100_051, "22012", "Division by zero"),
        ArrowError::ExternalError(inner) => match external(inner.as_ref()) {
            Failure::Other(error) => error,
            Failure::UnknownColumn(column) => SqlError::invalid_identifier(column),
        },
        other => text(&other.to_string()),
    }
}

/// Errors that DataFusion tells only as text.
fn text(message: &str) -> SqlError {
    let message = message.lines().next().unwrap_or(message);
    if message.contains("Divide by zero") {
        return SqlError::new(100_051, "22012", "Division by zero");
    }
    if message.contains("Scalar subquery returned more than one row") {
        return SqlError::new(100_090, "22000", "Single-row subquery returns more than one row.");
    }
    if message.contains("must appear in the GROUP BY clause") || message.contains("must be in GROUP BY") {
        let column = message.split('"').nth(1).unwrap_or("expression");
        return SqlError::compilation(979, "42601", format_args!("[{column}] is not a valid group by expression"));
    }
    if let Some((_, rest)) = message.split_once("Aggregate function calls cannot be nested: '")
        && let [inner, _, outer, ..] = rest.split('\'').collect::<Vec<_>>()[..]
    {
        let text = format!("Aggregate functions cannot be nested: [{inner}] nested in [{outer}]");
        return SqlError::compilation(1003, "42000", text);
    }
    if message.contains("Aggregate functions are not allowed in the WHERE clause") {
        return SqlError::compilation(1003, "42000", "Invalid aggregate function in where clause");
    }
    if message.contains("QUALIFY clause requires window functions") {
        return SqlError::compilation(2127, "42601", "found QUALIFY clause but no window function.");
    }
    let what = message
        .trim_start_matches("Error during planning: ")
        .trim_start_matches("Execution error: ")
        .trim_start_matches("Arrow error: ");
    SqlError::compilation(1003, "42000", what)
}

/// 000904 with the place of the first mention of the name in the statement.
pub(super) fn unknown_column(sql: &str, column: &Column) -> SqlError {
    let name = match &column.relation {
        Some(relation) => format!("{}.{}", relation.table(), column.name),
        None => column.name.clone(),
    };
    let (line, position) = place(sql, &column.name).unwrap_or((0, 0));
    if line == 0 {
        return SqlError::invalid_identifier(name);
    }
    let mut error = SqlError::new(
        904,
        "42000",
        format!("SQL compilation error: error line {line} at position {position}\ninvalid identifier '{name}'"),
    );
    error.position = Some((line, position));
    error
}

/// An error that names an identifier or function, with the place of its first mention in the statement.
pub(crate) fn located(sql: &str, error: SqlError) -> SqlError {
    const NOWHERE: &str = "SQL compilation error: error line 0 at position -1\ninvalid identifier '";
    const ARGUMENTS: &str = "SQL compilation error:\nInvalid argument types for function '";
    let (prefix, after) = match error.code {
        904 => (NOWHERE, "invalid identifier '"),
        1044 => (ARGUMENTS, "Invalid argument types for function '"),
        _ => return error,
    };
    let Some(rest) = error.message.strip_prefix(prefix) else { return error };
    let name = rest.split('\'').next().unwrap_or_default();
    let found = if error.code == 904 { place(sql, name) } else { call_place(sql, name) };
    let Some((line, position)) = found else { return error };
    let message = format!("SQL compilation error: error line {line} at position {position}\n{after}{rest}");
    SqlError { message, position: Some((line, position)), ..error }
}

fn call_place(sql: &str, name: &str) -> Option<(u32, u32)> {
    let mut cursor = Cursor::new(sql).ok()?;
    while cursor.peek().is_some() {
        if cursor.peek_word().as_deref() == Some(name) && cursor.peek_at(1) == Some(&Token::LParen) {
            return Some(position_of(sql, cursor.offset()));
        }
        cursor.next_token();
    }
    None
}

fn place(sql: &str, name: &str) -> Option<(u32, u32)> {
    let mut cursor = Cursor::new(sql).ok()?;
    while cursor.peek().is_some() {
        let offset = cursor.offset();
        let start = cursor.index();
        if cursor.identifier().is_ok_and(|identifier| identifier == name) {
            return Some(position_of(sql, offset));
        }
        cursor.rewind(start);
        cursor.next_token();
    }
    None
}
