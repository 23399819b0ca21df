//! The arguments of table functions.

use datafusion::common::ScalarValue;

use crate::exec::Value;
use crate::{Result, SqlError};

/// Arguments by name.
pub(crate) struct Arguments<'a> {
    function: &'a str,
    values: Vec<(&'a str, &'a Value)>,
}

impl<'a> Arguments<'a> {
    /// Puts arguments to their names; positional ones (with an empty name) go by the order of `known`.
    ///
    /// # Errors
    /// When a name is not known, or there are too many.
    pub(crate) fn new(function: &'a str, given: &'a [(String, Value)], known: &[&'a str]) -> Result<Self> {
        let mut values = Vec::with_capacity(given.len());
        for (index, (name, value)) in given.iter().enumerate() {
            let found =
                if name.is_empty() { known.get(index) } else { known.iter().find(|known| **known == name.as_str()) };
            let Some(found) = found else {
                let what = if name.is_empty() {
                    format!("more than {} arguments", known.len())
                } else {
                    format!("argument {name}")
                };
                return Err(SqlError::compilation(
                    938,
                    "22023",
                    format_args!("{function} does not take {what}; it takes {}.", known.join(", ")),
                ));
            };
            values.push((*found, value));
        }
        Ok(Self { function, values })
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.values.iter().find(|(other, value)| *other == name && !value.is_null()).map(|(_, value)| *value)
    }

    fn wrong(&self, name: &str, wanted: &str) -> SqlError {
        SqlError::compilation(1008, "22023", format_args!("Argument {name} of {} must be {wanted}.", self.function))
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>> {
        match self.get(name).map(|value| &value.scalar) {
            None => Ok(None),
            Some(ScalarValue::Utf8(Some(text))) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "a text")),
        }
    }

    /// TRUE or FALSE, FALSE by default.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>> {
        match self.get(name).map(|value| &value.scalar) {
            None => Ok(None),
            Some(ScalarValue::Boolean(value)) => Ok(*value),
            Some(_) => Err(self.wrong(name, "TRUE or FALSE")),
        }
    }

    /// An instant in microseconds since 1970.
    pub(crate) fn instant(&self, name: &str) -> Result<Option<i64>> {
        match self.get(name).map(|value| &value.scalar) {
            None => Ok(None),
            Some(ScalarValue::TimestampMicrosecond(Some(at), _)) => Ok(Some(*at)),
            Some(ScalarValue::Date32(Some(days))) => Ok(Some(i64::from(*days) * 86_400_000_000)),
            Some(ScalarValue::Struct(parts)) => match ScalarValue::try_from_array(parts.column(0), 0) {
                Ok(ScalarValue::TimestampMicrosecond(Some(at), _)) => Ok(Some(at)),
                _ => Err(self.wrong(name, "a timestamp")),
            },
            Some(_) => Err(self.wrong(name, "a timestamp")),
        }
    }

    /// RESULT_LIMIT: 1 to 10000.
    pub(crate) fn limit(&self, default: usize) -> Result<usize> {
        let number = match self.get("RESULT_LIMIT").map(|value| &value.scalar) {
            None => return Ok(default),
            Some(ScalarValue::Decimal128(Some(number), _, 0)) => i64::try_from(*number).ok(),
            Some(ScalarValue::Int64(Some(number))) => Some(*number),
            Some(_) => None,
        };
        match number {
            Some(number) if number > 10_000 => Err(SqlError::compilation(
                1008,
                "22023",
                "Value for parameter RESULT_LIMIT exceeds maximum allowable value (10,000).",
            )),
            Some(number) if number >= 1 => Ok(number as usize),
            _ => Err(self.wrong("RESULT_LIMIT", "a number from 1 to 10000")),
        }
    }
}
