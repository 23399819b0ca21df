//! Result rows as Arrow IPC streams, with the column types and metadata that Snowflake's clients decode.
//!
//! Numbers are sent as the narrowest integers that hold the whole column, like Snowflake does; timestamps as integers or, where
//! the scale asks for it, as structs of seconds and nanoseconds.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, FixedSizeListArray, Float32Array, Int32Array, Int64Array,
    PrimitiveArray, RecordBatch, RecordBatchOptions, StringArray, StructArray,
};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal128Type, Field, FieldRef, Fields, Int8Type, Int16Type, Int32Type, Int64Type,
    Schema, SchemaRef, Time64NanosecondType, TimestampMicrosecondType,
};
use datafusion::arrow::ipc::writer::StreamWriter;

use super::cell::{arrays_of, indent_json};
use crate::statement::{QueryResult, ResultColumn};
use crate::types::{SqlType, VectorElement};
use crate::{Result, SqlError};

/// A result in the form in which Arrow clients receive it.
pub(super) struct ArrowRows {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl ArrowRows {
    /// Converts a result.
    ///
    /// # Errors
    /// An internal error when the result's arrays do not fit its columns.
    pub(super) fn new(result: &QueryResult) -> Result<Self> {
        let batches: Vec<Vec<ArrayRef>> =
            result.batches.iter().map(|batch| arrays_of(batch, &result.columns)).collect::<Result<_>>()?;
        let mut fields = Vec::with_capacity(result.columns.len());
        let mut encodings = Vec::with_capacity(result.columns.len());
        for (at, column) in result.columns.iter().enumerate() {
            let encoding = Encoding::of(column.sql_type, batches.iter().map(|arrays| &arrays[at]));
            fields.push(encoding.field(column));
            encodings.push(encoding);
        }
        let schema = Arc::new(Schema::new(fields));
        let converted = batches.iter().zip(&result.batches).map(|(arrays, batch)| {
            let arrays = arrays.iter().zip(&encodings).map(|(array, encoding)| encoding.encode(array));
            let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
            let arrays = arrays.collect::<Result<_>>()?;
            Ok(RecordBatch::try_new_with_options(schema.clone(), arrays, &options)?)
        });
        Ok(Self { batches: converted.collect::<Result<_>>()?, schema })
    }

    /// The rows in pieces, each an IPC stream of its own with the number of its rows. `limit` says how many bytes the piece
    /// of a number should have at most. No rows, no piece: Python's connector can do nothing with an empty stream.
    ///
    /// # Errors
    /// When Arrow cannot write a stream.
    pub(super) fn pieces(&self, limit: impl Fn(usize) -> usize) -> Result<Vec<(Vec<u8>, usize)>> {
        let rows: usize = self.batches.iter().map(RecordBatch::num_rows).sum();
        let bytes: usize = self.batches.iter().map(RecordBatch::get_array_memory_size).sum();
        let per_row = (bytes / rows.max(1)).max(1);
        let mut pieces = Vec::new();
        let mut taken = 0;
        while taken < rows {
            let count = (limit(pieces.len()) / per_row).clamp(1, rows - taken);
            let slices = self.slices(taken, count);
            let count = slices.iter().map(RecordBatch::num_rows).sum();
            pieces.push((self.stream(&slices)?, count));
            taken += count;
        }
        Ok(pieces)
    }

    fn slices(&self, start: usize, count: usize) -> Vec<RecordBatch> {
        let mut slices = Vec::new();
        let (mut skip, mut wanted) = (start, count);
        for batch in &self.batches {
            if skip >= batch.num_rows() {
                skip -= batch.num_rows();
                continue;
            }
            let length = wanted.min(batch.num_rows() - skip);
            if length > 0 {
                slices.push(batch.slice(skip, length));
            }
            wanted -= length;
            skip = 0;
        }
        slices
    }

    fn stream(&self, batches: &[RecordBatch]) -> Result<Vec<u8>> {
        let mut writer = StreamWriter::try_new(Vec::new(), &self.schema)?;
        // One batch per piece: clients work batch by batch, and the engine's are small at times.
        writer.write(&concat_batches(&self.schema, batches)?)?;
        writer.finish()?;
        Ok(writer.into_inner()?)
    }
}

/// How the values of one column are sent.
enum Encoding {
    /// Unscaled numbers as integers of this many bytes, at most 8, or as decimals of 16.
    Number {
        precision: u8,
        scale: u8,
        bytes: u8,
    },
    /// As the engine holds them.
    Same(SqlType),
    Json(SqlType),
    Vector(VectorElement, u16),
    Time(u8),
    Timestamp(SqlType, u8),
    Zoned(u8),
}

impl Encoding {
    fn of<'a>(sql_type: SqlType, arrays: impl Iterator<Item = &'a ArrayRef>) -> Self {
        match sql_type {
            SqlType::Number { precision, scale } => {
                let values = arrays.filter_map(|array| array.as_primitive_opt::<Decimal128Type>());
                Self::Number { precision, scale, bytes: values.map(width).max().unwrap_or(1) }
            }
            SqlType::Variant | SqlType::Object | SqlType::Array | SqlType::Structured(_) => {
                Self::Json(sql_type.loose())
            }
            SqlType::Vector(element, length) => Self::Vector(element, length),
            SqlType::Time(scale) => Self::Time(scale),
            SqlType::TimestampNtz(scale) | SqlType::TimestampLtz(scale) => Self::Timestamp(sql_type, scale),
            SqlType::TimestampTz(scale) => Self::Zoned(scale),
            SqlType::Float | SqlType::Varchar(_) | SqlType::Binary(_) | SqlType::Boolean | SqlType::Date => {
                Self::Same(sql_type)
            }
        }
    }

    fn arrow(&self) -> DataType {
        match self {
            Self::Number { bytes: 1, .. } => DataType::Int8,
            Self::Number { bytes: 2, .. } => DataType::Int16,
            Self::Number { bytes: 4, .. } => DataType::Int32,
            Self::Number { bytes: 8, .. } => DataType::Int64,
            Self::Number { scale, .. } => DataType::Decimal128(38, *scale as i8),
            Self::Same(sql_type) => sql_type.arrow(),
            Self::Json(_) => DataType::Utf8,
            Self::Vector(element, length) => DataType::FixedSizeList(vector_item(*element), i32::from(*length)),
            Self::Time(scale) if *scale <= 4 => DataType::Int32,
            Self::Time(_) => DataType::Int64,
            Self::Timestamp(_, scale) if *scale <= 7 => DataType::Int64,
            Self::Timestamp(..) => DataType::Struct(self.parts(&["epoch", "fraction"])),
            Self::Zoned(scale) if *scale <= 3 => DataType::Struct(self.parts(&["epoch", "timezone"])),
            Self::Zoned(_) => DataType::Struct(self.parts(&["epoch", "fraction", "timezone"])),
        }
    }

    /// The fields of a struct; clients look for the column's metadata at each of them.
    fn parts(&self, names: &[&str]) -> Fields {
        let part = |name: &&str| {
            let data_type = if *name == "epoch" { DataType::Int64 } else { DataType::Int32 };
            Field::new(*name, data_type, true).with_metadata(self.metadata())
        };
        names.iter().map(part).collect()
    }

    fn field(&self, column: &ResultColumn) -> Field {
        Field::new(&column.name, self.arrow(), column.nullable).with_metadata(self.metadata())
    }

    fn metadata(&self) -> HashMap<String, String> {
        // Precision, scale, characters, bytes; where a type has no such thing Snowflake says 0.
        let (logical, precision, scale, characters, bytes) = match self {
            Self::Number { precision, scale, bytes } => ("FIXED", *precision, *scale, 0, u32::from(*bytes)),
            Self::Time(scale) => ("TIME", 0, *scale, 0, if *scale <= 4 { 4 } else { 8 }),
            Self::Timestamp(sql_type, scale) => {
                let logical =
                    if matches!(sql_type, SqlType::TimestampNtz(_)) { "TIMESTAMP_NTZ" } else { "TIMESTAMP_LTZ" };
                (logical, 0, *scale, 0, if *scale <= 7 { 8 } else { 16 })
            }
            Self::Zoned(scale) => ("TIMESTAMP_TZ", 0, *scale, 0, if *scale <= 3 { 8 } else { 16 }),
            Self::Vector(..) => ("VECTOR", 0, 0, 0, 0),
            Self::Json(SqlType::Object) => ("OBJECT", 0, 0, 0, 0),
            Self::Json(SqlType::Array) => ("ARRAY", 0, 0, 0, 0),
            Self::Json(_) => ("VARIANT", 0, 0, 0, 0),
            Self::Same(SqlType::Float) => ("REAL", 0, 0, 0, 8),
            Self::Same(SqlType::Boolean) => ("BOOLEAN", 0, 0, 0, 1),
            Self::Same(SqlType::Date) => ("DATE", 0, 0, 0, 4),
            Self::Same(sql_type) => {
                let logical = if matches!(sql_type, SqlType::Binary(_)) { "BINARY" } else { "TEXT" };
                let (characters, bytes) = sql_type.lengths().unwrap_or_default();
                (logical, 0, 0, characters, bytes)
            }
        };
        let entries = [
            ("logicalType", logical.to_owned()),
            ("precision", precision.to_string()),
            ("scale", scale.to_string()),
            ("charLength", characters.to_string()),
            ("byteLength", bytes.to_string()),
            ("finalType", "T".to_owned()),
        ];
        entries.map(|(key, value)| (key.to_owned(), value)).into()
    }

    fn encode(&self, array: &ArrayRef) -> Result<ArrayRef> {
        Ok(match self {
            Self::Number { scale, bytes, .. } => {
                let values = typed::<Decimal128Type>(array)?;
                match bytes {
                    1 => Arc::new(values.unary::<_, Int8Type>(|value| value as i8)),
                    2 => Arc::new(values.unary::<_, Int16Type>(|value| value as i16)),
                    4 => Arc::new(values.unary::<_, Int32Type>(|value| value as i32)),
                    8 => Arc::new(values.unary::<_, Int64Type>(|value| value as i64)),
                    _ => Arc::new(values.clone().with_precision_and_scale(38, *scale as i8)?),
                }
            }
            Self::Same(_) => array.clone(),
            Self::Json(_) => {
                let texts = array.as_string_opt::<i64>().ok_or_else(|| wrong(array))?;
                Arc::new(texts.iter().map(|text| text.map(indent_json)).collect::<StringArray>())
            }
            Self::Vector(element, length) => vectors(array, *element, *length)?,
            Self::Time(scale) => {
                let values = typed::<Time64NanosecondType>(array)?;
                let unit = 10_i64.pow(9 - u32::from((*scale).min(9)));
                if *scale <= 4 {
                    Arc::new(values.unary::<_, Int32Type>(|value| (value / unit) as i32))
                } else {
                    Arc::new(values.unary::<_, Int64Type>(|value| value / unit))
                }
            }
            Self::Timestamp(_, scale) => {
                let values = typed::<TimestampMicrosecondType>(array)?;
                if *scale <= 7 {
                    Arc::new(values.unary::<_, Int64Type>(|value| scaled(value, *scale)))
                } else {
                    self.pack(array, vec![Arc::new(seconds(values)), Arc::new(nanoseconds(values))])
                }
            }
            Self::Zoned(scale) => {
                let fields = array.as_struct_opt().ok_or_else(|| wrong(array))?;
                let instants = typed::<TimestampMicrosecondType>(fields.column(0))?;
                let offsets = typed::<Int32Type>(fields.column(1))?;
                let zones: ArrayRef = Arc::new(offsets.unary::<_, Int32Type>(|offset| offset + 1440));
                if *scale <= 3 {
                    let epoch = instants.unary::<_, Int64Type>(|value| scaled(value, *scale));
                    self.pack(array, vec![Arc::new(epoch), zones])
                } else {
                    self.pack(array, vec![Arc::new(seconds(instants)), Arc::new(nanoseconds(instants)), zones])
                }
            }
        })
    }

    fn pack(&self, array: &dyn Array, parts: Vec<ArrayRef>) -> ArrayRef {
        let DataType::Struct(fields) = self.arrow() else { unreachable!("only structs are packed") };
        Arc::new(StructArray::new(fields, parts, array.nulls().cloned()))
    }
}

/// The field of a vector's elements.
fn vector_item(element: VectorElement) -> FieldRef {
    let data_type = if element == VectorElement::Float { DataType::Float32 } else { DataType::Int32 };
    Arc::new(Field::new("item", data_type, true))
}

/// Vectors, which the engine holds as JSON text, as lists.
fn vectors(array: &ArrayRef, element: VectorElement, length: u16) -> Result<ArrayRef> {
    let texts = array.as_string_opt::<i64>().ok_or_else(|| wrong(array))?;
    let mut numbers: Vec<Option<f64>> = Vec::with_capacity(texts.len() * usize::from(length));
    for text in texts {
        match text {
            Some(text) => numbers.extend(serde_json::from_str::<Vec<f64>>(text)?.into_iter().map(Some)),
            None => numbers.extend(std::iter::repeat_n(None, length.into())),
        }
    }
    let items: ArrayRef = match element {
        VectorElement::Float => {
            Arc::new(numbers.iter().map(|value| value.map(|value| value as f32)).collect::<Float32Array>())
        }
        VectorElement::Int => {
            Arc::new(numbers.iter().map(|value| value.map(|value| value as i32)).collect::<Int32Array>())
        }
    };
    let lists = FixedSizeListArray::try_new(vector_item(element), length.into(), items, texts.nulls().cloned())?;
    Ok(Arc::new(lists))
}

/// The narrowest integer that holds all values, in bytes.
fn width(values: &Decimal128Array) -> u8 {
    let needed = |value: i128| match value {
        _ if i8::try_from(value).is_ok() => 1,
        _ if i16::try_from(value).is_ok() => 2,
        _ if i32::try_from(value).is_ok() => 4,
        _ if i64::try_from(value).is_ok() => 8,
        _ => 16,
    };
    values.iter().flatten().map(needed).max().unwrap_or(1)
}

/// Microseconds as whole units of a scale of at most 7; digits beyond are cut as in JSON cells.
fn scaled(micros: i64, scale: u8) -> i64 {
    let scale = u32::from(scale);
    if scale >= 6 { micros * 10_i64.pow(scale - 6) } else { micros / 10_i64.pow(6 - scale) }
}

fn seconds(micros: &PrimitiveArray<TimestampMicrosecondType>) -> Int64Array {
    micros.unary(|value| value.div_euclid(1_000_000))
}

fn nanoseconds(micros: &PrimitiveArray<TimestampMicrosecondType>) -> Int32Array {
    micros.unary(|value| (value.rem_euclid(1_000_000) * 1000) as i32)
}

fn typed<T: ArrowPrimitiveType>(array: &dyn Array) -> Result<&PrimitiveArray<T>> {
    array.as_primitive_opt::<T>().ok_or_else(|| wrong(array))
}

fn wrong(array: &dyn Array) -> SqlError {
    SqlError::internal(format_args!("a result column came as {}", array.data_type()))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use datafusion::arrow::array::{BooleanArray, Date32Array, LargeStringArray, TimestampMicrosecondArray};
    use datafusion::arrow::array::{Float64Array, Time64NanosecondArray};
    use datafusion::arrow::ipc::reader::StreamReader;
    use datafusion::arrow::util::display::array_value_to_string;

    use super::*;
    use crate::statement::StatementType;

    /// The column as a client reads it: its Arrow type, what its metadata say, and its values.
    fn sent(sql_type: SqlType, arrays: Vec<ArrayRef>) -> String {
        let columns = vec![ResultColumn::new("C", sql_type)];
        let batches = arrays.into_iter().map(|array| {
            let schema = Schema::new(vec![Field::new("C", array.data_type().clone(), true)]);
            RecordBatch::try_new(Arc::new(schema), vec![array]).unwrap()
        });
        let result =
            QueryResult { columns, batches: batches.collect(), statement_type: StatementType::Select, dml: None };
        let pieces = ArrowRows::new(&result).unwrap().pieces(|_| usize::MAX).unwrap();
        let [(stream, _)] = pieces.as_slice() else { panic!("{} pieces", pieces.len()) };
        let batch = StreamReader::try_new(Cursor::new(stream), None).unwrap().next().unwrap().unwrap();
        let field = batch.schema().field(0).clone();
        let about = |field: &Field| {
            ["logicalType", "precision", "scale", "byteLength"].map(|key| field.metadata()[key].clone()).join("/")
        };
        if let DataType::Struct(parts) = field.data_type() {
            assert!(parts.iter().all(|part| about(part) == about(&field)), "{parts:?}");
        }
        let kind = match field.data_type() {
            DataType::Struct(_) => "Struct".to_owned(),
            other => other.to_string(),
        };
        let values = (0..batch.num_rows()).map(|row| array_value_to_string(batch.column(0), row).unwrap());
        format!("{kind} {} [{}]", about(&field), values.collect::<Vec<_>>().join(" "))
    }

    fn numbers(scale: i8, values: &[Option<i128>]) -> ArrayRef {
        let array = Decimal128Array::from(values.to_vec());
        Arc::new(array.with_precision_and_scale(38, scale).unwrap())
    }

    fn micros(values: Vec<i64>) -> TimestampMicrosecondArray {
        TimestampMicrosecondArray::from(values)
    }

    #[test]
    fn every_type_is_sent_as_clients_decode_it() {
        let number = |scale| SqlType::Number { precision: 38, scale };
        let zoned = |scale| {
            let DataType::Struct(fields) = SqlType::TimestampTz(scale).arrow() else { unreachable!("it is a struct") };
            let instants: ArrayRef = Arc::new(micros(vec![1_704_164_645_123_456, -1_500_000]).with_timezone("UTC"));
            let array: ArrayRef =
                Arc::new(StructArray::new(fields, vec![instants, Arc::new(Int32Array::from(vec![120, -480]))], None));
            array
        };
        let wide = 10_i128.pow(20);
        let cases: Vec<(SqlType, Vec<ArrayRef>, &str)> = vec![
            (number(0), vec![numbers(0, &[Some(7), None])], "Int8 FIXED/38/0/1 [7 ]"),
            // Every batch is of the width that the widest needs.
            (number(0), vec![numbers(0, &[Some(1)]), numbers(0, &[Some(-300)])], "Int16 FIXED/38/0/2 [1 -300]"),
            (number(2), vec![numbers(2, &[Some(-15_000_000)])], "Int32 FIXED/38/2/4 [-15000000]"),
            (number(0), vec![numbers(0, &[Some(1 << 40)])], "Int64 FIXED/38/0/8 [1099511627776]"),
            (number(1), vec![numbers(1, &[Some(wide)])], "Decimal128(38, 1) FIXED/38/1/16 [10000000000000000000.0]"),
            (SqlType::Float, vec![Arc::new(Float64Array::from(vec![1.5]))], "Float64 REAL/0/0/8 [1.5]"),
            (SqlType::Boolean, vec![Arc::new(BooleanArray::from(vec![true]))], "Boolean BOOLEAN/0/0/1 [true]"),
            (SqlType::Date, vec![Arc::new(Date32Array::from(vec![19_724]))], "Date32 DATE/0/0/4 [2024-01-02]"),
            (SqlType::Varchar(10), vec![Arc::new(StringArray::from(vec!["ä"]))], "Utf8 TEXT/0/0/40 [ä]"),
            (
                SqlType::Object,
                vec![Arc::new(LargeStringArray::from(vec![r#"{"a":1}"#]))],
                "Utf8 OBJECT/0/0/0 [{\n  \"a\": 1\n}]",
            ),
            (
                SqlType::Time(9),
                vec![Arc::new(Time64NanosecondArray::from(vec![45_296_500_000_000]))],
                "Int64 TIME/0/9/8 [45296500000000]",
            ),
            (
                SqlType::Time(3),
                vec![Arc::new(Time64NanosecondArray::from(vec![45_296_500_000_000]))],
                "Int32 TIME/0/3/4 [45296500]",
            ),
            (
                SqlType::TimestampNtz(3),
                vec![Arc::new(micros(vec![1_704_164_645_123_000, -1_500_000]))],
                "Int64 TIMESTAMP_NTZ/0/3/8 [1704164645123 -1500]",
            ),
            (
                SqlType::TimestampLtz(9),
                vec![Arc::new(micros(vec![1_704_164_645_123_456, -1_500_000]).with_timezone("UTC"))],
                "Struct TIMESTAMP_LTZ/0/9/16 [{epoch: 1704164645, fraction: 123456000} {epoch: -2, fraction: 500000000}]",
            ),
            (
                SqlType::TimestampTz(3),
                vec![zoned(3)],
                "Struct TIMESTAMP_TZ/0/3/8 [{epoch: 1704164645123, timezone: 1560} {epoch: -1500, timezone: 960}]",
            ),
            (
                SqlType::TimestampTz(9),
                vec![zoned(9)],
                "Struct TIMESTAMP_TZ/0/9/16 [{epoch: 1704164645, fraction: 123456000, timezone: 1560} {epoch: -2, \
                 fraction: 500000000, timezone: 960}]",
            ),
        ];
        for (sql_type, arrays, expected) in cases {
            assert_eq!(sent(sql_type, arrays), expected, "{sql_type}");
        }
    }

    #[test]
    fn the_pieces_hold_every_row_once() {
        let values: Vec<Option<i128>> = (0..10_000).map(Some).collect();
        let batches: Vec<_> = values.chunks(700).map(|chunk| numbers(0, chunk)).collect();
        let columns = vec![ResultColumn::new("C", SqlType::INTEGER)];
        let schema = Arc::new(Schema::new(vec![Field::new("C", SqlType::INTEGER.arrow(), true)]));
        let batches = batches.into_iter().map(|array| RecordBatch::try_new(schema.clone(), vec![array]).unwrap());
        let result =
            QueryResult { columns, batches: batches.collect(), statement_type: StatementType::Select, dml: None };
        let pieces = ArrowRows::new(&result).unwrap().pieces(|piece| 1000 << piece).unwrap();
        assert!(pieces.len() > 3, "{}", pieces.len());
        let mut found = Vec::new();
        for (stream, rows) in pieces {
            let batch = StreamReader::try_new(Cursor::new(stream), None).unwrap().next().unwrap().unwrap();
            assert_eq!(batch.num_rows(), rows);
            found.extend(batch.column(0).as_primitive::<Int16Type>().iter().flatten());
        }
        assert_eq!(found, (0..10_000).collect::<Vec<i16>>());
    }
}
