//! Formats such as `YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM`.

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};

use super::input::{Parsed, month_number, parse_offset};
use super::{DAY, date, days};

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
