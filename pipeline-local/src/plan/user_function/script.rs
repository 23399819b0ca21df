//! Functions in JavaScript, which run for every row.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF};

use super::super::made::{Body, Made};
use super::aside::aside;
use crate::catalog::Object;
use crate::catalog::def::FunctionDef;
use crate::engine::Engine;
use crate::exec::{Context, Value};
use crate::function::{self, Settings, cast};
use crate::javascript::ScriptFunction;
use crate::types::SqlType;

#[derive(Debug)]
struct Script {
    function: ScriptFunction,
    arguments: Vec<SqlType>,
    strict: bool,
    engine: Arc<Engine>,
    query_id: String,
}

/// The function that runs the script of `definition`.
pub(super) fn function(cx: &Context<'_>, object: &Object, definition: &FunctionDef, declared: SqlType) -> ScalarUDF {
    let body = Script {
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
    };
    Made::function(object.id.0.to_string(), &object.name, declared.field_ref(&object.name, true), body)
}

impl Body for Script {
    fn invoke(&self, _: &DataType, arguments: &ScalarFunctionArgs) -> Result<ColumnarValue> {
        let returns = self.function.returns;
        let settings = Settings::from_config(&arguments.config_options);
        let rows: Vec<Vec<Value>> = super::rows_of(arguments)?
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
