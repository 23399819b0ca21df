//! Parts of dates and times, and conversions of them.

use super::{call, node};
use crate::expr::ast::Ast;
use crate::expr::fits::{IsClock, IsDay, IsInteger, IsNumber, IsTemporal, IsText, IsTimestamp};
use crate::expr::{Base, Either, Expr, IntoExpr, Nullability, Typed};
use crate::types::{Date, Float, Integer, SqlType, Time, TimestampLtz, TimestampNtz, TimestampTz, Varchar};

functions! {
    /// The time of day, in the session's time zone. Snowflake: `CURRENT_TIME`.
    fn current_time() -> certain Time = "CURRENT_TIME";

    /// The date so many months later; the last day of a month becomes the last day of a month. Snowflake: `ADD_MONTHS`.
    fn add_months(A date: IsDay, B months: IsNumber) -> strict Base<A::Ty> = "ADD_MONTHS";

    /// The last day of the month. Snowflake: `LAST_DAY`.
    fn last_day(A date: IsDay) -> strict Date = "LAST_DAY";

    /// The next day of the week with this name, such as `Mo`. Snowflake: `NEXT_DAY`.
    fn next_day(A date: IsDay, B name: IsText) -> strict Date = "NEXT_DAY";

    /// The previous day of the week with this name, such as `Mo`. Snowflake: `PREVIOUS_DAY`.
    fn previous_day(A date: IsDay, B name: IsText) -> strict Date = "PREVIOUS_DAY";

    /// The year. Snowflake: `YEAR* / DAY* / WEEK* / MONTH / QUARTER`.
    fn year(A date: IsDay) -> strict Integer = "YEAR";

    /// The quarter, from 1 to 4. Snowflake: `YEAR* / DAY* / WEEK* / MONTH / QUARTER`.
    fn quarter(A date: IsDay) -> strict Integer = "QUARTER";

    /// The month, from 1 to 12. Snowflake: `YEAR* / DAY* / WEEK* / MONTH / QUARTER`.
    fn month(A date: IsDay) -> strict Integer = "MONTH";

    /// The day of the month. Snowflake: `YEAR* / DAY* / WEEK* / MONTH / QUARTER`.
    fn day_of_month(A date: IsDay) -> strict Integer = "DAYOFMONTH";

    /// The day of the year. Snowflake: `YEAR* / DAY* / WEEK* / MONTH / QUARTER`.
    fn day_of_year(A date: IsDay) -> strict Integer = "DAYOFYEAR";

    /// The day of the week; 0 is Sunday unless the parameter WEEK_START says otherwise. Snowflake: `YEAR* / DAY* / WEEK* / MONTH / QUARTER`.
    fn day_of_week(A date: IsDay) -> strict Integer = "DAYOFWEEK";

    /// The day of the week; 1 is Monday. Snowflake: `YEAR* / DAY* / WEEK* / MONTH / QUARTER`.
    fn day_of_week_iso(A date: IsDay) -> strict Integer = "DAYOFWEEKISO";

    /// The week of the year, as WEEK_OF_YEAR_POLICY and WEEK_START say. Snowflake: `YEAR* / DAY* / WEEK* / MONTH / QUARTER`.
    fn week(A date: IsDay) -> strict Integer = "WEEK";

    /// The week of the year in ISO's sense. Snowflake: `YEAR* / DAY* / WEEK* / MONTH / QUARTER`.
    fn week_iso(A date: IsDay) -> strict Integer = "WEEKISO";

    /// The year that the ISO week belongs to. Snowflake: `YEAR* / DAY* / WEEK* / MONTH / QUARTER`.
    fn year_of_week_iso(A date: IsDay) -> strict Integer = "YEAROFWEEKISO";

    /// The hour, from 0 to 23. Snowflake: `HOUR / MINUTE / SECOND`.
    fn hour(A time: IsClock) -> strict Integer = "HOUR";

    /// The minute. Snowflake: `HOUR / MINUTE / SECOND`.
    fn minute(A time: IsClock) -> strict Integer = "MINUTE";

    /// The second. Snowflake: `HOUR / MINUTE / SECOND`.
    fn second(A time: IsClock) -> strict Integer = "SECOND";

    /// The name of the day of the week, in three letters of English. Snowflake: `DAYNAME`.
    fn day_name(A date: IsDay) -> strict Varchar = "DAYNAME";

    /// The name of the month, in three letters of English. Snowflake: `MONTHNAME`.
    fn month_name(A date: IsDay) -> strict Varchar = "MONTHNAME";

    /// A date; parts may overflow, so month 13 is January of the next year. Snowflake: `DATE_FROM_PARTS`.
    fn date_from_parts(A year: IsNumber, B month: IsNumber, C day: IsNumber) -> strict Date = "DATE_FROM_PARTS";

    /// A time of day. Snowflake: `TIME_FROM_PARTS`.
    fn time_from_parts(A hour: IsNumber, B minute: IsNumber, C second: IsNumber) -> strict Time = "TIME_FROM_PARTS";

    /// A date and a time together. Snowflake: `TIMESTAMP_FROM_PARTS`.
    fn timestamp_from_date_and_time(A date: IsDay, B time: IsClock) -> strict TimestampNtz = "TIMESTAMP_NTZ_FROM_PARTS";

    /// A wall clock time of one time zone as that of another, such as `Europe/Berlin`. Snowflake: `CONVERT_TIMEZONE`.
    fn convert_timezone(A source: IsText, B target: IsText, C time: IsTimestamp) -> strict TimestampNtz = "CONVERT_TIMEZONE";

    /// The same instant with the offset of a time zone. Snowflake: `CONVERT_TIMEZONE`.
    fn in_timezone(A target: IsText, B time: IsTimestamp) -> strict TimestampTz = "CONVERT_TIMEZONE";

    /// Text as a date; NULL where it is none. Snowflake: `TRY_TO_DATE`.
    fn try_to_date(A text: IsText) -> nullable Date = "TRY_TO_DATE";

    /// Text as a time of day. Snowflake: `TO_TIME , TIME`.
    fn to_time(A text: IsText) -> strict Time = "TO_TIME";

    /// Text as a time of day; NULL where it is none. Snowflake: `TRY_TO_TIME`.
    fn try_to_time(A text: IsText) -> nullable Time = "TRY_TO_TIME";

    /// Text in a format such as `DD.MM.YYYY` as a date. Snowflake: `TO_DATE , DATE`.
    fn to_date_as(A text: IsText, B format: IsText) -> strict Date = "TO_DATE";

    /// Text as a timestamp without a zone. Snowflake: `TO_TIMESTAMP / TO_TIMESTAMP_*`.
    fn to_timestamp_ntz(A text: IsText) -> strict TimestampNtz = "TO_TIMESTAMP_NTZ";

    /// Text as a timestamp in the session's zone. Snowflake: `TO_TIMESTAMP / TO_TIMESTAMP_*`.
    fn to_timestamp_ltz(A text: IsText) -> strict TimestampLtz = "TO_TIMESTAMP_LTZ";

    /// Text as a timestamp with an offset. Snowflake: `TO_TIMESTAMP / TO_TIMESTAMP_*`.
    fn to_timestamp_tz(A text: IsText) -> strict TimestampTz = "TO_TIMESTAMP_TZ";

    /// Text as a timestamp without a zone; NULL where it is none. Snowflake: `TRY_TO_TIMESTAMP / TRY_TO_TIMESTAMP_*`.
    fn try_to_timestamp_ntz(A text: IsText) -> nullable TimestampNtz = "TRY_TO_TIMESTAMP_NTZ";

    /// Text in a format such as `YYYY-MM-DD HH24:MI` as a timestamp without a zone. Snowflake: `TO_TIMESTAMP / TO_TIMESTAMP_*`.
    fn to_timestamp_ntz_as(A text: IsText, B format: IsText) -> strict TimestampNtz = "TO_TIMESTAMP_NTZ";

    /// Seconds since 1970 as a timestamp without a zone. Snowflake: `TO_TIMESTAMP / TO_TIMESTAMP_*`.
    fn timestamp_of_seconds(A seconds: IsInteger) -> strict TimestampNtz = "TO_TIMESTAMP_NTZ";

    /// A date or time as text in a format such as `YYYY-MM-DD`. Snowflake: `TO_CHAR , TO_VARCHAR`.
    fn format_time(A value: IsTemporal, B format: IsText) -> strict Varchar = "TO_VARCHAR";

    /// Text in a format such as `DD.MM.YYYY` as a date; NULL where it is none. Snowflake: `TRY_TO_DATE`.
    fn try_to_date_as(A text: IsText, B format: IsText) -> nullable Date = "TRY_TO_DATE";

    /// Text in a format as a timestamp without a zone; NULL where it is none. Snowflake: `TRY_TO_TIMESTAMP / TRY_TO_TIMESTAMP_*`.
    fn try_to_timestamp_ntz_as(A text: IsText, B format: IsText) -> nullable TimestampNtz = "TRY_TO_TIMESTAMP_NTZ";

    /// Text as a timestamp in the session's zone; NULL where it is none. Snowflake: `TRY_TO_TIMESTAMP / TRY_TO_TIMESTAMP_*`.
    fn try_to_timestamp_ltz(A text: IsText) -> nullable TimestampLtz = "TRY_TO_TIMESTAMP_LTZ";

    /// Text as a timestamp with an offset; NULL where it is none. Snowflake: `TRY_TO_TIMESTAMP / TRY_TO_TIMESTAMP_*`.
    fn try_to_timestamp_tz(A text: IsText) -> nullable TimestampTz = "TRY_TO_TIMESTAMP_TZ";

    /// A count of units since 1970 as a timestamp without a zone: seconds for scale 0, milliseconds for 3, and so on. Snowflake: `TO_TIMESTAMP / TO_TIMESTAMP_*`.
    fn timestamp_of(A count: IsInteger, B scale: IsInteger) -> strict TimestampNtz = "TO_TIMESTAMP_NTZ";

    /// The year that the week belongs to, as WEEK_OF_YEAR_POLICY and WEEK_START say. Snowflake: `YEAR* / DAY* / WEEK* / MONTH / QUARTER`.
    fn year_of_week(A date: IsDay) -> strict Integer = "YEAROFWEEK";

    /// A timestamp without a zone; parts may overflow. Snowflake: `TIMESTAMP_FROM_PARTS`.
    fn timestamp_from_parts(A year: IsNumber, B month: IsNumber, C day: IsNumber, D hour: IsNumber, E minute: IsNumber, F second: IsNumber) -> strict TimestampNtz = "TIMESTAMP_NTZ_FROM_PARTS";

    /// A timestamp in the session's zone; parts may overflow. Snowflake: `TIMESTAMP_FROM_PARTS`.
    fn timestamp_ltz_from_parts(A year: IsNumber, B month: IsNumber, C day: IsNumber, D hour: IsNumber, E minute: IsNumber, F second: IsNumber) -> strict TimestampLtz = "TIMESTAMP_LTZ_FROM_PARTS";

    /// A timestamp with the offset of the session's zone; parts may overflow. Snowflake: `TIMESTAMP_FROM_PARTS`.
    fn timestamp_tz_from_parts(A year: IsNumber, B month: IsNumber, C day: IsNumber, D hour: IsNumber, E minute: IsNumber, F second: IsNumber) -> strict TimestampTz = "TIMESTAMP_TZ_FROM_PARTS";
}

/// Months from `from` to `to`, with fractions; negative if `to` is earlier. Snowflake: `MONTHS_BETWEEN`.
pub fn months_between<A: IntoExpr, B: IntoExpr>(to: A, from: B) -> Expr<Either<A::Ty, B::Ty, Float>>
where
    Base<A::Ty>: IsDay,
    Base<B::Ty>: IsDay,
{
    let months = call::<()>("MONTHS_BETWEEN", vec![node(to), node(from)]).node();
    Expr::new(Ast::Cast { operand: months, data_type: Float::DATA_TYPE, lenient: false })
}
