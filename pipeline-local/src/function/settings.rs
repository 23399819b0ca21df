//! What functions know of the session they run in.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use chrono_tz::Tz;
use datafusion::common::config::{ConfigEntry, ConfigExtension, ConfigOptions, ExtensionOptions};
use datafusion::error::{DataFusionError, Result};
use parking_lot::Mutex;

use crate::clock::Clock;
use crate::session::Parameters;
use crate::types::SqlType;

/// What belongs to a running statement and is no setting.
#[derive(Debug, Clone, Default)]
struct Running {
    /// How often each call of a function that counts, such as RANDOM(1), was evaluated.
    counters: Arc<Mutex<HashMap<usize, u64>>>,
    clock: Clock,
}

impl PartialEq for Running {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Running {}

/// The session parameters that functions follow. The executor puts them into the session's configuration
/// (`config.options_mut().extensions.insert(Settings::of(&session.parameters))`); without them the defaults hold. Each statement gets a value
/// of its own, as functions that count start anew with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// TIMEZONE.
    pub time_zone: Tz,
    /// WEEK_START: 0 is Snowflake's legacy behaviour, 1 (Monday) to 7 (Sunday) set the first day.
    pub week_start: u8,
    /// WEEK_OF_YEAR_POLICY: 0 for ISO, 1 for the week that holds January 1.
    pub week_of_year_policy: u8,
    /// TWO_DIGIT_CENTURY_START.
    pub century_start: i32,
    /// DATE_INPUT_FORMAT.
    pub date_input: String,
    /// TIME_INPUT_FORMAT.
    pub time_input: String,
    /// TIMESTAMP_INPUT_FORMAT.
    pub timestamp_input: String,
    /// DATE_OUTPUT_FORMAT.
    pub date_output: String,
    /// TIME_OUTPUT_FORMAT.
    pub time_output: String,
    /// TIMESTAMP_NTZ_OUTPUT_FORMAT.
    pub ntz_output: String,
    /// TIMESTAMP_LTZ_OUTPUT_FORMAT.
    pub ltz_output: String,
    /// TIMESTAMP_TZ_OUTPUT_FORMAT.
    pub tz_output: String,
    /// BINARY_INPUT_FORMAT.
    pub binary_input: String,
    /// BINARY_OUTPUT_FORMAT.
    pub binary_output: String,
    running: Running,
}

impl Settings {
    /// The defaults, with another time zone.
    pub fn in_zone(time_zone: Tz) -> Self {
        Self { time_zone, ..Self::default() }
    }

    /// How often this was asked for a call before, within the statement.
    pub(super) fn count(&self, call: usize) -> u64 {
        let mut counters = self.running.counters.lock();
        let count = counters.entry(call).or_default();
        *count += 1;
        *count - 1
    }

    /// Reads a session's parameters.
    pub fn of(parameters: &Parameters) -> Self {
        let or_default = |name: &str| {
            let text = parameters.text(name);
            if text.is_empty() { parameters.text("TIMESTAMP_OUTPUT_FORMAT") } else { text }
        };
        Self {
            time_zone: parameters.time_zone(),
            week_start: parameters.number("WEEK_START") as u8,
            week_of_year_policy: parameters.number("WEEK_OF_YEAR_POLICY") as u8,
            century_start: parameters.number("TWO_DIGIT_CENTURY_START") as i32,
            date_input: parameters.text("DATE_INPUT_FORMAT"),
            time_input: parameters.text("TIME_INPUT_FORMAT"),
            timestamp_input: parameters.text("TIMESTAMP_INPUT_FORMAT"),
            date_output: parameters.text("DATE_OUTPUT_FORMAT"),
            time_output: parameters.text("TIME_OUTPUT_FORMAT"),
            ntz_output: or_default("TIMESTAMP_NTZ_OUTPUT_FORMAT"),
            ltz_output: or_default("TIMESTAMP_LTZ_OUTPUT_FORMAT"),
            tz_output: or_default("TIMESTAMP_TZ_OUTPUT_FORMAT"),
            binary_input: parameters.text("BINARY_INPUT_FORMAT"),
            binary_output: parameters.text("BINARY_OUTPUT_FORMAT"),
            running: Running::default(),
        }
    }

    /// With the clock that waiting functions follow; by default it is the machine's.
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.running.clock = clock;
        self
    }

    /// See [`Settings::with_clock`].
    pub(super) fn clock(&self) -> &Clock {
        &self.running.clock
    }

    /// Those that the executor has put into a configuration, else the defaults.
    pub fn from_config(config: &ConfigOptions) -> Self {
        config.extensions.get::<Self>().cloned().unwrap_or_default()
    }

    /// The output format of a date, time or timestamp type; empty for other types.
    pub fn output_format(&self, sql_type: SqlType) -> &str {
        match sql_type {
            SqlType::Date => &self.date_output,
            SqlType::Time(_) => &self.time_output,
            SqlType::TimestampNtz(_) => &self.ntz_output,
            SqlType::TimestampLtz(_) => &self.ltz_output,
            SqlType::TimestampTz(_) => &self.tz_output,
            _ => "",
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::of(&Parameters::default())
    }
}

impl ConfigExtension for Settings {
    const PREFIX: &'static str = "snowflake";
}

impl ExtensionOptions for Settings {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, key: &str, _value: &str) -> Result<()> {
        Err(DataFusionError::Configuration(format!("{key} is set by ALTER SESSION only")))
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        Vec::new()
    }
}
