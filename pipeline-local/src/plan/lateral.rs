//! Table functions over columns of the relations before them: `FROM t, LATERAL FLATTEN(t.v) f`.
//!
//! DataFusion plans the right side of such a join as a subquery with references to the left. Here the function becomes a
//! projection to a list of rows that is unnested, and the subquery gives way to the left side itself.

use std::sync::Arc;

use datafusion::common::DFSchema;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, JoinType, Result, ScalarValue, TableReference, UnnestOptions};
use datafusion::logical_expr::planner::{PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning};
use datafusion::logical_expr::{
    Expr, Filter, Join as JoinPlan, LogicalPlan, LogicalPlanBuilder, Projection, Subquery, col,
};
use datafusion::sql::sqlparser::ast::{
    self, FunctionArg, FunctionArgExpr, JoinConstraint, JoinOperator, Select, TableAlias, TableFactor,
    TableFunctionArgs, TableWithJoins,
};

use super::ast::{name_of, quoted_name, table_alias};
use super::flatten::{self, Kind, Options};
use super::rewrite::Rewriter;
use crate::error::SqlError;
use crate::exec::Value;
use crate::function::error;

/// How the list of rows is called before it is unnested, with a number after it.
const ROWS: &str = "$ROWS";

/// Whether an upper-case name is that of a table function over a row.
pub(super) fn is_function(name: &str) -> bool {
    matches!(name, "FLATTEN" | "SPLIT_TO_TABLE" | "STRTOK_SPLIT_TO_TABLE")
}

/// The function and arguments of a relation that is a call of a table function over a row.
fn call_of(factor: &TableFactor) -> Option<(String, Vec<FunctionArg>, Option<TableAlias>)> {
    let (name, arguments, alias) = match factor {
        TableFactor::TableFunction { expr: ast::Expr::Function(function), alias } => {
            let ast::FunctionArguments::List(list) = &function.args else { return None };
            (&function.name, &list.args, alias)
        }
        TableFactor::Function { name, args, alias, .. } => (name, args, alias),
        TableFactor::Table { name, args: Some(TableFunctionArgs { args, .. }), alias, .. } => (name, args, alias),
        _ => return None,
    };
    let name = name_of(name).ok()?;
    let [function] = name.parts.as_slice() else { return None };
    is_function(function).then(|| (function.clone(), arguments.clone(), alias.clone()))
}

/// The name and the arguments of a table function over a row.
pub(super) fn arguments_of(factor: &mut TableFactor) -> Option<(String, &mut Vec<FunctionArg>)> {
    let (name, arguments) = match factor {
        TableFactor::TableFunction { expr: ast::Expr::Function(function), .. } => {
            let ast::FunctionArguments::List(list) = &mut function.args else { return None };
            (&function.name, &mut list.args)
        }
        TableFactor::Function { name, args, .. } => (&*name, args),
        TableFactor::Table { name, args: Some(TableFunctionArgs { args, .. }), .. } => (&*name, args),
        _ => return None,
    };
    let name = name_of(name).ok()?;
    let [function] = name.parts.as_slice() else { return None };
    is_function(function).then(|| (function.clone(), arguments))
}

/// The alias and columns of a relation that is a table function over a row.
pub(super) fn columns_of(factor: &TableFactor) -> Option<(String, Vec<String>)> {
    let (function, _, alias) = call_of(factor)?;
    let kind = match function.as_str() {
        "FLATTEN" => Kind::Flatten(Options::default()),
        _ => Kind::Split,
    };
    let mut columns: Vec<_> = kind.fields().iter().map(|field| field.name().clone()).collect();
    for (column, named) in columns.iter_mut().zip(alias.iter().flat_map(|alias| &alias.columns)) {
        *column = named.name.value.clone();
    }
    Some((alias.map_or(function, |alias| alias.name.value), columns))
}

/// Turns commas before table functions into joins, so that the functions see all relations before them.
pub(super) fn join_functions(select: &mut Select) {
    let needed = select.from.iter().skip(1).any(|from| {
        call_of(&from.relation).is_some() || matches!(&from.relation, TableFactor::Derived { lateral: true, .. })
    });
    if !needed {
        return;
    }
    let mut all = std::mem::take(&mut select.from).into_iter();
    let Some(mut first) = all.next() else { return };
    for from in all {
        let cross = |relation| ast::Join {
            relation,
            global: false,
            join_operator: JoinOperator::CrossJoin(JoinConstraint::None),
        };
        let outer = from.joins.iter().any(|join| {
            !matches!(
                join.join_operator,
                JoinOperator::Join(_)
                    | JoinOperator::Inner(_)
                    | JoinOperator::CrossJoin(_)
                    | JoinOperator::Left(_)
                    | JoinOperator::LeftOuter(_)
            )
        });
        if outer {
            let nested = TableFactor::NestedJoin { table_with_joins: Box::new(from), alias: None };
            first.joins.push(cross(nested));
        } else {
            let TableWithJoins { relation, joins } = from;
            first.joins.push(cross(relation));
            first.joins.extend(joins);
        }
    }
    select.from = vec![first];
}

/// A relation that is a table function over a row, in the form that [`Functions`] plans; `None` for all others.
pub(super) fn relation(rewriter: &Rewriter<'_, '_, '_>, factor: &TableFactor) -> crate::Result<Option<TableFactor>> {
    let Some((function, arguments, alias)) = call_of(factor) else { return Ok(None) };
    let mut values = Vec::new();
    let mut options = Options::default();
    for argument in arguments {
        let (name, expression) = match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => (String::new(), expression),
            FunctionArg::Named { name, arg: FunctionArgExpr::Expr(expression), .. } => (name.value, expression),
            FunctionArg::ExprNamed {
                name: ast::Expr::Identifier(name),
                arg: FunctionArgExpr::Expr(expression),
                ..
            } => (name.value, expression),
            other => return Err(SqlError::unsupported(format_args!("argument {other} of {function}"))),
        };
        let option = || rewriter.constant(&expression);
        match name.to_ascii_uppercase().as_str() {
            "" => values.push(expression),
            "INPUT" if function == "FLATTEN" => values.insert(0, expression),
            "PATH" if function == "FLATTEN" => options.path = super::text_of(&option()?).unwrap_or_default(),
            "OUTER" if function == "FLATTEN" => options.outer = truth(&option()?),
            "RECURSIVE" if function == "FLATTEN" => options.recursive = truth(&option()?),
            "MODE" if function == "FLATTEN" => {
                let mode = super::text_of(&option()?).unwrap_or_default().to_ascii_uppercase();
                if !matches!(mode.as_str(), "OBJECT" | "ARRAY" | "BOTH") {
                    return Err(SqlError::compilation(
                        1007,
                        "22023",
                        format_args!("invalid value [{mode}] for parameter 'MODE' of FLATTEN"),
                    ));
                }
                options.arrays = mode != "OBJECT";
                options.objects = mode != "ARRAY";
            }
            other => return Err(SqlError::unsupported(format_args!("{function}({other} => ...)"))),
        }
    }
    let expected = match function.as_str() {
        "FLATTEN" => 1..=1,
        "SPLIT_TO_TABLE" => 2..=2,
        _ => 1..=2,
    };
    if values.len() < *expected.start() {
        return Err(SqlError::compilation(
            938,
            "22023",
            format_args!(
                "not enough arguments for function [{function}], expected {}, got {}",
                expected.start(),
                values.len()
            ),
        ));
    }
    if values.len() > *expected.end() {
        return Err(SqlError::compilation(
            939,
            "22023",
            format_args!(
                "too many arguments for function [{function}] expected {}, got {}",
                expected.end(),
                values.len()
            ),
        ));
    }
    let mut args = vec![ast::Expr::Value(ast::Value::SingleQuotedString(encode(&options)).with_empty_span())];
    args.extend(values);
    Ok(Some(TableFactor::Function {
        lateral: true,
        name: quoted_name(&function),
        args: args.into_iter().map(|argument| FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))).collect(),
        with_ordinality: false,
        alias: Some(alias.unwrap_or_else(|| table_alias(&function))),
    }))
}

fn truth(value: &Value) -> bool {
    matches!(value.scalar, ScalarValue::Boolean(Some(true)))
}

fn encode(options: &Options) -> String {
    let flag = |flag| if flag { '1' } else { '0' };
    let flags: String = [options.outer, options.recursive, options.arrays, options.objects].map(flag).iter().collect();
    format!("{flags}{}", options.path)
}

fn decode(text: &str) -> Options {
    let flag = |index: usize| text.as_bytes().get(index) == Some(&b'1');
    Options {
        path: text.get(4..).unwrap_or_default().to_owned(),
        outer: flag(0),
        recursive: flag(1),
        arrays: flag(2),
        objects: flag(3),
    }
}

/// Plans table functions over a row.
#[derive(Debug)]
pub(super) struct Functions;

impl RelationPlanner for Functions {
    fn plan_relation(
        &self,
        relation: TableFactor,
        context: &mut dyn RelationPlannerContext,
    ) -> Result<RelationPlanning> {
        let TableFactor::Function { name, args, alias: Some(alias), .. } = &relation else {
            return Ok(RelationPlanning::Original(Box::new(relation)));
        };
        let function = name_of(name).map_err(error)?;
        let mut expressions = args.iter().filter_map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Some(expression.clone()),
            _ => None,
        });
        let options = match expressions.next() {
            Some(ast::Expr::Value(value)) => value.value.into_string().unwrap_or_default(),
            _ => String::new(),
        };
        let kind = match function.object() {
            "FLATTEN" => Kind::Flatten(decode(&options)),
            "SPLIT_TO_TABLE" => Kind::Split,
            "STRTOK_SPLIT_TO_TABLE" => Kind::Tokens,
            _ => return Ok(RelationPlanning::Original(Box::new(relation))),
        };
        let arguments = expressions
            .map(|expression| context.sql_to_expr(expression, &DFSchema::empty()))
            .collect::<Result<Vec<_>>>()?;
        let qualifier = TableReference::bare(alias.name.value.clone());
        let rows = format!("{ROWS} {}", alias.name.value);
        let fields = kind.fields();
        if alias.columns.len() > fields.len() {
            return Err(error(SqlError::compilation(
                2026,
                "42601",
                format_args!("{} column names for {} columns of {function}", alias.columns.len(), fields.len()),
            )));
        }
        let columns = fields.iter().enumerate().map(|(index, field)| {
            let name = alias.columns.get(index).map_or(field.name(), |column| &column.name.value);
            let column = Column::new_unqualified(format!("{rows}.{}", field.name()));
            col(column).alias_qualified(Some(qualifier.clone()), name)
        });
        let plan = LogicalPlanBuilder::empty(true)
            .project(vec![flatten::function(kind.clone()).call(arguments).alias(&rows)])?
            .unnest_column_with_options(Column::new_unqualified(&rows), unnest_options())?
            .unnest_column_with_options(Column::new_unqualified(&rows), unnest_options())?
            .project(columns.collect::<Vec<_>>())?
            .build()?;
        Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, None))))
    }
}

fn unnest_options() -> UnnestOptions {
    UnnestOptions::new().with_preserve_nulls(false)
}

/// Puts the left sides of joins under the table functions that refer to them.
pub(super) fn resolve(plan: LogicalPlan) -> Result<LogicalPlan> {
    let resolved = plan.transform_up_with_subqueries(|plan| {
        let plan = match plan {
            LogicalPlan::Join(join) => match grafted(&join)? {
                Some(plan) => return Ok(Transformed::yes(plan)),
                None => LogicalPlan::Join(join),
            },
            other => other,
        };
        // What a subquery refers to changed with it.
        plan.map_expressions(|expression| {
            expression.transform_up(|expression| {
                Ok(match expression {
                    Expr::ScalarSubquery(subquery) => Transformed::yes(Expr::ScalarSubquery(referring(subquery))),
                    Expr::Exists(mut exists) => {
                        exists.subquery = referring(exists.subquery);
                        Transformed::yes(Expr::Exists(exists))
                    }
                    Expr::InSubquery(mut test) => {
                        test.subquery = referring(test.subquery);
                        Transformed::yes(Expr::InSubquery(test))
                    }
                    other => Transformed::no(other),
                })
            })
        })
    })?;
    Ok(resolved.data)
}

fn referring(subquery: Subquery) -> Subquery {
    Subquery { outer_ref_columns: subquery.subquery.all_out_ref_exprs(), ..subquery }
}

/// The join with a table function over its left side as an unnesting of it.
fn grafted(join: &JoinPlan) -> Result<Option<LogicalPlan>> {
    let LogicalPlan::Subquery(right) = join.right.as_ref() else { return Ok(None) };
    let rows = |plan: &LogicalPlan| matches!(plan, LogicalPlan::Projection(of) if matches!(of.input.as_ref(), LogicalPlan::Unnest(_)));
    if !rows(&right.subquery) {
        return Ok(None);
    }
    let Some(plan) = graft(&right.subquery, &join.left)? else { return Ok(None) };
    match (join.join_type, &join.filter) {
        (JoinType::Inner, None) => Ok(Some(plan)),
        (JoinType::Inner, Some(filter)) => {
            Ok(Some(LogicalPlan::Filter(Filter::try_new(filter.clone(), Arc::new(plan))?)))
        }
        _ => Err(error(SqlError::unsupported("an outer join with a table function; FLATTEN has OUTER => TRUE"))),
    }
}

/// The plan of a table function over the rows of `left` instead of one empty row; it keeps the columns of `left`.
fn graft(plan: &LogicalPlan, left: &LogicalPlan) -> Result<Option<LogicalPlan>> {
    match plan {
        LogicalPlan::EmptyRelation(empty) if empty.produce_one_row => Ok(Some(left.clone())),
        LogicalPlan::Projection(projection) => {
            let Some(input) = graft(&projection.input, left)? else { return Ok(None) };
            let mut expressions: Vec<_> = left.schema().columns().into_iter().map(Expr::Column).collect();
            for expression in &projection.expr {
                let own = expression.clone().transform_up(|expression| {
                    Ok(match expression {
                        Expr::OuterReferenceColumn(_, column) if left.schema().has_column(&column) => {
                            Transformed::yes(Expr::Column(column))
                        }
                        other => Transformed::no(other),
                    })
                })?;
                expressions.push(own.data);
            }
            Ok(Some(LogicalPlan::Projection(Projection::try_new(expressions, Arc::new(input))?)))
        }
        LogicalPlan::Unnest(unnest) => {
            let Some(input) = graft(&unnest.input, left)? else { return Ok(None) };
            let plan = LogicalPlanBuilder::from(input)
                .unnest_columns_with_options(unnest.exec_columns.clone(), unnest.options.clone())?;
            Ok(Some(plan.build()?))
        }
        _ => Ok(None),
    }
}
