//! Following the rows of base tables through the query of a view: every row that comes out knows the rows it came from.
//!
//! <https://docs.snowflake.com/en/user-guide/streams-intro#streams-on-views>

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNode;
use datafusion::common::{Column, DFSchema, DataFusionError, JoinType};
use datafusion::logical_expr::{
    Distinct, Expr, Filter, LogicalPlan, LogicalPlanBuilder, Projection, SubqueryAlias, TableSource, Union, col, lit,
};

use super::functions;
use crate::catalog::Object;
use crate::catalog::def::TableDef;
use crate::error::{Result, SqlError};

/// A base table in a plan that is to be followed; it stands for its rows and is never read itself.
pub(super) struct Tracked {
    pub(super) table: Object,
    schema: SchemaRef,
}

impl Tracked {
    pub(super) fn new(table: &Object) -> Result<Self> {
        let def: TableDef = table.definition()?;
        Ok(Self { table: table.clone(), schema: def.arrow_schema() })
    }
}

impl TableSource for Tracked {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

/// Two columns that a followed relation has besides its own: the identity of the row, and whether it changed.
#[derive(Debug, Clone)]
pub(super) struct Marks {
    pub(super) row: String,
    pub(super) changed: String,
}

impl Marks {
    /// Those of the base table number `index` of the plan.
    fn of(index: usize) -> Self {
        Self { row: format!("$row {index}"), changed: format!("$changed {index}") }
    }
}

/// Gives the rows of a base table, with two more columns of the names given.
pub(super) type Supply<'s> = dyn FnMut(&Object, &Marks) -> Result<Arc<dyn TableSource>> + 's;

/// A followed plan and the marks of the base tables that its rows come from.
pub(super) struct Followed {
    pub(super) plan: LogicalPlan,
    marks: Vec<Marks>,
}

impl Followed {
    /// The identity of a row.
    pub(super) fn row(&self) -> Result<Expr> {
        self.identity("")
    }

    fn identity(&self, prefix: &str) -> Result<Expr> {
        let mut parts = Vec::with_capacity(2 * self.marks.len() + 1);
        if !prefix.is_empty() {
            parts.push(lit(prefix));
        }
        for marks in &self.marks {
            parts.push(column(self.plan.schema(), &marks.row)?);
        }
        if parts.len() == 1 {
            return Ok(parts.remove(0));
        }
        let function =
            |name: &str| functions::scalar(name).ok_or_else(|| SqlError::internal(format_args!("no function {name}")));
        Ok(function("SHA1")?.call(vec![function("CONCAT")?.call(parts)]))
    }

    /// Whether any of the rows that a row comes from changed.
    pub(super) fn changed(&self) -> Result<Expr> {
        let mut any: Option<Expr> = None;
        for marks in &self.marks {
            let one = column(self.plan.schema(), &marks.changed)?;
            any = Some(match any {
                Some(any) => any.or(one),
                None => one,
            });
        }
        any.ok_or_else(|| refused("no base table"))
    }
}

/// Follows a plan whose tables are [`Tracked`].
///
/// # Errors
/// For everything whose changes are not tracked.
pub(super) fn follow(plan: &LogicalPlan, supply: &mut Supply<'_>) -> Result<Followed> {
    let mut next = 0;
    step(plan, supply, &mut next)
}

/// The base tables of a plan in the order in which it names them, and whether rows of several come together in one row.
///
/// # Errors
/// For everything whose changes are not tracked.
pub(super) fn base_tables(plan: &LogicalPlan) -> Result<(Vec<Object>, bool)> {
    let mut tables: Vec<Object> = Vec::new();
    follow(plan, &mut |table, marks| {
        if !tables.iter().any(|known| known.id == table.id) {
            tables.push(table.clone());
        }
        let def: TableDef = table.definition()?;
        super::memory(with_marks(&def, marks), Vec::new())
    })?;
    let joins = plan.exists(|node| Ok(matches!(node, LogicalPlan::Join(_)))).map_err(SqlError::internal)?;
    Ok((tables, joins))
}

/// The schema of a base table and its marks.
pub(super) fn with_marks(def: &TableDef, marks: &Marks) -> SchemaRef {
    use datafusion::arrow::datatypes::{DataType, Field, Schema};
    let mut fields = def.arrow_schema().fields().to_vec();
    fields.push(Arc::new(Field::new(&marks.row, DataType::Utf8, false)));
    fields.push(Arc::new(Field::new(&marks.changed, DataType::Boolean, false)));
    Arc::new(Schema::new(fields))
}

fn step(plan: &LogicalPlan, supply: &mut Supply<'_>, next: &mut usize) -> Result<Followed> {
    no_subqueries(plan)?;
    match plan {
        LogicalPlan::TableScan(scan) => {
            let Some(tracked) = scan.source.downcast_ref::<Tracked>() else {
                return Err(refused("anything but tables and views in FROM"));
            };
            let marks = Marks::of(*next);
            *next += 1;
            let source = supply(&tracked.table, &marks)?;
            let plan = LogicalPlanBuilder::scan(scan.table_name.clone(), source, None)
                .and_then(LogicalPlanBuilder::build)
                .map_err(broken)?;
            Ok(Followed { plan, marks: vec![marks] })
        }
        LogicalPlan::SubqueryAlias(alias) => {
            let Followed { plan, marks } = step(&alias.input, supply, next)?;
            let plan = SubqueryAlias::try_new(Arc::new(plan), alias.alias.clone()).map_err(broken)?;
            Ok(Followed { plan: LogicalPlan::SubqueryAlias(plan), marks })
        }
        LogicalPlan::Projection(projection) => {
            let Followed { plan, marks } = step(&projection.input, supply, next)?;
            let mut expressions = projection.expr.clone();
            expressions.extend(mark_columns(&plan, &marks)?);
            let plan = Projection::try_new(expressions, Arc::new(plan)).map_err(broken)?;
            Ok(Followed { plan: LogicalPlan::Projection(plan), marks })
        }
        LogicalPlan::Filter(filter) => {
            if matches!(filter.input.as_ref(), LogicalPlan::Window(_)) {
                return Err(refused("QUALIFY"));
            }
            let Followed { plan, marks } = step(&filter.input, supply, next)?;
            let plan = Filter::try_new(filter.predicate.clone(), Arc::new(plan)).map_err(broken)?;
            Ok(Followed { plan: LogicalPlan::Filter(plan), marks })
        }
        LogicalPlan::Join(join) => {
            if join.join_type != JoinType::Inner {
                return Err(refused(format_args!("joins of type '[{}]'", join_name(join.join_type))));
            }
            let left = step(&join.left, supply, next)?;
            let right = step(&join.right, supply, next)?;
            let joined = plan.with_new_exprs(plan.expressions(), vec![left.plan, right.plan]).map_err(broken)?;
            let marks = left.marks.into_iter().chain(right.marks).collect();
            Ok(Followed { plan: joined, marks })
        }
        LogicalPlan::Union(union) => {
            let marks = Marks::of(*next);
            *next += 1;
            let mut branches = Vec::with_capacity(union.inputs.len());
            for (index, input) in union.inputs.iter().enumerate() {
                let width = input.schema().fields().len();
                let branch = step(input, supply, next)?;
                let mut expressions: Vec<Expr> = own_columns(&branch).into_iter().take(width).collect();
                expressions.push(branch.identity(&format!("{index}:"))?.alias(&marks.row));
                expressions.push(branch.changed()?.alias(&marks.changed));
                let branch = Projection::try_new(expressions, Arc::new(branch.plan)).map_err(broken)?;
                branches.push(Arc::new(LogicalPlan::Projection(branch)));
            }
            let union = Union::try_new_with_loose_types(branches).map_err(broken)?;
            Ok(Followed { plan: LogicalPlan::Union(union), marks: vec![marks] })
        }
        LogicalPlan::Aggregate(aggregate) if aggregate.group_expr.is_empty() => Err(refused("aggregate functions")),
        LogicalPlan::Aggregate(_) => Err(refused("GROUP BY")),
        LogicalPlan::Distinct(Distinct::All(input)) if matches!(input.as_ref(), LogicalPlan::Union(_)) => {
            Err(refused("UNION; use UNION ALL"))
        }
        LogicalPlan::Distinct(_) => Err(refused("DISTINCT")),
        LogicalPlan::Limit(_) => Err(refused("LIMIT")),
        LogicalPlan::Window(_) => Err(refused("window functions")),
        LogicalPlan::Sort(_) => Err(refused("ORDER BY")),
        LogicalPlan::Subquery(_) => Err(refused("correlated subqueries")),
        LogicalPlan::RecursiveQuery(_) => Err(refused("recursive common table expressions")),
        LogicalPlan::EmptyRelation(_) | LogicalPlan::Values(_) => Err(refused("rows that come from no table")),
        LogicalPlan::Unnest(_) => Err(refused("FLATTEN")),
        other => Err(refused(other.display())),
    }
}

fn no_subqueries(plan: &LogicalPlan) -> Result<()> {
    for expression in plan.expressions() {
        let found = expression
            .exists(|part| Ok(matches!(part, Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_))))
            .map_err(broken)?;
        if found {
            return Err(refused("subqueries outside of the FROM clause"));
        }
    }
    Ok(())
}

/// A column by its name alone.
fn column(schema: &DFSchema, name: &str) -> Result<Expr> {
    schema.qualified_field_with_unqualified_name(name).map(|field| col(Column::from(field))).map_err(broken)
}

fn mark_columns(plan: &LogicalPlan, marks: &[Marks]) -> Result<Vec<Expr>> {
    marks.iter().flat_map(|marks| [&marks.row, &marks.changed]).map(|name| column(plan.schema(), name)).collect()
}

/// The columns of a followed plan without its marks.
pub(super) fn own_columns(followed: &Followed) -> Vec<Expr> {
    let is_mark = |name: &str| followed.marks.iter().any(|marks| marks.row == name || marks.changed == name);
    followed.plan.schema().columns().into_iter().filter(|column| !is_mark(&column.name)).map(col).collect()
}

fn join_name(kind: JoinType) -> &'static str {
    match kind {
        JoinType::Inner => "INNER_JOIN",
        JoinType::Left => "LEFT_OUTER_JOIN",
        JoinType::Right => "RIGHT_OUTER_JOIN",
        JoinType::Full => "FULL_OUTER_JOIN",
        JoinType::LeftSemi | JoinType::RightSemi => "SEMI_JOIN",
        JoinType::LeftAnti | JoinType::RightAnti => "ANTI_JOIN",
        JoinType::LeftMark | JoinType::RightMark => "MARK_JOIN",
    }
}

fn refused(what: impl std::fmt::Display) -> SqlError {
    SqlError::compilation(2, "0A000", format_args!("Change tracking is not supported on queries with {what}."))
}

fn broken(error: DataFusionError) -> SqlError {
    SqlError::internal(format_args!("following rows through a view: {error}"))
}
