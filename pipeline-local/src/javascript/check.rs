//! What CREATE PROCEDURE and CREATE FUNCTION refuse. The body itself is first read when it is called, as in Snowflake.

use super::is_supported;
use crate::catalog::def::{Argument, Returns};
use crate::{Result, SqlError};

/// Words that cannot name an argument, as they cannot name a variable.
const RESERVED: [&str; 46] = [
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
];

/// Checks the types and argument names of a JavaScript procedure or function.
///
/// # Errors
/// A compilation error that names the type or the argument.
pub(crate) fn check(arguments: &[Argument], returns: &Returns) -> Result<()> {
    for argument in arguments {
        if !is_supported(argument.sql_type) {
            return Err(unsupported_type(&argument.sql_type.to_string()));
        }
        if !is_identifier(&argument.name) {
            return Err(SqlError::compilation(
                1044,
                "42P13",
                format_args!(
                    "Argument '{}' of a JavaScript body is not a JavaScript identifier; rename it.",
                    argument.name
                ),
            ));
        }
    }
    match returns {
        Returns::Scalar(sql_type) if is_supported(*sql_type) => Ok(()),
        Returns::Scalar(sql_type) => Err(unsupported_type(&sql_type.to_string())),
        Returns::Table(_) => Err(unsupported_type("TABLE")),
    }
}

/// The refusal of a type.
pub(super) fn unsupported_type(sql_type: &str) -> SqlError {
    SqlError::compilation(
        1044,
        "42P13",
        format_args!("Language JAVASCRIPT does not support type '{sql_type}' for argument or return type."),
    )
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|first| first.is_alphabetic() || matches!(first, '_' | '$'))
        && chars.all(|char| char.is_alphanumeric() || matches!(char, '_' | '$'))
        && !RESERVED.contains(&name)
        && !matches!(name, "with" | "yield")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers() {
        for (name, expected) in [
            ("TABLE_NAME", true),
            ("tableName", true),
            ("$x1", true),
            ("_", true),
            ("Größe", true),
            ("RETURN", true),
            ("return", false),
            ("with", false),
            ("1a", false),
            ("a b", false),
            ("a-b", false),
            ("a){}//", false),
            ("", false),
        ] {
            assert_eq!(is_identifier(name), expected, "{name}");
        }
    }
}
