//! Sums, means and other statistics of numbers and truth values.

use super::super::args::{float, integer};
use super::super::arithmetic::{self, Operator};
use super::super::datum::{Datum, out_of_range};
use super::super::decimal;
use super::super::udf::{Param, Returns, Types};
use super::frame::{Aggregate, Env, Fold, Kind, aggregate};
use crate::error::Result;
use crate::types::SqlType;

const COUNT: SqlType = SqlType::Number { precision: 18, scale: 0 };

fn sum_type(types: &Types<'_>) -> Result<SqlType> {
    Ok(match types.get(0) {
        SqlType::Number { scale, .. } => SqlType::Number { precision: 38, scale },
        other => other,
    })
}

/// `a + b`, either of which may be NULL.
fn plus(a: &Datum, b: &Datum) -> Result<Datum> {
    match (a, b) {
        (Datum::Null, other) | (other, Datum::Null) => Ok(other.clone()),
        (Datum::Number(a, sa), Datum::Number(b, sb)) => {
            let scale = *sa.max(sb);
            let total = decimal::rescale(*a, *sa, scale).zip(decimal::rescale(*b, *sb, scale));
            let total = total.and_then(|(a, b)| a.checked_add(b)).filter(|total| decimal::fits(*total, 38));
            total.map(|total| Datum::Number(total, scale)).ok_or_else(|| out_of_range(decimal::text(*a, *sa)))
        }
        (a, b) => Ok(Datum::Float(float(a)? + float(b)?)),
    }
}

fn add_first(state: &mut [Datum], row: &[Datum], _: &Env) -> Result<()> {
    state[0] = plus(&state[0], &row[0])?;
    Ok(())
}

fn sum_state(env: &Env) -> SqlType {
    match env.types[0] {
        SqlType::Number { scale, .. } => SqlType::Number { precision: 38, scale },
        other => other,
    }
}

const SUM: Fold = Fold {
    state: |env| vec![sum_state(env)],
    start: |_| vec![Datum::Null],
    step: add_first,
    merge: add_first,
    finish: |state, _| Ok(state[0].clone()),
};

fn average_type(types: &Types<'_>) -> Result<SqlType> {
    Ok(match types.get(0) {
        SqlType::Number { scale, .. } => SqlType::Number { precision: 38, scale: scale.max((scale + 6).min(12)) },
        other => other,
    })
}

const AVERAGE: Fold = Fold {
    state: |env| vec![sum_state(env), COUNT],
    start: |_| vec![Datum::Null, Datum::integer(0)],
    step: |state, row, _| {
        state[0] = plus(&state[0], &row[0])?;
        state[1] = plus(&state[1], &Datum::integer(1))?;
        Ok(())
    },
    merge: |state, other, _| {
        state[0] = plus(&state[0], &other[0])?;
        state[1] = plus(&state[1], &other[1])?;
        Ok(())
    },
    finish: |state, env| match (&state[0], &state[1], env.returns) {
        (Datum::Null, ..) => Ok(Datum::Null),
        (Datum::Number(sum, from), Datum::Number(count, _), SqlType::Number { precision, scale }) => {
            arithmetic::fixed(Operator::Divide, (*sum, *from), (*count, 0), precision, scale)
        }
        (sum, count, _) => Ok(Datum::Float(float(sum)? / float(count)?)),
    },
};

const COUNT_IF: Fold = Fold {
    state: |_| vec![COUNT],
    start: |_| vec![Datum::integer(0)],
    step: |state, row, _| {
        if row[0] == Datum::Boolean(true) {
            state[0] = plus(&state[0], &Datum::integer(1))?;
        }
        Ok(())
    },
    merge: add_first,
    finish: |state, _| Ok(state[0].clone()),
};

/// Combines values of one type two by two; NULL without values.
macro_rules! combine {
    ($combine:expr) => {{
        fn combined(state: &mut [Datum], row: &[Datum], _: &Env) -> Result<()> {
            let combine: fn(&Datum, &Datum) -> Result<Datum> = $combine;
            if !row[0].is_null() {
                state[0] = if state[0].is_null() { row[0].clone() } else { combine(&state[0], &row[0])? };
            }
            Ok(())
        }
        Kind::Fold(Fold {
            state: |env| vec![env.types[0]],
            start: |_| vec![Datum::Null],
            step: combined,
            merge: combined,
            finish: |state, _| Ok(state[0].clone()),
        })
    }};
}

/// Count, mean and sum of squared distances from it, by which rows and partial results combine without cancellation.
fn spread(state: &mut [Datum], count: f64, mean: f64, squares: f64) -> Result<()> {
    let (have, have_mean, have_squares) = (float(&state[0])?, float(&state[1])?, float(&state[2])?);
    let total = have + count;
    if total > 0.0 {
        let delta = mean - have_mean;
        state[0] = Datum::Float(total);
        state[1] = Datum::Float(have_mean + delta * count / total);
        state[2] = Datum::Float(have_squares + squares + delta * delta * have * count / total);
    }
    Ok(())
}

/// `squares / (count - less)`, or its root.
/// The type of a variance: of fixed-point numbers a NUMBER, with six digits more than their squares.
fn variance_type(types: &Types<'_>) -> Result<SqlType> {
    Ok(match types.get(0) {
        SqlType::Number { scale, .. } => {
            let squared = (scale * 2).min(scale.max(12));
            SqlType::Number { precision: 38, scale: squared.max((squared + 6).min(12)) }
        }
        _ => SqlType::Float,
    })
}

/// KURTOSIS of fixed-point numbers is one with twelve digits.
fn kurtosis_type(types: &Types<'_>) -> Result<SqlType> {
    Ok(match types.get(0) {
        SqlType::Number { .. } => SqlType::Number { precision: 38, scale: 12 },
        _ => SqlType::Float,
    })
}

/// A double as the result type wants it.
fn in_type(value: f64, env: &Env) -> Result<Datum> {
    match env.returns {
        SqlType::Number { scale, .. } => {
            let fixed = decimal::from_float(value, scale).ok_or_else(|| out_of_range(value))?;
            Ok(Datum::Number(fixed, scale))
        }
        _ => Ok(Datum::Float(value)),
    }
}

fn variance(state: &[Datum], less: f64, root: bool, env: &Env) -> Result<Datum> {
    let count = float(&state[0])?;
    if count <= less {
        return Ok(Datum::Null);
    }
    let variance = float(&state[2])? / (count - less);
    in_type(if root { variance.sqrt() } else { variance }, env)
}

macro_rules! deviation {
    ($less:literal, $root:literal) => {
        Kind::Fold(Fold {
            state: |_| vec![SqlType::Float; 3],
            start: |_| vec![Datum::Float(0.0); 3],
            step: |state, row, _| spread(state, 1.0, float(&row[0])?, 0.0),
            merge: |state, other, _| spread(state, float(&other[0])?, float(&other[1])?, float(&other[2])?),
            finish: |state, env| variance(state, $less, $root, env),
        })
    };
}

/// The value at a fraction of the way through ordered rows, between two of them where it falls between.
fn interpolated(rows: &[Vec<Datum>], fraction: f64, env: &Env) -> Result<Datum> {
    let mut values: Vec<&Datum> = rows.iter().map(|row| &row[0]).collect();
    values.sort_by(|a, b| a.compare(b));
    if values.is_empty() {
        return Ok(Datum::Null);
    }
    let at = fraction * (values.len() - 1) as f64;
    let (low, high) = (values[at.floor() as usize], values[at.ceil() as usize]);
    match (low, high, env.returns) {
        (Datum::Number(low, from), Datum::Number(high, _), SqlType::Number { scale, .. }) => {
            // The weight as a decimal keeps halves and the like exact.
            let weight = decimal::from_float(at - at.floor(), 12).unwrap_or(0);
            let step = decimal::multiply((high - low, *from), (weight, 12), scale);
            let total = decimal::rescale(*low, *from, scale).zip(step).and_then(|(low, step)| low.checked_add(step));
            total.map(|total| Datum::Number(total, scale)).ok_or_else(|| out_of_range(decimal::text(*low, *from)))
        }
        (low, high, _) => {
            let (low, high) = (float(low)?, float(high)?);
            Ok(Datum::Float(low + (high - low) * (at - at.floor())))
        }
    }
}

fn middle_type(types: &Types<'_>) -> Result<SqlType> {
    Ok(match types.get(0) {
        SqlType::Number { scale, .. } => SqlType::Number { precision: 38, scale: (scale + 3).min(37) },
        other => other,
    })
}

/// The fraction that the second argument gives; from the end for a descending order.
fn fraction(rows: &[Vec<Datum>], env: &Env) -> Result<f64> {
    let fraction = rows.first().map_or(Ok(0.0), |row| float(&row[1]))?;
    if !(0.0..=1.0).contains(&fraction) {
        return Err(super::super::args::invalid_value("PERCENTILE", fraction, "from 0 to 1"));
    }
    Ok(if env.descending { 1.0 - fraction } else { fraction })
}

fn discrete(rows: &[Vec<Datum>], env: &Env) -> Result<Datum> {
    let fraction = rows.first().map_or(Ok(0.0), |row| float(&row[1]))?;
    if !(0.0..=1.0).contains(&fraction) {
        return Err(super::super::args::invalid_value("PERCENTILE_DISC", fraction, "from 0 to 1"));
    }
    let mut values: Vec<&Datum> = rows.iter().map(|row| &row[0]).collect();
    values.sort_by(|a, b| if env.descending { b.compare(a) } else { a.compare(b) });
    let at = (fraction * values.len() as f64).ceil().max(1.0) as usize - 1;
    Ok(values.get(at).map_or(Datum::Null, |value| (*value).clone()))
}

/// Moments about the mean, of the orders 2 to 4.
fn moments(rows: &[Vec<Datum>]) -> Result<(f64, [f64; 3])> {
    let values: Vec<f64> = rows.iter().map(|row| float(&row[0])).collect::<Result<_>>()?;
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let moment = |order: i32| values.iter().map(|value| (value - mean).powi(order)).sum::<f64>();
    Ok((count, [moment(2), moment(3), moment(4)]))
}

fn skew(rows: &[Vec<Datum>], _: &Env) -> Result<Datum> {
    let (n, [m2, m3, _]) = moments(rows)?;
    if n < 3.0 || m2 == 0.0 {
        return Ok(Datum::Null);
    }
    let deviation = (m2 / (n - 1.0)).sqrt();
    Ok(Datum::Float(n / ((n - 1.0) * (n - 2.0)) * m3 / deviation.powi(3)))
}

fn kurtosis(rows: &[Vec<Datum>], env: &Env) -> Result<Datum> {
    let (n, [m2, _, m4]) = moments(rows)?;
    if n < 4.0 || m2 == 0.0 {
        return Ok(Datum::Null);
    }
    let variance = m2 / (n - 1.0);
    let first = n * (n + 1.0) / ((n - 1.0) * (n - 2.0) * (n - 3.0)) * m4 / (variance * variance);
    in_type(first - 3.0 * (n - 1.0).powi(2) / ((n - 2.0) * (n - 3.0)), env)
}

pub(super) fn aggregates() -> Vec<Aggregate> {
    use Param::{Any, Boolean, Float, Integer, Number};
    let real = Returns::Type(SqlType::Float);
    let whole = Returns::Type(SqlType::INTEGER);
    let truth = Returns::Type(SqlType::Boolean);
    const BITS: &[Param] = &[Integer];
    vec![
        aggregate("SUM", &[Number], Returns::By(sum_type), Kind::Fold(SUM)),
        aggregate("AVG", &[Number], Returns::By(average_type), Kind::Fold(AVERAGE)),
        aggregate("COUNT_IF", &[Boolean], Returns::Type(COUNT), Kind::Fold(COUNT_IF)),
        aggregate(
            "BOOLAND_AGG",
            &[Boolean],
            truth,
            combine!(|a, b| Ok(Datum::Boolean(*a == Datum::Boolean(true) && *b == Datum::Boolean(true)))),
        ),
        aggregate(
            "BOOLOR_AGG",
            &[Boolean],
            truth,
            combine!(|a, b| Ok(Datum::Boolean(*a == Datum::Boolean(true) || *b == Datum::Boolean(true)))),
        ),
        aggregate(
            "BOOLXOR_AGG",
            &[Boolean],
            truth,
            // True where exactly one row is.
            Kind::Fold(Fold {
                state: |_| vec![COUNT, COUNT],
                start: |_| vec![Datum::integer(0), Datum::integer(0)],
                step: |state, row, _| {
                    state[0] = plus(&state[0], &Datum::integer(1))?;
                    if row[0] == Datum::Boolean(true) {
                        state[1] = plus(&state[1], &Datum::integer(1))?;
                    }
                    Ok(())
                },
                merge: |state, other, _| {
                    state[0] = plus(&state[0], &other[0])?;
                    state[1] = plus(&state[1], &other[1])?;
                    Ok(())
                },
                finish: |state, _| {
                    Ok(if integer(&state[0])? == 0 { Datum::Null } else { Datum::Boolean(integer(&state[1])? == 1) })
                },
            }),
        ),
        aggregate("BITAND_AGG", BITS, whole, combine!(|a, b| Ok(Datum::integer(integer(a)? & integer(b)?))))
            .aliases(&["BIT_AND_AGG"]),
        aggregate("BITOR_AGG", BITS, whole, combine!(|a, b| Ok(Datum::integer(integer(a)? | integer(b)?))))
            .aliases(&["BIT_OR_AGG"]),
        aggregate("BITXOR_AGG", BITS, whole, combine!(|a, b| Ok(Datum::integer(integer(a)? ^ integer(b)?))))
            .aliases(&["BIT_XOR_AGG"]),
        aggregate("STDDEV", &[Float], real, deviation!(1.0, true)).aliases(&["STDDEV_SAMP"]),
        aggregate("STDDEV_POP", &[Float], real, deviation!(0.0, true)),
        aggregate("VARIANCE", &[Number], Returns::By(variance_type), deviation!(1.0, false))
            .aliases(&["VAR_SAMP", "VARIANCE_SAMP"]),
        aggregate("VAR_POP", &[Number], Returns::By(variance_type), deviation!(0.0, false)).aliases(&["VARIANCE_POP"]),
        aggregate("SKEW", &[Float], real, Kind::Collect(skew)),
        aggregate("KURTOSIS", &[Number], Returns::By(kurtosis_type), Kind::Collect(kurtosis)),
        aggregate(
            "MEDIAN",
            &[Number],
            Returns::By(middle_type),
            Kind::Collect(|rows, env| interpolated(rows, 0.5, env)),
        ),
        aggregate(
            "PERCENTILE_CONT",
            &[Number, Float],
            Returns::By(middle_type),
            Kind::Collect(|rows, env| interpolated(rows, fraction(rows, env)?, env)),
        )
        .within_group(),
        aggregate("PERCENTILE_DISC", &[Any, Float], Returns::Like(0), Kind::Collect(discrete)).within_group(),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::check_queries;

    #[test]
    fn totals() {
        check_queries(&[
            ("SELECT SUM(a) FROM (VALUES (1.50), (2.25), (NULL)) AS t(a)", "NUMBER(38,2)|3.75"),
            ("SELECT AVG(a) FROM (VALUES (1), (2)) AS t(a)", "NUMBER(38,6)|1.500000"),
            ("SELECT AVG(a) FROM (VALUES (1.5), (2.5), (NULL)) AS t(a)", "NUMBER(38,7)|2.0000000"),
            ("SELECT SUM(T_FLOAT(a)) FROM (VALUES (1), (2)) AS t(a)", "FLOAT|3"),
            ("SELECT SUM(DISTINCT a) FROM (VALUES (1), (2), (2)) AS t(a)", "3"),
            ("SELECT SUM(a) FROM (VALUES (1)) AS t(a) WHERE a > 1", "NULL"),
            ("SELECT COUNT_IF(a > 1) FROM (VALUES (1), (2), (NULL)) AS t(a)", "NUMBER(18,0)|1"),
            ("SELECT COUNT_IF(a > 1) FROM (VALUES (1)) AS t(a) WHERE a > 1", "0"),
            ("SELECT SUM(b) FROM (VALUES (1, 1), (1, 2), (2, 5)) AS t(a, b) GROUP BY a ORDER BY a", "3,5"),
            (
                "SELECT SUM(a) FROM (VALUES (99999999999999999999999999999999999999), (99999999999999999999999999999999999999)) AS t(a)",
                "100046 Number out of representable range: type FIXED[SB16](38,0){nullable}, value 99999999999999999999999999999999999999",
            ),
            (
                "SELECT SUM(a) OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM (VALUES (1), (2), (3)) AS t(a)",
                "1,3,5",
            ),
            ("SELECT SUM(a) OVER (ORDER BY a) FROM (VALUES (1), (2), (3)) AS t(a)", "1,3,6"),
            (
                "SELECT SUM(a) FROM (VALUES (true)) AS t(a)",
                "001044 SQL compilation error:\nInvalid argument types for function 'SUM': (BOOLEAN)",
            ),
        ]);
    }

    #[test]
    fn statistics() {
        check_queries(&[
            ("SELECT MEDIAN(a) FROM (VALUES (1), (2), (4), (10)) AS t(a)", "NUMBER(38,3)|3.000"),
            ("SELECT STDDEV(a) FROM (VALUES (2), (4), (4), (4), (5), (5), (7), (9)) AS t(a)", "2.138089935299395"),
            ("SELECT STDDEV_POP(a) FROM (VALUES (2), (4), (4), (4), (5), (5), (7), (9)) AS t(a)", "2"),
            ("SELECT VARIANCE(a) FROM (VALUES (1), (3)) AS t(a)", "NUMBER(38,6)|2.000000"),
            ("SELECT VAR_POP(a) FROM (VALUES (1.25), (3.00)) AS t(a)", "NUMBER(38,10)|0.7656250000"),
            ("SELECT KURTOSIS(a) FROM (VALUES (1), (2), (3), (4), (10)) AS t(a)", "3.152000000000"),
            ("SELECT VARIANCE(a) FROM (VALUES (1)) AS t(a)", "NULL"),
            ("SELECT PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY a) FROM (VALUES (1), (2), (3)) AS t(a)", "1.500"),
            ("SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY a) FROM (VALUES (1), (2), (3), (4)) AS t(a)", "2"),
            ("SELECT BOOLAND_AGG(a > 1) FROM (VALUES (1), (2)) AS t(a)", "false"),
            ("SELECT BOOLOR_AGG(a > 1) FROM (VALUES (1), (2)) AS t(a)", "true"),
            ("SELECT BOOLXOR_AGG(a > 1) FROM (VALUES (1), (2)) AS t(a)", "true"),
            ("SELECT BITOR_AGG(a) FROM (VALUES (1), (4)) AS t(a)", "5"),
            ("SELECT STDDEV(a) FROM (VALUES ('1'), ('3')) AS t(a)", "1.4142135623730951"),
            ("SELECT SKEW(a) FROM (VALUES (1), (2), (3)) AS t(a)", "0"),
        ]);
    }
}
