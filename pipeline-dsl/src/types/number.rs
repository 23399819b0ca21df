use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{DataType, SqlType, ValueError, base_type};

/// A whole number of up to 38 digits: Snowflake's `INTEGER`, which is `NUMBER(38,0)`.
pub type Integer = Number<38, 0>;

/// A decimal number: `NUMBER(P,S)`, `P` digits in all, `S` of them after the point.
///
/// ```
/// use pipeline_dsl::types::Number;
///
/// let price: Number<10, 2> = "19.9".parse().unwrap();
/// assert_eq!(price.to_string(), "19.90");
/// assert!("123456789.00".parse::<Number<10, 2>>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number<const P: u8 = 38, const S: u8 = 0> {
    unscaled: i128,
}

impl<const P: u8, const S: u8> Number<P, S> {
    const BOUNDS: () = Self::DATA_TYPE.check_bounds();

    /// The number `unscaled / 10^S`.
    ///
    /// # Errors
    /// If it has more than `P` digits.
    pub fn from_unscaled(unscaled: i128) -> Result<Self, ValueError> {
        let () = Self::BOUNDS;
        if unscaled.unsigned_abs() < 10_u128.pow(u32::from(P)) {
            Ok(Self { unscaled })
        } else {
            Err(ValueError::new(format!("number with {} digits does not fit NUMBER({P},{S})", digits(unscaled))))
        }
    }

    /// The number times `10^S`.
    pub const fn unscaled(self) -> i128 {
        self.unscaled
    }
}

fn digits(unscaled: i128) -> usize {
    unscaled.unsigned_abs().to_string().len()
}

base_type!([const P: u8, const S: u8] Number<P, S>, DataType::Number { precision: P, scale: S }, Number<38, S>, crate::expr::NotNull);

impl<const P: u8, const S: u8> TryFrom<i64> for Number<P, S> {
    type Error = ValueError;

    fn try_from(value: i64) -> Result<Self, ValueError> {
        i128::from(value)
            .checked_mul(10_i128.pow(u32::from(S)))
            .ok_or_else(|| ValueError::new(format!("{value} does not fit NUMBER({P},{S})")))
            .and_then(Self::from_unscaled)
    }
}

impl<const P: u8, const S: u8> fmt::Display for Number<P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if S == 0 {
            return write!(f, "{}", self.unscaled);
        }
        let power = 10_u128.pow(u32::from(S));
        let absolute = self.unscaled.unsigned_abs();
        let sign = if self.unscaled < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:0width$}", absolute / power, absolute % power, width = usize::from(S))
    }
}

impl<const P: u8, const S: u8> FromStr for Number<P, S> {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let error = || ValueError::new(format!("`{text}` is not a number that NUMBER({P},{S}) can hold exactly"));
        let (sign, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (-1, &text[1..]),
            Some(b'+') => (1, &text[1..]),
            _ => (1, text),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let fraction = if fraction.len() > usize::from(S) { fraction.trim_end_matches('0') } else { fraction };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0
            || fraction.len() > usize::from(S)
            || !all_digits(whole)
            || !all_digits(fraction)
        {
            return Err(error());
        }
        let digits = format!("{whole}{fraction:0<width$}", width = usize::from(S));
        let unscaled: i128 = digits.parse().map_err(|_| error())?;
        Self::from_unscaled(sign * unscaled).map_err(|_| error())
    }
}

impl<const P: u8, const S: u8> Serialize for Number<P, S> {
    /// As an integer where that is exact, else as text: a floating point number would lose digits.
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        match i64::try_from(self.unscaled) {
            Ok(integer) if S == 0 => serializer.serialize_i64(integer),
            _ => serializer.collect_str(self),
        }
    }
}

impl<'de, const P: u8, const S: u8> Deserialize<'de> for Number<P, S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<const P: u8, const S: u8>;

        impl<const P: u8, const S: u8> de::Visitor<'_> for Visitor<P, S> {
            type Value = Number<P, S>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a number that fits NUMBER({P},{S})")
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
                Number::try_from(value).map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
                self.visit_str(&value.to_string())
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
                self.visit_str(&value.to_string())
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
                value.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Visitor::<P, S>)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips_within_bounds() {
        for (text, shown) in [
            ("0", "0.00"),
            ("-0.5", "-0.50"),
            (".25", "0.25"),
            ("7.", "7.00"),
            ("99999999.99", "99999999.99"),
            ("1.5000", "1.50"),
        ] {
            assert_eq!(text.parse::<Number<10, 2>>().unwrap().to_string(), shown, "{text}");
        }
        for text in ["", ".", "-", "1e3", "1.005", "100000000", "--1", "1 "] {
            assert!(text.parse::<Number<10, 2>>().is_err(), "{text}");
        }
        let largest = "9".repeat(38);
        assert_eq!(largest.parse::<Integer>().unwrap().to_string(), largest);
        assert!(format!("1{}", "0".repeat(38)).parse::<Integer>().is_err());
    }

    #[test]
    fn serde_keeps_all_digits() {
        let number: Number<38, 10> = "1234567890123456789012345678.0123456789".parse().unwrap();
        let json = serde_json::to_string(&number).unwrap();
        assert_eq!(json, "\"1234567890123456789012345678.0123456789\"");
        assert_eq!(serde_json::from_str::<Number<38, 10>>(&json).unwrap(), number);
        assert_eq!(serde_json::to_string(&Integer::try_from(42).unwrap()).unwrap(), "42");
        assert_eq!(serde_json::from_str::<Number<10, 2>>("12.5").unwrap().to_string(), "12.50");
        assert!(serde_json::from_str::<Number<3, 0>>("1000").is_err());
    }
}
