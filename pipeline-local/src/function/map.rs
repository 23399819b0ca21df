//! Functions of MAP.

use std::collections::BTreeMap;

use super::args::json;
use super::cast::{json_of, text_of};
use super::datum::Datum;
use super::json::Json;
use super::structured::held;
use super::udf::{Env, Function, Param, Returns, Types, function};
use crate::error::{Result, SqlError};
use crate::types::{Held, Shape, SqlType, Structured};

fn map(value: &Datum) -> Result<&BTreeMap<String, Json>> {
    match json(value)? {
        Json::Object(members) => Ok(members),
        other => Err(SqlError::internal(format_args!("{other} where a MAP was expected"))),
    }
}

fn made(members: BTreeMap<String, Json>) -> Result<Datum> {
    Ok(Datum::Json(Json::Object(members)))
}

/// The types of the keys and values of a map.
fn shape(of: SqlType) -> Option<(SqlType, Held)> {
    match of {
        SqlType::Structured(structured) => match structured.shape() {
            Shape::Map(key, value) => Some((*key, *value)),
            _ => None,
        },
        _ => None,
    }
}

/// A key as members have it.
fn key(value: &Datum, env: &Env<'_>) -> String {
    text_of(value, env.settings.time_zone)
}

/// Keys: values, or one array of them.
fn keys(values: &[Datum], env: &Env<'_>) -> Vec<String> {
    let mut keys = Vec::new();
    for value in values {
        match value {
            Datum::Json(Json::Array(items)) => {
                keys.extend(items.iter().map(|item| key(&Datum::Json(item.clone()), env)));
            }
            value => keys.push(key(value, env)),
        }
    }
    keys
}

/// The keys as an array of their type.
fn keys_type(types: &Types<'_>) -> Result<SqlType> {
    let (key, _) = shape(types.get(0)).ok_or_else(|| types.invalid())?;
    Ok(SqlType::Structured(Structured::new(Shape::Array(Held { sql_type: key, nullable: false }))))
}

fn insert(values: &[Datum], env: &Env<'_>) -> Result<Datum> {
    if values[..2].iter().any(Datum::is_null) {
        return Ok(Datum::Null);
    }
    let mut members = map(&values[0])?.clone();
    let key = key(&values[1], env);
    let update = matches!(values.get(3), Some(Datum::Boolean(true)));
    if members.contains_key(&key) && !update {
        return Err(SqlError::new(100_104, "22000", format!("Duplicate field key '{key}'")));
    }
    let value = json_of(values[2].clone(), env.settings.time_zone);
    let value = match shape(env.type_of(0)) {
        Some((_, to)) => held(&value, to, env.settings)?,
        None => value,
    };
    members.insert(key, value);
    made(members)
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Any, Boolean, Map};
    let same = Returns::Like(0);
    vec![
        function("MAP_SIZE", &[Map], Returns::Type(SqlType::Number { precision: 9, scale: 0 }), |values, _| {
            Ok(Datum::integer(map(&values[0])?.len() as i64))
        }),
        function("MAP_CONTAINS_KEY", &[Any, Map], Returns::Type(SqlType::Boolean), |values, env| {
            Ok(Datum::Boolean(map(&values[1])?.contains_key(&key(&values[0], env))))
        }),
        function("MAP_KEYS", &[Map], Returns::By(keys_type), |values, env| {
            let keys = map(&values[0])?.keys().cloned().map(Json::String);
            super::cast::cast_datum(Datum::Json(Json::Array(keys.collect())), env.returns, env.settings)
        }),
        function("MAP_CAT", &[Map, Map], same, |values, _| {
            let mut members = map(&values[0])?.clone();
            members.extend(map(&values[1])?.iter().map(|(key, value)| (key.clone(), value.clone())));
            made(members)
        }),
        function("MAP_DELETE", &[Map, Any], same, |values, env| {
            let dropped = keys(&values[1..], env);
            let mut members = map(&values[0])?.clone();
            members.retain(|key, _| !dropped.contains(key));
            made(members)
        })
        .repeat(1),
        function("MAP_PICK", &[Map, Any], same, |values, env| {
            let wanted = keys(&values[1..], env);
            let mut members = map(&values[0])?.clone();
            members.retain(|key, _| wanted.contains(key));
            made(members)
        })
        .repeat(1),
        function("MAP_INSERT", &[Map, Any, Any, Boolean], same, insert).optional(1).sees_null(),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn maps() {
        check(&[
            ("T_MAP(OBJECT_CONSTRUCT('a', 1, 'b', '2'))", "MAP(VARCHAR(16777216), NUMBER(38,0))|{\"a\":1,\"b\":2}"),
            ("T_MAP(OBJECT_CONSTRUCT('a', 'x'))", "100071 Failed to cast variant value \"x\" to FIXED"),
            ("MAP_SIZE(T_MAP(OBJECT_CONSTRUCT('a', 1)))", "1"),
            ("MAP_KEYS(T_MAP(OBJECT_CONSTRUCT('a', 1)))", "ARRAY(VARCHAR(16777216) NOT NULL)|[\"a\"]"),
            ("MAP_CONTAINS_KEY('a', T_MAP(OBJECT_CONSTRUCT('a', 1)))", "true"),
            ("MAP_CONTAINS_KEY('b', T_MAP(OBJECT_CONSTRUCT('a', 1)))", "false"),
            ("MAP_CAT(T_MAP(OBJECT_CONSTRUCT('a', 1)), T_MAP(OBJECT_CONSTRUCT('a', 2, 'b', 3)))", "{\"a\":2,\"b\":3}"),
            ("MAP_DELETE(T_MAP(OBJECT_CONSTRUCT('a', 1, 'b', 2)), 'a')", "{\"b\":2}"),
            ("MAP_PICK(T_MAP(OBJECT_CONSTRUCT('a', 1, 'b', 2)), ARRAY_CONSTRUCT('a'))", "{\"a\":1}"),
            ("MAP_INSERT(T_MAP(OBJECT_CONSTRUCT('a', 1)), 'b', '2')", "{\"a\":1,\"b\":2}"),
            ("MAP_INSERT(T_MAP(OBJECT_CONSTRUCT('a', 1)), 'a', 2)", "100104 Duplicate field key 'a'"),
            ("MAP_INSERT(T_MAP(OBJECT_CONSTRUCT('a', 1)), 'a', 2, true)", "{\"a\":2}"),
            ("GET(T_MAP(OBJECT_CONSTRUCT('a', 1)), 'a')", "NUMBER(38,0)|1"),
            (
                "MAP_SIZE(OBJECT_CONSTRUCT('a', 1))",
                "001044 SQL compilation error:\nInvalid argument types for function 'MAP_SIZE': (OBJECT)",
            ),
        ]);
    }
}
