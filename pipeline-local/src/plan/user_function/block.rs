//! Functions whose body is a scripting block, which runs for every row.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF};

use super::super::made::{Body, Made};
use super::aside::aside;
use super::body::Home;
use crate::catalog::ObjectId;
use crate::catalog::def::FunctionDef;
use crate::engine::Engine;
use crate::error::SqlError;
use crate::exec::{Context, Frame, Value};
use crate::function;
use crate::scripting::{self, Block, Returned};
use crate::session::Session;
use crate::types::SqlType;

#[derive(Debug)]
struct BlockFunction {
    arguments: Vec<(String, SqlType)>,
    declared: SqlType,
    /// Whether the value is NULL, without a run, where an argument is.
    strict: bool,
    block: Block,
    engine: Arc<Engine>,
    session: Session,
    frame: Frame,
}

/// The function that runs the block of `definition`.
pub(super) fn function(
    cx: &Context<'_>,
    home: &Home,
    definition: &FunctionDef,
    declared: SqlType,
) -> crate::Result<ScalarUDF> {
    let (id, name) = home.function.as_ref().map_or((ObjectId(0), ""), |object| (object.id, object.name.as_str()));
    if declared.is_semi_structured() {
        return Err(SqlError::compilation(
            2262,
            "42601",
            format_args!("Unsupported return type for Snowscript UDF: {}", declared.family()),
        ));
    }
    let mut frame = cx.frame.clone();
    frame.role = Some(home.role.clone());
    frame.database = Some(home.database.clone());
    frame.schema = Some(home.schema.clone());
    frame.task = None;
    let arguments = definition.arguments.iter().map(|argument| (argument.name.clone(), argument.sql_type)).collect();
    let body = BlockFunction {
        arguments,
        declared,
        strict: definition.strict,
        block: scripting::parse_block(&definition.body)?,
        engine: cx.engine.clone(),
        session: cx.session.fork(),
        frame,
    };
    Ok(Made::function(id.0.to_string(), name, declared.field_ref(name, true), body))
}

impl BlockFunction {
    async fn row(&self, cx: &mut Context<'_>, arguments: Vec<ScalarValue>) -> crate::Result<ScalarValue> {
        let arguments = self
            .arguments
            .iter()
            .zip(arguments)
            .map(|((name, sql_type), scalar)| (name.clone(), Value { sql_type: *sql_type, scalar }))
            .collect();
        let returned = match scripting::run_body(cx, &self.block, arguments).await? {
            Returned::Value(value) => value,
            Returned::Table(_) => return Err(SqlError::internal("a function that returns a table")),
        };
        let value = scripting::convert(cx, returned, self.declared).await?;
        if value.is_null() {
            return ScalarValue::try_from(&self.declared.arrow()).map_err(SqlError::internal);
        }
        Ok(value.scalar)
    }

    async fn rows(&self, rows: Vec<Vec<ScalarValue>>) -> crate::Result<Vec<ScalarValue>> {
        let mut session = self.session.fork();
        let mut cx = Context { engine: &self.engine, session: &mut session, frame: self.frame.clone() };
        let mut values = Vec::with_capacity(rows.len());
        for row in rows {
            values.push(if self.strict && row.iter().any(ScalarValue::is_null) {
                ScalarValue::try_from(&self.declared.arrow()).map_err(SqlError::internal)?
            } else {
                self.row(&mut cx, row).await?
            });
        }
        Ok(values)
    }
}

impl Body for BlockFunction {
    fn invoke(&self, returns: &DataType, arguments: &ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = super::rows_of(arguments)?;
        if rows.is_empty() {
            return Ok(ColumnarValue::Array(datafusion::arrow::array::new_empty_array(returns)));
        }
        let values = aside(&self.engine, &self.frame.query_id, || self.rows(rows)).map_err(function::error)?;
        Ok(ColumnarValue::Array(ScalarValue::iter_to_array(values)?))
    }
}
