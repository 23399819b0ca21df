use std::fmt;

use crate::check::{Msg, same};

/// A Snowflake data type with its parameters. See "Summary of data types" in Snowflake's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataType {
    /// `NUMBER(precision, scale)`.
    Number {
        /// Total digits, 1 to 38.
        precision: u8,
        /// Digits after the point, 0 to 37.
        scale: u8,
    },
    /// `FLOAT`: a 64-bit floating point number.
    Float,
    /// `VARCHAR(length)`, counted in characters.
    Varchar {
        /// Longest text, 1 to 134,217,728 characters.
        length: u32,
    },
    /// `BINARY(length)`, counted in bytes.
    Binary {
        /// Longest value, 1 to 67,108,864 bytes.
        length: u32,
    },
    /// `BOOLEAN`.
    Boolean,
    /// `DATE`.
    Date,
    /// `TIME`, with nanoseconds.
    Time,
    /// `TIMESTAMP_NTZ`: wall clock time without a zone.
    TimestampNtz,
    /// `TIMESTAMP_LTZ`: an instant, shown in the session's zone.
    TimestampLtz,
    /// `TIMESTAMP_TZ`: an instant with an offset from UTC.
    TimestampTz,
    /// `VARIANT`: any value.
    Variant,
    /// `OBJECT`: names to values.
    Object,
    /// `ARRAY`: a list of values.
    Array,
}

impl DataType {
    /// Longest VARCHAR that Snowflake stores.
    pub const MAX_VARCHAR: u32 = 134_217_728;
    /// Length of a VARCHAR without one.
    pub const DEFAULT_VARCHAR: u32 = 16_777_216;
    /// Longest BINARY that Snowflake stores.
    pub const MAX_BINARY: u32 = 67_108_864;
    /// Length of a BINARY without one.
    pub const DEFAULT_BINARY: u32 = 8_388_608;

    /// The type as it is written in DDL. Parameters equal to Snowflake's default are left out, except for NUMBER.
    pub fn ddl(self) -> String {
        self.to_string()
    }

    /// Whether a value of the other type is a value of this one as it stands, without rounding, cutting or converting.
    pub const fn holds(self, other: Self) -> bool {
        match (self, other) {
            (Self::Number { precision, scale }, Self::Number { precision: digits, scale: after }) => {
                scale == after && precision >= digits
            }
            (Self::Varchar { length }, Self::Varchar { length: other })
            | (Self::Binary { length }, Self::Binary { length: other }) => length >= other,
            _ => same(self.name(), other.name()),
        }
    }

    /// Rules `number-precision`, `number-scale`, `varchar-length` and `binary-length`.
    ///
    /// # Panics
    /// If a parameter is out of bounds. In a constant, that is a compile error.
    #[track_caller]
    pub const fn check_bounds(self) {
        match self {
            Self::Number { precision, .. } if precision < 1 || precision > 38 => {
                Self::out_of_bounds("precision of NUMBER", precision as u64, 1, 38, "number-precision")
            }
            Self::Number { precision, scale } if scale > 37 || scale > precision => {
                let high = if precision > 37 { 37 } else { precision as u64 };
                Self::out_of_bounds("scale of NUMBER", scale as u64, 0, high, "number-scale")
            }
            Self::Varchar { length } if length < 1 || length > Self::MAX_VARCHAR => {
                Self::out_of_bounds("length of VARCHAR", length as u64, 1, Self::MAX_VARCHAR as u64, "varchar-length")
            }
            Self::Binary { length } if length < 1 || length > Self::MAX_BINARY => {
                Self::out_of_bounds("length of BINARY", length as u64, 1, Self::MAX_BINARY as u64, "binary-length")
            }
            _ => {}
        }
    }

    #[track_caller]
    const fn out_of_bounds(what: &str, found: u64, low: u64, high: u64, rule: &str) {
        let mut msg = Msg::<512>::new();
        msg.push("the ").push(what).push(" is ").number(found).push(", but must be from ").number(low);
        msg.push(" to ").number(high).rule(rule, "");
        panic!("{}", msg.as_str());
    }

    /// The type's name without parameters, in Snowflake's spelling.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Number { .. } => "NUMBER",
            Self::Float => "FLOAT",
            Self::Varchar { .. } => "VARCHAR",
            Self::Binary { .. } => "BINARY",
            Self::Boolean => "BOOLEAN",
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::TimestampNtz => "TIMESTAMP_NTZ",
            Self::TimestampLtz => "TIMESTAMP_LTZ",
            Self::TimestampTz => "TIMESTAMP_TZ",
            Self::Variant => "VARIANT",
            Self::Object => "OBJECT",
            Self::Array => "ARRAY",
        }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Number { precision, scale } => write!(f, "NUMBER({precision},{scale})"),
            Self::Varchar { length } if length != Self::DEFAULT_VARCHAR => write!(f, "VARCHAR({length})"),
            Self::Binary { length } if length != Self::DEFAULT_BINARY => write!(f, "BINARY({length})"),
            other => f.write_str(other.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_out_of_bounds_are_refused_by_rule() {
        for (data_type, rule) in [
            (DataType::Number { precision: 0, scale: 0 }, "number-precision"),
            (DataType::Number { precision: 39, scale: 2 }, "number-precision"),
            (DataType::Number { precision: 10, scale: 11 }, "number-scale"),
            (DataType::Number { precision: 38, scale: 38 }, "number-scale"),
            (DataType::Varchar { length: 0 }, "varchar-length"),
            (DataType::Varchar { length: 134_217_729 }, "varchar-length"),
            (DataType::Binary { length: 67_108_865 }, "binary-length"),
        ] {
            let panic = std::panic::catch_unwind(|| data_type.check_bounds()).unwrap_err();
            assert!(panic.downcast_ref::<String>().unwrap().contains(&format!("rule: {rule}")), "{data_type}");
        }
        DataType::Number { precision: 38, scale: 37 }.check_bounds();
    }

    #[test]
    fn a_type_holds_what_needs_no_more_room() {
        let number = |precision, scale| DataType::Number { precision, scale };
        for (holds, data_type, other) in [
            (true, number(10, 2), number(10, 2)),
            (true, number(10, 2), number(3, 2)),
            (false, number(10, 2), number(11, 2)),
            (false, number(10, 2), number(3, 1)),
            (true, DataType::Varchar { length: 5 }, DataType::Varchar { length: 5 }),
            (false, DataType::Varchar { length: 5 }, DataType::Varchar { length: 6 }),
            (false, DataType::Float, number(3, 0)),
            (true, DataType::Date, DataType::Date),
            (false, DataType::TimestampNtz, DataType::TimestampTz),
        ] {
            assert_eq!(data_type.holds(other), holds, "{data_type} {other}");
        }
    }

    #[test]
    fn ddl_leaves_out_default_lengths() {
        for (data_type, ddl) in [
            (DataType::Number { precision: 38, scale: 0 }, "NUMBER(38,0)"),
            (DataType::Number { precision: 10, scale: 2 }, "NUMBER(10,2)"),
            (DataType::Varchar { length: 50 }, "VARCHAR(50)"),
            (DataType::Varchar { length: DataType::DEFAULT_VARCHAR }, "VARCHAR"),
            (DataType::Binary { length: 16 }, "BINARY(16)"),
            (DataType::Binary { length: DataType::DEFAULT_BINARY }, "BINARY"),
            (DataType::TimestampNtz, "TIMESTAMP_NTZ"),
            (DataType::Object, "OBJECT"),
        ] {
            assert_eq!(data_type.ddl(), ddl);
        }
    }
}
