//! Cron expressions.

use super::{ScheduleError, any_case, zone};
use crate::check::same;

/// Checks a cron expression, see [`Schedule::parse_cron`].
pub(crate) const fn parse_cron(text: &str) -> Result<(), ScheduleError> {
    let bytes = text.as_bytes();
    let mut starts = [0; 7];
    let mut ends = [0; 7];
    let mut count = 0;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b' ' {
            at += 1;
            continue;
        }
        if count == 7 {
            return Err(ScheduleError::CronFields);
        }
        starts[count] = at;
        while at < bytes.len() && bytes[at] != b' ' {
            at += 1;
        }
        ends[count] = at;
        count += 1;
    }
    if count != 6 {
        return Err(ScheduleError::CronFields);
    }
    let mut field = 0;
    while field < 5 {
        if let Err(error) = cron_field(slice(text, starts[field], ends[field]), &FIELDS[field]) {
            return Err(error);
        }
        field += 1;
    }
    if !zone::is_zone(slice(text, starts[5], ends[5])) {
        return Err(ScheduleError::CronZone);
    }
    if never(text) {
        return Err(ScheduleError::CronNever);
    }
    Ok(())
}

/// The longest time between two runs, in whole days: a lower bound of it.
pub(super) const fn longest_gap_days(text: &str) -> u32 {
    let months = field_set(text, 3);
    let days = field_set(text, 2);
    let weekdays = field_set(text, 4);
    if months != FIELDS[3].all() {
        28 * (longest_run_without(months, 1, 12) + 1) - 27
    } else if days != FIELDS[2].all() && weekdays == FIELDS[4].all() {
        longest_run_without(days, 1, 28) + 1
    } else if weekdays != FIELDS[4].all() && days == FIELDS[2].all() {
        longest_run_without(weekdays, 0, 6) + 1
    } else {
        1
    }
}

/// Whether a valid cron expression has restricted both the day of the month and the day of the week: a day that fits either
/// is chosen.
pub(crate) const fn is_day_or_weekday(text: &str) -> bool {
    !same(field_text(text, 2), "*") && !same(field_text(text, 4), "*")
}

/// Whether a valid cron expression names an hour that days have twice or not at all when clocks change.
pub(crate) const fn meets_clock_change(text: &str) -> bool {
    let zone = field_text(text, 5);
    let bytes = zone.as_bytes();
    let etc = bytes.len() > 4 && bytes.split_at(4).0.eq_ignore_ascii_case(b"etc/");
    let hours = field_set(text, 1);
    !any_case(zone, &["utc", "gmt"]) && !etc && hours != FIELDS[1].all() && hours & 0b110 != 0
}

/// Whether no day ever fits: 30 February, 31 April.
const fn never(text: &str) -> bool {
    let days = field_set(text, 2);
    if days & LAST_DAY != 0 || !same(field_text(text, 4), "*") {
        return false;
    }
    let months = field_set(text, 3);
    let mut month = 1;
    while month <= 12 {
        let length = match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if months & (1 << month) != 0 && days & ((1 << (length + 1)) - 2) != 0 {
            return false;
        }
        month += 1;
    }
    true
}

/// Stands for `L` in a set of days.
const LAST_DAY: u64 = 1 << 63;

/// One field of a cron expression, counted from 0; 5 is the zone.
pub(crate) const fn field_text(text: &str, wanted: usize) -> &str {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut count = 0;
    while at < bytes.len() {
        while at < bytes.len() && bytes[at] == b' ' {
            at += 1;
        }
        let start = at;
        while at < bytes.len() && bytes[at] != b' ' {
            at += 1;
        }
        if count == wanted {
            return slice(text, start, at);
        }
        count += 1;
    }
    ""
}

/// The values that a field of a valid expression chooses, as bits.
const fn field_set(text: &str, index: usize) -> u64 {
    let field = &FIELDS[index];
    let text = field_text(text, index);
    let bytes = text.as_bytes();
    let mut set = 0;
    let mut start = 0;
    let mut at = 0;
    while at <= bytes.len() {
        if at == bytes.len() || bytes[at] == b',' {
            set |= item_set(slice(text, start, at), field);
            start = at + 1;
        }
        at += 1;
    }
    set
}

const fn item_set(item: &str, field: &Field) -> u64 {
    let (range, step) = match find(item.as_bytes(), b'/') {
        Some(at) => (slice(item, 0, at), number(slice(item, at + 1, item.len()))),
        None => (item, None),
    };
    let (low, high) = if same(range, "*") {
        (field.low, field.high)
    } else if let Some(at) = find(range.as_bytes(), b'-') {
        match (value(slice(range, 0, at), field), value(slice(range, at + 1, range.len()), field)) {
            (Some(low), Some(high)) => (low, high),
            _ => return 0,
        }
    } else {
        match (value(range, field), step) {
            (Some(low), Some(_)) => (low, field.high),
            (Some(low), None) => (low, low),
            (None, _) => return LAST_DAY,
        }
    };
    let step = match step {
        Some(step) => step,
        None => 1,
    };
    let mut set = 0;
    let mut at = low;
    while at <= high {
        set |= 1 << at;
        at += step;
    }
    set
}

/// The longest run of values from `low` to `high`, seen as a circle, that are not in the set.
const fn longest_run_without(set: u64, low: u32, high: u32) -> u32 {
    let count = high - low + 1;
    let (mut longest, mut run) = (0, 0);
    let mut at = 0;
    while at < 2 * count {
        if set & (1 << (low + at % count)) == 0 {
            run += 1;
            if run > longest && run <= count {
                longest = run;
            }
        } else {
            run = 0;
        }
        at += 1;
    }
    longest
}

struct Field {
    name: &'static str,
    low: u32,
    high: u32,
    words: &'static [&'static str],
}

impl Field {
    /// All values, as bits.
    const fn all(&self) -> u64 {
        (1 << (self.high + 1)) - (1 << self.low)
    }
}

const FIELDS: [Field; 5] = [
    Field { name: "minute", low: 0, high: 59, words: &[] },
    Field { name: "hour", low: 0, high: 23, words: &[] },
    Field { name: "day of month", low: 1, high: 31, words: &[] },
    Field {
        name: "month",
        low: 1,
        high: 12,
        words: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    },
    Field { name: "day of week", low: 0, high: 6, words: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

/// One field: items separated by commas, each `*`, `a`, `a-b`, with an optional `/step`, or a last day `L`.
const fn cron_field(text: &str, field: &Field) -> Result<(), ScheduleError> {
    let error = Err(ScheduleError::CronField(field.name));
    let bytes = text.as_bytes();
    let mut start = 0;
    let mut at = 0;
    while at <= bytes.len() {
        if at == bytes.len() || bytes[at] == b',' {
            if !cron_item(slice(text, start, at), field) {
                return error;
            }
            start = at + 1;
        }
        at += 1;
    }
    Ok(())
}

const fn cron_item(item: &str, field: &Field) -> bool {
    let bytes = item.as_bytes();
    let (range, step) = match find(bytes, b'/') {
        Some(at) => (slice(item, 0, at), Some(slice(item, at + 1, bytes.len()))),
        None => (item, None),
    };
    if let Some(step) = step {
        match number(step) {
            Some(step) if step > 0 => {}
            _ => return false,
        }
    }
    if same(range, "*") {
        return true;
    }
    let is_day_of_month = field.high == 31;
    let is_day_of_week = field.high == 6;
    if step.is_none() && is_day_of_month && any_case(range, &["l"]) {
        return true;
    }
    if let Some(b'l' | b'L') = range.as_bytes().last()
        && is_day_of_week
        && step.is_none()
    {
        return value(slice(range, 0, range.len() - 1), field).is_some();
    }
    match find(range.as_bytes(), b'-') {
        Some(at) => match (value(slice(range, 0, at), field), value(slice(range, at + 1, range.len()), field)) {
            (Some(low), Some(high)) => low <= high,
            _ => false,
        },
        None => value(range, field).is_some(),
    }
}

const fn value(text: &str, field: &Field) -> Option<u32> {
    let mut word = 0;
    while word < field.words.len() {
        if any_case(text, &[field.words[word]]) {
            return Some(word as u32 + field.low);
        }
        word += 1;
    }
    match number(text) {
        Some(number) if number >= field.low && number <= field.high => Some(number),
        _ => None,
    }
}

const fn number(text: &str) -> Option<u32> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > 4 {
        return None;
    }
    let mut number = 0;
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            return None;
        }
        number = number * 10 + (bytes[at] - b'0') as u32;
        at += 1;
    }
    Some(number)
}

const fn find(bytes: &[u8], wanted: u8) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == wanted {
            return Some(at);
        }
        at += 1;
    }
    None
}

const fn slice(text: &str, start: usize, end: usize) -> &str {
    text.split_at(end).0.split_at(start).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Schedule;

    #[test]
    fn cron() {
        use ScheduleError::{CronField, CronFields, CronNever, CronZone};
        for (text, error) in [
            ("*/5 * * * * UTC", None),
            ("0 9-17/2 1,15,L * MON-FRI Europe/Zurich", None),
            ("0 0 * JAN,mar 5L America/Argentina/Buenos_Aires", None),
            ("0 0 * * FRIL Etc/GMT+5", None),
            ("5/10 * * * * utc", None),
            ("*/61 * * * * UTC", None),
            ("0 5 * * *", Some(CronFields)),
            ("0 5 * * * * UTC", Some(CronFields)),
            ("60 * * * * UTC", Some(CronField("minute"))),
            ("* 24 * * * UTC", Some(CronField("hour"))),
            ("* * 0 * * UTC", Some(CronField("day of month"))),
            ("* * ? * * UTC", Some(CronField("day of month"))),
            ("* * L-3 * * UTC", Some(CronField("day of month"))),
            ("* * * 13 * UTC", Some(CronField("month"))),
            ("* * * * 7 UTC", Some(CronField("day of week"))),
            ("* * * * L UTC", Some(CronField("day of week"))),
            ("* * * * 1#2 UTC", Some(CronField("day of week"))),
            ("30-10 * * * * UTC", Some(CronField("minute"))),
            ("*/0 * * * * UTC", Some(CronField("minute"))),
            ("1, * * * * UTC", Some(CronField("minute"))),
            ("0 0 30 2 * UTC", Some(CronNever)),
            ("0 0 31 4,6,9,NOV * UTC", Some(CronNever)),
            ("0 0 29 FEB * UTC", None),
            ("0 0 31 4 MON UTC", None),
            ("0 0 L 2 * UTC", None),
            ("* * * * * PST", Some(CronZone)),
            ("* * * * * +01:00", Some(CronZone)),
            ("* * * * * Europe/Zurch", Some(CronZone)),
            ("* * * * * europe/zurich", Some(CronZone)),
        ] {
            let expected = error.map_or(Ok(Schedule::Cron(text)), Err);
            assert_eq!(Schedule::parse_cron(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_doubtful_about_cron() {
        for (text, both, clock, days) in [
            ("0 5 * * * Europe/Zurich", false, false, 1),
            ("0 2 * * * Europe/Zurich", false, true, 1),
            ("0 2 * * * UTC", false, false, 1),
            ("0 1-3 * * * Etc/GMT+5", false, false, 1),
            ("0 * * * * Europe/Zurich", false, false, 1),
            ("0 5 1 * MON UTC", true, false, 1),
            ("0 5 * * MON UTC", false, false, 7),
            ("0 5 * * MON-FRI UTC", false, false, 3),
            ("0 5 1 * * UTC", false, false, 28),
            ("0 5 1,15 * * UTC", false, false, 14),
            ("0 5 * 1,7 * UTC", false, false, 141),
        ] {
            assert_eq!(parse_cron(text), Ok(()), "{text}");
            assert_eq!((is_day_or_weekday(text), meets_clock_change(text)), (both, clock), "{text}");
            assert_eq!(Schedule::Cron(text).longest_gap(), days * 24 * 3600, "{text}");
        }
    }
}
