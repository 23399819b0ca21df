//! The operators `+ - * / %` and unary minus.

use super::datum::{Datum, out_of_range};
use super::udf::{Env, Function, Param, Returns, Types, function};
use super::{decimal, time};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

/// 100051: a divisor is zero.
pub fn division_by_zero() -> SqlError {
    SqlError::new(100_051, "22012", "Division by zero")
}

/// An operator between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// The type of a fixed-point result, by Snowflake's rules.
///
/// <https://docs.snowflake.com/en/sql-reference/operators-arithmetic>
pub fn number_result(operator: Operator, (p1, s1): (u8, u8), (p2, s2): (u8, u8)) -> SqlType {
    let (l1, l2) = (p1.saturating_sub(s1), p2.saturating_sub(s2));
    let (leading, scale) = match operator {
        Operator::Add | Operator::Subtract => (l1.max(l2) + 1, s1.max(s2)),
        Operator::Multiply => (l1 + l2, (s1 + s2).min(s1.max(s2).max(12))),
        Operator::Divide => (l1 + s2, s1.max((s1 + 6).min(12))),
        Operator::Modulo => (l1.max(l2), s1.max(s2)),
    };
    let scale = scale.min(37);
    SqlType::Number { precision: (leading + scale).clamp(1, 38), scale }
}

/// The type of a result, `None` if the operator does not take these types. Text stands for a number.
pub fn result_type(operator: Operator, left: SqlType, right: SqlType) -> Option<SqlType> {
    use SqlType as T;
    let numeric = |sql_type| match sql_type {
        T::Varchar(_) => T::Number { precision: 18, scale: 5 },
        T::Variant => T::Float,
        other => other,
    };
    match (left, right) {
        (T::Date, T::Number { .. } | T::Float | T::Variant)
            if matches!(operator, Operator::Add | Operator::Subtract) =>
        {
            return Some(T::Date);
        }
        (T::Number { .. } | T::Float | T::Variant, T::Date) if operator == Operator::Add => return Some(T::Date),
        (T::Date, T::Date) if operator == Operator::Subtract => return Some(T::Number { precision: 9, scale: 0 }),
        _ => {}
    }
    match (numeric(left), numeric(right)) {
        (T::Float, T::Float | T::Number { .. }) | (T::Number { .. }, T::Float) => Some(T::Float),
        (T::Number { precision: p1, scale: s1 }, T::Number { precision: p2, scale: s2 }) => {
            Some(number_result(operator, (p1, s1), (p2, s2)))
        }
        _ => None,
    }
}

fn resolve(operator: Operator, types: &Types<'_>) -> Result<SqlType> {
    let pick = |index: usize, other: usize| match types.types[index] {
        Some(known) => known,
        // NULL takes the type beside it.
        None => match types.types[other] {
            Some(SqlType::Date) | None => SqlType::INTEGER,
            Some(known) => known,
        },
    };
    result_type(operator, pick(0, 1), pick(1, 0)).ok_or_else(|| {
        let symbol = match operator {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Modulo => "%",
        };
        super::udf::invalid_arguments(symbol, &types.types)
    })
}

fn number(value: &Datum) -> Result<(i128, u8)> {
    match value {
        Datum::Number(value, scale) => Ok((*value, *scale)),
        Datum::Text(text) => {
            let (value, scale) = super::cast::number_of_text(text).ok_or_else(|| super::cast::not_numeric(text))?;
            Ok((decimal::rescale(value, scale, scale.min(5)).unwrap_or(value), scale.min(5)))
        }
        other => Err(SqlError::internal(format_args!("{other:?} as an operand"))),
    }
}

fn float(value: &Datum, env: &Env<'_>) -> Result<f64> {
    match super::cast::cast_datum(value.clone(), SqlType::Float, env.settings)? {
        Datum::Float(value) => Ok(value),
        _ => Ok(f64::NAN),
    }
}

/// Applies an operator to two values that are not NULL; `returns` is from [`result_type`].
///
/// # Errors
/// 100051 for a zero divisor, 100046 where the result has more than 38 digits, 100038 for text that is no number.
fn apply(operator: Operator, values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    let (left, right) = (&values[0], &values[1]);
    match env.returns {
        SqlType::Date => {
            let (days, count) = match (left, right) {
                (Datum::Date(days), count) | (count, Datum::Date(days)) => (*days, count),
                _ => return Err(SqlError::internal("date arithmetic without a date")),
            };
            let count = super::cast::cast_datum(count.clone(), SqlType::INTEGER, env.settings)?;
            let Datum::Number(count, _) = count else { return Ok(Datum::Null) };
            let days = i128::from(days) + if operator == Operator::Subtract { -count } else { count };
            let days = i32::try_from(days).ok().filter(|days| time::date(*days) != chrono::NaiveDate::MAX);
            days.map(Datum::Date).ok_or_else(|| SqlError::new(100_045, "22003", "Date out of range"))
        }
        SqlType::Float => {
            if matches!(left, Datum::Json(super::json::Json::Null))
                || matches!(right, Datum::Json(super::json::Json::Null))
            {
                return Ok(Datum::Null);
            }
            let (left, right) = (float(left, env)?, float(right, env)?);
            Ok(Datum::Float(match operator {
                Operator::Add => left + right,
                Operator::Subtract => left - right,
                Operator::Multiply => left * right,
                Operator::Divide | Operator::Modulo if right == 0.0 => return Err(division_by_zero()),
                Operator::Divide => left / right,
                Operator::Modulo => left % right,
            }))
        }
        SqlType::Number { precision, scale } => {
            if let (Datum::Date(left), Datum::Date(right)) = (left, right) {
                return Ok(Datum::integer(i128::from(*left) - i128::from(*right)));
            }
            fixed(operator, number(left)?, number(right)?, precision, scale)
        }
        other => Err(SqlError::internal(format_args!("arithmetic of {other}"))),
    }
}

/// Applies an operator to fixed-point numbers.
///
/// # Errors
/// 100051 for a zero divisor, 100046 where the result has too many digits.
pub fn fixed(operator: Operator, left: (i128, u8), right: (i128, u8), precision: u8, scale: u8) -> Result<Datum> {
    if right.0 == 0 && matches!(operator, Operator::Divide | Operator::Modulo) {
        return Err(division_by_zero());
    }
    let value = match operator {
        Operator::Multiply => decimal::multiply(left, right, scale),
        Operator::Divide => decimal::divide(left, right, scale),
        Operator::Add | Operator::Subtract | Operator::Modulo => {
            match (decimal::rescale(left.0, left.1, scale), decimal::rescale(right.0, right.1, scale)) {
                (Some(left), Some(right)) => match operator {
                    Operator::Add => left.checked_add(right),
                    Operator::Subtract => left.checked_sub(right),
                    _ => Some(left % right),
                },
                _ => None,
            }
        }
    };
    // Declared precisions bound the result only where they are below 38.
    match value.filter(|value| decimal::fits(*value, precision.max(38))) {
        Some(value) => Ok(Datum::Number(value, scale)),
        None => {
            let symbol = match operator {
                Operator::Add => '+',
                Operator::Subtract => '-',
                Operator::Multiply => '*',
                Operator::Divide => '/',
                Operator::Modulo => '%',
            };
            let text = |(value, scale)| decimal::text(value, scale);
            Err(out_of_range(format!("{} {symbol} {}", text(left), text(right))))
        }
    }
}

fn negate(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    Ok(match &values[0] {
        Datum::Number(value, scale) => Datum::Number(-value, *scale),
        Datum::Float(value) => Datum::Float(-value),
        other => return Err(SqlError::internal(format_args!("minus {other:?}"))),
    })
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Any, Number};
    const TWO: &[Param] = &[Any, Any];
    vec![
        function("SF_ADD", TWO, Returns::By(|types| resolve(Operator::Add, types)), |values, env| {
            apply(Operator::Add, values, env)
        }),
        function("SF_SUB", TWO, Returns::By(|types| resolve(Operator::Subtract, types)), |values, env| {
            apply(Operator::Subtract, values, env)
        }),
        function("SF_MUL", TWO, Returns::By(|types| resolve(Operator::Multiply, types)), |values, env| {
            apply(Operator::Multiply, values, env)
        }),
        function("SF_DIV", TWO, Returns::By(|types| resolve(Operator::Divide, types)), |values, env| {
            apply(Operator::Divide, values, env)
        }),
        function("SF_MOD", TWO, Returns::By(|types| resolve(Operator::Modulo, types)), |values, env| {
            apply(Operator::Modulo, values, env)
        })
        .aliases(&["MOD"]),
        function("SF_NEGATE", &[Number], Returns::Like(0), negate),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_queries};

    #[test]
    fn fixed_point() {
        check(&[
            ("SF_ADD(1, 2.5)", "NUMBER(38,1)|3.5"),
            ("SF_ADD(0.1, 0.2)", "0.3"),
            ("SF_SUB(1.00, 2.5)", "NUMBER(4,2)|-1.50"),
            ("SF_MUL(1.5, 1.25)", "NUMBER(5,3)|1.875"),
            ("SF_MUL(1.1234567, 1.1234567)", "NUMBER(14,12)|1.262154956775"),
            ("SF_DIV(1, 2)", "NUMBER(38,6)|0.500000"),
            ("SF_DIV(2, 3)", "0.666667"),
            ("SF_DIV(-2, 3)", "-0.666667"),
            ("SF_DIV(1.00, 3.0)", "NUMBER(10,8)|0.33333333"),
            ("SF_DIV(1, 0)", "100051 Division by zero"),
            ("SF_DIV(T_FLOAT(1), 0)", "100051 Division by zero"),
            ("SF_MOD(-7, 3)", "-1"),
            ("SF_MOD(7.5, 2)", "1.5"),
            ("MOD(7, 0)", "100051 Division by zero"),
            ("SF_ADD(1, NULL)", "NUMBER(38,0)|NULL"),
            ("SF_ADD('1.5', 1)", "2.50000"),
            ("SF_ADD('x', 1)", "100038 Numeric value 'x' is not recognized"),
            ("SF_ADD(T_FLOAT(1), 0.5)", "FLOAT|1.5"),
            ("SF_NEGATE(1.5)", "-1.5"),
            (
                "SF_MUL(99999999999999999999999999999999999999, 10)",
                "100046 Number out of representable range: type FIXED[SB16](38,0){nullable}, value 99999999999999999999999999999999999999 * 10",
            ),
            (
                "SF_ADD(true, 1)",
                "001044 SQL compilation error:\nInvalid argument types for function '+': (BOOLEAN, NUMBER(38,0))",
            ),
        ]);
    }

    #[test]
    fn dates() {
        check(&[
            ("SF_ADD(T_DATE('2024-02-28'), 2)", "DATE|2024-03-01"),
            ("SF_ADD(2, T_DATE('2024-02-28'))", "2024-03-01"),
            ("SF_SUB(T_DATE('2024-03-01'), 1)", "2024-02-29"),
            ("SF_SUB(T_DATE('2024-03-01'), T_DATE('2024-02-01'))", "NUMBER(9,0)|29"),
        ]);
    }

    #[test]
    fn columns() {
        check_queries(&[
            ("SELECT SF_DIV(a, 4) FROM (VALUES (1), (NULL), (3)) AS t(a)", "0.250000,NULL,0.750000"),
            ("SELECT SF_DIV(1, a) FROM (VALUES (1), (0)) AS t(a)", "100051 Division by zero"),
        ]);
    }
}
