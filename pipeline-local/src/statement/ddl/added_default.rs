//! The DEFAULT of a column that ALTER TABLE adds: a bare literal of the column's own family, unlike in CREATE TABLE.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/alter-table>

use datafusion::sql::sqlparser::ast::{Expr, UnaryOperator, Value};

use crate::catalog::def::ColumnDef;
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::types::SqlType;

/// A literal as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Literal {
    Null,
    Of(SqlType),
}

/// Checks the DEFAULT of a column that is added.
///
/// # Errors
/// 002263 for anything but a literal, 002023 for a literal of another family than the column's.
pub(super) fn check(column: &ColumnDef) -> Result<()> {
    let Some(default) = &column.default else { return Ok(()) };
    let expression = Cursor::new(default)?.expression()?;
    if matches!(column.sql_type, SqlType::Binary(_)) {
        return Err(SqlError::new(
            2,
            "0A000",
            "SQL compilation error: Default values are not allowed on 'BINARY' columns.",
        ));
    }
    let given = match literal(&expression) {
        Some(Literal::Of(given)) => given,
        Some(Literal::Null) => return Ok(()),
        None => {
            return Err(SqlError::compilation(
                2263,
                "22000",
                format_args!("Invalid column default expression [{}]", echo(&expression, default)),
            ));
        }
    };
    let fits = match column.sql_type {
        SqlType::Number { .. } | SqlType::Float => matches!(given, SqlType::Number { .. } | SqlType::Float),
        SqlType::Varchar(_) => matches!(given, SqlType::Varchar(_)),
        SqlType::Boolean => given == SqlType::Boolean,
        SqlType::Object | SqlType::Array => true,
        SqlType::Variant if matches!(given, SqlType::Varchar(_)) => true,
        SqlType::Variant => {
            return Err(SqlError::compilation(
                2023,
                "22000",
                format_args!("Default value data type does not match data type for column {}", column.name),
            ));
        }
        _ => false,
    };
    if fits {
        return Ok(());
    }
    Err(SqlError::compilation(
        2023,
        "22000",
        format_args!(
            "Expression type does not match column data type, expecting {} but got {given} for column {}",
            column.sql_type, column.name
        ),
    ))
}

fn literal(expression: &Expr) -> Option<Literal> {
    let value = match expression {
        Expr::Value(value) => &value.value,
        Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus, expr } => match expr.as_ref() {
            Expr::Value(value) if matches!(value.value, Value::Number(..)) => &value.value,
            _ => return None,
        },
        _ => return None,
    };
    let characters = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX).max(1);
    Some(match value {
        Value::Null => Literal::Null,
        Value::Boolean(_) => Literal::Of(SqlType::Boolean),
        Value::SingleQuotedString(text) => Literal::Of(SqlType::Varchar(characters(text))),
        Value::DollarQuotedString(text) => Literal::Of(SqlType::Varchar(characters(&text.value))),
        Value::HexStringLiteral(digits) => Literal::Of(SqlType::Binary(characters(digits).div_ceil(2))),
        Value::Number(digits, _) => Literal::Of(number(digits)),
        _ => return None,
    })
}

/// The smallest type of a number literal.
fn number(digits: &str) -> SqlType {
    if digits.contains(['e', 'E']) {
        return SqlType::Float;
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0').len();
    let precision = u8::try_from((whole + fraction.len()).clamp(1, 38)).unwrap_or(38);
    SqlType::Number { precision, scale: u8::try_from(fraction.len()).unwrap_or(37).min(precision) }
}

/// The expression as the error shows it: a cast in the spelling of CAST.
fn echo(expression: &Expr, text: &str) -> String {
    match expression {
        Expr::Cast { expr, data_type, .. } => format!("CAST({expr} AS {data_type})"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_the_family_only() {
        let varchar = SqlType::Varchar(9);
        let number = SqlType::Number { precision: 5, scale: 1 };
        let mismatch = |wanted: &str, given: &str| {
            format!(
                "SQL compilation error:\nExpression type does not match column data type, expecting {wanted} but got {given} for column C"
            )
        };
        for (sql_type, default, expected) in [
            (number, "7", String::new()),
            (number, "-7.55", String::new()),
            (number, "1e3", String::new()),
            (number, "'abc'", mismatch("NUMBER(5,1)", "VARCHAR(3)")),
            (number, "TRUE", mismatch("NUMBER(5,1)", "BOOLEAN")),
            (number, "X'AB'", mismatch("NUMBER(5,1)", "BINARY(1)")),
            (number, "1 + 1", "SQL compilation error:\nInvalid column default expression [1 + 1]".to_owned()),
            (varchar, "'longer than nine'", String::new()),
            (varchar, "7.5", mismatch("VARCHAR(9)", "NUMBER(2,1)")),
            (
                varchar,
                "UPPER('a')",
                "SQL compilation error:\nInvalid column default expression [UPPER('a')]".to_owned(),
            ),
            (SqlType::Date, "NULL", String::new()),
            (SqlType::Date, "'2026-01-01'", mismatch("DATE", "VARCHAR(10)")),
            (
                SqlType::Date,
                "'2026-01-01'::DATE",
                "SQL compilation error:\nInvalid column default expression [CAST('2026-01-01' AS DATE)]".to_owned(),
            ),
            (SqlType::Boolean, "1", mismatch("BOOLEAN", "NUMBER(1,0)")),
            (SqlType::Variant, "'z'", String::new()),
            (
                SqlType::Variant,
                "7",
                "SQL compilation error:\nDefault value data type does not match data type for column C".to_owned(),
            ),
            (SqlType::Array, "'abc'", String::new()),
            (
                SqlType::Binary(4),
                "X'AB'",
                "SQL compilation error: Default values are not allowed on 'BINARY' columns.".to_owned(),
            ),
        ] {
            let mut column = ColumnDef::new("C", sql_type);
            column.default = Some(default.to_owned());
            let found = check(&column).err().map(|error| error.message).unwrap_or_default();
            assert_eq!(found, expected, "{sql_type} DEFAULT {default}");
        }
    }
}
