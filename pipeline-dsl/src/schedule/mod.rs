//! When tasks run: intervals and cron expressions. The parser runs in constants, at run time and in tests alike. See
//! "CREATE TASK" in Snowflake's documentation.

mod cron;
mod zone;

pub(crate) use cron::{field_text, is_day_or_weekday, meets_clock_change, parse_cron};
pub(crate) use zone::nearest;

/// When a task runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Every so often, counted from when the task is resumed.
    Every {
        /// How many units.
        amount: u32,
        /// Of what.
        unit: Unit,
    },
    /// At the minutes that five fields choose, in a time zone: `0 5 * * MON-FRI Europe/Zurich`.
    Cron(&'static str),
}

/// A unit of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Unit {
    Seconds,
    Minutes,
    Hours,
}

impl Unit {
    pub(crate) const fn seconds(self) -> u64 {
        match self {
            Self::Seconds => 1,
            Self::Minutes => 60,
            Self::Hours => 3600,
        }
    }
}

impl Schedule {
    /// The schedule as Snowflake writes it, without quotes: `2 MINUTES`, `USING CRON 0 5 * * * UTC`.
    pub fn sql(self) -> String {
        match self {
            Self::Every { amount, unit: Unit::Seconds } => format!("{amount} SECONDS"),
            Self::Every { amount, unit: Unit::Minutes } => format!("{amount} MINUTES"),
            Self::Every { amount, unit: Unit::Hours } => format!("{amount} HOURS"),
            Self::Cron(expression) => format!("USING CRON {expression}"),
        }
    }

    /// Reads an interval such as `2 minutes`. The unit may be in the singular and in any case.
    ///
    /// # Errors
    /// If the text is not a whole number, a blank and a unit.
    pub const fn parse_interval(text: &str) -> Result<Self, ScheduleError> {
        let bytes = text.as_bytes();
        let mut amount: u32 = 0;
        let mut at = 0;
        while at < bytes.len() && bytes[at].is_ascii_digit() {
            amount = match amount.checked_mul(10) {
                Some(tenfold) => tenfold.saturating_add((bytes[at] - b'0') as u32),
                None => return Err(ScheduleError::Interval),
            };
            at += 1;
        }
        if at == 0 || at >= bytes.len() || bytes[at] != b' ' {
            return Err(ScheduleError::Interval);
        }
        let unit = text.split_at(at + 1).1;
        let unit = if any_case(unit, &["second", "seconds", "s"]) {
            Unit::Seconds
        } else if any_case(unit, &["minute", "minutes", "m"]) {
            Unit::Minutes
        } else if any_case(unit, &["hour", "hours", "h"]) {
            Unit::Hours
        } else {
            return Err(ScheduleError::Interval);
        };
        Ok(Self::Every { amount, unit })
    }

    /// Reads a cron expression of five fields and a time zone.
    ///
    /// # Errors
    /// If a field is missing or has a value that Snowflake does not accept, or the zone is not an IANA name.
    pub const fn parse_cron(text: &'static str) -> Result<Self, ScheduleError> {
        match parse_cron(text) {
            Ok(()) => Ok(Self::Cron(text)),
            Err(error) => Err(error),
        }
    }

    /// The longest time between two runs, in seconds; for a cron expression a lower bound of it, in whole days.
    pub(crate) const fn longest_gap(self) -> u64 {
        match self {
            Self::Every { amount, unit } => amount as u64 * unit.seconds(),
            Self::Cron(text) => cron::longest_gap_days(text) as u64 * 24 * 3600,
        }
    }
}

/// What is wrong with a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleError {
    /// Not a number and a unit.
    Interval,
    /// Not five fields and a time zone.
    CronFields,
    /// A field has a value that its name does not allow.
    CronField(&'static str),
    /// The zone is not an IANA name.
    CronZone,
    /// No day ever fits, such as 30 February.
    CronNever,
}

const fn any_case(text: &str, words: &[&str]) -> bool {
    let mut word = 0;
    while word < words.len() {
        if text.eq_ignore_ascii_case(words[word]) {
            return true;
        }
        word += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals() {
        let every = |amount, unit| Ok(Schedule::Every { amount, unit });
        for (text, parsed) in [
            ("2 minutes", every(2, Unit::Minutes)),
            ("1 MINUTE", every(1, Unit::Minutes)),
            ("30 s", every(30, Unit::Seconds)),
            ("8 Hours", every(8, Unit::Hours)),
            ("5M", Err(ScheduleError::Interval)),
            ("1 day", Err(ScheduleError::Interval)),
            ("1  minute", Err(ScheduleError::Interval)),
            (" 1 minute", Err(ScheduleError::Interval)),
            ("-5 minutes", Err(ScheduleError::Interval)),
            ("1.5 hours", Err(ScheduleError::Interval)),
            ("99999999999 hours", Err(ScheduleError::Interval)),
            ("", Err(ScheduleError::Interval)),
            ("ten minutes", Err(ScheduleError::Interval)),
        ] {
            assert_eq!(Schedule::parse_interval(text), parsed, "{text}");
        }
    }
}
