//! Reads JSON text.

use std::collections::BTreeMap;

use super::super::decimal;
use super::Json;
use super::typed::{MARK, Typed};

/// A position in JSON text.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    depth: usize,
    repeated_keys: bool,
}

impl<'a> Reader<'a> {
    /// At the start of a text.
    pub(super) fn new(text: &'a str, repeated_keys: bool) -> Self {
        Self { bytes: text.as_bytes(), text, at: 0, depth: 0, repeated_keys }
    }

    /// The one value of a text.
    pub(super) fn document(mut self) -> Result<Json, String> {
        let value = self.value()?;
        self.blanks();
        if self.at < self.bytes.len() {
            return Err(format!("more than one document in the input, pos {}", self.at + 1));
        }
        Ok(value)
    }

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
            Some(1) => self.typed()?,
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
    /// A value that says its kind before its text.
    fn typed(&mut self) -> Result<Json, String> {
        let rest = &self.text[self.at + 1..];
        let Some((typed, length)) = rest
            .find(MARK)
            .and_then(|end| Some((Typed::read(&rest[..end])?, end + 2)))
            .filter(|(_, length)| self.bytes.get(self.at + length) == Some(&b'"'))
        else {
            return self.fail("bad kind");
        };
        self.at += length;
        self.string()?;
        Ok(Json::Typed(typed))
    }
}
