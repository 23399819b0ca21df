//! Session parameters: which there are, their types and defaults, and the values one session has set.

use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{Result, SqlError};

/// The value of a session parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParameterValue {
    /// TRUE or FALSE.
    Boolean(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
}

impl std::fmt::Display for ParameterValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
        }
    }
}

/// What the engine does with a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// The engine or the client follows it.
    Followed,
    /// It is known, but only its default is available here; any other value is refused.
    DefaultOnly,
}

#[derive(Debug, Clone, Copy)]
enum Default {
    Bool(bool),
    Int(i64, i64, i64),
    Text(&'static str),
}

/// One known parameter.
#[derive(Debug, Clone, Copy)]
pub struct ParameterInfo {
    /// Its name in upper case.
    pub name: &'static str,
    default: Default,
    effect: Effect,
    at_login: bool,
}

impl ParameterInfo {
    /// Its value where nothing was set.
    pub fn default_value(&self) -> ParameterValue {
        match self.default {
            Default::Bool(value) => ParameterValue::Boolean(value),
            Default::Int(value, ..) => ParameterValue::Number(value),
            Default::Text(value) => ParameterValue::Text(value.to_owned()),
        }
    }

    /// `BOOLEAN`, `NUMBER` or `STRING`, as SHOW PARAMETERS has it.
    pub fn type_name(&self) -> &'static str {
        match self.default {
            Default::Bool(_) => "BOOLEAN",
            Default::Int(..) => "NUMBER",
            Default::Text(_) => "STRING",
        }
    }

    fn read(&self, text: &str) -> Result<ParameterValue> {
        let invalid = || {
            SqlError::compilation(1008, "22023", format_args!("invalid value [{text}] for parameter '{}'", self.name))
        };
        let value = match self.default {
            Default::Bool(_) => ParameterValue::Boolean(match text.to_ascii_lowercase().as_str() {
                "true" | "t" | "yes" | "y" | "on" | "1" => true,
                "false" | "f" | "no" | "n" | "off" | "0" => false,
                _ => return Err(invalid()),
            }),
            Default::Int(_, low, high) => {
                let number: i64 = text.trim().parse().map_err(|_| invalid())?;
                if !(low..=high).contains(&number) {
                    return Err(SqlError::new(
                        1008,
                        "22023",
                        format!(
                            "SQL compilation error: \nparameter value out of range: {number}. Must be between {} and {}.",
                            grouped(low),
                            grouped(high)
                        ),
                    ));
                }
                ParameterValue::Number(number)
            }
            Default::Text(default) if text.eq_ignore_ascii_case(default) => ParameterValue::Text(default.to_owned()),
            Default::Text(_) if self.name.ends_with("_QUERY_RESULT_FORMAT") => {
                let upper = text.to_ascii_uppercase();
                if !["JSON", "ARROW", "ARROW_FORCE"].contains(&upper.as_str()) {
                    return Err(invalid());
                }
                ParameterValue::Text(upper)
            }
            Default::Text(_) => ParameterValue::Text(text.to_owned()),
        };
        match self.name {
            "BINARY_INPUT_FORMAT" | "BINARY_OUTPUT_FORMAT"
                if !["HEX", "BASE64", "UTF8", "UTF-8"].contains(&text.to_ascii_uppercase().as_str()) =>
            {
                return Err(invalid());
            }
            "TIMEZONE" if text.parse::<chrono_tz::Tz>().is_err() => return Err(invalid()),
            "TIMESTAMP_TYPE_MAPPING"
                if !["TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ"]
                    .contains(&text.to_ascii_uppercase().as_str()) =>
            {
                return Err(invalid());
            }
            _ => {}
        }
        if self.effect == Effect::DefaultOnly && value != self.default_value() {
            return Err(SqlError::unsupported(format_args!("{} = {text}", self.name)));
        }
        Ok(value)
    }
}

const fn followed(name: &'static str, default: Default) -> ParameterInfo {
    ParameterInfo { name, default, effect: Effect::Followed, at_login: false }
}

/// Followed, and told to clients at login and after each statement.
const fn told(name: &'static str, default: Default) -> ParameterInfo {
    ParameterInfo { name, default, effect: Effect::Followed, at_login: true }
}

const fn default_only(name: &'static str, default: Default) -> ParameterInfo {
    ParameterInfo { name, default, effect: Effect::DefaultOnly, at_login: false }
}

/// A number with commas between thousands.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "-".to_owned() } else { String::new() };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

const fn number(default: i64, high: i64) -> Default {
    Default::Int(default, 0, high)
}

/// All parameters, by name.
///
/// <https://docs.snowflake.com/en/sql-reference/parameters>
pub const PARAMETERS: &[ParameterInfo] = &[
    default_only("ABORT_DETACHED_QUERY", Default::Bool(false)),
    told("AUTOCOMMIT", Default::Bool(true)),
    followed("BINARY_INPUT_FORMAT", Default::Text("HEX")),
    told("BINARY_OUTPUT_FORMAT", Default::Text("HEX")),
    told("CLIENT_DISABLE_INCIDENTS", Default::Bool(true)),
    told("CLIENT_HONOR_CLIENT_TZ_FOR_TIMESTAMP_NTZ", Default::Bool(true)),
    told("CLIENT_MEMORY_LIMIT", number(1536, i64::MAX)),
    told("CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX", Default::Bool(false)),
    told("CLIENT_METADATA_USE_SESSION_DATABASE", Default::Bool(false)),
    told("CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED", Default::Bool(false)),
    told("CLIENT_PREFETCH_THREADS", Default::Int(4, 1, 10)),
    told("CLIENT_RESULT_CHUNK_SIZE", Default::Int(160, 16, 160)),
    told("CLIENT_RESULT_COLUMN_CASE_INSENSITIVE", Default::Bool(false)),
    told("CLIENT_RESULT_PREFETCH_SLOTS", Default::Int(2, 1, 100)),
    told("CLIENT_RESULT_PREFETCH_THREADS", Default::Int(1, 1, 100)),
    told("CLIENT_SESSION_CLONE", Default::Bool(false)),
    told("CLIENT_SESSION_KEEP_ALIVE", Default::Bool(false)),
    told("CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY", Default::Int(3600, 900, 3600)),
    // Zero or a small number would make clients bind through a stage.
    told("CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", number(2_147_483_647, 2_147_483_647)),
    told("CLIENT_TELEMETRY_ENABLED", Default::Bool(false)),
    told("CLIENT_TELEMETRY_SESSIONLESS_ENABLED", Default::Bool(false)),
    told("CLIENT_TIMESTAMP_TYPE_MAPPING", Default::Text("TIMESTAMP_LTZ")),
    told("CLIENT_USE_V1_QUERY_API", Default::Bool(true)),
    followed("CLIENT_VALIDATE_DEFAULT_PARAMETERS", Default::Bool(false)),
    followed("DATE_INPUT_FORMAT", Default::Text("AUTO")),
    told("DATE_OUTPUT_FORMAT", Default::Text("YYYY-MM-DD")),
    followed("ERROR_ON_NONDETERMINISTIC_MERGE", Default::Bool(true)),
    followed("ERROR_ON_NONDETERMINISTIC_UPDATE", Default::Bool(false)),
    // The formats of Snowflake itself where clients were tried with it: Python, and ADBC on Go.
    told("GO_QUERY_RESULT_FORMAT", Default::Text("ARROW")),
    told("JDBC_ENABLE_COMBINED_DESCRIBE", Default::Bool(true)),
    told("JDBC_ENABLE_PUT_GET", Default::Bool(true)),
    told("JDBC_EXECUTE_RETURN_COUNT_FOR_DML", Default::Bool(false)),
    told("JDBC_FORMAT_DATE_WITH_TIMEZONE", Default::Bool(true)),
    told("JDBC_QUERY_RESULT_FORMAT", Default::Text("JSON")),
    told("JDBC_RS_COLUMN_CASE_INSENSITIVE", Default::Bool(false)),
    told("JDBC_TREAT_DECIMAL_AS_INT", Default::Bool(true)),
    told("JDBC_TREAT_TIMESTAMP_NTZ_AS_UTC", Default::Bool(false)),
    told("JDBC_USE_JSON_PARSER", Default::Bool(true)),
    told("JDBC_USE_SESSION_TIMEZONE", Default::Bool(true)),
    default_only("JSON_INDENT", number(2, 16)),
    told("JS_TREAT_INTEGER_AS_BIGINT", Default::Bool(false)),
    followed("LOCK_TIMEOUT", number(43_200, i64::MAX)),
    followed("MULTI_STATEMENT_COUNT", number(1, i64::MAX)),
    told("ODBC_QUERY_RESULT_FORMAT", Default::Text("JSON")),
    told("PYTHON_CONNECTOR_QUERY_RESULT_FORMAT", Default::Text("ARROW")),
    told("PYTHON_SNOWPARK_USE_AST", Default::Bool(false)),
    told("QUERY_CONTEXT_CACHE_SIZE", number(5, 1000)),
    followed("QUERY_TAG", Default::Text("")),
    default_only("QUOTED_IDENTIFIERS_IGNORE_CASE", Default::Bool(false)),
    followed("ROWS_PER_RESULTSET", number(0, i64::MAX)),
    default_only("SEARCH_PATH", Default::Text("$current, $public")),
    told("SERVICE_NAME", Default::Text("")),
    told("SNOWPARK_HIDE_INTERNAL_ALIAS", Default::Bool(true)),
    told("SNOWPARK_LAZY_ANALYSIS", Default::Bool(true)),
    told("SNOWPARK_REQUEST_TIMEOUT_IN_SECONDS", number(86_400, i64::MAX)),
    told("SNOWPARK_USE_SCOPED_TEMP_OBJECTS", Default::Bool(false)),
    followed("STATEMENT_QUEUED_TIMEOUT_IN_SECONDS", number(0, i64::MAX)),
    followed("STATEMENT_TIMEOUT_IN_SECONDS", number(172_800, 604_800)),
    default_only("STRICT_JSON_OUTPUT", Default::Bool(false)),
    followed("TIMESTAMP_DAY_IS_ALWAYS_24H", Default::Bool(false)),
    followed("TIMESTAMP_INPUT_FORMAT", Default::Text("AUTO")),
    told("TIMESTAMP_LTZ_OUTPUT_FORMAT", Default::Text("")),
    told("TIMESTAMP_NTZ_OUTPUT_FORMAT", Default::Text("YYYY-MM-DD HH24:MI:SS.FF3")),
    told("TIMESTAMP_OUTPUT_FORMAT", Default::Text("YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM")),
    followed("TIMESTAMP_TYPE_MAPPING", Default::Text("TIMESTAMP_NTZ")),
    told("TIMESTAMP_TZ_OUTPUT_FORMAT", Default::Text("")),
    told("TIMEZONE", Default::Text("America/Los_Angeles")),
    followed("TIME_INPUT_FORMAT", Default::Text("AUTO")),
    told("TIME_OUTPUT_FORMAT", Default::Text("HH24:MI:SS")),
    followed("TRANSACTION_ABORT_ON_ERROR", Default::Bool(false)),
    default_only("TRANSACTION_DEFAULT_ISOLATION_LEVEL", Default::Text("READ COMMITTED")),
    followed("TWO_DIGIT_CENTURY_START", Default::Int(1970, 1900, 2100)),
    default_only("UNSUPPORTED_DDL_ACTION", Default::Text("ignore")),
    followed("USE_CACHED_RESULT", Default::Bool(true)),
    told("VARCHAR_AND_BINARY_MAX_SIZE_IN_RESULT", number(134_217_728, i64::MAX)),
    told("VARIANT_MAX_SIZE_IN_RESULT", number(134_217_728, i64::MAX)),
    followed("WEEK_OF_YEAR_POLICY", number(0, 1)),
    followed("WEEK_START", number(0, 7)),
];

/// The parameter of this name, in any letter case.
pub fn parameter(name: &str) -> Option<&'static ParameterInfo> {
    let upper = name.to_ascii_uppercase();
    PARAMETERS.binary_search_by(|info| info.name.cmp(upper.as_str())).ok().map(|at| &PARAMETERS[at])
}

/// The parameters of one session. Only what differs from the defaults is kept.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    changed: IndexMap<&'static str, ParameterValue>,
    /// Names that only the client knows, sent at login; told back, without effect.
    foreign: IndexMap<String, serde_json::Value>,
    /// [`Parameters::told`] as text, from when it is first asked for until something changes.
    text: OnceLock<Arc<str>>,
}

impl Parameters {
    /// Sets a parameter from its text, as ALTER SESSION SET does.
    ///
    /// # Errors
    /// 001006 for a name that does not exist, 001008 for a value that does not fit, 000002 for one that is not
    /// available here.
    pub fn set(&mut self, name: &str, text: &str) -> Result<()> {
        let info = known(name)?;
        let value = info.read(text)?;
        self.changed.insert(info.name, value);
        self.text.take();
        Ok(())
    }

    /// Sets a parameter back to its default, as ALTER SESSION UNSET does.
    ///
    /// # Errors
    /// 001006 for a name that does not exist.
    pub fn unset(&mut self, name: &str) -> Result<()> {
        self.changed.shift_remove(known(name)?.name);
        self.text.take();
        Ok(())
    }

    /// The value in effect; `None` for a name that does not exist.
    pub fn get(&self, name: &str) -> Option<ParameterValue> {
        let info = parameter(name)?;
        Some(self.changed.get(info.name).cloned().unwrap_or_else(|| info.default_value()))
    }

    /// Whether the session has set it.
    pub fn is_set(&self, name: &str) -> bool {
        parameter(name).is_some_and(|info| self.changed.contains_key(info.name))
    }

    /// The value of a BOOLEAN parameter, false for any other.
    pub fn boolean(&self, name: &str) -> bool {
        matches!(self.get(name), Some(ParameterValue::Boolean(true)))
    }

    /// The value of a NUMBER parameter, 0 for any other.
    pub fn number(&self, name: &str) -> i64 {
        match self.get(name) {
            Some(ParameterValue::Number(value)) => value,
            _ => 0,
        }
    }

    /// The value as text, empty for a name that does not exist.
    pub fn text(&self, name: &str) -> String {
        self.get(name).map(|value| value.to_string()).unwrap_or_default()
    }

    /// The session's time zone.
    pub fn time_zone(&self) -> chrono_tz::Tz {
        self.text("TIMEZONE").parse().unwrap_or(chrono_tz::UTC)
    }

    /// Remembers what a client sent at login under a name that the engine does not know.
    pub(crate) fn remember(&mut self, name: &str, value: serde_json::Value) {
        self.foreign.insert(name.to_ascii_uppercase(), value);
        self.text.take();
    }

    /// What clients are told at login and after each statement: names and values.
    pub(crate) fn told(&self) -> serde_json::Value {
        let known =
            PARAMETERS.iter().filter(|info| info.at_login || self.changed.contains_key(info.name)).map(|info| {
                let value = self.changed.get(info.name).cloned().unwrap_or_else(|| info.default_value());
                json!({ "name": info.name, "value": value })
            });
        known.chain(self.foreign.iter().map(|(name, value)| json!({ "name": name, "value": value }))).collect()
    }

    /// [`Parameters::told`] as JSON text.
    pub(crate) fn told_text(&self) -> Arc<str> {
        self.text.get_or_init(|| self.told().to_string().into()).clone()
    }
}

fn known(name: &str) -> Result<&'static ParameterInfo> {
    parameter(name).ok_or_else(|| {
        SqlError::compilation(1006, "42601", format_args!("invalid parameter '{}'", name.to_uppercase()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_for_the_search() {
        assert!(PARAMETERS.is_sorted_by_key(|info| info.name));
        for info in PARAMETERS {
            assert_eq!(parameter(&info.name.to_lowercase()).unwrap().name, info.name);
            info.read(&info.default_value().to_string()).unwrap();
        }
    }

    #[test]
    fn set_reads_the_type_and_refuses_the_rest() {
        let mut parameters = Parameters::default();
        let cases = [
            ("autocommit", "off", Ok("false")),
            ("AUTOCOMMIT", "maybe", Err(1008)),
            ("WEEK_START", "7", Ok("7")),
            ("WEEK_START", "8", Err(1008)),
            ("TIMEZONE", "Europe/Berlin", Ok("Europe/Berlin")),
            ("TIMEZONE", "Mars/Base", Err(1008)),
            ("QUERY_TAG", "a b", Ok("a b")),
            ("QUOTED_IDENTIFIERS_IGNORE_CASE", "true", Err(2)),
            ("QUOTED_IDENTIFIERS_IGNORE_CASE", "false", Ok("false")),
            ("PYTHON_CONNECTOR_QUERY_RESULT_FORMAT", "json", Ok("JSON")),
            ("PYTHON_CONNECTOR_QUERY_RESULT_FORMAT", "csv", Err(1008)),
            ("NO_SUCH", "1", Err(1006)),
        ];
        for (name, text, expected) in cases {
            let got = parameters.set(name, text).map(|()| parameters.text(name)).map_err(|error| error.code);
            assert_eq!(got, expected.map(str::to_owned), "{name} = {text}");
        }
        parameters.unset("week_start").unwrap();
        assert_eq!(parameters.number("WEEK_START"), 0);
    }

    #[test]
    fn clients_are_told_what_is_set_now() {
        let mut parameters = Parameters::default();
        let value = |parameters: &Parameters, name: &str| {
            let told: serde_json::Value = serde_json::from_str(&parameters.told_text()).unwrap();
            assert_eq!(told, parameters.told());
            told.as_array().unwrap().iter().find(|entry| entry["name"] == name).map(|entry| entry["value"].clone())
        };
        assert_eq!(value(&parameters, "TIMEZONE"), Some("America/Los_Angeles".into()));
        assert_eq!(value(&parameters, "WEEK_START"), None);
        parameters.set("week_start", "3").unwrap();
        parameters.set("AUTOCOMMIT", "false").unwrap();
        parameters.remember("mine", 5.into());
        assert_eq!(value(&parameters, "WEEK_START"), Some(3.into()));
        assert_eq!(value(&parameters, "AUTOCOMMIT"), Some(false.into()));
        assert_eq!(value(&parameters, "MINE"), Some(5.into()));
        parameters.unset("WEEK_START").unwrap();
        assert_eq!(value(&parameters, "WEEK_START"), None);
    }
}
