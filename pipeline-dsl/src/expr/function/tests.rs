//! What each function is in SQL.

use super::*;
use crate::expr::literal::{boolean, date, int, null, number, text, timestamp};
use crate::expr::{Base, Typed, arena};
use crate::types::{DataType, Integer, Varchar};

fn shown<T: Typed>(value: Expr<T>) -> String {
    let null = if T::NULLABLE { ", may be NULL" } else { "" };
    let data_type: DataType = T::DATA_TYPE;
    format!("{}: {data_type}{null}", crate::body::expression_to_sql(&value.node()))
}

/// What stands for an argument that is NULL; what is no value stays as it is.
trait NullOf {
    type Null;
    fn null_of(self) -> Self::Null;
}

impl<T: Typed> NullOf for Expr<T> {
    type Null = Expr<Option<Base<T>>>;
    fn null_of(self) -> Self::Null {
        null()
    }
}

impl<T: Typed, const N: usize> NullOf for [Expr<T>; N] {
    type Null = [Expr<Option<Base<T>>>; N];
    fn null_of(self) -> Self::Null {
        [null(); N]
    }
}

impl<A: NullOf, B> NullOf for (A, B) {
    type Null = (A::Null, B);
    fn null_of(self) -> Self::Null {
        (self.0.null_of(), self.1)
    }
}

macro_rules! no_value {
    ($($type:ty),+) => {$(
        impl NullOf for $type {
            type Null = Self;
            fn null_of(self) -> Self {
                self
            }
        }
    )+};
}
no_value!(DatePart, Window, Order, [ObjectPair; 1], [ObjectPair; 2], &'static str);

/// The call with each of its arguments being NULL in turn.
macro_rules! nulls {
    ($lines:ident $call:tt [$($before:expr,)*]) => {};
    ($lines:ident [$($call:tt)+] [$($before:expr,)*] $current:expr, $($rest:expr,)*) => {
        $lines.push(shown($($call)+($($before,)* $current.null_of(), $($rest),*)));
        nulls!($lines [$($call)+] [$($before,)* $current,] $($rest,)*);
    };
}

macro_rules! table {
    ($($function:ident $(::<$($type:tt),+>)? ($($argument:expr),* $(,)?);)+) => {
        fn plain(lines: &mut Vec<String>) {
            $(lines.push(shown($function $(::<$($type),+>)? ($($argument),*)));)+
        }

        fn with_a_null(lines: &mut Vec<String>) {
            $(nulls!(lines [$function $(::<$($type),+>)?] [] $($argument,)*);)+
        }
    };
}

fn lines(add: fn(&mut Vec<String>)) -> String {
    let mut lines = arena::scope(|| {
        let mut lines = vec![];
        add(&mut lines);
        lines
    });
    lines.sort();
    lines.dedup();
    lines.join("\n")
}

/// The tests of the languages run these on the engine: what is not said to be NULL is not, and the types are the same.
#[test]
fn functions_and_their_types() {
    insta::assert_snapshot!(lines(plain));
}

/// The same with an argument that is NULL, as far as the result is said never to be NULL.
#[test]
fn functions_that_are_never_null() {
    let lines = lines(with_a_null);
    let never: Vec<_> = lines.lines().filter(|line| !line.ends_with(", may be NULL")).collect();
    insta::assert_snapshot!(never.join("\n"));
}

table! {
    abs(int(2));
    acos(number::<2, 1>("0.5"));
    add_months(date("2026-01-31"), int(2));
    all_of(boolean(true));
    any_of(boolean(true));
    any_value(text("x"));
    approx_count_distinct(text("x"));
    approx_percentile(int(1), number::<2, 1>("0.5"));
    approx_top_k(text("x"), int(3));
    array_agg(text("x"));
    array_agg_by(text("x"), length(text("x")));
    array_agg_distinct(text("x"));
    array_append(split(text("a,b"), text(",")), text("x"));
    array_cat(split(text("a,b"), text(",")), split(text("a,b"), text(",")));
    array_compact(split(text("a,b"), text(",")));
    array_construct((int(1), text("a")));
    array_construct_compact((int(1), null::<Integer>()));
    array_contains(int(1), split(text("a"), text(",")));
    array_distinct(split(text("a,b"), text(",")));
    array_except(split(text("a,b"), text(",")), split(text("a,b"), text(",")));
    array_flatten(array_construct((split(text("a,b"), text(",")), split(text("a,b"), text(",")))));
    array_generate_range(int(3), int(3));
    array_insert(split(text("a,b"), text(",")), int(1), text("x"));
    array_intersection(split(text("a,b"), text(",")), split(text("a,b"), text(",")));
    array_max(split(text("a,b"), text(",")));
    array_min(split(text("a,b"), text(",")));
    array_position(int(1), split(text("a"), text(",")));
    array_prepend(split(text("a,b"), text(",")), text("x"));
    array_remove(split(text("a,b"), text(",")), text("a"));
    array_remove_at(split(text("a,b"), text(",")), int(0));
    array_reverse(split(text("a,b"), text(",")));
    array_size(split(text("a,b"), text(",")));
    array_slice(split(text("a,b"), text(",")), int(2), int(2));
    array_sort(split(text("a,b"), text(",")));
    array_to_string(split(text("a,b"), text(",")), text("t"));
    array_union_agg(split(text("a,b"), text(",")));
    array_unique_agg(text("x"));
    arrays_overlap(split(text("a,b"), text(",")), split(text("a,b"), text(",")));
    as_array(parse_json(text("{}")));
    as_boolean(to_variant(int(1)));
    as_double(to_variant(int(1)));
    as_integer(parse_json(text("{}")));
    as_object(parse_json(text("{}")));
    as_varchar(parse_json(text("{}")));
    ascii(text("t"));
    asin(number::<2, 1>("0.5"));
    atan(int(1));
    atan2(int(1), int(2));
    avg(int(1));
    base64_decode_string(text("dA=="));
    base64_encode(text("t"));
    between(int(1), int(0), int(2));
    bit_and(int(3), int(3));
    bit_and_agg(int(3));
    bit_length(text("t"));
    bit_not(int(3));
    bit_or(int(3), int(3));
    bit_or_agg(int(3));
    bit_shift_left(int(3), int(3));
    bit_shift_right(int(3), int(3));
    bit_xor(int(3), int(3));
    bit_xor_agg(int(3));
    bool_xor(int(2), int(2));
    cast::<Varchar, _>(int(1));
    cbrt(int(2));
    ceil(number::<3, 2>("1.50"));
    ceil_to(number::<3, 2>("1.55"), bit_and(random(), int(1)));
    check_json(text("t"));
    chr(int(2));
    coalesce(int(1), int(2));
    concat((text("a"), text("b")));
    concat_ws("-", (text("a"), text("b")));
    conditional_change_event(int(5), window(int(1)).order_by(int(2)));
    conditional_true_event(boolean(true), window(int(1)).order_by(int(2)));
    contains(text("a"), text("b"));
    convert_timezone(text("UTC"), text("Europe/Berlin"), timestamp("2026-01-31 12:00:00"));
    corr(int(2), int(2));
    cos(int(2));
    count();
    count_distinct((int(1), text("a")));
    count_distinct(int(1));
    count_if(boolean(true));
    count_of(int(1));
    covar_pop(int(2), int(2));
    covar_samp(int(2), int(2));
    cume_dist(window(int(1)).order_by(int(2)));
    current_account();
    current_available_roles();
    current_client();
    current_database();
    current_date();
    current_region();
    current_role();
    current_schema();
    current_schemas();
    current_session();
    current_statement();
    current_time();
    current_timestamp();
    current_transaction();
    current_user();
    current_version();
    current_warehouse();
    date_add(DatePart::Day, int(1), date("2026-01-31"));
    date_diff(DatePart::Day, date("2026-01-31"), date("2026-01-31"));
    date_from_parts(int(2), int(2), int(2));
    date_trunc(DatePart::Month, date("2026-01-31"));
    day_name(date("2026-01-31"));
    day_of_month(date("2026-01-31"));
    day_of_week(date("2026-01-31"));
    day_of_week_iso(date("2026-01-31"));
    day_of_year(date("2026-01-31"));
    degrees(int(2));
    dense_rank(window(int(1)).order_by(int(2)));
    div0(int(1), int(0));
    div0_null(int(1), int(0));
    edit_distance(text("t"), text("t"));
    ends_with(text("a"), text("b"));
    epoch_milliseconds(timestamp("2026-01-31 12:00:00"));
    epoch_seconds(timestamp("2026-01-31 12:00:00"));
    equal_null(int(1), int(2));
    exp(int(2));
    factorial(int(5));
    first_value(int(5), window(int(1)).order_by(int(2)));
    first_value_ignore_nulls(int(5), window(int(1)).order_by(int(2)));
    floor(number::<3, 2>("1.50"));
    floor_to(number::<3, 2>("1.55"), bit_and(random(), int(1)));
    format_number(int(1234), text("999,999"));
    format_time(current_timestamp(), text("t"));
    get(object([pair("a", int(1))]), text("t"));
    get_ignore_case(object([pair("a", int(1))]), text("t"));
    get_index(split(text("a,b"), text(",")), int(3));
    get_path(object([pair("a", int(1))]), text("t"));
    greatest(int(1), int(2));
    greatest_ignore_nulls(int(1), int(2));
    hash((int(1), text("a")));
    hash_agg((int(1), text("a")));
    haversine(int(1), int(2), int(3), int(4));
    hex_decode_string(text("74"));
    hex_encode(text("t"));
    hour(timestamp("2026-01-31 12:00:00"));
    iff(boolean(true), int(1), int(2));
    ilike(text("a"), text("A%"));
    in_timezone(text("Europe/Berlin"), timestamp("2026-01-31 12:00:00"));
    initcap(text("t"));
    insert_text(text("t"), int(2), int(2), text("t"));
    is_array(parse_json(text("{}")));
    is_boolean(parse_json(text("{}")));
    is_decimal(to_variant(int(1)));
    is_double(to_variant(int(1)));
    is_in(int(1), [int(2)]);
    is_integer(parse_json(text("{}")));
    is_not_null(int(1));
    is_null(int(1));
    is_null_value(parse_json(text("{}")));
    is_object(parse_json(text("{}")));
    is_role_in_session(text("t"));
    is_varchar(parse_json(text("{}")));
    jarowinkler_similarity(text("t"), text("t"));
    kurtosis(int(2));
    lag(int(5), window(int(1)).order_by(int(2)));
    lag_ignore_nulls(int(5), window(int(1)).order_by(int(2)));
    lag_or(int(5), int(2), int(0), window(int(1)).order_by(int(2)));
    last_day(date("2026-01-31"));
    last_day_of(DatePart::Quarter, date("2026-01-31"));
    last_query_id();
    last_transaction();
    last_value(int(5), window(int(1)).order_by(int(2)));
    last_value_ignore_nulls(int(5), window(int(1)).order_by(int(2)).rows(..=0));
    lead(int(5), window(int(1)).order_by(int(2)));
    lead_ignore_nulls(int(5), window(int(1)).order_by(int(2)));
    lead_or(int(5), int(2), int(0), window(int(1)).order_by(int(2)));
    least(int(1), int(2));
    least_ignore_nulls(int(1), int(2));
    left(text("a"), int(1));
    length(text("a"));
    like(text("a"), text("b"));
    list_agg(text("t"), text("t"));
    list_agg_by(text("x"), text(", "), length(text("x")).desc());
    list_agg_distinct(text("x"), text(", "));
    ln(int(2));
    log_base(int(2), int(2));
    lower(text("a"));
    lpad(text("t"), int(2), text("t"));
    ltrim(text("t"));
    ltrim_any(text("xxa"), text("x"));
    max(int(1));
    max_by(text("x"), text("x"));
    md5(text("t"));
    md5_binary(text("t"));
    md5_number_lower64(text("t"));
    md5_number_upper64(text("t"));
    median(int(1));
    min(int(1));
    min_by(text("x"), text("x"));
    minute(timestamp("2026-01-31 12:00:00"));
    mode(text("x"));
    month(date("2026-01-31"));
    month_name(date("2026-01-31"));
    months_between(date("2026-01-31"), date("2026-01-31"));
    next_day(date("2026-01-31"), text("mo"));
    nth_value(int(5), int(2), window(int(1)).order_by(int(2)));
    ntile(int(4), window(int(1)).order_by(int(2)));
    null_if(int(1), int(2));
    null_if_zero(int(2));
    nvl2(int(1), int(2), int(3));
    object([pair("a", int(1))]);
    object_agg(text("t"), text("x"));
    object_delete(object([pair("a", int(1))]), text("t"));
    object_insert(object([pair("a", int(1))]), text("t"), text("x"));
    object_keep_null([pair("a", int(1)), pair("b", null::<Integer>())]);
    object_keys(object([pair("a", int(1))]));
    object_pick(object([pair("a", int(1))]), text("t"));
    object_set(object([pair("a", int(1))]), text("a"), int(2));
    octet_length(text("t"));
    one_of(boolean(true));
    over(sum(int(5)), window(int(1)));
    over(avg(int(5)), window(int(1)));
    over(sum(int(5)), window(int(1)).order_by(int(2)).rows(-6..=0));
    parse_json(text("{}"));
    parse_url(text("https://example.com/x?y=1"));
    percent_rank(window(int(1)).order_by(int(2)));
    percentile_cont(number::<2, 1>("0.5"), int(1));
    percentile_disc(number::<2, 1>("0.5"), int(1));
    pi();
    position(text("t"), text("t"));
    position_from(text("t"), text("text"), int(2));
    power(int(2), int(2));
    previous_day(date("2026-01-31"), text("mo"));
    quarter(date("2026-01-31"));
    radians(int(2));
    random();
    randstr(int(5), random());
    rank(window(int(1)).order_by(int(2).desc()));
    ratio_to_report(int(5), window(int(1)));
    regexp_count(text("t"), text("t"));
    regexp_count_with(text("AbA"), text("a"), int(1), text("i"));
    regexp_group(text("k=v"), text("(.)=(.)"), int(2));
    regexp_instr(text("t"), text("t"));
    regexp_like(text("t"), text("t"));
    regexp_like_with(text("ABC"), text("abc"), text("i"));
    regexp_replace(text("t"), text("t"), text("t"));
    regexp_substr(text("t"), text("t"));
    regexp_substr_all(text("a1b2"), text("[0-9]"));
    regr_count(int(1), int(2));
    regr_intercept(int(1), int(2));
    regr_r2(int(1), int(2));
    regr_slope(int(1), int(2));
    remove(text("text"), text("t"));
    repeat(text("t"), int(2));
    replace(text("a"), text("b"), text("c"));
    reverse(text("t"));
    right(text("a"), int(1));
    round(number::<3, 2>("1.50"));
    round_half_even(number::<3, 2>("1.55"), bit_and(random(), int(1)));
    round_to(number::<3, 2>("1.55"), bit_and(random(), int(1)));
    rounded::<1, _, _>("ROUND", number::<3, 2>("1.55"));
    rounded_half_even::<1, _, _>(number::<3, 2>("1.55"));
    row_number(window(int(1)).order_by(int(2)));
    rpad(text("t"), int(2), text("t"));
    rtrim(text("t"));
    rtrim_any(text("axx"), text("x"));
    second(timestamp("2026-01-31 12:00:00"));
    sha1(text("t"));
    sha1_binary(text("t"));
    sha2(text("t"));
    sha2_binary(text("t"));
    sha2_of(text("t"), int(512));
    sign(int(2));
    sin(int(2));
    skew(int(2));
    soundex(text("t"));
    space(int(2));
    split(text("t"), text("t"));
    split_part(text("t"), text("t"), int(2));
    sql_type_of(int(1));
    sqrt(int(2));
    square(int(2));
    starts_with(text("a"), text("b"));
    stddev(int(2));
    stddev_pop(int(2));
    strip_null_value(parse_json(text("{}")));
    strtok(text("t"), text("t"), int(2));
    strtok_to_array(text("t"), text("t"));
    substr(text("a"), int(1), int(1));
    substr_from(text("text"), int(2));
    sum(int(1));
    sysdate();
    tan(int(2));
    time_from_parts(int(2), int(2), int(2));
    time_slice(timestamp("2026-01-31 12:00:00"), int(15), DatePart::Minute);
    timestamp_from_date_and_time(date("2026-01-31"), time_from_parts(int(12), int(30), int(0)));
    timestamp_from_parts(int(2026), int(1), int(31), int(12), int(0), int(0));
    timestamp_ltz_from_parts(int(2026), int(1), int(31), int(12), int(0), int(0));
    timestamp_of(int(1700000000123), int(3));
    timestamp_of_seconds(int(3));
    timestamp_tz_from_parts(int(2026), int(1), int(31), int(12), int(0), int(0));
    to_array(text("x"));
    to_binary(text("00FF"));
    to_binary_as(text("AP8="), text("BASE64"));
    to_boolean(text("yes"));
    to_date(text("2026-01-31"));
    to_date_as(text("t"), text("t"));
    to_double(text("1.5"));
    to_json(object([pair("a", int(1))]));
    to_number(text("1"));
    to_number_as(text("1,234"), text("9,999"));
    to_object(object([pair("a", int(1))]));
    to_time(text("12:30:00"));
    to_timestamp_ltz(text("2026-01-31 12:00:00"));
    to_timestamp_ntz(text("2026-01-31 12:00:00"));
    to_timestamp_ntz_as(text("t"), text("t"));
    to_timestamp_tz(text("2026-01-31 12:00:00"));
    to_varchar(int(1));
    to_variant(int(1));
    translate(text("t"), text("t"), text("t"));
    trim(text("a"));
    trim_any(text("t"), text("t"));
    trunc(number::<3, 2>("1.50"));
    trunc_to(number::<3, 2>("1.55"), bit_and(random(), int(1)));
    try_base64_decode_string(text("dA=="));
    try_cast::<Integer, _>(text("1"));
    try_parse_json(text("t"));
    try_to_binary(text("00FF"));
    try_to_boolean(text("t"));
    try_to_date(text("t"));
    try_to_date_as(text("31.01.2026"), text("DD.MM.YYYY"));
    try_to_double(text("t"));
    try_to_number(text("t"));
    try_to_number_as(text("1,234"), text("9,999"));
    try_to_time(text("12:30:00"));
    try_to_timestamp_ltz(text("2026-01-31 12:00:00"));
    try_to_timestamp_ntz(text("t"));
    try_to_timestamp_ntz_as(text("31.01.2026 12:00"), text("DD.MM.YYYY HH24:MI"));
    try_to_timestamp_tz(text("2026-01-31 12:00:00 +01:00"));
    type_of(parse_json(text("{}")));
    unicode(text("t"));
    uniform(int(3), int(3), int(3));
    upper(text("a"));
    uuid_of(text("fe971b24-9572-4005-b22f-351e9c09274d"), text("name"));
    uuid_string();
    variance(int(2));
    variance_pop(int(2));
    week(date("2026-01-31"));
    week_iso(date("2026-01-31"));
    width_bucket(int(2), int(1), int(9), int(4));
    year(date("2026-01-31"));
    year_of_week(date("2026-01-31"));
    year_of_week_iso(date("2026-01-31"));
    zero_if_null(int(2));
}

/// Every function that is public is in the table above.
#[test]
fn no_function_is_left_out() {
    let (exports, table) = (include_str!("mod.rs"), include_str!("tests.rs"));
    let missing: Vec<_> = exports
        .split("pub use ")
        .skip(1)
        .filter_map(|list| list.split_once('{')?.1.split_once('}'))
        .flat_map(|(names, _)| names.split(','))
        .map(str::trim)
        .filter(|name| name.starts_with(|first: char| first.is_ascii_lowercase()) && *name != "window")
        .filter(|name| !table.contains(&format!(" {name}(")) && !table.contains(&format!(" {name}::<")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The attributes know the aggregate functions by their names: rule `group-columns`.
#[test]
fn aggregates_are_known_to_the_attributes() {
    let (exports, known) = (include_str!("mod.rs"), include_str!("../../../../pipeline-macros/src/flow/group.rs"));
    for module in ["aggregate", "group"] {
        let list = exports.split_once(&format!("pub use {module}::{{")).expect("the module is exported").1;
        for name in list.split_once('}').expect("a list").0.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            assert!(known.contains(&format!("\"{name}\",")), "{name}");
        }
    }
}
