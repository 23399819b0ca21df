//! Conversions to structured types and to VECTOR.

use super::cast::{cast_datum, exists, failed_variant, json_of};
use super::datum::Datum;
use super::json::Json;
use super::settings::Settings;
use crate::error::{Result, SqlError};
use crate::types::{Held, Shape, SqlType, VectorElement};

/// Converts a semi-structured value to a structured type.
///
/// # Errors
/// 100071 when the value has another shape, and the errors of the conversions of what it holds.
pub(super) fn cast(json: &Json, to: SqlType, shape: &Shape, settings: &Settings) -> Result<Json> {
    let failed = || failed_variant(json, &to.to_string());
    Ok(match (shape, json) {
        (Shape::Array(element), Json::Array(items)) => {
            Json::Array(items.iter().map(|item| held(item, *element, settings)).collect::<Result<_>>()?)
        }
        (Shape::Object(members), Json::Object(given)) => {
            if given.len() != members.len() {
                return Err(failed());
            }
            let member = |(name, member): &(String, Held)| {
                let value = given.get(name).ok_or_else(failed)?;
                Ok((name.clone(), held(value, *member, settings)?))
            };
            Json::Object(members.iter().map(member).collect::<Result<_>>()?)
        }
        (Shape::Map(key, value), Json::Object(given)) => {
            let pair = |(name, found): (&String, &Json)| {
                let name = match cast_datum(Datum::Text(name.clone()), *key, settings)? {
                    Datum::Text(name) => name,
                    other => super::cast::text_of(&other, settings.time_zone),
                };
                Ok((name, held(found, *value, settings)?))
            };
            Json::Object(given.iter().map(pair).collect::<Result<_>>()?)
        }
        _ => return Err(failed()),
    })
}

/// Converts an element, a member or a value.
pub(super) fn held(value: &Json, to: Held, settings: &Settings) -> Result<Json> {
    if matches!(value, Json::Null | Json::Undefined) {
        return if to.nullable {
            Ok(Json::Null)
        } else {
            Err(SqlError::new(100_072, "22000", format!("NULL result in a non-nullable element of type {to}")))
        };
    }
    let converted = cast_datum(Datum::Json(value.clone()), to.sql_type, settings)?;
    Ok(json_of(converted, settings.time_zone))
}

/// Whether the first type can be converted to the second, where one of them is structured; `None` where none is.
pub(super) fn convertible(from: SqlType, to: SqlType) -> Option<bool> {
    use SqlType as T;
    Some(match (from, to) {
        (T::Structured(a), T::Structured(b)) => match (a.shape(), b.shape()) {
            (Shape::Array(a), Shape::Array(b)) => exists(a.sql_type, b.sql_type),
            (Shape::Object(a), Shape::Object(b)) => {
                let found = |name: &str| a.iter().find(|(other, _)| other == name);
                a.len() == b.len()
                    && b.iter().all(|(name, b)| found(name).is_some_and(|(_, a)| exists(a.sql_type, b.sql_type)))
            }
            (Shape::Map(_, a), Shape::Map(_, b)) => exists(a.sql_type, b.sql_type),
            (Shape::Object(_), Shape::Map(..)) | (Shape::Map(..), Shape::Object(_)) => true,
            _ => false,
        },
        (T::Structured(_), _) => from.loose() == to || matches!(to, T::Variant | T::Varchar(_)),
        (_, T::Structured(_)) => from == to.loose() || from == T::Variant,
        (T::Vector(_, a), T::Vector(_, b)) => a == b,
        (T::Vector(..), to) => matches!(to, T::Array | T::Varchar(_)),
        (from, T::Vector(..)) => matches!(from, T::Array | T::Variant),
        _ => return None,
    })
}

/// Converts an array to a VECTOR.
///
/// # Errors
/// 100071 when it has another number of elements, or one that is no number.
pub(super) fn vector(json: &Json, to: SqlType, element: VectorElement, length: u16) -> Result<Json> {
    let failed = || failed_variant(json, &to.to_string());
    let Json::Array(items) = json else { return Err(failed()) };
    if items.len() != usize::from(length) {
        return Err(failed());
    }
    let number = |item: &Json| {
        let value = match item {
            Json::Number(value, scale) => super::decimal::to_float(*value, *scale),
            Json::Double(value) => *value,
            _ => return Err(failed()),
        };
        Ok(match element {
            // 32 bits are kept: the shortest digits that name them.
            VectorElement::Float => {
                let short = (value as f32).to_string();
                super::decimal::parse(&short)
                    .map_or_else(|| Json::Double(f64::from(value as f32)), |(value, scale)| Json::number(value, scale))
            }
            VectorElement::Int if (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&value.round()) => {
                Json::Number(value.round() as i128, 0)
            }
            VectorElement::Int => return Err(failed()),
        })
    };
    Ok(Json::Array(items.iter().map(number).collect::<Result<_>>()?))
}
