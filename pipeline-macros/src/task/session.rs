//! The parameters of a task's session, and its schedule.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::Lit;

use super::action::argument_literal;
use crate::errors::{Errors, rule};
use crate::options::{Entry, Options, Value, as_call, as_literal, choice, mistake};

/// Session parameters that make sense in a task.
const SESSION_PARAMETERS: &[&str] = &[
    "abort_detached_query",
    "binary_input_format",
    "binary_output_format",
    "date_input_format",
    "date_output_format",
    "error_on_nondeterministic_merge",
    "error_on_nondeterministic_update",
    "json_indent",
    "lock_timeout",
    "multi_statement_count",
    "query_tag",
    "quoted_identifiers_ignore_case",
    "rows_per_resultset",
    "statement_queued_timeout_in_seconds",
    "statement_timeout_in_seconds",
    "strict_json_output",
    "time_input_format",
    "time_output_format",
    "timestamp_day_is_always_24h",
    "timestamp_input_format",
    "timestamp_ltz_output_format",
    "timestamp_ntz_output_format",
    "timestamp_output_format",
    "timestamp_type_mapping",
    "timestamp_tz_output_format",
    "timezone",
    "transaction_abort_on_error",
    "two_digit_century_start",
    "unsupported_ddl_action",
    "use_cached_result",
    "week_of_year_policy",
    "week_start",
];

/// `session(query_tag = "..", timezone = "UTC")`: parameters of the session, as SQL writes them.
pub(super) fn parse_session(options: &mut Options, errors: &mut Errors) -> Vec<(String, String)> {
    let Some(entry) = options.take("session") else { return Vec::new() };
    let Value::List(list) = entry.value else {
        errors.at(&entry, mistake("expected parameters: `session(query_tag = \"load\")`"));
        return Vec::new();
    };
    let mut inner = Options::parse(list, entry.key.span(), errors);
    let mut session = Vec::new();
    for entry in inner.rest() {
        let key = entry.key.to_string();
        if key == "autocommit" || key == "search_path" {
            let message = format!("a task cannot set `{key}`");
            errors.at(&entry.key, rule(&message, "task-session-parameter", "remove it"));
            continue;
        }
        if !SESSION_PARAMETERS.contains(&key.as_str()) {
            let message = format!("there is no session parameter `{key}`");
            let help = choice(&key, SESSION_PARAMETERS);
            errors.at(&entry.key, rule(&message, "task-session-parameter", &help));
            continue;
        }
        match &entry.value {
            Value::Expr(value) => match argument_literal(value) {
                Some(literal) => session.push((key.to_ascii_uppercase(), literal)),
                None => errors.at(value, mistake("a session parameter is text, a number, `true` or `false`")),
            },
            _ => errors.at(&entry, mistake("a session parameter has a value: `query_tag = \"load\"`")),
        }
    }
    session
}

/// `schedule = "2 minutes"` or `schedule = cron("0 5 * * * UTC")`.
pub(super) fn parse_schedule(entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
    if let Value::Expr(value) = &entry.value {
        if let Some((false, Lit::Str(text))) = as_literal(value) {
            return Some(quote_spanned!(text.span()=> ::pipeline_dsl::__private::check_schedule(#text)));
        }
        if let Some((path, arguments)) = as_call(value)
            && path.is_ident("cron")
            && arguments.len() == 1
            && let Some((false, Lit::Str(text))) = as_literal(&arguments[0])
        {
            return Some(quote_spanned!(text.span()=> ::pipeline_dsl::__private::check_cron(#text)));
        }
    }
    errors.at(entry, mistake("expected `schedule = \"2 minutes\"` or `schedule = cron(\"0 5 * * * UTC\")`"));
    None
}
