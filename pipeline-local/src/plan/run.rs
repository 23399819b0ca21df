//! Optimising and executing logical plans.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::execution::context::ExecutionProps;
use datafusion::execution::context::SessionState;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::optimizer::OptimizerRule;
use datafusion::optimizer::simplify_expressions::{ExprSimplifier, SimplifyExpressions};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::joins::{CrossJoinExec, HashJoinExec, NestedLoopJoinExec};
use datafusion::physical_plan::recursive_query::RecursiveQueryExec;
use datafusion::physical_plan::{ChildrenPropertiesMode, ExecutionPlan, ReplaceChildrenOptions};
use datafusion::prelude::SessionConfig;

use super::error::{Failure, failure};
use super::rewrite::REPEATED;
use super::sequential::Sequential;
use super::{recursion, variant};
use crate::error::{Result, SqlError};
use crate::exec::{Context, ResultColumn, Value, schema_of};
use crate::function::Settings;
use crate::types::SqlType;

/// What all statements share. Rows keep the order of their tables and nothing runs beside the statement: one partition.
static STATE: LazyLock<SessionState> = LazyLock::new(|| {
    let mut config = SessionConfig::new()
        .with_target_partitions(1)
        .with_information_schema(false)
        .with_create_default_catalog_and_schema(false);
    config.options_mut().execution.skip_physical_aggregate_schema_check = true;
    SessionStateBuilder::new().with_config(config).with_runtime_env(Arc::default()).build()
});

fn state(cx: &Context<'_>) -> SessionState {
    let mut state = STATE.clone();
    // Each statement numbers the names that it makes up from the start.
    *state.execution_props_mut() = ExecutionProps::new();
    let settings = Settings::of(&cx.session.parameters).with_clock(cx.engine.clock.clone());
    state.config_mut().options_mut().extensions.insert(settings);
    // Without this functions see the default settings when they run.
    state.mark_start_execution();
    state
}

/// Runs plans that are made while a statement runs.
#[derive(Debug)]
pub(super) struct Runner(SessionState);

impl Runner {
    /// With the settings of the statement's session.
    pub(super) fn new(cx: &Context<'_>) -> Self {
        Self(state(cx))
    }

    /// Optimises and runs a plan.
    pub(super) async fn run(&self, plan: LogicalPlan) -> Result<Vec<RecordBatch>> {
        let run = async {
            let plan = self.0.optimize(&plan)?;
            let physical = self.0.query_planner().create_physical_plan(&plan, &self.0).await?;
            datafusion::physical_plan::collect(interruptible(physical)?, self.0.task_ctx()).await
        };
        run.await.map_err(|error| failure(error).into_error())
    }
}

/// A plan that is ready to run.
pub(crate) struct Ready {
    state: SessionState,
    plan: LogicalPlan,
    /// The only row, where it is known without running the plan.
    row: Option<Vec<ScalarValue>>,
    pub(crate) columns: Vec<ResultColumn>,
}

/// Optimises a plan.
pub(super) fn ready(plan: LogicalPlan, cx: &Context<'_>) -> std::result::Result<Ready, Failure> {
    let state = state(cx);
    let plan = super::correlated::resolve(plan, cx).map_err(failure)?;
    let plan = super::coerce::resolve(plan).map_err(failure)?;
    let plan = variant::ordered(plan).map_err(failure)?;
    let (plan, row) = match folded(&plan, &state).map_err(failure)? {
        Some((plan, row)) => (plan, Some(row)),
        None => (state.optimize(&plan).map_err(failure)?, None),
    };
    let columns = plan
        .schema()
        .fields()
        .iter()
        .enumerate()
        .map(|(index, field)| ResultColumn {
            name: field.name().split(REPEATED).next().unwrap_or_default().to_owned(),
            sql_type: literal_text(&plan, index).unwrap_or_else(|| type_of(field)),
            nullable: field.is_nullable(),
        })
        .collect();
    Ok(Ready { state, plan, row, columns })
}

/// The plan and the row of a query that reads no relation, where all that it selects is constant: that needs no more of
/// the optimiser than to say so, and nothing to run.
fn folded(
    plan: &LogicalPlan,
    state: &SessionState,
) -> datafusion::error::Result<Option<(LogicalPlan, Vec<ScalarValue>)>> {
    let LogicalPlan::Projection(projection) = plan else { return Ok(None) };
    if !matches!(&*projection.input, LogicalPlan::EmptyRelation(empty) if empty.produce_one_row) {
        return Ok(None);
    }
    let analyzed = state.analyzer().execute_and_check(plan.clone(), state.config_options(), |_, _| {})?;
    // The types are those of the values now.
    let plan = SimplifyExpressions::new().rewrite(analyzed, state)?.data.recompute_schema()?;
    let LogicalPlan::Projection(projection) = &plan else { return Ok(None) };
    let literal = |expression: &Expr| match expression.clone().unalias() {
        Expr::Literal(value, _) => Some(value),
        _ => None,
    };
    let row: Option<Vec<ScalarValue>> = projection.expr.iter().map(literal).collect();
    Ok(row.map(|row| (plan, row)))
}

/// Counts and ranks, which are DataFusion's own integers, have at most 18 digits.
fn type_of(field: &Field) -> SqlType {
    match field.data_type() {
        DataType::Int64 | DataType::UInt64 => SqlType::Number { precision: 18, scale: 0 },
        _ => SqlType::of(field),
    }
}

/// A text literal as a column is as long as its text.
fn literal_text(plan: &LogicalPlan, index: usize) -> Option<SqlType> {
    let LogicalPlan::Projection(projection) = plan else { return None };
    match projection.expr.get(index)?.clone().unalias() {
        Expr::Literal(ScalarValue::Utf8(Some(text)), None) => {
            Some(SqlType::Varchar(text.chars().count().max(1) as u32))
        }
        _ => None,
    }
}

impl Ready {
    /// The operators of the plan, one a line.
    pub(crate) fn explain(&self) -> String {
        self.plan.display_indent().to_string()
    }

    /// Runs it; the batches' arrays are of the types that the columns name.
    pub(crate) async fn collect(&self) -> Result<Vec<RecordBatch>> {
        if let Some(row) = &self.row {
            let arrays = row.iter().map(|value| value.to_array().map_err(SqlError::internal));
            return Ok(vec![typed(&arrays.collect::<Result<Vec<_>>>()?, 1, &self.columns)?]);
        }
        let run = async {
            let physical = self.state.query_planner().create_physical_plan(&self.plan, &self.state).await?;
            datafusion::physical_plan::collect(interruptible(physical)?, self.state.task_ctx()).await
        };
        let batches = run.await.map_err(|error| match failure(error) {
            Failure::Other(error) => error,
            Failure::UnknownColumn(column) => SqlError::invalid_identifier(column.name),
        })?;
        batches.iter().map(|batch| typed(batch.columns(), batch.num_rows(), &self.columns)).collect()
    }
}

/// Ends recursions, keeps the order of what is put together, and lets joins give way now and then. DataFusion only does that where rows are read; a join can make a thousand times as
/// many, and a statement that never gives way cannot be cancelled.
fn interruptible(plan: Arc<dyn ExecutionPlan>) -> datafusion::error::Result<Arc<dyn ExecutionPlan>> {
    let transformed = plan.transform_up(|plan| {
        if plan.is::<CoalescePartitionsExec>()
            && plan.fetch().is_none()
            && let Some(sequential) = Sequential::in_place_of(&plan)
        {
            return Ok(Transformed::yes(sequential));
        }
        if plan.is::<RecursiveQueryExec>() {
            let terms = recursion::bounded(plan.children().into_iter().cloned().collect());
            let options = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
            return Ok(Transformed::yes(plan.replace_children(terms, options)?));
        }
        let joins = plan.is::<CrossJoinExec>() || plan.is::<NestedLoopJoinExec>() || plan.is::<HashJoinExec>();
        Ok(if joins {
            Transformed::yes(Arc::new(CooperativeExec::new(plan)) as Arc<dyn ExecutionPlan>)
        } else {
            Transformed::no(plan)
        })
    });
    transformed.map(|transformed| Sequential::over(transformed.data))
}

/// A batch of these arrays in the form that result columns name.
fn typed(arrays: &[ArrayRef], rows: usize, columns: &[ResultColumn]) -> Result<RecordBatch> {
    let columns_nullable: Vec<_> =
        columns.iter().map(|column| ResultColumn { nullable: true, ..column.clone() }).collect();
    let arrays = arrays
        .iter()
        .zip(columns)
        .map(|(array, column)| {
            let to = column.sql_type.arrow();
            if *array.data_type() == to {
                return Ok(array.clone());
            }
            let options = CastOptions { safe: false, ..CastOptions::default() };
            Ok(cast_with_options(array, &to, &options)?)
        })
        .collect::<Result<Vec<ArrayRef>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(schema_of(&columns_nullable), arrays, &options)?)
}

/// The single value of a plan that reads nothing, computed without running it; `None` when it is not constant.
pub(super) fn constant(plan: &LogicalPlan, cx: &Context<'_>) -> Result<Option<Value>> {
    let LogicalPlan::Projection(projection) = plan else { return Ok(None) };
    let [expression] = projection.expr.as_slice() else { return Ok(None) };
    let mut options = ConfigOptions::clone(STATE.config_options());
    options.extensions.insert(Settings::of(&cx.session.parameters));
    let context = SimplifyContext::builder()
        .with_schema(Arc::new(DFSchema::empty()))
        .with_config_options(Arc::new(options))
        .build();
    let simplifier = ExprSimplifier::new(context);
    let other = |error| match failure(error) {
        Failure::Other(error) => error,
        Failure::UnknownColumn(column) => SqlError::invalid_identifier(column.name),
    };
    let coerced = simplifier.coerce(expression.clone().unalias(), &DFSchema::empty()).map_err(other)?;
    match simplifier.simplify(coerced).map_err(other)? {
        Expr::Literal(scalar, metadata) => {
            let mut field = Field::new("value", scalar.data_type(), true);
            if let Some(metadata) = metadata {
                field = metadata.add_to_field(field);
            } else if let Some(declared) = plan.schema().fields().first() {
                field = field.with_metadata(declared.metadata().clone());
            }
            let sql_type = SqlType::of(&field);
            Ok(Some(Value { sql_type, scalar: held(scalar, sql_type)? }))
        }
        _ => Ok(None),
    }
}

/// A scalar in the form that its type has.
fn held(scalar: ScalarValue, sql_type: SqlType) -> Result<ScalarValue> {
    if scalar.data_type() == sql_type.arrow() {
        Ok(scalar)
    } else {
        scalar.cast_to(&sql_type.arrow()).map_err(SqlError::internal)
    }
}
