//! SQL functions by family: about 350. Each documents the page of Snowflake's reference that it comes from.
//!
//! A result is NULL if an argument is, where the function does not say otherwise.

/// Nullable if one of the operands is.
macro_rules! any_null {
    ($name:ident) => {
        <$name::Ty as Typed>::Null
    };
    ($name:ident $($rest:ident)+) => {
        <<$name::Ty as Typed>::Null as Nullability>::Or<any_null!($($rest)+)>
    };
}

/// The type of a result: `strict` is NULL if an argument is, `nullable` may be NULL anyway, `certain` never is; `converted` is NULL
/// if the argument is or is the null of JSON.
macro_rules! result {
    (converted $out:ty, $name:ident) => {
        $crate::expr::Converted<$name::Ty, $out>
    };
    (strict $out:ty, $($name:ident)+) => {
        <any_null!($($name)+) as Nullability>::Of<$out>
    };
    (nullable $out:ty, $($name:ident)*) => {
        Option<$out>
    };
    (certain $out:ty, $($name:ident)*) => {
        $out
    };
}

/// Functions that take expressions and give one.
macro_rules! functions {
    ($(
        $(#[$doc:meta])+
        fn $function:ident($($name:ident $argument:ident: $bound:ident),*) -> $kind:ident $out:ty = $sql:literal;
    )+) => {$(
        $(#[$doc])+
        pub fn $function<$($name: IntoExpr),*>($($argument: $name),*) -> Expr<result!($kind $out, $($name)*)>
        where
            $(Base<$name::Ty>: $bound),*
        {
            call($sql, vec![$(node($argument)),*])
        }
    )+};
}

mod aggregate;
mod calendar;
mod conditional;
mod context;
mod conversion;
mod date_time;
mod group;
mod json;
mod numeric;
mod session;
mod text;

mod rounding;
mod semi_structured;
mod string;
#[cfg(test)]
mod tests;
mod various;
mod window;

pub use aggregate::{avg, count, count_distinct, count_if, count_of, max, min, sum};
pub use conditional::{
    Arguments, between, coalesce, equal_null, greatest, iff, is_in, is_not_null, is_null, least, null_if,
};
pub use context::{current_role, current_user, hash, uuid_string};
pub use conversion::{cast, to_number, to_varchar, to_variant, try_cast};
pub use date_time::{
    DatePart, current_date, current_timestamp, date_add, date_diff, date_trunc, epoch_milliseconds, epoch_seconds,
    last_day_of, sysdate, time_slice, to_date,
};
pub use semi_structured::{ObjectPair, object, object_keep_null, pair, parse_json};
pub use string::{
    concat, contains, ends_with, left, length, like, lower, replace, right, starts_with, substr, trim, upper,
};
pub use window::{
    Order, Partition, Sortable, Window, conditional_change_event, conditional_true_event, cume_dist, dense_rank,
    first_value, first_value_ignore_nulls, lag, lag_ignore_nulls, lag_or, last_value, last_value_ignore_nulls, lead,
    lead_ignore_nulls, lead_or, nth_value, ntile, over, percent_rank, rank, ratio_to_report, row_number, window,
};

pub use calendar::{
    add_months, convert_timezone, current_time, date_from_parts, day_name, day_of_month, day_of_week, day_of_week_iso,
    day_of_year, format_time, hour, in_timezone, last_day, minute, month, month_name, months_between, next_day,
    previous_day, quarter, second, time_from_parts, timestamp_from_date_and_time, timestamp_from_parts,
    timestamp_ltz_from_parts, timestamp_of, timestamp_of_seconds, timestamp_tz_from_parts, to_date_as, to_time,
    to_timestamp_ltz, to_timestamp_ntz, to_timestamp_ntz_as, to_timestamp_tz, try_to_date, try_to_date_as, try_to_time,
    try_to_timestamp_ltz, try_to_timestamp_ntz, try_to_timestamp_ntz_as, try_to_timestamp_tz, week, week_iso, year,
    year_of_week, year_of_week_iso,
};
pub use group::{
    all_of, any_of, any_value, approx_count_distinct, approx_percentile, approx_top_k, array_agg, array_agg_by,
    array_agg_distinct, array_union_agg, array_unique_agg, bit_and_agg, bit_or_agg, bit_xor_agg, corr, covar_pop,
    covar_samp, hash_agg, kurtosis, list_agg, list_agg_by, list_agg_distinct, max_by, min_by, mode, object_agg, one_of,
    percentile_cont, percentile_disc, regr_count, regr_intercept, regr_r2, regr_slope, skew, stddev, stddev_pop,
    variance, variance_pop,
};
pub use json::{
    array_append, array_cat, array_compact, array_distinct, array_except, array_flatten, array_generate_range,
    array_insert, array_intersection, array_max, array_min, array_prepend, array_remove_at, array_reverse, array_size,
    array_slice, array_sort, array_to_string, arrays_overlap, as_array, as_boolean, as_double, as_integer, as_object,
    as_varchar, check_json, get, get_ignore_case, get_index, get_path, is_array, is_boolean, is_decimal, is_double,
    is_integer, is_null_value, is_object, is_varchar, object_delete, object_insert, object_keys, object_pick,
    strip_null_value, to_array, to_json, to_object, try_parse_json, type_of,
};
pub use numeric::{
    abs, acos, asin, atan, atan2, bit_and, bit_not, bit_or, bit_shift_left, bit_shift_right, bit_xor, cbrt, cos,
    degrees, exp, factorial, haversine, ln, log_base, null_if_zero, pi, power, radians, random, sign, sin, sqrt,
    square, tan, to_double, to_number_as, try_to_double, try_to_number, try_to_number_as, uniform, width_bucket,
    zero_if_null,
};
pub use rounding::{
    ceil, ceil_to, div0, div0_null, floor, floor_to, round, round_half_even, round_to, rounded, rounded_half_even,
    trunc, trunc_to,
};
pub use session::{
    bool_xor, current_account, current_available_roles, current_client, current_database, current_region,
    current_schema, current_schemas, current_session, current_statement, current_transaction, current_version,
    current_warehouse, is_role_in_session, last_query_id, last_transaction, md5, md5_binary, md5_number_lower64,
    md5_number_upper64, sha1, sha1_binary, sha2, sha2_binary, sha2_of, sql_type_of, to_binary, to_binary_as,
    to_boolean, try_to_binary, try_to_boolean, uuid_of,
};
pub use text::{
    ascii, base64_decode_string, base64_encode, bit_length, chr, edit_distance, format_number, hex_decode_string,
    hex_encode, initcap, insert_text, jarowinkler_similarity, lpad, ltrim, ltrim_any, octet_length, parse_url,
    position, position_from, randstr, regexp_count, regexp_count_with, regexp_group, regexp_instr, regexp_like,
    regexp_like_with, regexp_replace, regexp_substr, regexp_substr_all, remove, repeat, reverse, rpad, rtrim,
    rtrim_any, soundex, space, split, split_part, strtok, strtok_to_array, substr_from, translate, trim_any,
    try_base64_decode_string, unicode,
};
pub use various::{
    array_construct, array_construct_compact, array_contains, array_position, array_remove, concat_ws,
    greatest_ignore_nulls, ilike, least_ignore_nulls, median, nvl2, object_set,
};

use super::ast::{Ast, Node};
use super::{Expr, IntoExpr};

fn call<T>(name: &'static str, arguments: Vec<Node>) -> Expr<T> {
    Expr::new(Ast::Call { name, arguments })
}

fn node(value: impl IntoExpr) -> Node {
    value.into_expr().node()
}
