//! Random values and identifiers.

use std::cell::RefCell;

use super::args::{float, integer, invalid_value, text};
use super::datum::Datum;
use super::hash::{hash_values, mix, uuid_of_name};
use super::string::WIDE;
use super::udf::{Env, Function, Param, Returns, Types, function};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

fn uniform_type(types: &Types<'_>) -> Result<SqlType> {
    let whole = |index: usize| matches!(types.types[index], None | Some(SqlType::Number { scale: 0, .. }));
    Ok(if whole(0) && whole(1) { SqlType::INTEGER } else { SqlType::Float })
}

/// A value within bounds that the generator's value decides.
fn uniform(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    let bits = mix(hash_values(&values[2..]) as u64);
    if env.returns == SqlType::Float {
        let (low, high) = (float(&values[0])?, float(&values[1])?);
        return Ok(Datum::Float(low + (high - low) * (bits >> 11) as f64 / (1_u64 << 53) as f64));
    }
    let (low, high) = (integer(&values[0])?, integer(&values[1])?);
    if low > high {
        return Err(invalid_value("UNIFORM", low, "a lower bound up to the upper one"));
    }
    let span = i128::from(high) - i128::from(low) + 1;
    Ok(Datum::integer(i128::from(low) + i128::from(bits) % span))
}

fn random_text(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let length = integer(&values[0])?;
    if !(0..=1_000_000).contains(&length) {
        return Err(invalid_value("RANDSTR", length, "a length from 0 to 1000000"));
    }
    let mut bits = hash_values(&values[1..]) as u64;
    let mut letters = String::with_capacity(length as usize);
    for _ in 0..length {
        bits = mix(bits.wrapping_add(0x9e37_79b9_7f4a_7c15));
        letters.push(LETTERS[(bits % 62) as usize] as char);
    }
    Ok(Datum::Text(letters))
}

/// Two independent numbers below 1, from 0, that the generator's value decides.
fn fractions(values: &[Datum]) -> [f64; 2] {
    let first = mix(hash_values(values) as u64);
    [first, mix(first ^ 0x5851_f42d_4c95_7f2d)].map(|bits| (bits >> 11) as f64 / (1_u64 << 53) as f64)
}

/// A value of the normal distribution, after Box and Muller.
fn normal(values: &[Datum]) -> Result<Datum> {
    let (mean, deviation) = (float(&values[0])?, float(&values[1])?);
    let [radius, angle] = fractions(&values[2..]);
    let spread = (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f64::consts::TAU * angle).cos();
    Ok(Datum::Float(mean + deviation * spread))
}

thread_local! {
    /// The sums of a Zipf distribution's weights, with its exponent and size.
    static ZIPF: RefCell<(f64, i64, Vec<f64>)> = const { RefCell::new((0.0, 0, Vec::new())) };
}

/// A whole number from 1 to a bound, `k` with a weight of `1 / k^s`.
fn zipf(values: &[Datum]) -> Result<Datum> {
    let (exponent, bound) = (float(&values[0])?, integer(&values[1])?);
    if !(1..=16_777_215).contains(&bound) {
        return Err(invalid_value("ZIPF", bound, "a bound from 1 to 16777215"));
    }
    let [fraction, _] = fractions(&values[2..]);
    ZIPF.with_borrow_mut(|known| {
        if known.0 != exponent || known.1 != bound {
            let mut total = 0.0;
            let weight = |value: i64| {
                total += (value as f64).powf(-exponent);
                total
            };
            *known = (exponent, bound, (1..=bound).map(weight).collect());
        }
        let sums = &known.2;
        let wanted = fraction * sums.last().copied().unwrap_or(0.0);
        Ok(Datum::integer((sums.partition_point(|sum| *sum <= wanted) as i64 + 1).min(bound)))
    })
}

fn uuid(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let [space, name] = values else { return Ok(Datum::Text(uuid::Uuid::new_v4().to_string())) };
    let space = uuid::Uuid::parse_str(text(space)?)
        .map_err(|_| SqlError::new(100_187, "22000", format!("Invalid UUID '{}'", text(space).unwrap_or_default())))?;
    Ok(Datum::Text(uuid_of_name(space, text(name)?).to_string()))
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Any, Float, Integer, Number, Text};
    vec![
        function("UUID_STRING", &[Text, Text], Returns::Type(SqlType::Varchar(36)), uuid)
            .optional(2)
            .total()
            .volatile(),
        function("RANDOM", &[Integer], Returns::Type(SqlType::Number { precision: 19, scale: 0 }), |values, env| {
            Ok(Datum::integer(match values.first() {
                Some(seed) => mix((integer(seed)? as u64) ^ mix(env.count() + 1)) as i64,
                None => rand::random::<i64>(),
            }))
        })
        .optional(1)
        .total()
        .volatile(),
        function("UNIFORM", &[Number, Number, Any], Returns::By(uniform_type), uniform).total(),
        function("NORMAL", &[Float, Float, Any], Returns::Type(SqlType::Float), |values, _| normal(values)).total(),
        function("ZIPF", &[Float, Integer, Any], Returns::Type(SqlType::INTEGER), |values, _| zipf(values)).total(),
        function("RANDSTR", &[Integer, Any], Returns::Type(WIDE), random_text).total(),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_queries};

    #[test]
    fn identifiers() {
        check(&[
            ("UUID_STRING('fe971b24-9572-4005-b22f-351e9c09274d', 'foo')", "dc0b6f65-fca6-5b4b-9d37-ccc3fde1f3e2"),
            ("LENGTH(UUID_STRING())", "36"),
            ("UUID_STRING('x', 'foo')", "100187 Invalid UUID 'x'"),
        ]);
        check_queries(&[(
            "SELECT count(DISTINCT u) FROM (SELECT UUID_STRING() AS u FROM (VALUES (1), (2), (3)) AS t(a)) AS s",
            "3",
        )]);
    }

    #[test]
    fn random_values() {
        check(&[
            ("RANDOM(7) = RANDOM(7)", "true"),
            ("RANDOM() = RANDOM()", "false"),
            ("UNIFORM(5, 5, RANDOM())", "NUMBER(38,0)|5"),
            ("UNIFORM(1, 10, RANDOM()) BETWEEN 1 AND 10", "true"),
            ("UNIFORM(0.0, 1.0, 3) < 1", "true"),
            ("NORMAL(5, 0, 1)", "5"),
            ("ABS(NORMAL(0, 1, 3)) < 9", "true"),
            ("ZIPF(1, 1, RANDOM())", "1"),
            ("LENGTH(RANDSTR(12, RANDOM()))", "12"),
            ("RANDSTR(5, 1) = RANDSTR(5, 1)", "true"),
        ]);
        check_queries(&[
            (
                "SELECT ABS(AVG(x) - 10) < 0.2 AND ABS(STDDEV(x) - 2) < 0.2 FROM (SELECT NORMAL(10, 2, a) AS x FROM generate_series(1, 5000) AS t(a)) AS s",
                "true",
            ),
            (
                "SELECT min(x) = 1 AND max(x) <= 10 AND COUNT_IF(x = 1) > COUNT_IF(x = 2) FROM (SELECT ZIPF(1.2, 10, a) AS x FROM generate_series(1, 2000) AS t(a)) AS s",
                "true",
            ),
        ]);
        check_queries(&[("SELECT count(DISTINCT RANDOM(1)) FROM generate_series(1, 20000) AS t(a)", "20000")]);
        check_queries(&[(
            "SELECT count(DISTINCT r) FROM (SELECT UNIFORM(1, 1000000000, RANDOM()) AS r FROM (VALUES (1), (2), (3)) AS t(a)) AS s",
            "3",
        )]);
    }
}
