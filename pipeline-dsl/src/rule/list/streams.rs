use super::{Rule, error, warning};

pub(super) const RULES: &[Rule] = &[
    error(
        "stream-one-point",
        "a stream that starts at no point, or at several",
        "the clause AT or BEFORE takes one point",
        "stream_starts_at_and_before",
    ),
    error("stream-timestamp", "a start that is no time", "R75", "stream_starts_at_an_unclear_time"),
    error(
        "stream-statement",
        "a start at something that is no statement's identifier",
        "R75",
        "stream_starts_at_an_unknown_statement",
    ),
    error(
        "stream-point-source",
        "a start at the place of a stream on another source",
        "AT (STREAM => ..) needs a stream on the same object",
        "stream_takes_over_the_place_of_a_stream_on_another_table",
    ),
    error(
        "stream-view-query",
        "a stream on a view whose query Snowflake cannot follow",
        "R73",
        "stream_on_a_view_that_groups",
    ),
    error(
        "stream-one-transaction",
        "a procedure that consumes a stream in two statements outside of one transaction: the second would not see what the first took",
        "R81, P45",
        "stream_is_consumed_twice_without_a_transaction",
    ),
    error(
        "stream-one-consumer",
        "two consumers of one stream: each would miss the rows that the other takes",
        "R80",
        "two_procedures_consume_one_stream",
    ),
    warning(
        "stream-no-retention",
        "a stream on a table that keeps no history at all: the stream goes stale at once",
        "R55",
        "stream_on_a_table_without_history",
    ),
    warning(
        "stream-stale-before-schedule",
        "a stream whose consumer runs less often than the history of its source lasts",
        "R86",
        "stream_is_consumed_too_seldom",
    ),
    warning(
        "stream-unguarded",
        "a scheduled task that consumes a stream without waiting for data: empty runs cost as well",
        "R113",
        "task_consumes_a_stream_without_waiting_for_data",
    ),
];
