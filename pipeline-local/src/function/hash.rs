//! Hashes and digests.

use md5::{Digest, Md5};
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::args::{integer_or, invalid_value, text};
use super::cast;
use super::datum::Datum;
use super::decimal;
use super::udf::{Function, Param, Returns, function};
use crate::error::Result;
use crate::types::{DEFAULT_BINARY_LENGTH, SqlType};

/// Spreads the bits of a number (the finalizer of SplitMix64).
pub(super) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn mix_bytes(seed: u64, bytes: &[u8]) -> u64 {
    let mut hash = seed ^ 0xcbf2_9ce4_8422_2325;
    for byte in bytes {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mix(hash)
}

/// A hash of values: equal numbers have the same, whatever their scale or type, and NULL has one too.
pub(super) fn hash_values(values: &[Datum]) -> i64 {
    let mut hash = 0;
    for value in values {
        let (tag, text) = match value {
            Datum::Null => (0_u64, String::new()),
            Datum::Number(value, scale) => {
                let text = decimal::text(*value, *scale);
                let short = if *scale > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
                (1, short.to_owned())
            }
            Datum::Float(value) => (1, cast::float_text(*value)),
            Datum::Json(json) => (2, json.to_string()),
            Datum::Text(text) => (3, text.clone()),
            other => (4, cast::text_of(other, chrono_tz::UTC)),
        };
        hash = mix_bytes(mix(hash ^ tag), text.as_bytes());
    }
    hash as i64
}

/// SHA-1, which no dependency offers.
fn sha1(message: &[u8]) -> Vec<u8> {
    let mut state: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend((message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        let mut words = [0_u32; 80];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
            *word = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        for at in 16..80 {
            words[at] = (words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16]).rotate_left(1);
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (at, word) in words.iter().enumerate() {
            let (mixed, constant) = match at / 20 {
                0 => ((b & c) | (!b & d), 0x5a82_7999),
                1 => (b ^ c ^ d, 0x6ed9_eba1),
                2 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6),
            };
            let next = a.rotate_left(5).wrapping_add(mixed).wrapping_add(e).wrapping_add(constant).wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        for (kept, new) in state.iter_mut().zip([a, b, c, d, e]) {
            *kept = kept.wrapping_add(new);
        }
    }
    state.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// The UUID of a name within a name space, version 5.
pub(super) fn uuid_of_name(space: uuid::Uuid, name: &str) -> uuid::Uuid {
    let digest = sha1(&[space.as_bytes(), name.as_bytes()].concat());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_sha1_bytes(bytes).into_uuid()
}

fn octets(value: &Datum) -> Result<Vec<u8>> {
    match value {
        Datum::Binary(bytes) => Ok(bytes.clone()),
        other => Ok(text(other)?.as_bytes().to_vec()),
    }
}

fn lower_hex(bytes: &[u8]) -> Datum {
    Datum::Text(cast::hex(bytes).to_lowercase())
}

fn md5(values: &[Datum]) -> Result<Vec<u8>> {
    Ok(Md5::digest(octets(&values[0])?).to_vec())
}

/// One half of the MD5 digest as a number without sign.
fn md5_half(values: &[Datum], lower: bool) -> Result<Datum> {
    let digest = md5(values)?;
    let half = if lower { &digest[8..] } else { &digest[..8] };
    let value = half.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    Ok(Datum::integer(value))
}

fn sha2(values: &[Datum]) -> Result<Vec<u8>> {
    let bytes = octets(&values[0])?;
    Ok(match integer_or(values, 1, 256)? {
        224 => Sha224::digest(bytes).to_vec(),
        0 | 256 => Sha256::digest(bytes).to_vec(),
        384 => Sha384::digest(bytes).to_vec(),
        512 => Sha512::digest(bytes).to_vec(),
        other => return Err(invalid_value("SHA2", other, "a digest of 224, 256, 384 or 512 bits")),
    })
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Any, Integer, TextOrBinary};
    const ONE: &[Param] = &[TextOrBinary];
    const SIZED: &[Param] = &[TextOrBinary, Integer];
    let hexadecimal = |digits| Returns::Type(SqlType::Varchar(digits));
    let binary = Returns::Type(SqlType::Binary(DEFAULT_BINARY_LENGTH));
    let number = Returns::Type(SqlType::Number { precision: 20, scale: 0 });
    vec![
        function("HASH", &[Any], Returns::Type(SqlType::Number { precision: 19, scale: 0 }), |values, _| {
            Ok(Datum::integer(hash_values(values)))
        })
        .repeat(1)
        .sees_null(),
        function("MD5", ONE, hexadecimal(32), |values, _| Ok(lower_hex(&md5(values)?))).aliases(&["MD5_HEX"]),
        function("MD5_BINARY", ONE, binary, |values, _| md5(values).map(Datum::Binary)),
        function("MD5_NUMBER_LOWER64", ONE, number, |values, _| md5_half(values, true)),
        function("MD5_NUMBER_UPPER64", ONE, number, |values, _| md5_half(values, false)),
        function("SHA1", ONE, hexadecimal(40), |values, _| Ok(lower_hex(&sha1(&octets(&values[0])?))))
            .aliases(&["SHA1_HEX"]),
        function("SHA1_BINARY", ONE, binary, |values, _| Ok(Datum::Binary(sha1(&octets(&values[0])?)))),
        function("SHA2", SIZED, hexadecimal(128), |values, _| Ok(lower_hex(&sha2(values)?)))
            .optional(1)
            .aliases(&["SHA2_HEX"]),
        function("SHA2_BINARY", SIZED, binary, |values, _| sha2(values).map(Datum::Binary)).optional(1),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn digests() {
        check(&[
            ("MD5('abc')", "900150983cd24fb0d6963f7d28e17f72"),
            ("MD5(NULL)", "NULL"),
            ("SHA1('abc')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("SHA1('')", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            (
                "SHA1('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
            ),
            ("SHA2('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            ("SHA2('abc', 224)", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
            ("LENGTH(MD5_BINARY('abc'))", "16"),
        ]);
    }

    #[test]
    fn hashes() {
        check(&[
            ("HASH(1) = HASH(1.0)", "true"),
            ("HASH(10) = HASH(T_FLOAT(10))", "true"),
            ("HASH(1) = HASH('1')", "false"),
            ("HASH(NULL) IS NULL", "false"),
            ("HASH('a', 'b') = HASH('ab')", "false"),
            ("HASH('a', 'b') = HASH('b', 'a')", "false"),
        ]);
    }
}
