//! The table functions FLATTEN, SPLIT_TO_TABLE and STRTOK_SPLIT_TO_TABLE as functions from a row to a list of rows.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, LargeStringArray, ListArray, StringArray, StructArray,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::error::SqlError;
use crate::function::error;
use crate::function::json::{Json, plain};
use crate::types::SqlType;

/// What of FLATTEN's arguments is constant.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) path: String,
    pub(super) outer: bool,
    pub(super) recursive: bool,
    pub(super) arrays: bool,
    pub(super) objects: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { path: String::new(), outer: false, recursive: false, arrays: true, objects: true }
    }
}

/// A table function over one row.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// `FLATTEN(input)`.
    Flatten(Options),
    /// `SPLIT_TO_TABLE(text, separator)`.
    Split,
    /// `STRTOK_SPLIT_TO_TABLE(text[, delimiters])`.
    Tokens,
}

impl Kind {
    /// The columns of the rows.
    pub(super) fn fields(&self) -> Fields {
        let columns: &[(&str, SqlType)] = match self {
            Self::Flatten(_) => &[
                ("SEQ", SqlType::INTEGER),
                ("KEY", SqlType::TEXT),
                ("PATH", SqlType::TEXT),
                ("INDEX", SqlType::INTEGER),
                ("VALUE", SqlType::Variant),
                ("THIS", SqlType::Variant),
            ],
            Self::Split | Self::Tokens => {
                &[("SEQ", SqlType::INTEGER), ("INDEX", SqlType::INTEGER), ("VALUE", SqlType::TEXT)]
            }
        };
        columns.iter().map(|(name, sql_type)| Field::new(*name, sql_type.arrow(), true)).collect()
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Flatten(_) => "FLATTEN",
            Self::Split => "SPLIT_TO_TABLE",
            Self::Tokens => "STRTOK_SPLIT_TO_TABLE",
        }
    }
}

/// The function for one place in a statement: SEQ counts the rows it got.
pub(super) fn function(kind: Kind) -> ScalarUDF {
    ScalarUDF::from(Rows { kind, seen: AtomicI64::new(0), signature: Signature::variadic_any(Volatility::Volatile) })
}

#[derive(Debug)]
struct Rows {
    kind: Kind,
    seen: AtomicI64,
    signature: Signature,
}

impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Rows {}

impl Hash for Rows {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::from_ref(self).hash(state);
    }
}

impl ScalarUDFImpl for Rows {
    fn name(&self) -> &str {
        self.kind.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(Field::new("item", DataType::Struct(self.kind.fields()), true))))
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let types: Vec<_> = arguments.arg_fields.iter().map(|field| field.data_type().clone()).collect();
        let fits = |data_type: &DataType| match self.kind {
            Kind::Flatten(_) => matches!(data_type, DataType::LargeUtf8 | DataType::Null),
            Kind::Split | Kind::Tokens => {
                matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Null)
            }
        };
        if let Some(field) = arguments.arg_fields.iter().find(|field| !fits(field.data_type())) {
            return Err(error(SqlError::compilation(
                1044,
                "42P13",
                format_args!("Invalid argument types for function '{}': ({})", self.kind.name(), SqlType::of(field)),
            )));
        }
        Ok(Arc::new(Field::new(self.kind.name(), self.return_type(&types)?, true)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let count = arguments.number_rows;
        let first = self.seen.fetch_add(count as i64, Ordering::Relaxed);
        let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
        let mut rows = Found::default();
        for row in 0..count {
            rows.sequence = i128::from(first) + row as i128 + 1;
            match &self.kind {
                Kind::Flatten(options) => {
                    let input = match text_at(&arrays, 0, row) {
                        Some(text) => Some(Json::parse(text).map_err(|what| error(SqlError::internal(what)))?),
                        None => None,
                    };
                    rows.flatten(input, options);
                }
                Kind::Split => {
                    if let (Some(text), Some(separator)) = (unquoted(&arrays, 0, row), unquoted(&arrays, 1, row)) {
                        if separator.is_empty() {
                            rows.pieces(std::iter::once(text.as_str()));
                        } else {
                            rows.pieces(text.split(separator.as_str()));
                        }
                    }
                }
                Kind::Tokens => {
                    let delimiters = if arrays.len() > 1 { unquoted(&arrays, 1, row) } else { Some(" ".to_owned()) };
                    if let (Some(text), Some(delimiters)) = (unquoted(&arrays, 0, row), delimiters) {
                        rows.pieces(text.split(|c| delimiters.contains(c)).filter(|piece| !piece.is_empty()));
                    }
                }
            }
            rows.lengths.push(rows.seq.len() - rows.done);
            rows.done = rows.seq.len();
        }
        Ok(ColumnarValue::Array(Arc::new(rows.finish(&self.kind)?)))
    }
}

fn text_at(arrays: &[ArrayRef], index: usize, row: usize) -> Option<&str> {
    let array = arrays.get(index)?;
    if array.is_null(row) || *array.data_type() == DataType::Null {
        return None;
    }
    Some(match array.data_type() {
        DataType::LargeUtf8 => array.as_string::<i64>().value(row),
        _ => array.as_string::<i32>().value(row),
    })
}

/// A text argument; a text inside a VARIANT without its quotes.
fn unquoted(arrays: &[ArrayRef], index: usize, row: usize) -> Option<String> {
    let text = text_at(arrays, index, row)?;
    if *arrays[index].data_type() == DataType::LargeUtf8 {
        return match Json::parse(text) {
            Ok(Json::String(text)) => Some(text),
            Ok(Json::Null) => None,
            _ => Some(plain(text).into_owned()),
        };
    }
    Some(text.to_owned())
}

/// The rows found so far, column by column.
#[derive(Default)]
struct Found {
    sequence: i128,
    done: usize,
    lengths: Vec<usize>,
    seq: Vec<i128>,
    key: Vec<Option<String>>,
    path: Vec<Option<String>>,
    index: Vec<Option<i128>>,
    value: Vec<Option<String>>,
    this: Vec<Option<String>>,
}

impl Found {
    fn pieces<'t>(&mut self, pieces: impl Iterator<Item = &'t str>) {
        for (index, piece) in pieces.enumerate() {
            self.seq.push(self.sequence);
            self.index.push(Some(index as i128 + 1));
            self.value.push(Some(piece.to_owned()));
        }
    }

    fn flatten(&mut self, mut input: Option<Json>, options: &Options) {
        for key in steps(&options.path) {
            input = input.and_then(|json| match key.parse::<i128>() {
                Ok(index) => json.index(index).cloned(),
                Err(_) => json.member(&key).cloned(),
            });
        }
        if let Some(json) = &input {
            self.expand(json, &options.path, options);
        }
        if self.seq.len() == self.done && options.outer {
            self.seq.push(self.sequence);
            self.key.push(None);
            self.path.push(None);
            self.index.push(None);
            self.value.push(None);
            self.this.push(input.map(|json| json.stored()));
        }
    }

    fn expand(&mut self, json: &Json, path: &str, options: &Options) {
        let this = json.stored();
        match json {
            Json::Array(items) if options.arrays => {
                for (index, item) in items.iter().enumerate() {
                    self.row(None, format!("{path}[{index}]"), Some(index as i128), item, &this, options);
                }
            }
            Json::Object(members) if options.objects => {
                for (key, value) in members {
                    let path = match (path.is_empty(), is_plain(key)) {
                        (true, true) => key.clone(),
                        (false, true) => format!("{path}.{key}"),
                        (_, false) => format!("{path}['{key}']"),
                    };
                    self.row(Some(key), path, None, value, &this, options);
                }
            }
            // Those that are not shown may hold some that are.
            Json::Array(items) if options.recursive => {
                for (index, item) in items.iter().enumerate() {
                    self.expand(item, &format!("{path}[{index}]"), options);
                }
            }
            Json::Object(members) if options.recursive => {
                for (key, value) in members {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    self.expand(value, &path, options);
                }
            }
            _ => {}
        }
    }

    fn row(
        &mut self,
        key: Option<&String>,
        path: String,
        index: Option<i128>,
        value: &Json,
        this: &str,
        options: &Options,
    ) {
        self.seq.push(self.sequence);
        self.key.push(key.cloned());
        self.path.push(Some(path.clone()));
        self.index.push(index);
        self.value.push(match value {
            Json::Undefined => None,
            value => Some(value.stored()),
        });
        self.this.push(Some(this.to_owned()));
        if options.recursive {
            self.expand(value, &path, options);
        }
    }

    fn finish(self, kind: &Kind) -> Result<ListArray> {
        let numbers = |values: Vec<Option<i128>>| -> Result<ArrayRef> {
            Ok(Arc::new(Decimal128Array::from(values).with_precision_and_scale(38, 0)?))
        };
        let seq = numbers(self.seq.into_iter().map(Some).collect())?;
        let index = numbers(self.index)?;
        let columns: Vec<ArrayRef> = match kind {
            Kind::Flatten(_) => vec![
                seq,
                Arc::new(StringArray::from(self.key)),
                Arc::new(StringArray::from(self.path)),
                index,
                Arc::new(LargeStringArray::from(self.value)),
                Arc::new(LargeStringArray::from(self.this)),
            ],
            Kind::Split | Kind::Tokens => vec![seq, index, Arc::new(StringArray::from(self.value))],
        };
        let rows = StructArray::try_new(kind.fields(), columns, None)?;
        let item = Arc::new(Field::new("item", DataType::Struct(kind.fields()), true));
        Ok(ListArray::try_new(item, OffsetBuffer::from_lengths(self.lengths), Arc::new(rows), None)?)
    }
}

/// Whether a key needs no quotes in a path.
fn is_plain(key: &str) -> bool {
    !key.starts_with(|c: char| c.is_ascii_digit())
        && !key.is_empty()
        && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$')
}

/// The keys and positions of a path: `a.b[0]['c d']`.
fn steps(path: &str) -> Vec<String> {
    path.split(['.', '[', ']'])
        .map(|step| step.trim_matches(['\'', '"']))
        .filter(|step| !step.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for (path, expected) in [("", vec![]), ("a.b[0]", vec!["a", "b", "0"]), ("['c d'].e", vec!["c d", "e"])] {
            assert_eq!(steps(path), expected, "{path}");
        }
    }
}
