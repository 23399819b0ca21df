//! Intervals and cron expressions that attributes give, checked.

use super::value;
use crate::schedule::Schedule;

/// Rule `interval`: an interval in the given bounds of seconds.
#[doc(hidden)]
#[track_caller]
pub const fn check_interval(what: &str, text: &'static str, low: u64, high: u64) -> Schedule {
    value::raise(value::interval(what, text, low, high));
    match Schedule::parse_interval(text) {
        Ok(schedule) => schedule,
        Err(_) => unreachable!(),
    }
}

/// Rule `interval`, for the schedule of a task: 10 seconds to 8 days.
#[doc(hidden)]
#[track_caller]
pub const fn check_schedule(text: &'static str) -> Schedule {
    check_interval("schedule", text, 10, 8 * 24 * 3600)
}

/// The seconds of a checked interval; at most `high`.
#[doc(hidden)]
#[track_caller]
pub const fn check_seconds(what: &str, text: &'static str, high: u64) -> u32 {
    check_seconds_from(what, text, 0, high) as u32
}

/// The same from `low` to `high`.
#[doc(hidden)]
#[track_caller]
pub const fn check_seconds_from(what: &str, text: &'static str, low: u64, high: u64) -> u64 {
    match check_interval(what, text, low, high) {
        Schedule::Every { amount, unit } => amount as u64 * unit.seconds(),
        Schedule::Cron(_) => 0,
    }
}

/// The milliseconds of a checked interval; at most `high` seconds.
#[doc(hidden)]
#[track_caller]
pub const fn check_milliseconds(what: &str, text: &'static str, high: u64) -> u64 {
    check_seconds_from(what, text, 0, high) * 1000
}

/// Rules `cron-fields`, `cron-field`, `cron-zone` and `cron-never`.
#[doc(hidden)]
#[track_caller]
pub const fn check_cron(text: &'static str) -> Schedule {
    value::raise(value::cron(text));
    Schedule::Cron(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_rule() {
        for (check, text, rule) in [
            (check_schedule as fn(&'static str) -> Schedule, "9 seconds", "interval"),
            (check_schedule, "193 hours", "interval"),
            (check_schedule, "soon", "interval"),
            (check_cron, "* * * * 7 UTC", "cron-field"),
            (check_cron, "* * * * *", "cron-fields"),
            (check_cron, "* * * * * EST", "cron-zone"),
        ] {
            let panic = std::panic::catch_unwind(|| check(text)).unwrap_err();
            assert!(panic.downcast_ref::<String>().unwrap().contains(&format!("rule: {rule}")), "{text}");
        }
        assert_eq!(check_schedule("2 minutes").sql(), "2 MINUTES");
    }
}
