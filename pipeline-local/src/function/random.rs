//! Random values and identifiers.

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

fn uuid(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let [space, name] = values else { return Ok(Datum::Text(uuid::Uuid::new_v4().to_string())) };
    let space = uuid::Uuid::parse_str(text(space)?)
        .map_err(|_| SqlError::new(100_187, "22000", format!("Invalid UUID '{}'", text(space).unwrap_or_default())))?;
    Ok(Datum::Text(uuid_of_name(space, text(name)?).to_string()))
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Any, Integer, Number, Text};
    vec![
        function("UUID_STRING", &[Text, Text], Returns::Type(SqlType::Varchar(36)), uuid).optional(2).volatile(),
        function("RANDOM", &[Integer], Returns::Type(SqlType::Number { precision: 19, scale: 0 }), |values, env| {
            Ok(Datum::integer(match values.first() {
                Some(seed) => mix((integer(seed)? as u64) ^ mix(env.count() + 1)) as i64,
                None => rand::random::<i64>(),
            }))
        })
        .optional(1)
        .volatile(),
        function("UNIFORM", &[Number, Number, Any], Returns::By(uniform_type), uniform),
        function("RANDSTR", &[Integer, Any], Returns::Type(WIDE), random_text),
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
            ("LENGTH(RANDSTR(12, RANDOM()))", "12"),
            ("RANDSTR(5, 1) = RANDSTR(5, 1)", "true"),
        ]);
        check_queries(&[("SELECT count(DISTINCT RANDOM(1)) FROM generate_series(1, 20000) AS t(a)", "20000")]);
        check_queries(&[(
            "SELECT count(DISTINCT r) FROM (SELECT UNIFORM(1, 1000000000, RANDOM()) AS r FROM (VALUES (1), (2), (3)) AS t(a)) AS s",
            "3",
        )]);
    }
}
