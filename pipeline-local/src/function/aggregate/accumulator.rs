//! What aggregates do with batches of rows.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::SortOptions;
use datafusion::common::ScalarValue;
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::error::Result as DfResult;
use datafusion::logical_expr::Accumulator;

use super::super::cast::cast_datum;
use super::super::datum::{self, Datum};
use super::super::error;
use super::frame::{Env, Fold, Kind};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

/// Reads the arguments of a row; whatever follows them stays as it is.
fn row(values: &[ArrayRef], index: usize, conversions: &[Option<SqlType>], env: &Env) -> Result<Vec<Datum>> {
    let mut row = Vec::with_capacity(values.len());
    for (column, array) in values.iter().enumerate() {
        let value = datum::read(array, index)?;
        row.push(match conversions.get(column).copied().flatten() {
            Some(to) => cast_datum(value, to, &env.settings)?,
            None => value,
        });
    }
    Ok(row)
}

fn scalar(value: Datum, sql_type: SqlType) -> Result<ScalarValue> {
    let array = datum::build(sql_type, [value])?;
    ScalarValue::try_from_array(&array, 0).map_err(SqlError::internal)
}

/// Keeps a few values.
pub(super) struct Folding {
    pub(super) fold: Fold,
    pub(super) sees_null: bool,
    pub(super) conversions: Vec<Option<SqlType>>,
    pub(super) state: Vec<Datum>,
    pub(super) env: Env,
}

impl fmt::Debug for Folding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folding").field("state", &self.state).finish_non_exhaustive()
    }
}

impl Folding {
    fn update(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = &values[..values.len().min(self.conversions.len())];
        for index in 0..values.first().map_or(0, |array| array.len()) {
            let row = row(values, index, &self.conversions, &self.env)?;
            if self.sees_null || !row[0].is_null() {
                (self.fold.step)(&mut self.state, &row, &self.env)?;
            }
        }
        Ok(())
    }

    fn merge(&mut self, states: &[ArrayRef]) -> Result<()> {
        for index in 0..states.first().map_or(0, |array| array.len()) {
            let other: Vec<Datum> = states.iter().map(|array| datum::read(array, index)).collect::<Result<_>>()?;
            (self.fold.merge)(&mut self.state, &other, &self.env)?;
        }
        Ok(())
    }
}

impl Accumulator for Folding {
    fn update_batch(&mut self, values: &[ArrayRef]) -> DfResult<()> {
        self.update(values).map_err(error)
    }

    fn evaluate(&mut self) -> DfResult<ScalarValue> {
        let result = (self.fold.finish)(&self.state, &self.env).map_err(error)?;
        scalar(result, self.env.returns).map_err(error)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.state.len() * size_of::<Datum>()
    }

    fn state(&mut self) -> DfResult<Vec<ScalarValue>> {
        let types = (self.fold.state)(&self.env);
        self.state.iter().zip(types).map(|(value, found)| scalar(value.clone(), found).map_err(error)).collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> DfResult<()> {
        self.merge(states).map_err(error)
    }
}

/// Keeps all rows.
pub(super) struct Collecting {
    pub(super) kind: Kind,
    pub(super) sees_null: bool,
    pub(super) distinct: bool,
    pub(super) conversions: Vec<Option<SqlType>>,
    pub(super) order: Vec<SortOptions>,
    pub(super) order_types: Vec<SqlType>,
    pub(super) env: Env,
    pub(super) rows: VecDeque<Vec<Datum>>,
}

impl fmt::Debug for Collecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collecting").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Collecting {
    /// The columns of interest: arguments, then what rows are ordered by.
    fn width(&self) -> usize {
        self.conversions.len() + self.order.len()
    }

    fn read(&self, values: &[ArrayRef]) -> Result<Vec<Vec<Datum>>> {
        let values = &values[..values.len().min(self.width())];
        let mut rows = Vec::new();
        for index in 0..values.first().map_or(0, |array| array.len()) {
            let row = row(values, index, &self.conversions, &self.env)?;
            if self.sees_null || !row[0].is_null() {
                rows.push(row);
            }
        }
        Ok(rows)
    }

    fn merge(&mut self, states: &[ArrayRef]) -> Result<()> {
        for index in 0..states.first().map_or(0, |array| array.len()) {
            if states[0].is_null(index) {
                continue;
            }
            let columns: Vec<ArrayRef> = states.iter().map(|state| state.as_list::<i32>().value(index)).collect();
            for at in 0..columns[0].len() {
                let row = columns.iter().map(|column| datum::read(column, at)).collect::<Result<_>>()?;
                self.rows.push_back(row);
            }
        }
        Ok(())
    }

    fn compare(&self, a: &[Datum], b: &[Datum]) -> std::cmp::Ordering {
        let arguments = self.conversions.len();
        for (index, options) in self.order.iter().enumerate() {
            let (Some(a), Some(b)) = (a.get(arguments + index), b.get(arguments + index)) else { continue };
            let order = match (a.is_null(), b.is_null()) {
                (true, true) => continue,
                (true, false) if options.nulls_first => std::cmp::Ordering::Less,
                (true, false) => std::cmp::Ordering::Greater,
                (false, true) if options.nulls_first => std::cmp::Ordering::Greater,
                (false, true) => std::cmp::Ordering::Less,
                _ if options.descending => b.compare(a),
                _ => a.compare(b),
            };
            if order.is_ne() {
                return order;
            }
        }
        std::cmp::Ordering::Equal
    }

    fn result(&self) -> Result<Datum> {
        let mut rows: Vec<Vec<Datum>> = self.rows.iter().cloned().collect();
        let arguments = self.conversions.len();
        if self.distinct {
            let mut seen = HashSet::new();
            rows.retain(|row| seen.insert(format!("{:?}", &row[..arguments])));
        }
        if !self.order.is_empty() {
            rows.sort_by(|a, b| self.compare(a, b));
        }
        match self.kind {
            Kind::Collect(finish) => finish(&rows, &self.env),
            Kind::Fold(fold) => {
                let mut state = (fold.start)(&self.env);
                for row in &rows {
                    (fold.step)(&mut state, &row[..arguments], &self.env)?;
                }
                (fold.finish)(&state, &self.env)
            }
        }
    }
}

impl Accumulator for Collecting {
    fn update_batch(&mut self, values: &[ArrayRef]) -> DfResult<()> {
        let rows = self.read(values).map_err(error)?;
        self.rows.extend(rows);
        Ok(())
    }

    fn evaluate(&mut self) -> DfResult<ScalarValue> {
        scalar(self.result().map_err(error)?, self.env.returns).map_err(error)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.rows.len() * (self.width() * size_of::<Datum>() + size_of::<Vec<Datum>>())
    }

    fn state(&mut self) -> DfResult<Vec<ScalarValue>> {
        let types = self.env.types.iter().chain(&self.order_types);
        let list = |(index, found): (usize, &SqlType)| {
            let column = self.rows.iter().map(|row| row.get(index).cloned().unwrap_or(Datum::Null));
            let array = datum::build(*found, column).map_err(error)?;
            Ok(ScalarValue::List(Arc::new(SingleRowListArrayBuilder::new(array).build_list_array())))
        };
        types.enumerate().map(list).collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> DfResult<()> {
        self.merge(states).map_err(error)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> DfResult<()> {
        // Frames move forward: what leaves came first.
        let count = self.read(values).map_err(error)?.len();
        self.rows.drain(..count.min(self.rows.len()));
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }
}
