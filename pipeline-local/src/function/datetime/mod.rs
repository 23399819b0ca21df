//! Dates and times: adding, truncating, taking apart and putting together.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use super::args::{integer, invalid_value, text, text_or};
use super::cast::wall_of;
use super::datum::Datum;
use super::decimal;
use super::settings::Settings;
use super::time::{self, DAY, Part};
use super::udf::{Env, Function, Param, Returns, Types, function};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

mod from_parts;

use from_parts::{date_from_parts, nanos_from_parts, numbers, parts_type, stamp_from_parts};

/// Nanoseconds of a day.
const DAY_NANOS: i64 = DAY * 1000;

fn part(text: &str, function: &str) -> Result<Part> {
    Part::parse(text).ok_or_else(|| not_a_part(text, function))
}

fn not_a_part(text: &str, function: &str) -> SqlError {
    SqlError::compilation(
        1076,
        "22023",
        format_args!("'{text}' is not a valid date/time component for function {function}."),
    )
}

fn out_of_range(function: &str) -> SqlError {
    SqlError::new(100_045, "22003", format!("Date or timestamp out of range in function {function}"))
}

/// The wall clock of a moment in microseconds; that of a TIME is on 1970-01-01.
fn wall(value: &Datum, settings: &Settings) -> Result<i64> {
    match value {
        Datum::Time(nanos) => Ok(nanos / 1000),
        other => wall_of(other, settings.time_zone)
            .ok_or_else(|| SqlError::internal(format_args!("{other:?} where a date or time was expected"))),
    }
}

/// Nanoseconds since midnight.
fn nanos_of_day(value: &Datum, wall: i64) -> i64 {
    match value {
        Datum::Time(nanos) => *nanos,
        _ => wall.rem_euclid(DAY) * 1000,
    }
}

/// A moment of the kind of `like` with another wall clock. A date becomes a timestamp if `returns` says so.
fn with_wall(like: &Datum, wall: i64, returns: SqlType, settings: &Settings) -> Datum {
    match (like, returns) {
        (Datum::Date(_), SqlType::TimestampNtz(_)) | (Datum::Ntz(_), SqlType::TimestampNtz(_)) => Datum::Ntz(wall),
        (_, SqlType::Date) => Datum::Date(wall.div_euclid(DAY) as i32),
        (Datum::Ltz(_), _) => Datum::Ltz(time::to_instant(wall, settings.time_zone)),
        (Datum::Tz(_, offset), _) => Datum::Tz(wall - i64::from(*offset) * 60_000_000, *offset),
        (Datum::Time(_), _) => Datum::Time(wall.rem_euclid(DAY) * 1000),
        _ => Datum::Ntz(wall),
    }
}

/// By how much weeks start later than on Monday.
fn week_shift(settings: &Settings) -> i64 {
    i64::from(settings.week_start.max(1) - 1) * DAY
}

fn truncate(part: Part, wall: i64, settings: &Settings) -> Option<i64> {
    if part == Part::Week {
        let shift = week_shift(settings);
        return time::truncate(part, wall - shift).map(|start| start + shift);
    }
    time::truncate(part, wall)
}

fn difference(part: Part, from: i64, to: i64, settings: &Settings) -> Option<i128> {
    let shift = if part == Part::Week { week_shift(settings) } else { 0 };
    time::difference(part, from - shift, to - shift)
}

/// Week of the year and the year it counts for, by WEEK_START and WEEK_OF_YEAR_POLICY.
fn week_of_year(date: NaiveDate, settings: &Settings) -> (i64, i64) {
    let first = i64::from(settings.week_start.max(1) - 1);
    let position = |date: NaiveDate| (i64::from(date.weekday().num_days_from_monday()) - first).rem_euclid(7);
    if settings.week_of_year_policy == 1 {
        let january = date.with_ordinal(1).unwrap_or(date);
        return ((i64::from(date.ordinal0()) + position(january)) / 7 + 1, date.year().into());
    }
    // The fourth day of a week decides which year it belongs to.
    let fourth = date + chrono::Duration::days(3 - position(date));
    (i64::from(fourth.ordinal0()) / 7 + 1, fourth.year().into())
}

fn extract(part: Part, value: &Datum, settings: &Settings) -> Result<i128> {
    let wall = wall(value, settings)?;
    let offset = match value {
        Datum::Ltz(instant) => time::offset_minutes(*instant, settings.time_zone),
        Datum::Tz(_, offset) => *offset,
        _ => 0,
    };
    let date = time::wall(wall).date();
    Ok(match part {
        Part::Week => week_of_year(date, settings).0.into(),
        Part::YearOfWeek => week_of_year(date, settings).1.into(),
        Part::DayOfWeek if settings.week_start > 0 => {
            let first = i64::from(settings.week_start) - 1;
            i128::from((i64::from(date.weekday().num_days_from_monday()) - first).rem_euclid(7) + 1)
        }
        part => time::extract(part, wall, nanos_of_day(value, wall), offset),
    })
}

fn is_time(types: &Types<'_>, index: usize) -> bool {
    matches!(types.get(index), SqlType::Time(_))
}

/// The type of DATEADD: a date with a part below a day becomes a timestamp.
fn added_type(types: &Types<'_>) -> Result<SqlType> {
    let named = types.constant_text(0);
    let found = named.as_deref().map(|named| part(named, types.name)).transpose()?;
    if let Some(found) = found
        && is_time(types, 2)
        && !found.below_day()
    {
        return Err(not_a_part(&named.unwrap_or_default(), types.name));
    }
    Ok(match types.types[2] {
        Some(SqlType::Date) if found.is_some_and(Part::below_day) => SqlType::TimestampNtz(9),
        Some(other) => other,
        None => SqlType::TimestampNtz(9),
    })
}

fn date_add(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    let part = part(text(&values[0])?, "DATEADD")?;
    let count = integer(&values[1])?;
    let value = &values[2];
    let failed = || out_of_range("DATEADD");
    if let Datum::Time(nanos) = value {
        let unit = match part {
            Part::Nanosecond => 1,
            part => time::add(part, 1, 0).ok_or_else(failed)?.checked_mul(1000).ok_or_else(failed)?,
        };
        let moved = (i128::from(*nanos) + i128::from(count) * i128::from(unit)).rem_euclid(DAY_NANOS.into());
        return Ok(Datum::Time(moved as i64));
    }
    // Hours and less pass in real time, days and more on the calendar.
    if part.below_day()
        && let Datum::Ltz(instant) = value
    {
        return time::add(part, count, *instant).map(Datum::Ltz).ok_or_else(failed);
    }
    let moved = time::add(part, count, wall(value, env.settings)?).ok_or_else(failed)?;
    in_calendar(moved).ok_or_else(failed)?;
    Ok(with_wall(value, moved, env.returns, env.settings))
}

/// The wall clock, if the calendar reaches so far.
fn in_calendar(wall: i64) -> Option<i64> {
    (-62_135_596_800_000_000..=253_402_300_799_999_999).contains(&wall).then_some(wall)
}

fn date_difference(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    let part = part(text(&values[0])?, "DATEDIFF")?;
    if part == Part::Nanosecond
        && let (Datum::Time(from), Datum::Time(to)) = (&values[1], &values[2])
    {
        return Ok(Datum::integer(to - from));
    }
    let (from, to) = (wall(&values[1], env.settings)?, wall(&values[2], env.settings)?);
    let days = difference(part, from, to, env.settings);
    days.map(Datum::integer).ok_or_else(|| not_a_part(text(&values[0]).unwrap_or_default(), "DATEDIFF"))
}

fn truncate_value(name: &str, value: &Datum, env: &Env<'_>) -> Result<Datum> {
    let part = part(name, "DATE_TRUNC")?;
    if let Datum::Time(nanos) = value
        && part == Part::Nanosecond
    {
        return Ok(Datum::Time(*nanos));
    }
    let truncated = truncate(part, wall(value, env.settings)?, env.settings);
    let truncated = truncated.ok_or_else(|| not_a_part(name, "DATE_TRUNC"))?;
    Ok(with_wall(value, truncated, env.returns, env.settings))
}

/// `TRUNC(moment, part)`.
pub(super) fn truncate_reversed(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    truncate_value(text(&values[1])?, &values[0], env)
}

fn date_trunc(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    truncate_value(text(&values[0])?, &values[1], env)
}

fn last_day(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    let name = text_or(values, 1, "month")?;
    let part = part(name, "LAST_DAY")?;
    if !matches!(part, Part::Year | Part::Quarter | Part::Month | Part::Week) {
        return Err(not_a_part(name, "LAST_DAY"));
    }
    let start = truncate(part, wall(&values[0], env.settings)?, env.settings);
    let next = start.and_then(|start| time::add(part, 1, start)).ok_or_else(|| out_of_range("LAST_DAY"))?;
    Ok(Datum::Date((next.div_euclid(DAY) - 1) as i32))
}

fn weekday(name: &str, function: &str) -> Result<u32> {
    const NAMES: [&str; 7] = ["mo", "tu", "we", "th", "fr", "sa", "su"];
    let head = name.trim().to_ascii_lowercase();
    let found = NAMES.iter().position(|wanted| head.starts_with(wanted));
    found.map(|found| found as u32).ok_or_else(|| invalid_value(function, name, "a day of the week such as 'mo'"))
}

fn neighbour_day(values: &[Datum], env: &Env<'_>, next: bool) -> Result<Datum> {
    let wanted = i64::from(weekday(text(&values[1])?, if next { "NEXT_DAY" } else { "PREVIOUS_DAY" })?);
    let days = wall(&values[0], env.settings)?.div_euclid(DAY);
    let have = i64::from(time::date(days as i32).weekday().num_days_from_monday());
    let step = if next { (wanted - have - 1).rem_euclid(7) + 1 } else { -((have - wanted - 1).rem_euclid(7) + 1) };
    Ok(Datum::Date((days + step) as i32))
}

fn is_month_end(date: NaiveDate) -> bool {
    date.succ_opt().is_none_or(|next| next.month() != date.month())
}

fn add_months(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    let at = wall(&values[0], env.settings)?;
    let failed = || out_of_range("ADD_MONTHS");
    let date = time::wall(at).date();
    let mut moved = time::add_months(date, integer(&values[1])?).ok_or_else(failed)?;
    if is_month_end(date) {
        while !is_month_end(moved) {
            moved = moved.succ_opt().ok_or_else(failed)?;
        }
    }
    let moved = i64::from(time::days(moved)) * DAY + at.rem_euclid(DAY);
    Ok(with_wall(&values[0], moved, env.returns, env.settings))
}

/// Months with their parts.
const MONTHS: SqlType = SqlType::Number { precision: 15, scale: 6 };

fn in_months(months: f64) -> Datum {
    decimal::from_float(months, 6).map_or(Datum::Null, |months| Datum::Number(months, 6))
}

fn months_between(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    let (a, b) = (wall(&values[0], env.settings)?, wall(&values[1], env.settings)?);
    let (first, second) = (time::wall(a), time::wall(b));
    let months = f64::from((first.year() - second.year()) * 12 + first.month0() as i32 - second.month0() as i32);
    if first.day() == second.day() || (is_month_end(first.date()) && is_month_end(second.date())) {
        return Ok(in_months(months));
    }
    let day = |at: chrono::NaiveDateTime, wall: i64| f64::from(at.day()) + wall.rem_euclid(DAY) as f64 / DAY as f64;
    Ok(in_months(months + (day(first, a) - day(second, b)) / 31.0))
}

/// A time zone by its name.
pub(super) fn zone(name: &str) -> Result<Tz> {
    name.parse().map_err(|_| SqlError::new(100_174, "22023", format!("Unknown timezone: '{name}'")))
}

fn convert_timezone(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    if let [source, target, value] = values {
        let instant = time::to_instant(wall(value, env.settings)?, zone(text(source)?)?);
        return Ok(Datum::Ntz(time::to_wall(instant, zone(text(target)?)?)));
    }
    let target = zone(text(&values[0])?)?;
    let instant = match &values[1] {
        Datum::Ltz(instant) | Datum::Tz(instant, _) => *instant,
        other => time::to_instant(wall(other, env.settings)?, env.settings.time_zone),
    };
    Ok(Datum::Tz(instant, time::offset_minutes(instant, target)))
}

fn time_slice(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    let (length, name) = (integer(&values[1])?, text(&values[2])?);
    let part = part(name, "TIME_SLICE")?;
    if length < 1 {
        return Err(invalid_value("TIME_SLICE", length, "a slice length of at least 1"));
    }
    let end = match text_or(values, 3, "START")?.to_ascii_uppercase().as_str() {
        "START" => false,
        "END" => true,
        other => return Err(invalid_value("TIME_SLICE", other, "START or END")),
    };
    let at = wall(&values[0], env.settings)?;
    // Weeks are counted from the first that starts in 1970 or just before.
    let epoch = truncate(part, 0, env.settings).ok_or_else(|| not_a_part(name, "TIME_SLICE"))?;
    let passed = difference(part, epoch, at, env.settings).ok_or_else(|| not_a_part(name, "TIME_SLICE"))?;
    let slice = passed.div_euclid(length.into()) * i128::from(length) + if end { i128::from(length) } else { 0 };
    let count = i64::try_from(slice).map_err(|_| out_of_range("TIME_SLICE"))?;
    let bound = time::add(part, count, epoch).ok_or_else(|| out_of_range("TIME_SLICE"))?;
    Ok(with_wall(&values[0], bound, env.returns, env.settings))
}

fn text_or_moment(types: &Types<'_>, index: usize) -> Result<SqlType> {
    Ok(types.types[index].unwrap_or(SqlType::TimestampNtz(9)))
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Any, Integer, Moment, Temporal, Text};
    let whole = Returns::Type(SqlType::INTEGER);
    let date = Returns::Type(SqlType::Date);
    const PARTS: &[Param] = &[Any, Any, Any, Any, Any, Any, Any];
    let ntz = |values: &[Datum], env: &Env<'_>| Ok(Datum::Ntz(stamp_from_parts(&numbers(values, env)?)?));
    let mut all = vec![
        function("DATEADD", &[Text, Integer, Temporal], Returns::By(added_type), date_add)
            .stable()
            .aliases(&["TIMEADD", "TIMESTAMPADD"]),
        function("DATEDIFF", &[Text, Temporal, Temporal], whole, date_difference)
            .stable()
            .aliases(&["TIMEDIFF", "TIMESTAMPDIFF"]),
        function("DATE_TRUNC", &[Text, Temporal], Returns::By(|types| text_or_moment(types, 1)), date_trunc).stable(),
        function("DATE_PART", &[Text, Temporal], whole, |values, env| {
            extract(part(text(&values[0])?, "DATE_PART")?, &values[1], env.settings).map(Datum::integer)
        })
        .stable()
        .aliases(&["EXTRACT"]),
        function("LAST_DAY", &[Moment, Text], date, last_day).optional(1).stable(),
        function("NEXT_DAY", &[Moment, Text], date, |values, env| neighbour_day(values, env, true)).stable(),
        function("PREVIOUS_DAY", &[Moment, Text], date, |values, env| neighbour_day(values, env, false)).stable(),
        function("ADD_MONTHS", &[Moment, Integer], Returns::By(|types| text_or_moment(types, 0)), add_months).stable(),
        function("MONTHS_BETWEEN", &[Moment, Moment], Returns::Type(MONTHS), months_between).stable(),
        function("DAYNAME", &[Moment], Returns::Type(SqlType::Varchar(3)), |values, env| {
            Ok(Datum::Text(time::wall(wall(&values[0], env.settings)?).format("%a").to_string()))
        })
        .stable(),
        function("MONTHNAME", &[Moment], Returns::Type(SqlType::Varchar(3)), |values, env| {
            Ok(Datum::Text(time::wall(wall(&values[0], env.settings)?).format("%b").to_string()))
        })
        .stable(),
        function("DATE_FROM_PARTS", &[Integer, Integer, Integer], date, |values, _| {
            Ok(Datum::Date(date_from_parts(values)? as i32))
        })
        .aliases(&["DATEFROMPARTS"]),
        function(
            "TIME_FROM_PARTS",
            &[Integer, Integer, Integer, Integer],
            Returns::Type(SqlType::Time(9)),
            |values, _| Ok(Datum::Time(nanos_from_parts(values)?.rem_euclid(DAY_NANOS.into()) as i64)),
        )
        .optional(1)
        .aliases(&["TIMEFROMPARTS"]),
        function(
            "TIMESTAMP_NTZ_FROM_PARTS",
            PARTS,
            Returns::By(|types| parts_type(types, SqlType::TimestampNtz(9))),
            ntz,
        )
        .optional(5)
        .aliases(&["TIMESTAMP_FROM_PARTS", "TIMESTAMPFROMPARTS", "TIMESTAMPNTZFROMPARTS"]),
        function(
            "TIMESTAMP_LTZ_FROM_PARTS",
            PARTS,
            Returns::By(|types| parts_type(types, SqlType::TimestampLtz(9))),
            |values, env| {
                let wall = stamp_from_parts(&numbers(values, env)?)?;
                Ok(Datum::Ltz(time::to_instant(wall, env.settings.time_zone)))
            },
        )
        .optional(5)
        .stable()
        .aliases(&["TIMESTAMPLTZFROMPARTS"]),
        function(
            "TIMESTAMP_TZ_FROM_PARTS",
            &[Integer, Integer, Integer, Integer, Integer, Integer, Integer, Text],
            Returns::Type(SqlType::TimestampTz(9)),
            |values, env| {
                let zone = match values.get(7) {
                    Some(name) => zone(text(name)?)?,
                    None => env.settings.time_zone,
                };
                let instant = time::to_instant(stamp_from_parts(&values[..values.len().min(7)])?, zone);
                Ok(Datum::Tz(instant, time::offset_minutes(instant, zone)))
            },
        )
        .optional(2)
        .stable()
        .aliases(&["TIMESTAMPTZFROMPARTS"]),
        function(
            "CONVERT_TIMEZONE",
            &[Text, Any, Moment],
            Returns::By(|types| match types.types.len() {
                3 => Ok(SqlType::TimestampNtz(9)),
                _ => Ok(SqlType::TimestampTz(9)),
            }),
            |values, env| {
                let mut values = values.to_vec();
                if values.len() == 2 && matches!(values[1], Datum::Text(_) | Datum::Json(_)) {
                    values[1] = super::cast::cast_datum(values[1].clone(), SqlType::TimestampLtz(9), env.settings)?;
                }
                convert_timezone(&values, env)
            },
        )
        .optional(1)
        .stable(),
        function(
            "TIME_SLICE",
            &[Moment, Integer, Text, Text],
            Returns::By(|types| text_or_moment(types, 0)),
            time_slice,
        )
        .optional(1)
        .stable(),
    ];
    macro_rules! parts {
        ($($name:literal $part:ident),+ $(,)?) => {
            $(all.push(
                function($name, &[Temporal], whole, |values, env| {
                    extract(Part::$part, &values[0], env.settings).map(Datum::integer)
                })
                .stable(),
            );)+
        };
    }
    parts!(
        "YEAR" Year, "QUARTER" Quarter, "MONTH" Month, "WEEK" Week, "WEEKOFYEAR" Week, "WEEKISO" WeekIso, "DAY" Day,
        "DAYOFMONTH" Day, "DAYOFWEEK" DayOfWeek, "DAYOFWEEKISO" DayOfWeekIso, "DAYOFYEAR" DayOfYear,
        "YEAROFWEEK" YearOfWeek, "YEAROFWEEKISO" YearOfWeekIso, "HOUR" Hour, "MINUTE" Minute, "SECOND" Second,
    );
    all
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn adding() {
        check(&[
            ("DATEADD('day', 1, T_DATE('2024-02-28'))", "DATE|2024-02-29"),
            ("DATEADD('month', 1, T_DATE('2024-01-31'))", "2024-02-29"),
            ("DATEADD('hour', 5, T_DATE('2024-01-31'))", "TIMESTAMP_NTZ(9)|2024-01-31 05:00:00.000"),
            ("DATEADD('year', -1, T_NTZ('2024-02-29 01:02:03'))", "2023-02-28 01:02:03.000"),
            ("DATEADD('week', 1, '2024-01-01')", "2024-01-08 00:00:00.000"),
            ("DATEADD('minute', 90, T_TIME('23:00:00'))", "00:30:00"),
            ("DATEADD('hour', 1, T_LTZ('2024-03-31 01:30:00'))", "2024-03-31 03:30:00.000 +0200"),
            (
                "DATEADD('nosuch', 1, T_DATE('2024-01-31'))",
                "001076 SQL compilation error:\n'nosuch' is not a valid date/time component for function DATEADD.",
            ),
            ("ADD_MONTHS(T_DATE('2023-02-28'), 1)", "DATE|2023-03-31"),
            ("ADD_MONTHS(T_DATE('2023-01-31'), 1)", "2023-02-28"),
            ("DATEDIFF('year', T_DATE('2023-12-31'), T_DATE('2024-01-01'))", "1"),
            ("DATEDIFF('day', '2024-01-01 23:59:00', '2024-01-02 00:01:00')", "1"),
            ("DATEDIFF('week', T_DATE('2024-01-07'), T_DATE('2024-01-08'))", "1"),
            ("TIMEDIFF('second', T_TIME('10:00:00'), T_TIME('10:01:01'))", "61"),
            ("MONTHS_BETWEEN('2024-02-29', '2024-01-31')", "1.000000"),
            ("MONTHS_BETWEEN('2019-03-01', '2019-02-15')", "0.548387"),
            ("DATEADD('day', NULL, T_DATE('2024-01-01'))", "DATE|NULL"),
        ]);
    }

    #[test]
    fn parts() {
        check(&[
            ("DATE_TRUNC('month', T_DATE('2024-02-28'))", "DATE|2024-02-01"),
            ("DATE_TRUNC('hour', T_NTZ('2024-02-28 05:06:07'))", "2024-02-28 05:00:00.000"),
            ("DATE_TRUNC('week', T_DATE('2024-01-03'))", "2024-01-01"),
            ("TRUNC(T_DATE('2024-05-28'), 'quarter')", "2024-04-01"),
            ("DATE_PART('epoch_second', T_NTZ('1970-01-02'))", "86400"),
            ("EXTRACT('year', T_DATE('2024-02-28'))", "2024"),
            ("YEAR('2024-02-28')", "2024"),
            ("QUARTER(T_DATE('2024-05-28'))", "2"),
            ("HOUR(T_TIME('13:00:00'))", "13"),
            ("DAYOFWEEK(T_DATE('2024-01-07'))", "0"),
            ("DAYOFWEEKISO(T_DATE('2024-01-07'))", "7"),
            ("WEEK(T_DATE('2024-12-30'))", "1"),
            ("YEAROFWEEK(T_DATE('2024-12-30'))", "2025"),
            ("DAYNAME(T_DATE('2024-01-07'))", "Sun"),
            ("MONTHNAME(T_DATE('2024-01-07'))", "Jan"),
            ("LAST_DAY(T_DATE('2024-02-07'))", "2024-02-29"),
            ("LAST_DAY(T_DATE('2024-02-07'), 'year')", "2024-12-31"),
            ("NEXT_DAY(T_DATE('2024-01-05'), 'fr')", "2024-01-12"),
            ("PREVIOUS_DAY(T_DATE('2024-01-05'), 'Friday')", "2023-12-29"),
            ("HOUR(T_LTZ('2024-07-01 12:00:00 +0000'))", "14"),
        ]);
    }

    #[test]
    fn making() {
        check(&[
            ("DATE_FROM_PARTS(2024, 13, 0)", "2024-12-31"),
            ("TIME_FROM_PARTS(1, 2, 3)", "01:02:03"),
            ("TIMESTAMP_NTZ_FROM_PARTS(2024, 1, 2, 3, 4, 5)", "2024-01-02 03:04:05.000"),
            ("TIMESTAMP_NTZ_FROM_PARTS(T_DATE('2024-01-02'), T_TIME('03:04:05'))", "2024-01-02 03:04:05.000"),
            ("TIMESTAMP_LTZ_FROM_PARTS(2024, 7, 2, 3, 4, 5)", "2024-07-02 03:04:05.000 +0200"),
            ("TIMESTAMP_TZ_FROM_PARTS(2024, 7, 2, 3, 4, 5, 0, 'Asia/Tokyo')", "2024-07-02 03:04:05.000 +0900"),
            (
                "CONVERT_TIMEZONE('UTC', 'Europe/Berlin', T_NTZ('2024-01-01 12:00'))",
                "TIMESTAMP_NTZ(9)|2024-01-01 13:00:00.000",
            ),
            ("CONVERT_TIMEZONE('UTC', T_LTZ('2024-01-01 12:00'))", "TIMESTAMP_TZ(9)|2024-01-01 11:00:00.000 +0000"),
            ("CONVERT_TIMEZONE('Mars', T_LTZ('2024-01-01 12:00'))", "100174 Unknown timezone: 'Mars'"),
            ("TIME_SLICE(T_NTZ('2024-01-01 10:17:00'), 15, 'minute')", "2024-01-01 10:15:00.000"),
            ("TIME_SLICE(T_DATE('2024-05-01'), 4, 'month', 'END')", "2024-09-01"),
        ]);
    }
}
