//! When a task is due: intervals and cron expressions with time zones.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-task>

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;

use crate::{Result, SqlError};

const SECOND: i64 = 1_000_000;
/// Eight days, the longest interval.
const LONGEST: i64 = 11_520 * 60 * SECOND;
/// Leap days can be eight years apart.
const HORIZON_DAYS: u64 = 8 * 366 + 1;

/// A parsed SCHEDULE.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Schedule {
    /// Microseconds between runs, counted from the moment the task was resumed.
    Interval(i64),
    /// `USING CRON`.
    Cron(Box<Cron>),
}

impl Schedule {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let head = text.get(..10).unwrap_or_default();
        if head.eq_ignore_ascii_case("USING CRON") {
            return Ok(Self::Cron(Box::new(Cron::parse(&text[10..])?)));
        }
        interval(text, "schedule").map(Self::Interval)
    }

    /// The first time after `now`; `base` is when the task was resumed, all in microseconds since 1970.
    pub(super) fn next(&self, base: i64, now: i64) -> Option<i64> {
        match self {
            Self::Interval(length) => {
                let passed = (now - base).max(0) / length;
                Some(base + (passed + 1) * length)
            }
            Self::Cron(cron) => cron.next(now),
        }
    }
}

fn malformed() -> SqlError {
    SqlError::compilation(
        1008,
        "22023",
        "Invalid schedule was specified. Please refer to the docs on what constitutes a valid schedule.",
    )
}

/// `<n> <unit>`: exactly one blank between, nothing before.
fn interval(text: &str, what: &str) -> Result<i64> {
    let trimmed = text.trim_end();
    let (number, unit) = trimmed.split_once([' ', '\t', '\n']).ok_or_else(malformed)?;
    let digits = number.strip_prefix('+').unwrap_or(number);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed());
    }
    let factor = match unit.to_ascii_uppercase().as_str() {
        "S" | "SECOND" | "SECONDS" => 1,
        "M" | "MINUTE" | "MINUTES" => 60,
        "H" | "HOUR" | "HOURS" => 3600,
        _ => return Err(malformed()),
    };
    let length = digits.parse::<i64>().ok().and_then(|number| number.checked_mul(factor * SECOND));
    match length {
        Some(0) => Err(malformed()),
        Some(length) if length < 10 * SECOND => {
            Err(SqlError::compilation(1008, "22023", format_args!("Cannot set {what} less than 10 seconds.")))
        }
        Some(length) if length <= LONGEST => Ok(length),
        _ => Err(SqlError::compilation(1008, "22023", format_args!("Cannot set {what} greater than 11,520 minutes."))),
    }
}

/// TARGET_COMPLETION_INTERVAL: 10 seconds to one day.
pub(super) fn target_completion(text: &str) -> Result<()> {
    let invalid = || {
        SqlError::compilation(
            1008,
            "22023",
            format_args!("invalid value [{text}] for parameter 'TARGET_COMPLETION_INTERVAL'"),
        )
    };
    match interval(text, "target completion interval") {
        Ok(length) if length <= 86_400 * SECOND => Ok(()),
        _ => Err(invalid()),
    }
}

/// A cron expression: minutes, hours, days of month, months, days of week, and the zone they are meant in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    last_day: bool,
    any_day: bool,
    months: u64,
    weekdays: u64,
    /// `5L`: the last Friday of the month.
    last_weekdays: u64,
    any_weekday: bool,
    zone: Tz,
}

impl Cron {
    fn parse(text: &str) -> Result<Self> {
        if !text.starts_with(|c: char| c.is_whitespace()) {
            return Err(malformed());
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        let Some((zone, fields)) = words.split_last() else { return Err(malformed()) };
        let zone = time_zone(zone).ok_or_else(|| {
            SqlError::compilation(
                1008,
                "22023",
                format_args!(
                    "Invalid schedule was specified. \"{zone}\" is not a recognized time zone. Please specify time zones accepted by the TIMEZONE parameter."
                ),
            )
        })?;
        let [minutes, hours, days, months, weekdays] = fields else { return Err(malformed()) };
        let mut cron = Self {
            minutes: field(minutes, 0, 59, &[])?,
            hours: field(hours, 0, 23, &[])?,
            days: 0,
            last_day: false,
            any_day: *days == "*",
            months: field(months, 1, 12, &MONTHS)?,
            weekdays: 0,
            last_weekdays: 0,
            any_weekday: *weekdays == "*",
            zone,
        };
        for item in days.split(',') {
            if item.eq_ignore_ascii_case("L") {
                cron.last_day = true;
            } else {
                cron.days |= field(item, 1, 31, &[])?;
            }
        }
        for item in weekdays.split(',') {
            match item.strip_suffix(['L', 'l']) {
                Some(day) if !day.is_empty() => {
                    let day = value(day, &WEEKDAYS).filter(|day| *day <= 6).ok_or_else(malformed)?;
                    cron.last_weekdays |= 1 << day;
                }
                _ => cron.weekdays |= field(item, 0, 6, &WEEKDAYS)?,
            }
        }
        // Any moment will do: whether it ever fires does not depend on it.
        if cron.next(0).is_none() {
            return Err(SqlError::compilation(
                1008,
                "22023",
                "Invalid schedule was specified. The cron expression never fires.",
            ));
        }
        Ok(cron)
    }

    /// The first matching minute after `now`. Local times that occur twice fire twice, those that are skipped do not fire.
    fn next(&self, now: i64) -> Option<i64> {
        let start: DateTime<Utc> = DateTime::from_timestamp_micros(now)?;
        let first = start.with_timezone(&self.zone).date_naive();
        // The day before as well: its last hour may occur a second time.
        let first = first.checked_sub_days(Days::new(1))?;
        let mut days = 0;
        while days <= HORIZON_DAYS {
            let date = first.checked_add_days(Days::new(days))?;
            days += 1;
            if self.matches(date)
                && let Some(found) = self.first_in(date, now)
            {
                return Some(found);
            }
        }
        None
    }

    fn first_in(&self, date: NaiveDate, now: i64) -> Option<i64> {
        let mut found: Option<i64> = None;
        for hour in bits(self.hours) {
            for minute in bits(self.minutes) {
                let local = date.and_hms_opt(hour, minute, 0)?;
                let times = self.zone.from_local_datetime(&local);
                for time in [times.earliest(), times.latest()].into_iter().flatten() {
                    let time = time.timestamp_micros();
                    if time > now && found.is_none_or(|other| time < other) {
                        found = Some(time);
                    }
                }
            }
        }
        found
    }

    fn matches(&self, date: NaiveDate) -> bool {
        if self.months & (1 << date.month()) == 0 {
            return false;
        }
        let in_a_week = date.checked_add_days(Days::new(7)).is_none_or(|later| later.month() != date.month());
        let tomorrow_is_first = date.succ_opt().is_none_or(|next| next.day() == 1);
        let weekday = date.weekday().num_days_from_sunday();
        let day = self.days & (1 << date.day()) != 0 || (self.last_day && tomorrow_is_first);
        let weekday = self.weekdays & (1 << weekday) != 0 || (self.last_weekdays & (1 << weekday) != 0 && in_a_week);
        match (self.any_day, self.any_weekday) {
            (true, _) => weekday,
            (_, true) => day,
            // Both restricted: either is enough.
            _ => day || weekday,
        }
    }
}

const MONTHS: [(&str, u32); 12] = [
    ("JAN", 1),
    ("FEB", 2),
    ("MAR", 3),
    ("APR", 4),
    ("MAY", 5),
    ("JUN", 6),
    ("JUL", 7),
    ("AUG", 8),
    ("SEP", 9),
    ("OCT", 10),
    ("NOV", 11),
    ("DEC", 12),
];
const WEEKDAYS: [(&str, u32); 7] = [("SUN", 0), ("MON", 1), ("TUE", 2), ("WED", 3), ("THU", 4), ("FRI", 5), ("SAT", 6)];

/// An IANA zone; `utc` in any case.
fn time_zone(name: &str) -> Option<Tz> {
    if name.eq_ignore_ascii_case("UTC") {
        return Some(Tz::UTC);
    }
    // Abbreviations such as PST8PDT or EST are in the database too, but Snowflake wants area and city.
    let known = name.contains('/') || matches!(name, "GMT" | "UCT" | "Zulu" | "Universal");
    if known { name.parse().ok() } else { None }
}

fn value(text: &str, names: &[(&str, u32)]) -> Option<u32> {
    match names.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        Some((_, value)) => Some(*value),
        None if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        None => None,
    }
}

/// One field as a set of bits.
fn field(text: &str, low: u32, high: u32, names: &[(&str, u32)]) -> Result<u64> {
    let mut set = 0;
    for item in text.split(',') {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(value(step, &[]).filter(|step| *step > 0).ok_or_else(malformed)?)),
            None => (item, None),
        };
        let (from, to) = if range == "*" {
            (low, high)
        } else if let Some((from, to)) = range.split_once('-') {
            (value(from, names).ok_or_else(malformed)?, value(to, names).ok_or_else(malformed)?)
        } else {
            let from = value(range, names).ok_or_else(malformed)?;
            (from, if step.is_some() { high } else { from })
        };
        if from < low || to > high || from > to {
            return Err(malformed());
        }
        for number in (from..=to).step_by(step.unwrap_or(1) as usize) {
            set |= 1 << number;
        }
    }
    Ok(set)
}

fn bits(set: u64) -> impl Iterator<Item = u32> {
    (0..64).filter(move |bit| set & (1 << bit) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
    }

    #[test]
    fn schedules_that_are_refused() {
        for (text, expected) in [
            ("5M", "Invalid schedule was specified. Please refer"),
            ("1 DAY", "Invalid schedule"),
            ("1 MINS", "Invalid schedule"),
            ("0 M", "Invalid schedule"),
            ("-5 MINUTES", "Invalid schedule"),
            ("1.5 HOURS", "Invalid schedule"),
            (" 5 MINUTES", "Invalid schedule"),
            ("5  MINUTES", "Invalid schedule"),
            ("9 SECONDS", "Cannot set schedule less than 10 seconds."),
            ("193 HOURS", "Cannot set schedule greater than 11,520 minutes."),
            ("USING CRON * * * * * PST", "\"PST\" is not a recognized time zone."),
            ("USING CRON * * * * *", "\"*\" is not a recognized time zone."),
            ("USING CRON 0 0 * * 7 UTC", "Invalid schedule"),
            ("USING CRON 0 0 ? * MON UTC", "Invalid schedule"),
            ("USING CRON 0 0 * * L UTC", "Invalid schedule"),
            ("USING CRON */0 * * * * UTC", "Invalid schedule"),
            ("USING CRON 5-1 * * * * UTC", "Invalid schedule"),
            ("USING CRON 1, * * * * UTC", "Invalid schedule"),
            ("USING CRON 0 0 0 * * UTC", "Invalid schedule"),
            ("USING CRON * * * * UTC", "Invalid schedule"),
            ("USING CRON 0 0 31 2 * UTC", "never fires"),
        ] {
            let error = Schedule::parse(text).expect_err(text);
            assert!(error.message.contains(expected), "{text}: {error}");
        }
        assert!(target_completion("9 SECOND").unwrap_err().message.contains("invalid value [9 SECOND] for parameter"));
        target_completion("24 HOURS").unwrap();
    }

    #[test]
    fn intervals_count_from_the_resume() {
        let schedule = Schedule::parse("10 MINUTES").unwrap();
        let base = at("2026-01-01T09:03:00Z");
        for (now, expected) in [
            ("2026-01-01T09:03:00Z", "2026-01-01T09:13:00Z"),
            ("2026-01-01T09:12:59Z", "2026-01-01T09:13:00Z"),
            ("2026-01-01T09:13:00Z", "2026-01-01T09:23:00Z"),
            ("2026-01-01T12:00:00Z", "2026-01-01T12:03:00Z"),
        ] {
            assert_eq!(schedule.next(base, at(now)), Some(at(expected)), "{now}");
        }
        for text in ["+5 M", "10 s", "5\tminutes", "8 H  "] {
            Schedule::parse(text).unwrap();
        }
    }

    #[test]
    fn next_times_of_cron() {
        for (text, now, expected) in [
            ("* * * * * UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"),
            ("*/15 9-17 * * MON-FRI utc", "2026-01-02T17:45:00Z", "2026-01-05T09:00:00Z"),
            ("0 3 L * * Etc/UTC", "2026-02-01T00:00:00Z", "2026-02-28T03:00:00Z"),
            ("0 0 * * 5L Etc/UTC", "2026-01-01T00:00:00Z", "2026-01-30T00:00:00Z"),
            ("0 0 29 2 * UTC", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
            // Day of month or day of week: either fires.
            ("0 0 13 * 5 UTC", "2026-01-03T00:00:00Z", "2026-01-09T00:00:00Z"),
            ("0 0 13 * 5 UTC", "2026-01-09T00:00:00Z", "2026-01-13T00:00:00Z"),
            ("30 9 * * * America/Los_Angeles", "2026-07-01T00:00:00Z", "2026-07-01T16:30:00Z"),
            // 02:30 does not exist on this day.
            ("30 2 * * * America/New_York", "2026-03-08T00:00:00Z", "2026-03-09T06:30:00Z"),
            // 01:30 occurs twice on this day.
            ("30 1 * * * America/New_York", "2026-11-01T00:00:00Z", "2026-11-01T05:30:00Z"),
            ("30 1 * * * America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"),
            ("30 1 * * * America/New_York", "2026-11-01T06:30:00Z", "2026-11-02T06:30:00Z"),
        ] {
            let schedule = Schedule::parse(&format!("USING CRON {text}")).unwrap();
            assert_eq!(schedule.next(0, at(now)), Some(at(expected)), "{text} after {now}");
        }
    }
}
