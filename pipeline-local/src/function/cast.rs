//! Conversions between types.

use chrono_tz::Tz;
use datafusion::arrow::array::{Array, ArrayRef};

use super::cast_whole::whole;
use super::datum::{self, Datum};
use super::decimal;
use super::encode;
use super::json::{Json, Typed};
use super::settings::Settings;
use super::structured;
use super::time;
use crate::error::{Result, SqlError};
use crate::types::SqlType;

/// 100038: text that is no number.
pub fn not_numeric(text: &str) -> SqlError {
    SqlError::new(100_038, "22018", format!("Numeric value '{text}' is not recognized"))
}

/// 100078: text longer than its type.
pub fn too_long(text: &str) -> SqlError {
    SqlError::new(100_078, "22000", format!("String '{text}' is too long and would be truncated"))
}

fn not_recognized(what: &str, code: i32, state: &str, text: &str) -> SqlError {
    SqlError::new(code, state, format!("{what} '{text}' is not recognized"))
}

/// 100071: a VARIANT whose value does not go into a type.
pub(super) fn failed_variant(json: &Json, to: &str) -> SqlError {
    SqlError::new(100_071, "22000", format!("Failed to cast variant value {json} to {to}"))
}

fn no_cast(datum: &Datum, to: SqlType) -> SqlError {
    SqlError::compilation(
        1007,
        "22023",
        format_args!("invalid type [CAST({} AS {to})] for parameter 'TO_{}'", family(datum), to.family()),
    )
}

/// The name of a value's type family.
pub fn family(datum: &Datum) -> &'static str {
    match datum {
        Datum::Null => "NULL",
        Datum::Number(..) => "NUMBER",
        Datum::Float(_) => "FLOAT",
        Datum::Text(_) => "VARCHAR",
        Datum::Boolean(_) => "BOOLEAN",
        Datum::Date(_) => "DATE",
        Datum::Time(_) => "TIME",
        Datum::Ntz(_) => "TIMESTAMP_NTZ",
        Datum::Ltz(_) => "TIMESTAMP_LTZ",
        Datum::Tz(..) => "TIMESTAMP_TZ",
        Datum::Binary(_) => "BINARY",
        Datum::Json(_) => "VARIANT",
    }
}

/// Converts a value in a session that differs from the defaults by its time zone only. See [`cast_datum`].
///
/// # Errors
/// As [`cast_datum`].
pub fn cast(datum: Datum, to: SqlType, zone: Tz) -> Result<Datum> {
    cast_datum(datum, to, &Settings::in_zone(zone))
}

/// Converts a value, as CAST does.
///
/// # Errors
/// Snowflake's error for a value that the target cannot hold or that is not recognised.
pub fn cast_datum(datum: Datum, to: SqlType, settings: &Settings) -> Result<Datum> {
    let zone = settings.time_zone;
    if let (Datum::Json(json), SqlType::Vector(element, length)) = (&datum, to) {
        return match json {
            Json::Null | Json::Undefined => Ok(Datum::Null),
            json => Ok(Datum::Json(structured::vector(json, to, element, length)?)),
        };
    }
    if let Datum::Json(json) = &datum
        && !to.is_semi_structured()
    {
        return cast_json(json, to, settings);
    }
    Ok(match (to, datum) {
        (_, Datum::Null) => Datum::Null,
        (SqlType::Number { precision, scale }, datum) => {
            let shown = plain(&datum);
            let value = match datum {
                Datum::Number(value, from) => decimal::rescale(value, from, scale),
                Datum::Float(value) => decimal::from_float(value, scale),
                Datum::Boolean(value) => decimal::rescale(i128::from(value), 0, scale),
                Datum::Text(text) => {
                    let (value, from) = number_of_text(&text).ok_or_else(|| not_numeric(&text))?;
                    decimal::rescale(value, from, scale)
                }
                other => return Err(no_cast(&other, to)),
            };
            match value.filter(|value| decimal::fits(*value, precision)) {
                Some(value) => Datum::Number(value, scale),
                None => {
                    return Err(SqlError::new(
                        100_046,
                        "22003",
                        format!(
                            "Number out of representable range: type FIXED[{}]({precision},{scale}){{nullable}}, value {shown}",
                            physical(precision)
                        ),
                    ));
                }
            }
        }
        (SqlType::Float, datum) => Datum::Float(match datum {
            Datum::Float(value) => value,
            Datum::Number(value, scale) => decimal::to_float(value, scale),
            Datum::Boolean(value) => f64::from(u8::from(value)),
            Datum::Text(text) => float_of_text(&text).ok_or_else(|| not_numeric(&text))?,
            other => return Err(no_cast(&other, to)),
        }),
        (SqlType::Varchar(length), datum) => {
            let text = match &datum {
                Datum::Binary(bytes) => encode::text_from(bytes, &settings.binary_output)?,
                datum => text_in(datum, settings),
            };
            if text.len() > length as usize && text.chars().count() > length as usize {
                return Err(too_long(&text));
            }
            Datum::Text(text)
        }
        (SqlType::Binary(_), Datum::Binary(bytes)) => Datum::Binary(bytes),
        (SqlType::Binary(_), Datum::Text(text)) => Datum::Binary(encode::bytes_from(&text, &settings.binary_input)?),
        (SqlType::Boolean, datum) => Datum::Boolean(match datum {
            Datum::Boolean(value) => value,
            Datum::Number(value, _) => value != 0,
            Datum::Float(value) if value.is_nan() => {
                return Err(not_recognized("Boolean value", 100_037, "22018", "NaN"));
            }
            Datum::Float(value) => value != 0.0,
            Datum::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "t" | "yes" | "y" | "on" | "1" => true,
                "false" | "f" | "no" | "n" | "off" | "0" => false,
                _ => return Err(not_recognized("Boolean value", 100_037, "22018", &text)),
            },
            other => return Err(no_cast(&other, to)),
        }),
        (SqlType::Date, datum) => Datum::Date(match datum {
            Datum::Date(days) => days,
            Datum::Text(text) => {
                let parsed = time::parse_input(&text, &settings.date_input)
                    .ok_or_else(|| not_recognized("Date", 100_040, "22007", &text))?;
                parsed.wall.div_euclid(time::DAY) as i32
            }
            datum => match wall_of(&datum, zone) {
                Some(wall) => wall.div_euclid(time::DAY) as i32,
                None => return Err(no_cast(&datum, to)),
            },
        }),
        (SqlType::Time(scale), datum) => {
            let nanos = match datum {
                Datum::Time(nanos) => nanos,
                Datum::Text(text) => time::parse_time(text.trim())
                    .or_else(|| time::parse_auto(&text).map(|parsed| parsed.time))
                    .ok_or_else(|| not_recognized("Time", 100_108, "22007", &text))?,
                datum @ (Datum::Ntz(_) | Datum::Ltz(_) | Datum::Tz(..)) => {
                    wall_of(&datum, zone).unwrap_or(0).rem_euclid(time::DAY) * 1000
                }
                other => return Err(no_cast(&other, to)),
            };
            let unit = 10_i64.pow(9 - u32::from(scale));
            Datum::Time(nanos / unit * unit)
        }
        (SqlType::TimestampNtz(scale), datum) => {
            let wall = match &datum {
                Datum::Text(text) => {
                    let parsed = time::parse_input(text, &settings.timestamp_input);
                    parsed.ok_or_else(|| not_recognized("Timestamp", 100_035, "22007", text))?.wall
                }
                Datum::Number(value, from) => seconds(*value, *from)?,
                datum => wall_of(datum, zone).ok_or_else(|| no_cast(datum, to))?,
            };
            Datum::Ntz(cut(wall, scale))
        }
        (SqlType::TimestampLtz(scale), datum) => Datum::Ltz(cut(instant_of(datum, to, settings)?.0, scale)),
        (SqlType::TimestampTz(scale), datum) => {
            let (instant, offset) = instant_of(datum, to, settings)?;
            Datum::Tz(cut(instant, scale), offset)
        }
        (SqlType::Variant, datum) => Datum::Json(json_of(datum, zone)),
        (SqlType::Object, Datum::Json(json @ Json::Object(_))) => Datum::Json(json),
        (SqlType::Array, Datum::Json(json @ Json::Array(_))) => Datum::Json(json),
        (_, Datum::Json(Json::Null | Json::Undefined)) => Datum::Null,
        (SqlType::Structured(structured), Datum::Json(json)) => {
            Datum::Json(structured::cast(&json, to, structured.shape(), settings)?)
        }
        (SqlType::Array, Datum::Json(json)) => Datum::Json(Json::Array(vec![json])),
        (_, Datum::Json(json)) => return Err(failed_variant(&json, to.family())),
        (_, other) => return Err(no_cast(&other, to)),
    })
}

/// Whether there is a conversion between two types at all.
pub fn exists(from: SqlType, to: SqlType) -> bool {
    use SqlType as T;
    let timestamp = |sql_type| matches!(sql_type, T::TimestampNtz(_) | T::TimestampLtz(_) | T::TimestampTz(_));
    if let Some(structured) = structured::convertible(from, to) {
        return structured;
    }
    match (from, to) {
        (T::Variant, _) | (_, T::Variant) => true,
        (_, T::Varchar(_)) => true,
        (T::Varchar(_), to) => !to.is_semi_structured(),
        (T::Binary(_), to) => matches!(to, T::Binary(_)),
        (T::Object, to) => matches!(to, T::Object | T::Array),
        (T::Array, to) => to == T::Array,
        (T::Number { .. }, to) => matches!(to, T::Number { .. } | T::Float | T::Boolean) || timestamp(to),
        (T::Float, to) => matches!(to, T::Number { .. } | T::Float | T::Boolean),
        (T::Boolean, to) => matches!(to, T::Number { .. } | T::Float | T::Boolean),
        (T::Structured(_) | T::Vector(..), _) => false,
        (T::Date, to) => to == T::Date || timestamp(to),
        (T::Time(_), to) => matches!(to, T::Time(_)),
        (T::TimestampNtz(_) | T::TimestampLtz(_) | T::TimestampTz(_), to) => {
            matches!(to, T::Date | T::Time(_)) || timestamp(to)
        }
    }
}

/// Converts all values of an array in a session that differs from the defaults by its time zone only. See
/// [`cast_array_in`].
///
/// # Errors
/// As [`cast_datum`].
pub fn cast_array(array: &ArrayRef, to: SqlType, lenient: bool, zone: Tz) -> Result<ArrayRef> {
    cast_array_in(array, to, lenient, &Settings::in_zone(zone))
}

/// Converts all values of an array. With `lenient` (TRY_CAST) what cannot be converted becomes NULL.
///
/// # Errors
/// As [`cast_datum`].
pub fn cast_array_in(array: &ArrayRef, to: SqlType, lenient: bool, settings: &Settings) -> Result<ArrayRef> {
    if let Some(converted) = whole(array, to, settings.time_zone) {
        return Ok(converted);
    }
    let mut values = Vec::with_capacity(array.len());
    for row in 0..array.len() {
        match cast_datum(datum::read(array, row)?, to, settings) {
            Ok(value) => values.push(value),
            Err(_) if lenient => values.push(Datum::Null),
            Err(error) => return Err(error),
        }
    }
    datum::build(to, values)
}

/// The name of the integer that holds so many digits.
pub(super) fn physical(precision: u8) -> &'static str {
    match precision {
        0..=2 => "SB1",
        3..=4 => "SB2",
        5..=9 => "SB4",
        10..=18 => "SB8",
        _ => "SB16",
    }
}

/// Microseconds without the digits that a scale does not have.
pub(super) fn cut(micros: i64, scale: u8) -> i64 {
    let unit = 10_i64.pow(6 - u32::from(scale.min(6)));
    micros.div_euclid(unit) * unit
}

fn seconds(value: i128, scale: u8) -> Result<i64> {
    decimal::rescale(value, scale, 6)
        .and_then(|micros| i64::try_from(micros).ok())
        .ok_or_else(|| super::datum::out_of_range(decimal::text(value, scale)))
}

fn instant_of(datum: Datum, to: SqlType, settings: &Settings) -> Result<(i64, i32)> {
    let zone = settings.time_zone;
    Ok(match datum {
        Datum::Tz(instant, offset) => (instant, offset),
        Datum::Ltz(instant) => (instant, time::offset_minutes(instant, zone)),
        Datum::Text(text) => {
            let parsed = time::parse_input(&text, &settings.timestamp_input)
                .ok_or_else(|| not_recognized("Timestamp", 100_035, "22007", &text))?;
            match parsed.offset {
                Some(offset) => (parsed.wall - i64::from(offset) * 60_000_000, offset),
                None => {
                    let instant = time::to_instant(parsed.wall, zone);
                    (instant, time::offset_minutes(instant, zone))
                }
            }
        }
        Datum::Number(value, scale) => {
            let instant = seconds(value, scale)?;
            (instant, time::offset_minutes(instant, zone))
        }
        datum => {
            let instant = time::to_instant(wall_of(&datum, zone).ok_or_else(|| no_cast(&datum, to))?, zone);
            (instant, time::offset_minutes(instant, zone))
        }
    })
}

/// The wall clock that a date or time stamp shows.
pub fn wall_of(datum: &Datum, zone: Tz) -> Option<i64> {
    match datum {
        Datum::Date(days) => Some(i64::from(*days) * time::DAY),
        Datum::Ntz(wall) => Some(*wall),
        Datum::Ltz(instant) => Some(time::to_wall(*instant, zone)),
        Datum::Tz(instant, offset) => Some(instant + i64::from(*offset) * 60_000_000),
        _ => None,
    }
}

fn cast_json(json: &Json, to: SqlType, settings: &Settings) -> Result<Datum> {
    let inner = match json {
        Json::Null | Json::Undefined => return Ok(Datum::Null),
        Json::Boolean(value) => Datum::Boolean(*value),
        Json::Number(value, scale) => Datum::Number(*value, *scale),
        Json::Double(value) => Datum::Float(*value),
        Json::String(text) => Datum::Text(text.clone()),
        Json::Typed(typed) => typed.datum(),
        Json::Array(_) | Json::Object(_) => match to {
            SqlType::Varchar(_) => Datum::Text(json.to_string()),
            _ => return Err(failed_variant(json, physical_family(to))),
        },
    };
    cast_datum(inner, to, settings).map_err(|error| match (error.code, to) {
        (100_035 | 100_037 | 100_038 | 100_040 | 100_108 | 1007, _) => failed_variant(json, physical_family(to)),
        _ => error,
    })
}

/// The name of a type in errors about VARIANT: numbers go by how they are kept.
fn physical_family(to: SqlType) -> &'static str {
    match to {
        SqlType::Number { .. } => "FIXED",
        SqlType::Float => "REAL",
        other => other.family(),
    }
}

/// A number written as text, with or without an exponent.
pub fn number_of_text(text: &str) -> Option<(i128, u8)> {
    let text = text.trim();
    if let Some(number) = decimal::parse(text) {
        return Some(number);
    }
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let (value, scale) = decimal::parse(mantissa)?;
    let exponent: i32 = exponent.parse().ok()?;
    let scale = i32::from(scale) - exponent;
    if scale < 0 {
        Some((value.checked_mul(decimal::power(u32::try_from(-scale).ok().filter(|scale| *scale <= 38)?))?, 0))
    } else if scale <= 37 {
        Some((value, scale as u8))
    } else {
        Some((0, 0))
    }
}

/// A double written as text.
pub fn float_of_text(text: &str) -> Option<f64> {
    match text.trim().to_ascii_lowercase().as_str() {
        "nan" => Some(f64::NAN),
        "inf" | "infinity" => Some(f64::INFINITY),
        "-inf" | "-infinity" => Some(f64::NEG_INFINITY),
        other if other.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => other.parse().ok(),
        _ => None,
    }
}

/// The bytes of hexadecimal digits.
pub fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    (text.len().is_multiple_of(2) && text.is_ascii())
        .then(|| (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect())
        .flatten()
}

/// Upper-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The text that a double is shown as.
pub fn float_text(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        (if value > 0.0 { "inf" } else { "-inf" }).to_owned()
    } else if value != 0.0 && !(1e-5..1e15).contains(&value.abs()) {
        let text = format!("{value:e}");
        match text.split_once('e') {
            Some((mantissa, exponent)) if !exponent.starts_with('-') => format!("{mantissa}e+{exponent:0>2}"),
            Some((mantissa, exponent)) => format!("{mantissa}e-{:0>2}", &exponent[1..]),
            None => text,
        }
    } else {
        format!("{value}")
    }
}

fn plain(datum: &Datum) -> String {
    match datum {
        Datum::Text(text) => text.clone(),
        other => text_of(other, Tz::UTC),
    }
}

/// A value as VARCHAR, in the default output formats.
pub fn text_of(datum: &Datum, zone: Tz) -> String {
    match datum {
        Datum::Null => String::new(),
        Datum::Number(value, scale) => decimal::text(*value, *scale),
        Datum::Float(value) => float_text(*value),
        Datum::Text(text) => text.clone(),
        Datum::Boolean(value) => value.to_string(),
        Datum::Binary(bytes) => hex(bytes),
        Datum::Json(Json::String(text)) => text.clone(),
        Datum::Json(Json::Typed(typed)) => text_of(&typed.datum(), zone),
        Datum::Json(json) => json.to_string(),
        Datum::Date(_) => format_time(datum, "YYYY-MM-DD", zone),
        Datum::Time(_) => format_time(datum, "HH24:MI:SS", zone),
        Datum::Ntz(_) => format_time(datum, "YYYY-MM-DD HH24:MI:SS.FF3", zone),
        Datum::Ltz(_) | Datum::Tz(..) => format_time(datum, "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM", zone),
    }
}

/// A value as VARCHAR, in the session's output formats.
pub fn text_in(datum: &Datum, settings: &Settings) -> String {
    let format = match datum {
        Datum::Date(_) => &settings.date_output,
        Datum::Time(_) => &settings.time_output,
        Datum::Ntz(_) => &settings.ntz_output,
        Datum::Ltz(_) => &settings.ltz_output,
        Datum::Tz(..) => &settings.tz_output,
        other => return text_of(other, settings.time_zone),
    };
    if format.eq_ignore_ascii_case("AUTO") {
        return text_of(datum, settings.time_zone);
    }
    format_time(datum, format, settings.time_zone)
}

/// A date or time in a format.
pub fn format_time(datum: &Datum, format: &str, zone: Tz) -> String {
    if let Datum::Time(nanos) = datum {
        return time::format(format, time::date(0), *nanos, 0);
    }
    let offset = match datum {
        Datum::Ltz(instant) => time::offset_minutes(*instant, zone),
        Datum::Tz(_, offset) => *offset,
        _ => 0,
    };
    let wall = wall_of(datum, zone).unwrap_or(0);
    time::format(format, time::wall(wall).date(), wall.rem_euclid(time::DAY) * 1000, offset)
}

/// A value as a VARIANT.
pub fn json_of(datum: Datum, zone: Tz) -> Json {
    match datum {
        Datum::Null => Json::Null,
        Datum::Number(value, scale) => Json::number(value, scale),
        Datum::Float(value) => Json::Double(value),
        Datum::Text(text) => Json::String(text),
        Datum::Boolean(value) => Json::Boolean(value),
        Datum::Json(json) => json,
        Datum::Date(days) => Typed::Date(days).into(),
        Datum::Time(nanos) => Typed::Time(nanos).into(),
        Datum::Ntz(wall) => Typed::Ntz(wall).into(),
        Datum::Ltz(instant) => Typed::Ltz(instant, time::offset_minutes(instant, zone)).into(),
        Datum::Tz(instant, offset) => Typed::Tz(instant, offset).into(),
        Datum::Binary(bytes) => Typed::Binary(bytes).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(datum: Datum, to: &str) -> std::result::Result<String, String> {
        let to = crate::parse::data_type(to).unwrap();
        cast(datum, to, Tz::UTC).map(|datum| text_of(&datum, Tz::UTC)).map_err(|error| error.message)
    }

    #[test]
    fn conversions() {
        for (datum, to, expected) in [
            (Datum::text("1.5"), "int", Ok("2")),
            (Datum::text(" 1e2 "), "number(10,1)", Ok("100.0")),
            (Datum::text("x"), "int", Err("Numeric value 'x' is not recognized")),
            (
                Datum::Number(1000, 0),
                "number(5,3)",
                Err("Number out of representable range: type FIXED[SB4](5,3){nullable}, value 1000"),
            ),
            (Datum::text("abcdef"), "varchar(3)", Err("String 'abcdef' is too long and would be truncated")),
            (Datum::text("yes"), "boolean", Ok("true")),
            (Datum::text("maybe"), "boolean", Err("Boolean value 'maybe' is not recognized")),
            (Datum::text("2024-01-02 03:04:05.678"), "timestamp_ntz", Ok("2024-01-02 03:04:05.678")),
            (Datum::text("2024-13-02"), "date", Err("Date '2024-13-02' is not recognized")),
            (Datum::Json(Json::String("7".into())), "int", Ok("7")),
            (Datum::Json(Json::Array(vec![])), "int", Err("Failed to cast variant value [] to FIXED")),
            (Datum::Float(0.1), "varchar", Ok("0.1")),
        ] {
            assert_eq!(run(datum, to).as_deref().map_err(String::as_str), expected, "{to}");
        }
    }
}
