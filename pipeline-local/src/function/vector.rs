//! Functions of VECTOR.

use super::args::json;
use super::datum::Datum;
use super::decimal;
use super::json::Json;
use super::udf::{Function, Param, Returns, Types, function};
use crate::error::{Result, SqlError};
use crate::types::{SqlType, VectorElement};

const PAIR: &[Param] = &[Param::Vector, Param::Vector];

fn elements(value: &Datum) -> Result<Vec<f64>> {
    let Json::Array(items) = json(value)? else { return Err(SqlError::internal("a VECTOR that is no array")) };
    let number = |item: &Json| match item {
        Json::Number(value, scale) => Ok(decimal::to_float(*value, *scale)),
        Json::Double(value) => Ok(*value),
        other => Err(SqlError::internal(format_args!("{other} in a VECTOR"))),
    };
    items.iter().map(number).collect()
}

/// Two vectors of one type.
fn measured(types: &Types<'_>) -> Result<SqlType> {
    match types.types[..] {
        [Some(a), Some(b)] if a != b => Err(types.invalid()),
        _ => Ok(SqlType::Float),
    }
}

fn sum(values: &[Datum], of: impl Fn(f64, f64) -> f64) -> Result<f64> {
    let (a, b) = (elements(&values[0])?, elements(&values[1])?);
    Ok(a.into_iter().zip(b).map(|(a, b)| of(a, b)).sum())
}

fn inner(values: &[Datum]) -> Result<f64> {
    sum(values, |a, b| a * b)
}

fn length(value: &Datum) -> Result<f64> {
    Ok(elements(value)?.into_iter().map(|value| value * value).sum::<f64>().sqrt())
}

pub(super) fn functions() -> Vec<Function> {
    let measure = Returns::By(measured);
    vec![
        function("VECTOR_INNER_PRODUCT", PAIR, measure, |values, _| Ok(Datum::Float(inner(values)?))),
        function("VECTOR_L1_DISTANCE", PAIR, measure, |values, _| Ok(Datum::Float(sum(values, |a, b| (a - b).abs())?))),
        function("VECTOR_L2_DISTANCE", PAIR, measure, |values, _| {
            Ok(Datum::Float(sum(values, |a, b| (a - b) * (a - b))?.sqrt()))
        }),
        function("VECTOR_COSINE_SIMILARITY", PAIR, measure, |values, _| {
            let lengths = length(&values[0])? * length(&values[1])?;
            if lengths == 0.0 {
                return Ok(Datum::Null);
            }
            Ok(Datum::Float(inner(values)? / lengths))
        }),
        function(
            "VECTOR_NORMALIZE",
            &[Param::Vector],
            Returns::By(|types| match types.get(0) {
                SqlType::Vector(_, length) => Ok(SqlType::Vector(VectorElement::Float, length)),
                other => Ok(other),
            }),
            |values, env| {
                let length = length(&values[0])?;
                if length == 0.0 {
                    return Ok(Datum::Null);
                }
                let items = elements(&values[0])?.into_iter().map(|value| Json::Double(value / length));
                super::cast::cast_datum(Datum::Json(Json::Array(items.collect())), env.returns, env.settings)
            },
        ),
        function(
            "VECTOR_TRUNCATE",
            &[Param::Vector, Param::Integer],
            Returns::By(|types| match (types.get(0), types.constant_integer(1)) {
                (SqlType::Vector(element, length), Some(wanted)) if (1..=i64::from(length)).contains(&wanted) => {
                    Ok(SqlType::Vector(element, wanted as u16))
                }
                _ => Err(types.invalid()),
            }),
            |values, env| {
                let (Json::Array(items), SqlType::Vector(_, length)) = (json(&values[0])?, env.returns) else {
                    return Err(SqlError::internal("a VECTOR that is no array"));
                };
                Ok(Datum::Json(Json::Array(items.iter().take(length.into()).cloned().collect())))
            },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn vectors() {
        check(&[
            ("T_VECTOR(ARRAY_CONSTRUCT(1, 2.5, 3))", "VECTOR(FLOAT, 3)|[1,2.5,3]"),
            ("T_VECTOR(ARRAY_CONSTRUCT(1, 2))", "100071 Failed to cast variant value [1,2] to VECTOR(FLOAT, 3)"),
            ("VECTOR_INNER_PRODUCT(T_VECTOR(ARRAY_CONSTRUCT(1,2,3)), T_VECTOR(ARRAY_CONSTRUCT(4,5,6)))", "FLOAT|32"),
            ("VECTOR_L1_DISTANCE(T_VECTOR(ARRAY_CONSTRUCT(1,2,3)), T_VECTOR(ARRAY_CONSTRUCT(4,5,7)))", "10"),
            ("VECTOR_L2_DISTANCE(T_VECTOR(ARRAY_CONSTRUCT(0,0,0)), T_VECTOR(ARRAY_CONSTRUCT(2,3,6)))", "7"),
            ("VECTOR_COSINE_SIMILARITY(T_VECTOR(ARRAY_CONSTRUCT(1,0,0)), T_VECTOR(ARRAY_CONSTRUCT(2,0,0)))", "1"),
            ("VECTOR_COSINE_SIMILARITY(T_VECTOR(ARRAY_CONSTRUCT(0,0,0)), T_VECTOR(ARRAY_CONSTRUCT(2,0,0)))", "NULL"),
            ("VECTOR_NORMALIZE(T_VECTOR(ARRAY_CONSTRUCT(0,3,4)))", "VECTOR(FLOAT, 3)|[0,0.6,0.8]"),
            ("VECTOR_TRUNCATE(T_VECTOR(ARRAY_CONSTRUCT(0,3,4)), 2)", "VECTOR(FLOAT, 2)|[0,3]"),
            (
                "VECTOR_INNER_PRODUCT(ARRAY_CONSTRUCT(1), ARRAY_CONSTRUCT(1))",
                "001044 SQL compilation error:\nInvalid argument types for function 'VECTOR_INNER_PRODUCT': (ARRAY, ARRAY)",
            ),
        ]);
    }
}
