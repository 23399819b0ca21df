//! `SYSTEM$WAIT(amount [, unit])`. Asynchronous: a waiting statement holds no thread and can be cancelled.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::async_udf::{AsyncScalarUDF, AsyncScalarUDFImpl};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::{Settings, error};
use crate::SqlError;
use crate::types::SqlType;

/// The function.
pub(super) fn function() -> (&'static str, Arc<ScalarUDF>) {
    let wait = Wait { signature: Signature::variadic_any(Volatility::Volatile) };
    ("SYSTEM$WAIT", Arc::new(AsyncScalarUDF::new(Arc::new(wait)).into_scalar_udf()))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Wait {
    signature: Signature,
}

impl ScalarUDFImpl for Wait {
    fn name(&self) -> &str {
        "SYSTEM$WAIT"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        if !(1..=2).contains(&arguments.arg_fields.len()) {
            return Err(error(invalid("it takes an amount and a unit")));
        }
        Ok(SqlType::TEXT.field_ref(self.name(), false))
    }

    fn invoke_with_args(&self, _arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Err(error(SqlError::internal("SYSTEM$WAIT was called without waiting")))
    }
}

impl AsyncScalarUDFImpl for Wait {
    fn invoke_async_with_args<'a, 'f>(
        &'a self,
        arguments: ScalarFunctionArgs,
    ) -> Pin<Box<dyn Future<Output = Result<ColumnarValue>> + Send + 'f>>
    where
        'a: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            let (time, text) = parse(&arguments.args).map_err(error)?;
            Settings::from_config(&arguments.config_options).clock().sleep(time).await;
            Ok(ColumnarValue::Scalar(ScalarValue::Utf8(Some(text))))
        })
    }
}

fn invalid(why: &str) -> SqlError {
    SqlError::compilation(939, "22023", format_args!("Invalid arguments for function SYSTEM$WAIT: {why}."))
}

fn parse(arguments: &[ColumnarValue]) -> Result<(Duration, String), SqlError> {
    let scalar = |value: &ColumnarValue| match value {
        ColumnarValue::Scalar(scalar) => Some(scalar.clone()),
        ColumnarValue::Array(array) if array.is_empty() => None,
        ColumnarValue::Array(array) => ScalarValue::try_from_array(array, 0).ok(),
    };
    let amount = arguments.first().and_then(scalar).and_then(|value| value.cast_to(&DataType::Int64).ok());
    let Some(ScalarValue::Int64(Some(amount @ 0..))) = amount else {
        return Err(invalid("the amount is a whole number, not negative"));
    };
    let unit = match arguments.get(1) {
        None => "SECONDS".to_owned(),
        Some(unit) => match scalar(unit).and_then(|value| value.cast_to(&DataType::Utf8).ok()) {
            Some(ScalarValue::Utf8(Some(unit))) => unit.to_uppercase(),
            _ => return Err(invalid("the unit is a text")),
        },
    };
    let milliseconds = match unit.as_str() {
        "DAYS" => 86_400_000,
        "HOURS" => 3_600_000,
        "MINUTES" => 60_000,
        "SECONDS" => 1000,
        "MILLISECONDS" => 1,
        _ => return Err(invalid("the unit is DAYS, HOURS, MINUTES, SECONDS or MILLISECONDS")),
    };
    let time = Duration::from_millis(amount.unsigned_abs().saturating_mul(milliseconds));
    Ok((time, format!("waited {amount} {}", unit.to_lowercase())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_units() {
        let scalar = |value: ScalarValue| ColumnarValue::Scalar(value);
        let number = |value| scalar(ScalarValue::Decimal128(Some(value), 38, 0));
        let unit = |text: &str| scalar(ScalarValue::from(text));
        let cases = [
            (vec![number(5)], Some((5000, "waited 5 seconds"))),
            (vec![scalar(ScalarValue::Int64(Some(5)))], Some((5000, "waited 5 seconds"))),
            (vec![number(2), unit("minutes")], Some((120_000, "waited 2 minutes"))),
            (vec![number(20), unit("MILLISECONDS")], Some((20, "waited 20 milliseconds"))),
            (vec![number(-1)], None),
            (vec![number(1), unit("years")], None),
            (vec![unit("x")], None),
            (vec![], None),
        ];
        for (arguments, expected) in cases {
            let got = parse(&arguments).ok();
            let expected = expected.map(|(time, text)| (Duration::from_millis(time), text.to_owned()));
            assert_eq!(got, expected, "{arguments:?}");
        }
    }
}
