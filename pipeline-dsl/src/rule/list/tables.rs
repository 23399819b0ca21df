use super::{Rule, error};

pub(super) const RULES: &[Rule] = &[
    error("table-columns", "a table without columns", "a table has at least one column", "table_has_no_columns"),
    error(
        "column-name",
        "two columns of one name in a table, also through `flatten`",
        "R8",
        "flattened_column_repeats_a_name",
    ),
    error(
        "column-autoincrement",
        "`autoincrement` on a column that is not a number",
        "R31",
        "column_numbers_rows_but_is_text",
    ),
    error(
        "column-autoincrement-step",
        "numbers that do not change",
        "the increment must not be 0",
        "step_of_numbers_is_zero",
    ),
    error(
        "column-default-and-autoincrement",
        "`default` and `autoincrement` on one column",
        "R30",
        "column_has_a_default_and_numbers_rows",
    ),
    error(
        "default-type",
        "a default of another type than its column, or longer than it: Snowflake does not convert defaults",
        "R34",
        "default_does_not_fit_the_column",
    ),
    error("default-function", "a function that cannot be a default", "R33", "default_is_an_unknown_function"),
    error("default-form", "an expression as a default", "R33", "default_is_an_expression"),
    error("number-precision", "a `Number` with a precision outside 1 to 38", "R13", "column_type_is_out_of_bounds"),
    error(
        "number-scale",
        "a `Number` with a scale above 37 or above its precision",
        "R13",
        "scale_is_larger_than_precision",
    ),
    error(
        "varchar-length",
        "a `Varchar` outside 1 to 134,217,728 characters",
        "R15",
        "text_is_longer_than_snowflake_stores",
    ),
    error("binary-length", "a `Binary` outside 1 to 67,108,864 bytes", "R15", "binary_is_longer_than_snowflake_stores"),
    error(
        "cluster-by-column",
        "clustering by a column that the table does not have",
        "the column must exist",
        "table_is_clustered_by_a_column_it_does_not_have",
    ),
    error("data-retention", "a retention outside 0 to 90 days", "R53", "retention_is_longer_than_ninety_days"),
    error(
        "data-extension",
        "an extension of the retention outside 0 to 90 days",
        "R54",
        "extension_is_longer_than_ninety_days",
    ),
    error(
        "transient-retention",
        "more than a day of history for something transient, or in something transient",
        "R53",
        "transient_table_keeps_more_than_a_day",
    ),
    error(
        "insert-covers-columns",
        "rows without a value for a NOT NULL column that has no default, or with two values for a column",
        "a NOT NULL column refuses NULL",
        "insert_gives_no_value_for_a_not_null_column",
    ),
    error(
        "constant-fits-column",
        "text that is longer than its column, or a number with more digits than its column, in a row of a procedure",
        "R27",
        "constant_is_too_large_for_its_column",
    ),
];
