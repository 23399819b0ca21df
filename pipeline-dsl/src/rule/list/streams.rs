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
    error(
        "stream-action",
        "the action of a change compared with something that it never is, such as `UPDATE`",
        "R87",
        "change_is_compared_with_an_action_that_does_not_exist",
    ),
    warning(
        "stream-rows-dropped",
        "rows of a stream that a condition or a join leaves out: they are consumed like the others, and lost",
        "R82, P48",
        "rows_of_a_stream_are_left_out",
    ),
    warning(
        "stream-transaction",
        "a stream that is consumed although a later statement of the procedure may fail",
        "P47",
        "stream_is_consumed_before_other_work_without_a_transaction",
    ),
    warning(
        "stream-source-written",
        "a stream that is read in a transaction which has written to its source: it does not show that",
        "R84",
        "stream_is_read_after_its_source_was_written",
    ),
    warning(
        "stream-feedback",
        "a procedure that writes to the table whose stream it consumes, and so never comes to rest",
        "R113",
        "procedure_writes_to_the_table_whose_stream_it_consumes",
    ),
    warning(
        "stream-view-volatile",
        "a stream on a view whose rows depend on the time, the user or chance",
        "R74",
        "stream_on_a_view_that_depends_on_the_time",
    ),
];
