use super::{Rule, error};

pub(super) const RULES: &[Rule] = &[
    error("view-query", "a view whose query does not select", "a view is a query", "view_does_not_select"),
    error(
        "sql-statement",
        "a SQL text that is no statement",
        "a text that does not parse is a syntax error",
        "sql_that_does_not_parse",
    ),
    error(
        "sql-column",
        "a SQL text that names a column which its table or stream does not have",
        "an unknown column is an invalid identifier",
        "sql_with_an_unknown_column",
    ),
];
