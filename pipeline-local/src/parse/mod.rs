//! From text to statements: sqlparser's Snowflake dialect for queries and DML, our own parser for everything else.

pub mod cursor;
pub mod data_type;
pub mod name;
pub mod split;

pub use cursor::{Cursor, position_of};
pub use data_type::data_type;
pub use name::{Name, fold, quote};
pub use split::split;

use crate::error::{Result, SqlError};

/// One statement.
#[derive(Debug, Clone)]
pub enum Statement {
    /// CREATE, ALTER, DROP PROCEDURE: the whole text.
    Procedure(String),
    /// CREATE, ALTER, DROP, EXECUTE TASK: the whole text.
    Task(String),
    /// CREATE, ALTER, DROP INTEGRATION: the whole text.
    Integration(String),
    /// CALL, and WITH .. AS PROCEDURE .. CALL: the whole text.
    Call(String),
    /// An anonymous scripting block: the whole text.
    Block(String),
    /// EXECUTE IMMEDIATE: the whole text.
    ExecuteImmediate(String),
    /// CREATE, ALTER, DROP, UNDROP, COMMENT of all other objects: the whole text.
    Ddl(String),
    /// GRANT, REVOKE: the whole text.
    Grant(String),
    /// USE, ALTER SESSION, SET, UNSET: the whole text.
    Session(String),
    /// BEGIN, START TRANSACTION, COMMIT, ROLLBACK: the whole text.
    Transaction(String),
    /// SHOW of what has no module of its own: the whole text.
    Show(String),
    /// DESCRIBE of what has no module of its own: the whole text.
    Describe(String),
}

/// Parses one statement.
///
/// # Errors
/// A syntax error that says where, or the name of a clause that is not supported.
pub fn statement(sql: &str) -> Result<Statement> {
    let cursor = Cursor::new(sql)?;
    let text = || cursor.rest().to_owned();
    match cursor.peek_word().as_deref() {
        None if cursor.at_end() => Err(SqlError::compilation(900, "42601", "Empty SQL statement.")),
        Some("CALL") => Ok(Statement::Call(text())),
        Some("DECLARE") => Ok(Statement::Block(text())),
        Some("BEGIN") if !split::begins_transaction(&cursor) => Ok(Statement::Block(text())),
        Some("EXECUTE") if cursor.peek_keyword_at(1, "IMMEDIATE") => Ok(Statement::ExecuteImmediate(text())),
        Some("EXECUTE") if cursor.peek_keyword_at(1, "TASK") => Ok(Statement::Task(text())),
        Some("BEGIN" | "START" | "COMMIT" | "ROLLBACK") => Ok(Statement::Transaction(text())),
        Some("USE" | "SET" | "UNSET") => Ok(Statement::Session(text())),
        Some("ALTER") if cursor.peek_keyword_at(1, "SESSION") => Ok(Statement::Session(text())),
        Some("GRANT" | "REVOKE") => Ok(Statement::Grant(text())),
        Some("UNDROP" | "COMMENT") => Ok(Statement::Ddl(text())),
        Some("CREATE" | "ALTER" | "DROP") => Ok(match object_kind(&cursor).as_deref() {
            Some("PROCEDURE") => Statement::Procedure(text()),
            Some("TASK") => Statement::Task(text()),
            Some("INTEGRATION") => Statement::Integration(text()),
            _ => Statement::Ddl(text()),
        }),
        Some("DESCRIBE" | "DESC") => Ok(match object_kind(&cursor).as_deref() {
            Some("PROCEDURE") => Statement::Procedure(text()),
            Some("TASK") => Statement::Task(text()),
            Some("INTEGRATION") => Statement::Integration(text()),
            _ => Statement::Describe(text()),
        }),
        Some("SHOW") => Ok(match object_kind(&cursor).as_deref() {
            Some("PROCEDURES") => Statement::Procedure(text()),
            Some("TASKS") => Statement::Task(text()),
            Some("INTEGRATIONS") => Statement::Integration(text()),
            // SHOW PARAMETERS IN TASK t
            Some("PARAMETERS") if cursor.peek_keyword_at(3, "TASK") => Statement::Task(text()),
            _ => Statement::Show(text()),
        }),
        _ => Err(cursor.unexpected()),
    }
}

/// The word that says what a CREATE, ALTER, DROP, DESCRIBE or SHOW is about.
fn object_kind(cursor: &Cursor<'_>) -> Option<String> {
    let before = ["OR", "REPLACE", "ALTER", "TEMP", "TEMPORARY", "SECURE", "TERSE", "NOTIFICATION"];
    (1..).map_while(|ahead| cursor.peek_word_at(ahead)).find(|word| !before.contains(&word.as_str()))
}
