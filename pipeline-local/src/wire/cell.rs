//! Result cells as JSON: each one a string or null.

use std::fmt::Write as _;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array,
    LargeStringArray, RecordBatch, StringArray, Time64NanosecondArray, TimestampMicrosecondArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    Date32Type, Decimal128Type, Float64Type, Int32Type, Time64NanosecondType, TimestampMicrosecondType,
};

use crate::function::json::plain;
use crate::statement::ResultColumn;
use crate::types::SqlType;
use crate::{Result, SqlError};

/// What differs between the cells of drivers and those of the SQL API.
#[derive(Debug, Clone, Copy)]
pub(super) struct CellStyle {
    /// FALSE and TRUE.
    booleans: [&'static str; 2],
    null: &'static str,
}

impl CellStyle {
    pub(super) const DRIVER: Self = Self { booleans: ["0", "1"], null: "null" };
    pub(super) const SQL_API: Self = Self { booleans: ["false", "true"], null: "null" };
    /// With `nullable=false`.
    pub(super) const SQL_API_NULL_AS_TEXT: Self = Self { null: "\"null\"", ..Self::SQL_API };
}

/// Writes the rows of one batch.
pub(super) struct RowWriter<'a> {
    cells: Vec<Cells<'a>>,
    style: CellStyle,
}

/// The cells of one column.
enum Cells<'a> {
    Number(&'a Decimal128Array, usize),
    Float(&'a Float64Array),
    Text(&'a StringArray),
    Json(&'a LargeStringArray),
    Vector(&'a LargeStringArray),
    Boolean(&'a BooleanArray),
    Binary(&'a BinaryArray),
    Date(&'a Date32Array),
    Time(&'a Time64NanosecondArray, usize),
    Timestamp(&'a TimestampMicrosecondArray, usize),
    Zoned { column: &'a dyn Array, instant: &'a TimestampMicrosecondArray, offset: &'a Int32Array, scale: usize },
}

/// The columns of a batch in the Arrow types that the result's columns promise.
pub(super) fn arrays_of(batch: &RecordBatch, columns: &[ResultColumn]) -> Result<Vec<ArrayRef>> {
    if batch.num_columns() != columns.len() {
        return Err(SqlError::internal(format_args!(
            "a result of {} columns came with {}",
            columns.len(),
            batch.num_columns()
        )));
    }
    let converted = batch.columns().iter().zip(columns).map(|(array, column)| {
        let wanted = column.sql_type.arrow();
        if *array.data_type() == wanted { Ok(array.clone()) } else { Ok(cast(array, &wanted)?) }
    });
    converted.collect()
}

impl<'a> RowWriter<'a> {
    /// For arrays made by [`arrays_of`].
    pub(super) fn new(arrays: &'a [ArrayRef], columns: &[ResultColumn], style: CellStyle) -> Result<Self> {
        let cells = arrays.iter().zip(columns).map(|(array, column)| Cells::new(array.as_ref(), column.sql_type));
        Ok(Self { cells: cells.collect::<Result<_>>()?, style })
    }

    /// Appends one row, `["1",null]`.
    pub(super) fn write(&self, row: usize, out: &mut String) {
        out.push('[');
        for (at, cells) in self.cells.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            cells.write(row, self.style, out);
        }
        out.push(']');
    }
}

impl<'a> Cells<'a> {
    fn new(array: &'a dyn Array, sql_type: SqlType) -> Result<Self> {
        let wrong = || SqlError::internal(format_args!("a {sql_type} column came as {}", array.data_type()));
        Ok(match sql_type {
            SqlType::Number { scale, .. } => {
                Self::Number(array.as_primitive_opt::<Decimal128Type>().ok_or_else(wrong)?, scale.into())
            }
            SqlType::Float => Self::Float(array.as_primitive_opt::<Float64Type>().ok_or_else(wrong)?),
            SqlType::Varchar(_) => Self::Text(array.as_string_opt().ok_or_else(wrong)?),
            SqlType::Variant | SqlType::Object | SqlType::Array | SqlType::Structured(_) => {
                Self::Json(array.as_string_opt().ok_or_else(wrong)?)
            }
            SqlType::Vector(..) => Self::Vector(array.as_string_opt().ok_or_else(wrong)?),
            SqlType::Boolean => Self::Boolean(array.as_boolean_opt().ok_or_else(wrong)?),
            SqlType::Binary(_) => Self::Binary(array.as_binary_opt().ok_or_else(wrong)?),
            SqlType::Date => Self::Date(array.as_primitive_opt::<Date32Type>().ok_or_else(wrong)?),
            SqlType::Time(scale) => {
                Self::Time(array.as_primitive_opt::<Time64NanosecondType>().ok_or_else(wrong)?, scale.into())
            }
            SqlType::TimestampNtz(scale) | SqlType::TimestampLtz(scale) => {
                Self::Timestamp(array.as_primitive_opt::<TimestampMicrosecondType>().ok_or_else(wrong)?, scale.into())
            }
            SqlType::TimestampTz(scale) => {
                let fields = array.as_struct_opt().ok_or_else(wrong)?;
                Self::Zoned {
                    column: array,
                    instant: fields.column(0).as_primitive_opt::<TimestampMicrosecondType>().ok_or_else(wrong)?,
                    offset: fields.column(1).as_primitive_opt::<Int32Type>().ok_or_else(wrong)?,
                    scale: scale.into(),
                }
            }
        })
    }

    fn array(&self) -> &dyn Array {
        match self {
            Self::Number(array, _) => array,
            Self::Float(array) => array,
            Self::Text(array) => array,
            Self::Json(array) | Self::Vector(array) => array,
            Self::Boolean(array) => array,
            Self::Binary(array) => array,
            Self::Date(array) => array,
            Self::Time(array, _) => array,
            Self::Timestamp(array, _) => array,
            Self::Zoned { column, .. } => *column,
        }
    }

    fn write(&self, row: usize, style: CellStyle, out: &mut String) {
        if self.array().is_null(row) {
            out.push_str(style.null);
            return;
        }
        out.push('"');
        match self {
            Self::Number(array, scale) => write_number(array.value(row), *scale, out),
            Self::Float(array) => write_float(array.value(row), out),
            Self::Text(array) => write_escaped(array.value(row), out),
            Self::Json(array) => write_escaped(&indent_json(array.value(row)), out),
            Self::Vector(array) => write_escaped(array.value(row), out),
            Self::Boolean(array) => out.push_str(style.booleans[usize::from(array.value(row))]),
            Self::Binary(array) => array.value(row).iter().for_each(|byte| push(out, format_args!("{byte:02X}"))),
            Self::Date(array) => push(out, format_args!("{}", array.value(row))),
            Self::Time(array, scale) => write_seconds(array.value(row).into(), *scale, out),
            Self::Timestamp(array, scale) => write_seconds(i128::from(array.value(row)) * 1000, *scale, out),
            Self::Zoned { instant, offset, scale, .. } => {
                write_seconds(i128::from(instant.value(row)) * 1000, *scale, out);
                push(out, format_args!(" {}", offset.value(row) + 1440));
            }
        }
        out.push('"');
    }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(text);
}

/// A fixed-point number with exactly `scale` fraction digits.
fn write_number(unscaled: i128, scale: usize, out: &mut String) {
    if scale == 0 {
        push(out, format_args!("{unscaled}"));
        return;
    }
    let power = 10_u128.pow(scale as u32);
    let magnitude = unscaled.unsigned_abs();
    let sign = if unscaled < 0 { "-" } else { "" };
    push(out, format_args!("{sign}{}.{:0scale$}", magnitude / power, magnitude % power));
}

/// The shortest decimal that reads back as the same number, in exponent form outside of 1e-5 to 1e17.
fn write_float(value: f64, out: &mut String) {
    if value.is_nan() {
        out.push_str("NaN");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "inf" } else { "-inf" });
    } else if value == 0.0 {
        out.push('0');
    } else if (1e-5..1e17).contains(&value.abs()) {
        push(out, format_args!("{value}"));
    } else {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = match exponent.strip_prefix('-') {
            Some(exponent) => ('-', exponent),
            None => ('+', exponent),
        };
        push(out, format_args!("{digits}e{sign}{exponent:0>2}"));
    }
}

/// Nanoseconds as seconds with exactly `scale` fraction digits; digits beyond are cut, the sign is the whole number's.
fn write_seconds(nanoseconds: i128, scale: usize, out: &mut String) {
    let scale = scale.min(9);
    write_number(nanoseconds / 10_i128.pow(9 - scale as u32), scale, out);
}

/// The text as the inside of a JSON string.
fn write_escaped(text: &str, out: &mut String) {
    let mut clean = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[clean..at]);
        clean = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => push(out, format_args!("\\u{byte:04x}")),
        }
    }
    out.push_str(&text[clean..]);
}

/// JSON text with a line per member and two spaces of indent. Works on the text, so that numbers keep all their digits.
pub(super) fn indent_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0;
    let mut in_string = false;
    let mut escaped = false;
    // An opened object or array that has no member yet.
    let mut empty = false;
    for char in plain(text).chars() {
        if in_string {
            out.push(char);
            match char {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_string = false,
                _ => {}
            }
            continue;
        }
        if char.is_ascii_whitespace() {
            continue;
        }
        if matches!(char, '}' | ']') {
            depth -= 1_usize.min(depth);
            if !empty {
                line_break(depth, &mut out);
            }
            empty = false;
            out.push(char);
            continue;
        }
        if empty {
            line_break(depth, &mut out);
            empty = false;
        }
        out.push(char);
        match char {
            '{' | '[' => {
                depth += 1;
                empty = true;
            }
            ',' => line_break(depth, &mut out),
            ':' => out.push(' '),
            '"' => in_string = true,
            _ => {}
        }
    }
    out
}

fn line_break(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{Int64Array, StructArray};
    use datafusion::arrow::datatypes::{DataType, Field, Schema};

    use super::*;

    fn cells(sql_type: SqlType, array: ArrayRef) -> String {
        let columns = [ResultColumn::new("C", sql_type)];
        let schema = Schema::new(vec![Field::new("C", array.data_type().clone(), true)]);
        let batch = RecordBatch::try_new(Arc::new(schema), vec![array]).unwrap();
        let arrays = arrays_of(&batch, &columns).unwrap();
        let writer = RowWriter::new(&arrays, &columns, CellStyle::DRIVER).unwrap();
        let mut out = String::new();
        (0..batch.num_rows()).for_each(|row| writer.write(row, &mut out));
        out
    }

    #[test]
    fn every_type_has_its_text() {
        let decimal = |values: Vec<Option<i128>>, precision, scale| -> ArrayRef {
            Arc::new(Decimal128Array::from(values).with_precision_and_scale(precision, scale).unwrap())
        };
        let micros = |values: Vec<i64>| TimestampMicrosecondArray::from(values);
        let zoned = || {
            let DataType::Struct(fields) = SqlType::TimestampTz(9).arrow() else { unreachable!("it is a struct") };
            let instants: ArrayRef = Arc::new(micros(vec![1_704_164_645_123_456, -1_500_000]).with_timezone("UTC"));
            StructArray::new(fields, vec![instants, Arc::new(Int32Array::from(vec![120, -480]))], None)
        };
        let number = |scale| SqlType::Number { precision: 38, scale };
        let cases: Vec<(SqlType, ArrayRef, &str)> = vec![
            (number(0), decimal(vec![Some(0), Some(-7), None], 38, 0), r#"["0"]["-7"][null]"#),
            (number(0), Arc::new(Int64Array::from(vec![42])), r#"["42"]"#),
            (
                number(0),
                decimal(vec![Some(10_i128.pow(38) - 1)], 38, 0),
                r#"["99999999999999999999999999999999999999"]"#,
            ),
            (number(2), decimal(vec![Some(-150), Some(5), Some(-5)], 38, 2), r#"["-1.50"]["0.05"]["-0.05"]"#),
            (
                SqlType::Float,
                Arc::new(Float64Array::from(vec![
                    1.5,
                    1.0,
                    -0.0,
                    0.1,
                    1e200,
                    1.25e-7,
                    1e16,
                    f64::NAN,
                    f64::NEG_INFINITY,
                ])),
                r#"["1.5"]["1"]["0"]["0.1"]["1e+200"]["1.25e-07"]["10000000000000000"]["NaN"]["-inf"]"#,
            ),
            (
                SqlType::Boolean,
                Arc::new(BooleanArray::from(vec![Some(true), Some(false), None])),
                r#"["1"]["0"][null]"#,
            ),
            (
                SqlType::TEXT,
                Arc::new(StringArray::from(vec!["", "a\"b\\c\n\u{1}", "Grüße ❄"])),
                r#"[""]["a\"b\\c\n\u0001"]["Grüße ❄"]"#,
            ),
            (SqlType::Binary(10), Arc::new(BinaryArray::from(vec![b"Hello".as_slice(), b""])), r#"["48656C6C6F"][""]"#),
            (SqlType::Date, Arc::new(Date32Array::from(vec![19724, -1])), r#"["19724"]["-1"]"#),
            (
                SqlType::Time(9),
                Arc::new(Time64NanosecondArray::from(vec![45_296_500_000_000])),
                r#"["45296.500000000"]"#,
            ),
            (SqlType::Time(0), Arc::new(Time64NanosecondArray::from(vec![45_296_500_000_000])), r#"["45296"]"#),
            (
                SqlType::TimestampNtz(3),
                Arc::new(micros(vec![1_704_164_645_123_456, -1_500_000, -1])),
                r#"["1704164645.123"]["-1.500"]["0.000"]"#,
            ),
            (
                SqlType::TimestampLtz(9),
                Arc::new(micros(vec![1_704_164_645_123_456]).with_timezone("UTC")),
                r#"["1704164645.123456000"]"#,
            ),
            (SqlType::TimestampTz(9), Arc::new(zoned()), r#"["1704164645.123456000 1560"]["-1.500000000 960"]"#),
            (
                SqlType::Variant,
                Arc::new(LargeStringArray::from(vec![Some(r#"{"a":1}"#), Some("null"), Some(r#""x""#), None])),
                r#"["{\n  \"a\": 1\n}"]["null"]["\"x\""][null]"#,
            ),
        ];
        for (sql_type, array, expected) in cases {
            assert_eq!(cells(sql_type, array), expected, "{sql_type}");
        }
    }

    #[test]
    fn json_is_indented_by_its_text() {
        let cases = [
            ("1.50000000000000000000001", "1.50000000000000000000001"),
            ("{}", "{}"),
            ("[ ]", "[]"),
            (
                r#"{"a":[1,undefined,{}],"b":{"c":"x, {y}: \"z\""}}"#,
                "{\n  \"a\": [\n    1,\n    undefined,\n    {}\n  ],\n  \"b\": {\n    \"c\": \"x, {y}: \\\"z\\\"\"\n  }\n}",
            ),
            (r#"[[],[[]]]"#, "[\n  [],\n  [\n    []\n  ]\n]"),
        ];
        for (text, expected) in cases {
            assert_eq!(indent_json(text), expected, "{text}");
        }
    }
}
