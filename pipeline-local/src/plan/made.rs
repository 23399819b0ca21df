//! Scalar functions that are made for one statement.

use std::fmt::Debug;
use std::hash::{Hash, Hasher};

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

/// What such a function does.
pub(super) trait Body: Debug + Send + Sync + 'static {
    /// The values for rows of arguments.
    fn invoke(&self, returns: &DataType, arguments: &ScalarFunctionArgs) -> Result<ColumnarValue>;
}

/// A function with its body. Those of one body type and key are the same.
#[derive(Debug)]
pub(super) struct Made<B> {
    key: String,
    name: String,
    returns: FieldRef,
    body: B,
    signature: Signature,
}

impl<B: Body> Made<B> {
    /// The function of this name, which takes its arguments as they come.
    pub(super) fn function(key: String, name: &str, returns: FieldRef, body: B) -> ScalarUDF {
        let signature = Signature::user_defined(Volatility::Volatile);
        ScalarUDF::new_from_impl(Self { key, name: name.to_owned(), returns, body, signature })
    }

    /// What tells it from others.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// What it does.
    pub(super) fn body(&self) -> &B {
        &self.body
    }
}

impl<B> PartialEq for Made<B> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<B> Eq for Made<B> {}

impl<B> Hash for Made<B> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl<B: Body> ScalarUDFImpl for Made<B> {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.returns.data_type().clone())
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        self.body.invoke(self.returns.data_type(), &arguments)
    }
}
