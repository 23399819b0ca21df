//! Functions of objects.

use std::collections::BTreeMap;

use super::super::args::{json, text};
use super::super::datum::Datum;
use super::super::json::Json;
use super::super::udf::{Env, Function, Param, Returns, function};
use super::{failed, made};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

fn object(value: &Datum) -> Result<&BTreeMap<String, Json>> {
    match json(value)? {
        Json::Object(members) => Ok(members),
        other => Err(failed(other, "OBJECT")),
    }
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

pub(super) fn functions() -> Vec<Function> {
    use Param::{Any, Boolean, Object, Text, Value};
    let object_type = Returns::Type(SqlType::Object);
    vec![
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
        function("OBJECT_KEYS", &[Object], Returns::Type(SqlType::Array), |values, _| {
            made(object(&values[0])?.keys().cloned().map(Json::String).collect())
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::check;

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
}
