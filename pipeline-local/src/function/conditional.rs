//! Functions that choose between values. Those that must not evaluate what they do not choose become CASE.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result as DfResult;
use datafusion::logical_expr::expr::Case;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility, lit,
};

use super::cast_udf::cast_udf;
use super::common::common_type_of;
use super::datum::Datum;
use super::udf::{Env, Function, Param, Returns, Types, column_name, function, invalid_arguments, type_of_field};
use super::{cast, error};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

fn common(types: &Types<'_>) -> Result<SqlType> {
    common_type_of(types.types.iter().copied())
        .map(|found| found.unwrap_or(SqlType::TEXT))
        .ok_or_else(|| types.invalid())
}

/// Converts the values to the result type.
fn unified(values: &[Datum], env: &Env<'_>) -> Result<Vec<Datum>> {
    values.iter().map(|value| cast::cast_datum(value.clone(), env.returns, env.settings)).collect()
}

fn extreme(values: &[Datum], env: &Env<'_>, greatest: bool) -> Result<Datum> {
    let values = unified(values, env)?.into_iter().filter(|value| !value.is_null());
    let best = values.reduce(|best, value| {
        let order = value.compare(&best);
        if (greatest && order.is_gt()) || (!greatest && order.is_lt()) { value } else { best }
    });
    Ok(best.unwrap_or(Datum::Null))
}

fn equal(a: &Datum, b: &Datum, env: &Env<'_>) -> Result<bool> {
    if a.is_null() || b.is_null() {
        return Ok(a.is_null() && b.is_null());
    }
    let shared = common_type_of([env.types[0], env.types[1]]).flatten().unwrap_or(SqlType::TEXT);
    let a = cast::cast_datum(a.clone(), shared, env.settings)?;
    let b = cast::cast_datum(b.clone(), shared, env.settings)?;
    Ok(a.compare(&b).is_eq())
}

fn truth(value: &Datum) -> Option<bool> {
    match value {
        Datum::Boolean(value) => Some(*value),
        _ => None,
    }
}

fn boolean(value: Option<bool>) -> Result<Datum> {
    Ok(value.map_or(Datum::Null, Datum::Boolean))
}

fn zero(sql_type: SqlType) -> Datum {
    match sql_type {
        SqlType::Number { scale, .. } => Datum::Number(0, scale),
        _ => Datum::Float(0.0),
    }
}

fn is_zero(value: &Datum) -> bool {
    matches!(value, Datum::Number(0, _)) || matches!(value, Datum::Float(value) if *value == 0.0)
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Any, Boolean, Number};
    const PAIR: &[Param] = &[Param::Float, Param::Float];
    const TWO_BOOLEANS: &[Param] = &[Boolean, Boolean];
    let truth_value = Returns::Type(SqlType::Boolean);
    vec![
        function("GREATEST", &[Any, Any], Returns::By(common), |values, env| extreme(values, env, true)).repeat(1),
        function("LEAST", &[Any, Any], Returns::By(common), |values, env| extreme(values, env, false)).repeat(1),
        function("GREATEST_IGNORE_NULLS", &[Any, Any], Returns::By(common), |values, env| extreme(values, env, true))
            .repeat(1)
            .sees_null(),
        function("LEAST_IGNORE_NULLS", &[Any, Any], Returns::By(common), |values, env| extreme(values, env, false))
            .repeat(1)
            .sees_null(),
        function(
            "EQUAL_NULL",
            &[Any, Any],
            Returns::By(|types| common(types).map(|_| SqlType::Boolean)),
            |values, env| equal(&values[0], &values[1], env).map(Datum::Boolean),
        )
        .sees_null(),
        function(
            "NULLIF",
            &[Any, Any],
            Returns::By(|types| {
                common(types)?;
                Ok(types.types[0].or(types.types[1]).unwrap_or(SqlType::TEXT))
            }),
            |values, env| {
                if values[0].is_null() || (!values[1].is_null() && equal(&values[0], &values[1], env)?) {
                    return Ok(Datum::Null);
                }
                Ok(values[0].clone())
            },
        )
        .sees_null(),
        function("REGR_VALX", PAIR, Returns::Type(SqlType::Float), |values, _| Ok(values[1].clone())),
        function("REGR_VALY", PAIR, Returns::Type(SqlType::Float), |values, _| Ok(values[0].clone())),
        function("ZEROIFNULL", &[Number], Returns::By(number_or_integer), |values, env| {
            Ok(if values[0].is_null() { zero(env.returns) } else { values[0].clone() })
        })
        .sees_null(),
        function("NULLIFZERO", &[Number], Returns::By(number_or_integer), |values, _| {
            Ok(if is_zero(&values[0]) { Datum::Null } else { values[0].clone() })
        }),
        function("BOOLAND", TWO_BOOLEANS, truth_value, |values, _| {
            boolean(match (truth(&values[0]), truth(&values[1])) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            })
        })
        .sees_null(),
        function("BOOLOR", TWO_BOOLEANS, truth_value, |values, _| {
            boolean(match (truth(&values[0]), truth(&values[1])) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            })
        })
        .sees_null(),
        function("BOOLXOR", TWO_BOOLEANS, truth_value, |values, _| {
            boolean(truth(&values[0]).zip(truth(&values[1])).map(|(a, b)| a != b))
        }),
        function("BOOLNOT", &[Boolean], truth_value, |values, _| boolean(truth(&values[0]).map(|value| !value))),
    ]
}

fn number_or_integer(types: &Types<'_>) -> Result<SqlType> {
    Ok(types.types[0].unwrap_or(SqlType::INTEGER))
}

/// IFF, NVL and the like: evaluated as CASE, so that what is not chosen is not computed.
pub(super) fn lazy() -> Vec<(&'static str, Arc<ScalarUDF>)> {
    let udf = |name: &'static str, kind: Kind| {
        let signature = Signature::user_defined(Volatility::Immutable);
        (name, Arc::new(ScalarUDF::new_from_impl(Lazy { name, kind, signature })))
    };
    vec![
        udf("IFF", Kind::Iff),
        udf("NVL", Kind::FirstKnown { least: 2, most: 2 }),
        udf("IFNULL", Kind::FirstKnown { least: 2, most: 2 }),
        udf("COALESCE", Kind::FirstKnown { least: 2, most: usize::MAX }),
        udf("NVL2", Kind::Nvl2),
        udf("DECODE", Kind::Decode),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Iff,
    FirstKnown { least: usize, most: usize },
    Nvl2,
    Decode,
}

impl Kind {
    /// Whether the argument at a position, of so many, may be the result.
    fn is_result(self, index: usize, count: usize) -> bool {
        match self {
            Self::Iff | Self::Nvl2 => index > 0,
            Self::FirstKnown { .. } => true,
            Self::Decode => index > 1 && (index.is_multiple_of(2) || (count.is_multiple_of(2) && index == count - 1)),
        }
    }

    fn counts(self) -> (usize, usize) {
        match self {
            Self::Iff | Self::Nvl2 => (3, 3),
            Self::FirstKnown { least, most } => (least, most),
            Self::Decode => (3, usize::MAX),
        }
    }
}

#[derive(Debug)]
struct Lazy {
    name: &'static str,
    kind: Kind,
    signature: Signature,
}

impl PartialEq for Lazy {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Lazy {}

impl Hash for Lazy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl Lazy {
    fn result_type(&self, types: &[Option<SqlType>]) -> Result<SqlType> {
        let (least, most) = self.kind.counts();
        let count = types.len();
        if count < least || count > most {
            let (code, what, expected) =
                if count < least { (938, "not enough", least) } else { (939, "too many", most) };
            let text = format!("{what} arguments for function [{}], expected {expected}, got {count}", self.name);
            return Err(SqlError::compilation(code, "22023", text));
        }
        let results = types.iter().enumerate().filter(|(index, _)| self.kind.is_result(*index, count));
        let shared = common_type_of(results.map(|(_, found)| *found));
        Ok(shared.ok_or_else(|| invalid_arguments(self.name, types))?.unwrap_or(SqlType::TEXT))
    }
}

impl ScalarUDFImpl for Lazy {
    fn name(&self) -> &str {
        self.name
    }

    fn schema_name(&self, args: &[Expr]) -> DfResult<String> {
        Ok(column_name(self.name(), args))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> DfResult<DataType> {
        Err(error(SqlError::internal("the result type needs the argument fields")))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> DfResult<FieldRef> {
        let types: Vec<Option<SqlType>> = args.arg_fields.iter().map(|field| type_of_field(field)).collect();
        Ok(self.result_type(&types).map_err(error)?.field_ref(self.name, true))
    }

    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> DfResult<ExprSimplifyResult> {
        let mut types = Vec::with_capacity(args.len());
        for argument in &args {
            let (_, field) = argument.to_field(info.schema().as_ref())?;
            types.push(type_of_field(&field));
        }
        let returns = self.result_type(&types).map_err(error)?;
        let count = args.len();
        let convert = |index: usize, argument: Expr| match types[index] {
            Some(from) if from == returns || !self.kind.is_result(index, count) => argument,
            _ => cast_udf(returns, false).call(vec![argument]),
        };
        let test = |index: usize, argument: Expr| match types[index] {
            Some(SqlType::Boolean) => argument,
            _ => cast_udf(SqlType::Boolean, false).call(vec![argument]),
        };
        let boxed = |expression: Expr| Box::new(expression);
        let null = || cast_udf(returns, false).call(vec![lit(ScalarValue::Null)]);
        let (branches, otherwise) = match self.kind {
            Kind::Iff => (
                vec![(boxed(test(0, args[0].clone())), boxed(convert(1, args[1].clone())))],
                convert(2, args[2].clone()),
            ),
            Kind::Nvl2 => (
                vec![(boxed(args[0].clone().is_not_null()), boxed(convert(1, args[1].clone())))],
                convert(2, args[2].clone()),
            ),
            Kind::FirstKnown { .. } => (
                args[..count - 1]
                    .iter()
                    .enumerate()
                    .map(|(index, argument)| {
                        (boxed(argument.clone().is_not_null()), boxed(convert(index, argument.clone())))
                    })
                    .collect(),
                convert(count - 1, args[count - 1].clone()),
            ),
            Kind::Decode => {
                let equal_null = functions().into_iter().flat_map(Function::udfs);
                let equal_null = equal_null.into_iter().find(|(name, _)| *name == "EQUAL_NULL");
                let (_, equal_null) = equal_null.ok_or_else(|| error(SqlError::internal("EQUAL_NULL")))?;
                let pairs = (1..count - 1).step_by(2).map(|at| {
                    let matches = equal_null.call(vec![args[0].clone(), args[at].clone()]);
                    (boxed(matches), boxed(convert(at + 1, args[at + 1].clone())))
                });
                let otherwise =
                    if count.is_multiple_of(2) { convert(count - 1, args[count - 1].clone()) } else { null() };
                (pairs.collect(), otherwise)
            }
        };
        let case = Expr::Case(Case::new(None, branches, Some(boxed(otherwise))));
        // The outer conversion changes nothing but keeps the declared type, which CASE would lose.
        Ok(ExprSimplifyResult::Simplified(cast_udf(returns, false).call(vec![case])))
    }

    fn invoke_with_args(&self, _args: ScalarFunctionArgs) -> DfResult<ColumnarValue> {
        Err(error(SqlError::internal(format_args!("{} must become CASE before it runs", self.name))))
    }

    fn conditional_arguments<'a>(&self, args: &'a [Expr]) -> Option<(Vec<&'a Expr>, Vec<&'a Expr>)> {
        let (first, rest) = args.split_first()?;
        Some((vec![first], rest.iter().collect()))
    }

    fn short_circuits(&self) -> bool {
        true
    }

    fn coerce_types(&self, types: &[DataType]) -> DfResult<Vec<DataType>> {
        Ok(types.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_queries};

    #[test]
    fn choices() {
        check(&[
            ("IFF(true, 1, 2.5)", "NUMBER(38,1)|1.0"),
            ("IFF(NULL, 'a', 'b')", "b"),
            ("IFF(1, 'a', 'b')", "a"),
            ("IFF(false, 1, SF_DIV(1, 0))", "100051 Division by zero"),
            ("IFF(true, 1, SF_DIV(1, 0))", "1.000000"),
            ("IFF(true, NULL, 7)", "NULL"),
            ("NVL(NULL, 3)", "3"),
            ("NVL(NULL, NULL)", "NULL"),
            ("IFNULL('a', 'b')", "a"),
            ("COALESCE(NULL, NULL, 1.5)", "1.5"),
            ("NVL2(1, 'set', 'unset')", "set"),
            ("NVL2(NULL, 'set', 'unset')", "unset"),
            ("DECODE(2, 1, 'one', 2, 'two')", "two"),
            ("DECODE(NULL, 1, 'one', NULL, 'none')", "none"),
            ("DECODE(3, 1, 'one', 'other')", "other"),
            ("DECODE(3, 1, 'one')", "NULL"),
            ("NULLIF(1, 1.0)", "NULL"),
            ("NULLIF('a', 'b')", "a"),
            ("NULLIF(NULL, 1)", "NULL"),
            ("ZEROIFNULL(NULL)", "0"),
            ("ZEROIFNULL(1.5)", "1.5"),
            ("NULLIFZERO(0)", "NULL"),
            ("EQUAL_NULL(NULL, NULL)", "true"),
            ("EQUAL_NULL(1, NULL)", "false"),
            ("EQUAL_NULL('1', 1)", "true"),
            ("GREATEST(100, NULL, 200)", "NULL"),
            ("GREATEST(1, 2.5, 2)", "NUMBER(38,1)|2.5"),
            ("GREATEST('Alice', 'Bob')", "Bob"),
            ("LEAST(5, 3, 4)", "3"),
            ("GREATEST_IGNORE_NULLS(100, NULL, 200)", "200"),
            ("LEAST_IGNORE_NULLS(NULL, NULL)", "NULL"),
            ("BOOLAND(false, NULL)", "false"),
            ("BOOLAND(true, NULL)", "NULL"),
            ("BOOLOR(1, NULL)", "true"),
            ("BOOLXOR(1, 0)", "true"),
            ("BOOLNOT(NULL)", "NULL"),
            (
                "IFF(true, 1)",
                "000938 SQL compilation error:\nnot enough arguments for function [IFF], expected 3, got 2",
            ),
            (
                "NVL(T_DATE('2024-01-01'), 1)",
                "001044 SQL compilation error:\nInvalid argument types for function 'NVL': (DATE, NUMBER(38,0))",
            ),
        ]);
    }

    #[test]
    fn unchosen_branches_do_not_fail() {
        check_queries(&[
            ("SELECT IFF(a = 0, 0, SF_DIV(10, a)) FROM (VALUES (0), (4)) AS t(a)", "0.000000,2.500000"),
            ("SELECT DECODE(a, 0, 0, SF_DIV(10, a)) FROM (VALUES (0), (4)) AS t(a)", "0.000000,2.500000"),
        ]);
    }
}
