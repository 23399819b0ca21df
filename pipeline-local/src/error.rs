//! Statement errors as Snowflake reports them: a numeric code, an SQL state and a text.

use std::fmt;

/// The result of anything that runs on behalf of a statement.
pub type Result<T, E = SqlError> = std::result::Result<T, E>;

/// An error answer to a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlError {
    /// Snowflake's number, for example 2003; user-defined exceptions have theirs, which is negative.
    pub code: i32,
    /// The five-character SQL state, for example `42S02`.
    pub sql_state: String,
    /// The text, with Snowflake's prefix (`SQL compilation error:` and so on) where it has one.
    pub message: String,
    /// Where in the statement it went wrong: line from 1 and position from 0; only for errors that know it.
    pub position: Option<(u32, u32)>,
}

impl SqlError {
    /// An error with its three parts.
    pub fn new(code: i32, sql_state: &str, message: impl Into<String>) -> Self {
        Self { code, sql_state: sql_state.to_owned(), message: message.into(), position: None }
    }

    /// 001003 (42000): the text does not parse. `what` is for example `syntax error line 1 at position 7 unexpected 'FORM'.`
    pub fn syntax(what: impl fmt::Display) -> Self {
        Self::compilation(1003, "42000", what)
    }

    /// An error found before anything ran; the text gets Snowflake's usual first line.
    pub fn compilation(code: i32, sql_state: &str, what: impl fmt::Display) -> Self {
        Self::new(code, sql_state, format!("SQL compilation error:\n{what}"))
    }

    /// 002003: `kind` is written as Snowflake does, for example `Table`, `name` fully qualified.
    pub fn does_not_exist(kind: &str, name: impl fmt::Display) -> Self {
        let state = if matches!(kind, "Table" | "Object" | "View" | "Stream") { "42S02" } else { "02000" };
        Self::compilation(2003, state, format!("{kind} '{name}' does not exist or not authorized."))
    }

    /// 002002 (42710): the name is taken.
    pub fn already_exists(name: impl fmt::Display) -> Self {
        Self::compilation(2002, "42710", format!("Object '{name}' already exists."))
    }

    /// 000904 (42000): no such column or variable. The text has no line break after the first colon.
    pub fn invalid_identifier(name: impl fmt::Display) -> Self {
        Self::new(
            904,
            "42000",
            format!("SQL compilation error: error line 0 at position -1\ninvalid identifier '{name}'"),
        )
    }

    /// 000002 (0A000): a feature of Snowflake that this engine does not have; names it.
    pub fn unsupported(feature: impl fmt::Display) -> Self {
        Self::new(2, "0A000", format!("Unsupported feature '{feature}'."))
    }

    /// 003001 (42501): the role lacks a privilege. `what` is for example `operate on schema 'S'`.
    pub fn insufficient_privileges(what: impl fmt::Display) -> Self {
        Self::new(3001, "42501", format!("SQL access control error:\nInsufficient privileges to {what}."))
    }

    /// 000603 (XX000): a fault of the engine itself, never of the statement.
    pub fn internal(what: impl fmt::Display) -> Self {
        Self::new(603, "XX000", format!("Internal error of the local engine: {what}"))
    }

    /// The code as clients get it: six digits with leading zeros, or a user's negative number.
    pub fn code_text(&self) -> String {
        if self.code < 0 { self.code.to_string() } else { format!("{:06}", self.code) }
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.code_text(), self.sql_state, self.message)
    }
}

impl std::error::Error for SqlError {}

impl From<rusqlite::Error> for SqlError {
    fn from(error: rusqlite::Error) -> Self {
        Self::internal(format_args!("metadata store: {error}"))
    }
}

impl From<std::io::Error> for SqlError {
    fn from(error: std::io::Error) -> Self {
        Self::internal(error)
    }
}

impl From<serde_json::Error> for SqlError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(format_args!("stored definition: {error}"))
    }
}

impl From<datafusion::arrow::error::ArrowError> for SqlError {
    fn from(error: datafusion::arrow::error::ArrowError) -> Self {
        Self::internal(error)
    }
}
