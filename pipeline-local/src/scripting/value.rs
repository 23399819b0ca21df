//! Evaluating simple expressions and converting values without the query engine.

use std::cmp::Ordering;

use datafusion::common::ScalarValue;

use super::ast::{Operator, Simple};
use crate::exec::Value;
use crate::types::SqlType;

/// The value of a simple expression; `None` when only the query engine can tell (or fails as Snowflake does).
pub(super) fn evaluate(simple: &Simple, variable: &dyn Fn(usize) -> Option<Value>) -> Option<Value> {
    Some(match simple {
        Simple::Number { unscaled, scale } => {
            let digits = unscaled.unsigned_abs().checked_ilog10().map_or(1, |log| log as u8 + 1);
            let precision = digits.max(scale + 1).min(38);
            number(*unscaled, precision, *scale)
        }
        Simple::Text(text) => Value::text(text.clone()),
        Simple::Boolean(value) => Value::boolean(*value),
        Simple::Null => Value::null(SqlType::TEXT),
        Simple::Name(index) => variable(*index)?,
        Simple::Not(operand) => match truth(&evaluate(operand, variable)?)? {
            Some(value) => Value::boolean(!value),
            None => Value::null(SqlType::Boolean),
        },
        Simple::IsNull(operand, negated) => Value::boolean(evaluate(operand, variable)?.is_null() != *negated),
        Simple::Binary(left, operator, right) => {
            let (left, right) = (evaluate(left, variable)?, evaluate(right, variable)?);
            binary(&left, *operator, &right)?
        }
    })
}

/// A boolean or NULL as a condition sees it; `None` for other types.
pub(super) fn truth(value: &Value) -> Option<Option<bool>> {
    match &value.scalar {
        ScalarValue::Boolean(value) => Some(*value),
        _ if value.is_null() => Some(None),
        _ => None,
    }
}

fn number(unscaled: i128, precision: u8, scale: u8) -> Value {
    Value {
        sql_type: SqlType::Number { precision, scale },
        scalar: ScalarValue::Decimal128(Some(unscaled), precision, scale as i8),
    }
}

fn binary(left: &Value, operator: Operator, right: &Value) -> Option<Value> {
    match operator {
        Operator::And | Operator::Or => {
            let (left, right) = (truth(left)?, truth(right)?);
            let decisive = operator == Operator::Or;
            Some(match (left, right) {
                (Some(value), _) | (_, Some(value)) if value == decisive => Value::boolean(decisive),
                (Some(_), Some(_)) => Value::boolean(!decisive),
                _ => Value::null(SqlType::Boolean),
            })
        }
        Operator::Plus | Operator::Minus => sum(left, right, operator == Operator::Minus),
        Operator::Concat => match (&left.scalar, &right.scalar) {
            (ScalarValue::Utf8(Some(left)), ScalarValue::Utf8(Some(right))) => {
                Some(Value::text(format!("{left}{right}")))
            }
            (ScalarValue::Utf8(_), ScalarValue::Utf8(_)) => Some(Value::null(SqlType::TEXT)),
            _ => None,
        },
        _ => {
            if left.is_null() || right.is_null() {
                return Some(Value::null(SqlType::Boolean));
            }
            let order = compare(left, right)?;
            Some(Value::boolean(match operator {
                Operator::Equal => order == Ordering::Equal,
                Operator::NotEqual => order != Ordering::Equal,
                Operator::Less => order == Ordering::Less,
                Operator::LessOrEqual => order != Ordering::Greater,
                Operator::Greater => order == Ordering::Greater,
                _ => order != Ordering::Less,
            }))
        }
    }
}

/// Compares two values that are not NULL and of one kind.
fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (&left.scalar, &right.scalar) {
        (ScalarValue::Decimal128(Some(a), _, s), ScalarValue::Decimal128(Some(b), _, t)) => {
            let scale = (*s).max(*t);
            Some(a.checked_mul(power(scale - s)?)?.cmp(&b.checked_mul(power(scale - t)?)?))
        }
        (ScalarValue::Utf8(Some(a)), ScalarValue::Utf8(Some(b))) => Some(a.as_bytes().cmp(b.as_bytes())),
        (ScalarValue::Boolean(Some(a)), ScalarValue::Boolean(Some(b))) => Some(a.cmp(b)),
        (ScalarValue::Date32(Some(a)), ScalarValue::Date32(Some(b))) => Some(a.cmp(b)),
        _ => None,
    }
}

fn sum(left: &Value, right: &Value, minus: bool) -> Option<Value> {
    let (ScalarValue::Decimal128(a, p, s), ScalarValue::Decimal128(b, q, t)) = (&left.scalar, &right.scalar) else {
        return None;
    };
    let scale = (*s).max(*t);
    let whole = (i16::from(*p) - i16::from(*s)).max(i16::from(*q) - i16::from(*t));
    let precision = (whole + i16::from(scale) + 1).clamp(1, 38) as u8;
    let (Some(a), Some(b)) = (a, b) else {
        return Some(Value::null(SqlType::Number { precision, scale: scale as u8 }));
    };
    let (a, b) = (a.checked_mul(power(scale - s)?)?, b.checked_mul(power(scale - t)?)?);
    let total = if minus { a.checked_sub(b)? } else { a.checked_add(b)? };
    (total.unsigned_abs() < 10_u128.pow(38)).then(|| number(total, precision, scale as u8))
}

fn power(exponent: i8) -> Option<i128> {
    10_i128.checked_pow(u32::try_from(exponent).ok()?)
}

/// A value as another type where that is a matter of the value alone; `None` when the query engine has to convert it.
pub(super) fn convert(value: &Value, to: SqlType) -> Option<Value> {
    if value.is_null() {
        return Some(Value::null(to));
    }
    if value.sql_type == to && value.scalar.data_type() == to.arrow() {
        return Some(value.clone());
    }
    let scalar = match (&value.scalar, to) {
        (ScalarValue::Decimal128(Some(unscaled), _, from), SqlType::Number { precision, scale }) => {
            let unscaled = if scale as i8 >= *from {
                unscaled.checked_mul(power(scale as i8 - from)?)?
            } else {
                let divisor = power(from - scale as i8)?;
                let (quotient, rest) = (unscaled / divisor, unscaled % divisor);
                quotient + if rest.abs() * 2 >= divisor { rest.signum() } else { 0 }
            };
            if unscaled.unsigned_abs() >= 10_u128.checked_pow(u32::from(precision))? {
                return None;
            }
            ScalarValue::Decimal128(Some(unscaled), precision, scale as i8)
        }
        (ScalarValue::Decimal128(Some(unscaled), _, from), SqlType::Float) => {
            ScalarValue::Float64(Some(*unscaled as f64 / 10_f64.powi(i32::from(*from))))
        }
        (ScalarValue::Decimal128(Some(unscaled), _, 0), SqlType::Varchar(_)) => {
            ScalarValue::Utf8(Some(unscaled.to_string()))
        }
        (ScalarValue::Utf8(Some(text)), SqlType::Varchar(length)) if text.chars().count() <= length as usize => {
            value.scalar.clone()
        }
        (ScalarValue::LargeUtf8(_), SqlType::Variant) => value.scalar.clone(),
        (ScalarValue::TimestampMicrosecond(..), SqlType::TimestampNtz(_) | SqlType::TimestampLtz(_))
            if value.sql_type.family() == to.family() =>
        {
            value.scalar.clone()
        }
        _ => return None,
    };
    (scalar.data_type() == to.arrow()).then_some(Value { sql_type: to, scalar })
}

#[cfg(test)]
mod tests {
    use super::super::ast::{Initializer, StatementKind};
    use super::super::parse_block;
    use super::*;

    fn value(text: &str, variables: &[(&str, Value)]) -> Option<Value> {
        let block = parse_block(&format!("BEGIN RETURN {text}; END")).unwrap();
        let StatementKind::Return(Some(Initializer::Expression(expression))) = &block.body[0].kind else {
            panic!("{text}")
        };
        let names = &expression.names;
        let find = |index: usize| {
            let name: &super::super::ast::NameRef = &names[index];
            variables.iter().find(|(other, _)| *other == name.name).map(|(_, value)| value.clone())
        };
        evaluate(expression.simple.as_ref()?, &find)
    }

    #[test]
    fn simple_expressions() {
        let variables = [
            ("N", Value::integer(5)),
            ("T", Value::text("a")),
            ("B", Value::boolean(true)),
            ("Z", Value::null(SqlType::INTEGER)),
        ];
        for (text, expected) in [
            ("n + 1 > 5", Some(Some(true))),
            ("1.50 = 1.5 AND NOT b", Some(Some(false))),
            ("z > 1 OR b", Some(Some(true))),
            ("z > 1 AND b", Some(None)),
            ("z IS NULL AND n IS NOT NULL", Some(Some(true))),
            ("-3 < 0", Some(Some(true))),
            ("t || 'b' = 'ab'", Some(Some(true))),
            ("(n - 4 = 1)", Some(Some(true))),
            ("n = t", None),
            ("ABS(n) = 5", None),
            ("n * 2 = 10", None),
        ] {
            assert_eq!(value(text, &variables).map(|value| truth(&value).unwrap()), expected, "{text}");
        }
        assert_eq!(value("n + 1.25", &variables).unwrap().sql_type, SqlType::Number { precision: 38, scale: 2 });
    }

    #[test]
    fn conversions() {
        let money = SqlType::Number { precision: 5, scale: 1 };
        let cents = |unscaled| number(unscaled, 10, 2);
        for (from, to, expected) in [
            (cents(125), money, Some(number(13, 5, 1))),
            (cents(-125), money, Some(number(-13, 5, 1))),
            (cents(99_999_999), money, None),
            (Value::integer(7), SqlType::TEXT, Some(Value::text("7"))),
            (Value::text("abc"), SqlType::Varchar(2), None),
            (Value::text("x"), SqlType::INTEGER, None),
            (Value::null(SqlType::TEXT), SqlType::Date, Some(Value::null(SqlType::Date))),
        ] {
            assert_eq!(convert(&from, to), expected, "{from:?} to {to}");
        }
    }
}
