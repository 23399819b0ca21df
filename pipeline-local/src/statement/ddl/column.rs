//! Column definitions, as CREATE TABLE and ALTER TABLE read them.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-table>

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::{ColumnDef, Increment};
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::statement::{Binds, Context};
use crate::tag;
use crate::types::SqlType;

use super::constraint::{ConstraintSpec, read_constraint};

/// A column as it was written.
pub(super) struct ColumnSpec {
    /// Its definition; the type is VARCHAR where none was written.
    pub(super) def: ColumnDef,
    /// Whether a type was written (CREATE TABLE ... AS may leave it out).
    pub(super) typed: bool,
    /// Constraints in the column's own definition.
    pub(super) constraints: Vec<ConstraintSpec>,
    /// The tags set on it.
    pub(super) tags: tag::Tags,
}

/// The words at which the expression of a DEFAULT ends.
const AFTER_DEFAULT: [&str; 14] = [
    "NOT",
    "NULL",
    "COMMENT",
    "PRIMARY",
    "UNIQUE",
    "REFERENCES",
    "FOREIGN",
    "CONSTRAINT",
    "CHECK",
    "COLLATE",
    "WITH",
    "TAG",
    "AS",
    "AUTOINCREMENT",
];

/// Reads one column.
pub(super) fn read_column(cursor: &mut Cursor<'_>) -> Result<ColumnSpec> {
    let name = cursor.identifier()?;
    let typed = !matches!(cursor.peek(), Some(Token::Comma | Token::RParen)) && !cursor.peek_keyword("AS");
    let sql_type = if typed { cursor.data_type()? } else { SqlType::TEXT };
    let mut spec =
        ColumnSpec { def: ColumnDef::new(&name, sql_type), typed, constraints: Vec::new(), tags: tag::Tags::new() };
    loop {
        if cursor.accept_keywords("NOT NULL") {
            spec.def.nullable = false;
        } else if cursor.accept_keyword("NULL") {
            spec.def.nullable = true;
        } else if cursor.accept_keyword("DEFAULT") {
            spec.def.default = Some(default_text(cursor)?);
        } else if cursor.accept_keyword("AUTOINCREMENT") || cursor.accept_keyword("IDENTITY") {
            spec.def.autoincrement = Some(increment(cursor)?);
        } else if cursor.accept_keyword("AS") {
            spec.def.expression = Some(cursor.parenthesised()?.trim().to_owned());
        } else if cursor.accept_keyword("COMMENT") {
            spec.def.comment = cursor.string()?;
        } else if tag::accept(cursor, &mut spec.tags)? {
        } else if let Some(constraint) = read_constraint(cursor, Some(&name))? {
            spec.constraints.push(constraint);
        } else {
            break;
        }
    }
    if spec.def.expression.is_some() && (spec.def.default.is_some() || spec.def.autoincrement.is_some()) {
        return Err(SqlError::syntax(format_args!(
            "Virtual column '{name}' cannot have DEFAULT or AUTOINCREMENT: AS says what is in it."
        )));
    }
    if spec.def.autoincrement.is_some() {
        if spec.def.default.is_some() {
            return Err(SqlError::compilation(
                1003,
                "42000",
                format_args!("Column '{name}' cannot have both DEFAULT and AUTOINCREMENT."),
            ));
        }
        if !matches!(sql_type, SqlType::Number { .. } | SqlType::Float) {
            return Err(SqlError::compilation(
                1003,
                "42000",
                format_args!("AUTOINCREMENT needs a numeric column, '{name}' is {sql_type}."),
            ));
        }
    }
    if !matches!(cursor.peek(), None | Some(Token::Comma | Token::RParen | Token::SemiColon)) {
        for feature in ["COLLATE", "MASKING", "PROJECTION", "WITH", "GENERATED"] {
            if cursor.peek_keyword(feature) {
                return Err(SqlError::unsupported(format_args!("{feature} of a column")));
            }
        }
        return Err(cursor.unexpected());
    }
    Ok(spec)
}

fn default_text(cursor: &mut Cursor<'_>) -> Result<String> {
    let start = cursor.offset();
    let first = cursor.index();
    let mut depth = 0_u32;
    loop {
        match cursor.peek() {
            Some(Token::LParen) => depth += 1,
            Some(Token::RParen) if depth > 0 => depth -= 1,
            None | Some(Token::Comma | Token::RParen | Token::SemiColon) if depth == 0 => break,
            None => return Err(cursor.unexpected()),
            Some(_)
                if depth == 0
                    && cursor.index() > first
                    && AFTER_DEFAULT.iter().any(|word| cursor.peek_keyword(word)) =>
            {
                break;
            }
            Some(_) => {}
        }
        cursor.next_token();
    }
    if cursor.index() == first {
        return Err(cursor.unexpected());
    }
    Ok(cursor.text_since(start).to_owned())
}

fn increment(cursor: &mut Cursor<'_>) -> Result<Increment> {
    let mut found = Increment { start: 1, step: 1 };
    if cursor.accept(&Token::LParen) {
        found.start = cursor.integer()?;
        cursor.expect(&Token::Comma)?;
        found.step = cursor.integer()?;
        cursor.expect(&Token::RParen)?;
    }
    loop {
        if cursor.accept_keyword("START") {
            let _ = cursor.accept_keyword("WITH");
            cursor.accept(&Token::Eq);
            found.start = cursor.integer()?;
        } else if cursor.accept_keyword("INCREMENT") {
            let _ = cursor.accept_keyword("BY");
            cursor.accept(&Token::Eq);
            found.step = cursor.integer()?;
        } else if !(cursor.accept_keyword("ORDER") || cursor.accept_keyword("NOORDER")) {
            // Numbers are handed out in order either way.
            break;
        }
    }
    if found.step == 0 {
        return Err(SqlError::compilation(1008, "22023", "invalid value [0] for parameter 'INCREMENT'"));
    }
    Ok(found)
}

/// Checks that a column's DEFAULT is an expression that its type takes.
///
/// # Errors
/// 002023 when the types do not match, and whatever is wrong with the expression.
pub(super) async fn check_default(cx: &mut Context<'_>, column: &ColumnDef) -> Result<()> {
    let Some(default) = &column.default else { return Ok(()) };
    if default.to_uppercase().ends_with(".NEXTVAL") {
        return Ok(());
    }
    let query = format!("SELECT {default}");
    let (columns, _) = crate::statement::describe(cx, &query, &Binds::none()).await?;
    let Some(given) = columns.first() else { return Ok(()) };
    if default.eq_ignore_ascii_case("NULL") || fits(given.sql_type, column.sql_type) {
        return Ok(());
    }
    Err(SqlError::compilation(
        2023,
        "22000",
        format_args!(
            "Expression type does not match column data type, expecting {} but got {} for column {}",
            column.sql_type, given.sql_type, column.name
        ),
    ))
}

fn fits(given: SqlType, wanted: SqlType) -> bool {
    use SqlType::{Date, Float, Number, TimestampLtz, TimestampNtz, TimestampTz};
    match wanted {
        Number { .. } | Float => matches!(given, Number { .. } | Float),
        TimestampNtz(_) | TimestampLtz(_) | TimestampTz(_) => {
            matches!(given, TimestampNtz(_) | TimestampLtz(_) | TimestampTz(_) | Date)
        }
        SqlType::Variant => true,
        SqlType::Varchar(_) => !given.is_semi_structured(),
        other => given.family() == other.family(),
    }
}
