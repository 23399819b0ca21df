//! Semi-structured values. Numbers keep their digits, which JSON libraries with doubles would lose.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::decimal;

mod read;
mod typed;

use read::Reader;
pub use typed::Typed;

/// A semi-structured value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// SQL NULL inside an array: printed as `undefined`.
    Undefined,
    /// JSON null.
    Null,
    /// `true`, `false`.
    Boolean(bool),
    /// A fixed-point number: unscaled value and scale, without trailing zeros in the fraction.
    Number(i128, u8),
    /// A number that was written with an exponent or has too many digits.
    Double(f64),
    /// A text.
    String(String),
    /// A value that JSON has no kind for, such as a date: it is printed as text.
    Typed(Typed),
    /// An array.
    Array(Vec<Json>),
    /// An object; keys in order, as Snowflake prints them.
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// A fixed-point number without trailing zeros in its fraction.
    pub fn number(mut value: i128, mut scale: u8) -> Self {
        while scale > 0 && value % 10 == 0 {
            value /= 10;
            scale -= 1;
        }
        Self::Number(value, scale)
    }

    /// Reads JSON text.
    ///
    /// # Errors
    /// What is wrong, and at which byte.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::parse_with(text, false)
    }

    /// Reads JSON text in which keys may repeat; the last value counts.
    ///
    /// # Errors
    /// What is wrong, and at which byte.
    pub fn parse_with(text: &str, repeated_keys: bool) -> Result<Self, String> {
        Reader::new(text, repeated_keys).document()
    }

    /// The text that the value is kept as: JSON in which values without a kind of their own in JSON say what they are.
    /// [`Json::parse`] reads it, [`plain`] makes JSON of it.
    pub fn stored(&self) -> String {
        Written { value: self, kinds: true }.to_string()
    }

    /// An element by position, if this is an array that has it.
    pub fn index(&self, index: i128) -> Option<&Self> {
        match self {
            Self::Array(items) => usize::try_from(index).ok().and_then(|index| items.get(index)),
            _ => None,
        }
    }

    /// A member by key, if this is an object that has it.
    pub fn member(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(key),
            _ => None,
        }
    }

    /// What TYPEOF says.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Undefined | Self::Null => "NULL_VALUE",
            Self::Boolean(_) => "BOOLEAN",
            Self::Number(_, 0) => "INTEGER",
            Self::Number(..) => "DECIMAL",
            Self::Double(_) => "DOUBLE",
            Self::String(_) => "VARCHAR",
            Self::Typed(typed) => typed.type_name(),
            Self::Array(_) => "ARRAY",
            Self::Object(_) => "OBJECT",
        }
    }
}

fn write_string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\u{8}' => f.write_str("\\b")?,
            '\u{c}' => f.write_str("\\f")?,
            c if (c as u32) < 0x20 => write!(f, "\\u{:04x}", c as u32)?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

/// Compact JSON text; doubles with 15 fraction digits and an exponent, as Snowflake prints them.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Written { value: self, kinds: false }.fmt(f)
    }
}

/// A value as text, with or without the marks of kinds that JSON does not know.
struct Written<'a> {
    value: &'a Json,
    kinds: bool,
}

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Json::Undefined => f.write_str("undefined"),
            Json::Null => f.write_str("null"),
            Json::Boolean(value) => write!(f, "{value}"),
            Json::Number(value, scale) => f.write_str(&decimal::text(*value, *scale)),
            Json::Double(value) if value.is_nan() => f.write_str("\"NaN\""),
            Json::Double(value) if value.is_infinite() => {
                f.write_str(if *value > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" })
            }
            Json::Double(value) => {
                let text = format!("{value:.15e}");
                let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
                let (sign, digits) = match exponent.strip_prefix('-') {
                    Some(digits) => ('-', digits),
                    None => ('+', exponent),
                };
                write!(f, "{mantissa}e{sign}{digits:0>2}")
            }
            Json::String(text) => write_string(f, text),
            Json::Typed(typed) => {
                if self.kinds {
                    write!(f, "{}{}{}", typed::MARK, typed.exact(), typed::MARK)?;
                }
                write_string(f, &typed.to_string())
            }
            Json::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    Written { value: item, kinds: self.kinds }.fmt(f)?;
                }
                f.write_str("]")
            }
            Json::Object(members) => {
                f.write_str("{")?;
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    write_string(f, key)?;
                    f.write_str(":")?;
                    Written { value, kinds: self.kinds }.fmt(f)?;
                }
                f.write_str("}")
            }
        }
    }
}

/// The text of a kept value (see [`Json::stored`]) as JSON.
pub fn plain(stored: &str) -> Cow<'_, str> {
    if !stored.contains(typed::MARK) {
        return Cow::Borrowed(stored);
    }
    // What is between two marks is a kind; texts have no bare control characters.
    Cow::Owned(stored.split(typed::MARK).step_by(2).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for (text, expected) in [
            (
                r#" {"b": [1, 2.50, null, undefined], "a": "x\"\u00e9\n"} "#,
                Ok(r#"{"a":"x\"é\n","b":[1,2.5,null,undefined]}"#),
            ),
            ("99999999999999999999999999999999999999", Ok("99999999999999999999999999999999999999")),
            ("1e10", Ok("1.000000000000000e+10")),
            ("[]", Ok("[]")),
            ("{a: 'x', \"b\": [1,,2,],}", Ok("{\"a\":\"x\",\"b\":[1,undefined,2,undefined]}")),
            ("{\"a\":1,\"a\":2}", Err("duplicate object attribute \"a\", pos 13")),
            ("[1 2]", Err("missing comma, pos 4")),
            ("{\"a\": null", Err("incomplete object value, pos 11")),
            ("{\"a: \"foo\"}", Err("missing colon, pos 7")),
            ("{\"a:", Err("unfinished string, pos 5")),
            ("{'Malformed -- missing val':}", Err("misplaced }, pos 29")),
            ("abc", Err("unknown keyword \"abc\", pos 4")),
            ("1 2", Err("more than one document in the input, pos 3")),
            ("", Err("incomplete value, pos 1")),
        ] {
            assert_eq!(
                Json::parse(text).map(|json| json.to_string()).as_deref(),
                expected.map_err(str::to_owned).as_deref(),
                "{text}"
            );
        }
    }
    #[test]
    fn kinds_are_kept() {
        for (typed, exact, shown) in [
            (Typed::Date(19_724), "D19724", "\"2024-01-02\""),
            (Typed::Time(1_500_000_000), "T1500000000", "\"00:00:01\""),
            (Typed::Ntz(1_234_567), "N1234567", "\"1970-01-01 00:00:01.234\""),
            (Typed::Ltz(0, -480), "L0,-480", "\"1969-12-31 16:00:00.000 -0800\""),
            (Typed::Tz(0, 60), "Z0,60", "\"1970-01-01 01:00:00.000 +0100\""),
            (Typed::Binary(vec![1, 0xab]), "B01AB", "\"01AB\""),
        ] {
            let value = Json::Object([("a\u{1}".to_owned(), Json::Array(vec![Json::Typed(typed)]))].into());
            let stored = value.stored();
            assert_eq!(stored, format!("{{\"a\\u0001\":[\u{1}{exact}\u{1}{shown}]}}"));
            assert_eq!(Json::parse(&stored), Ok(value.clone()));
            assert_eq!(plain(&stored), value.to_string());
            assert_eq!(value.to_string(), format!("{{\"a\\u0001\":[{shown}]}}"));
        }
        assert_eq!(Json::parse("\u{1}Dx\u{1}\"\""), Err("bad kind, pos 1".to_owned()));
    }
}
