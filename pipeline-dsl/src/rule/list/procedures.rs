use super::{Rule, error};

pub(super) const RULES: &[Rule] = &[
    error("procedure-name", "a procedure in SQL whose name needs quotes", "R10", "procedure_has_a_name_in_quotes"),
    error(
        "procedure-arguments",
        "a procedure with more than 500 arguments",
        "P8",
        "procedure_has_more_than_500_arguments",
    ),
    error(
        "procedure-recursion",
        "a procedure that calls itself; circles of several are `pipeline-cycle`",
        "P12",
        "procedure_calls_itself",
    ),
    error(
        "procedure-depth",
        "procedures of a task that call each other more than 16 deep",
        "P12",
        "procedures_call_each_other_too_deeply",
    ),
    error(
        "exception-number",
        "an exception whose number is not one of -20999 to -20000",
        "P26",
        "exception_number_is_out_of_range",
    ),
    error(
        "exception-name",
        "an exception whose name is no word in small letters",
        "P26",
        "exception_has_a_name_with_a_blank",
    ),
    error(
        "exception-message",
        "an exception whose text contains `\"` or `$$`, which Snowflake does not take",
        "P26",
        "text_of_an_exception_has_a_quote",
    ),
];
