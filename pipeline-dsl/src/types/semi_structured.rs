use std::fmt;

use serde::{Deserialize, Serialize};

use super::{DataType, base_type};

/// `VARIANT`: any value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Variant(pub serde_json::Value);

/// `OBJECT`: names to values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectValue(pub serde_json::Map<String, serde_json::Value>);

/// `ARRAY`: a list of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Array(pub Vec<serde_json::Value>);

base_type!([] Variant, DataType::Variant, Variant, crate::expr::Nullable);
base_type!([] ObjectValue, DataType::Object);
base_type!([] Array, DataType::Array);

macro_rules! display_as_json {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&serde_json::to_string(&self.0).map_err(|_| fmt::Error)?)
            }
        }
    )*};
}
display_as_json!(Variant ObjectValue Array);
