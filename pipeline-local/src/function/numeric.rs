//! Rounding, powers, trigonometry and bits.

use super::args::{float, integer, integer_or, invalid_float, invalid_value, text_or};
use super::arithmetic::{self, Operator};
use super::datum::{Datum, out_of_range};
use super::decimal;
use super::udf::{Env, Function, Param, Returns, Types, function};
use crate::error::Result;
use crate::types::SqlType;

#[derive(Clone, Copy, PartialEq)]
enum Rounding {
    HalfAway,
    HalfEven,
    Truncate,
    Ceiling,
    Floor,
}

/// The type of a number rounded to a constant scale; without one the type stays.
fn rounded_type(types: &Types<'_>) -> Result<SqlType> {
    Ok(match types.types[0] {
        Some(SqlType::Number { precision, scale }) => {
            let constant = if types.types.len() < 2 { Some(0) } else { types.constant_integer(1) };
            let kept = constant.map_or(scale, |constant| constant.clamp(0, i64::from(scale)) as u8);
            let precision = if kept < scale { precision - (scale - kept) + 1 } else { precision };
            SqlType::Number { precision: precision.clamp(1.max(kept), 38), scale: kept }
        }
        Some(other) => other,
        None => SqlType::INTEGER,
    })
}

/// Divides by a power of ten in one of the ways.
fn divide_by(value: i128, divisor: i128, rounding: Rounding) -> i128 {
    match rounding {
        Rounding::HalfAway => decimal::divide_rounded(value, divisor),
        Rounding::Truncate => value / divisor,
        Rounding::Floor => value.div_euclid(divisor),
        Rounding::Ceiling => -(-value).div_euclid(divisor),
        Rounding::HalfEven => {
            let (quotient, rest) = (value.div_euclid(divisor), value.rem_euclid(divisor));
            match (rest.unsigned_abs() * 2).cmp(&divisor.unsigned_abs()) {
                std::cmp::Ordering::Less => quotient,
                std::cmp::Ordering::Greater => quotient + 1,
                std::cmp::Ordering::Equal => quotient + quotient.rem_euclid(2),
            }
        }
    }
}

fn round_to(value: &Datum, digits: i64, rounding: Rounding) -> Result<Datum> {
    match value {
        Datum::Number(value, scale) => {
            if digits >= i64::from(*scale) {
                return Ok(Datum::Number(*value, *scale));
            }
            let drop = i64::from(*scale) - digits;
            if drop > 38 {
                return Ok(Datum::Number(0, 0));
            }
            let kept = divide_by(*value, decimal::power(drop as u32), rounding);
            if digits >= 0 {
                return Ok(Datum::Number(kept, digits as u8));
            }
            let whole = kept.checked_mul(decimal::power(digits.unsigned_abs() as u32));
            whole.map(|whole| Datum::Number(whole, 0)).ok_or_else(|| out_of_range(decimal::text(*value, *scale)))
        }
        other => {
            let value = float(other)?;
            Ok(Datum::Float(round_float(value, digits, rounding)))
        }
    }
}

fn round_float(value: f64, digits: i64, rounding: Rounding) -> f64 {
    if (0..=18).contains(&digits)
        && rounding == Rounding::HalfAway
        && let Some(fixed) = decimal::from_float(value, digits as u8)
    {
        return decimal::to_float(fixed, digits as u8);
    }
    let power = 10_f64.powi(digits.clamp(-308, 308) as i32);
    let scaled = value * power;
    if !scaled.is_finite() {
        return value;
    }
    let whole = match rounding {
        Rounding::HalfAway => scaled.round(),
        Rounding::HalfEven => scaled.round_ties_even(),
        Rounding::Truncate => scaled.trunc(),
        Rounding::Ceiling => scaled.ceil(),
        Rounding::Floor => scaled.floor(),
    };
    whole / power
}

fn round(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let rounding = match text_or(values, 2, "HALF_AWAY_FROM_ZERO")?.to_ascii_uppercase().as_str() {
        "HALF_AWAY_FROM_ZERO" => Rounding::HalfAway,
        "HALF_TO_EVEN" if matches!(values[0], Datum::Number(..)) => Rounding::HalfEven,
        other => return Err(invalid_value("ROUND", other, "HALF_AWAY_FROM_ZERO, or HALF_TO_EVEN for fixed point")),
    };
    round_to(&values[0], integer_or(values, 1, 0)?, rounding)
}

fn truncate(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    if !matches!(env.type_of(0), SqlType::Number { .. } | SqlType::Float) {
        return super::datetime::truncate_reversed(values, env);
    }
    let digits = if values.len() > 1 {
        integer(&super::cast::cast_datum(values[1].clone(), SqlType::INTEGER, env.settings)?)?
    } else {
        0
    };
    let value = match &values[0] {
        Datum::Text(_) => super::cast::cast_datum(values[0].clone(), SqlType::Float, env.settings)?,
        other => other.clone(),
    };
    round_to(&value, digits, Rounding::Truncate)
}

fn truncated_type(types: &Types<'_>) -> Result<SqlType> {
    match types.types[0] {
        Some(SqlType::Number { .. } | SqlType::Float) | None => rounded_type(types),
        Some(
            moment @ (SqlType::Date | SqlType::TimestampNtz(_) | SqlType::TimestampLtz(_) | SqlType::TimestampTz(_)),
        ) if types.types.len() == 2 => Ok(moment),
        Some(_) => Err(types.invalid()),
    }
}

/// The type of `/` for DIV0.
fn quotient_type(types: &Types<'_>) -> Result<SqlType> {
    let operand = |index: usize| types.types[index].unwrap_or(SqlType::INTEGER);
    arithmetic::result_type(Operator::Divide, operand(0), operand(1)).ok_or_else(|| types.invalid())
}

fn divide_or_zero(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    match (&values[0], &values[1], env.returns) {
        (Datum::Null, ..) => Ok(Datum::Null),
        (_, Datum::Null, SqlType::Number { scale, .. }) => Ok(Datum::Number(0, scale)),
        (_, Datum::Null, _) => Ok(Datum::Float(0.0)),
        (Datum::Number(left, sl), Datum::Number(right, sr), SqlType::Number { precision, scale }) => {
            if *right == 0 {
                return Ok(Datum::Number(0, scale));
            }
            arithmetic::fixed(Operator::Divide, (*left, *sl), (*right, *sr), precision, scale)
        }
        (left, right, _) => {
            let (left, right) = (float(left)?, float(right)?);
            Ok(Datum::Float(if right == 0.0 { 0.0 } else { left / right }))
        }
    }
}

fn of_float(values: &[Datum], name: &str, compute: fn(f64) -> f64) -> Result<Datum> {
    let value = float(&values[0])?;
    let result = compute(value);
    if value.is_finite() && !result.is_finite() {
        return Err(invalid_float(format_args!("{name}({})", super::cast::float_text(value))));
    }
    Ok(Datum::Float(result))
}

fn sign(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    let sign = match &values[0] {
        Datum::Number(value, _) => value.signum(),
        other => {
            let value = float(other)?;
            i128::from(value > 0.0) - i128::from(value < 0.0)
        }
    };
    Ok(if env.returns == SqlType::Float { Datum::Float(sign as f64) } else { Datum::integer(sign) })
}

fn width_bucket(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let (value, low, high) = (float(&values[0])?, float(&values[1])?, float(&values[2])?);
    let count = integer(&values[3])?;
    if count < 1 || low >= high {
        return Err(invalid_value("WIDTH_BUCKET", count, "at least one bucket, and a minimum below the maximum"));
    }
    let bucket = if value < low {
        0
    } else if value >= high {
        count + 1
    } else {
        ((value - low) / (high - low) * count as f64) as i64 + 1
    };
    Ok(Datum::integer(bucket))
}

/// The distance of two places on a sphere like the earth in kilometres; latitudes and longitudes are in degrees.
fn haversine(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let [from_latitude, from_longitude, to_latitude, to_longitude] =
        [float(&values[0])?, float(&values[1])?, float(&values[2])?, float(&values[3])?].map(f64::to_radians);
    let latitude = ((to_latitude - from_latitude) / 2.0).sin().powi(2);
    let longitude = ((to_longitude - from_longitude) / 2.0).sin().powi(2);
    let half = latitude + from_latitude.cos() * to_latitude.cos() * longitude;
    Ok(Datum::Float(2.0 * 6371.0 * half.sqrt().asin()))
}

fn factorial(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let count = integer(&values[0])?;
    if !(0..=33).contains(&count) {
        return Err(invalid_value("FACTORIAL", count, "from 0 to 33"));
    }
    Ok(Datum::integer((1..=i128::from(count)).product::<i128>()))
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Any, Float, Integer, Number, Text};
    const ONE: &[Param] = &[Float];
    const SCALED: &[Param] = &[Number, Integer];
    let real = Returns::Type(SqlType::Float);
    let whole = Returns::Type(SqlType::INTEGER);
    let mut all = vec![
        function("ROUND", &[Number, Integer, Text], Returns::By(rounded_type), round).optional(2),
        function("TRUNC", &[Any, Any], Returns::By(truncated_type), truncate).optional(1).aliases(&["TRUNCATE"]),
        function("CEIL", SCALED, Returns::By(rounded_type), |values, _| {
            round_to(&values[0], integer_or(values, 1, 0)?, Rounding::Ceiling)
        })
        .optional(1),
        function("FLOOR", SCALED, Returns::By(rounded_type), |values, _| {
            round_to(&values[0], integer_or(values, 1, 0)?, Rounding::Floor)
        })
        .optional(1),
        function("ABS", &[Number], Returns::Like(0), |values, _| {
            Ok(match &values[0] {
                Datum::Number(value, scale) => Datum::Number(value.abs(), *scale),
                other => Datum::Float(float(other)?.abs()),
            })
        }),
        function(
            "SIGN",
            &[Number],
            Returns::By(|types| {
                Ok(if types.get(0) == SqlType::Float {
                    SqlType::Float
                } else {
                    SqlType::Number { precision: 1, scale: 0 }
                })
            }),
            sign,
        ),
        function("DIV0", &[Number, Number], Returns::By(quotient_type), divide_or_zero),
        function("DIV0NULL", &[Number, Number], Returns::By(quotient_type), divide_or_zero).sees_null(),
        function("SQRT", ONE, real, |values, _| of_float(values, "sqrt", f64::sqrt)),
        function("CBRT", ONE, real, |values, _| of_float(values, "cbrt", f64::cbrt)),
        function("SQUARE", ONE, real, |values, _| of_float(values, "square", |value| value * value)),
        function("EXP", ONE, real, |values, _| of_float(values, "exp", f64::exp)),
        function("LN", ONE, real, |values, _| of_float(values, "ln", f64::ln)),
        function("LOG", &[Float, Float], real, |values, _| {
            let (base, value) = (float(&values[0])?, float(&values[1])?);
            let result = match base {
                10.0 => value.log10(),
                2.0 => value.log2(),
                base => value.ln() / base.ln(),
            };
            if result.is_finite() && base > 0.0 {
                Ok(Datum::Float(result))
            } else {
                Err(invalid_float(format_args!("log({base}, {value})")))
            }
        }),
        function("POWER", &[Float, Float], real, |values, _| {
            let (base, exponent) = (float(&values[0])?, float(&values[1])?);
            let result = base.powf(exponent);
            if result.is_nan() && !base.is_nan() {
                return Err(invalid_float(format_args!("pow({base}, {exponent})")));
            }
            Ok(Datum::Float(result))
        })
        .aliases(&["POW"]),
        function("PI", &[], real, |_, _| Ok(Datum::Float(std::f64::consts::PI))),
        function("ATAN2", &[Float, Float], real, |values, _| {
            Ok(Datum::Float(float(&values[0])?.atan2(float(&values[1])?)))
        }),
        function("HAVERSINE", &[Float, Float, Float, Float], real, haversine),
        function("FACTORIAL", &[Integer], whole, factorial),
        function("WIDTH_BUCKET", &[Float, Float, Float, Integer], whole, width_bucket),
    ];
    macro_rules! trigonometry {
        ($($name:literal $label:literal $compute:expr),+ $(,)?) => {
            $(all.push(function($name, ONE, real, |values, _| of_float(values, $label, $compute)));)+
        };
    }
    trigonometry!(
        "SIN" "sin" f64::sin, "COS" "cos" f64::cos, "TAN" "tan" f64::tan, "COT" "cot" |value| 1.0 / value.tan(),
        "ASIN" "asin" f64::asin, "ACOS" "acos" f64::acos, "ATAN" "atan" f64::atan,
        "SINH" "sinh" f64::sinh, "COSH" "cosh" f64::cosh, "TANH" "tanh" f64::tanh,
        "ASINH" "asinh" f64::asinh, "ACOSH" "acosh" f64::acosh, "ATANH" "atanh" f64::atanh,
        "DEGREES" "degrees" f64::to_degrees, "RADIANS" "radians" f64::to_radians,
    );
    all
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_queries};

    #[test]
    fn rounding() {
        check(&[
            ("ROUND(2.5)", "NUMBER(2,0)|3"),
            ("ROUND(-2.5)", "-3"),
            ("ROUND(1.255, 2)", "NUMBER(4,2)|1.26"),
            ("ROUND(1250, -2)", "1300"),
            ("ROUND(2.5, 0, 'HALF_TO_EVEN')", "2"),
            ("ROUND(-3.5, 0, 'HALF_TO_EVEN')", "-4"),
            ("ROUND(1.2, 5)", "1.2"),
            ("ROUND(T_FLOAT('1.005'), 2)", "1.01"),
            ("ROUND('2.5')", "3"),
            ("ROUND(NULL)", "NULL"),
            ("TRUNC(-2.57, 1)", "NUMBER(3,1)|-2.5"),
            ("TRUNC(1999, -3)", "1000"),
            ("CEIL(2.1)", "3"),
            ("CEIL(-2.1)", "-2"),
            ("CEIL(2.141, 2)", "2.15"),
            ("FLOOR(-2.1)", "-3"),
            ("FLOOR(T_FLOAT(2.9))", "FLOAT|2"),
            ("ABS(-1.50)", "1.50"),
            ("SIGN(-3)", "-1"),
            (
                "ROUND(T_DATE('2024-01-01'))",
                "001044 SQL compilation error:\nInvalid argument types for function 'ROUND': (DATE)",
            ),
        ]);
        check_queries(&[("SELECT ROUND(a, b) FROM (VALUES (1.255, 1), (1.255, 2)) AS t(a, b)", "1.300,1.260")]);
    }

    #[test]
    fn others() {
        check(&[
            ("DIV0(1, 0)", "0.000000"),
            ("DIV0(1, 4)", "0.250000"),
            ("DIV0(1, NULL)", "NULL"),
            ("DIV0NULL(1, NULL)", "0.000000"),
            ("DIV0NULL(NULL, 2)", "NULL"),
            ("SQRT(16)", "FLOAT|4"),
            ("SQRT(-1)", "100166 Invalid floating point operation: sqrt(-1)"),
            ("POWER(2, 10)", "1024"),
            ("LOG(10, 1000)", "3"),
            ("LN(0)", "100166 Invalid floating point operation: ln(0)"),
            ("PI()", "3.141592653589793"),
            ("DEGREES(0)", "0"),
            ("FACTORIAL(5)", "120"),
            ("WIDTH_BUCKET(5, 0, 10, 5)", "3"),
            ("WIDTH_BUCKET(11, 0, 10, 5)", "6"),
            ("BITAND(12, 10)", "8"),
            ("BITXOR(12, 10)", "6"),
            ("BITNOT(0)", "-1"),
            ("BITSHIFTLEFT(1, 4)", "16"),
        ]);
    }
}
