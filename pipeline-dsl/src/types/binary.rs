use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{DataType, SqlType, ValueError, base_type};

/// At most `N` bytes: `BINARY(N)`. In JSON and other text it is written in hexadecimal, as Snowflake does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Binary<const N: u32 = { DataType::DEFAULT_BINARY }> {
    bytes: Vec<u8>,
}

impl<const N: u32> Binary<N> {
    const BOUNDS: () = Self::DATA_TYPE.check_bounds();

    /// Checks the length of `bytes`.
    ///
    /// # Errors
    /// If there are more than `N` bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, ValueError> {
        let () = Self::BOUNDS;
        let bytes = bytes.into();
        if bytes.len() <= N as usize {
            Ok(Self { bytes })
        } else {
            Err(ValueError::new(format!("{} bytes do not fit BINARY({N})", bytes.len())))
        }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn from_hex(text: &str) -> Result<Self, ValueError> {
        let error = || ValueError::new(format!("`{text}` is not hexadecimal text"));
        if !text.is_ascii() || !text.len().is_multiple_of(2) {
            return Err(error());
        }
        let bytes: Result<Vec<u8>, _> =
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16)).collect();
        Self::new(bytes.map_err(|_| error())?)
    }
}

base_type!([const N: u32] Binary<N>, DataType::Binary { length: N }, Binary, crate::expr::NotNull);

impl<const N: u32> std::fmt::Display for Binary<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl<const N: u32> Serialize for Binary<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: u32> Deserialize<'de> for Binary<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_hex(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_round_trips() {
        let binary = Binary::<4>::new([0, 15, 255]).unwrap();
        assert_eq!(binary.to_string(), "000FFF");
        assert_eq!(Binary::from_hex("000fff").unwrap(), binary);
        for text in ["0", "zz", "0011223344", "ä"] {
            assert!(Binary::<4>::from_hex(text).is_err(), "{text}");
        }
    }
}
