use super::ast::{Ast, Literal};
use super::{Col, Expr, Typed};
use crate::types::{Boolean, Integer, Varchar};

/// What can stand where a SQL expression is expected.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a SQL expression",
    label = "expected a column, a variable, a literal or a SQL function"
)]
pub trait IntoExpr {
    /// The SQL type of the expression, `Option<..>` if it can be NULL.
    type Ty: Typed;

    /// The expression.
    fn into_expr(self) -> Expr<Self::Ty>;
}

impl<T: Typed> IntoExpr for Expr<T> {
    type Ty = T;

    fn into_expr(self) -> Expr<T> {
        self
    }
}

impl<T: Typed> IntoExpr for Col<T> {
    type Ty = T;

    fn into_expr(self) -> Expr<T> {
        Expr::new(Ast::Column { alias: self.source().alias(), name: self.name() })
    }
}

impl IntoExpr for &str {
    type Ty = Varchar;

    fn into_expr(self) -> Expr<Varchar> {
        Expr::new(Ast::Literal(Literal::Text(self.to_owned())))
    }
}

impl IntoExpr for i64 {
    type Ty = Integer;

    fn into_expr(self) -> Expr<Integer> {
        Expr::new(Ast::Literal(Literal::Number(self.to_string())))
    }
}

impl IntoExpr for i32 {
    type Ty = Integer;

    fn into_expr(self) -> Expr<Integer> {
        i64::from(self).into_expr()
    }
}

impl IntoExpr for bool {
    type Ty = Boolean;

    fn into_expr(self) -> Expr<Boolean> {
        Expr::new(Ast::Literal(Literal::Boolean(self)))
    }
}
