//! The names of a select list's columns.

use datafusion::sql::sqlparser::ast::{Expr, Ident, Select, SelectItem, SetExpr, Value as Literal};

use super::super::ast::{call, literal};
use super::REPEATED;

/// Gives unnamed expressions of the select list the name Snowflake shows, and makes repeated names unique.
pub(super) fn name_columns(select: &mut Select) {
    let mut seen = std::collections::HashMap::new();
    for item in &mut select.projection {
        if let SelectItem::UnnamedExpr(expression) = item {
            bare_column(expression);
        }
        match item {
            SelectItem::UnnamedExpr(expression)
                if !matches!(expression, Expr::Identifier(_) | Expr::CompoundIdentifier(_))
                    || is_call_like(expression) =>
            {
                let name = shown(expression);
                let expr = std::mem::replace(expression, literal(Literal::Null));
                *item = SelectItem::ExprWithAlias { expr, alias: Ident::with_quote('"', name) };
            }
            _ => {}
        }
        if let SelectItem::ExprWithAlias { alias, .. } = item {
            let count: &mut usize = seen.entry(alias.value.clone()).or_default();
            *count += 1;
            if *count > 1 {
                alias.value = format!("{}{REPEATED}{count}", alias.value);
            }
        }
    }
}

/// The name of an unnamed column: its text in upper case.
pub(in crate::plan) fn shown(expression: &Expr) -> String {
    expression.to_string().to_uppercase()
}

/// Identifiers that are really function calls.
fn is_call_like(expression: &Expr) -> bool {
    match expression {
        Expr::Identifier(ident) => ident.quote_style.is_none() && ident.value.starts_with("CURRENT_"),
        Expr::CompoundIdentifier(parts) => parts.last().is_some_and(|last| last.value == "NEXTVAL"),
        _ => false,
    }
}

/// Gives the columns of both sides of a recursion the widest type of their family, so that they agree.
pub(super) fn widen(body: &mut SetExpr) {
    match body {
        SetExpr::Select(select) => {
            name_columns(select);
            for item in &mut select.projection {
                if let SelectItem::ExprWithAlias { expr, .. } | SelectItem::UnnamedExpr(expr) = item {
                    let name = shown(expr);
                    let inner = std::mem::replace(expr, literal(Literal::Null));
                    let wide = call("WIDEN", vec![inner]);
                    match item {
                        SelectItem::ExprWithAlias { expr, .. } => *expr = wide,
                        other => *other = SelectItem::ExprWithAlias { expr: wide, alias: Ident::with_quote('"', name) },
                    }
                }
            }
        }
        SetExpr::SetOperation { left, right, .. } => {
            widen(left);
            widen(right);
        }
        _ => {}
    }
}

/// Takes the parentheses off a column: `(a)` is called A.
fn bare_column(expression: &mut Expr) {
    let mut innermost = &*expression;
    while let Expr::Nested(inner) = innermost {
        innermost = inner;
    }
    if matches!(innermost, Expr::Identifier(_) | Expr::CompoundIdentifier(_)) {
        *expression = innermost.clone();
    }
}
