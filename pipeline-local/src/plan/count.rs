//! COUNT of several expressions and RATIO_TO_REPORT.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    Value as Literal,
};

use super::ast::{binary, call, literal, nested, not, quoted_name, unnamed};
use crate::error::{Result, SqlError};

/// `COUNT(a, b)` counts the rows in which none of them is NULL; with DISTINCT, those that differ.
pub(super) fn several(function: &mut Function) -> Result<()> {
    let expressions: Vec<Expr> = match &function.args {
        FunctionArguments::List(list) if list.args.len() > 1 => unnamed(function)?.into_iter().cloned().collect(),
        _ => return Ok(()),
    };
    let FunctionArguments::List(list) = &mut function.args else { return Ok(()) };
    let mut complete: Option<Expr> = None;
    for expression in &expressions {
        let present = not(Expr::IsNull(Box::new(nested(expression.clone()))));
        complete = Some(match complete {
            None => present,
            Some(all) => binary(all, BinaryOperator::And, present),
        });
    }
    let complete = complete.ok_or_else(|| SqlError::internal("COUNT without arguments"))?;
    let counted = if list.duplicate_treatment == Some(DuplicateTreatment::Distinct) {
        call("TO_JSON", vec![call("ARRAY_CONSTRUCT", expressions)])
    } else {
        literal(Literal::Number("1".into(), true))
    };
    let argument = super::reshape::case(complete, counted);
    list.args = vec![FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))];
    Ok(())
}

/// `RATIO_TO_REPORT(x) OVER (...)`: `x` as a part of its sum.
pub(super) fn ratio_to_report(mut function: Function) -> Result<Expr> {
    let [value] = unnamed(&function)?[..] else {
        return Err(SqlError::compilation(
            939,
            "22023",
            "too many arguments for function [RATIO_TO_REPORT] expected 1",
        ));
    };
    if function.over.is_none() {
        return Err(super::window::without_over("RATIO_TO_REPORT"));
    }
    let value = value.clone();
    function.name = quoted_name("SUM");
    let sum = call("NULLIF", vec![Expr::Function(function), literal(Literal::Number("0e0".into(), true))]);
    Ok(call("SF_DIV", vec![value, sum]))
}
