use super::{Rule, error};

pub(super) const RULES: &[Rule] = &[
    error(
        "view-columns",
        "a view whose fields are not the columns that its query gives",
        "a column that is not there is an invalid identifier",
        "view_has_other_columns_than_its_query",
    ),
    error(
        "column-of-a-query",
        "a default or a numbering of a column whose value comes from a query",
        "only tables have defaults",
        "row_has_a_column_with_a_default",
    ),
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
