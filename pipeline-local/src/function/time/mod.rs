//! Calendar arithmetic, and dates and times as text.

use chrono::{DateTime, Datelike, Duration, MappedLocalTime, NaiveDate, NaiveDateTime, Offset, TimeZone, Timelike};
use chrono_tz::Tz;

mod format;
mod input;
mod part;

pub use format::{format, parse_format, parse_format_in};
pub use input::{parse_auto, parse_input, parse_time};
pub use part::Part;

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;

/// The calendar date of a day number.
pub fn date(days: i32) -> NaiveDate {
    NaiveDate::from_epoch_days(days).unwrap_or(NaiveDate::MAX)
}

/// The day number of a calendar date.
pub fn days(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}

/// Wall clock of microseconds since 1970.
pub fn wall(micros: i64) -> NaiveDateTime {
    DateTime::from_timestamp_micros(micros).map_or(NaiveDateTime::MAX, |instant| instant.naive_utc())
}

/// Microseconds of a wall clock.
pub fn micros(wall: NaiveDateTime) -> i64 {
    wall.and_utc().timestamp_micros()
}

/// The wall clock in a zone of an instant.
pub fn to_wall(instant: i64, zone: Tz) -> i64 {
    instant + i64::from(offset_minutes(instant, zone)) * 60_000_000
}

/// The offset of a zone at an instant, in minutes.
pub fn offset_minutes(instant: i64, zone: Tz) -> i32 {
    zone.offset_from_utc_datetime(&wall(instant)).fix().local_minus_utc() / 60
}

/// The instant of a wall clock in a zone; in a gap the time before it counts.
pub fn to_instant(wall_micros: i64, zone: Tz) -> i64 {
    match zone.from_local_datetime(&wall(wall_micros)) {
        MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => at.timestamp_micros(),
        MappedLocalTime::None => {
            let before = offset_minutes(wall_micros - DAY, zone);
            wall_micros - i64::from(before) * 60_000_000
        }
    }
}

/// Adds months, clamping to the last day of the target month.
pub fn add_months(date: NaiveDate, months: i64) -> Option<NaiveDate> {
    let index = i64::from(date.year()) * 12 + i64::from(date.month0()) + months;
    let (year, month) = (i32::try_from(index.div_euclid(12)).ok()?, index.rem_euclid(12) as u32 + 1);
    (0..4).find_map(|less| NaiveDate::from_ymd_opt(year, month, date.day().checked_sub(less)?))
}

/// Adds `count` parts to a wall clock of microseconds.
pub fn add(part: Part, count: i64, wall_micros: i64) -> Option<i64> {
    let months = |count: i64| {
        let at = wall(wall_micros);
        Some(micros(add_months(at.date(), count)?.and_time(at.time())))
    };
    let unit = match part {
        Part::Year | Part::YearOfWeek | Part::YearOfWeekIso => return months(count.checked_mul(12)?),
        Part::Quarter => return months(count.checked_mul(3)?),
        Part::Month => return months(count),
        Part::Week | Part::WeekIso => 7 * DAY,
        Part::Day | Part::DayOfWeek | Part::DayOfWeekIso | Part::DayOfYear => DAY,
        Part::Hour => 3_600_000_000,
        Part::Minute => 60_000_000,
        Part::Second => 1_000_000,
        Part::Millisecond => 1000,
        Part::Microsecond => 1,
        Part::Nanosecond => return wall_micros.checked_add(count.div_euclid(1000)),
        _ => return None,
    };
    wall_micros.checked_add(count.checked_mul(unit)?)
}

/// Monday of the week of a date.
fn monday(date: NaiveDate) -> NaiveDate {
    date - Duration::days(i64::from(date.weekday().num_days_from_monday()))
}

/// The start of the part in which a wall clock lies.
pub fn truncate(part: Part, wall_micros: i64) -> Option<i64> {
    let at = wall(wall_micros);
    let start = |date: Option<NaiveDate>| Some(i64::from(days(date?)) * DAY);
    let unit = match part {
        Part::Year => return start(at.date().with_ordinal(1)),
        Part::Quarter => return start(NaiveDate::from_ymd_opt(at.year(), at.month0() / 3 * 3 + 1, 1)),
        Part::Month => return start(at.date().with_day(1)),
        Part::Week | Part::WeekIso => return start(Some(monday(at.date()))),
        Part::Day => DAY,
        Part::Hour => 3_600_000_000,
        Part::Minute => 60_000_000,
        Part::Second => 1_000_000,
        Part::Millisecond => 1000,
        Part::Microsecond | Part::Nanosecond => 1,
        _ => return None,
    };
    Some(wall_micros.div_euclid(unit) * unit)
}

/// How many boundaries of a part lie between two wall clocks.
pub fn difference(part: Part, from: i64, to: i64) -> Option<i128> {
    let month_index = |at: i64| {
        let at = wall(at);
        i128::from(at.year()) * 12 + i128::from(at.month0())
    };
    let units = |unit: i64| i128::from(to.div_euclid(unit)) - i128::from(from.div_euclid(unit));
    Some(match part {
        Part::Year => i128::from(wall(to).year()) - i128::from(wall(from).year()),
        Part::Quarter => month_index(to).div_euclid(3) - month_index(from).div_euclid(3),
        Part::Month => month_index(to) - month_index(from),
        Part::Week | Part::WeekIso => i128::from((monday(wall(to).date()) - monday(wall(from).date())).num_days() / 7),
        Part::Day | Part::DayOfYear | Part::DayOfWeek => units(DAY),
        Part::Hour => units(3_600_000_000),
        Part::Minute => units(60_000_000),
        Part::Second => units(1_000_000),
        Part::Millisecond => units(1000),
        Part::Microsecond => units(1),
        Part::Nanosecond => units(1) * 1000,
        _ => return None,
    })
}

/// A part of a wall clock as a number; `nanos` since midnight.
pub fn extract(part: Part, wall_micros: i64, nanos: i64, offset: i32) -> i128 {
    let at = wall(wall_micros);
    let instant = i128::from(wall_micros) - i128::from(offset) * 60_000_000;
    match part {
        Part::Year => at.year().into(),
        Part::Quarter => (at.month0() / 3 + 1).into(),
        Part::Month => at.month().into(),
        Part::Week | Part::WeekIso => at.iso_week().week().into(),
        Part::YearOfWeek | Part::YearOfWeekIso => at.iso_week().year().into(),
        Part::Day => at.day().into(),
        Part::DayOfWeek => at.weekday().num_days_from_sunday().into(),
        Part::DayOfWeekIso => at.weekday().number_from_monday().into(),
        Part::DayOfYear => at.ordinal().into(),
        Part::Hour => at.hour().into(),
        Part::Minute => at.minute().into(),
        Part::Second => at.second().into(),
        Part::Millisecond => (nanos / 1_000_000 % 1000).into(),
        Part::Microsecond => (nanos / 1000 % 1_000_000).into(),
        Part::Nanosecond => (nanos % 1_000_000_000).into(),
        Part::EpochSecond => instant.div_euclid(1_000_000),
        Part::EpochMillisecond => instant.div_euclid(1000),
        Part::EpochMicrosecond => instant,
        Part::EpochNanosecond => instant * 1000 + i128::from(nanos.rem_euclid(1000)),
        Part::TimezoneHour => (offset / 60).into(),
        Part::TimezoneMinute => (offset % 60).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        parse_auto(text).unwrap().wall
    }

    fn show(wall_micros: i64) -> String {
        format("YYYY-MM-DD HH24:MI:SS.FF3", wall(wall_micros).date(), wall_micros.rem_euclid(DAY) * 1000, 0)
    }

    #[test]
    fn reads_and_writes() {
        for (text, expected) in [
            ("2024-02-29", "2024-02-29 00:00:00.000"),
            ("2024-01-02T03:04:05.678", "2024-01-02 03:04:05.678"),
            ("2024-01-02 03:04", "2024-01-02 03:04:00.000"),
            ("1704164645", "2024-01-02 03:04:05.000"),
            ("1704164645123", "2024-01-02 03:04:05.123"),
            ("02-JAN-2024", "2024-01-02 00:00:00.000"),
            ("01/02/2024", "2024-01-02 00:00:00.000"),
            ("01/02/2024 03:04:05", "2024-01-02 03:04:05.000"),
            ("Thu, 21 Dec 2000 16:01:07 +0200", "2000-12-21 16:01:07.000"),
            ("Thu Dec 21 16:01:07 -0800 2000", "2000-12-21 16:01:07.000"),
            ("Thu, 21 Dec 2000 04:01:07 PM", "2000-12-21 16:01:07.000"),
        ] {
            assert_eq!(show(at(text)), expected, "{text}");
        }
        for bad in ["2024-02-30", "x", "", "2024-01-02 25:00", "24-01-02"] {
            assert_eq!(parse_auto(bad), None, "{bad}");
        }
        assert_eq!(parse_auto("2024-01-02 03:04:05 +0230").unwrap().offset, Some(150));
        let parsed = parse_format("05.03.2024 01:02:03 PM", "DD.MM.YYYY HH12:MI:SS AM").unwrap();
        assert_eq!(show(parsed.wall), "2024-03-05 13:02:03.000");
    }

    #[test]
    fn calendar() {
        assert_eq!(show(add(Part::Month, 1, at("2024-01-31")).unwrap()), "2024-02-29 00:00:00.000");
        assert_eq!(show(truncate(Part::Week, at("2024-01-03 05:00")).unwrap()), "2024-01-01 00:00:00.000");
        assert_eq!(show(truncate(Part::Quarter, at("2024-05-03")).unwrap()), "2024-04-01 00:00:00.000");
        assert_eq!(difference(Part::Year, at("2023-12-31"), at("2024-01-01")), Some(1));
        assert_eq!(difference(Part::Hour, at("2024-01-01 00:59"), at("2024-01-01 01:00")), Some(1));
        let berlin = chrono_tz::Europe::Berlin;
        assert_eq!(show(to_wall(at("2024-07-01 12:00"), berlin)), "2024-07-01 14:00:00.000");
        assert_eq!(show(to_instant(at("2024-07-01 14:00"), berlin)), "2024-07-01 12:00:00.000");
    }
}
