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
        Some("CREATE" | "ALTER" | "DROP" | "DESCRIBE" | "DESC") => {
            let mut ahead = 1;
            loop {
                match cursor.peek_word_at(ahead).as_deref() {
                    Some("OR" | "REPLACE" | "ALTER" | "TEMP" | "TEMPORARY" | "SECURE") => ahead += 1,
                    Some("PROCEDURE") => return Ok(Statement::Procedure(text())),
                    Some("TASK") => return Ok(Statement::Task(text())),
                    Some("NOTIFICATION") => ahead += 1,
                    Some("INTEGRATION") => return Ok(Statement::Integration(text())),
                    _ => return Err(cursor.unexpected()),
                }
            }
        }
        _ => Err(cursor.unexpected()),
    }
}
