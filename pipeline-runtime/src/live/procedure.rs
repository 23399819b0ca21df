//! Procedures: replaced only when their text or header differs.

use pipeline_dsl::{
    node::Node,
    object::{ExecuteAs, ProcedureDef},
};

use super::{table::normal_type, text};
use crate::connection::Row;

/// The argument types of `SP_X(NUMBER, DEFAULT VARCHAR) RETURN VARIANT`: `(NUMBER,VARCHAR)`.
pub(super) fn signature(arguments: &str) -> String {
    let types =
        arguments.split_once('(').and_then(|(_, rest)| Some(rest.rsplit_once(") RETURN")?.0)).unwrap_or_default();
    let types: Vec<&str> = types
        .split(',')
        .map(|name| name.trim().trim_start_matches("DEFAULT "))
        .filter(|name| !name.is_empty())
        .collect();
    format!("({})", types.join(","))
}

pub(super) fn is_current(node: &Node, wanted: &ProcedureDef, shown: &Row, described: &[Row]) -> bool {
    let property = |name: &str| {
        described
            .iter()
            .find(|row| row.text("property").is_some_and(|property| property.eq_ignore_ascii_case(name)))
            .and_then(|row| row.text("value"))
            .unwrap_or_default()
    };
    let execute_as = match wanted.execute_as {
        ExecuteAs::Owner => "OWNER",
        ExecuteAs::Caller => "CALLER",
    };
    let body = wanted.text();
    text::body(&property("body")) == text::body(&body)
        && property("language").eq_ignore_ascii_case(wanted.language.sql())
        && property("execute as").eq_ignore_ascii_case(execute_as)
        && normal_type(&property("returns")) == normal_type(&wanted.returned_type().ddl())
        && described_arguments(&property("signature")) == declared_arguments(wanted)
        && comment(shown) == node.comment
}

/// SHOW PROCEDURES calls the comment a description, and has a text of its own where there is none.
fn comment(shown: &Row) -> String {
    let text = shown.text("description").or_else(|| shown.text("comment")).unwrap_or_default();
    if text == "user-defined procedure" { String::new() } else { text }
}

/// Names and types of `(NAME TYPE, ..)`.
fn described_arguments(signature: &str) -> Vec<(String, String)> {
    let inner = signature.trim().trim_start_matches('(').trim_end_matches(')');
    let mut depth = 0;
    let arguments = inner.split(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0
    });
    arguments
        .filter_map(|argument| argument.trim().split_once(' '))
        .map(|(name, data_type)| (name.trim_matches('"').to_owned(), base_name(data_type)))
        .collect()
}

fn declared_arguments(wanted: &ProcedureDef) -> Vec<(String, String)> {
    let named = |argument: &pipeline_dsl::object::Argument| {
        (argument.name.to_owned(), wanted.argument_type(argument).name().to_owned())
    };
    wanted.arguments.iter().map(named).collect()
}

/// Snowflake forgets the parameters of argument types.
fn base_name(data_type: &str) -> String {
    let normal = normal_type(data_type);
    normal.split('(').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_read_from_show_and_describe() {
        for (arguments, expected) in [
            ("SP_X() RETURN VARIANT", "()"),
            ("SP_X(NUMBER, VARCHAR) RETURN VARIANT", "(NUMBER,VARCHAR)"),
            ("SP_X(NUMBER, DEFAULT VARCHAR) RETURN TABLE ()", "(NUMBER,VARCHAR)"),
        ] {
            assert_eq!(signature(arguments), expected);
        }
        let named = |name: &str, data_type: &str| (name.to_owned(), data_type.to_owned());
        assert_eq!(described_arguments("()"), []);
        assert_eq!(
            described_arguments("(LIMIT NUMBER(10,2), NOTE VARCHAR)"),
            [named("LIMIT", "NUMBER"), named("NOTE", "VARCHAR")]
        );
    }
}
