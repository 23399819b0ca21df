//! Where names of relations and functions in a query lead.

mod context;
mod relation;
mod stored;
mod table_function;
mod travel;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::MemTable;
use datafusion::common::ParamValues;
use datafusion::common::config::ConfigOptions;
use datafusion::common::metadata::{FieldMetadata, ScalarAndMetadata};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::planner::{ExprPlanner, RelationPlanner};
use datafusion::logical_expr::{LogicalPlan, ScalarUDF, TableSource};
use datafusion::sql::planner::{ParserOptions, PlannerContext, SqlToRel};
use datafusion::sql::sqlparser::ast::{Expr, ObjectName, Query, SelectItem, SetExpr, Statement};

use super::error::{Failure, failure};
use super::rewrite::{REPEATED, Rewriter};
use super::{operators, sequence};
use crate::catalog::def::TableDef;
use crate::catalog::{Kind, Object, ObjectId};
use crate::error::{Result, SqlError};
use crate::exec::{Binds, Context, QueryResult, Value};
use crate::parse::{self, Name};
use crate::storage::Seq;

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
}

/// What the planner asks for that is the same for all statements.
static OPTIONS: LazyLock<ConfigOptions> = LazyLock::new(ConfigOptions::new);
static PLANNERS: LazyLock<Vec<Arc<dyn ExprPlanner>>> = LazyLock::new(operators::planners);
static RELATIONS: LazyLock<Vec<Arc<dyn RelationPlanner>>> = LazyLock::new(|| {
    vec![Arc::new(super::lateral::Functions) as Arc<dyn RelationPlanner>, Arc::new(super::asof::Joins)]
});

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
        }
    }

    pub(super) fn into_streams(self) -> Vec<StreamRead> {
        self.streams.into_inner()
    }

    /// Plans a query: rewritten, resolved, its parameters filled in.
    pub(super) fn plan(&self, query: &Query, binds: &Binds) -> std::result::Result<LogicalPlan, Failure> {
        let mut query = query.clone();
        super::quantified::rewrite(&mut query).map_err(Failure::Other)?;
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
        let plan = self.plan_with_aliases(query, binds).map_err(|failure| match failure {
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

    /// The values of a query's first column; it runs now.
    pub(super) fn column_of(&self, query: &Query, binds: &Binds) -> Result<Vec<Value>> {
        let plan = self.plan(query, binds).map_err(Failure::into_error)?;
        let (runner, engine, query_id) = {
            let cx = self.cx.borrow();
            (super::run::Runner::new(&cx), cx.engine.clone(), cx.frame.query_id.clone())
        };
        let sql_type = crate::types::SqlType::of(plan.schema().field(0));
        let batches = super::user_function::aside::aside(&engine, &query_id, || runner.run(plan))?;
        let mut values = Vec::new();
        for batch in batches {
            let column = datafusion::arrow::compute::cast(batch.column(0), &sql_type.arrow())?;
            for row in 0..batch.num_rows() {
                let scalar =
                    datafusion::common::ScalarValue::try_from_array(&column, row).map_err(SqlError::internal)?;
                values.push(Value { sql_type, scalar });
            }
        }
        Ok(values)
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

    /// Plans; a name that no relation has is looked up among the aliases of the select list, as Snowflake does.
    pub(super) fn plan_with_aliases(&self, query: &Query, binds: &Binds) -> std::result::Result<LogicalPlan, Failure> {
        let mut query = query.clone();
        for _ in 0..64 {
            match self.plan(&query, binds) {
                Err(Failure::UnknownColumn(column))
                    if column.relation.is_none() && super::alias::substitute(&mut query, &column.name) => {}
                other => return other,
            }
        }
        self.plan(&query, binds)
    }
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
