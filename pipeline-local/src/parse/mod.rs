//! From text to statements: sqlparser's Snowflake dialect for queries and DML, our own parser for everything else.

mod chain;
pub mod cursor;
pub mod data_type;
mod extend;
mod literal;
pub mod name;
mod query;
pub mod split;

pub use cursor::{Cursor, position_of};
pub use data_type::data_type;
pub use extend::ALL_BY_NAME;
pub use name::{Name, fold, quote};
pub use query::{expression, pipe_source, query, unnamed_query};
pub use split::split;

use datafusion::sql::sqlparser::ast;
use datafusion::sql::sqlparser::tokenizer::Token;

use crate::error::{Result, SqlError};

/// One statement. Those that carry a text have a parser of their own where they are run.
#[derive(Debug, Clone)]
pub enum Statement {
    /// SELECT, WITH, VALUES.
    Query(Box<ast::Query>, String),
    /// INSERT, UPDATE, DELETE, MERGE.
    Dml(Box<ast::Statement>, String),
    /// TRUNCATE TABLE.
    Truncate(String),
    /// EXPLAIN of a statement.
    Explain(Box<Statement>),
    /// Statements joined by `->>`: each reads the results of those before it.
    Pipe(Vec<Statement>),
    /// BEGIN, START TRANSACTION, COMMIT, ROLLBACK.
    Transaction(String),
    /// USE, ALTER SESSION, SET, UNSET.
    Session(String),
    /// CREATE, ALTER, DROP, UNDROP, COMMENT of what is not below.
    Ddl(String),
    /// GRANT, REVOKE.
    Grant(String),
    /// SHOW of what is not below.
    Show(String),
    /// DESCRIBE of what is not below.
    Describe(String),
    /// CREATE, ALTER, DROP, DESCRIBE PROCEDURE and SHOW PROCEDURES.
    Procedure(String),
    /// CREATE, ALTER, DROP, DESCRIBE FUNCTION and SHOW FUNCTIONS.
    Function(String),
    /// CREATE, ALTER, DROP, DESCRIBE, EXECUTE TASK and SHOW TASKS.
    Task(String),
    /// CREATE, ALTER, DROP, DESCRIBE INTEGRATION and SHOW INTEGRATIONS.
    Integration(String),
    /// CALL, and WITH .. AS PROCEDURE .. CALL.
    Call(String),
    /// An anonymous scripting block.
    Block(String),
    /// EXECUTE IMMEDIATE.
    ExecuteImmediate(String),
}

/// Parses one statement.
///
/// # Errors
/// A syntax error that says where, or the name of a clause that is not supported.
pub fn statement(sql: &str) -> Result<Statement> {
    let cursor = Cursor::new(sql)?;
    if cursor.at_end() {
        return Err(SqlError::compilation(900, "42601", "Empty SQL statement."));
    }
    let text = || cursor.rest().to_owned();
    let word = cursor.peek_word();
    let word = word.as_deref().unwrap_or_default();
    let block = word == "DECLARE" || (word == "BEGIN" && !split::begins_transaction(&cursor));
    if !block
        && !matches!(word, "CREATE" | "EXECUTE")
        && let Some(parts) = pipe(&cursor)
    {
        return parts.iter().map(|part| statement(part)).collect::<Result<Vec<_>>>().map(Statement::Pipe);
    }
    Ok(match word {
        _ if block => Statement::Block(text()),
        "SELECT" | "VALUES" => sql_statement(&cursor)?,
        "WITH" if cursor.peek_keyword_at(2, "AS") && cursor.peek_keyword_at(3, "PROCEDURE") => Statement::Call(text()),
        "WITH" | "INSERT" | "UPDATE" | "DELETE" | "MERGE" => sql_statement(&cursor)?,
        "TRUNCATE" => Statement::Truncate(text()),
        "EXPLAIN" => {
            let mut rest = cursor.clone();
            rest.next_token();
            if rest.accept_keyword("USING") && !rest.accept_keyword("TEXT") {
                return Err(SqlError::unsupported("EXPLAIN USING other than TEXT"));
            }
            if rest.peek_keyword("EXPLAIN") {
                return Err(rest.unexpected());
            }
            Statement::Explain(Box::new(statement(rest.rest())?))
        }
        "CALL" => Statement::Call(text()),
        "BEGIN" | "START" | "COMMIT" | "ROLLBACK" => Statement::Transaction(text()),
        "USE" | "SET" | "UNSET" => Statement::Session(text()),
        "ALTER" if cursor.peek_keyword_at(1, "SESSION") => Statement::Session(text()),
        "GRANT" | "REVOKE" => Statement::Grant(text()),
        "EXECUTE" if cursor.peek_keyword_at(1, "IMMEDIATE") => Statement::ExecuteImmediate(text()),
        "EXECUTE" if cursor.peek_keyword_at(1, "TASK") => Statement::Task(text()),
        "UNDROP" | "COMMENT" => Statement::Ddl(text()),
        "CREATE" | "ALTER" | "DROP" => match kind(&cursor) {
            Some(Scripted::Procedure) => Statement::Procedure(text()),
            Some(Scripted::Function) => Statement::Function(text()),
            Some(Scripted::Task) => Statement::Task(text()),
            Some(Scripted::Integration) => Statement::Integration(text()),
            None => Statement::Ddl(text()),
        },
        "SHOW" if cursor.peek_keyword_at(1, "PARAMETERS") => Statement::Show(text()),
        "SHOW" => match kind(&cursor) {
            Some(Scripted::Procedure) => Statement::Procedure(text()),
            Some(Scripted::Function) => Statement::Function(text()),
            Some(Scripted::Task) => Statement::Task(text()),
            Some(Scripted::Integration) => Statement::Integration(text()),
            None => Statement::Show(text()),
        },
        "DESCRIBE" | "DESC" => match kind(&cursor) {
            Some(Scripted::Procedure) => Statement::Procedure(text()),
            Some(Scripted::Function) => Statement::Function(text()),
            Some(Scripted::Task) => Statement::Task(text()),
            Some(Scripted::Integration) => Statement::Integration(text()),
            None => Statement::Describe(text()),
        },
        "COPY" | "PUT" | "GET" | "LIST" | "LS" | "REMOVE" | "RM" if cursor.peek_at(1).is_some() => {
            let into = if cursor.peek_keyword_at(1, "INTO") { " INTO" } else { "" };
            return Err(SqlError::unsupported(format_args!("{word}{into}")));
        }
        _ if cursor.peek() == Some(&Token::LParen) => sql_statement(&cursor)?,
        _ => return Err(cursor.unexpected()),
    })
}

enum Scripted {
    Procedure,
    Function,
    Task,
    Integration,
}

/// What a CREATE, ALTER, DROP, SHOW or DESCRIBE is about, when it is not for the general parsers.
fn kind(cursor: &Cursor<'_>) -> Option<Scripted> {
    let mut ahead = 1;
    loop {
        match cursor.peek_word_at(ahead).as_deref()? {
            "OR" | "REPLACE" | "ALTER" | "TEMP" | "TEMPORARY" | "SECURE" | "TERSE" | "USER" if ahead < 6 => ahead += 1,
            "PROCEDURE" if cursor.peek_keyword_at(ahead + 1, "SCOPED") => return None,
            "PROCEDURE" | "PROCEDURES" => return Some(Scripted::Procedure),
            "AGGREGATE" if cursor.peek_keyword_at(ahead + 1, "FUNCTION") => return Some(Scripted::Function),
            "FUNCTION" | "FUNCTIONS" => return Some(Scripted::Function),
            "TASK" | "TASKS" => return Some(Scripted::Task),
            "EXTERNAL" if cursor.peek_keyword_at(ahead + 1, "ACCESS") => ahead += 2,
            "NOTIFICATION" | "API" | "CATALOG" | "STORAGE" | "SECURITY"
                if matches!(cursor.peek_word_at(ahead + 1).as_deref(), Some("INTEGRATION" | "INTEGRATIONS")) =>
            {
                return Some(Scripted::Integration);
            }
            "INTEGRATION" | "INTEGRATIONS" => return Some(Scripted::Integration),
            _ => return None,
        }
    }
}

fn sql_statement(cursor: &Cursor<'_>) -> Result<Statement> {
    let text = cursor.sql();
    Ok(match query::statement(text)? {
        ast::Statement::Query(query) => Statement::Query(query, text.to_owned()),
        other => Statement::Dml(Box::new(other), text.to_owned()),
    })
}

/// The parts between `->>`, when there are several.
fn pipe<'a>(cursor: &Cursor<'a>) -> Option<Vec<&'a str>> {
    let mut cursor = cursor.clone();
    let mut parts = Vec::new();
    let mut start = cursor.offset();
    while cursor.peek().is_some() {
        if cursor.peek() == Some(&Token::LongArrow) {
            parts.push(cursor.text(start, cursor.offset()).trim());
            cursor.next_token();
            start = cursor.offset();
        } else {
            cursor.next_token();
        }
    }
    if parts.is_empty() {
        return None;
    }
    parts.push(cursor.text(start, cursor.sql().len()).trim().trim_end_matches(';'));
    Some(parts)
}
