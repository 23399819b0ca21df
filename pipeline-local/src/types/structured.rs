//! Structured types: ARRAY, OBJECT and MAP that say what they hold.

use std::collections::HashSet;
use std::fmt;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::SqlType;

/// What a structured type is made of.
///
/// <https://docs.snowflake.com/en/sql-reference/data-types-structured>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Shape {
    /// `ARRAY(type)`.
    Array(Held),
    /// `OBJECT(name type, ..)`, in the order in which it was written.
    Object(Vec<(String, Held)>),
    /// `MAP(key type, value type)`.
    Map(SqlType, Held),
}

/// The type of an element, a member or a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Held {
    /// Its type.
    pub sql_type: SqlType,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// A structured type: small, as all of one shape are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Structured(&'static Shape);

impl Structured {
    /// The type of a shape. Each different shape is kept for the life of the process.
    pub fn new(shape: Shape) -> Self {
        static SHAPES: LazyLock<Mutex<HashSet<&'static Shape>>> = LazyLock::new(Mutex::default);
        let mut shapes = SHAPES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shapes.get(&shape) {
            return Self(known);
        }
        let kept: &'static Shape = Box::leak(Box::new(shape));
        shapes.insert(kept);
        Self(kept)
    }

    /// What it is made of.
    pub fn shape(self) -> &'static Shape {
        self.0
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.sql_type, if self.nullable { "" } else { " NOT NULL" })
    }
}

/// A member's name as DDL writes it.
fn member(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

impl fmt::Display for Structured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Shape::Array(element) => write!(f, "ARRAY({element})"),
            Shape::Object(members) => {
                let members: Vec<_> = members.iter().map(|(name, held)| format!("{} {held}", member(name))).collect();
                write!(f, "OBJECT({})", members.join(", "))
            }
            Shape::Map(key, value) => write!(f, "MAP({key}, {value})"),
        }
    }
}

impl Serialize for Structured {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Structured {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match crate::parse::data_type(&text) {
            Ok(SqlType::Structured(structured)) => Ok(structured),
            _ => Err(serde::de::Error::custom(format_args!("{text} is no structured type"))),
        }
    }
}

/// What the elements of a VECTOR are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum VectorElement {
    /// Floating point of 32 bits.
    Float,
    /// Integers of 32 bits.
    Int,
}
