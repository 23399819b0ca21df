//! The order of semi-structured values.

use std::cmp::Ordering;

use super::super::datum::Datum;
use super::super::json::Json;

/// The order of two semi-structured values: numbers, then texts and the rest by kind.
pub(super) fn compare(a: &Json, b: &Json) -> Ordering {
    let rank = |value: &Json| match value {
        Json::Boolean(_) => 0,
        Json::Number(..) | Json::Double(_) => 1,
        Json::String(_) => 2,
        Json::Typed(_) => 3,
        Json::Array(_) => 4,
        Json::Object(_) => 5,
        Json::Null => 6,
        Json::Undefined => 7,
    };
    let number = |value: &Json| match value {
        Json::Number(value, scale) => Some(Datum::Number(*value, *scale)),
        Json::Double(value) => Some(Datum::Float(*value)),
        _ => None,
    };
    match (a, b) {
        (Json::Boolean(a), Json::Boolean(b)) => a.cmp(b),
        (Json::String(a), Json::String(b)) => a.cmp(b),
        (Json::Typed(a), Json::Typed(b)) => a.key().cmp(&b.key()),
        (Json::Array(a), Json::Array(b)) => a
            .iter()
            .zip(b)
            .map(|(a, b)| compare(a, b))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| a.len().cmp(&b.len())),
        (Json::Object(_), Json::Object(_)) => a.to_string().cmp(&b.to_string()),
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => a.compare(&b),
            _ => rank(a).cmp(&rank(b)),
        },
    }
}

pub(super) fn same(a: &Json, b: &Json) -> bool {
    compare(a, b).is_eq()
}
