//! The placeholder of a call: it knows the overloads and tells the type of the one that the arguments choose.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use crate::catalog::Object;
use crate::catalog::def::{FunctionDef, Returns};
use crate::error::SqlError;
use crate::function;
use crate::parse::Name;
use crate::routine::{self, Supplied};
use crate::types::SqlType;

#[derive(Debug)]
pub(super) struct Call {
    key: String,
    name: String,
    candidates: Vec<(Object, FunctionDef)>,
    /// The names of the arguments that were given by name.
    names: Vec<Option<String>>,
    place: (u32, u32),
    signature: Signature,
}

impl Call {
    pub(super) fn new(
        name: &Name,
        role: &str,
        candidates: Vec<(Object, FunctionDef)>,
        names: Vec<Option<String>>,
        line: u32,
        position: u32,
    ) -> Self {
        // Calls alike have one name, so that GROUP BY knows them again. Each role sees its own overloads.
        let schema = candidates.first().and_then(|(object, _)| object.parent);
        let schema = schema.map_or_else(String::new, |schema| schema.to_string());
        Self {
            key: format!("UDF:{schema}:{role}:{}:{names:?}", name.object()),
            name: name.object().to_owned(),
            candidates,
            names,
            place: (line, position),
            signature: Signature::user_defined(Volatility::Volatile),
        }
    }

    /// The name under which the planner finds it.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// The names of the arguments that were given by name.
    pub(super) fn names(&self) -> &[Option<String>] {
        &self.names
    }

    /// The overload for arguments of these types.
    pub(super) fn overload(&self, types: &[Option<SqlType>]) -> crate::Result<(&Object, &FunctionDef)> {
        let supplied: Vec<_> = self
            .names
            .iter()
            .zip(types)
            .map(|(name, sql_type)| Supplied { name: name.clone(), sql_type: *sql_type })
            .collect();
        let candidates =
            self.candidates.iter().map(|(object, definition)| (object.clone(), definition.arguments.clone())).collect();
        let chosen = routine::choose(&self.name, candidates, &supplied, self.place)?;
        let found = self.candidates.iter().find(|(object, _)| object.id == chosen.id);
        found.map(|(object, definition)| (object, definition)).ok_or_else(|| SqlError::internal("an unknown overload"))
    }
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Call {}

impl Hash for Call {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl ScalarUDFImpl for Call {
    #[expect(clippy::misnamed_getters, reason = "DataFusion knows each call apart by its key")]
    fn name(&self) -> &str {
        &self.key
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Err(function::error(SqlError::internal("the type of a function depends on its overload")))
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let types: Vec<_> = arguments
            .arg_fields
            .iter()
            .map(|field| (!field.data_type().is_null()).then(|| SqlType::of(field)))
            .collect();
        let (_, definition) = self.overload(&types).map_err(function::error)?;
        match &definition.returns {
            Returns::Scalar(sql_type) => Ok(Arc::new(sql_type.field(&self.key, true))),
            Returns::Table(_) => Err(function::error(SqlError::internal("a table function in an expression"))),
        }
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Err(function::error(SqlError::internal(format_args!("the body of {} was not put in its place", self.name))))
    }
}
