//! Numbers of events up to a row: CONDITIONAL_TRUE_EVENT and CONDITIONAL_CHANGE_EVENT.

use super::super::args::integer;
use super::super::datum::Datum;
use super::super::udf::{Param, Returns};
use super::frame::{Aggregate, Env, Fold, Kind, aggregate};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

const COUNT: SqlType = SqlType::Number { precision: 18, scale: 0 };

/// The rows of a window come one after the other; there are no parts to combine.
fn in_parts(_: &mut [Datum], _: &[Datum], _: &Env) -> Result<()> {
    Err(SqlError::internal("a number of events outside a window"))
}

fn next(count: &Datum) -> Result<Datum> {
    Ok(Datum::integer(integer(count)? + 1))
}

/// Counts the rows that are true.
const TRUE: Fold = Fold {
    state: |_| vec![COUNT],
    start: |_| vec![Datum::integer(0)],
    step: |state, row, _| {
        if row[0] == Datum::Boolean(true) {
            state[0] = next(&state[0])?;
        }
        Ok(())
    },
    merge: in_parts,
    finish: |state, _| Ok(state[0].clone()),
};

/// Counts the rows that differ from the row before; NULL differs from nothing.
const CHANGE: Fold = Fold {
    state: |env| vec![COUNT, env.types[0]],
    start: |_| vec![Datum::integer(0), Datum::Null],
    step: |state, row, _| {
        if !row[0].is_null() && !state[1].is_null() && row[0].compare(&state[1]).is_ne() {
            state[0] = next(&state[0])?;
        }
        state[1] = row[0].clone();
        Ok(())
    },
    merge: in_parts,
    finish: |state, _| Ok(state[0].clone()),
};

pub(super) fn aggregates() -> Vec<Aggregate> {
    let count = Returns::Type(COUNT);
    vec![
        aggregate("CONDITIONAL_TRUE_EVENT", &[Param::Boolean], count, Kind::Fold(TRUE)).sees_null(),
        aggregate("CONDITIONAL_CHANGE_EVENT", &[Param::Any], count, Kind::Fold(CHANGE)).sees_null(),
    ]
}
