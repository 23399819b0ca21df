//! CAST, `::` and TRY_CAST as functions, one per target type.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, new_null_array};
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result as DfResult;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::cast::{cast_array_in, exists};
use super::udf::{column_name, type_of_field};
use super::{Settings, error};
use crate::error::SqlError;
use crate::types::SqlType;

/// The function that converts its one argument to a type; with `lenient` it is TRY_CAST, which takes text only and
/// makes NULL of what it cannot convert.
pub fn cast_udf(to: SqlType, lenient: bool) -> Arc<ScalarUDF> {
    Arc::new(ScalarUDF::new_from_impl(Cast {
        to,
        lenient,
        // As it is called: DataFusion wraps a function that is called by another name, and nested wraps take
        // exponential time.
        name: format!("{}:{to}", if lenient { "TRY_CAST" } else { "CAST" }),
        signature: Signature::user_defined(Volatility::Stable),
    }))
}

#[derive(Debug)]
struct Cast {
    to: SqlType,
    lenient: bool,
    name: String,
    signature: Signature,
}

impl PartialEq for Cast {
    fn eq(&self, other: &Self) -> bool {
        (self.to, self.lenient) == (other.to, other.lenient)
    }
}

impl Eq for Cast {}

impl Hash for Cast {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.to, self.lenient).hash(state);
    }
}

impl ScalarUDFImpl for Cast {
    fn name(&self) -> &str {
        &self.name
    }

    fn schema_name(&self, args: &[Expr]) -> DfResult<String> {
        Ok(column_name(self.name(), args))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> DfResult<DataType> {
        Ok(self.to.arrow())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> DfResult<FieldRef> {
        let from = args.arg_fields.first().and_then(|field| type_of_field(field));
        if let Some(from) = from {
            let to = self.to;
            if self.lenient && !matches!(from, SqlType::Varchar(_)) && from != SqlType::Variant {
                let what = format!("Function TRY_CAST cannot be used with arguments of types {from} and {to}");
                return Err(error(SqlError::compilation(1065, "22023", what)));
            }
            if !exists(from, to) {
                let what = format!("invalid type [CAST({from} AS {to})] for parameter 'TO_{}'", to.family());
                return Err(error(SqlError::compilation(1007, "22023", what)));
            }
        }
        Ok(self.to.field_ref(&self.name, true))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> DfResult<ColumnarValue> {
        let settings = Settings::from_config(&args.config_options);
        match args.args.first() {
            Some(ColumnarValue::Array(array)) if array.data_type().is_null() => {
                Ok(ColumnarValue::Array(new_null_array(&self.to.arrow(), array.len())))
            }
            Some(ColumnarValue::Array(array)) => {
                let array = cast_array_in(array, self.to, self.lenient, &settings).map_err(error)?;
                Ok(ColumnarValue::Array(array))
            }
            Some(ColumnarValue::Scalar(scalar)) => {
                let array = cast_array_in(&scalar.to_array()?, self.to, self.lenient, &settings).map_err(error)?;
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?))
            }
            None => Err(error(SqlError::internal("CAST without argument"))),
        }
    }

    fn coerce_types(&self, types: &[DataType]) -> DfResult<Vec<DataType>> {
        Ok(types.to_vec())
    }
}
