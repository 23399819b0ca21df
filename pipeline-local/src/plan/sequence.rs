//! `sequence.NEXTVAL`.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::Int64Array;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use crate::catalog::def::{Increment, SequenceDef};
use crate::catalog::{Object, ObjectId};
use crate::engine::Engine;
use crate::types::SqlType;

#[derive(Debug)]
struct NextValue {
    engine: Arc<Engine>,
    sequence: ObjectId,
    increment: Increment,
    name: String,
    signature: Signature,
}

impl PartialEq for NextValue {
    fn eq(&self, other: &Self) -> bool {
        self.sequence == other.sequence
    }
}

impl Eq for NextValue {}

impl Hash for NextValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sequence.hash(state);
    }
}

/// The function that takes the sequence's next value for every row.
pub(super) fn next_value(engine: Arc<Engine>, sequence: &Object) -> crate::Result<Arc<ScalarUDF>> {
    let def: SequenceDef = sequence.definition()?;
    Ok(Arc::new(ScalarUDF::from(NextValue {
        engine,
        sequence: sequence.id,
        increment: def.increment,
        name: format!("NEXTVAL:{}", sequence.id),
        signature: Signature::nullary(Volatility::Volatile),
    })))
}

impl ScalarUDFImpl for NextValue {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(SqlType::INTEGER.arrow())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let count = arguments.number_rows as i64;
        let first = self
            .engine
            .catalog
            .take_numbers(self.sequence, 0, self.increment, count as u64)
            .map_err(|error| DataFusionError::External(Box::new(error)))?;
        let values = Int64Array::from_iter_values((0..count).map(|index| first + index * self.increment.step));
        Ok(ColumnarValue::Array(datafusion::arrow::compute::cast(&values, &SqlType::INTEGER.arrow())?))
    }
}
