//! Aggregates that pick, gather or count values.

use std::collections::{BTreeMap, HashMap};

use super::super::args::{integer, invalid_value, json, text};
use super::super::datum::Datum;
use super::super::hash::hash_values;
use super::super::json::Json;
use super::super::string::WIDE;
use super::super::udf::{Param, Returns};
use super::frame::{Aggregate, Env, Fold, Kind, aggregate};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

fn list(rows: &[Vec<Datum>], _: &Env) -> Result<Datum> {
    let separator = match rows.first().and_then(|row| row.get(1)) {
        Some(Datum::Text(separator)) => separator.as_str(),
        _ => "",
    };
    let texts: Vec<&str> = rows.iter().map(|row| text(&row[0])).collect::<Result<_>>()?;
    Ok(Datum::Text(texts.join(separator)))
}

fn array(rows: &[Vec<Datum>], _: &Env) -> Result<Datum> {
    let items: Vec<Json> = rows.iter().map(|row| json(&row[0]).cloned()).collect::<Result<_>>()?;
    Ok(Datum::Json(Json::Array(items)))
}

/// The union of arrays that may hold a value several times: as often as the array that has it most often.
fn union(rows: &[Vec<Datum>], _: &Env) -> Result<Datum> {
    let mut items: Vec<Json> = Vec::new();
    for row in rows {
        let Json::Array(more) = json(&row[0])? else { continue };
        let mut known = items.clone();
        for item in more {
            match known.iter().position(|have| have == item) {
                Some(at) => {
                    known.swap_remove(at);
                }
                None => items.push(item.clone()),
            }
        }
    }
    Ok(Datum::Json(Json::Array(items)))
}

fn object(rows: &[Vec<Datum>], _: &Env) -> Result<Datum> {
    let mut members = BTreeMap::new();
    for row in rows {
        if row[1].is_null() {
            continue;
        }
        let key = text(&row[0])?;
        if members.insert(key.to_owned(), json(&row[1])?.clone()).is_some() {
            return Err(SqlError::new(100_104, "22000", format!("Duplicate field key '{key}'")));
        }
    }
    Ok(Datum::Json(Json::Object(members)))
}

fn mode(rows: &[Vec<Datum>], _: &Env) -> Result<Datum> {
    let mut counts: HashMap<String, (usize, usize)> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        counts.entry(format!("{:?}", row[0])).or_insert((0, index)).0 += 1;
    }
    // Of several the first wins, so that the answer is always the same.
    let best = counts.into_values().max_by_key(|(count, index)| (*count, std::cmp::Reverse(*index)));
    Ok(best.map_or(Datum::Null, |(_, index)| rows[index][0].clone()))
}

const FIRST: Fold = Fold {
    state: |env| vec![env.types[0]],
    start: |_| vec![Datum::Null],
    step: |state, row, _| {
        if state[0].is_null() {
            state[0] = row[0].clone();
        }
        Ok(())
    },
    merge: |state, other, _| {
        if state[0].is_null() {
            state[0] = other[0].clone();
        }
        Ok(())
    },
    finish: |state, _| Ok(state[0].clone()),
};

/// Keeps the first argument of the row whose second is greatest or least.
fn pick(state: &mut [Datum], row: &[Datum], greatest: bool) {
    if row[1].is_null() {
        return;
    }
    let order = row[1].compare(&state[1]);
    if state[1].is_null() || (greatest && order.is_gt()) || (!greatest && order.is_lt()) {
        state[0] = row[0].clone();
        state[1] = row[1].clone();
    }
}

/// `MAX_BY(x, y, n)`: the values of the first argument in the `n` rows whose second is greatest or least.
fn pick_several(rows: &[Vec<Datum>], greatest: bool) -> Result<Datum> {
    let wanted = rows.first().map_or(Ok(0), |row| integer(&row[2]))?;
    if !rows.is_empty() && !(1..=1000).contains(&wanted) {
        return Err(invalid_value(if greatest { "MAX_BY" } else { "MIN_BY" }, wanted, "a count from 1 to 1000"));
    }
    let mut rows: Vec<&Vec<Datum>> = rows.iter().filter(|row| !row[1].is_null()).collect();
    rows.sort_by(|a, b| if greatest { b[1].compare(&a[1]) } else { a[1].compare(&b[1]) });
    let value = |row: &&Vec<Datum>| match &row[0] {
        Datum::Json(value) => value.clone(),
        _ => Json::Undefined,
    };
    Ok(Datum::Json(Json::Array(rows.iter().take(wanted as usize).map(value).collect())))
}

macro_rules! picking {
    ($greatest:literal) => {{
        fn picked(state: &mut [Datum], row: &[Datum], _: &Env) -> Result<()> {
            pick(state, row, $greatest);
            Ok(())
        }
        Kind::Fold(Fold {
            state: |env| vec![env.types[0], env.types[1]],
            start: |_| vec![Datum::Null, Datum::Null],
            step: picked,
            merge: picked,
            finish: |state, _| Ok(state[0].clone()),
        })
    }};
}

/// The sum of the rows' hashes, which does not depend on their order.
fn hash_all(rows: &[Vec<Datum>], _: &Env) -> Result<Datum> {
    let total = rows.iter().fold(0_i64, |total, row| total.wrapping_add(hash_values(row)));
    Ok(Datum::integer(total))
}

/// The value of a scalar subquery.
fn single(rows: &[Vec<Datum>], _: &Env) -> Result<Datum> {
    match rows {
        [] => Ok(Datum::Null),
        [row] => Ok(row[0].clone()),
        _ => Err(SqlError::new(100_090, "22000", "Single-row subquery returns more than one row.")),
    }
}

pub(super) fn aggregates() -> Vec<Aggregate> {
    use Param::{Any, Array, Integer, Text, Value};
    let array_type = Returns::Type(SqlType::Array);
    vec![
        aggregate("LISTAGG", &[Text, Text], Returns::Type(WIDE), Kind::Collect(list))
            .optional(1)
            .aliases(&["STRING_AGG"]),
        aggregate("ARRAY_AGG", &[Value], array_type, Kind::Collect(array)),
        aggregate("ARRAY_UNIQUE_AGG", &[Value], array_type, Kind::Collect(array)).distinct(),
        aggregate("ARRAY_UNION_AGG", &[Array], array_type, Kind::Collect(union)),
        aggregate("OBJECT_AGG", &[Text, Value], Returns::Type(SqlType::Object), Kind::Collect(object)),
        aggregate("SF_SINGLE", &[Any], Returns::Like(0), Kind::Collect(single)).sees_null(),
        aggregate("ANY_VALUE", &[Any], Returns::Like(0), Kind::Fold(FIRST)),
        aggregate("MIN_BY", &[Any, Any], Returns::Like(0), picking!(false)).sees_null(),
        aggregate("MAX_BY", &[Any, Any], Returns::Like(0), picking!(true)).sees_null(),
        aggregate("MIN_BY:N", &[Value, Any, Integer], array_type, Kind::Collect(|rows, _| pick_several(rows, false)))
            .sees_null(),
        aggregate("MAX_BY:N", &[Value, Any, Integer], array_type, Kind::Collect(|rows, _| pick_several(rows, true)))
            .sees_null(),
        aggregate("MODE", &[Any], Returns::Like(0), Kind::Collect(mode)),
        aggregate(
            "HASH_AGG",
            &[Any],
            Returns::Type(SqlType::Number { precision: 19, scale: 0 }),
            Kind::Collect(hash_all),
        )
        .repeat()
        .sees_null(),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::check_queries;

    const ROWS: &str = "FROM (VALUES (2, 'b'), (1, 'a'), (3, 'b'), (4, NULL)) AS t(a, b)";

    #[test]
    fn gathering() {
        let queries = [
            ("SELECT LISTAGG(b, ',' ORDER BY a)", "a,b,b"),
            ("SELECT LISTAGG(a, '-' ORDER BY a DESC)", "4-3-2-1"),
            ("SELECT LISTAGG(DISTINCT b, '-' ORDER BY b)", "a-b"),
            ("SELECT ARRAY_AGG(a ORDER BY a)", "ARRAY|[1,2,3,4]"),
            ("SELECT ARRAY_AGG(b ORDER BY a)", "[\"a\",\"b\",\"b\"]"),
            ("SELECT ARRAY_UNIQUE_AGG(b)", "[\"b\",\"a\"]"),
            ("SELECT OBJECT_AGG(T_TEXT(a), b)", "OBJECT|{\"1\":\"a\",\"2\":\"b\",\"3\":\"b\"}"),
            ("SELECT OBJECT_AGG(b, a)", "100104 Duplicate field key 'b'"),
            ("SELECT MIN_BY(b, a)", "a"),
            ("SELECT MAX_BY(b, a)", "NULL"),
            ("SELECT MODE(b)", "b"),
            ("SELECT ANY_VALUE(b)", "b"),
            ("SELECT \"MAX_BY:N\"(b, a, 2)", "[undefined,\"b\"]"),
        ];
        let queries: Vec<(String, &str)> =
            queries.iter().map(|(select, expected)| (format!("{select} {ROWS}"), *expected)).collect();
        let queries: Vec<(&str, &str)> = queries.iter().map(|(sql, expected)| (sql.as_str(), *expected)).collect();
        check_queries(&queries);
    }

    #[test]
    fn unions() {
        check_queries(&[(
            "SELECT ARRAY_UNION_AGG(a) FROM (VALUES (ARRAY_CONSTRUCT(1, 1, 2)), (ARRAY_CONSTRUCT(1, 3))) AS t(a)",
            "[1,1,2,3]",
        )]);
    }

    #[test]
    fn without_rows() {
        check_queries(&[
            ("SELECT LISTAGG(a, ',') FROM (VALUES ('x')) AS t(a) WHERE a = 'y'", ""),
            ("SELECT ARRAY_AGG(a) FROM (VALUES (1)) AS t(a) WHERE a > 1", "[]"),
            ("SELECT MAX_BY(a, a) FROM (VALUES (1)) AS t(a) WHERE a > 1", "NULL"),
        ]);
    }

    #[test]
    fn groups_and_windows() {
        check_queries(&[
            (
                "SELECT LISTAGG(b, '' ORDER BY b DESC) FROM (VALUES (1, 'a'), (2, 'x'), (1, 'c'), (1, 'b')) AS t(a, b) GROUP BY a ORDER BY a",
                "cba,x",
            ),
            (
                "SELECT LISTAGG(b, '') OVER (PARTITION BY a) FROM (VALUES (1, 'a'), (1, 'b'), (2, 'c')) AS t(a, b) ORDER BY a",
                "ab,ab,c",
            ),
            (
                "SELECT HASH_AGG(a, b) = (SELECT HASH_AGG(a, b) FROM (VALUES (2, 'y'), (1, 'x')) AS t(a, b)) FROM (VALUES (1, 'x'), (2, 'y')) AS t(a, b)",
                "true",
            ),
        ]);
    }
}
