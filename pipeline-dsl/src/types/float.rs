use std::fmt;

use serde::{Deserialize, Serialize};

use super::{DataType, base_type};

/// `FLOAT`: a 64-bit floating point number.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Float(pub f64);

base_type!([] Float, DataType::Float);

impl From<f64> for Float {
    fn from(value: f64) -> Self {
        Self(value)
    }
}

impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
