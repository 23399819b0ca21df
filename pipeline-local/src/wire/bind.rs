//! Bind values of a request.

use std::collections::HashMap;

use datafusion::arrow::array::{ArrayRef, Int32Array, StructArray, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use indexmap::IndexMap;
use serde::Deserialize;

use crate::statement::{Binds, Value};
use crate::types::SqlType;
use crate::{Result, SqlError};

/// The `bindings` of a request by number or name.
pub(super) type WireBindings = IndexMap<String, WireBinding>;

/// One bind: a text of a type, or one text per row.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct WireBinding {
    #[serde(rename = "type")]
    wire_type: String,
    value: WireValue,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum WireValue {
    Null,
    Text(String),
    // Some clients send numbers and booleans as they are.
    Number(serde_json::Number),
    Boolean(bool),
    Rows(Vec<Option<String>>),
}

/// What a request binds: one set of values, or one per row of an array bind.
#[derive(Debug, Clone)]
pub(super) enum BoundRows {
    /// The statement runs once.
    One(Binds),
    /// The statement runs once per element.
    Many(Vec<Binds>),
}

/// Reads the binds of a request.
///
/// # Errors
/// 002099 when arrays differ in length, 002086 for a value that is not of its type, 000002 for types that are not
/// available.
pub(super) fn read(bindings: Option<&WireBindings>) -> Result<BoundRows> {
    let Some(bindings) = bindings.filter(|bindings| !bindings.is_empty()) else {
        return Ok(BoundRows::One(Binds::none()));
    };
    let mut rows: Option<usize> = None;
    for binding in bindings.values() {
        if let WireValue::Rows(values) = &binding.value
            && *rows.get_or_insert(values.len()) != values.len()
        {
            return Err(SqlError::new(2099, "42601", "The arrays of an array bind differ in length."));
        }
    }
    match rows {
        None => Ok(BoundRows::One(row(bindings, 0)?)),
        Some(count) => Ok(BoundRows::Many((0..count).map(|at| row(bindings, at)).collect::<Result<_>>()?)),
    }
}

fn row(bindings: &WireBindings, at: usize) -> Result<Binds> {
    let mut numbered: Vec<(usize, Value)> = Vec::new();
    let mut named = HashMap::new();
    for (key, binding) in bindings {
        let text = match &binding.value {
            WireValue::Null => None,
            WireValue::Text(text) => Some(text.clone()),
            WireValue::Number(number) => Some(number.to_string()),
            WireValue::Boolean(value) => Some(value.to_string()),
            WireValue::Rows(values) => values.get(at).cloned().flatten(),
        };
        let value = value(&binding.wire_type, text.as_deref()).map_err(|error| match error.code {
            2086 => SqlError { message: format!("{} (bind {key})", error.message), ..error },
            _ => error,
        })?;
        match key.parse::<usize>() {
            Ok(number) if number > 0 => numbered.push((number, value)),
            _ => {
                named.insert(key.trim_start_matches(':').to_uppercase(), value);
            }
        }
    }
    numbered.sort_by_key(|(number, _)| *number);
    if let Some((at, _)) = numbered.iter().enumerate().find(|(at, (number, _))| *number != at + 1) {
        return Err(SqlError::compilation(2049, "42601", format_args!("Bind variable :{} not set.", at + 1)));
    }
    let positional = numbered.into_iter().map(|(_, value)| value).collect();
    Ok(Binds { positional, named, ..Binds::none() })
}

fn value(wire_type: &str, text: Option<&str>) -> Result<Value> {
    let wire_type = wire_type.to_ascii_uppercase();
    let null_type = match wire_type.as_str() {
        "FIXED" => SqlType::INTEGER,
        "REAL" => SqlType::Float,
        "TEXT" | "ANY" => SqlType::TEXT,
        "BOOLEAN" => SqlType::Boolean,
        "DATE" => SqlType::Date,
        "TIME" => SqlType::Time(9),
        "TIMESTAMP_NTZ" | "TIMESTAMP" => SqlType::TimestampNtz(9),
        "TIMESTAMP_LTZ" => SqlType::TimestampLtz(9),
        "TIMESTAMP_TZ" => SqlType::TimestampTz(9),
        "BINARY" => SqlType::Binary(crate::types::DEFAULT_BINARY_LENGTH),
        "VARIANT" => SqlType::Variant,
        "OBJECT" => SqlType::Object,
        "ARRAY" => SqlType::Array,
        other => return Err(SqlError::unsupported(format_args!("binds of type {other}"))),
    };
    let Some(text) = text else { return Ok(Value::null(null_type)) };
    let wrong = || {
        SqlError::new(2086, "22018", format!("Binding data in type ({}) failed: '{text}'", wire_type.to_lowercase()))
    };
    let integer = || text.trim().parse::<i128>().map_err(|_| wrong());
    let micros = |nanoseconds: i128| i64::try_from(nanoseconds.div_euclid(1000)).map_err(|_| wrong());
    let scalar = match null_type {
        SqlType::Number { .. } => return decimal(text.trim()).ok_or_else(wrong),
        SqlType::Float => {
            // Rust reads `inf`, `Infinity` and `NaN` in any letter case.
            ScalarValue::Float64(Some(text.trim().parse().map_err(|_| wrong())?))
        }
        SqlType::Boolean => ScalarValue::Boolean(Some(match text.to_ascii_lowercase().as_str() {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => return Err(wrong()),
        })),
        SqlType::Date => {
            let days = integer()?.div_euclid(86_400_000);
            ScalarValue::Date32(Some(i32::try_from(days).map_err(|_| wrong())?))
        }
        SqlType::Time(_) => {
            let nanoseconds = i64::try_from(integer()?).ok().filter(|value| (0..86_400_000_000_000).contains(value));
            ScalarValue::Time64Nanosecond(Some(nanoseconds.ok_or_else(wrong)?))
        }
        SqlType::TimestampNtz(_) => ScalarValue::TimestampMicrosecond(Some(micros(integer()?)?), None),
        SqlType::TimestampLtz(_) => ScalarValue::TimestampMicrosecond(Some(micros(integer()?)?), Some("UTC".into())),
        SqlType::TimestampTz(_) => {
            let (nanoseconds, offset) = text.trim().split_once(' ').ok_or_else(wrong)?;
            let instant = micros(nanoseconds.parse().map_err(|_| wrong())?)?;
            let offset: i32 = offset.trim().parse().map_err(|_| wrong())?;
            zoned(instant, offset - 1440).ok_or_else(wrong)?
        }
        SqlType::Binary(_) => ScalarValue::Binary(Some(hex(text).ok_or_else(wrong)?)),
        SqlType::Variant | SqlType::Object | SqlType::Array | SqlType::Structured(_) | SqlType::Vector(..) => {
            serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|_| wrong())?;
            ScalarValue::LargeUtf8(Some(text.to_owned()))
        }
        SqlType::Varchar(_) => ScalarValue::Utf8(Some(text.to_owned())),
    };
    Ok(Value { sql_type: null_type, scalar })
}

/// A decimal literal as a NUMBER with as many fraction digits as it has.
fn decimal(text: &str) -> Option<Value> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let plain = all.bytes().all(|byte| byte.is_ascii_digit());
    if all.is_empty() || !plain || fraction.len() > 37 || all.trim_start_matches('0').len() > 38 {
        return None;
    }
    let magnitude: i128 = all.parse().ok()?;
    let scale = fraction.len() as u8;
    let scalar = ScalarValue::Decimal128(Some(if negative { -magnitude } else { magnitude }), 38, scale as i8);
    Some(Value { sql_type: SqlType::Number { precision: 38, scale }, scalar })
}

fn zoned(instant: i64, offset: i32) -> Option<ScalarValue> {
    let DataType::Struct(fields) = SqlType::TimestampTz(9).arrow() else { return None };
    let instant: ArrayRef = std::sync::Arc::new(TimestampMicrosecondArray::from(vec![instant]).with_timezone("UTC"));
    let offset: ArrayRef = std::sync::Arc::new(Int32Array::from(vec![offset]));
    let array = StructArray::try_new(fields, vec![instant, offset], None).ok()?;
    Some(ScalarValue::Struct(std::sync::Arc::new(array)))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|char| char.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    let pairs = digits.chunks(2);
    pairs.map(|pair| if let [high, low] = pair { Some(high << 4 | low) } else { None }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bindings(json: serde_json::Value) -> WireBindings {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn every_type_is_read() {
        use ScalarValue::*;
        let utc = || Some("UTC".into());
        let cases = [
            ("FIXED", "42", Decimal128(Some(42), 38, 0)),
            ("FIXED", "-1.50", Decimal128(Some(-150), 38, 2)),
            ("REAL", "1.5e3", Float64(Some(1500.0))),
            ("REAL", "-Infinity", Float64(Some(f64::NEG_INFINITY))),
            ("TEXT", "a", Utf8(Some("a".to_owned()))),
            ("BOOLEAN", "TRUE", Boolean(Some(true))),
            ("DATE", "1718409600000", Date32(Some(19_889))),
            ("DATE", "-86400000", Date32(Some(-1))),
            ("TIME", "45296123000000", Time64Nanosecond(Some(45_296_123_000_000))),
            ("TIMESTAMP_NTZ", "1718454645123456000", TimestampMicrosecond(Some(1_718_454_645_123_456), None)),
            ("TIMESTAMP_LTZ", "-1", TimestampMicrosecond(Some(-1), utc())),
            ("BINARY", "48656c6C6F", Binary(Some(b"Hello".to_vec()))),
            ("VARIANT", "{\"a\":1}", LargeUtf8(Some("{\"a\":1}".to_owned()))),
        ];
        for (wire_type, text, expected) in cases {
            let value = value(wire_type, Some(text)).unwrap();
            assert_eq!(value.scalar, expected, "{wire_type} {text}");
            assert_eq!(value.scalar.data_type(), value.sql_type.arrow(), "{wire_type}");
        }
        let zoned = value("TIMESTAMP_TZ", Some("1718454645000000000 1980")).unwrap();
        let ScalarValue::Struct(array) = &zoned.scalar else { panic!("{zoned:?}") };
        assert_eq!(format!("{:?}", array.column(1)), "PrimitiveArray<Int32>\n[\n  540,\n]");
    }

    #[test]
    fn values_that_do_not_fit_their_type_are_refused() {
        for (wire_type, text) in [
            ("FIXED", "1e3"),
            ("FIXED", ""),
            ("FIXED", "1.2.3"),
            ("FIXED", "999999999999999999999999999999999999999"),
            ("REAL", "x"),
            ("BOOLEAN", "maybe"),
            ("DATE", "2024-01-01"),
            ("TIME", "-1"),
            ("TIME", "86400000000000"),
            ("TIMESTAMP_TZ", "17"),
            ("BINARY", "ABC"),
            ("BINARY", "XY"),
            ("VARIANT", "{"),
        ] {
            let error = value(wire_type, Some(text)).unwrap_err();
            assert_eq!(error.code, 2086, "{wire_type} {text}");
        }
        assert_eq!(value("GEOGRAPHY", Some("x")).unwrap_err().code, 2);
    }

    #[test]
    fn keys_are_numbers_or_names() {
        let json = serde_json::json!({
            "2": { "type": "TEXT", "value": null }, "1": { "type": "FIXED", "value": "1" },
            "id": { "type": "TEXT", "value": "x" },
        });
        let BoundRows::One(binds) = read(Some(&bindings(json))).unwrap() else { panic!("not an array bind") };
        assert_eq!(binds.positional.len(), 2);
        assert!(binds.positional[1].is_null());
        assert!(binds.named.contains_key("ID"));

        let gap = serde_json::json!({ "2": { "type": "TEXT", "value": "x" } });
        assert_eq!(read(Some(&bindings(gap))).unwrap_err().code, 2049);
    }

    #[test]
    fn arrays_give_a_row_each() {
        let json = serde_json::json!({
            "1": { "type": "FIXED", "value": ["1", "2", null] }, "2": { "type": "TEXT", "value": ["a", "b", "c"] },
        });
        let BoundRows::Many(rows) = read(Some(&bindings(json))).unwrap() else { panic!("an array bind") };
        assert_eq!(rows.len(), 3);
        assert!(rows[2].positional[0].is_null());

        let uneven = serde_json::json!({
            "1": { "type": "FIXED", "value": ["1"] }, "2": { "type": "TEXT", "value": ["a", "b"] },
        });
        assert_eq!(read(Some(&bindings(uneven))).unwrap_err().code, 2099);
    }
}
