//! Functions of arrays that take a lambda: FILTER, TRANSFORM and REDUCE.
//!
//! <https://docs.snowflake.com/en/user-guide/querying-semistructured#label-higher-order-functions>

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, UInt32Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::error::Result as DfResult;
use datafusion::logical_expr::{
    ColumnarValue, HigherOrderFunctionArgs, HigherOrderReturnFieldArgs, HigherOrderSignature, HigherOrderUDF,
    HigherOrderUDFImpl, LambdaArgument, LambdaParametersProgress, ValueOrLambda, Volatility,
};

use super::cast::{cast_datum, json_of};
use super::common::common_type;
use super::datum::{self, Datum};
use super::json::Json;
use super::udf::{Param, invalid_arguments, type_of_field};
use super::{Settings, error};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    /// Keeps the elements for which the lambda is true.
    Filter,
    /// Puts the lambda's value in place of each element.
    Transform,
    /// Folds the elements into one value, from the left.
    Reduce,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Filter, Self::Transform, Self::Reduce];

    fn name(self) -> &'static str {
        match self {
            Self::Filter => "FILTER",
            Self::Transform => "TRANSFORM",
            Self::Reduce => "REDUCE",
        }
    }

    /// How many arguments come before the lambda.
    fn values(self) -> usize {
        if self == Self::Reduce { 2 } else { 1 }
    }
}

/// The function of an upper-case name.
pub fn higher_order(name: &str) -> Option<Arc<HigherOrderUDF>> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name)?;
    let signature = HigherOrderSignature::user_defined(Volatility::Stable);
    Some(Arc::new(HigherOrderUDF::new_from_impl(HigherOrder { kind, signature })))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct HigherOrder {
    kind: Kind,
    signature: HigherOrderSignature,
}

/// The type that an accumulator starts with: wide enough for what is added to it.
fn widened(start: Option<SqlType>) -> SqlType {
    match start {
        None => SqlType::Variant,
        Some(SqlType::Number { scale, .. }) => SqlType::Number { precision: 38, scale },
        Some(SqlType::Varchar(_)) => SqlType::TEXT,
        Some(other) => other,
    }
}

impl HigherOrder {
    /// Checks the arguments: arrays and values first, then the lambda.
    fn check<L>(&self, fields: &[ValueOrLambda<FieldRef, L>]) -> Result<()> {
        let name = self.kind.name();
        let (values, lambda) = fields.split_at(self.kind.values().min(fields.len()));
        let types: Vec<Option<SqlType>> = fields
            .iter()
            .map(|field| match field {
                ValueOrLambda::Value(field) => type_of_field(field),
                ValueOrLambda::Lambda(_) => None,
            })
            .collect();
        if values.iter().any(|value| matches!(value, ValueOrLambda::Lambda(_)))
            || !matches!(lambda, [ValueOrLambda::Lambda(_)])
        {
            let wanted =
                if self.kind == Kind::Reduce { "an array, a value and a lambda" } else { "an array and a lambda" };
            return Err(SqlError::compilation(1044, "42P13", format_args!("{name} takes {wanted}.")));
        }
        match types[0] {
            Some(found) if Param::Array.conversion(found).is_err() => Err(invalid_arguments(name, &types[..1])),
            _ => Ok(()),
        }
    }

    /// The accumulator's type: the start's, or what it and the lambda's value have in common.
    fn accumulated(&self, start: &FieldRef, body: &FieldRef) -> Result<SqlType> {
        let start = widened(type_of_field(start));
        let Some(body) = type_of_field(body) else { return Ok(start) };
        common_type(start, widened(Some(body)))
            .ok_or_else(|| invalid_arguments(self.kind.name(), &[Some(start), Some(body)]))
    }

    fn run(&self, call: &HigherOrderFunctionArgs) -> DfResult<ArrayRef> {
        let settings = Settings::from_config(&call.config_options);
        let (Some(ValueOrLambda::Value(array)), Some(ValueOrLambda::Lambda(lambda))) =
            (call.args.first(), call.args.last())
        else {
            return Err(error(SqlError::internal("a lambda function without array or lambda")));
        };
        let array = array.to_array(call.number_rows)?;
        let rows: Vec<Option<Vec<Json>>> =
            (0..call.number_rows).map(|row| elements(&array, row, &settings)).collect::<Result<_>>().map_err(error)?;
        match self.kind {
            Kind::Filter | Kind::Transform => self.each(rows, lambda, &settings),
            Kind::Reduce => self.reduce(rows, lambda, call, &settings),
        }
    }

    fn each(&self, rows: Vec<Option<Vec<Json>>>, lambda: &LambdaArgument, settings: &Settings) -> DfResult<ArrayRef> {
        let owners: Vec<u32> = (0_u32..)
            .zip(&rows)
            .flat_map(|(row, items)| std::iter::repeat_n(row, items.as_ref().map_or(0, Vec::len)))
            .collect();
        let variables = variants(rows.iter().flatten().flatten()).map_err(error)?;
        let values = if owners.is_empty() { Vec::new() } else { evaluate(lambda, &[Arc::clone(&variables)], owners)? };
        let mut values = values.into_iter();
        let mut results = Vec::with_capacity(rows.len());
        for items in rows {
            let Some(items) = items else {
                results.push(Datum::Null);
                continue;
            };
            let mut made = Vec::with_capacity(items.len());
            for (item, value) in items.into_iter().zip(values.by_ref()) {
                if self.kind == Kind::Transform {
                    made.push(if value.is_null() { Json::Undefined } else { json_of(value, settings.time_zone) });
                } else if cast_datum(value, SqlType::Boolean, settings).map_err(error)? == Datum::Boolean(true) {
                    made.push(item);
                }
            }
            results.push(Datum::Json(Json::Array(made)));
        }
        datum::build(SqlType::Array, results).map_err(error)
    }

    fn reduce(
        &self,
        rows: Vec<Option<Vec<Json>>>,
        lambda: &LambdaArgument,
        call: &HigherOrderFunctionArgs,
        settings: &Settings,
    ) -> DfResult<ArrayRef> {
        let returns = SqlType::of(&call.return_field);
        let Some(ValueOrLambda::Value(start)) = call.args.get(1) else {
            return Err(error(SqlError::internal("REDUCE without a start")));
        };
        let start = start.to_array(call.number_rows)?;
        let mut totals: Vec<Datum> = (0..call.number_rows)
            .map(|row| cast_datum(datum::read(&start, row)?, returns, settings))
            .collect::<Result<_>>()
            .map_err(error)?;
        // One step takes in the next element of every array that has one.
        for step in 0.. {
            let mut owners = Vec::new();
            let mut items = Vec::new();
            for (row, array) in (0_u32..).zip(&rows) {
                if let Some(item) = array.as_ref().and_then(|array| array.get(step)) {
                    owners.push(row);
                    items.push(item);
                }
            }
            if owners.is_empty() {
                break;
            }
            let before = owners.iter().map(|row| totals[*row as usize].clone());
            let before = datum::build(returns, before).map_err(error)?;
            let items = variants(items.into_iter()).map_err(error)?;
            let values = evaluate(lambda, &[before, items], owners.clone())?;
            for (row, value) in owners.into_iter().zip(values) {
                totals[row as usize] = cast_datum(value, returns, settings).map_err(error)?;
            }
        }
        for (total, array) in totals.iter_mut().zip(&rows) {
            if array.is_none() {
                *total = Datum::Null;
            }
        }
        datum::build(returns, totals).map_err(error)
    }
}

/// The elements of an array; none for NULL.
fn elements(array: &ArrayRef, row: usize, settings: &Settings) -> Result<Option<Vec<Json>>> {
    match cast_datum(datum::read(array, row)?, SqlType::Array, settings)? {
        Datum::Json(Json::Array(items)) => Ok(Some(items)),
        _ => Ok(None),
    }
}

/// Elements as a column of VARIANT.
fn variants<'j>(items: impl Iterator<Item = &'j Json>) -> Result<ArrayRef> {
    let value = |item: &Json| match item {
        Json::Undefined => Datum::Null,
        item => Datum::Json(item.clone()),
    };
    datum::build(SqlType::Variant, items.map(value))
}

/// The lambda's values; `owners` says which row each of them belongs to, whose other columns the body may name.
fn evaluate(lambda: &LambdaArgument, variables: &[ArrayRef], owners: Vec<u32>) -> DfResult<Vec<Datum>> {
    let count = owners.len();
    let owners = UInt32Array::from(owners);
    let getters: Vec<Box<dyn Fn() -> DfResult<ArrayRef>>> = variables
        .iter()
        .map(|variable| {
            let variable = Arc::clone(variable);
            Box::new(move || Ok(Arc::clone(&variable))) as Box<dyn Fn() -> DfResult<ArrayRef>>
        })
        .collect();
    let getters: Vec<&dyn Fn() -> DfResult<ArrayRef>> = getters.iter().map(AsRef::as_ref).collect();
    let values = lambda.evaluate(&getters, |captured| {
        captured.iter().map(|column| Ok(take(column.as_ref(), &owners, None)?)).collect()
    })?;
    let values = values.into_array(count)?;
    (0..count).map(|row| datum::read(&values, row)).collect::<Result<_>>().map_err(error)
}

impl HigherOrderUDFImpl for HigherOrder {
    fn name(&self) -> &str {
        self.kind.name()
    }

    fn signature(&self) -> &HigherOrderSignature {
        &self.signature
    }

    fn coerce_value_types(&self, types: &[DataType]) -> DfResult<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn lambda_parameters(
        &self,
        _step: usize,
        fields: &[ValueOrLambda<FieldRef, Option<FieldRef>>],
    ) -> DfResult<LambdaParametersProgress> {
        self.check(fields).map_err(error)?;
        let element = SqlType::Variant.field_ref("element", true);
        Ok(match fields {
            [_, ValueOrLambda::Value(start), ValueOrLambda::Lambda(body)] => {
                let total = match body {
                    None => widened(type_of_field(start)),
                    Some(body) => self.accumulated(start, body).map_err(error)?,
                };
                let parameters = vec![total.field_ref("accumulator", true), element];
                match body {
                    None => LambdaParametersProgress::Partial(vec![Some(parameters)]),
                    Some(_) => LambdaParametersProgress::Complete(vec![parameters]),
                }
            }
            _ => LambdaParametersProgress::Complete(vec![vec![element]]),
        })
    }

    fn return_field_from_args(&self, args: HigherOrderReturnFieldArgs<'_>) -> DfResult<FieldRef> {
        self.check(args.arg_fields).map_err(error)?;
        let returns = match args.arg_fields {
            [_, ValueOrLambda::Value(start), ValueOrLambda::Lambda(body)] => {
                self.accumulated(start, body).map_err(error)?
            }
            _ => SqlType::Array,
        };
        Ok(returns.field_ref(self.kind.name(), true))
    }

    fn invoke_with_args(&self, args: HigherOrderFunctionArgs) -> DfResult<ColumnarValue> {
        self.run(&args).map(ColumnarValue::Array)
    }
}
