//! Semi-structured values. Numbers keep their digits, which JSON libraries with doubles would lose.

use std::collections::BTreeMap;
use std::fmt;

use super::decimal;

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
        let mut reader = Reader { bytes: text.as_bytes(), text, at: 0, depth: 0, repeated_keys };
        let value = reader.value()?;
        reader.blanks();
        if reader.at < reader.bytes.len() {
            return Err(format!("more than one document in the input, pos {}", reader.at + 1));
        }
        Ok(value)
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
            Self::Array(_) => "ARRAY",
            Self::Object(_) => "OBJECT",
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    depth: usize,
    repeated_keys: bool,
}

impl Reader<'_> {
    fn blanks(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn fail<T>(&self, what: &str) -> Result<T, String> {
        Err(format!("{what}, pos {}", self.at + 1))
    }

    /// A keyword, or the name of a member without quotes.
    fn bare(&mut self) -> &str {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    fn keyword(&mut self) -> Result<Json, String> {
        Ok(match self.bare() {
            "null" => Json::Null,
            "true" => Json::Boolean(true),
            "false" => Json::Boolean(false),
            "undefined" => Json::Undefined,
            "NaN" => Json::Double(f64::NAN),
            "Infinity" => Json::Double(f64::INFINITY),
            other => {
                let what = format!("unknown keyword \"{other}\"");
                return self.fail(&what);
            }
        })
    }

    fn value(&mut self) -> Result<Json, String> {
        self.depth += 1;
        if self.depth > 500 {
            return self.fail("nested too deeply");
        }
        self.blanks();
        let value = match self.bytes.get(self.at) {
            None => return self.fail("incomplete value"),
            Some(b'"' | b'\'') => Json::String(self.string()?),
            Some(b'[') => self.array()?,
            Some(b'{') => self.object()?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(byte @ (b'}' | b']' | b',' | b':')) => {
                let what = format!("misplaced {}", char::from(*byte));
                return self.fail(&what);
            }
            Some(byte) if byte.is_ascii_alphabetic() => self.keyword()?,
            Some(_) => {
                let found = self.text[self.at..].chars().next().unwrap_or_default();
                return self.fail(&format!("unknown token '{found}'"));
            }
        };
        self.depth -= 1;
        Ok(value)
    }

    fn array(&mut self) -> Result<Json, String> {
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.bytes.get(self.at) == Some(&b']') {
            self.at += 1;
            return Ok(Json::Array(items));
        }
        loop {
            self.blanks();
            // Nothing between two commas, or behind the last one, is a hole.
            items.push(match self.bytes.get(self.at) {
                Some(b',' | b']') => Json::Undefined,
                None => return self.fail("incomplete array value"),
                Some(_) => self.value()?,
            });
            self.blanks();
            match self.bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Json::Array(items));
                }
                None => return self.fail("incomplete array value"),
                Some(_) => return self.fail("missing comma"),
            }
        }
    }

    fn object(&mut self) -> Result<Json, String> {
        self.at += 1;
        let mut members = BTreeMap::new();
        loop {
            self.blanks();
            let key = match self.bytes.get(self.at) {
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Json::Object(members));
                }
                None => return self.fail("incomplete object value"),
                Some(b'"' | b'\'') => self.string()?,
                Some(byte) if byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$') => self.bare().to_owned(),
                Some(_) => return self.fail("missing object key"),
            };
            self.blanks();
            match self.bytes.get(self.at) {
                Some(b':') => self.at += 1,
                None => return self.fail("incomplete object value"),
                Some(_) => return self.fail("missing colon"),
            }
            self.blanks();
            if self.at == self.bytes.len() {
                return self.fail("incomplete object value");
            }
            let value = self.value()?;
            if members.insert(key.clone(), value).is_some() && !self.repeated_keys {
                return self.fail(&format!("duplicate object attribute \"{key}\""));
            }
            self.blanks();
            match self.bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b'}') => {}
                None => return self.fail("incomplete object value"),
                Some(_) => return self.fail("missing comma"),
            }
        }
    }

    /// A text in quotes or in apostrophes.
    fn string(&mut self) -> Result<String, String> {
        let quote = self.bytes[self.at];
        self.at += 1;
        let mut text = String::new();
        loop {
            let start = self.at;
            while self.bytes.get(self.at).is_some_and(|byte| *byte != quote && *byte != b'\\') {
                self.at += 1;
            }
            text.push_str(&self.text[start..self.at]);
            match self.bytes.get(self.at) {
                None => return self.fail("unfinished string"),
                Some(byte) if *byte == quote => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(_) => {
                    let escape = self.bytes.get(self.at + 1).copied();
                    self.at += 2;
                    match escape {
                        Some(b'n') => text.push('\n'),
                        Some(b't') => text.push('\t'),
                        Some(b'r') => text.push('\r'),
                        Some(b'b') => text.push('\u{8}'),
                        Some(b'f') => text.push('\u{c}'),
                        Some(byte @ (b'"' | b'\'' | b'\\' | b'/')) => text.push(byte as char),
                        Some(b'u') => {
                            let mut unit = self.hex()?;
                            if (0xd800..0xdc00).contains(&unit) && self.text[self.at..].starts_with("\\u") {
                                self.at += 2;
                                let low = self.hex()?;
                                unit = 0x10000 + ((unit - 0xd800) << 10) + low.wrapping_sub(0xdc00);
                            }
                            text.push(char::from_u32(unit).unwrap_or('\u{fffd}'));
                        }
                        _ => return self.fail("bad escape sequence"),
                    }
                }
            }
        }
    }

    fn hex(&mut self) -> Result<u32, String> {
        let digits = self.text.get(self.at..self.at + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match digits {
            Some(unit) => {
                self.at += 4;
                Ok(unit)
            }
            None => self.fail("bad escape sequence"),
        }
    }

    fn number(&mut self) -> Result<Json, String> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(|byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'))
        {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        if !text.contains(['e', 'E'])
            && let Some((value, scale)) = decimal::parse(text)
        {
            return Ok(Json::number(value, scale));
        }
        match text.parse::<f64>() {
            Ok(value) => Ok(Json::Double(value)),
            Err(_) => self.fail("bad number"),
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
        match self {
            Self::Undefined => f.write_str("undefined"),
            Self::Null => f.write_str("null"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Number(value, scale) => f.write_str(&decimal::text(*value, *scale)),
            Self::Double(value) if value.is_nan() => f.write_str("\"NaN\""),
            Self::Double(value) if value.is_infinite() => {
                f.write_str(if *value > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" })
            }
            Self::Double(value) => {
                let text = format!("{value:.15e}");
                let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
                let (sign, digits) = match exponent.strip_prefix('-') {
                    Some(digits) => ('-', digits),
                    None => ('+', exponent),
                };
                write!(f, "{mantissa}e{sign}{digits:0>2}")
            }
            Self::String(text) => write_string(f, text),
            Self::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{item}")?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    write_string(f, key)?;
                    write!(f, ":{value}")?;
                }
                f.write_str("}")
            }
        }
    }
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
}
