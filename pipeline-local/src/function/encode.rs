//! Bytes as text: hexadecimal digits, Base64, UTF-8.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::args::{integer_or, invalid_value, text, text_or};
use super::cast;
use super::conversion::{BINARY, lenient};
use super::datum::Datum;
use super::string::WIDE;
use super::udf::{Function, Param, Returns, function};
use crate::error::{Result, SqlError};

/// The text that bytes are in UTF-8.
pub(super) fn utf8(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|_| SqlError::new(100_144, "22021", "Invalid UTF8 detected in string"))
}

/// The bytes that a text stands for in a format.
pub(super) fn bytes_from(source: &str, format: &str) -> Result<Vec<u8>> {
    let bad = |what: &str| {
        SqlError::new(100_115, "22000", format!("The following string is not a legal {what}-encoded value: '{source}'"))
    };
    match format.to_ascii_uppercase().as_str() {
        "HEX" => {
            let digits = |at: usize| u8::from_str_radix(source.get(at..at + 2)?, 16).ok();
            let bytes: Option<Vec<u8>> = (0..source.len()).step_by(2).map(digits).collect();
            bytes.filter(|_| source.bytes().all(|byte| byte.is_ascii_hexdigit())).ok_or_else(|| bad("hex"))
        }
        "BASE64" => BASE64.decode(source).map_err(|_| bad("base64")),
        "UTF-8" | "UTF8" => Ok(source.as_bytes().to_vec()),
        other => Err(invalid_value("TO_BINARY", other, "HEX, BASE64 or UTF-8")),
    }
}

/// Bytes as Base64 in one line.
pub(super) fn base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Bytes as text in a format.
pub(super) fn text_from(bytes: &[u8], format: &str) -> Result<String> {
    match format.to_ascii_uppercase().as_str() {
        "HEX" => Ok(cast::hex(bytes)),
        "BASE64" => Ok(base64(bytes)),
        "UTF-8" | "UTF8" => utf8(bytes.to_vec()),
        other => Err(invalid_value("TO_VARCHAR", other, "HEX, BASE64 or UTF-8")),
    }
}

/// A text or bytes as bytes.
pub(super) fn octets(value: &Datum) -> Result<Vec<u8>> {
    match value {
        Datum::Binary(bytes) => Ok(bytes.clone()),
        other => Ok(text(other)?.as_bytes().to_vec()),
    }
}

/// The characters for 62 and 63 and the one that fills up, of which some may be given.
fn alphabet(function: &str, given: &str) -> Result<[char; 3]> {
    let mut characters = ['+', '/', '='];
    let count = given.chars().count();
    if count > 3 || !given.is_ascii() || given.chars().any(|c| c.is_ascii_alphanumeric()) {
        return Err(invalid_value(function, given, "up to three ASCII characters that are no letters or digits"));
    }
    for (known, new) in characters.iter_mut().zip(given.chars()) {
        *known = new;
    }
    Ok(characters)
}

fn base64_encode(values: &[Datum]) -> Result<Datum> {
    let plain = base64(&octets(&values[0])?);
    let width = integer_or(values, 1, 0)?;
    let width = usize::try_from(width).map_err(|_| invalid_value("BASE64_ENCODE", width, "a length from 0"))?;
    let [high, highest, fill] = alphabet("BASE64_ENCODE", text_or(values, 2, "")?)?;
    let mut encoded = String::with_capacity(plain.len());
    for (index, c) in plain.chars().enumerate() {
        if width > 0 && index > 0 && index % width == 0 {
            encoded.push('\n');
        }
        encoded.push(match c {
            '+' => high,
            '/' => highest,
            '=' => fill,
            c => c,
        });
    }
    Ok(Datum::Text(encoded))
}

fn base64_decode(function: &str, values: &[Datum]) -> Result<Vec<u8>> {
    let [high, highest, fill] = alphabet(function, text_or(values, 1, "")?)?;
    let plain: String = text(&values[0])?
        .chars()
        .filter(|c| !matches!(c, '\n' | '\r'))
        .map(|c| match c {
            c if c == high => '+',
            c if c == highest => '/',
            c if c == fill => '=',
            // What the alphabet has replaced is no longer in it.
            '+' | '/' | '=' => '?',
            c => c,
        })
        .collect();
    bytes_from(&plain, "BASE64")
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Integer, Text, TextOrBinary};
    const ENCODED: &[Param] = &[Text, Text];
    let wide = Returns::Type(WIDE);
    let binary = Returns::Type(BINARY);
    vec![
        function("HEX_ENCODE", &[TextOrBinary, Integer], wide, |values, _| {
            let text = cast::hex(&octets(&values[0])?);
            Ok(Datum::Text(if integer_or(values, 1, 1)? == 0 { text.to_lowercase() } else { text }))
        })
        .optional(1),
        function("HEX_DECODE_STRING", &[Text], wide, |values, _| {
            Ok(Datum::Text(utf8(bytes_from(text(&values[0])?, "HEX")?)?))
        }),
        function("TRY_HEX_DECODE_STRING", &[Text], wide, |values, _| {
            lenient(bytes_from(text(&values[0])?, "HEX").and_then(utf8).map(Datum::Text))
        }),
        function("HEX_DECODE_BINARY", &[Text], binary, |values, _| {
            bytes_from(text(&values[0])?, "HEX").map(Datum::Binary)
        }),
        function("TRY_HEX_DECODE_BINARY", &[Text], binary, |values, _| {
            lenient(bytes_from(text(&values[0])?, "HEX").map(Datum::Binary))
        }),
        function("BASE64_ENCODE", &[TextOrBinary, Integer, Text], wide, |values, _| base64_encode(values)).optional(2),
        function("BASE64_DECODE_STRING", ENCODED, wide, |values, _| {
            Ok(Datum::Text(utf8(base64_decode("BASE64_DECODE_STRING", values)?)?))
        })
        .optional(1),
        function("TRY_BASE64_DECODE_STRING", ENCODED, wide, |values, _| {
            lenient(base64_decode("TRY_BASE64_DECODE_STRING", values).and_then(utf8).map(Datum::Text))
        })
        .optional(1),
        function("BASE64_DECODE_BINARY", ENCODED, binary, |values, _| {
            base64_decode("BASE64_DECODE_BINARY", values).map(Datum::Binary)
        })
        .optional(1),
        function("TRY_BASE64_DECODE_BINARY", ENCODED, binary, |values, _| {
            lenient(base64_decode("TRY_BASE64_DECODE_BINARY", values).map(Datum::Binary))
        })
        .optional(1),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn there_and_back() {
        check(&[
            ("HEX_ENCODE('AB')", "4142"),
            ("HEX_ENCODE('KL', 0)", "4b4c"),
            ("HEX_DECODE_STRING('4142')", "AB"),
            ("TRY_HEX_DECODE_STRING('zz')", "NULL"),
            ("TRY_HEX_DECODE_BINARY('4')", "NULL"),
            ("BASE64_ENCODE('AB')", "QUI="),
            (
                "BASE64_ENCODE('Snowflake \u{2744}\u{2744}\u{2744} Snowman \u{2603}\u{2603}\u{2603}', 32, '$')",
                "U25vd2ZsYWtlIOKdhOKdhOKdhCBTbm93\nbWFuIOKYg$KYg$KYgw==",
            ),
            ("BASE64_DECODE_STRING('4piD4piD', '$')", "\u{2603}\u{2603}"),
            ("BASE64_DECODE_STRING('QUI=')", "AB"),
            ("TRY_BASE64_DECODE_STRING('?')", "NULL"),
            ("TRY_BASE64_DECODE_BINARY('?')", "NULL"),
        ]);
    }
}
