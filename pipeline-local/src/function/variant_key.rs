//! VARIANT in order: bytes that compare as the values do. The JSON text that values are kept as does not: `"10"` comes
//! before `"9"` there.

use super::args::json;
use super::datum::Datum;
use super::decimal;
use super::json::Json;
use super::udf::{Function, Param, Returns, function};
use crate::types::{DEFAULT_BINARY_LENGTH, SqlType};

/// A number: its double, and the digits that a double has no place for.
fn number(value: f64, whole: i128, key: &mut Vec<u8>) {
    let bits = value.to_bits();
    // Negative doubles come before positive ones, in reverse.
    let ordered = if bits >> 63 == 1 { !bits } else { bits | (1 << 63) };
    key.extend(ordered.to_be_bytes());
    key.extend(((whole as u128) ^ (1 << 127)).to_be_bytes());
}

fn text(value: &str, key: &mut Vec<u8>) {
    for byte in value.bytes() {
        key.push(byte);
        if byte == 0 {
            key.push(0xff);
        }
    }
    key.extend([0, 0]);
}

/// Appends the key of a value. Kinds come in the order of `semi_structured::compare`.
fn append(value: &Json, key: &mut Vec<u8>) {
    match value {
        Json::Boolean(value) => key.extend([1, u8::from(*value)]),
        Json::Number(value, scale) => {
            key.push(2);
            number(decimal::to_float(*value, *scale), decimal::rescale(*value, *scale, 0).unwrap_or(0), key);
        }
        Json::Double(value) => {
            key.push(2);
            number(*value, decimal::from_float(*value, 0).unwrap_or(0), key);
        }
        Json::String(value) => {
            key.push(3);
            text(value, key);
        }
        Json::Typed(typed) => {
            key.push(4);
            key.extend(typed.key());
        }
        Json::Array(items) => {
            key.push(5);
            items.iter().for_each(|item| append(item, key));
            key.push(0);
        }
        Json::Object(_) => {
            key.push(6);
            text(&value.to_string(), key);
        }
        Json::Null => key.push(7),
        Json::Undefined => key.push(8),
    }
}

pub(super) fn functions() -> Vec<Function> {
    let binary = Returns::Type(SqlType::Binary(DEFAULT_BINARY_LENGTH));
    vec![function("SF_VARIANT_KEY", &[Param::Value], binary, |values, _| {
        let mut key = Vec::new();
        append(json(&values[0])?, &mut key);
        Ok(Datum::Binary(key))
    })]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_compare_as_values_do() {
        let key = |text: &str| {
            let mut key = Vec::new();
            append(&Json::parse(text).unwrap(), &mut key);
            key
        };
        let ascending = [
            "false",
            "true",
            "-1e300",
            "-10",
            "-9.5",
            "-9",
            "0",
            "1e-3",
            "9",
            "10",
            "10.25",
            "9007199254740992",
            "9007199254740993",
            "1e300",
            "\"\"",
            "\"10\"",
            "\"9\"",
            "\"9a\"",
            "[]",
            "[1]",
            "[1,2]",
            "[2]",
            "{\"a\":1}",
            "null",
        ];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]) < key(pair[1]), "{} < {}", pair[0], pair[1]);
        }
        for (a, b) in [("1", "1e0"), ("2.50", "2.5"), ("-0", "0")] {
            assert_eq!(key(a), key(b), "{a} = {b}");
        }
    }
}
