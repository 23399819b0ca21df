//! COMPRESS and DECOMPRESS_...
//!
//! <https://docs.snowflake.com/en/sql-reference/functions/compress>

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use super::args::{invalid_value, text};
use super::conversion::BINARY;
use super::datum::Datum;
use super::encode::{octets, utf8};
use super::string::WIDE;
use super::udf::{Function, Param, Returns, function};
use crate::error::{Result, SqlError};

/// The most that a value has when it is unpacked.
const LIMIT: u64 = 134_217_728;

/// A method by its name, `ZLIB` or `ZLIB(9)`, and its level if there is one.
fn method(name: &str, function: &str) -> Result<(String, Option<u32>)> {
    let bad = || invalid_value(function, name, "a method such as 'SNAPPY' or 'ZLIB(6)'");
    let upper = name.trim().to_ascii_uppercase();
    let (method, level) = match upper.split_once('(') {
        Some((method, level)) => {
            let level = level.strip_suffix(')').ok_or_else(bad)?.trim().parse().map_err(|_| bad())?;
            (method.trim().to_owned(), Some(level))
        }
        None => (upper, None),
    };
    match (method.as_str(), level) {
        ("SNAPPY", None) | ("ZLIB", None | Some(0..=9)) => Ok((method, level)),
        ("ZSTD" | "BZ2", _) => Err(SqlError::unsupported(format_args!("{function}(.., '{method}')"))),
        _ => Err(bad()),
    }
}

fn compress(bytes: &[u8], name: &str) -> Result<Vec<u8>> {
    let (method, level) = method(name, "COMPRESS")?;
    if method == "SNAPPY" {
        return Ok(snappy(bytes));
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), level.map_or_else(Compression::default, Compression::new));
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn decompress(bytes: &[u8], name: &str, function: &str) -> Result<Vec<u8>> {
    let bad = || SqlError::new(100_200, "22000", format!("Invalid compressed data for method '{name}' in {function}"));
    let (method, _) = method(name, function)?;
    if method == "SNAPPY" {
        return unsnappy(bytes).ok_or_else(bad);
    }
    let mut unpacked = Vec::new();
    ZlibDecoder::new(bytes).take(LIMIT).read_to_end(&mut unpacked).map_err(|_| bad())?;
    Ok(unpacked)
}

/// Snappy's block format, all of it literals: the length in sevens of bits, then pieces of at most 60 bytes or with a
/// length of two bytes.
fn snappy(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(bytes.len() + bytes.len() / 60 + 8);
    let mut length = bytes.len();
    while length >= 0x80 {
        packed.push(length as u8 | 0x80);
        length >>= 7;
    }
    packed.push(length as u8);
    for piece in bytes.chunks(0x1_0000) {
        let last = piece.len() - 1;
        if last < 60 {
            packed.push((last as u8) << 2);
        } else {
            packed.push(61 << 2);
            packed.extend((last as u16).to_le_bytes());
        }
        packed.extend(piece);
    }
    packed
}

/// Reads Snappy's block format; `None` where it is malformed.
fn unsnappy(mut packed: &[u8]) -> Option<Vec<u8>> {
    fn take<'b>(from: &mut &'b [u8], count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = from.split_at_checked(count)?;
        *from = rest;
        Some(taken)
    }
    fn number(from: &mut &[u8], bytes: usize) -> Option<usize> {
        Some(take(from, bytes)?.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte)))
    }
    let mut length = 0_usize;
    for shift in (0..35).step_by(7) {
        let byte = *take(&mut packed, 1)?.first()?;
        length |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    if length as u64 > LIMIT {
        return None;
    }
    let mut bytes: Vec<u8> = Vec::with_capacity(length);
    while !packed.is_empty() {
        let tag = usize::from(*take(&mut packed, 1)?.first()?);
        let (count, back) = match tag & 3 {
            0 => {
                let count = match tag >> 2 {
                    short @ 0..60 => short,
                    long => number(&mut packed, long - 59)?,
                };
                bytes.extend(take(&mut packed, count + 1)?);
                continue;
            }
            1 => ((tag >> 2 & 7) + 4, (tag >> 5) << 8 | number(&mut packed, 1)?),
            2 => ((tag >> 2) + 1, number(&mut packed, 2)?),
            _ => ((tag >> 2) + 1, number(&mut packed, 4)?),
        };
        if back == 0 || bytes.len() + count > length {
            return None;
        }
        let start = bytes.len().checked_sub(back)?;
        // A copy may reach into what it makes itself.
        for at in start..start + count {
            bytes.push(bytes[at]);
        }
    }
    (bytes.len() == length).then_some(bytes)
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Any, Text, TextOrBinary};
    vec![
        function("COMPRESS", &[TextOrBinary, Text], Returns::Type(BINARY), |values, _| {
            compress(&octets(&values[0])?, text(&values[1])?).map(Datum::Binary)
        }),
        function("DECOMPRESS_BINARY", &[Any, Text], Returns::Type(BINARY), |values, env| {
            let Datum::Binary(bytes) = &values[0] else {
                return Err(super::udf::invalid_arguments("DECOMPRESS_BINARY", env.types));
            };
            decompress(bytes, text(&values[1])?, "DECOMPRESS_BINARY").map(Datum::Binary)
        }),
        function("DECOMPRESS_STRING", &[Any, Text], Returns::Type(WIDE), |values, env| {
            let Datum::Binary(bytes) = &values[0] else {
                return Err(super::udf::invalid_arguments("DECOMPRESS_STRING", env.types));
            };
            decompress(bytes, text(&values[1])?, "DECOMPRESS_STRING").and_then(utf8).map(Datum::Text)
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use super::*;

    #[test]
    fn there_and_back() {
        check(&[
            ("COMPRESS('Snowflake', 'SNAPPY')", "BINARY(8388608)|0920536E6F77666C616B65"),
            ("DECOMPRESS_STRING(COMPRESS('Snowflake', 'SNAPPY'), 'SNAPPY')", "Snowflake"),
            ("DECOMPRESS_STRING(COMPRESS('Snowflake', 'zlib(1)'), 'ZLIB')", "Snowflake"),
            ("DECOMPRESS_BINARY(T_BINARY('0920536E6F77666C616B65'), 'SNAPPY')", "536E6F77666C616B65"),
            (
                "DECOMPRESS_STRING(T_BINARY('FF'), 'SNAPPY')",
                "100200 Invalid compressed data for method 'SNAPPY' in DECOMPRESS_STRING",
            ),
            (
                "COMPRESS('x', 'LZ')",
                "001008 SQL compilation error:\ninvalid value [LZ] for function 'COMPRESS': a method such as 'SNAPPY' or 'ZLIB(6)'",
            ),
        ]);
    }

    #[test]
    fn copies_are_read() {
        // "ab", then 6 bytes copied from 2 back.
        assert_eq!(unsnappy(&[8, 1 << 2, b'a', b'b', 2 << 2 | 1, 2]).unwrap(), b"abababab");
        assert_eq!(unsnappy(&[8, 1 << 2, b'a', b'b', 2 << 2 | 1, 3]), None);
        for length in [0, 1, 60, 61, 70_000] {
            let bytes = vec![7; length];
            assert_eq!(unsnappy(&snappy(&bytes)).unwrap(), bytes);
        }
    }
}
