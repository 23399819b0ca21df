//! Calendar arithmetic, and dates and times as text.

use chrono::{
    DateTime, Datelike, Duration, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike,
};
use chrono_tz::Tz;

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

/// What text holds: a wall clock, and an offset in minutes if it names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parsed {
    /// Microseconds since 1970 of the wall clock.
    pub wall: i64,
    /// Nanoseconds since midnight: finer than `wall`.
    pub time: i64,
    /// Minutes east of UTC.
    pub offset: Option<i32>,
}

/// Reads a date, a time stamp, or a count of seconds, milliseconds, microseconds or nanoseconds since 1970, as the `AUTO`
/// formats do.
pub fn parse_auto(text: &str) -> Option<Parsed> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let count: i64 = text.parse().ok()?;
        let wall = match count {
            count if count < 31_536_000_000 => count.checked_mul(1_000_000)?,
            count if count < 31_536_000_000_000 => count.checked_mul(1000)?,
            count if count < 31_536_000_000_000_000 => count,
            count => count / 1000,
        };
        return Some(Parsed { wall, time: wall.rem_euclid(DAY) * 1000, offset: None });
    }
    let (date_text, rest) = match text.find(['T', ' ']) {
        Some(index) if index >= 6 => (&text[..index], text[index + 1..].trim_start()),
        _ => (text, ""),
    };
    let Some(date) = parse_date(date_text) else { return parse_mail(text) };
    let (time, offset) = if rest.is_empty() { (0, None) } else { parse_time_zone(rest)? };
    Some(Parsed { wall: i64::from(days(date)) * DAY + time / 1000, time, offset })
}

/// Reads the forms of e-mail headers and of the C library: `Thu, 21 Dec 2000 16:01:07 +0200` and its like.
fn parse_mail(text: &str) -> Option<Parsed> {
    const FORMATS: [&str; 9] = [
        "DY, DD MON YYYY HH24:MI:SS TZHTZM",
        "DY, DD MON YYYY HH24:MI:SS.FF TZHTZM",
        "DY, DD MON YYYY HH12:MI:SS AM TZHTZM",
        "DY, DD MON YYYY HH12:MI:SS.FF AM TZHTZM",
        "DY, DD MON YYYY HH12:MI:SS AM",
        "DY, DD MON YYYY HH24:MI:SS.FF",
        "DY, DD MON YYYY HH24:MI:SS",
        "DY MON DD HH24:MI:SS YYYY",
        "DD MON YYYY",
    ];
    if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    if let Some(found) = FORMATS.iter().find_map(|format| parse_format(text, format)) {
        return Some(found);
    }
    // DY MON DD HH24:MI:SS TZHTZM YYYY: the zone stands in the middle.
    let words: Vec<&str> = text.split_whitespace().collect();
    let [day, month, date, time, zone, year] = words[..] else { return None };
    parse_format(&format!("{day} {month} {date} {time} {year} {zone}"), "DY MON DD HH24:MI:SS YYYY TZHTZM")
}

/// Reads a date or a time stamp in an input format of the session: `AUTO` or a pattern.
pub fn parse_input(text: &str, format: &str) -> Option<Parsed> {
    if format.is_empty() || format.eq_ignore_ascii_case("AUTO") { parse_auto(text) } else { parse_format(text, format) }
}

/// Reads `YYYY-MM-DD`, `MM/DD/YYYY` or `DD-MON-YYYY`.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let (separator, parts): (char, Vec<&str>) = match text.split('-').collect::<Vec<_>>() {
        parts if parts.len() == 3 => ('-', parts),
        _ => ('/', text.split('/').collect()),
    };
    let [a, b, c] = parts[..] else { return None };
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 4 && !text.starts_with('+'));
    if separator == '/' {
        return NaiveDate::from_ymd_opt(number(c)? as i32, number(a)?, number(b)?);
    }
    match month_number(b) {
        Some(month) => NaiveDate::from_ymd_opt(number(c)? as i32, month, number(a)?),
        None => NaiveDate::from_ymd_opt(number(a).filter(|_| a.len() == 4)? as i32, number(b)?, number(c)?),
    }
}

fn month_number(text: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let head = text.get(..3)?.to_ascii_lowercase();
    MONTHS.iter().position(|month| *month == head).map(|index| index as u32 + 1)
}

/// Reads `HH:MI[:SS[.FF]]`; nanoseconds since midnight.
pub fn parse_time(text: &str) -> Option<i64> {
    let (hour, rest) = text.split_once(':')?;
    let (minute, second) = rest.split_once(':').unwrap_or((rest, "0"));
    let (second, fraction) = second.split_once('.').unwrap_or((second, ""));
    let number =
        |text: &str, limit: i64| text.parse::<i64>().ok().filter(|value| (0..limit).contains(value) && text.len() <= 2);
    if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanos: i64 = if fraction.is_empty() { 0 } else { format!("{fraction:0<9}").parse().ok()? };
    Some(((number(hour, 24)? * 60 + number(minute, 60)?) * 60 + number(second, 60)?) * 1_000_000_000 + nanos)
}

fn parse_time_zone(text: &str) -> Option<(i64, Option<i32>)> {
    let text = text.trim();
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((parse_time(time.trim_end())?, Some(0)));
    }
    match text.rfind(['+', '-']) {
        Some(index) => Some((parse_time(text[..index].trim_end())?, Some(parse_offset(&text[index..])?))),
        None => Some((parse_time(text)?, None)),
    }
}

fn parse_offset(text: &str) -> Option<i32> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse::<i32>().ok()?, digits[2..].parse::<i32>().ok()?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// The elements of a format, longest first where one starts like another.
const ELEMENTS: [&str; 24] = [
    "TZHTZM", "TZH:TZM", "MMMM", "YYYY", "HH24", "HH12", "TZH", "TZM", "MON", "FF0", "FF1", "FF2", "FF3", "FF4", "FF5",
    "FF6", "FF7", "FF8", "FF9", "YY", "MM", "DD", "DY", "HH",
];
const SHORT: [&str; 5] = ["AM", "PM", "MI", "SS", "FF"];

/// Cuts a format into its elements (upper case) and literal texts.
fn elements(format: &str) -> Vec<(bool, String)> {
    let upper = format.to_ascii_uppercase();
    let mut parts: Vec<(bool, String)> = Vec::new();
    let mut at = 0;
    while at < format.len() {
        if format[at..].starts_with('"') {
            let end = format[at + 1..].find('"').map_or(format.len(), |end| at + 1 + end);
            parts.push((false, format[at + 1..end].to_owned()));
            at = (end + 1).min(format.len());
            continue;
        }
        let element = ELEMENTS.iter().chain(SHORT.iter()).find(|element| upper[at..].starts_with(**element));
        match element {
            Some(element) => {
                parts.push((true, (*element).to_owned()));
                at += element.len();
            }
            None => {
                let c = format[at..].chars().next().unwrap_or(' ');
                parts.push((false, c.to_string()));
                at += c.len_utf8();
            }
        }
    }
    parts
}

/// Writes a wall clock in a format such as `YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM`.
pub fn format(format: &str, date: NaiveDate, nanos: i64, offset: i32) -> String {
    let time =
        NaiveTime::from_num_seconds_from_midnight_opt((nanos / 1_000_000_000) as u32, (nanos % 1_000_000_000) as u32)
            .unwrap_or(NaiveTime::MIN);
    let fraction = format!("{:09}", nanos % 1_000_000_000);
    let mut text = String::new();
    for (element, part) in elements(format) {
        if !element {
            text.push_str(&part);
            continue;
        }
        let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
        let sign = if offset < 0 { '-' } else { '+' };
        let shown = match part.as_str() {
            "YYYY" => format!("{:04}", date.year()),
            "YY" => format!("{:02}", date.year().rem_euclid(100)),
            "MMMM" => date.format("%B").to_string(),
            "MON" => date.format("%b").to_string(),
            "MM" => format!("{:02}", date.month()),
            "DD" => format!("{:02}", date.day()),
            "DY" => date.format("%a").to_string(),
            "HH24" | "HH" => format!("{:02}", time.hour()),
            "HH12" => format!("{:02}", time.hour12().1),
            "AM" | "PM" => (if time.hour12().0 { "PM" } else { "AM" }).to_owned(),
            "MI" => format!("{:02}", time.minute()),
            "SS" => format!("{:02}", time.second()),
            "FF" => fraction.clone(),
            "TZH" => format!("{sign}{hours:02}"),
            "TZM" => format!("{minutes:02}"),
            "TZHTZM" => format!("{sign}{hours:02}{minutes:02}"),
            "TZH:TZM" => format!("{sign}{hours:02}:{minutes:02}"),
            fraction_element => {
                let digits = fraction_element[2..].parse::<usize>().unwrap_or(9);
                if digits == 0 {
                    let kept = text.trim_end_matches('.').len();
                    text.truncate(kept);
                }
                fraction[..digits].to_owned()
            }
        };
        text.push_str(&shown);
    }
    text
}

/// Reads text in a given format; years of two digits are from 1970 to 2069.
pub fn parse_format(text: &str, format: &str) -> Option<Parsed> {
    parse_format_in(text, format, 1970)
}

/// Reads text in a given format; years of two digits are the hundred from `century_start`.
pub fn parse_format_in(text: &str, format: &str, century_start: i32) -> Option<Parsed> {
    let (mut year, mut month, mut day, mut hour, mut minute, mut second, mut nanos) = (1970, 1, 1, 0, 0, 0, 0_i64);
    let (mut afternoon, mut offset) = (None, None);
    let mut rest = text.trim();
    let digits = |rest: &mut &str, most: usize| -> Option<u32> {
        let count = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let value = rest[..count].parse().ok()?;
        *rest = &rest[count..];
        Some(value)
    };
    for (element, part) in elements(format) {
        if !element {
            rest = rest.strip_prefix(part.as_str())?;
            continue;
        }
        match part.as_str() {
            "YYYY" => year = digits(&mut rest, 4)? as i32,
            "YY" => {
                let short = digits(&mut rest, 2)? as i32;
                year = century_start + (short - century_start).rem_euclid(100);
            }
            "MM" => month = digits(&mut rest, 2)?,
            "MON" | "MMMM" => {
                month = month_number(rest)?;
                let full = date(0).with_month(month)?.format("%B").to_string();
                let length =
                    if rest.to_ascii_lowercase().starts_with(&full.to_ascii_lowercase()) { full.len() } else { 3 };
                rest = &rest[length..];
            }
            "DD" => day = digits(&mut rest, 2)?,
            "DY" => rest = rest.get(3..)?,
            "HH24" | "HH" | "HH12" => hour = digits(&mut rest, 2)?,
            "MI" => minute = digits(&mut rest, 2)?,
            "SS" => second = digits(&mut rest, 2)?,
            "AM" | "PM" => {
                afternoon = Some(rest.get(..2)?.eq_ignore_ascii_case("PM"));
                rest = &rest[2..];
            }
            "TZH" | "TZM" | "TZHTZM" | "TZH:TZM" => {
                if rest.eq_ignore_ascii_case("Z") {
                    offset = Some(0);
                } else {
                    offset = Some(parse_offset(rest)?);
                }
                rest = "";
            }
            _ => {
                let count = rest.bytes().take(9).take_while(u8::is_ascii_digit).count();
                nanos = if count == 0 { 0 } else { format!("{:0<9}", &rest[..count]).parse().ok()? };
                rest = &rest[count..];
            }
        }
    }
    if !rest.trim().is_empty() {
        return None;
    }
    if let Some(afternoon) = afternoon {
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    let day_number = days(NaiveDate::from_ymd_opt(year, month, day)?);
    NaiveTime::from_hms_opt(hour, minute, second)?;
    let time = (i64::from(hour * 3600 + minute * 60 + second)) * 1_000_000_000 + nanos;
    Some(Parsed { wall: i64::from(day_number) * DAY + time / 1000, time, offset })
}

/// A part of a date or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the parts")]
pub enum Part {
    Year,
    Quarter,
    Month,
    Week,
    WeekIso,
    Day,
    DayOfWeek,
    DayOfWeekIso,
    DayOfYear,
    YearOfWeek,
    YearOfWeekIso,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
    EpochSecond,
    EpochMillisecond,
    EpochMicrosecond,
    EpochNanosecond,
    TimezoneHour,
    TimezoneMinute,
}

impl Part {
    /// Reads a part by any of its names.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "year" | "y" | "yy" | "yyy" | "yyyy" | "yr" | "years" | "yrs" => Self::Year,
            "quarter" | "q" | "qtr" | "qtrs" | "quarters" => Self::Quarter,
            "month" | "mm" | "mon" | "mons" | "months" => Self::Month,
            "week" | "w" | "wk" | "weekofyear" | "woy" | "wy" | "weeks" => Self::Week,
            "week_iso" | "weekiso" | "weekofyeariso" | "weekofyear_iso" => Self::WeekIso,
            "day" | "d" | "dd" | "days" | "dayofmonth" => Self::Day,
            "dayofweek" | "weekday" | "dow" | "dw" => Self::DayOfWeek,
            "dayofweekiso" | "weekday_iso" | "dow_iso" | "dw_iso" | "dayofweek_iso" => Self::DayOfWeekIso,
            "dayofyear" | "yearday" | "doy" | "dy" => Self::DayOfYear,
            "yearofweek" => Self::YearOfWeek,
            "yearofweekiso" => Self::YearOfWeekIso,
            "hour" | "h" | "hh" | "hr" | "hours" | "hrs" => Self::Hour,
            "minute" | "m" | "mi" | "min" | "minutes" | "mins" => Self::Minute,
            "second" | "s" | "sec" | "seconds" | "secs" => Self::Second,
            "millisecond" | "ms" | "msec" | "milliseconds" => Self::Millisecond,
            "microsecond" | "us" | "usec" | "microseconds" => Self::Microsecond,
            "nanosecond" | "ns" | "nsec" | "nanosec" | "nsecond" | "nanoseconds" | "nanosecs" | "nseconds" => {
                Self::Nanosecond
            }
            "epoch_second" | "epoch" | "epoch_seconds" => Self::EpochSecond,
            "epoch_millisecond" | "epoch_milliseconds" => Self::EpochMillisecond,
            "epoch_microsecond" | "epoch_microseconds" => Self::EpochMicrosecond,
            "epoch_nanosecond" | "epoch_nanoseconds" => Self::EpochNanosecond,
            "timezone_hour" | "tzh" => Self::TimezoneHour,
            "timezone_minute" | "tzm" => Self::TimezoneMinute,
            _ => return None,
        })
    }

    /// Whether it is finer than a day.
    pub fn below_day(self) -> bool {
        matches!(
            self,
            Self::Hour | Self::Minute | Self::Second | Self::Millisecond | Self::Microsecond | Self::Nanosecond
        )
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
