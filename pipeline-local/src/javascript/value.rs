//! Values on their way between SQL and JavaScript: each is a small JSON object with its `kind`.

use chrono_tz::Tz;
use datafusion::common::ScalarValue;
use serde::Deserialize;
use serde_json::json;

use crate::exec::Value;
use crate::function::datum::{self, Datum};
use crate::function::json::Json;
use crate::function::time;
use crate::types::SqlType;
use crate::{Result, SqlError};

/// The largest number up to which a JavaScript number is every integer.
const SAFE: f64 = 9_007_199_254_740_992.0;

/// A value as what it is made of.
pub(super) fn datum_of(value: &Value) -> Result<Datum> {
    datum::read(&value.scalar.to_array().map_err(SqlError::internal)?, 0)
}

/// An argument as the script gets it: NULL is `undefined`, timestamps are `Date`.
pub(super) fn argument(value: &Value, zone: Tz) -> Result<String> {
    Ok(match datum_of(value)? {
        Datum::Null => json!({"kind": "undefined"}).to_string(),
        Datum::Ntz(wall) => date(time::to_instant(wall, zone)),
        Datum::Ltz(instant) | Datum::Tz(instant, _) => date(instant),
        datum => plain(datum, zone),
    })
}

/// A cell of a result as `getColumnValue` gives it: NULL is `null`, timestamps are `SfDate`.
pub(super) fn cell(value: &Value, zone: Tz) -> Result<String> {
    let datum = datum_of(value)?;
    let (of, micros, instant, offset) = match datum {
        Datum::Ntz(wall) => {
            let instant = time::to_instant(wall, zone);
            ("ntz", wall, instant, time::offset_minutes(instant, zone))
        }
        Datum::Ltz(instant) => ("ltz", instant, instant, time::offset_minutes(instant, zone)),
        Datum::Tz(instant, offset) => ("tz", instant, instant, offset),
        datum => return Ok(plain(datum, zone)),
    };
    let scale = match value.sql_type {
        SqlType::TimestampNtz(scale) | SqlType::TimestampLtz(scale) | SqlType::TimestampTz(scale) => scale,
        _ => 9,
    };
    Ok(json!({
        "kind": "moment",
        "of": of,
        "micros": micros.to_string(),
        "time": instant.div_euclid(1000),
        "seconds": instant.div_euclid(1_000_000),
        "nanos": instant.rem_euclid(1_000_000) * 1000,
        "scale": scale,
        "offset": offset,
    })
    .to_string())
}

fn date(instant: i64) -> String {
    json!({"kind": "date", "value": instant.div_euclid(1000)}).to_string()
}

fn plain(datum: Datum, zone: Tz) -> String {
    let value = |text: &str| format!(r#"{{"kind":"value","value":{text}}}"#);
    match datum {
        Datum::Null => json!({"kind": "null"}).to_string(),
        // All digits go over; JavaScript reads the nearest number.
        Datum::Number(unscaled, scale) => value(&Json::number(unscaled, scale).to_string()),
        Datum::Float(float) if float.is_finite() => value(&format!("{float:?}")),
        Datum::Float(float) if float.is_nan() => json!({"kind": "float", "value": "NaN"}).to_string(),
        Datum::Float(float) => {
            json!({"kind": "float", "value": if float > 0.0 { "Infinity" } else { "-Infinity" }}).to_string()
        }
        Datum::Text(text) => json!({"kind": "value", "value": text}).to_string(),
        Datum::Boolean(boolean) => json!({"kind": "value", "value": boolean}).to_string(),
        Datum::Date(days) => date(time::to_instant(i64::from(days) * time::DAY, zone)),
        Datum::Binary(bytes) => json!({"kind": "bytes", "value": bytes}).to_string(),
        Datum::Json(json) => value(&defined(json).to_string()),
        moment @ (Datum::Time(_) | Datum::Ntz(_) | Datum::Ltz(_) | Datum::Tz(..)) => {
            json!({"kind": "value", "value": crate::function::cast::text_of(&moment, zone)}).to_string()
        }
    }
}

/// SQL NULL inside of an array has no form in JSON.
fn defined(json: Json) -> Json {
    match json {
        Json::Undefined => Json::Null,
        Json::Array(items) => Json::Array(items.into_iter().map(defined).collect()),
        Json::Object(members) => Json::Object(members.into_iter().map(|(key, value)| (key, defined(value))).collect()),
        other => other,
    }
}

/// A value from the script.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Given {
    Undefined,
    Null,
    Number {
        text: String,
        #[serde(default)]
        json: String,
    },
    Text {
        text: String,
        #[serde(default)]
        json: String,
    },
    Boolean {
        value: bool,
        text: String,
        json: String,
    },
    Moment {
        of: Of,
        micros: String,
        offset: i32,
        #[serde(default)]
        text: String,
        #[serde(default)]
        json: String,
    },
    Bytes {
        value: Vec<u8>,
        text: String,
        json: String,
    },
    Other {
        text: String,
        json: String,
    },
}

/// Which type of timestamp.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Of {
    Ntz,
    Ltz,
    Tz,
}

impl Given {
    /// As the value of a bind variable: whole numbers are NUMBER, others FLOAT.
    pub(super) fn bound(self) -> Result<Value> {
        if let Self::Number { text, .. } = &self {
            let number = number(text)?;
            if number.fract() == 0.0 && number.abs() <= SAFE {
                return Ok(Value::integer(number as i64));
            }
        }
        self.natural()
    }

    /// As what the procedure returns, as near to the declared type as the value itself tells; CAST does the rest.
    pub(super) fn returned(self, declared: SqlType) -> Result<Value> {
        match self {
            Self::Undefined => Ok(Value::null(declared)),
            Self::Null if declared == SqlType::Variant => variant(declared, "null"),
            Self::Null => Ok(Value::null(declared)),
            Self::Number { json, .. }
            | Self::Text { json, .. }
            | Self::Boolean { json, .. }
            | Self::Moment { json, .. }
            | Self::Bytes { json, .. }
            | Self::Other { json, .. }
                if declared.is_semi_structured() =>
            {
                variant(declared, &json)
            }
            Self::Number { text, .. }
            | Self::Text { text, .. }
            | Self::Boolean { text, .. }
            | Self::Moment { text, .. }
            | Self::Bytes { text, .. }
            | Self::Other { text, .. }
                if matches!(declared, SqlType::Varchar(_)) =>
            {
                Ok(Value::text(text))
            }
            given => given.natural(),
        }
    }

    fn natural(self) -> Result<Value> {
        let (sql_type, scalar) = match self {
            Self::Undefined | Self::Null => return Ok(Value::null(SqlType::TEXT)),
            Self::Number { text, .. } => (SqlType::Float, ScalarValue::Float64(Some(number(&text)?))),
            Self::Text { text, .. } | Self::Other { text, .. } => return Ok(Value::text(text)),
            Self::Boolean { value, .. } => return Ok(Value::boolean(value)),
            Self::Bytes { value, .. } => {
                (SqlType::Binary(crate::types::DEFAULT_BINARY_LENGTH), ScalarValue::Binary(Some(value)))
            }
            Self::Moment { of, micros, offset, .. } => {
                let micros = micros
                    .parse()
                    .map_err(|_| SqlError::new(100_035, "22007", format!("Timestamp '{micros}' is not recognized")))?;
                let (sql_type, datum) = match of {
                    Of::Ntz => (SqlType::TimestampNtz(9), Datum::Ntz(micros)),
                    Of::Ltz => (SqlType::TimestampLtz(9), Datum::Ltz(micros)),
                    Of::Tz => (SqlType::TimestampTz(9), Datum::Tz(micros, offset)),
                };
                let array = datum::build(sql_type, [datum])?;
                (sql_type, ScalarValue::try_from_array(&array, 0).map_err(SqlError::internal)?)
            }
        };
        Ok(Value { sql_type, scalar })
    }
}

fn number(text: &str) -> Result<f64> {
    match text {
        "NaN" => Ok(f64::NAN),
        "Infinity" => Ok(f64::INFINITY),
        "-Infinity" => Ok(f64::NEG_INFINITY),
        text => text.parse().map_err(|_| SqlError::internal(format_args!("{text} is not a number"))),
    }
}

/// A semi-structured value from JSON text.
fn variant(declared: SqlType, text: &str) -> Result<Value> {
    let json = Json::parse(text).map_err(|error| SqlError::internal(format_args!("JSON of the script: {error}")))?;
    let fits = match declared {
        SqlType::Object => matches!(json, Json::Object(_)),
        SqlType::Array => matches!(json, Json::Array(_)),
        _ => true,
    };
    if !fits {
        return Err(SqlError::new(
            100_071,
            "22000",
            format!("Failed to cast variant value {json} to {}", declared.family()),
        ));
    }
    Ok(Value { sql_type: declared, scalar: ScalarValue::LargeUtf8(Some(json.to_string())) })
}
