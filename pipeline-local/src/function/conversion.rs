//! TO_... and TRY_TO_... functions.

use super::args::{integer, invalid_value, text};
use super::cast::{self, cast_datum};
use super::datum::Datum;
use super::encode;
use super::json::Json;
use super::number_format::NumberFormat;
use super::string::WIDE;
use super::time;
use super::udf::{Env, Function, Param, Returns, Types, function};
use crate::error::{Result, SqlError};
use crate::types::{DEFAULT_BINARY_LENGTH, SqlType};

pub(super) const BINARY: SqlType = SqlType::Binary(DEFAULT_BINARY_LENGTH);

/// 001007 where there is no conversion of an argument's type.
fn check(types: &Types<'_>, to: SqlType) -> Result<SqlType> {
    match types.types[0] {
        Some(from) if !cast::exists(from, to) => Err(types.invalid()),
        _ => Ok(to),
    }
}

/// The type of TO_NUMBER: precision and scale are constants after the format, if there is one.
fn number_type(types: &Types<'_>) -> Result<SqlType> {
    let first = if matches!(types.types.get(1), Some(Some(SqlType::Varchar(_)))) { 2 } else { 1 };
    let constant = |index: usize, default: i64| match types.types.get(index) {
        None => Ok(default),
        Some(_) => types.constant_integer(index).ok_or_else(|| {
            SqlError::compilation(
                1015,
                "22023",
                format_args!("argument {} to function {} needs to be constant", index + 1, types.name),
            )
        }),
    };
    let (precision, scale) = (constant(first, 38)?, constant(first + 1, 0)?);
    if !(1..=38).contains(&precision) || !(0..=precision.min(37)).contains(&scale) {
        return Err(invalid_value(
            types.name,
            format_args!("{precision}, {scale}"),
            "a precision from 1 to 38, and a scale up to it",
        ));
    }
    check(types, SqlType::Number { precision: precision as u8, scale: scale as u8 })
}

fn to_number(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    if let (Datum::Text(source), Some(Datum::Text(format))) = (&values[0], values.get(1)) {
        let format = NumberFormat::parse(format)?;
        let (value, scale) = format.read(source).ok_or_else(|| {
            SqlError::new(100_140, "22007", format!("Can't parse '{source}' as number with format '{}'", format.text()))
        })?;
        return cast_datum(Datum::Number(value, scale), env.returns, env.settings);
    }
    cast_datum(values[0].clone(), env.returns, env.settings)
}

/// 100096: text that does not fit a date or time format.
fn unparsable(source: &str, what: &str, format: &str) -> SqlError {
    SqlError::new(100_096, "22007", format!("Can't parse '{source}' as {what} with format '{format}'"))
}

/// TO_DATE, TO_TIME and TO_TIMESTAMP..., by the result type.
fn to_moment(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    match (&values[0], values.get(1)) {
        (Datum::Text(source), Some(Datum::Text(format))) if !format.eq_ignore_ascii_case("AUTO") => {
            let what = match env.returns {
                SqlType::Date => "date",
                SqlType::Time(_) => "time",
                _ => "timestamp",
            };
            let parsed = time::parse_format_in(source, format, env.settings.century_start)
                .ok_or_else(|| unparsable(source, what, format))?;
            if matches!(env.returns, SqlType::Time(_)) {
                return Ok(Datum::Time(parsed.time));
            }
            let value = match (parsed.offset, env.returns) {
                (Some(offset), SqlType::TimestampLtz(_) | SqlType::TimestampTz(_)) => {
                    Datum::Tz(parsed.wall - i64::from(offset) * 60_000_000, offset)
                }
                _ => Datum::Ntz(parsed.wall),
            };
            cast_datum(value, env.returns, env.settings)
        }
        (Datum::Number(value, from), Some(scale @ Datum::Number(..))) => {
            let scale = integer(scale)?;
            if !(0..=9).contains(&scale) || *from > 28 {
                return Err(invalid_value("TO_TIMESTAMP", scale, "a scale from 0 to 9"));
            }
            cast_datum(Datum::Number(*value, from + scale as u8), env.returns, env.settings)
        }
        (value, _) => cast_datum(value.clone(), env.returns, env.settings),
    }
}

fn moment_type(types: &Types<'_>, to: SqlType) -> Result<SqlType> {
    let numeric = matches!(types.types[0], Some(SqlType::Number { .. }));
    let timestamp = !matches!(to, SqlType::Date | SqlType::Time(_));
    match types.types.get(1) {
        None | Some(None | Some(SqlType::Varchar(_))) => {}
        Some(Some(SqlType::Number { .. })) if numeric && timestamp => {}
        Some(_) => return Err(types.invalid()),
    }
    check(types, to)
}

fn to_text(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    let Some(format) = values.get(1) else { return cast_datum(values[0].clone(), WIDE, env.settings) };
    let format = text(format)?;
    Ok(Datum::Text(match &values[0] {
        Datum::Number(value, scale) => NumberFormat::parse(format)?.write(*value, *scale)?,
        Datum::Float(value) => {
            let parsed = NumberFormat::parse(format)?;
            let fixed = super::decimal::from_float(*value, 15);
            match fixed {
                Some(fixed) if !matches!(format.to_ascii_uppercase().as_str(), "TM" | "TM9") => {
                    parsed.write(fixed, 15)?
                }
                _ => cast::float_text(*value),
            }
        }
        Datum::Binary(bytes) => encode::text_from(bytes, format)?,
        moment @ (Datum::Date(_) | Datum::Time(_) | Datum::Ntz(_) | Datum::Ltz(_) | Datum::Tz(..)) => {
            if format.eq_ignore_ascii_case("AUTO") {
                cast::text_in(moment, env.settings)
            } else {
                cast::format_time(moment, format, env.settings.time_zone)
            }
        }
        other => {
            return Err(SqlError::compilation(
                1044,
                "42P13",
                format_args!("Invalid argument types for function 'TO_VARCHAR': ({}, VARCHAR)", cast::family(other)),
            ));
        }
    }))
}

fn to_binary(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    match (&values[0], values.get(1)) {
        (Datum::Text(source), Some(format)) => encode::bytes_from(source, text(format)?).map(Datum::Binary),
        (Datum::Json(Json::String(source)), _) => {
            encode::bytes_from(source, &env.settings.binary_input).map(Datum::Binary)
        }
        (value, _) => cast_datum(value.clone(), BINARY, env.settings),
    }
}

/// A type with the form that its value is held in, as SYSTEM$TYPEOF shows it.
fn type_of(value: &Datum, env: &Env<'_>) -> String {
    let Some(sql_type) = env.types[0] else { return "NULL[LOB]".to_owned() };
    let physical = match (sql_type, value) {
        (SqlType::Float, _) => "DOUBLE",
        (SqlType::Boolean, _) => "SB1",
        (SqlType::Date, _) => "SB4",
        (SqlType::Number { .. }, Datum::Number(value, _)) => match value.unsigned_abs() {
            0..=0x7f => "SB1",
            0x80..=0x7fff => "SB2",
            0x8000..=0x7fff_ffff => "SB4",
            0x8000_0000..=0x7fff_ffff_ffff_ffff => "SB8",
            _ => "SB16",
        },
        (SqlType::Number { precision, .. }, _) => cast::physical(precision),
        (SqlType::Time(_) | SqlType::TimestampNtz(_) | SqlType::TimestampLtz(_) | SqlType::TimestampTz(_), _) => "SB8",
        _ => "LOB",
    };
    format!("{sql_type}[{physical}]")
}

/// NULL where a conversion fails because of the value.
pub(super) fn lenient(result: Result<Datum>) -> Result<Datum> {
    match result {
        // Wrong formats and types are errors even so.
        Err(error) if error.code >= 100_000 && error.code != 100_095 => Ok(Datum::Null),
        other => other,
    }
}

fn cast_to(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    cast_datum(values[0].clone(), env.returns, env.settings)
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Any, Text, Value};
    const NUMBER: &[Param] = &[Any, Any, Any, Any];
    const TWO: &[Param] = &[Any, Any];
    let wide = Returns::Type(WIDE);
    let mut all = vec![
        function("TO_NUMBER", NUMBER, Returns::By(number_type), to_number)
            .optional(3)
            .stable()
            .aliases(&["TO_DECIMAL", "TO_NUMERIC"]),
        function("TRY_TO_NUMBER", NUMBER, Returns::By(number_type), |values, env| lenient(to_number(values, env)))
            .optional(3)
            .stable()
            .aliases(&["TRY_TO_DECIMAL", "TRY_TO_NUMERIC"]),
        function("SYSTEM$TYPEOF", &[Any], wide, |values, env| Ok(Datum::Text(type_of(&values[0], env)))).sees_null(),
        function("TO_DOUBLE", &[Any, Text], Returns::By(|types| check(types, SqlType::Float)), to_number)
            .optional(1)
            .stable(),
        function("TRY_TO_DOUBLE", &[Any, Text], Returns::By(|types| check(types, SqlType::Float)), |values, env| {
            lenient(to_number(values, env))
        })
        .optional(1)
        .stable(),
        function("TO_BOOLEAN", &[Any], Returns::By(|types| check(types, SqlType::Boolean)), cast_to).stable(),
        function("TRY_TO_BOOLEAN", &[Any], Returns::By(|types| check(types, SqlType::Boolean)), |values, env| {
            lenient(cast_to(values, env))
        })
        .stable(),
        function("TO_VARCHAR", &[Any, Text], wide, to_text).optional(1).stable().aliases(&["TO_CHAR"]),
        function("TO_BINARY", &[Any, Text], Returns::By(|types| check(types, BINARY)), to_binary).optional(1).stable(),
        function("TRY_TO_BINARY", &[Any, Text], Returns::By(|types| check(types, BINARY)), |values, env| {
            lenient(to_binary(values, env))
        })
        .optional(1)
        .stable(),
        function("TO_VARIANT", &[Value], Returns::Type(SqlType::Variant), |values, _| Ok(values[0].clone())).stable(),
        function("TO_JSON", &[Value], wide, |values, _| Ok(Datum::Text(super::args::json(&values[0])?.to_string())))
            .stable(),
        function("TO_ARRAY", &[Value], Returns::Type(SqlType::Array), cast_to).stable(),
        function("TO_OBJECT", &[Param::Object], Returns::Type(SqlType::Object), cast_to).stable(),
    ];
    macro_rules! moments {
        ($($name:literal $tried:literal [$($alias:literal),*] [$($tried_alias:literal),*] $to:expr),+ $(,)?) => {
            $(
                all.push(
                    function($name, TWO, Returns::By(|types| moment_type(types, $to)), to_moment)
                        .optional(1)
                        .stable()
                        .aliases(&[$($alias),*]),
                );
                all.push(
                    function($tried, TWO, Returns::By(|types| moment_type(types, $to)), |values, env| {
                        lenient(to_moment(values, env))
                    })
                    .optional(1)
                    .stable()
                    .aliases(&[$($tried_alias),*]),
                );
            )+
        };
    }
    // TO_TIMESTAMP is TO_TIMESTAMP_NTZ unless TIMESTAMP_TYPE_MAPPING says otherwise, which the planner looks at.
    moments!(
        "TO_DATE" "TRY_TO_DATE" ["DATE"] [] SqlType::Date,
        "TO_TIME" "TRY_TO_TIME" ["TIME"] [] SqlType::Time(9),
        "TO_TIMESTAMP_NTZ" "TRY_TO_TIMESTAMP_NTZ" ["TO_TIMESTAMP"] ["TRY_TO_TIMESTAMP"] SqlType::TimestampNtz(9),
        "TO_TIMESTAMP_LTZ" "TRY_TO_TIMESTAMP_LTZ" [] [] SqlType::TimestampLtz(9),
        "TO_TIMESTAMP_TZ" "TRY_TO_TIMESTAMP_TZ" [] [] SqlType::TimestampTz(9),
    );
    all
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn numbers_and_truth() {
        check(&[
            ("TO_NUMBER('1.5')", "NUMBER(38,0)|2"),
            ("TO_NUMBER('1.55', 10, 1)", "NUMBER(10,1)|1.6"),
            ("TO_DECIMAL('1,234.5', '9,999.99', 10, 2)", "NUMBER(10,2)|1234.50"),
            ("TO_NUMBER('x')", "100038 Numeric value 'x' is not recognized"),
            ("TRY_TO_NUMBER('x')", "NULL"),
            ("TRY_TO_DECIMAL('12.345', 5, 2)", "12.35"),
            ("TRY_TO_NUMBER('123456', 5, 0)", "NULL"),
            ("TO_NUMBER(true)", "1"),
            (
                "TO_NUMBER(T_DATE('2024-01-01'))",
                "001044 SQL compilation error:\nInvalid argument types for function 'TO_NUMBER': (DATE)",
            ),
            ("TO_DOUBLE('1e3')", "FLOAT|1000"),
            ("TRY_TO_DOUBLE('x')", "NULL"),
            ("TO_BOOLEAN('Yes')", "BOOLEAN|true"),
            ("TO_BOOLEAN('nope')", "100037 Boolean value 'nope' is not recognized"),
            ("TRY_TO_BOOLEAN('nope')", "NULL"),
            ("TRY_TO_BOOLEAN('0')", "false"),
        ]);
    }

    #[test]
    fn dates_and_times() {
        check(&[
            ("TO_DATE('2024-02-03')", "DATE|2024-02-03"),
            ("TO_DATE('03.02.2024', 'DD.MM.YYYY')", "2024-02-03"),
            ("TO_DATE('x', 'YYYY')", "100096 Can't parse 'x' as date with format 'YYYY'"),
            ("TO_DATE('2024-13-03')", "100040 Date '2024-13-03' is not recognized"),
            ("TRY_TO_DATE('2024-13-03')", "NULL"),
            ("DATE('2024-02-03 04:05:06')", "2024-02-03"),
            ("TO_TIME('13:14:15')", "TIME(9)|13:14:15"),
            ("TO_TIMESTAMP('2024-02-03 04:05:06')", "TIMESTAMP_NTZ(9)|2024-02-03 04:05:06.000"),
            ("TO_TIMESTAMP(1700000000)", "2023-11-14 22:13:20.000"),
            ("TO_TIMESTAMP(1700000000123, 3)", "2023-11-14 22:13:20.123"),
            ("TO_TIMESTAMP('1700000000123')", "2023-11-14 22:13:20.123"),
            ("TO_TIMESTAMP_LTZ('2024-07-03 04:05:06')", "TIMESTAMP_LTZ(9)|2024-07-03 04:05:06.000 +0200"),
            ("TO_TIMESTAMP_TZ('2024-07-03 04:05:06 -0500')", "2024-07-03 04:05:06.000 -0500"),
            ("TO_TIMESTAMP_NTZ('03/02/24 04', 'DD/MM/YY HH24')", "2024-02-03 04:00:00.000"),
            ("TRY_TO_TIMESTAMP('nope')", "NULL"),
            ("TO_TIMESTAMP('nope')", "100035 Timestamp 'nope' is not recognized"),
        ]);
    }

    #[test]
    fn texts_and_bytes() {
        check(&[
            ("TO_VARCHAR(1.50)", "1.50"),
            ("TO_CHAR(T_DATE('2024-02-03'), 'YYYY/MM')", "2024/02"),
            ("TO_CHAR(T_NTZ('2024-02-03 04:05:06.789'), 'DY MON DD HH12:MI:SS.FF2 AM')", "Sat Feb 03 04:05:06.78 AM"),
            ("TO_CHAR(1234.5, '9,999.00')", " 1,234.50"),
            ("TO_VARCHAR(T_VARIANT('a'))", "a"),
            ("TO_VARCHAR(T_BINARY('4142'), 'UTF-8')", "AB"),
            ("TO_VARCHAR(T_BINARY('4142'))", "4142"),
            ("TO_BINARY('QUI=', 'BASE64')", "4142"),
            ("TO_BINARY('zz')", "100115 The following string is not a legal hex-encoded value: 'zz'"),
            ("TRY_TO_BINARY('zz')", "NULL"),
            ("TO_JSON(T_VARIANT('a\"b'))", "\"a\\\"b\""),
            ("TO_VARIANT(1.50)", "VARIANT|1.5"),
            ("TO_ARRAY(1)", "ARRAY|[1]"),
            ("\"SYSTEM$TYPEOF\"(1000)", "NUMBER(38,0)[SB2]"),
            ("\"SYSTEM$TYPEOF\"(T_FLOAT(1))", "FLOAT[DOUBLE]"),
            ("\"SYSTEM$TYPEOF\"(NULL)", "NULL[LOB]"),
        ]);
    }
}
