//! Bitmaps that count distinct numbers: BITMAP_CONSTRUCT_AGG and BITMAP_OR_AGG.
//!
//! A bitmap is the number of its positions and then these, two bytes each, or, where that is shorter, one bit for each of
//! the 32768 positions.

use std::collections::BTreeSet;

use super::super::args::{integer, invalid_value};
use super::super::datum::Datum;
use super::super::udf::{Param, Returns};
use super::frame::{Aggregate, Env, Kind, aggregate};
use crate::error::{Result, SqlError};
use crate::types::{DEFAULT_BINARY_LENGTH, SqlType};

/// The bytes of a bitmap that has a bit for each position.
const FULL: usize = 4096;
/// The least length of a bitmap that lists positions.
const LEAST: usize = 10;

fn malformed() -> SqlError {
    SqlError::new(100_048, "22000", "Invalid bitmap: it was not made by BITMAP_CONSTRUCT_AGG or BITMAP_OR_AGG")
}

/// The positions that a bitmap holds.
pub(in super::super) fn positions(bitmap: &Datum) -> Result<BTreeSet<u16>> {
    let Datum::Binary(bytes) = bitmap else { return Err(malformed()) };
    if bytes.len() == FULL {
        let set = |position: &u16| bytes[usize::from(position / 8)] & (1 << (position % 8)) != 0;
        return Ok((0..32_768).filter(set).collect());
    }
    let [high, low, rest @ ..] = bytes.as_slice() else { return Err(malformed()) };
    let count = usize::from(u16::from_be_bytes([*high, *low]));
    let listed = rest.get(..count * 2).ok_or_else(malformed)?;
    Ok(listed.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect())
}

fn bitmap(positions: &BTreeSet<u16>) -> Datum {
    let mut bytes = Vec::new();
    if positions.len() * 2 + 2 < FULL {
        bytes.extend((positions.len() as u16).to_be_bytes());
        bytes.extend(positions.iter().flat_map(|position| position.to_le_bytes()));
        bytes.resize(bytes.len().max(LEAST), 0);
    } else {
        bytes.resize(FULL, 0);
        for position in positions {
            bytes[usize::from(position / 8)] |= 1 << (position % 8);
        }
    }
    Datum::Binary(bytes)
}

fn construct(rows: &[Vec<Datum>], _: &Env) -> Result<Datum> {
    let mut set = BTreeSet::new();
    for row in rows {
        let position = integer(&row[0])?;
        let known = u16::try_from(position).ok().filter(|position| *position < 32_768);
        set.insert(known.ok_or_else(|| invalid_value("BITMAP_CONSTRUCT_AGG", position, "from 0 to 32767"))?);
    }
    Ok(if rows.is_empty() { Datum::Null } else { bitmap(&set) })
}

fn union(rows: &[Vec<Datum>], _: &Env) -> Result<Datum> {
    let mut set = BTreeSet::new();
    for row in rows {
        set.extend(positions(&row[0])?);
    }
    Ok(if rows.is_empty() { Datum::Null } else { bitmap(&set) })
}

pub(super) fn aggregates() -> Vec<Aggregate> {
    let binary = Returns::Type(SqlType::Binary(DEFAULT_BINARY_LENGTH));
    vec![
        aggregate("BITMAP_CONSTRUCT_AGG", &[Param::Integer], binary, Kind::Collect(construct)),
        aggregate("BITMAP_OR_AGG", &[Param::TextOrBinary], binary, Kind::Collect(union)),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::check_queries;

    #[test]
    fn bitmaps() {
        check_queries(&[
            ("SELECT BITMAP_CONSTRUCT_AGG(a) FROM (VALUES (0)) AS t(a)", "00010000000000000000"),
            ("SELECT BITMAP_COUNT(BITMAP_CONSTRUCT_AGG(a)) FROM (VALUES (1), (5), (1)) AS t(a)", "2"),
            ("SELECT BITMAP_COUNT(BITMAP_CONSTRUCT_AGG(a)) FROM generate_series(0, 3000) AS t(a)", "3001"),
            (
                "SELECT BITMAP_COUNT(BITMAP_OR_AGG(b)) FROM (SELECT BITMAP_CONSTRUCT_AGG(a) AS b FROM (VALUES (1), (2), (3)) AS t(a) GROUP BY a) AS s",
                "3",
            ),
            (
                "SELECT BITMAP_CONSTRUCT_AGG(a) FROM (VALUES (40000)) AS t(a)",
                "001008 SQL compilation error:\ninvalid value [40000] for function 'BITMAP_CONSTRUCT_AGG': from 0 to 32767",
            ),
        ]);
    }
}
