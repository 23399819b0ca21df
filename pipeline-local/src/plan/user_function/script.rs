//! Functions in JavaScript, which run for every row.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::aside::aside;
use crate::catalog::def::FunctionDef;
use crate::catalog::{Object, ObjectId};
use crate::engine::Engine;
use crate::exec::{Context, Value};
use crate::function::{self, Settings, cast};
use crate::javascript::ScriptFunction;
use crate::types::SqlType;

#[derive(Debug)]
struct Script {
    id: ObjectId,
    function: ScriptFunction,
    arguments: Vec<SqlType>,
    strict: bool,
    engine: Arc<Engine>,
    query_id: String,
    signature: Signature,
}

/// The function that runs the script of `definition`.
pub(super) fn function(cx: &Context<'_>, object: &Object, definition: &FunctionDef, declared: SqlType) -> ScalarUDF {
    ScalarUDF::new_from_impl(Script {
        id: object.id,
        function: ScriptFunction {
            name: object.name.clone(),
            arguments: definition.arguments.iter().map(|argument| argument.name.clone()).collect(),
            returns: declared,
            body: definition.body.clone(),
        },
        arguments: definition.arguments.iter().map(|argument| argument.sql_type).collect(),
        strict: definition.strict,
        engine: cx.engine.clone(),
        query_id: cx.frame.query_id.clone(),
        signature: Signature::user_defined(Volatility::Volatile),
    })
}

impl PartialEq for Script {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Script {}

impl Hash for Script {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl ScalarUDFImpl for Script {
    fn name(&self) -> &str {
        &self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.function.returns.arrow())
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(self.function.returns.field_ref(&self.function.name, true))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let returns = self.function.returns;
        let settings = Settings::from_config(&arguments.config_options);
        let rows: Vec<Vec<Value>> = super::rows_of(&arguments)?
            .into_iter()
            .map(|row| {
                row.into_iter().zip(&self.arguments).map(|(scalar, known)| Value { sql_type: *known, scalar }).collect()
            })
            .collect();
        if rows.is_empty() {
            return Ok(ColumnarValue::Array(datafusion::arrow::array::new_empty_array(&returns.arrow())));
        }
        let skipped = |row: &[Value]| self.strict && row.iter().any(Value::is_null);
        let run: Vec<Vec<Value>> = rows.iter().filter(|row| !skipped(row)).cloned().collect();
        let clock = self.engine.clock.clone();
        let zone = settings.time_zone;
        let values = if run.is_empty() {
            Vec::new()
        } else {
            aside(&self.engine, &self.query_id, || self.function.rows(&run, clock, zone)).map_err(function::error)?
        };
        let mut values = values.into_iter();
        let mut made = Vec::with_capacity(rows.len());
        for row in &rows {
            let value = if skipped(row) { None } else { values.next() };
            let Some(value) = value else {
                made.push(ScalarValue::try_from(&returns.arrow())?);
                continue;
            };
            let array = value.scalar.to_array()?;
            let array = cast::cast_array_in(&array, returns, false, &settings).map_err(function::error)?;
            made.push(ScalarValue::try_from_array(&array, 0)?);
        }
        Ok(ColumnarValue::Array(ScalarValue::iter_to_array(made)?))
    }
}
