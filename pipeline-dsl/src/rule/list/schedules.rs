use super::{Rule, error, warning};

pub(super) const RULES: &[Rule] = &[
    error(
        "interval",
        "text that is no interval, or one out of bounds: 10 seconds to 8 days for a schedule",
        "R119, R125, R126, R127",
        "schedule_is_shorter_than_ten_seconds",
    ),
    error(
        "cron-fields",
        "a cron expression without exactly five fields and a time zone",
        "R120",
        "cron_has_no_time_zone",
    ),
    error(
        "cron-field",
        "values, names and signs that Snowflake does not accept in a cron field (`7`, `?`, `#`, `W`, reversed ranges, step 0)",
        "R121",
        "cron_has_sunday_as_seven",
    ),
    error(
        "cron-zone",
        "a time zone that is no IANA name, such as an abbreviation or an offset",
        "R120",
        "cron_has_an_abbreviated_zone",
    ),
    error("cron-never", "a cron expression that never fires", "R121", "cron_never_fires"),
    warning(
        "cron-day-or-weekday",
        "a cron expression that restricts days of the month and days of the week: it fires on either, not on both",
        "R122",
        "cron_restricts_days_and_weekdays",
    ),
    warning(
        "cron-clock-change",
        "a cron expression that names the hours 1 or 2 in a zone with summer time: twice a year it runs twice or not at all",
        "R123",
        "cron_fires_when_clocks_change",
    ),
];
