//! Functions of arrays.

use super::super::args::{integer, integer_or, invalid_value, json, text};
use super::super::cast::{cast_datum, json_of};
use super::super::datum::Datum;
use super::super::json::Json;
use super::super::string::WIDE;
use super::super::udf::{Env, Function, Param, Returns, Types, function};
use super::order::{compare, same};
use super::{element, failed, made, plain_text};
use crate::error::Result;
use crate::types::SqlType;

fn array(value: &Datum) -> Result<&Vec<Json>> {
    match json(value)? {
        Json::Array(items) => Ok(items),
        other => Err(failed(other, "ARRAY")),
    }
}

/// The value as an element: SQL NULL leaves a hole.
fn as_element(value: &Datum) -> Result<Json> {
    if value.is_null() { Ok(Json::Undefined) } else { json(value).cloned() }
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

/// What counts elements is.
const COUNT: SqlType = SqlType::Number { precision: 9, scale: 0 };

/// The result type of a search: a VARIANT is sought in an ARRAY, anything in a structured one.
fn sought(types: &Types<'_>, result: SqlType) -> Result<SqlType> {
    let fits = match (types.types[0], types.types[1]) {
        (Some(_), Some(SqlType::Structured(_))) | (None, _) => true,
        (Some(found), _) => Param::Variant.conversion(found).is_ok(),
    };
    if fits { Ok(result) } else { Err(types.invalid()) }
}

/// The type of the array that elements are taken from or put into.
fn kept_type(types: &Types<'_>) -> Result<SqlType> {
    Ok(match types.get(0) {
        structured @ SqlType::Structured(_) => structured,
        _ => SqlType::Array,
    })
}

/// An array of the result type: what was put into a structured one becomes what that holds.
fn shaped(env: &Env<'_>, items: Vec<Json>) -> Result<Datum> {
    let made = made(items)?;
    if env.returns == SqlType::Array { Ok(made) } else { cast_datum(made, env.returns, env.settings) }
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Any, Array, Boolean, Integer, Text, Value, Variant};
    const TWO_ARRAYS: &[Param] = &[Array, Array];
    let variant = Returns::Type(SqlType::Variant);
    let array_type = Returns::Type(SqlType::Array);
    let kept = Returns::By(kept_type);
    let truth = Returns::Type(SqlType::Boolean);
    let count = Returns::Type(COUNT);
    let wide = Returns::Type(WIDE);
    vec![
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
        function(
            "ARRAY_CONTAINS",
            &[Any, Array],
            Returns::By(|types| sought(types, SqlType::Boolean)),
            |values, env| {
                let wanted = json_of(values[0].clone(), env.settings.time_zone);
                Ok(Datum::Boolean(array(&values[1])?.iter().any(|item| same(item, &wanted))))
            },
        ),
        function("ARRAY_POSITION", &[Any, Array], Returns::By(|types| sought(types, COUNT)), |values, env| {
            let wanted = json_of(values[0].clone(), env.settings.time_zone);
            let found = array(&values[1])?.iter().position(|item| same(item, &wanted));
            Ok(found.map_or(Datum::Null, |found| Datum::integer(found as i64)))
        }),
        function("ARRAY_APPEND", &[Array, Value], kept, |values, env| {
            let mut items = array(&values[0])?.clone();
            items.push(json(&values[1])?.clone());
            shaped(env, items)
        })
        .stable(),
        function("ARRAY_PREPEND", &[Array, Value], kept, |values, env| {
            let mut items = vec![json(&values[1])?.clone()];
            items.extend(array(&values[0])?.iter().cloned());
            shaped(env, items)
        })
        .stable(),
        function("ARRAY_INSERT", &[Array, Integer, Value], kept, |values, env| {
            let mut items = array(&values[0])?.clone();
            let position = integer(&values[1])?;
            let at = place(position, items.len())
                .filter(|at| *at < 10_000_000)
                .ok_or_else(|| invalid_value("ARRAY_INSERT", position, "a position inside the array or behind it"))?;
            while items.len() < at {
                items.push(Json::Undefined);
            }
            items.insert(at, json(&values[2])?.clone());
            shaped(env, items)
        })
        .stable(),
        function("ARRAY_CAT", TWO_ARRAYS, kept, |values, env| {
            let mut items = Vec::new();
            for value in values {
                items.extend(array(value)?.iter().cloned());
            }
            shaped(env, items)
        })
        .repeat(1),
        function("ARRAY_COMPACT", &[Array], kept, |values, env| {
            let kept = array(&values[0])?.iter().filter(|item| !matches!(item, Json::Undefined | Json::Null));
            shaped(env, kept.cloned().collect())
        }),
        function("ARRAY_DISTINCT", &[Array], kept, |values, env| shaped(env, distinct(array(&values[0])?))),
        function("ARRAY_EXCEPT", TWO_ARRAYS, kept, |values, _| matched(values, false)),
        function("ARRAY_INTERSECTION", TWO_ARRAYS, kept, |values, _| matched(values, true)),
        function("ARRAYS_OVERLAP", TWO_ARRAYS, truth, |values, _| {
            let others = array(&values[1])?;
            let shared = array(&values[0])?.iter().any(|item| others.iter().any(|other| same(other, item)));
            Ok(Datum::Boolean(shared))
        }),
        function("ARRAY_SLICE", &[Array, Integer, Integer], kept, |values, env| {
            let items = array(&values[0])?;
            let bound = |value: &Datum| -> Result<usize> {
                Ok(place(integer(value)?, items.len()).unwrap_or(0).min(items.len()))
            };
            let (from, to) = (bound(&values[1])?, bound(&values[2])?);
            shaped(env, items.get(from..to).unwrap_or_default().to_vec())
        }),
        function("ARRAY_SORT", &[Array, Boolean, Boolean], kept, |values, _| sort(values)).optional(2),
        function("ARRAY_REVERSE", &[Array], kept, |values, env| {
            shaped(env, array(&values[0])?.iter().rev().cloned().collect())
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
        function("ARRAY_REMOVE", &[Array, Variant], kept, |values, env| {
            let unwanted = json(&values[1])?;
            shaped(env, array(&values[0])?.iter().filter(|item| !same(item, unwanted)).cloned().collect())
        }),
        function("ARRAY_REMOVE_AT", &[Array, Integer], kept, |values, env| {
            let mut items = array(&values[0])?.clone();
            if let Some(at) = place(integer(&values[1])?, items.len()).filter(|at| *at < items.len()) {
                items.remove(at);
            }
            shaped(env, items)
        }),
        function("ARRAY_GENERATE_RANGE", &[Integer, Integer, Integer], array_type, |values, _| generate_range(values))
            .optional(1),
        function("ARRAY_TO_STRING", &[Array, Text], wide, |values, _| {
            let texts: Vec<String> = array(&values[0])?.iter().map(plain_text).collect();
            Ok(Datum::Text(texts.join(text(&values[1])?)))
        }),
        function("ARRAYS_ZIP", &[Array], array_type, |values, _| zip(values)).repeat(1),
        function("ARRAY_MAX", &[Array], variant, |values, _| extreme(values, true)),
        function("ARRAY_MIN", &[Array], variant, |values, _| extreme(values, false)),
        function("ARRAYS_TO_OBJECT", TWO_ARRAYS, Returns::Type(SqlType::Object), |values, _| {
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
    ]
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{check, check_queries};

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
    #[test]
    fn structured_arrays() {
        check(&[
            ("T_INTS(ARRAY_CONSTRUCT(1, '2', NULL))", "ARRAY(NUMBER(38,0))|[1,2,null]"),
            ("T_INTS(ARRAY_CONSTRUCT('x'))", "100071 Failed to cast variant value \"x\" to FIXED"),
            ("ARRAY_APPEND(T_INTS(ARRAY_CONSTRUCT(1)), '2')", "ARRAY(NUMBER(38,0))|[1,2]"),
            ("ARRAY_SLICE(T_INTS(ARRAY_CONSTRUCT(1, 2)), 0, 1)", "ARRAY(NUMBER(38,0))|[1]"),
            ("ARRAY_CONTAINS(2, T_INTS(ARRAY_CONSTRUCT(1, 2)))", "true"),
            ("ARRAY_SIZE(T_INTS(ARRAY_CONSTRUCT(1, 2)))", "2"),
            ("GET(T_INTS(ARRAY_CONSTRUCT(1, 2)), 1)", "NUMBER(38,0)|2"),
            ("GET(T_CITY(OBJECT_CONSTRUCT('city', 'Ulm', 'zip', '89073')), 'zip')", "NUMBER(5,0)|89073"),
            (
                "GET(T_CITY(OBJECT_CONSTRUCT('city', 'Ulm', 'zip', 1)), 'state')",
                "001003 SQL compilation error:\nField 'state' does not exist in OBJECT(city VARCHAR(16777216), zip NUMBER(5,0) NOT NULL).",
            ),
            (
                "T_CITY(OBJECT_CONSTRUCT_KEEP_NULL('city', 'Ulm', 'zip', NULL))",
                "100072 NULL result in a non-nullable element of type NUMBER(5,0) NOT NULL",
            ),
            (
                "T_CITY(OBJECT_CONSTRUCT('city', 'Ulm'))",
                "100071 Failed to cast variant value {\"city\":\"Ulm\"} to OBJECT(city VARCHAR(16777216), zip NUMBER(5,0) NOT NULL)",
            ),
        ]);
    }
}
