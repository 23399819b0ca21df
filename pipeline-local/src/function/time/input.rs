//! Text as dates and times, in the forms that Snowflake recognises by themselves.

use chrono::NaiveDate;

use super::format::parse_format;
use super::{DAY, days};

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

pub(super) fn month_number(text: &str) -> Option<u32> {
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

pub(super) fn parse_offset(text: &str) -> Option<i32> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse::<i32>().ok()?, digits[2..].parse::<i32>().ok()?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}
