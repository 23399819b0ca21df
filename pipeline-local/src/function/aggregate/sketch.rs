//! Approximate aggregates: APPROX_PERCENTILE, APPROX_TOP_K, HLL and MINHASH, and the states by which their results for
//! parts of the rows combine.
//!
//! Few rows are kept as they are, so that the results are exact where Snowflake's are.

use std::collections::{BTreeMap, BTreeSet};

use super::super::args::{float, integer, invalid_value, json};
use super::super::datum::Datum;
use super::super::hash::{hash_values, mix};
use super::super::json::Json;
use super::super::udf::{Param, Returns};
use super::frame::{Aggregate, Env, Kind, aggregate};
use crate::error::{Result, SqlError};
use crate::types::{DEFAULT_BINARY_LENGTH, SqlType};

/// How many centroids a digest keeps.
const CENTROIDS: usize = 1000;
/// How many hashes a state of HLL keeps; beyond these the count is estimated from how dense the least ones lie.
const HASHES: usize = 4096;

fn malformed(kind: &str) -> SqlError {
    SqlError::new(100_194, "22000", format!("Invalid state: it was not made by a function of the kind '{kind}'"))
}

/// A state as an object.
fn state(kind: &str, values: Vec<Json>) -> Datum {
    let members =
        [("state", Json::Array(values)), ("type", Json::String(kind.to_owned())), ("version", Json::Number(1, 0))];
    Datum::Json(Json::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()))
}

fn state_of<'s>(value: &'s Datum, kind: &str) -> Result<&'s Vec<Json>> {
    match json(value)? {
        Json::Object(members) if members.get("type") == Some(&Json::String(kind.to_owned())) => {
            match members.get("state") {
                Some(Json::Array(items)) => Ok(items),
                _ => Err(malformed(kind)),
            }
        }
        _ => Err(malformed(kind)),
    }
}

fn number(value: &Json, kind: &str) -> Result<f64> {
    match value {
        Json::Number(value, scale) => Ok(super::super::decimal::to_float(*value, *scale)),
        Json::Double(value) => Ok(*value),
        _ => Err(malformed(kind)),
    }
}

const DIGEST: &str = "tdigest";

/// Means and weights in order; neighbours are joined until there are few enough.
fn digest(mut centroids: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    centroids.sort_by(|a, b| a.0.total_cmp(&b.0));
    while centroids.len() > CENTROIDS {
        let joined = centroids.chunks(2).map(|pair| {
            let weight: f64 = pair.iter().map(|(_, weight)| weight).sum();
            (pair.iter().map(|(mean, weight)| mean * weight).sum::<f64>() / weight, weight)
        });
        centroids = joined.collect();
    }
    centroids
}

/// The value below which a part of the weight lies, between the middles of centroids.
fn percentile(centroids: &[(f64, f64)], fraction: f64) -> Result<Datum> {
    if !(0.0..=1.0).contains(&fraction) {
        return Err(invalid_value("APPROX_PERCENTILE", fraction, "from 0 to 1"));
    }
    let total: f64 = centroids.iter().map(|(_, weight)| weight).sum();
    let wanted = fraction * total;
    let mut passed = 0.0;
    let mut before: Option<(f64, f64)> = None;
    for (mean, weight) in centroids {
        let middle = passed + weight / 2.0;
        if wanted <= middle {
            return Ok(Datum::Float(match before {
                Some((low, at)) => low + (mean - low) * (wanted - at) / (middle - at),
                None => *mean,
            }));
        }
        before = Some((*mean, middle));
        passed += weight;
    }
    Ok(before.map_or(Datum::Null, |(mean, _)| Datum::Float(mean)))
}

fn digest_of_rows(rows: &[Vec<Datum>]) -> Result<Vec<(f64, f64)>> {
    Ok(digest(rows.iter().map(|row| Ok((float(&row[0])?, 1.0))).collect::<Result<_>>()?))
}

fn digest_of_state(value: &Datum) -> Result<Vec<(f64, f64)>> {
    let pairs = state_of(value, DIGEST)?.chunks_exact(2);
    pairs.map(|pair| Ok((number(&pair[0], DIGEST)?, number(&pair[1], DIGEST)?))).collect()
}

fn digest_state(centroids: &[(f64, f64)]) -> Datum {
    state(DIGEST, centroids.iter().flat_map(|(mean, weight)| [Json::Double(*mean), Json::Double(*weight)]).collect())
}

/// `APPROX_PERCENTILE_ESTIMATE(state, p)`.
pub(in super::super) fn estimated_percentile(values: &[Datum]) -> Result<Datum> {
    percentile(&digest_of_state(&values[0])?, float(&values[1])?)
}

const TOP: &str = "spacesaving";

/// Values with how often they occur, the most frequent first.
fn ranked(counts: impl IntoIterator<Item = (Json, i128)>) -> Vec<(Json, i128)> {
    let mut known: BTreeMap<String, (Json, i128)> = BTreeMap::new();
    for (value, count) in counts {
        known.entry(value.to_string()).or_insert((value, 0)).1 += count;
    }
    let mut ranked: Vec<(Json, i128)> = known.into_values().collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    ranked
}

fn counted(value: Json, count: i128) -> Json {
    Json::Array(vec![value, Json::Number(count, 0)])
}

fn top(ranked: Vec<(Json, i128)>, wanted: i64) -> Result<Datum> {
    if !(1..=100_000).contains(&wanted) {
        return Err(invalid_value("APPROX_TOP_K", wanted, "from 1 to 100000"));
    }
    let best = ranked.into_iter().take(wanted as usize).map(|(value, count)| counted(value, count));
    Ok(Datum::Json(Json::Array(best.collect())))
}

fn values_of_rows(rows: &[Vec<Datum>]) -> Result<Vec<(Json, i128)>> {
    Ok(ranked(rows.iter().map(|row| Ok((json(&row[0])?.clone(), 1))).collect::<Result<Vec<_>>>()?))
}

fn values_of_state(value: &Datum) -> Result<Vec<(Json, i128)>> {
    let pair = |pair: &Json| match pair {
        Json::Array(pair) => match pair.as_slice() {
            [value, Json::Number(count, 0)] => Ok((value.clone(), *count)),
            _ => Err(malformed(TOP)),
        },
        _ => Err(malformed(TOP)),
    };
    state_of(value, TOP)?.iter().map(pair).collect()
}

fn top_state(ranked: Vec<(Json, i128)>, kept: i64) -> Datum {
    let kept = usize::try_from(kept).unwrap_or(0);
    state(TOP, ranked.into_iter().take(kept).map(|(value, count)| counted(value, count)).collect())
}

/// `APPROX_TOP_K_ESTIMATE(state, k)`.
pub(in super::super) fn estimated_top(values: &[Datum]) -> Result<Datum> {
    top(values_of_state(&values[0])?, values.get(1).map_or(Ok(1), integer)?)
}

/// The least hashes of rows, as bytes.
fn least(hashes: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let mut kept = BTreeSet::new();
    for hash in hashes {
        kept.insert(hash);
        if kept.len() > HASHES {
            kept.pop_last();
        }
    }
    kept.into_iter().flat_map(u64::to_be_bytes).collect()
}

fn hashes(bytes: &Datum) -> Result<Vec<u64>> {
    let Datum::Binary(bytes) = bytes else { return Err(malformed("HLL")) };
    let (hashes, rest) = bytes.as_chunks::<8>();
    if rest.is_empty() {
        Ok(hashes.iter().map(|hash| u64::from_be_bytes(*hash)).collect())
    } else {
        Err(malformed("HLL"))
    }
}

/// How many distinct values the least hashes stand for.
pub(in super::super) fn estimated_count(state: &Datum) -> Result<Datum> {
    let hashes = hashes(state)?;
    Ok(Datum::integer(match hashes.last() {
        Some(last) if hashes.len() == HASHES => ((HASHES - 1) as f64 / (*last as f64 / u64::MAX as f64)) as i64,
        _ => hashes.len() as i64,
    }))
}

fn accumulated(rows: &[Vec<Datum>]) -> Datum {
    let known = rows.iter().filter(|row| !row.iter().any(Datum::is_null));
    Datum::Binary(least(known.map(|row| mix(hash_values(row) as u64))))
}

const MINHASH: &str = "minhash";

/// The least value of each of several hash functions over the rows.
fn minhash(rows: &[Vec<Datum>]) -> Result<Datum> {
    let Some(first) = rows.first() else { return Ok(Datum::Null) };
    let count = integer(&first[0])?;
    if !(1..=1024).contains(&count) {
        return Err(invalid_value("MINHASH", count, "from 1 to 1024"));
    }
    let hash = |row: &Vec<Datum>, index: i64| mix(hash_values(&row[1..]) as u64 ^ mix(index as u64));
    let least = |index: i64| rows.iter().map(|row| hash(row, index)).min().unwrap_or(u64::MAX);
    Ok(state(MINHASH, (0..count).map(|index| Json::Number(least(index).into(), 0)).collect()))
}

fn minhash_combine(rows: &[Vec<Datum>]) -> Result<Datum> {
    let mut least: Vec<i128> = Vec::new();
    for row in rows {
        for (index, value) in state_of(&row[0], MINHASH)?.iter().enumerate() {
            let Json::Number(value, 0) = value else { return Err(malformed(MINHASH)) };
            match least.get_mut(index) {
                Some(known) => *known = (*known).min(*value),
                None => least.push(*value),
            }
        }
    }
    if rows.is_empty() {
        return Ok(Datum::Null);
    }
    Ok(state(MINHASH, least.into_iter().map(|value| Json::Number(value, 0)).collect()))
}

/// The part of the hash functions whose least values are the same in all states.
fn similarity(rows: &[Vec<Datum>]) -> Result<Datum> {
    let states: Vec<&Vec<Json>> = rows.iter().map(|row| state_of(&row[0], MINHASH)).collect::<Result<_>>()?;
    let [first, others @ ..] = states.as_slice() else { return Ok(Datum::Null) };
    if first.is_empty() || others.iter().any(|other| other.len() != first.len()) {
        return Err(malformed(MINHASH));
    }
    let same = (0..first.len()).filter(|index| others.iter().all(|other| other[*index] == first[*index])).count();
    Ok(Datum::Float(same as f64 / first.len() as f64))
}

fn constant(rows: &[Vec<Datum>], index: usize, default: i64) -> Result<i64> {
    rows.first().and_then(|row| row.get(index)).map_or(Ok(default), integer)
}

pub(super) fn aggregates() -> Vec<Aggregate> {
    use Param::{Any, Float, Integer, Object, TextOrBinary, Value};
    const ONE: &[Param] = &[Any];
    const STATE: &[Param] = &[Object];
    let real = Returns::Type(SqlType::Float);
    let object = Returns::Type(SqlType::Object);
    let whole = Returns::Type(SqlType::Number { precision: 18, scale: 0 });
    let binary = Returns::Type(SqlType::Binary(DEFAULT_BINARY_LENGTH));
    let collect = |finish: fn(&[Vec<Datum>], &Env) -> Result<Datum>| Kind::Collect(finish);
    vec![
        aggregate(
            "APPROX_PERCENTILE",
            &[Float, Float],
            real,
            collect(|rows, _| {
                let fraction = rows.first().map_or(Ok(0.0), |row| float(&row[1]))?;
                percentile(&digest_of_rows(rows)?, fraction)
            }),
        ),
        aggregate(
            "APPROX_PERCENTILE_ACCUMULATE",
            &[Float],
            object,
            collect(|rows, _| Ok(digest_state(&digest_of_rows(rows)?))),
        ),
        aggregate(
            "APPROX_PERCENTILE_COMBINE",
            STATE,
            object,
            collect(|rows, _| {
                let mut all = Vec::new();
                for row in rows {
                    all.extend(digest_of_state(&row[0])?);
                }
                Ok(digest_state(&digest(all)))
            }),
        ),
        aggregate(
            "APPROX_TOP_K",
            &[Value, Integer, Integer],
            Returns::Type(SqlType::Array),
            collect(|rows, _| top(values_of_rows(rows)?, constant(rows, 1, 1)?)),
        )
        .optional(2),
        aggregate(
            "APPROX_TOP_K_ACCUMULATE",
            &[Value, Integer],
            object,
            collect(|rows, _| Ok(top_state(values_of_rows(rows)?, constant(rows, 1, 1)?))),
        ),
        aggregate(
            "APPROX_TOP_K_COMBINE",
            &[Object, Integer],
            object,
            collect(|rows, _| {
                let mut all = Vec::new();
                for row in rows {
                    all.extend(values_of_state(&row[0])?);
                }
                Ok(top_state(ranked(all), constant(rows, 1, 100_000)?))
            }),
        )
        .optional(1),
        aggregate("APPROX_COUNT_DISTINCT", ONE, whole, collect(|rows, _| estimated_count(&accumulated(rows))))
            .repeat()
            .distinct()
            .aliases(&["HLL"]),
        aggregate("HLL_ACCUMULATE", ONE, binary, collect(|rows, _| Ok(accumulated(rows)))).repeat(),
        aggregate(
            "HLL_COMBINE",
            &[TextOrBinary],
            binary,
            collect(|rows, _| {
                let mut all = Vec::new();
                for row in rows {
                    all.extend(hashes(&row[0])?);
                }
                Ok(Datum::Binary(least(all)))
            }),
        ),
        aggregate("MINHASH", &[Integer, Any], Returns::Type(SqlType::Variant), collect(|rows, _| minhash(rows)))
            .repeat(),
        aggregate("MINHASH_COMBINE", STATE, Returns::Type(SqlType::Variant), collect(|rows, _| minhash_combine(rows))),
        aggregate("APPROXIMATE_SIMILARITY", STATE, real, collect(|rows, _| similarity(rows)))
            .aliases(&["APPROXIMATE_JACCARD_INDEX"]),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::check_queries;

    #[test]
    fn percentiles() {
        check_queries(&[
            ("SELECT APPROX_PERCENTILE(a, 0.5) FROM generate_series(0, 9) AS t(a)", "4.5"),
            ("SELECT APPROX_PERCENTILE(a, 0.5) FROM (VALUES (1)) AS t(a) WHERE a > 1", "NULL"),
            (
                "SELECT APPROX_PERCENTILE_ACCUMULATE(a) FROM (VALUES (1), (2)) AS t(a)",
                "{\"state\":[1.000000000000000e+00,1.000000000000000e+00,2.000000000000000e+00,1.000000000000000e+00],\"type\":\"tdigest\",\"version\":1}",
            ),
            (
                "SELECT ABS(APPROX_PERCENTILE_ESTIMATE(APPROX_PERCENTILE_COMBINE(s), 0.9) - 18000) < 200 FROM (SELECT APPROX_PERCENTILE_ACCUMULATE(a) AS s FROM generate_series(1, 20000) AS t(a) GROUP BY a % 3) AS u",
                "true",
            ),
        ]);
    }

    #[test]
    fn frequencies() {
        check_queries(&[
            ("SELECT APPROX_TOP_K(b, 2) FROM (VALUES ('x'), ('y'), ('x')) AS t(b)", "[[\"x\",2],[\"y\",1]]"),
            (
                "SELECT APPROX_TOP_K_ESTIMATE(APPROX_TOP_K_COMBINE(s, 10), 1) FROM (SELECT APPROX_TOP_K_ACCUMULATE(b, 10) AS s FROM (VALUES (1, 'x'), (1, 'y'), (2, 'y')) AS t(a, b) GROUP BY a) AS u",
                "[[\"y\",2]]",
            ),
        ]);
    }

    #[test]
    fn distinct_values() {
        check_queries(&[
            ("SELECT APPROX_COUNT_DISTINCT(a) FROM (VALUES (1), (2), (1), (NULL)) AS t(a)", "NUMBER(18,0)|2"),
            ("SELECT ABS(HLL(a) - 50000) < 3000 FROM generate_series(1, 50000) AS t(a)", "true"),
            (
                "SELECT HLL_ESTIMATE(HLL_COMBINE(s)) FROM (SELECT HLL_ACCUMULATE(b) AS s FROM (VALUES (1, 'x'), (1, 'y'), (2, 'y')) AS t(a, b) GROUP BY a) AS u",
                "2",
            ),
            ("SELECT HLL_ESTIMATE(HLL_IMPORT(HLL_EXPORT(HLL_ACCUMULATE(a)))) FROM (VALUES (1), (2)) AS t(a)", "2"),
            (
                "SELECT APPROXIMATE_SIMILARITY(s) FROM (SELECT MINHASH(100, b) AS s FROM (VALUES (1, 'x'), (1, 'y'), (2, 'y'), (2, 'x')) AS t(a, b) GROUP BY a) AS u",
                "1",
            ),
            (
                "SELECT APPROXIMATE_SIMILARITY(s) FROM (SELECT MINHASH(100, b) AS s FROM (VALUES (1, 'x'), (2, 'y')) AS t(a, b) GROUP BY a) AS u",
                "0",
            ),
        ]);
    }
}
