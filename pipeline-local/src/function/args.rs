//! Reads the converted arguments of a function.

use super::datum::Datum;
use super::{decimal, json::Json};
use crate::error::{Result, SqlError};

fn wrong<T>(value: &Datum, what: &str) -> Result<T> {
    Err(SqlError::internal(format_args!("{value:?} where {what} was expected")))
}

/// A text.
pub(super) fn text(value: &Datum) -> Result<&str> {
    match value {
        Datum::Text(text) => Ok(text),
        other => wrong(other, "text"),
    }
}

/// A whole number; beyond 64 bits the nearest of these.
pub(super) fn integer(value: &Datum) -> Result<i64> {
    match value {
        Datum::Number(value, scale) => {
            let whole = decimal::rescale(*value, *scale, 0).unwrap_or(0);
            Ok(whole.clamp(i64::MIN.into(), i64::MAX.into()) as i64)
        }
        other => wrong(other, "a number"),
    }
}

/// A whole number that may be missing.
pub(super) fn integer_or(values: &[Datum], index: usize, default: i64) -> Result<i64> {
    values.get(index).map_or(Ok(default), integer)
}

/// A text that may be missing.
pub(super) fn text_or<'a>(values: &'a [Datum], index: usize, default: &'a str) -> Result<&'a str> {
    values.get(index).map_or(Ok(default), text)
}

/// A number as double.
pub(super) fn float(value: &Datum) -> Result<f64> {
    match value {
        Datum::Float(value) => Ok(*value),
        Datum::Number(value, scale) => Ok(decimal::to_float(*value, *scale)),
        other => wrong(other, "a number"),
    }
}

/// A semi-structured value.
pub(super) fn json(value: &Datum) -> Result<&Json> {
    match value {
        Datum::Json(json) => Ok(json),
        other => wrong(other, "a semi-structured value"),
    }
}

/// 100166: a function of doubles outside its domain.
pub(super) fn invalid_float(what: impl std::fmt::Display) -> SqlError {
    SqlError::new(100_166, "22023", format!("Invalid floating point operation: {what}"))
}

/// 001008: an argument's value that the function does not take.
pub(super) fn invalid_value(function: &str, value: impl std::fmt::Display, expected: &str) -> SqlError {
    SqlError::compilation(1008, "22023", format_args!("invalid value [{value}] for function '{function}': {expected}"))
}
