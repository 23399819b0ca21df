//! VARIANT, OBJECT and ARRAY.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::args::{integer, integer_or, invalid_value, json, text, text_or};
use super::cast::cast_datum;
use super::datum::Datum;
use super::decimal;
use super::json::Json;
use super::string::WIDE;
use super::udf::{Env, Function, Param, Returns, Types, function};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

/// 100069: text that is no JSON.
fn not_json(reason: &str) -> SqlError {
    SqlError::new(100_069, "22P02", format!("Error parsing JSON: {reason}"))
}

fn parse_json(values: &[Datum]) -> Result<Datum> {
    let source = text(&values[0])?;
    if source.trim().is_empty() {
        return Ok(Datum::Null);
    }
    let repeated = match text_or(values, 1, "s")? {
        "s" => false,
        "d" => true,
        other => return Err(invalid_value("PARSE_JSON", other, "'d' or 's'")),
    };
    Json::parse_with(source, repeated).map(Datum::Json).map_err(|reason| not_json(&reason))
}

/// An element as SQL value: what an array has no value for is NULL.
fn element(found: Option<&Json>) -> Datum {
    match found {
        None | Some(Json::Undefined) => Datum::Null,
        Some(found) => Datum::Json(found.clone()),
    }
}

fn get(values: &[Datum], ignore_case: bool) -> Result<Datum> {
    let source = json(&values[0])?;
    Ok(match &values[1] {
        Datum::Number(index, scale) => element(source.index(decimal::rescale(*index, *scale, 0).unwrap_or(-1))),
        Datum::Text(key) | Datum::Json(Json::String(key)) => match source {
            Json::Object(members) if ignore_case && !members.contains_key(key) => {
                element(members.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value))
            }
            other => element(other.member(key)),
        },
        Datum::Json(Json::Number(index, 0)) => element(source.index(*index)),
        _ => Datum::Null,
    })
}

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A member of an object.
    Key(String),
    /// An element of an array.
    Index(i128),
}

/// Reads a path such as `a.b[0]['c d']`.
///
/// # Errors
/// 100073 where it is malformed.
pub fn parse_path(path: &str) -> Result<Vec<Step>> {
    let bad = || SqlError::new(100_073, "22000", format!("Invalid extraction path '{path}'"));
    let mut steps = Vec::new();
    let mut rest = path.trim();
    let mut first = true;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            if let Some(quote) = inner.chars().next().filter(|c| matches!(c, '\'' | '"')) {
                let end = inner[1..].find(quote).ok_or_else(bad)? + 1;
                steps.push(Step::Key(inner[1..end].to_owned()));
                rest = inner[end + 1..].strip_prefix(']').ok_or_else(bad)?;
            } else {
                let (index, after) = inner.split_once(']').ok_or_else(bad)?;
                steps.push(Step::Index(index.trim().parse().map_err(|_| bad())?));
                rest = after;
            }
            first = false;
            continue;
        }
        let name = match rest.strip_prefix(['.', ':']) {
            Some(name) => name,
            None if first => rest,
            None => return Err(bad()),
        };
        first = false;
        if let Some(quoted) = name.strip_prefix('"') {
            let end = quoted.find('"').ok_or_else(bad)?;
            steps.push(Step::Key(quoted[..end].to_owned()));
            rest = &quoted[end + 1..];
        } else {
            let end = name.find(['.', '[', ':']).unwrap_or(name.len());
            if end == 0 {
                return Err(bad());
            }
            steps.push(Step::Key(name[..end].to_owned()));
            rest = &name[end..];
        }
    }
    Ok(steps)
}

/// What a path leads to.
pub fn follow<'a>(value: &'a Json, path: &[Step]) -> Option<&'a Json> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.member(key),
        Step::Index(index) => value.index(*index),
    })
}

fn object(value: &Datum) -> Result<&BTreeMap<String, Json>> {
    match json(value)? {
        Json::Object(members) => Ok(members),
        other => Err(failed(other, "OBJECT")),
    }
}

fn array(value: &Datum) -> Result<&Vec<Json>> {
    match json(value)? {
        Json::Array(items) => Ok(items),
        other => Err(failed(other, "ARRAY")),
    }
}

fn failed(value: &Json, to: &str) -> SqlError {
    SqlError::new(100_071, "22000", format!("Failed to cast variant value {value} to {to}"))
}

fn made(items: Vec<Json>) -> Result<Datum> {
    Ok(Datum::Json(Json::Array(items)))
}

/// The value as an element: SQL NULL leaves a hole.
fn as_element(value: &Datum) -> Result<Json> {
    if value.is_null() { Ok(Json::Undefined) } else { json(value).cloned() }
}

fn object_construct(values: &[Datum], keep_null: bool) -> Result<Datum> {
    let mut members = BTreeMap::new();
    for pair in values.chunks(2) {
        let [Datum::Text(key), value] = pair else { continue };
        let value = match value {
            Datum::Null if keep_null => Json::Null,
            Datum::Null => continue,
            value => json(value)?.clone(),
        };
        if members.insert(key.clone(), value).is_some() {
            return Err(SqlError::new(100_104, "22000", format!("Duplicate field key '{key}'")));
        }
    }
    Ok(Datum::Json(Json::Object(members)))
}

fn object_insert(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let (source, key) = match (&values[0], &values[1]) {
        (Datum::Null, _) | (_, Datum::Null) => return Ok(Datum::Null),
        (source, key) => (object(source)?, text(key)?),
    };
    let update = matches!(values.get(3), Some(Datum::Boolean(true)));
    let mut members = source.clone();
    if members.contains_key(key) && !update {
        return Err(SqlError::new(100_104, "22000", format!("Duplicate field key '{key}'")));
    }
    if values[2].is_null() {
        members.remove(key);
    } else {
        members.insert(key.to_owned(), json(&values[2])?.clone());
    }
    Ok(Datum::Json(Json::Object(members)))
}

/// Key arguments: texts, or one array of them.
fn keys(values: &[Datum]) -> Result<Vec<String>> {
    let mut keys = Vec::new();
    for value in values {
        match value {
            Datum::Text(key) | Datum::Json(Json::String(key)) => keys.push(key.clone()),
            Datum::Json(Json::Array(items)) => {
                keys.extend(items.iter().filter_map(|item| match item {
                    Json::String(key) => Some(key.clone()),
                    _ => None,
                }));
            }
            other => return Err(SqlError::internal(format_args!("{other:?} as a key"))),
        }
    }
    Ok(keys)
}

/// The order of two semi-structured values: numbers, then texts and the rest by kind.
pub(super) fn compare(a: &Json, b: &Json) -> Ordering {
    let rank = |value: &Json| match value {
        Json::Boolean(_) => 0,
        Json::Number(..) | Json::Double(_) => 1,
        Json::String(_) => 2,
        Json::Array(_) => 3,
        Json::Object(_) => 4,
        Json::Null => 5,
        Json::Undefined => 6,
    };
    let number = |value: &Json| match value {
        Json::Number(value, scale) => Some(Datum::Number(*value, *scale)),
        Json::Double(value) => Some(Datum::Float(*value)),
        _ => None,
    };
    match (a, b) {
        (Json::Boolean(a), Json::Boolean(b)) => a.cmp(b),
        (Json::String(a), Json::String(b)) => a.cmp(b),
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

fn same(a: &Json, b: &Json) -> bool {
    compare(a, b).is_eq()
}

fn distinct(items: &[Json]) -> Vec<Json> {
    let mut kept: Vec<Json> = Vec::new();
    for item in items {
        if !kept.iter().any(|have| same(have, item)) {
            kept.push(item.clone());
        }
    }
    kept
}

/// A position that may count from the end, within an array of `count` elements.
fn place(position: i64, count: usize) -> Option<usize> {
    let place = if position < 0 { position + count as i64 } else { position };
    usize::try_from(place).ok()
}

/// Elements of the first array that have, or have not, an equal one in the second; each of those counts once.
fn matched(values: &[Datum], keep: bool) -> Result<Datum> {
    let mut others = array(&values[1])?.clone();
    let mut kept = Vec::new();
    for item in array(&values[0])? {
        let found = others.iter().position(|other| same(other, item));
        if let Some(found) = found {
            others.swap_remove(found);
        }
        if found.is_some() == keep {
            kept.push(item.clone());
        }
    }
    made(kept)
}

fn sort(values: &[Datum]) -> Result<Datum> {
    let ascending = !matches!(values.get(1), Some(Datum::Boolean(false)));
    let nulls_first = match values.get(2) {
        Some(Datum::Boolean(first)) => *first,
        _ => !ascending,
    };
    let (mut nulls, mut items): (Vec<Json>, Vec<Json>) =
        array(&values[0])?.iter().cloned().partition(|item| matches!(item, Json::Undefined));
    items.sort_by(|a, b| if ascending { compare(a, b) } else { compare(b, a) });
    if nulls_first {
        nulls.extend(items);
        return made(nulls);
    }
    items.extend(nulls);
    made(items)
}

fn extreme(values: &[Datum], greatest: bool) -> Result<Datum> {
    let items = array(&values[0])?;
    let known = items.iter().filter(|item| !matches!(item, Json::Undefined | Json::Null));
    let found = if greatest { known.max_by(|a, b| compare(a, b)) } else { known.min_by(|a, b| compare(a, b)) };
    // Where all are null, null is what they have.
    Ok(element(found.or_else(|| items.iter().find(|item| matches!(item, Json::Null)))))
}

/// `ARRAYS_ZIP(a, b)`: one object for each position, with the elements of all arrays; what is missing is null.
fn zip(values: &[Datum]) -> Result<Datum> {
    let arrays: Vec<&Vec<Json>> = values.iter().map(array).collect::<Result<_>>()?;
    let length = arrays.iter().map(|items| items.len()).max().unwrap_or(0);
    let member = |row: usize, column: usize| {
        let value = match arrays[column].get(row) {
            None | Some(Json::Undefined) => Json::Null,
            Some(value) => value.clone(),
        };
        (format!("${}", column + 1), value)
    };
    let row = |row: usize| Json::Object((0..arrays.len()).map(|column| member(row, column)).collect());
    made((0..length).map(row).collect())
}

/// `JSON_EXTRACT_PATH_TEXT(text, path)`: what a path leads to, as text.
fn extract_text(values: &[Datum]) -> Result<Datum> {
    let parsed = match &values[0] {
        Datum::Json(Json::String(source)) => match parse_json(&[Datum::Text(source.clone())])? {
            Datum::Json(parsed) => parsed,
            _ => return Ok(Datum::Null),
        },
        other => json(other)?.clone(),
    };
    Ok(match follow(&parsed, &parse_path(text(&values[1])?)?) {
        None | Some(Json::Undefined | Json::Null) => Datum::Null,
        Some(found) => Datum::Text(plain_text(found)),
    })
}

fn generate_range(values: &[Datum]) -> Result<Datum> {
    let (start, stop, step) = (integer(&values[0])?, integer(&values[1])?, integer_or(values, 2, 1)?);
    if step == 0 {
        return Err(invalid_value("ARRAY_GENERATE_RANGE", step, "a step other than 0"));
    }
    let count = (i128::from(stop) - i128::from(start) + i128::from(step - step.signum())) / i128::from(step);
    if count > 10_000_000 {
        return Err(invalid_value("ARRAY_GENERATE_RANGE", count, "at most 10000000 elements"));
    }
    made((0..count).map(|index| Json::Number(i128::from(start) + index * i128::from(step), 0)).collect())
}

fn plain_text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Undefined | Json::Null => String::new(),
        other => other.to_string(),
    }
}

/// The type of AS_DECIMAL(v[, p[, s]]).
fn decimal_type(types: &Types<'_>) -> Result<SqlType> {
    let precision = types.constant_integer(1).unwrap_or(38).clamp(1, 38) as u8;
    let scale = types.constant_integer(2).unwrap_or(0).clamp(0, i64::from(precision.min(37))) as u8;
    Ok(SqlType::Number { precision, scale })
}

fn as_kind(values: &[Datum], env: &Env<'_>, is: fn(&Json) -> bool) -> Result<Datum> {
    let value = json(&values[0])?;
    if is(value) { cast_datum(Datum::Json(value.clone()), env.returns, env.settings) } else { Ok(Datum::Null) }
}

fn is_integer(value: &Json) -> bool {
    matches!(value, Json::Number(_, 0))
}

fn is_decimal(value: &Json) -> bool {
    matches!(value, Json::Number(..))
}

fn is_double(value: &Json) -> bool {
    matches!(value, Json::Number(..) | Json::Double(_))
}

fn is_boolean(value: &Json) -> bool {
    matches!(value, Json::Boolean(_))
}

fn is_text(value: &Json) -> bool {
    matches!(value, Json::String(_))
}

fn is_array(value: &Json) -> bool {
    matches!(value, Json::Array(_))
}

fn is_object(value: &Json) -> bool {
    matches!(value, Json::Object(_))
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Any, Array, Boolean, Integer, Object, Text, Value, Variant};
    let variant = Returns::Type(SqlType::Variant);
    let object_type = Returns::Type(SqlType::Object);
    let array_type = Returns::Type(SqlType::Array);
    let truth = Returns::Type(SqlType::Boolean);
    let count = Returns::Type(SqlType::Number { precision: 9, scale: 0 });
    let wide = Returns::Type(WIDE);
    const TWO_ARRAYS: &[Param] = &[Array, Array];
    let mut all = vec![
        function("PARSE_JSON", &[Text, Text], variant, |values, _| parse_json(values)).optional(1),
        function("TRY_PARSE_JSON", &[Text, Text], variant, |values, _| match parse_json(values) {
            Err(error) if error.code == 100_069 => Ok(Datum::Null),
            other => other,
        })
        .optional(1),
        function("CHECK_JSON", &[Text], wide, |values, _| match parse_json(values) {
            Err(error) => Ok(Datum::text(error.message.trim_start_matches("Error parsing JSON: "))),
            Ok(_) => Ok(Datum::Null),
        }),
        function("GET", &[Variant, Any], variant, |values, _| get(values, false)),
        function("GET_IGNORE_CASE", &[Variant, Any], variant, |values, _| get(values, true)),
        function("GET_PATH", &[Variant, Text], variant, |values, _| {
            let path = parse_path(text(&values[1])?)?;
            Ok(element(follow(json(&values[0])?, &path)))
        }),
        function("TYPEOF", &[Variant], wide, |values, _| Ok(Datum::text(json(&values[0])?.type_name()))),
        function("IS_NULL_VALUE", &[Variant], truth, |values, _| {
            Ok(Datum::Boolean(matches!(json(&values[0])?, Json::Null)))
        }),
        function("STRIP_NULL_VALUE", &[Variant], variant, |values, _| match json(&values[0])? {
            Json::Null | Json::Undefined => Ok(Datum::Null),
            other => Ok(Datum::Json(other.clone())),
        }),
        function("OBJECT_CONSTRUCT", &[Text, Value], object_type, |values, _| object_construct(values, false))
            .repeat(2)
            .sees_null()
            .stable(),
        function("OBJECT_CONSTRUCT_KEEP_NULL", &[Text, Value], object_type, |values, _| object_construct(values, true))
            .repeat(2)
            .sees_null()
            .stable(),
        function("OBJECT_INSERT", &[Object, Text, Value, Boolean], object_type, object_insert)
            .optional(1)
            .sees_null()
            .stable(),
        function("OBJECT_DELETE", &[Object, Text], object_type, |values, _| {
            let dropped = keys(&values[1..])?;
            let kept = object(&values[0])?.iter().filter(|(key, _)| !dropped.contains(key));
            Ok(Datum::Json(Json::Object(kept.map(|(key, value)| (key.clone(), value.clone())).collect())))
        })
        .repeat(1),
        function("OBJECT_PICK", &[Object, Any], object_type, |values, _| {
            let wanted = keys(&values[1..])?;
            let kept = object(&values[0])?.iter().filter(|(key, _)| wanted.contains(key));
            Ok(Datum::Json(Json::Object(kept.map(|(key, value)| (key.clone(), value.clone())).collect())))
        })
        .repeat(1),
        function("OBJECT_KEYS", &[Object], array_type, |values, _| {
            made(object(&values[0])?.keys().cloned().map(Json::String).collect())
        }),
        function("ARRAY_CONSTRUCT", &[Value], array_type, |values, _| {
            made(values.iter().map(as_element).collect::<Result<_>>()?)
        })
        .repeat(1)
        .sees_null()
        .stable(),
        function("ARRAY_CONSTRUCT_COMPACT", &[Value], array_type, |values, _| {
            made(values.iter().filter(|value| !value.is_null()).map(as_element).collect::<Result<_>>()?)
        })
        .repeat(1)
        .sees_null()
        .stable(),
        function("ARRAY_SIZE", &[Array], count, |values, _| match json(&values[0])? {
            Json::Array(items) => Ok(Datum::integer(items.len() as i64)),
            _ => Ok(Datum::Null),
        }),
        function("ARRAY_CONTAINS", &[Variant, Array], truth, |values, _| {
            let wanted = json(&values[0])?;
            Ok(Datum::Boolean(array(&values[1])?.iter().any(|item| same(item, wanted))))
        }),
        function("ARRAY_POSITION", &[Variant, Array], count, |values, _| {
            let wanted = json(&values[0])?;
            let found = array(&values[1])?.iter().position(|item| same(item, wanted));
            Ok(found.map_or(Datum::Null, |found| Datum::integer(found as i64)))
        }),
        function("ARRAY_APPEND", &[Array, Value], array_type, |values, _| {
            let mut items = array(&values[0])?.clone();
            items.push(json(&values[1])?.clone());
            made(items)
        })
        .stable(),
        function("ARRAY_PREPEND", &[Array, Value], array_type, |values, _| {
            let mut items = vec![json(&values[1])?.clone()];
            items.extend(array(&values[0])?.iter().cloned());
            made(items)
        })
        .stable(),
        function("ARRAY_INSERT", &[Array, Integer, Value], array_type, |values, _| {
            let mut items = array(&values[0])?.clone();
            let position = integer(&values[1])?;
            let at = place(position, items.len())
                .filter(|at| *at < 10_000_000)
                .ok_or_else(|| invalid_value("ARRAY_INSERT", position, "a position inside the array or behind it"))?;
            while items.len() < at {
                items.push(Json::Undefined);
            }
            items.insert(at, json(&values[2])?.clone());
            made(items)
        })
        .stable(),
        function("ARRAY_CAT", TWO_ARRAYS, array_type, |values, _| {
            let mut items = Vec::new();
            for value in values {
                items.extend(array(value)?.iter().cloned());
            }
            made(items)
        })
        .repeat(1),
        function("ARRAY_COMPACT", &[Array], array_type, |values, _| {
            let kept = array(&values[0])?.iter().filter(|item| !matches!(item, Json::Undefined | Json::Null));
            made(kept.cloned().collect())
        }),
        function("ARRAY_DISTINCT", &[Array], array_type, |values, _| made(distinct(array(&values[0])?))),
        function("ARRAY_EXCEPT", TWO_ARRAYS, array_type, |values, _| matched(values, false)),
        function("ARRAY_INTERSECTION", TWO_ARRAYS, array_type, |values, _| matched(values, true)),
        function("ARRAYS_OVERLAP", TWO_ARRAYS, truth, |values, _| {
            let others = array(&values[1])?;
            let shared = array(&values[0])?.iter().any(|item| others.iter().any(|other| same(other, item)));
            Ok(Datum::Boolean(shared))
        }),
        function("ARRAY_SLICE", &[Array, Integer, Integer], array_type, |values, _| {
            let items = array(&values[0])?;
            let bound = |value: &Datum| -> Result<usize> {
                Ok(place(integer(value)?, items.len()).unwrap_or(0).min(items.len()))
            };
            let (from, to) = (bound(&values[1])?, bound(&values[2])?);
            made(items.get(from..to).unwrap_or_default().to_vec())
        }),
        function("ARRAY_SORT", &[Array, Boolean, Boolean], array_type, |values, _| sort(values)).optional(2),
        function("ARRAY_REVERSE", &[Array], array_type, |values, _| {
            made(array(&values[0])?.iter().rev().cloned().collect())
        }),
        function("ARRAY_FLATTEN", &[Array], array_type, |values, _| {
            let mut items = Vec::new();
            for item in array(&values[0])? {
                match item {
                    Json::Array(inner) => items.extend(inner.iter().cloned()),
                    Json::Undefined | Json::Null => return Ok(Datum::Null),
                    other => return Err(failed(other, "ARRAY")),
                }
            }
            made(items)
        }),
        function("ARRAY_REMOVE", &[Array, Variant], array_type, |values, _| {
            let unwanted = json(&values[1])?;
            made(array(&values[0])?.iter().filter(|item| !same(item, unwanted)).cloned().collect())
        }),
        function("ARRAY_REMOVE_AT", &[Array, Integer], array_type, |values, _| {
            let mut items = array(&values[0])?.clone();
            if let Some(at) = place(integer(&values[1])?, items.len()).filter(|at| *at < items.len()) {
                items.remove(at);
            }
            made(items)
        }),
        function("ARRAY_GENERATE_RANGE", &[Integer, Integer, Integer], array_type, |values, _| generate_range(values))
            .optional(1),
        function("ARRAY_TO_STRING", &[Array, Text], wide, |values, _| {
            let texts: Vec<String> = array(&values[0])?.iter().map(plain_text).collect();
            Ok(Datum::Text(texts.join(text(&values[1])?)))
        }),
        function("ARRAYS_ZIP", &[Array], array_type, |values, _| zip(values)).repeat(1),
        function("JSON_EXTRACT_PATH_TEXT", &[Value, Text], wide, |values, _| extract_text(values)),
        function("ARRAY_MAX", &[Array], variant, |values, _| extreme(values, true)),
        function("ARRAY_MIN", &[Array], variant, |values, _| extreme(values, false)),
        function("ARRAYS_TO_OBJECT", TWO_ARRAYS, object_type, |values, _| {
            let (names, items) = (array(&values[0])?, array(&values[1])?);
            if names.len() != items.len() {
                return Err(invalid_value("ARRAYS_TO_OBJECT", items.len(), "as many values as keys"));
            }
            let pairs = names.iter().zip(items).filter_map(|(name, item)| match name {
                Json::String(name) => Some((name.clone(), item.clone())),
                _ => None,
            });
            Ok(Datum::Json(Json::Object(pairs.collect())))
        }),
        function("AS_DECIMAL", &[Variant, Integer, Integer], Returns::By(decimal_type), |values, env| {
            as_kind(values, env, is_decimal)
        })
        .optional(2)
        .aliases(&["AS_NUMBER"]),
    ];
    macro_rules! kinds {
        ($($is:literal $as:literal [$($is_alias:literal),*] [$($as_alias:literal),*] $test:expr, $held:expr, $to:expr);+ $(;)?) => {
            $(
                all.push(
                    function($is, &[Variant], truth, |values, _| Ok(Datum::Boolean($test(json(&values[0])?))))
                        .aliases(&[$($is_alias),*]),
                );
                all.push(
                    function($as, &[Variant], Returns::Type($to), |values, env| as_kind(values, env, $held))
                        .aliases(&[$($as_alias),*]),
                );
            )+
        };
    }
    kinds!(
        "IS_INTEGER" "AS_INTEGER" [] [] is_integer, is_decimal, SqlType::INTEGER;
        "IS_DOUBLE" "AS_DOUBLE" ["IS_REAL"] ["AS_REAL"] is_double, is_double, SqlType::Float;
        "IS_BOOLEAN" "AS_BOOLEAN" [] [] is_boolean, is_boolean, SqlType::Boolean;
        "IS_VARCHAR" "AS_VARCHAR" ["IS_CHAR"] ["AS_CHAR"] is_text, is_text, WIDE;
        "IS_ARRAY" "AS_ARRAY" [] [] is_array, is_array, SqlType::Array;
        "IS_OBJECT" "AS_OBJECT" [] [] is_object, is_object, SqlType::Object;
    );
    all.push(
        function("IS_DECIMAL", &[Variant], truth, |values, _| Ok(Datum::Boolean(is_decimal(json(&values[0])?))))
            .aliases(&["IS_NUMBER"]),
    );
    all
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_queries};
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(
            parse_path("a.\"b c\"[0]['d'].e").unwrap(),
            [
                Step::Key("a".into()),
                Step::Key("b c".into()),
                Step::Index(0),
                Step::Key("d".into()),
                Step::Key("e".into()),
            ]
        );
        for bad in ["a..b", "a[x]", "a[", "a.", "['a'"] {
            assert!(parse_path(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn reading() {
        check(&[
            ("PARSE_JSON('{\"b\": 2.50, \"a\": [1, null]}')", "VARIANT|{\"a\":[1,null],\"b\":2.5}"),
            ("PARSE_JSON('  ')", "NULL"),
            ("PARSE_JSON('null')", "null"),
            ("PARSE_JSON('{\"a\":1,\"a\":2}')", "100069 Error parsing JSON: duplicate object attribute \"a\", pos 13"),
            ("PARSE_JSON('{\"a\":1,\"a\":2}', 'd')", "{\"a\":2}"),
            ("PARSE_JSON('{')", "100069 Error parsing JSON: incomplete object value, pos 2"),
            ("TRY_PARSE_JSON('{')", "NULL"),
            ("CHECK_JSON('{')", "incomplete object value, pos 2"),
            ("GET(PARSE_JSON('[1,2]'), 1)", "2"),
            ("GET(PARSE_JSON('{\"a\":1}'), 'a')", "1"),
            ("GET(PARSE_JSON('{\"a\":1}'), 'A')", "NULL"),
            ("GET_IGNORE_CASE(PARSE_JSON('{\"a\":1}'), 'A')", "1"),
            ("GET_PATH(PARSE_JSON('{\"a\":[{\"b\":\"x\"}]}'), 'a[0].b')", "x"),
            ("T_TEXT(GET(PARSE_JSON('{\"a\":null}'), 'a'))", "NULL"),
            ("GET(PARSE_JSON('{\"a\":null}'), 'a')", "null"),
            ("TYPEOF(PARSE_JSON('1.5'))", "DECIMAL"),
            ("TYPEOF(PARSE_JSON('\"a\"'))", "VARCHAR"),
            ("IS_NULL_VALUE(PARSE_JSON('null'))", "true"),
            ("IS_NULL_VALUE(NULL)", "NULL"),
            ("STRIP_NULL_VALUE(PARSE_JSON('null'))", "NULL"),
            ("IS_INTEGER(PARSE_JSON('1'))", "true"),
            ("IS_VARCHAR(PARSE_JSON('1'))", "false"),
            ("AS_INTEGER(PARSE_JSON('\"1\"'))", "NULL"),
            ("AS_INTEGER(PARSE_JSON('1.5'))", "2"),
            ("AS_DECIMAL(PARSE_JSON('1.25'), 5, 1)", "NUMBER(5,1)|1.3"),
            ("AS_VARCHAR(PARSE_JSON('\"x\"'))", "x"),
        ]);
    }

    #[test]
    fn objects() {
        check(&[
            ("OBJECT_CONSTRUCT('b', 1, 'a', 'x', 'n', NULL)", "OBJECT|{\"a\":\"x\",\"b\":1}"),
            ("OBJECT_CONSTRUCT()", "{}"),
            ("OBJECT_CONSTRUCT_KEEP_NULL('a', NULL, NULL, 1)", "{\"a\":null}"),
            ("OBJECT_CONSTRUCT('d', T_DATE('2024-01-02'), 't', true)", "{\"d\":\"2024-01-02\",\"t\":true}"),
            ("OBJECT_CONSTRUCT('a', 1, 'a', 2)", "100104 Duplicate field key 'a'"),
            (
                "OBJECT_CONSTRUCT('a')",
                "000938 SQL compilation error:\nnot enough arguments for function [OBJECT_CONSTRUCT], expected 2, got 1",
            ),
            ("OBJECT_INSERT(OBJECT_CONSTRUCT('a', 1), 'b', 2)", "{\"a\":1,\"b\":2}"),
            ("OBJECT_INSERT(OBJECT_CONSTRUCT('a', 1), 'a', 2)", "100104 Duplicate field key 'a'"),
            ("OBJECT_INSERT(OBJECT_CONSTRUCT('a', 1), 'a', 2, true)", "{\"a\":2}"),
            ("OBJECT_DELETE(OBJECT_CONSTRUCT('a', 1, 'b', 2), 'a')", "{\"b\":2}"),
            ("OBJECT_PICK(OBJECT_CONSTRUCT('a', 1, 'b', 2), 'a', 'z')", "{\"a\":1}"),
            ("OBJECT_KEYS(OBJECT_CONSTRUCT('a', 1, 'b', 2))", "[\"a\",\"b\"]"),
        ]);
    }

    #[test]
    fn arrays() {
        check(&[
            ("ARRAY_CONSTRUCT(1, 'a', NULL)", "ARRAY|[1,\"a\",undefined]"),
            ("ARRAY_CONSTRUCT()", "[]"),
            ("ARRAY_CONSTRUCT_COMPACT(1, NULL, 2)", "[1,2]"),
            ("ARRAY_SIZE(ARRAY_CONSTRUCT(1, 2))", "2"),
            ("ARRAY_SIZE(PARSE_JSON('{}'))", "NULL"),
            ("ARRAY_CONTAINS(T_VARIANT('a'), ARRAY_CONSTRUCT('a'))", "true"),
            ("ARRAY_CONTAINS(2, ARRAY_CONSTRUCT(1, 2.0))", "true"),
            (
                "ARRAY_CONTAINS('a', ARRAY_CONSTRUCT('a'))",
                "001044 SQL compilation error:\nInvalid argument types for function 'ARRAY_CONTAINS': (VARCHAR(16777216), ARRAY)",
            ),
            ("ARRAY_POSITION(3, ARRAY_CONSTRUCT(1, 3))", "1"),
            ("ARRAY_APPEND(ARRAY_CONSTRUCT(1), 'b')", "[1,\"b\"]"),
            ("ARRAY_PREPEND(ARRAY_CONSTRUCT(1), 0)", "[0,1]"),
            ("ARRAY_INSERT(ARRAY_CONSTRUCT(1, 3), 1, 2)", "[1,2,3]"),
            ("ARRAY_CAT(ARRAY_CONSTRUCT(1), ARRAY_CONSTRUCT(2))", "[1,2]"),
            ("ARRAY_COMPACT(ARRAY_CONSTRUCT(1, NULL))", "[1]"),
            ("ARRAY_DISTINCT(ARRAY_CONSTRUCT(1, 2, 1))", "[1,2]"),
            ("ARRAY_EXCEPT(ARRAY_CONSTRUCT(1, 1, 2), ARRAY_CONSTRUCT(1))", "[1,2]"),
            ("ARRAY_INTERSECTION(ARRAY_CONSTRUCT(1, 1, 2), ARRAY_CONSTRUCT(1, 2))", "[1,2]"),
            ("ARRAY_SLICE(ARRAY_CONSTRUCT(1, 2, 3, 4), 1, -1)", "[2,3]"),
            ("ARRAY_SORT(ARRAY_CONSTRUCT(3, 1, 2), false)", "[3,2,1]"),
            ("ARRAY_REVERSE(ARRAY_CONSTRUCT(1, 2))", "[2,1]"),
            ("ARRAY_FLATTEN(PARSE_JSON('[[1],[2,3]]'))", "[1,2,3]"),
            ("ARRAY_REMOVE(ARRAY_CONSTRUCT(1, 2, 1), 1)", "[2]"),
            ("ARRAY_REMOVE_AT(ARRAY_CONSTRUCT(1, 2), -1)", "[1]"),
            ("ARRAY_GENERATE_RANGE(2, 8, 3)", "[2,5]"),
            ("ARRAY_GENERATE_RANGE(3, 0, -1)", "[3,2,1]"),
            ("ARRAY_GENERATE_RANGE(3, 0)", "[]"),
            ("ARRAY_TO_STRING(ARRAY_CONSTRUCT(1, 'a'), '-')", "1-a"),
            ("ARRAYS_OVERLAP(ARRAY_CONSTRUCT(1), ARRAY_CONSTRUCT(2))", "false"),
            ("ARRAY_MAX(ARRAY_CONSTRUCT(1, 5, 3))", "5"),
            ("ARRAY_MIN(PARSE_JSON('[null]'))", "null"),
            ("ARRAY_MIN(ARRAY_CONSTRUCT())", "NULL"),
            (
                "ARRAYS_ZIP(ARRAY_CONSTRUCT(1, 2), ARRAY_CONSTRUCT('a'))",
                "[{\"$1\":1,\"$2\":\"a\"},{\"$1\":2,\"$2\":null}]",
            ),
            ("JSON_EXTRACT_PATH_TEXT('{\"a\":{\"b\":[1,\"x\"]}}', 'a.b[1]')", "x"),
            ("JSON_EXTRACT_PATH_TEXT('{\"a\":null}', 'a')", "NULL"),
            ("ARRAYS_TO_OBJECT(ARRAY_CONSTRUCT('a'), ARRAY_CONSTRUCT(1))", "{\"a\":1}"),
            ("ARRAY_CAT(PARSE_JSON('1'), ARRAY_CONSTRUCT())", "100071 Failed to cast variant value 1 to ARRAY"),
        ]);
        check_queries(&[("SELECT OBJECT_CONSTRUCT('a', a) FROM (VALUES (1), (NULL)) AS t(a)", "{\"a\":1},{}")]);
    }
}
