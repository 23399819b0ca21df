//! `sequence.NEXTVAL`, and the numbers of SEQ1, SEQ2, SEQ4 and SEQ8.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use datafusion::arrow::array::Int64Array;
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

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

/// SEQ1() and its like: 0, 1, 2, ... for the rows of one statement; each call in the text counts for itself.
#[derive(Debug)]
struct RowNumbers {
    next: AtomicI64,
    signature: Signature,
}

impl PartialEq for RowNumbers {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for RowNumbers {}

impl Hash for RowNumbers {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::from_ref(self).hash(state);
    }
}

/// Whether the function of this upper-case name numbers rows.
pub(super) fn numbers_rows(name: &str) -> bool {
    matches!(name, "SEQ1" | "SEQ2" | "SEQ4" | "SEQ8")
}

/// A function that numbers rows, for one place in a statement.
pub(super) fn row_numbers() -> Arc<ScalarUDF> {
    Arc::new(ScalarUDF::from(RowNumbers {
        next: AtomicI64::new(0),
        signature: Signature::one_of(
            vec![datafusion::logical_expr::TypeSignature::Nullary, datafusion::logical_expr::TypeSignature::Any(1)],
            Volatility::Volatile,
        ),
    }))
}

impl ScalarUDFImpl for RowNumbers {
    fn name(&self) -> &str {
        "SEQ"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(SqlType::INTEGER.arrow())
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(SqlType::INTEGER.field_ref(self.name(), false))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let count = arguments.number_rows as i64;
        let first = self.next.fetch_add(count, Ordering::Relaxed);
        let values = Int64Array::from_iter_values(first..first + count);
        Ok(ColumnarValue::Array(datafusion::arrow::compute::cast(&values, &SqlType::INTEGER.arrow())?))
    }
}
