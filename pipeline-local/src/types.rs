//! Snowflake's data types and how the engine holds their values in Arrow.
//!
//! | Snowflake | Arrow |
//! |---|---|
//! | `NUMBER(p,s)` | `Decimal128(p, s)`; DataFusion's own integers (counts, literals) count as `NUMBER(38,0)` |
//! | `FLOAT` | `Float64` |
//! | `VARCHAR(n)` | `Utf8` |
//! | `BINARY(n)` | `Binary` |
//! | `BOOLEAN`, `DATE` | `Boolean`, `Date32` |
//! | `TIME(s)` | `Time64(ns)` |
//! | `TIMESTAMP_NTZ(s)` | `Timestamp(µs)` without a zone |
//! | `TIMESTAMP_LTZ(s)` | `Timestamp(µs, "UTC")` |
//! | `TIMESTAMP_TZ(s)` | a struct of the instant and the offset in minutes |
//! | `VARIANT`, `OBJECT`, `ARRAY`, structured types, `VECTOR` | `LargeUtf8` holding JSON text |
//!
//! What Arrow's type does not tell (lengths, scales of timestamps, which of the semi-structured types) travels as the
//! field's metadata under [`SQL_TYPE_KEY`].

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Fields, TimeUnit};
use serde::{Deserialize, Serialize};

mod structured;

pub use structured::{Held, Shape, Structured, VectorElement};

/// The key of an Arrow field's metadata that holds the Snowflake type as DDL text.
pub const SQL_TYPE_KEY: &str = "snowflake:type";
/// The length of a VARCHAR that was declared without one.
pub const DEFAULT_VARCHAR_LENGTH: u32 = 16_777_216;
/// The longest VARCHAR there is.
pub const MAX_VARCHAR_LENGTH: u32 = 134_217_728;
/// The length of a BINARY that was declared without one.
pub const DEFAULT_BINARY_LENGTH: u32 = 8_388_608;

/// A Snowflake data type.
///
/// <https://docs.snowflake.com/en/sql-reference/intro-summary-data-types>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SqlType {
    /// Fixed point with `precision` digits, `scale` of them after the point.
    Number {
        /// 1 to 38.
        precision: u8,
        /// 0 to 37, at most `precision`.
        scale: u8,
    },
    /// IEEE double.
    Float,
    /// Text of at most this many characters.
    Varchar(u32),
    /// Bytes, at most this many.
    Binary(u32),
    /// TRUE, FALSE.
    Boolean,
    /// A day.
    Date,
    /// A time of day with this many fraction digits.
    Time(u8),
    /// Wall clock without zone.
    TimestampNtz(u8),
    /// An instant, shown in the session's zone.
    TimestampLtz(u8),
    /// An instant with its own offset.
    TimestampTz(u8),
    /// Any semi-structured value.
    Variant,
    /// A semi-structured object.
    Object,
    /// A semi-structured array.
    Array,
    /// An ARRAY, OBJECT or MAP that says what it holds.
    Structured(Structured),
    /// So many numbers.
    Vector(VectorElement, u16),
}

impl SqlType {
    /// `NUMBER(38,0)`, what the integer types are.
    pub const INTEGER: Self = Self::Number { precision: 38, scale: 0 };
    /// VARCHAR without a length.
    pub const TEXT: Self = Self::Varchar(DEFAULT_VARCHAR_LENGTH);

    /// The Arrow type that holds its values.
    pub fn arrow(self) -> DataType {
        match self {
            Self::Number { precision, scale } => DataType::Decimal128(precision, scale as i8),
            Self::Float => DataType::Float64,
            Self::Varchar(_) => DataType::Utf8,
            Self::Binary(_) => DataType::Binary,
            Self::Boolean => DataType::Boolean,
            Self::Date => DataType::Date32,
            Self::Time(_) => DataType::Time64(TimeUnit::Nanosecond),
            Self::TimestampNtz(_) => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::TimestampLtz(_) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::TimestampTz(_) => DataType::Struct(Fields::from(vec![
                Field::new("instant", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), true),
                Field::new("offset", DataType::Int32, true),
            ])),
            Self::Variant | Self::Object | Self::Array | Self::Structured(_) | Self::Vector(..) => DataType::LargeUtf8,
        }
    }

    /// The semi-structured type of a structured one; others are as they are.
    pub fn loose(self) -> Self {
        match self {
            Self::Structured(structured) => match structured.shape() {
                Shape::Array(_) => Self::Array,
                Shape::Object(_) | Shape::Map(..) => Self::Object,
            },
            other => other,
        }
    }

    /// The lengths in characters and in bytes that clients are told of a VARCHAR or BINARY; `None` for other types.
    pub(crate) fn lengths(self) -> Option<(u32, u32)> {
        match self {
            Self::Varchar(DEFAULT_VARCHAR_LENGTH) => Some((DEFAULT_VARCHAR_LENGTH, DEFAULT_VARCHAR_LENGTH)),
            Self::Varchar(length) => Some((length, length.saturating_mul(4).min(MAX_VARCHAR_LENGTH))),
            Self::Binary(length) => Some((length, length)),
            _ => None,
        }
    }

    /// An Arrow field of this type, with the metadata that [`SqlType::of`] reads back.
    pub fn field(self, name: &str, nullable: bool) -> Field {
        Field::new(name, self.arrow(), nullable)
            .with_metadata([(SQL_TYPE_KEY.to_owned(), self.to_string())].into_iter().collect())
    }

    /// Like [`SqlType::field`], shared.
    pub fn field_ref(self, name: &str, nullable: bool) -> Arc<Field> {
        Arc::new(self.field(name, nullable))
    }

    /// The type of an Arrow field: its metadata where it agrees with the Arrow type, else what the Arrow type suggests.
    pub fn of(field: &Field) -> Self {
        match Self::declared(field) {
            Some(declared) if declared.arrow() == *field.data_type() => declared,
            _ => Self::of_arrow(field.data_type()),
        }
    }

    /// The type that the metadata of an Arrow field names, if any, whatever the Arrow type.
    pub(crate) fn declared(field: &Field) -> Option<Self> {
        field.metadata().get(SQL_TYPE_KEY).and_then(|text| Self::parse_ddl(text))
    }

    /// The type that a bare Arrow type suggests.
    pub fn of_arrow(data_type: &DataType) -> Self {
        match data_type {
            DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale) => {
                Self::Number { precision: (*precision).min(38), scale: (*scale).max(0) as u8 }
            }
            DataType::Float16 | DataType::Float32 | DataType::Float64 => Self::Float,
            DataType::Boolean => Self::Boolean,
            DataType::Date32 | DataType::Date64 => Self::Date,
            DataType::Time32(_) | DataType::Time64(_) => Self::Time(9),
            DataType::Timestamp(_, None) => Self::TimestampNtz(9),
            DataType::Timestamp(_, Some(_)) => Self::TimestampLtz(9),
            DataType::Struct(_) => Self::TimestampTz(9),
            DataType::LargeUtf8 => Self::Variant,
            DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_) | DataType::BinaryView => {
                Self::Binary(DEFAULT_BINARY_LENGTH)
            }
            data_type if data_type.is_integer() => Self::INTEGER,
            _ => Self::TEXT,
        }
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn parse_ddl(text: &str) -> Option<Self> {
        let (name, arguments) = match text.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')')?),
            None => (text, ""),
        };
        let mut numbers = arguments.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::parse::<u32>);
        let mut next = || numbers.next().and_then(std::result::Result::ok);
        Some(match name {
            "NUMBER" => Self::Number { precision: next()? as u8, scale: next()? as u8 },
            "FLOAT" => Self::Float,
            "VARCHAR" => Self::Varchar(next()?),
            "BINARY" => Self::Binary(next()?),
            "BOOLEAN" => Self::Boolean,
            "DATE" => Self::Date,
            "TIME" => Self::Time(next()? as u8),
            "TIMESTAMP_NTZ" => Self::TimestampNtz(next()? as u8),
            "TIMESTAMP_LTZ" => Self::TimestampLtz(next()? as u8),
            "TIMESTAMP_TZ" => Self::TimestampTz(next()? as u8),
            "VARIANT" => Self::Variant,
            "OBJECT" | "ARRAY" | "MAP" | "VECTOR" if !arguments.is_empty() => {
                return crate::parse::data_type(text).ok();
            }
            "OBJECT" => Self::Object,
            "ARRAY" => Self::Array,
            _ => return None,
        })
    }

    /// The name without arguments, as signatures of procedures and error texts use it: `NUMBER`, `VARCHAR`.
    pub fn family(self) -> &'static str {
        match self {
            Self::Number { .. } => "NUMBER",
            Self::Float => "FLOAT",
            Self::Varchar(_) => "VARCHAR",
            Self::Binary(_) => "BINARY",
            Self::Boolean => "BOOLEAN",
            Self::Date => "DATE",
            Self::Time(_) => "TIME",
            Self::TimestampNtz(_) => "TIMESTAMP_NTZ",
            Self::TimestampLtz(_) => "TIMESTAMP_LTZ",
            Self::TimestampTz(_) => "TIMESTAMP_TZ",
            Self::Variant => "VARIANT",
            Self::Object => "OBJECT",
            Self::Array => "ARRAY",
            Self::Structured(structured) => match structured.shape() {
                Shape::Array(_) => "ARRAY",
                Shape::Object(_) => "OBJECT",
                Shape::Map(..) => "MAP",
            },
            Self::Vector(..) => "VECTOR",
        }
    }

    /// Whether it is VARIANT, OBJECT, ARRAY or a structured type.
    pub fn is_semi_structured(self) -> bool {
        matches!(self, Self::Variant | Self::Object | Self::Array | Self::Structured(_))
    }
}

/// The canonical text, as DESCRIBE TABLE shows it.
impl fmt::Display for SqlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number { precision, scale } => write!(f, "NUMBER({precision},{scale})"),
            Self::Varchar(length) => write!(f, "VARCHAR({length})"),
            Self::Binary(length) => write!(f, "BINARY({length})"),
            Self::Time(scale) => write!(f, "TIME({scale})"),
            Self::TimestampNtz(scale) => write!(f, "TIMESTAMP_NTZ({scale})"),
            Self::TimestampLtz(scale) => write!(f, "TIMESTAMP_LTZ({scale})"),
            Self::TimestampTz(scale) => write!(f, "TIMESTAMP_TZ({scale})"),
            Self::Structured(structured) => write!(f, "{structured}"),
            Self::Vector(VectorElement::Float, length) => write!(f, "VECTOR(FLOAT, {length})"),
            Self::Vector(VectorElement::Int, length) => write!(f, "VECTOR(INT, {length})"),
            other => f.write_str(other.family()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_read_back() {
        for sql_type in [
            SqlType::INTEGER,
            SqlType::Number { precision: 10, scale: 2 },
            SqlType::Float,
            SqlType::Varchar(50),
            SqlType::Binary(8),
            SqlType::Boolean,
            SqlType::Date,
            SqlType::Time(9),
            SqlType::TimestampNtz(3),
            SqlType::TimestampLtz(9),
            SqlType::TimestampTz(9),
            SqlType::Variant,
            SqlType::Object,
            SqlType::Array,
            SqlType::Vector(VectorElement::Float, 3),
        ] {
            assert_eq!(SqlType::parse_ddl(&sql_type.to_string()), Some(sql_type));
            assert_eq!(SqlType::of(&sql_type.field("C", true)), sql_type);
        }
    }

    #[test]
    fn structured_types() {
        for text in [
            "ARRAY(NUMBER(38,0))",
            "ARRAY(VARCHAR(16777216) NOT NULL)",
            "OBJECT(city VARCHAR(16777216), \"Zip code\" NUMBER(5,0) NOT NULL, tags ARRAY(DATE))",
            "MAP(VARCHAR(16777216), MAP(NUMBER(38,0), FLOAT NOT NULL))",
        ] {
            let sql_type = SqlType::parse_ddl(text).expect(text);
            assert_eq!(sql_type.to_string(), text);
            assert_eq!(SqlType::of(&sql_type.field("C", true)), sql_type);
            let stored = serde_json::to_string(&sql_type).unwrap();
            assert_eq!(serde_json::from_str::<SqlType>(&stored).unwrap(), sql_type);
        }
    }
}
