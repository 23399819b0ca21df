//! Values in a VARIANT that JSON has no kind for.

use std::fmt;

use super::super::cast::{hex, text_of};
use super::super::datum::Datum;

/// What stands before and behind a kind in the text that a value is kept as. Texts have it escaped.
pub(super) const MARK: char = '\u{1}';

/// A value in a VARIANT that JSON has no kind for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// Days since 1970.
    Date(i32),
    /// Nanoseconds since midnight.
    Time(i64),
    /// Wall clock, microseconds since 1970.
    Ntz(i64),
    /// Instant, microseconds since 1970, and the offset in minutes of the session that made it.
    Ltz(i64, i32),
    /// Instant, microseconds since 1970, and offset in minutes.
    Tz(i64, i32),
    /// Bytes.
    Binary(Vec<u8>),
}

impl Typed {
    /// What TYPEOF says.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Date(_) => "DATE",
            Self::Time(_) => "TIME",
            Self::Ntz(_) => "TIMESTAMP_NTZ",
            Self::Ltz(..) => "TIMESTAMP_LTZ",
            Self::Tz(..) => "TIMESTAMP_TZ",
            Self::Binary(_) => "BINARY",
        }
    }

    /// As a value of its own type.
    pub fn datum(&self) -> Datum {
        match self {
            Self::Date(days) => Datum::Date(*days),
            Self::Time(nanos) => Datum::Time(*nanos),
            Self::Ntz(wall) => Datum::Ntz(*wall),
            Self::Ltz(instant, _) => Datum::Ltz(*instant),
            Self::Tz(instant, offset) => Datum::Tz(*instant, *offset),
            Self::Binary(bytes) => Datum::Binary(bytes.clone()),
        }
    }

    /// The kind and the whole value.
    pub(super) fn exact(&self) -> String {
        match self {
            Self::Date(days) => format!("D{days}"),
            Self::Time(nanos) => format!("T{nanos}"),
            Self::Ntz(wall) => format!("N{wall}"),
            Self::Ltz(instant, offset) => format!("L{instant},{offset}"),
            Self::Tz(instant, offset) => format!("Z{instant},{offset}"),
            Self::Binary(bytes) => format!("B{}", hex(bytes)),
        }
    }

    /// Reads what [`Typed::exact`] writes.
    pub(super) fn read(text: &str) -> Option<Self> {
        let rest = text.get(1..)?;
        let pair = || {
            let (instant, offset) = rest.split_once(',')?;
            Some((instant.parse().ok()?, offset.parse().ok()?))
        };
        Some(match text.as_bytes()[0] {
            b'D' => Self::Date(rest.parse().ok()?),
            b'T' => Self::Time(rest.parse().ok()?),
            b'N' => Self::Ntz(rest.parse().ok()?),
            b'L' => pair().map(|(instant, offset)| Self::Ltz(instant, offset))?,
            b'Z' => pair().map(|(instant, offset)| Self::Tz(instant, offset))?,
            b'B' => Self::Binary(super::super::cast::bytes_of_hex(rest)?),
            _ => return None,
        })
    }

    /// A number that orders values of one kind; dates and timestamps are of one.
    fn place(&self) -> Option<i64> {
        Some(match self {
            Self::Date(days) => i64::from(*days) * super::super::time::DAY,
            Self::Time(value) | Self::Ntz(value) | Self::Ltz(value, _) | Self::Tz(value, _) => *value,
            Self::Binary(_) => return None,
        })
    }

    /// The bytes that order values: kinds first.
    pub(in crate::function) fn key(&self) -> Vec<u8> {
        let kind = match self {
            Self::Time(_) => 0,
            Self::Date(_) | Self::Ntz(_) => 1,
            Self::Ltz(..) | Self::Tz(..) => 2,
            Self::Binary(_) => 3,
        };
        let mut key = vec![kind];
        match (self.place(), self) {
            (Some(place), _) => key.extend((place as u64 ^ (1 << 63)).to_be_bytes()),
            (None, Self::Binary(bytes)) => key.extend(bytes),
            (None, _) => {}
        }
        key
    }
}

/// As VARCHAR, in the default formats.
impl fmt::Display for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let datum = match self {
            Self::Ltz(instant, offset) => Datum::Tz(*instant, *offset),
            other => other.datum(),
        };
        f.write_str(&text_of(&datum, chrono_tz::Tz::UTC))
    }
}

impl From<Typed> for super::Json {
    fn from(typed: Typed) -> Self {
        Self::Typed(typed)
    }
}
