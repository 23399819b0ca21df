//! Functions whose body is a scripting block, which runs for every row.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

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
    id: ObjectId,
    name: String,
    arguments: Vec<(String, SqlType)>,
    declared: SqlType,
    block: Block,
    engine: Arc<Engine>,
    session: Session,
    frame: Frame,
    signature: Signature,
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
    Ok(ScalarUDF::new_from_impl(BlockFunction {
        id,
        name: name.to_owned(),
        arguments,
        declared,
        block: scripting::parse_block(&definition.body)?,
        engine: cx.engine.clone(),
        session: cx.session.fork(),
        frame,
        signature: Signature::user_defined(Volatility::Volatile),
    }))
}

impl PartialEq for BlockFunction {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for BlockFunction {}

impl Hash for BlockFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
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
            values.push(self.row(&mut cx, row).await?);
        }
        Ok(values)
    }
}

impl ScalarUDFImpl for BlockFunction {
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
        Ok(self.declared.arrow())
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(self.declared.field_ref(&self.name, true))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = super::rows_of(&arguments)?;
        if rows.is_empty() {
            return Ok(ColumnarValue::Array(datafusion::arrow::array::new_empty_array(&self.declared.arrow())));
        }
        let values = aside(&self.engine, &self.frame.query_id, || self.rows(rows)).map_err(function::error)?;
        Ok(ColumnarValue::Array(ScalarValue::iter_to_array(values)?))
    }
}
