//! Dates and times put together of their parts.

use chrono::NaiveDate;

use super::super::args::{integer, integer_or, invalid_value};
use super::super::datum::Datum;
use super::super::time::{self, DAY};
use super::super::udf::{Env, Types};
use super::{in_calendar, out_of_range};
use crate::error::Result;
use crate::types::SqlType;

/// A date whose month and day may lie outside their usual ranges.
pub(super) fn date_from_parts(values: &[Datum]) -> Result<i64> {
    let (year, month, day) = (integer(&values[0])?, integer(&values[1])?, integer(&values[2])?);
    let failed = || out_of_range("DATE_FROM_PARTS");
    let first = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, 1, 1)).ok_or_else(failed)?;
    let first = time::add_months(first, month.checked_sub(1).ok_or_else(failed)?).ok_or_else(failed)?;
    let days = i64::from(time::days(first)).checked_add(day).and_then(|days| days.checked_sub(1)).ok_or_else(failed)?;
    in_calendar(days.checked_mul(DAY).ok_or_else(failed)?).map(|_| days).ok_or_else(failed)
}

/// Nanoseconds of hours, minutes, seconds and nanoseconds, which may lie outside their usual ranges.
pub(super) fn nanos_from_parts(values: &[Datum]) -> Result<i128> {
    let number = |index: usize| integer_or(values, index, 0).map(i128::from);
    Ok(((number(0)? * 60 + number(1)?) * 60 + number(2)?) * 1_000_000_000 + number(3)?)
}

pub(super) fn stamp_from_parts(values: &[Datum]) -> Result<i64> {
    if let [Datum::Date(days), Datum::Time(nanos)] = values {
        return Ok(i64::from(*days) * DAY + nanos / 1000);
    }
    if values.len() < 6 {
        return Err(invalid_value("TIMESTAMP_FROM_PARTS", values.len(), "a date and a time, or six parts and more"));
    }
    let nanos = nanos_from_parts(&values[3..values.len().min(7)])?;
    let micros = i64::try_from(nanos.div_euclid(1000)).map_err(|_| out_of_range("TIMESTAMP_FROM_PARTS"))?;
    (date_from_parts(values)? * DAY).checked_add(micros).ok_or_else(|| out_of_range("TIMESTAMP_FROM_PARTS"))
}

/// The argument types of TIMESTAMP_..._FROM_PARTS.
pub(super) fn parts_type(types: &Types<'_>, returns: SqlType) -> Result<SqlType> {
    let pair = types.types.len() == 2
        && matches!(types.types[0], None | Some(SqlType::Date))
        && matches!(types.types[1], None | Some(SqlType::Time(_)));
    let numbers = |count: usize| {
        types
            .types
            .iter()
            .take(count)
            .all(|found| matches!(found, None | Some(SqlType::Number { .. } | SqlType::Float)))
    };
    if pair || (types.types.len() >= 6 && numbers(7)) { Ok(returns) } else { Err(types.invalid()) }
}

/// The converted number arguments; dates and times stay.
pub(super) fn numbers(values: &[Datum], env: &Env<'_>) -> Result<Vec<Datum>> {
    let convert = |value: &Datum| match value {
        Datum::Float(_) => super::super::cast::cast_datum(value.clone(), SqlType::INTEGER, env.settings),
        other => Ok(other.clone()),
    };
    values.iter().map(convert).collect()
}
