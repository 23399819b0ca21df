//! User-defined functions in queries. A call is planned as a placeholder that knows the overloads ([`call`]); once the
//! types of the arguments are known, the body takes its place ([`inline`]). Scripting bodies, JavaScript, and queries that
//! cannot be joined to the calling one, stay functions and run for every row ([`block`], [`script`], [`query`]), as do table functions over
//! columns ([`lateral`]).

pub(super) mod aside;
mod block;
mod body;
mod call;
mod inline;
mod lateral;
mod query;
mod script;

use std::sync::Arc;

use datafusion::common::ScalarValue;
use datafusion::common::metadata::FieldMetadata;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, ScalarFunctionArgs, col,
};
use datafusion::sql::sqlparser::ast::{Function, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectName};

use super::ast::name_of;
use super::error::{Failure, failure};
use super::provider::Provider;
use super::rewrite::Rewriter;
use super::{Special, context_functions, functions, run};
use crate::access;
use crate::catalog::def::{FunctionDef, FunctionForm, Returns};
use crate::catalog::{Kind, Object};
use crate::error::{Result, SqlError};
use crate::exec::{Context, Value};
use crate::parse::Name;
use crate::routine::{self, Supplied};
use crate::types::SqlType;

/// Whether a name is that of a function of Snowflake's own.
pub(crate) fn is_built_in(name: &ObjectName) -> bool {
    name_of(name).is_ok_and(|name| name.parts.len() == 1 && built_in(&name.object().to_ascii_uppercase()))
}

/// The same for a name in upper case.
pub(super) fn built_in(name: &str) -> bool {
    functions::exists(name)
        || context_functions::is_one(name)
        || matches!(name, "IF" | "IFF" | "LEN" | "SUBSTRING" | "IDENTIFIER")
}

/// Whether a name is that of a table function of Snowflake's own.
pub(super) fn built_in_table(name: &Name) -> bool {
    let own = ["GENERATOR", "RESULT_SCAN", "FLATTEN", "SPLIT_TO_TABLE", "STRTOK_SPLIT_TO_TABLE"];
    name.parts.len() == 1 && own.contains(&name.object())
}

/// Checks a function that is about to be created: that its body can be planned, and returns what is declared.
pub(crate) fn check_function(cx: &mut Context<'_>, schema: &Object, definition: &FunctionDef) -> Result<()> {
    if matches!(definition.form, FunctionForm::Block | FunctionForm::Script) {
        return Ok(());
    }
    let database = schema.parent.map(|parent| cx.engine.catalog.by_id(parent)).transpose()?.flatten();
    let database = database.ok_or_else(|| SqlError::internal("a schema without a database"))?;
    let provider = Provider::new(cx, Special::new());
    let home = body::Home {
        function: None,
        role: provider.cx.borrow().role().to_owned(),
        database: database.name,
        schema: schema.name.clone(),
    };
    let arguments: Vec<_> = definition.arguments.iter().map(|argument| null(argument.sql_type)).collect();
    for argument in &definition.arguments {
        if let Some(default) = &argument.default {
            provider.default_argument(&home, default)?;
        }
    }
    match &definition.returns {
        Returns::Scalar(declared) => {
            let body = provider.scalar_body(&home, definition)?;
            let actual = body.sql_type;
            if let Some(actual) = actual
                && !compatible(actual, *declared)
            {
                return Err(incompatible(*declared, actual));
            }
            let plan = LogicalPlanBuilder::empty(true)
                .project([body.with_arguments(&arguments, &datafusion::common::DFSchema::empty()).map_err(other)?])
                .and_then(LogicalPlanBuilder::build)
                .map_err(other)?;
            run::ready(plan, &provider.cx.borrow()).map_err(Failure::into_error)?;
        }
        Returns::Table(columns) => {
            let plan = provider.table_body(&home, definition)?.with_arguments(&arguments).map_err(other)?;
            let plan = declared_columns(plan, columns)?;
            run::ready(plan, &provider.cx.borrow()).map_err(Failure::into_error)?;
        }
    }
    Ok(())
}

fn compatible(actual: SqlType, declared: SqlType) -> bool {
    actual.family() == declared.family() || (actual.is_semi_structured() && declared.is_semi_structured())
}

fn incompatible(declared: impl std::fmt::Display, actual: impl std::fmt::Display) -> SqlError {
    SqlError::compilation(
        2262,
        "42601",
        format_args!("Declared return type {declared} is incompatible with actual return type {actual}"),
    )
}

fn other(error: datafusion::common::DataFusionError) -> SqlError {
    failure(error).into_error()
}

/// NULL of a type.
fn null(sql_type: SqlType) -> Expr {
    let scalar = ScalarValue::try_from(&sql_type.arrow()).unwrap_or(ScalarValue::Null);
    constant(Value { sql_type, scalar })
}

/// A value as an expression.
pub(super) fn constant(value: Value) -> Expr {
    let field = value.sql_type.field("argument", true);
    Expr::Literal(value.scalar, Some(FieldMetadata::from(&field)))
}

/// An argument as the type that the function declares.
fn argument(expression: Expr, declared: SqlType) -> Expr {
    // Lengths of texts are not part of an argument's type.
    let declared = if matches!(declared, SqlType::Varchar(_)) { SqlType::TEXT } else { declared };
    cast(expression, declared)
}

fn cast(expression: Expr, to: SqlType) -> Expr {
    functions::cast(to, false).call(vec![expression])
}

/// The rows of a table function's body with the names and types that RETURNS TABLE declares.
fn declared_columns(plan: LogicalPlan, columns: &[(String, SqlType)]) -> Result<LogicalPlan> {
    let schema = plan.schema().clone();
    let actual: Vec<_> = schema.fields().iter().map(|field| SqlType::of(field)).collect();
    let fits = actual.len() == columns.len()
        && schema
            .fields()
            .iter()
            .zip(&actual)
            .zip(columns)
            .all(|((field, actual), (_, declared))| field.data_type().is_null() || compatible(*actual, *declared));
    if !fits {
        let list = |types: Vec<String>| format!("TABLE ({})", types.join(", "));
        return Err(incompatible(
            list(columns.iter().map(|(_, sql_type)| sql_type.to_string()).collect()),
            list(actual.iter().map(SqlType::to_string).collect()),
        ));
    }
    let projected = schema
        .columns()
        .into_iter()
        .zip(columns)
        .map(|(column, (name, sql_type))| cast(col(column), *sql_type).alias(name));
    LogicalPlanBuilder::from(plan).project(projected).and_then(LogicalPlanBuilder::build).map_err(other)
}

impl Provider<'_, '_> {
    /// The overloads of a function that the role may use: those of the schema it names, or of the search path.
    fn functions(&self, name: &Name) -> Result<Vec<Object>> {
        let cx = self.cx.borrow();
        let mut places = vec![name.clone()];
        if name.parts.len() == 1 && cx.schema() != Some("PUBLIC") {
            places.push(Name { parts: vec!["PUBLIC".to_owned(), name.object().to_owned()] });
        }
        for place in places {
            let schema = match cx.schema_of(&place, "SELECT") {
                Ok(schema) => schema,
                Err(error) if matches!(error.code, 2003 | 90105 | 90106) => continue,
                Err(error) => return Err(error),
            };
            let mut found = Vec::new();
            for object in routine::visible(&cx, Kind::Function, &schema, name.object())? {
                if access::holds(&cx, &object, &["USAGE"])? {
                    found.push(object);
                }
            }
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// Under which name the planner finds the scalar function that a call means, and the call's arguments; none when
    /// there is no function of this name.
    pub(super) fn user_function(
        &self,
        name: &Name,
        function: &Function,
    ) -> Result<Option<(String, Vec<datafusion::sql::sqlparser::ast::Expr>)>> {
        let overloads = self.functions(name)?;
        if overloads.is_empty() {
            return Ok(None);
        }
        let mut candidates = Vec::new();
        for object in overloads {
            let definition: FunctionDef = object.definition()?;
            if matches!(definition.returns, Returns::Scalar(_)) {
                candidates.push((object, definition));
            }
        }
        if candidates.is_empty() {
            return Err(SqlError::compilation(
                1003,
                "42000",
                format_args!("{name} is a table function: write TABLE({name}(...)) in FROM."),
            ));
        }
        if function.over.is_some() || !function.within_group.is_empty() {
            return Err(SqlError::unsupported(format_args!("OVER or WITHIN GROUP after the function {name}")));
        }
        let mut names = Vec::new();
        let mut expressions = Vec::new();
        if let FunctionArguments::List(list) = &function.args {
            if list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
                return Err(SqlError::unsupported(format_args!("clauses among the arguments of the function {name}")));
            }
            for argument in &list.args {
                let (given, expression) = match argument {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => (None, expression),
                    FunctionArg::Named { name, arg: FunctionArgExpr::Expr(expression), .. } => {
                        (Some(name.value.clone()), expression)
                    }
                    other => {
                        return Err(SqlError::unsupported(format_args!("argument {other} of the function {name}")));
                    }
                };
                names.push(given);
                expressions.push(expression.clone());
            }
        }
        let start = function.name.0.first().and_then(|part| part.as_ident()).map(|ident| ident.span.start);
        let place = start.map_or((0, 0), |start| (start.line as u32, (start.column as u32).saturating_sub(1)));
        let placeholder = call::Call::new(name, self.cx.borrow().role(), candidates, names, place.0.max(1), place.1);
        let key = placeholder.key().to_owned();
        self.made.borrow_mut().insert(key.clone(), Arc::new(placeholder.into()));
        Ok(Some((key, expressions)))
    }

    /// The overloads of a table function, with their arguments.
    fn table_overloads(&self, name: &Name) -> Result<Vec<(Object, Vec<crate::catalog::def::Argument>)>> {
        let mut found = Vec::new();
        for object in self.functions(name)? {
            let routine::Routine { arguments, returns, .. } = routine::of(&object)?;
            if matches!(returns, Returns::Table(_)) {
                found.push((object, arguments));
            }
        }
        Ok(found)
    }

    /// The rows of a call of a user-defined table function, under a name of their own; none when there is no function
    /// of this name.
    pub(super) fn user_table(
        &self,
        rewriter: &Rewriter<'_, '_, '_>,
        name: &Name,
        given: &[FunctionArg],
    ) -> Result<Option<String>> {
        let candidates = self.table_overloads(name)?;
        if candidates.is_empty() {
            return Ok(None);
        }
        let mut supplied = Vec::new();
        let mut values = Vec::new();
        for argument in given {
            let (argument_name, value) = self.argument(rewriter, argument).map_err(|error| match error.code {
                904 => {
                    SqlError::unsupported(format_args!("columns of other tables as arguments of TABLE({name}(...))"))
                }
                _ => error,
            })?;
            supplied.push(Supplied {
                name: (!argument_name.is_empty()).then_some(argument_name),
                sql_type: (!value.is_null()).then_some(value.sql_type),
            });
            values.push(constant(value));
        }
        let object = routine::choose(name.object(), candidates, &supplied, (1, 0))?;
        let definition: FunctionDef = object.definition()?;
        let home = self.home(&object)?;
        let names: Vec<_> = supplied.into_iter().map(|supplied| supplied.name).collect();
        let arguments = self.arguments(&home, &definition, &names, values)?;
        let Returns::Table(columns) = &definition.returns else {
            return Err(SqlError::internal("a table function that returns no table"));
        };
        let plan = self.table_body(&home, &definition)?.with_arguments(&arguments).map_err(other)?;
        let plan = declared_columns(plan, columns)?;
        Ok(Some(self.put("FUNCTION", provider_as_source(Arc::new(ViewTable::new(plan, None))))))
    }

    /// The arguments of a call in the order and the types that the function declares, defaults filled in.
    fn arguments(
        &self,
        home: &body::Home,
        definition: &FunctionDef,
        names: &[Option<String>],
        given: Vec<Expr>,
    ) -> Result<Vec<Expr>> {
        let places = routine::placed(&definition.arguments, names)
            .ok_or_else(|| SqlError::internal("a call that does not fit the function it was planned for"))?;
        let mut arguments = Vec::with_capacity(places.len());
        for (declared, place) in definition.arguments.iter().zip(places) {
            let expression = match (place.and_then(|place| given.get(place)), &declared.default) {
                (Some(given), _) => given.clone(),
                (None, Some(default)) => self.default_argument(home, default)?,
                (None, None) => null(declared.sql_type),
            };
            arguments.push(argument(expression, declared.sql_type));
        }
        Ok(arguments)
    }
}

/// The arguments of every row of a batch.
pub(super) fn rows_of(arguments: &ScalarFunctionArgs) -> datafusion::common::Result<Vec<Vec<ScalarValue>>> {
    let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
    let count = if arrays.is_empty() { arguments.number_rows } else { arrays[0].len() };
    (0..count).map(|row| arrays.iter().map(|array| ScalarValue::try_from_array(array, row)).collect()).collect()
}

/// The type of an expression; none for a bare NULL.
fn type_of(expression: &Expr, schema: &datafusion::common::DFSchema) -> datafusion::common::Result<Option<SqlType>> {
    let (_, field) = expression.to_field(schema)?;
    Ok((!field.data_type().is_null()).then(|| SqlType::of(&field)))
}
