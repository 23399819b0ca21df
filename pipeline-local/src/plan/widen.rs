//! Columns of recursive queries.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

/// The same value in the widest type of its family: the sides of a recursion must agree to the digit.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Widen {
    signature: Signature,
}

static WIDEN: LazyLock<Arc<ScalarUDF>> =
    LazyLock::new(|| Arc::new(ScalarUDF::from(Widen { signature: Signature::any(1, Volatility::Immutable) })));

/// The function.
pub(super) fn function() -> Arc<ScalarUDF> {
    WIDEN.clone()
}

fn wide(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Decimal128(_, scale) => DataType::Decimal128(38, *scale),
        DataType::Utf8View => DataType::Utf8,
        data_type if data_type.is_integer() => DataType::Decimal128(38, 0),
        other => other.clone(),
    }
}

impl ScalarUDFImpl for Widen {
    fn name(&self) -> &str {
        "WIDEN"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok(wide(&arguments[0]))
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new("WIDEN", wide(arguments.arg_fields[0].data_type()), true)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        arguments.args[0].cast_to(arguments.return_type(), None)
    }
}
