//! VARIANT, OBJECT and ARRAY.

use super::args::{invalid_value, json, text, text_or};
use super::cast::cast_datum;
use super::datum::Datum;
use super::decimal;
use super::json::Json;
use super::string::WIDE;
use super::udf::{Function, Param, Returns, Types, function};
use crate::error::{Result, SqlError};
use crate::types::{Shape, SqlType};

mod array;
mod kind;
mod object;
mod order;

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
    // A number or a truth value has no elements.
    let Datum::Json(source) = &values[0] else { return Ok(Datum::Null) };
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

/// The type of what GET finds: a structured type says what it holds.
fn got(types: &Types<'_>) -> Result<SqlType> {
    let from = match types.types[0] {
        None => return Ok(SqlType::Variant),
        Some(from) => from,
    };
    let SqlType::Structured(structured) = from else {
        return match Param::Variant.conversion(from) {
            Ok(_) => Ok(SqlType::Variant),
            Err(()) => Err(types.invalid()),
        };
    };
    match structured.shape() {
        Shape::Array(held) | Shape::Map(_, held) => Ok(held.sql_type),
        Shape::Object(members) => {
            let key = types.constant_text(1).ok_or_else(|| types.invalid())?;
            let found = members.iter().find(|(name, _)| *name == key);
            found.map(|(_, held)| held.sql_type).ok_or_else(|| {
                SqlError::compilation(1_003, "42000", format_args!("Field '{key}' does not exist in {from}."))
            })
        }
    }
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

fn failed(value: &Json, to: &str) -> SqlError {
    SqlError::new(100_071, "22000", format!("Failed to cast variant value {value} to {to}"))
}

fn made(items: Vec<Json>) -> Result<Datum> {
    Ok(Datum::Json(Json::Array(items)))
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

fn plain_text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Undefined | Json::Null => String::new(),
        other => other.to_string(),
    }
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Any, Text, Value, Variant};
    let variant = Returns::Type(SqlType::Variant);
    let truth = Returns::Type(SqlType::Boolean);
    let wide = Returns::Type(WIDE);
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
        function("GET", &[Any, Any], Returns::By(got), |values, env| {
            let found = get(values, false)?;
            if env.returns == SqlType::Variant { Ok(found) } else { cast_datum(found, env.returns, env.settings) }
        }),
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
        function("JSON_EXTRACT_PATH_TEXT", &[Value, Text], wide, |values, _| extract_text(values)),
    ];
    all.extend(array::functions());
    all.extend(object::functions());
    all.extend(kind::functions());
    all
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
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
}
