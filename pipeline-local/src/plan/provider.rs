//! Where names of relations and functions in a query lead.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Int64Array, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::catalog::MemTable;
use datafusion::catalog::cte_worktable::CteWorkTable;
use datafusion::common::config::ConfigOptions;
use datafusion::common::metadata::{FieldMetadata, ScalarAndMetadata};
use datafusion::common::{DataFusionError, ParamValues, TableReference};
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::logical_expr::planner::{ContextProvider, ExprPlanner, RelationPlanner};
use datafusion::logical_expr::{
    AggregateUDF, Expr as LogicalExpr, HigherOrderUDF, LogicalPlan, LogicalPlanBuilder, ScalarUDF, TableSource,
    WindowUDF, col,
};
use datafusion::sql::planner::{ParserOptions, PlannerContext, SqlToRel};
use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectName, Query, SelectItem, SetExpr, Statement,
    TableVersion,
};

use super::error::{Failure, failure};
use super::rewrite::{REPEATED, Rewriter};
use super::tracked::Tracked;
use super::view_stream::Asked;
use super::{functions, operators, sequence};
use crate::catalog::def::{StreamMode, TableDef, ViewDef};
use crate::catalog::{Kind, Object, ObjectId};
use crate::error::{Result, SqlError};
use crate::exec::{Binds, Context, QueryResult, Value};
use crate::parse::{self, Name};
use crate::storage::Seq;
use crate::types::SqlType;

/// A stream that a statement read, and the version up to which.
#[derive(Debug, Clone)]
pub(crate) struct StreamRead {
    pub(crate) stream: Object,
    pub(crate) to: Seq,
}

/// Resolves names for one statement.
pub(super) struct Provider<'p, 'a> {
    pub(super) cx: RefCell<&'p mut Context<'a>>,
    streams: RefCell<Vec<StreamRead>>,
    /// Relations under names that no SQL can say: table functions, time travel, sources of pipes and DML.
    special: RefCell<HashMap<String, Arc<dyn TableSource>>>,
    /// Functions made for this statement: of sequences, and calls of user-defined functions.
    pub(super) made: RefCell<HashMap<String, Arc<ScalarUDF>>>,
    views: RefCell<Vec<ObjectId>>,
    /// Whether tables are to be followed rather than read.
    tracked: Cell<bool>,
    /// The user-defined functions whose bodies are being planned, outermost first.
    pub(super) bodies: RefCell<Vec<ObjectId>>,
    options: ConfigOptions,
    planners: Vec<Arc<dyn ExprPlanner>>,
    relations: Vec<Arc<dyn RelationPlanner>>,
}

impl<'p, 'a> Provider<'p, 'a> {
    pub(super) fn new(cx: &'p mut Context<'a>, special: HashMap<String, Arc<dyn TableSource>>) -> Self {
        Self {
            cx: RefCell::new(cx),
            streams: RefCell::default(),
            special: RefCell::new(special),
            made: RefCell::default(),
            views: RefCell::default(),
            tracked: Cell::new(false),
            bodies: RefCell::default(),
            options: ConfigOptions::new(),
            planners: operators::planners(),
            relations: vec![Arc::new(super::lateral::Functions)],
        }
    }

    pub(super) fn into_streams(self) -> Vec<StreamRead> {
        self.streams.into_inner()
    }

    /// Plans a query: rewritten, resolved, its parameters filled in.
    pub(super) fn plan(&self, query: &Query, binds: &Binds) -> std::result::Result<LogicalPlan, Failure> {
        let mut query = query.clone();
        let mut rewriter = Rewriter::new(self, binds);
        rewriter.rewrite(&mut query).map_err(Failure::Other)?;
        let parameters = rewriter.parameters;
        let fields = parameters.iter().map(|value| Some(value.sql_type.field_ref("parameter", true))).collect();
        let options = ParserOptions::new()
            .with_parse_float_as_decimal(true)
            .with_enable_ident_normalization(false)
            .with_map_string_types_to_utf8view(false);
        let mut context = PlannerContext::new().with_prepare_param_data_types(fields);
        let plan = SqlToRel::new_with_options(self, options)
            .sql_statement_to_plan_with_context(Statement::Query(Box::new(query)), &mut context)
            .map_err(failure)?;
        let plan = super::lateral::resolve(plan).map_err(failure)?;
        if parameters.is_empty() {
            return self.inline(plan).map_err(failure);
        }
        let values = parameters
            .into_iter()
            .map(|value| {
                let field = value.sql_type.field("parameter", true);
                ScalarAndMetadata::new(value.scalar, Some(FieldMetadata::from(&field)))
            })
            .collect();
        let plan = plan.replace_params_with_values(&ParamValues::List(values)).map_err(failure)?;
        self.inline(plan).map_err(failure)
    }

    /// The columns of a query, each with its qualifier.
    pub(super) fn columns(&self, query: &Query, binds: &Binds) -> Result<Vec<(Option<String>, String)>> {
        let plan = self.plan(query, binds).map_err(|failure| match failure {
            Failure::UnknownColumn(column) => SqlError::invalid_identifier(column.name),
            Failure::Other(error) => error,
        })?;
        let columns = plan.schema().iter();
        Ok(columns
            .map(|(relation, field)| (relation.map(|relation| relation.table().to_owned()), field.name().clone()))
            .collect())
    }

    /// The names of a relation's columns, if there is one of this name.
    pub(super) fn column_names(&self, name: &ObjectName) -> Option<Vec<String>> {
        let name = super::name_of(name).ok()?;
        let source = self.resolve(&name).ok()?;
        Some(source.schema().fields().iter().map(|field| field.name().clone()).collect())
    }

    /// The value of a constant expression.
    pub(super) fn constant(&self, expression: &Expr, binds: &Binds) -> Result<Value> {
        let not_constant = || {
            SqlError::compilation(1003, "42000", format_args!("argument needs to be constant, found '{expression}'"))
        };
        let mut query = parse::query("SELECT NULL")?;
        if let SetExpr::Select(select) = query.body.as_mut() {
            select.projection = vec![SelectItem::UnnamedExpr(expression.clone())];
        }
        let plan = self.plan(&query, binds).map_err(Failure::into_error)?;
        super::run::constant(&plan, &self.cx.borrow())?.ok_or_else(not_constant)
    }

    /// The text of a constant expression.
    pub(super) fn constant_text(&self, rewriter: &Rewriter<'_, '_, '_>, expression: &Expr) -> Result<String> {
        let value = rewriter.constant(expression)?;
        super::text_of(&value)
            .ok_or_else(|| SqlError::compilation(1003, "42000", format_args!("'{expression}' is no text")))
    }

    /// A function for `sequence.NEXTVAL`.
    pub(super) fn sequence(&self, name: &Name) -> Result<String> {
        let cx = self.cx.borrow();
        let object = cx.object(Kind::Sequence, name, "SELECT")?;
        cx.require("USAGE", &object)?;
        let function = format!("NEXTVAL:{}", object.id);
        let implementation = sequence::next_value(cx.engine.clone(), &object)?;
        self.made.borrow_mut().insert(function.clone(), implementation);
        Ok(function)
    }

    pub(super) fn put(&self, prefix: &str, source: Arc<dyn TableSource>) -> String {
        let mut special = self.special.borrow_mut();
        let name = format!("${prefix}{}", special.len());
        special.insert(name.clone(), source);
        name
    }

    /// The version that `AT(...)` or `BEFORE(...)` means.
    pub(super) fn version(&self, rewriter: &Rewriter<'_, '_, '_>, version: TableVersion) -> Result<Seq> {
        let TableVersion::Function(Expr::Function(function)) = version else {
            return Err(SqlError::unsupported("this form of time travel; use AT(...) or BEFORE(...)"));
        };
        self.point(rewriter, &function)
    }

    /// The version that `AT(...)`, `BEFORE(...)` or `END(...)` means.
    fn point(&self, rewriter: &Rewriter<'_, '_, '_>, function: &Function) -> Result<Seq> {
        let before = function.name.to_string().eq_ignore_ascii_case("BEFORE");
        let FunctionArguments::List(list) = &function.args else {
            return Err(SqlError::syntax("AT needs an argument"));
        };
        let [argument] = list.args.as_slice() else { return Err(SqlError::syntax("AT takes one argument")) };
        let (name, value) = self.argument(rewriter, argument)?;
        let cx = self.cx.borrow();
        let (instant, before) = match name.as_str() {
            "TIMESTAMP" => (super::instant_of(&value, cx.session.parameters.time_zone())?, before),
            "OFFSET" => match super::integer_of(&value) {
                Some(seconds) if seconds <= 0 => (cx.frame.now + seconds as i64 * 1_000_000, before),
                _ => {
                    let shown = super::text_of(&value).unwrap_or_default();
                    return Err(SqlError::compilation(
                        1003,
                        "42000",
                        format_args!("Invalid data type [{shown}] in AT(OFFSET => {shown})"),
                    ));
                }
            },
            "STATEMENT" => {
                let id = super::text_of(&value).unwrap_or_default();
                let record = cx.engine.history.get(&id);
                let record = record
                    .ok_or_else(|| SqlError::compilation(707, "02000", format_args!("Statement {id} not found")))?;
                if before { (record.started_at, true) } else { (record.ended_at().unwrap_or(record.started_at), false) }
            }
            "STREAM" => {
                let stream = super::text_of(&value).unwrap_or_default();
                return super::stream::offset(&cx, &stream);
            }
            other => return Err(SqlError::unsupported(format_args!("AT({other} => ...)"))),
        };
        cx.engine.storage.seq_at(if before { instant - 1 } else { instant })
    }

    /// A table as it was at a version, under a name of its own.
    pub(super) fn at_version(&self, name: &Name, at: Seq) -> Result<String> {
        let object = self.find(name)?;
        if object.kind != Kind::Table {
            return Err(SqlError::unsupported(format_args!("time travel on {} {}", object.kind, object.name)));
        }
        let source = self.table(&object, Some(at))?;
        Ok(self.put("AT", source))
    }

    /// `table CHANGES(INFORMATION => ...) AT(...) [END(...)]`, under a name of its own.
    pub(super) fn changes(
        &self,
        rewriter: &Rewriter<'_, '_, '_>,
        name: &Name,
        [changes, at, end]: [Option<Expr>; 3],
    ) -> Result<String> {
        let mode = match information(changes.as_ref()).as_deref() {
            Some("DEFAULT") => StreamMode::Standard,
            Some("APPEND_ONLY") => StreamMode::AppendOnly,
            _ => return Err(SqlError::syntax("CHANGES takes INFORMATION => DEFAULT or INFORMATION => APPEND_ONLY.")),
        };
        let point = |expression: Option<Expr>| match expression {
            Some(Expr::Function(function)) => self.point(rewriter, &function).map(Some),
            Some(other) => Err(SqlError::syntax(format_args!("'{other}' is no point in time"))),
            None => Ok(None),
        };
        let object = self.find(name)?;
        self.cx.borrow().require("SELECT", &object)?;
        let current = self.cx.borrow().engine.storage.current_seq();
        let from = point(at)?.unwrap_or(current);
        let to = point(end)?.unwrap_or(current).max(from);
        let (plan, bases) = match object.kind {
            Kind::Table => (None, vec![object.clone()]),
            Kind::View => {
                let plan = self.tracked_view(&object)?;
                let (bases, joins) = super::tracked::base_tables(&plan)?;
                (Some((plan, joins)), bases)
            }
            other => return Err(SqlError::unsupported(format_args!("CHANGES of a {other}"))),
        };
        let cx = self.cx.borrow();
        for base in &bases {
            let def: TableDef = base.definition()?;
            if def.changes_from.is_none_or(|since| from < since) {
                return Err(super::stream::not_tracked(&base.name));
            }
        }
        let storage = &cx.engine.storage;
        let source = match plan {
            Some((plan, joins)) => {
                super::view_stream::source(storage, &plan, joins, Asked { from, to, mode, initial: false })?
            }
            None => {
                let def: TableDef = object.definition()?;
                memory(super::stream::schema(&def), storage.changes(object.id, &def, from, to, mode)?)?
            }
        };
        Ok(self.put("CHANGES", source))
    }

    pub(super) fn argument(&self, rewriter: &Rewriter<'_, '_, '_>, argument: &FunctionArg) -> Result<(String, Value)> {
        match argument {
            FunctionArg::Named { name, arg: FunctionArgExpr::Expr(expression), .. } => {
                Ok((name.value.to_ascii_uppercase(), rewriter.constant(expression)?))
            }
            FunctionArg::ExprNamed { name: Expr::Identifier(name), arg: FunctionArgExpr::Expr(expression), .. } => {
                Ok((name.value.to_ascii_uppercase(), rewriter.constant(expression)?))
            }
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => {
                Ok((String::new(), rewriter.constant(expression)?))
            }
            other => Err(SqlError::unsupported(format_args!("argument {other} of a table function"))),
        }
    }

    /// The rows of a table function, under a name of their own; and the alias they have by default.
    pub(super) fn table_function(
        &self,
        rewriter: &Rewriter<'_, '_, '_>,
        name: &Name,
        arguments: &[FunctionArg],
    ) -> Result<(String, String)> {
        if !super::user_function::built_in_table(name)
            && let Some(table) = self.user_table(rewriter, name, arguments)?
        {
            return Ok((table, name.object().to_owned()));
        }
        let arguments =
            arguments.iter().map(|argument| self.argument(rewriter, argument)).collect::<Result<Vec<_>>>()?;
        let cx = self.cx.borrow();
        let function = name.object();
        let default = function.to_owned();
        let named = |key: &str, position: usize| {
            arguments
                .iter()
                .find(|(name, _)| name == key)
                .or_else(|| arguments.iter().filter(|(name, _)| name.is_empty()).nth(position))
                .map(|(_, value)| value)
        };
        if name.parts.len() == 1 {
            match function {
                "GENERATOR" => {
                    if let Some((unknown, _)) = arguments.iter().find(|(name, _)| name != "ROWCOUNT") {
                        return Err(SqlError::unsupported(format_args!("GENERATOR({unknown} => ...)")));
                    }
                    let count = named("ROWCOUNT", 0).and_then(super::integer_of).filter(|count| *count >= 0);
                    let count = count.ok_or_else(|| {
                        SqlError::compilation(1003, "42000", "GENERATOR needs ROWCOUNT => a whole number.")
                    })?;
                    let schema = Arc::new(Schema::new(vec![SqlType::INTEGER.field(super::GENERATOR, false)]));
                    let counter = Int64Array::from_iter_values(0..count as i64);
                    let array = datafusion::arrow::compute::cast(&counter, &SqlType::INTEGER.arrow())?;
                    let batch = RecordBatch::try_new(schema.clone(), vec![array])?;
                    return Ok((self.put("GENERATOR", memory(schema, vec![batch])?), default));
                }
                "RESULT_SCAN" => {
                    let id = named("", 0).and_then(super::text_of).unwrap_or_default();
                    let result = cx.engine.history.result(&id, &cx.session.user)?;
                    return Ok((self.put("RESULT", rows(&result)?), default));
                }
                _ => {}
            }
        }
        let schema = name.schema().or(cx.schema()).unwrap_or_default();
        if schema == "INFORMATION_SCHEMA" {
            if let Some(database) = name.database() {
                cx.find_database(database)?;
            }
            let families =
                [crate::task::table_function, crate::notification::table_function, crate::history::table_function];
            let mut found = None;
            for family in families {
                if found.is_none() {
                    found = family(&cx, function, &arguments)?;
                }
            }
            if let Some(result) = found {
                return Ok((self.put("FUNCTION", rows(&result)?), default));
            }
        }
        Err(SqlError::compilation(2141, "42601", format_args!("Unknown table function {name}")))
    }

    fn find(&self, name: &Name) -> Result<Object> {
        let cx = self.cx.borrow();
        let missing = || SqlError::does_not_exist("Object", name);
        match cx.find_relation(name, "SELECT")? {
            Some(object) => Ok(object),
            // The search path: the current schema, then PUBLIC.
            None if name.parts.len() == 1 && cx.schema() != Some("PUBLIC") => {
                let public = Name { parts: vec!["PUBLIC".to_owned(), name.object().to_owned()] };
                cx.find_relation(&public, "SELECT")?.ok_or_else(missing)
            }
            None => Err(missing()),
        }
    }

    fn resolve(&self, name: &Name) -> Result<Arc<dyn TableSource>> {
        if let Some(result) = self.information(name)? {
            return rows(&result);
        }
        let object = self.find(name)?;
        self.cx.borrow().require("SELECT", &object)?;
        match object.kind {
            Kind::Table if self.tracked.get() => Ok(Arc::new(Tracked::new(&object)?)),
            Kind::Table => self.table(&object, None),
            Kind::View => self.view(&object),
            Kind::Stream if self.tracked.get() => Err(SqlError::compilation(
                2,
                "0A000",
                format_args!("Change tracking is not supported on queries with streams, saw '{}'.", object.name),
            )),
            Kind::Stream => self.stream(&object),
            other => Err(SqlError::unsupported(format_args!("SELECT from a {other}"))),
        }
    }

    fn information(&self, name: &Name) -> Result<Option<QueryResult>> {
        let cx = self.cx.borrow();
        let schema = match name.schema() {
            Some(schema) => schema,
            None => cx.schema().unwrap_or_default(),
        };
        if schema != "INFORMATION_SCHEMA" {
            return Ok(None);
        }
        let database = match name.database() {
            Some(database) => cx.find_database(database)?,
            None => cx.current_database("SELECT")?,
        };
        match crate::statement::information_schema::view(&cx, &database, name.object())? {
            Some(result) => Ok(Some(result)),
            None => Err(SqlError::does_not_exist("Object", name)),
        }
    }

    fn table(&self, object: &Object, at: Option<Seq>) -> Result<Arc<dyn TableSource>> {
        let cx = self.cx.borrow();
        let def: TableDef = object.definition()?;
        let transaction = match at {
            Some(_) => None,
            None => cx.session.transactions.last().map(|open| &open.transaction),
        };
        let at = at.unwrap_or_else(|| cx.engine.storage.current_seq());
        let batches = cx.engine.storage.scan(object.id, &def, at, transaction, false)?;
        memory(schema_of(&def), batches)
    }

    fn stream(&self, object: &Object) -> Result<Arc<dyn TableSource>> {
        let opened = {
            let cx = self.cx.borrow();
            let opened = super::stream::open(&cx, object)?;
            cx.require("SELECT", &opened.source)?;
            opened
        };
        let to = super::stream::upper(&self.cx.borrow(), &opened);
        let source = if opened.source.kind == Kind::View {
            let plan = self.tracked_view(&opened.source)?;
            let (bases, joins) = super::tracked::base_tables(&plan)?;
            let cx = self.cx.borrow();
            if bases.iter().any(|base| !opened.bases.iter().any(|known| known.id == base.id)) {
                // A name in the view leads to another table than it did when the stream was created.
                let gone = opened.bases.iter().find(|known| !bases.iter().any(|base| base.id == known.id));
                return Err(super::stream::dropped(&cx, object, gone.unwrap_or(&opened.source).id)?);
            }
            let asked = Asked { from: opened.state.offset, to, mode: opened.def.mode, initial: opened.state.initial };
            super::view_stream::source(&cx.engine.storage, &plan, joins, asked)?
        } else {
            let cx = self.cx.borrow();
            let def: TableDef = opened.source.definition()?;
            memory(super::stream::schema(&def), super::stream::rows(&cx, &opened, &def, to)?)?
        };
        let mut streams = self.streams.borrow_mut();
        if !streams.iter().any(|read| read.stream.id == object.id) {
            streams.push(StreamRead { stream: object.clone(), to });
        }
        Ok(source)
    }

    /// The query of a view over tables whose rows can be followed.
    pub(super) fn tracked_view(&self, object: &Object) -> Result<LogicalPlan> {
        let before = self.tracked.replace(true);
        let plan = self.view_plan(object);
        self.tracked.set(before);
        plan
    }

    fn view(&self, object: &Object) -> Result<Arc<dyn TableSource>> {
        Ok(provider_as_source(Arc::new(ViewTable::new(self.view_plan(object)?, None))))
    }

    fn view_plan(&self, object: &Object) -> Result<LogicalPlan> {
        if self.views.borrow().contains(&object.id) {
            return Err(SqlError::compilation(2037, "42601", format_args!("View {} refers to itself.", object.name)));
        }
        let def: ViewDef = object.definition()?;
        let query = parse::query(&def.query)?;
        // A view sees what its owner sees, with names as in its own schema.
        let frame = {
            let mut cx = self.cx.borrow_mut();
            let (database, schema) = cx.engine.catalog.containers(object)?;
            let mut inner = cx.frame.clone();
            inner.role = Some(object.owner.clone());
            inner.schema = Some(schema.name);
            inner.database = Some(database.name);
            std::mem::replace(&mut cx.frame, inner)
        };
        self.views.borrow_mut().push(object.id);
        let planned = self.plan_with_aliases(&query, &Binds::none());
        self.views.borrow_mut().pop();
        self.cx.borrow_mut().frame = frame;
        let plan = planned.map_err(|failure| {
            let error = match failure {
                Failure::UnknownColumn(column) => SqlError::invalid_identifier(column.name),
                Failure::Other(error) => error,
            };
            SqlError { message: format!("{}\nin the definition of view {}", error.message, object.name), ..error }
        })?;
        renamed(plan, def.columns.iter().map(|column| column.name.clone()).collect(), &object.name)
    }

    /// Plans; a name that no relation has is looked up among the aliases of the select list, as Snowflake does.
    pub(super) fn plan_with_aliases(&self, query: &Query, binds: &Binds) -> std::result::Result<LogicalPlan, Failure> {
        let mut query = query.clone();
        for _ in 0..16 {
            match self.plan(&query, binds) {
                Err(Failure::UnknownColumn(column))
                    if column.relation.is_none() && super::alias::substitute(&mut query, &column.name) => {}
                other => return other,
            }
        }
        self.plan(&query, binds)
    }
}

/// The word of `CHANGES(INFORMATION => word)`.
fn information(changes: Option<&Expr>) -> Option<String> {
    let Some(Expr::Function(function)) = changes else { return None };
    let FunctionArguments::List(list) = &function.args else { return None };
    let (name, value) = match list.args.as_slice() {
        [FunctionArg::Named { name, arg: FunctionArgExpr::Expr(value), .. }] => (name, value),
        [FunctionArg::ExprNamed { name: Expr::Identifier(name), arg: FunctionArgExpr::Expr(value), .. }] => {
            (name, value)
        }
        _ => return None,
    };
    name.value.eq_ignore_ascii_case("INFORMATION").then(|| value.to_string().to_uppercase())
}

/// The Arrow schema of a table with its NOT NULL columns.
pub(crate) fn schema_of(def: &TableDef) -> SchemaRef {
    Arc::new(Schema::new(
        def.columns.iter().map(|column| column.sql_type.field_ref(&column.name, column.nullable)).collect::<Vec<_>>(),
    ))
}

/// Rows in memory as a relation.
pub(crate) fn memory(schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<Arc<dyn TableSource>> {
    let batches = batches
        .into_iter()
        .map(|batch| Ok(RecordBatch::try_new(schema.clone(), batch.columns().to_vec())?))
        .collect::<Result<Vec<_>>>()?;
    let table = MemTable::try_new(schema, vec![batches]).map_err(SqlError::internal)?;
    Ok(provider_as_source(Arc::new(table)))
}

/// A result as a relation; repeated column names get a number.
pub(crate) fn rows(result: &QueryResult) -> Result<Arc<dyn TableSource>> {
    let mut seen = HashMap::new();
    let fields: Vec<_> = result
        .columns
        .iter()
        .map(|column| {
            let count: &mut usize = seen.entry(column.name.clone()).or_default();
            *count += 1;
            let name = if *count > 1 { format!("{}{REPEATED}{count}", column.name) } else { column.name.clone() };
            column.sql_type.field(&name, true)
        })
        .collect();
    memory(Arc::new(Schema::new(fields)), result.batches.clone())
}

fn renamed(plan: LogicalPlan, names: Vec<String>, view: &str) -> Result<LogicalPlan> {
    if names.is_empty() {
        return Ok(plan);
    }
    if names.len() != plan.schema().fields().len() {
        return Err(SqlError::compilation(
            2057,
            "42601",
            format_args!(
                "View definition for '{view}' declared {} column(s), but view query produces {} column(s).",
                names.len(),
                plan.schema().fields().len()
            ),
        ));
    }
    let columns: Vec<LogicalExpr> =
        plan.schema().columns().into_iter().zip(names).map(|(column, name)| col(column).alias(name)).collect();
    LogicalPlanBuilder::from(plan).project(columns).and_then(LogicalPlanBuilder::build).map_err(SqlError::internal)
}

impl ContextProvider for Provider<'_, '_> {
    fn get_table_source(&self, name: TableReference) -> datafusion::common::Result<Arc<dyn TableSource>> {
        let parts = match name {
            TableReference::Bare { table } => vec![table.to_string()],
            TableReference::Partial { schema, table } => vec![schema.to_string(), table.to_string()],
            TableReference::Full { catalog, schema, table } => {
                vec![catalog.to_string(), schema.to_string(), table.to_string()]
            }
        };
        if let [only] = parts.as_slice()
            && let Some(source) = self.special.borrow().get(only)
        {
            return Ok(source.clone());
        }
        self.resolve(&Name { parts }).map_err(|error| DataFusionError::External(Box::new(error)))
    }

    fn create_cte_work_table(&self, name: &str, schema: SchemaRef) -> datafusion::common::Result<Arc<dyn TableSource>> {
        Ok(provider_as_source(Arc::new(CteWorkTable::new(name, schema))))
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        &self.planners
    }

    fn get_relation_planners(&self) -> &[Arc<dyn RelationPlanner>] {
        &self.relations
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        self.made.borrow().get(name).cloned().or_else(|| functions::scalar(name))
    }

    fn get_higher_order_meta(&self, _: &str) -> Option<Arc<HigherOrderUDF>> {
        None
    }

    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        functions::aggregate(name)
    }

    fn get_window_meta(&self, name: &str) -> Option<Arc<WindowUDF>> {
        functions::window(name)
    }

    fn get_variable_type(&self, _: &[String]) -> Option<DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        &self.options
    }

    fn udf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udaf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udwf_names(&self) -> Vec<String> {
        Vec::new()
    }
}
