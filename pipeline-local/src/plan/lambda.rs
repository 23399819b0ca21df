//! Lambdas, such as `x INT -> x + 1`, as arguments of functions.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, LambdaFunction, LambdaFunctionParameter, OneOrManyWithParens, visit_expressions, visit_expressions_mut,
};

use super::ast::call;
use super::rewrite::REPEATED;
use crate::types::SqlType;

/// Gives the parameters names that no lambda inside uses, quoted as the planner takes them, and converts those that
/// were declared with a type (`types`, in their order).
pub(super) fn renamed(mut lambda: LambdaFunction, types: &[Option<SqlType>]) -> Expr {
    let mut level = 1;
    let _ = visit_expressions(lambda.body.as_ref(), |inner| {
        level += usize::from(matches!(inner, Expr::Lambda(_)));
        ControlFlow::<()>::Continue(())
    });
    let mut parameters = Vec::with_capacity(types.len());
    for (parameter, sql_type) in lambda.params.iter().zip(types) {
        let written = parameter.name.value.clone();
        let name = Ident::with_quote('"', format!("{written}{REPEATED}{level}"));
        let value = match sql_type {
            Some(to) => call(&format!("CAST:{to}"), vec![Expr::Identifier(name.clone())]),
            None => Expr::Identifier(name.clone()),
        };
        let _ = visit_expressions_mut(lambda.body.as_mut(), |inner| {
            if matches!(inner, Expr::Identifier(ident) if ident.value == written) {
                *inner = value.clone();
            }
            ControlFlow::<()>::Continue(())
        });
        parameters.push(LambdaFunctionParameter { name, data_type: None });
    }
    lambda.params = OneOrManyWithParens::Many(parameters);
    Expr::Lambda(lambda)
}
