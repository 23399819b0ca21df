//! Single values, and the way between them and Arrow arrays.

use std::cmp::Ordering;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder,
    Int32Builder, LargeStringBuilder, StringBuilder, StructArray, Time64NanosecondBuilder, TimestampMicrosecondBuilder,
};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Decimal256Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, Time64NanosecondType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use super::decimal;
use super::json::Json;
use crate::error::{Result, SqlError};
use crate::types::SqlType;

/// A value of any type.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// SQL NULL.
    Null,
    /// Fixed point: unscaled value and scale.
    Number(i128, u8),
    /// Double.
    Float(f64),
    /// Text.
    Text(String),
    /// Truth value.
    Boolean(bool),
    /// Days since 1970.
    Date(i32),
    /// Nanoseconds since midnight.
    Time(i64),
    /// Wall clock, microseconds since 1970.
    Ntz(i64),
    /// Instant, microseconds since 1970.
    Ltz(i64),
    /// Instant and offset in minutes.
    Tz(i64, i32),
    /// Bytes.
    Binary(Vec<u8>),
    /// VARIANT, OBJECT or ARRAY.
    Json(Json),
}

impl Datum {
    /// Whether it is SQL NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// A whole number.
    pub fn integer(value: impl Into<i128>) -> Self {
        Self::Number(value.into(), 0)
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The order of two values of one family; NULL last.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Greater,
            (_, Self::Null) => Ordering::Less,
            (Self::Number(a, sa), Self::Number(b, sb)) if sa == sb => a.cmp(b),
            (Self::Number(a, sa), Self::Number(b, sb)) => {
                let scale = *sa.max(sb);
                match (decimal::rescale(*a, *sa, scale), decimal::rescale(*b, *sb, scale)) {
                    (Some(a), Some(b)) => a.cmp(&b),
                    _ => decimal::to_float(*a, *sa).total_cmp(&decimal::to_float(*b, *sb)),
                }
            }
            (Self::Float(a), Self::Float(b)) => a.total_cmp(b),
            (Self::Number(a, scale), Self::Float(b)) => decimal::to_float(*a, *scale).total_cmp(b),
            (Self::Float(a), Self::Number(b, scale)) => a.total_cmp(&decimal::to_float(*b, *scale)),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Time(a), Self::Time(b))
            | (Self::Ntz(a), Self::Ntz(b))
            | (Self::Ltz(a), Self::Ltz(b))
            | (Self::Tz(a, _), Self::Tz(b, _)) => a.cmp(b),
            (Self::Binary(a), Self::Binary(b)) => a.cmp(b),
            (a, b) => format!("{a:?}").cmp(&format!("{b:?}")),
        }
    }
}

/// Reads one array value as a datum.
///
/// # Errors
/// An internal error for an array type that no SQL type maps to, or JSON that does not parse.
pub fn read(array: &dyn Array, row: usize) -> Result<Datum> {
    if array.is_null(row) {
        return Ok(Datum::Null);
    }
    macro_rules! whole {
        ($kind:ty) => {
            Datum::Number(i128::from(array.as_primitive::<$kind>().value(row)), 0)
        };
    }
    Ok(match array.data_type() {
        DataType::Null => Datum::Null,
        DataType::Decimal128(_, scale) => {
            let value = array.as_primitive::<Decimal128Type>().value(row);
            if *scale < 0 {
                let value = value.checked_mul(decimal::power(scale.unsigned_abs().into()));
                Datum::Number(value.ok_or_else(|| out_of_range("the number"))?, 0)
            } else {
                Datum::Number(value, *scale as u8)
            }
        }
        DataType::Decimal256(_, scale) => {
            let value = array.as_primitive::<Decimal256Type>().value(row).to_i128();
            Datum::Number(value.ok_or_else(|| out_of_range("the number"))?, (*scale).max(0) as u8)
        }
        DataType::Int8 => whole!(Int8Type),
        DataType::Int16 => whole!(Int16Type),
        DataType::Int32 => whole!(Int32Type),
        DataType::Int64 => whole!(Int64Type),
        DataType::UInt8 => whole!(UInt8Type),
        DataType::UInt16 => whole!(UInt16Type),
        DataType::UInt32 => whole!(UInt32Type),
        DataType::UInt64 => whole!(UInt64Type),
        DataType::Float32 => Datum::Float(f64::from(array.as_primitive::<Float32Type>().value(row))),
        DataType::Float64 => Datum::Float(array.as_primitive::<Float64Type>().value(row)),
        DataType::Utf8 => Datum::Text(array.as_string::<i32>().value(row).to_owned()),
        DataType::Utf8View => Datum::Text(array.as_string_view().value(row).to_owned()),
        DataType::LargeUtf8 => {
            let text = array.as_string::<i64>().value(row);
            Datum::Json(Json::parse(text).map_err(|error| SqlError::internal(format_args!("stored variant: {error}")))?)
        }
        DataType::Boolean => Datum::Boolean(array.as_boolean().value(row)),
        DataType::Date32 => Datum::Date(array.as_primitive::<Date32Type>().value(row)),
        DataType::Time64(TimeUnit::Nanosecond) => Datum::Time(array.as_primitive::<Time64NanosecondType>().value(row)),
        DataType::Timestamp(unit, zone) => {
            let micros = match unit {
                TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(row) * 1_000_000,
                TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().value(row) * 1000,
                TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().value(row),
                TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().value(row).div_euclid(1000),
            };
            if zone.is_some() { Datum::Ltz(micros) } else { Datum::Ntz(micros) }
        }
        DataType::Struct(_) => {
            let array = array.as_struct();
            let instant = array.column(0).as_primitive::<TimestampMicrosecondType>().value(row);
            Datum::Tz(instant, array.column(1).as_primitive::<Int32Type>().value(row))
        }
        DataType::Binary => Datum::Binary(array.as_binary::<i32>().value(row).to_vec()),
        DataType::LargeBinary => Datum::Binary(array.as_binary::<i64>().value(row).to_vec()),
        DataType::BinaryView => Datum::Binary(array.as_binary_view().value(row).to_vec()),
        other => return Err(SqlError::internal(format_args!("no SQL type for {other}"))),
    })
}

/// 100046: the value has more digits than the type.
pub fn out_of_range(value: impl std::fmt::Display) -> SqlError {
    SqlError::new(
        100_046,
        "22003",
        format!("Number out of representable range: type FIXED[SB16](38,0){{nullable}}, value {value}"),
    )
}

fn mismatch(sql_type: SqlType, datum: &Datum) -> SqlError {
    SqlError::internal(format_args!("{datum:?} where a {sql_type} was computed"))
}

/// Builds an array of the type's Arrow form. Numbers may have another scale than the type and are rounded to it.
///
/// # Errors
/// An internal error when a value is of another family than the type; 100046 when a number does not fit.
pub fn build(sql_type: SqlType, values: impl IntoIterator<Item = Datum>) -> Result<ArrayRef> {
    let values = values.into_iter();
    macro_rules! with {
        ($builder:expr, $($pattern:pat => $value:expr),+) => {{
            let mut builder = $builder;
            for datum in values {
                match datum {
                    Datum::Null => builder.append_null(),
                    $($pattern => builder.append_value($value),)+
                    #[allow(unreachable_patterns)]
                    other => return Err(mismatch(sql_type, &other)),
                }
            }
            Ok(Arc::new(builder.finish()) as ArrayRef)
        }};
    }
    match sql_type {
        SqlType::Number { precision, scale } => {
            let mut builder = Decimal128Builder::new().with_precision_and_scale(precision, scale as i8)?;
            for datum in values {
                match datum {
                    Datum::Null => builder.append_null(),
                    Datum::Number(value, from) => {
                        let scaled =
                            decimal::rescale(value, from, scale).filter(|value| decimal::fits(*value, precision));
                        builder.append_value(scaled.ok_or_else(|| out_of_range(decimal::text(value, from)))?);
                    }
                    other => return Err(mismatch(sql_type, &other)),
                }
            }
            Ok(Arc::new(builder.finish()))
        }
        SqlType::Float => {
            with!(Float64Builder::new(), Datum::Float(value) => value, Datum::Number(value, scale) => decimal::to_float(value, scale))
        }
        SqlType::Varchar(_) => with!(StringBuilder::new(), Datum::Text(text) => text),
        SqlType::Binary(_) => with!(BinaryBuilder::new(), Datum::Binary(bytes) => bytes),
        SqlType::Boolean => with!(BooleanBuilder::new(), Datum::Boolean(value) => value),
        SqlType::Date => with!(Date32Builder::new(), Datum::Date(value) => value),
        SqlType::Time(_) => with!(Time64NanosecondBuilder::new(), Datum::Time(value) => value),
        SqlType::TimestampNtz(_) => with!(TimestampMicrosecondBuilder::new(), Datum::Ntz(value) => value),
        SqlType::TimestampLtz(_) => {
            with!(TimestampMicrosecondBuilder::new().with_timezone("UTC"), Datum::Ltz(value) => value)
        }
        SqlType::TimestampTz(_) => {
            let mut instants = TimestampMicrosecondBuilder::new().with_timezone("UTC");
            let mut offsets = Int32Builder::new();
            let mut valid = Vec::new();
            for datum in values {
                match datum {
                    Datum::Null => {
                        instants.append_null();
                        offsets.append_null();
                        valid.push(false);
                    }
                    Datum::Tz(instant, offset) => {
                        instants.append_value(instant);
                        offsets.append_value(offset);
                        valid.push(true);
                    }
                    other => return Err(mismatch(sql_type, &other)),
                }
            }
            let DataType::Struct(fields) = sql_type.arrow() else { return Err(SqlError::internal("TIMESTAMP_TZ")) };
            let columns: Vec<ArrayRef> = vec![Arc::new(instants.finish()), Arc::new(offsets.finish())];
            Ok(Arc::new(StructArray::try_new(fields, columns, Some(NullBuffer::from(valid)))?))
        }
        SqlType::Variant | SqlType::Object | SqlType::Array | SqlType::Structured(_) | SqlType::Vector(..) => {
            with!(LargeStringBuilder::new(), Datum::Json(json) => json.stored())
        }
    }
}
