//! Building the parser's nodes.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList,
    FunctionArguments, Ident, ObjectName, ObjectNamePart, TableAlias, TableFactor, UnaryOperator, Value as Literal,
};

use crate::error::{Result, SqlError};
use crate::parse::Name;
use crate::types::SqlType;

/// The positional arguments of a call.
pub(super) fn unnamed(function: &Function) -> Result<Vec<&Expr>> {
    match &function.args {
        FunctionArguments::List(list) => list
            .args
            .iter()
            .map(|argument| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Ok(expression),
                other => Err(SqlError::unsupported(format_args!("argument {other} of {}", function.name))),
            })
            .collect(),
        FunctionArguments::None => Ok(Vec::new()),
        FunctionArguments::Subquery(_) => Err(SqlError::unsupported(format_args!("{}(SELECT ...)", function.name))),
    }
}

/// A list of positional arguments.
pub(super) fn arguments(expressions: Vec<Expr>) -> FunctionArguments {
    FunctionArguments::List(FunctionArgumentList {
        duplicate_treatment: None::<DuplicateTreatment>,
        args: expressions
            .into_iter()
            .map(|expression| FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)))
            .collect(),
        clauses: Vec::new(),
    })
}

/// A function call.
pub(crate) fn call(name: &str, expressions: Vec<Expr>) -> Expr {
    Expr::Function(Function {
        name: quoted_name(name),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: arguments(expressions),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

/// An expression as text.
pub(super) fn text(expression: Expr) -> Expr {
    if matches!(&expression, Expr::Value(value) if matches!(value.value, Literal::SingleQuotedString(_))) {
        return expression;
    }
    call(&format!("CAST:{}", SqlType::Varchar(crate::types::MAX_VARCHAR_LENGTH)), vec![expression])
}

/// `NOT expression`.
pub(super) fn not(expression: Expr) -> Expr {
    Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(nested(expression)) }
}

/// `(expression)`.
pub(super) fn nested(expression: Expr) -> Expr {
    Expr::Nested(Box::new(expression))
}

/// `left op right`.
pub(crate) fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    Expr::BinaryOp { left: Box::new(nested(left)), op, right: Box::new(nested(right)) }
}

/// A literal.
pub(crate) fn literal(value: Literal) -> Expr {
    Expr::Value(value.with_empty_span())
}

/// A name of one part that is taken as it is.
pub(crate) fn quoted_name(name: &str) -> ObjectName {
    ObjectName(vec![ObjectNamePart::Identifier(Ident::with_quote('"', name))])
}

/// An alias for a relation.
pub(crate) fn table_alias(name: &str) -> TableAlias {
    TableAlias { explicit: true, name: Ident::with_quote('"', name), columns: Vec::new(), at: None }
}

/// A relation by name.
pub(crate) fn plain_table(name: ObjectName, alias: Option<TableAlias>) -> TableFactor {
    TableFactor::Table {
        name,
        alias,
        args: None,
        with_hints: Vec::new(),
        version: None,
        with_ordinality: false,
        partitions: Vec::new(),
        json_path: None,
        sample: None,
        index_hints: Vec::new(),
    }
}

/// An object name whose identifiers were folded by the tokeniser.
pub(crate) fn name_of(name: &ObjectName) -> Result<Name> {
    let parts = name
        .0
        .iter()
        .map(|part| match part {
            ObjectNamePart::Identifier(ident) => Ok(ident.value.clone()),
            ObjectNamePart::Function(function) => {
                Err(SqlError::unsupported(format_args!("{}(...) as a name", function.name)))
            }
        })
        .collect::<Result<Vec<_>>>()?;
    if parts.is_empty() || parts.len() > 3 {
        return Err(SqlError::syntax(format_args!("object name {name} has {} parts", parts.len())));
    }
    Ok(Name { parts })
}
