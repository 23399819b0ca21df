use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{DataType, SqlType, ValueError, base_type};

/// Text of at most `N` characters: `VARCHAR(N)`.
///
/// ```
/// use pipeline_dsl::types::Varchar;
///
/// let status: Varchar<6> = "ACTIVE".parse().unwrap();
/// assert_eq!(&*status, "ACTIVE");
/// assert!("INACTIVE".parse::<Varchar<6>>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Varchar<const N: u32 = { DataType::DEFAULT_VARCHAR }> {
    text: String,
}

impl<const N: u32> Varchar<N> {
    const BOUNDS: () = Self::DATA_TYPE.check_bounds();

    /// Checks the length of `text`.
    ///
    /// # Errors
    /// If it has more than `N` characters.
    pub fn new(text: impl Into<String>) -> Result<Self, ValueError> {
        let () = Self::BOUNDS;
        let text = text.into();
        let length = text.chars().count();
        if length <= N as usize {
            Ok(Self { text })
        } else {
            Err(ValueError::new(format!("text of {length} characters does not fit VARCHAR({N})")))
        }
    }

    /// The text.
    pub fn into_string(self) -> String {
        self.text
    }
}

base_type!([const N: u32] Varchar<N>, DataType::Varchar { length: N }, Varchar, crate::expr::NotNull);

impl<const N: u32> Deref for Varchar<N> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl<const N: u32> fmt::Display for Varchar<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<const N: u32> FromStr for Varchar<N> {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::new(text)
    }
}

impl<const N: u32> TryFrom<&str> for Varchar<N> {
    type Error = ValueError;

    fn try_from(text: &str) -> Result<Self, ValueError> {
        Self::new(text)
    }
}

impl<const N: u32> TryFrom<String> for Varchar<N> {
    type Error = ValueError;

    fn try_from(text: String) -> Result<Self, ValueError> {
        Self::new(text)
    }
}

impl<const N: u32> Serialize for Varchar<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, const N: u32> Deserialize<'de> for Varchar<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!(Varchar::<3>::new("äöü").is_ok());
        assert_eq!(Varchar::<3>::new("four").unwrap_err().to_string(), "text of 4 characters does not fit VARCHAR(3)");
        assert!(serde_json::from_str::<Varchar<2>>("\"abc\"").is_err());
    }
}
