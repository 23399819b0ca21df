//! Identifiers: which names need quotes, and how names and text are written in SQL.
//!
//! Snowflake folds a bare identifier to upper case, so only upper-case names may go without quotes. See "Identifier
//! requirements" and "Reserved & limited keywords" in Snowflake's documentation.

/// Longest identifier, in characters.
pub const MAX_LENGTH: usize = 255;

/// Words that a bare identifier may not be: reserved everywhere, as a column, in an expression, or after FROM.
const QUOTED_WORDS: &[&str] = &[
    "ACCOUNT",
    "ALL",
    "ALTER",
    "AND",
    "ANY",
    "AS",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "CHECK",
    "COLUMN",
    "CONNECT",
    "CONNECTION",
    "CONSTRAINT",
    "CREATE",
    "CROSS",
    "CURRENT",
    "CURRENT_DATE",
    "CURRENT_ROLE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "CURRENT_USER",
    "DATABASE",
    "DELETE",
    "DISTINCT",
    "DROP",
    "ELSE",
    "EXISTS",
    "FALSE",
    "FOLLOWING",
    "FOR",
    "FROM",
    "FULL",
    "GRANT",
    "GROUP",
    "GSCLUSTER",
    "HAVING",
    "ILIKE",
    "IN",
    "INCREMENT",
    "INNER",
    "INSERT",
    "INTERSECT",
    "INTO",
    "IS",
    "ISSUE",
    "JOIN",
    "LATERAL",
    "LEFT",
    "LIKE",
    "LOCALTIME",
    "LOCALTIMESTAMP",
    "MINUS",
    "NATURAL",
    "NOT",
    "NULL",
    "OF",
    "ON",
    "OR",
    "ORDER",
    "ORGANIZATION",
    "QUALIFY",
    "REGEXP",
    "REVOKE",
    "RIGHT",
    "RLIKE",
    "ROW",
    "ROWS",
    "SAMPLE",
    "SCHEMA",
    "SELECT",
    "SET",
    "SOME",
    "START",
    "TABLE",
    "TABLESAMPLE",
    "THEN",
    "TO",
    "TRIGGER",
    "TRUE",
    "TRY_CAST",
    "UNION",
    "UNIQUE",
    "UPDATE",
    "USING",
    "VALUES",
    "VIEW",
    "WHEN",
    "WHENEVER",
    "WHERE",
    "WINDOW",
    "WITH",
];

/// Whether `name` means itself when it is written without quotes.
pub fn is_bare(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_uppercase() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'$')
        && QUOTED_WORDS.binary_search(&name).is_err()
}

/// `name` as an identifier: bare where Snowflake allows it, else in double quotes.
pub fn quote(name: &str) -> String {
    if is_bare(name) { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// `text` as a string literal.
pub fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for character in text.chars() {
        match character {
            '\'' => out.push_str("''"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            other => out.push(other),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted_for_the_search() {
        assert!(QUOTED_WORDS.is_sorted());
    }

    #[test]
    fn quotes_where_snowflake_needs_them() {
        for (name, sql) in [
            ("TABLE_A", "TABLE_A"),
            ("_X$1", "_X$1"),
            ("table_a", "\"table_a\""),
            ("1A", "\"1A\""),
            ("A B", "\"A B\""),
            ("SAY \"HI\"", "\"SAY \"\"HI\"\"\""),
            ("ORDER", "\"ORDER\""),
            ("CURRENT_DATE", "\"CURRENT_DATE\""),
            ("DATE", "DATE"),
            ("Ä", "\"Ä\""),
            ("", "\"\""),
        ] {
            assert_eq!(quote(name), sql);
        }
    }

    #[test]
    fn literals_escape_quotes_and_backslashes() {
        for (text, sql) in [("", "''"), ("it's", "'it''s'"), ("a\\b", "'a\\\\b'"), ("a\nb", "'a\\nb'"), ("ü", "'ü'")]
        {
            assert_eq!(literal(text), sql);
        }
    }
}
