//! Names and texts in JavaScript.

use crate::body::Variable;

/// What the variables are called: as in SQL, unless JavaScript or a helper has the word.
///
/// # Panics
/// If an argument is called JSON, which would hide JavaScript's own.
pub(super) fn names(variables: &[Variable]) -> Vec<String> {
    let mut names: Vec<String> = vec![];
    for variable in variables {
        assert!(
            !variable.argument || !variable.name.eq_ignore_ascii_case("JSON"),
            "an argument of a procedure in JavaScript cannot be called `{}`: call it something like `payload`",
            variable.name
        );
        let mut name = match super::value::argument(variable) {
            // The value in another form gets the name in small letters.
            None if variable.argument => super::argument_name(&variable.name),
            _ => variable.name.clone(),
        };
        let taken = |name: &String| variables.iter().any(|other| other.name == *name && !std::ptr::eq(other, variable));
        while RESERVED.contains(&name.as_str())
            || (name != variable.name && taken(&name))
            || names.contains(&name) && !name.is_empty()
        {
            name.push('_');
        }
        names.push(name);
    }
    names
}

/// A label before its loop.
pub(super) fn label(label: Option<&str>) -> String {
    label.map(|label| format!("{}: ", word(label))).unwrap_or_default()
}

/// A name for what is no variable.
pub(super) fn word(name: &str) -> String {
    if RESERVED.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// Words of JavaScript, and names that the body uses itself.
const RESERVED: &[&str] = &[
    "about",
    "arguments",
    "await",
    "backwards",
    "bind",
    "bytes",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "enum",
    "error",
    "eval",
    "exact",
    "export",
    "extends",
    "false",
    "finally",
    "function",
    "hex",
    "implements",
    "import",
    "instanceof",
    "interface",
    "json",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "raise",
    "range",
    "read",
    "row",
    "rows",
    "run",
    "snowflake",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "transaction_open",
    "true",
    "truth",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "break",
    "else",
    "for",
    "if",
    "in",
    "let",
    "return",
];

/// A text in double quotes, without `$$`, which would end the body.
pub(super) fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' if out.ends_with('$') => out.push_str("\\u0024"),
            '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            other if other.is_ascii_control() => out.push_str(&format!("\\u{:04x}", u32::from(other))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// A statement as a text of JavaScript; one of several lines keeps them.
pub(super) fn template(statement: &str) -> String {
    if !statement.contains('\n') {
        return string(statement);
    }
    let text = statement.replace('\\', "\\\\").replace('`', "\\`").replace("${", "\\${");
    format!("`\n{}\n`", crate::body::text::indent(&text, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::DataType;

    #[test]
    fn texts_are_quoted() {
        for (text, expected) in [
            ("plain", "\"plain\""),
            ("it's \"5$\" \\ $$", "\"it's \\\"5$\\\" \\\\ $\\u0024\""),
            ("a\nb\u{2028}\u{1}", "\"a\\nb\\u2028\\u0001\""),
        ] {
            assert_eq!(string(text), expected);
        }
        assert_eq!(template("SELECT '`${x}\\\\'\nFROM t"), "`\n    SELECT '\\`\\${x}\\\\\\\\'\n    FROM t\n`");
    }

    #[test]
    fn reserved_words_are_no_names() {
        let variable = |name: &str, argument| Variable {
            name: name.to_owned(),
            data_type: DataType::Date,
            initial: None,
            argument,
        };
        let variables =
            [variable("day", true), variable("new", false), variable("new_", false), variable("run", false)];
        assert_eq!(names(&variables), ["DAY", "new__", "new_", "run_"]);
    }

    #[test]
    #[should_panic(expected = "cannot be called `json`")]
    fn json_stays_javascripts_own() {
        names(&[Variable { name: "json".to_owned(), data_type: DataType::Variant, initial: None, argument: true }]);
    }
}
