//! The questions and conversions that read best behind a value: `c.email.is_null()`.

use super::fits::{ComparesWith, SameAs};
use super::function::{between, cast, coalesce, equal_null, is_in, is_not_null, is_null};
use super::{AnyOf, Base, Both, Converted, Either, Expr, IntoExpr};
use crate::types::{BaseType, Boolean};

/// Functions of one value as methods of every column, variable and expression; each is the function of the same name.
#[allow(clippy::wrong_self_convention, reason = "expressions are handles, taken by value everywhere")]
pub trait ExprMethods: IntoExpr + Sized {
    /// Whether the value is NULL: [`is_null`].
    fn is_null(self) -> Expr<Boolean> {
        is_null(self)
    }

    /// Whether the value is not NULL: [`is_not_null`].
    fn is_not_null(self) -> Expr<Boolean> {
        is_not_null(self)
    }

    /// The value, or `otherwise` where it is NULL: [`coalesce`].
    fn coalesce<W: IntoExpr, O: BaseType>(self, otherwise: W) -> Expr<Both<Self::Ty, W::Ty, O>>
    where
        Base<W::Ty>: SameAs<Base<Self::Ty>, Out = O>,
    {
        coalesce(self, otherwise)
    }

    /// Whether the two are equal, NULL being equal to NULL: [`equal_null`].
    fn equal_null<R: IntoExpr>(self, other: R) -> Expr<Boolean>
    where
        Base<R::Ty>: ComparesWith<Base<Self::Ty>>,
    {
        equal_null(self, other)
    }

    /// Whether the value lies between the bounds, both included: [`between`].
    fn between<L: IntoExpr, H: IntoExpr>(self, low: L, high: H) -> Expr<AnyOf<Self::Ty, L::Ty, H::Ty, Boolean>>
    where
        Base<L::Ty>: ComparesWith<Base<Self::Ty>>,
        Base<H::Ty>: ComparesWith<Base<Self::Ty>>,
    {
        between(self, low, high)
    }

    /// Whether the value is one of those in `list`: [`is_in`].
    ///
    /// # Panics
    /// If the list is empty.
    fn is_in<I: IntoExpr, const N: usize>(self, list: [I; N]) -> Expr<Either<Self::Ty, I::Ty, Boolean>>
    where
        Base<I::Ty>: ComparesWith<Base<Self::Ty>>,
    {
        is_in(self, list)
    }

    /// The value as a `T`: [`cast`].
    fn cast<T: BaseType>(self) -> Expr<Converted<Self::Ty, T>> {
        cast(self)
    }
}

impl<E: IntoExpr> ExprMethods for E {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::expression_to_sql;
    use crate::expr::{Col, Source, arena};
    use crate::types::{Integer, Varchar};

    #[test]
    fn a_method_is_the_function_of_its_name() {
        let column = Col::<Option<Integer>>::new(Source::bare(), "N", 0);
        let cases = arena::scope(|| {
            [
                (expression_to_sql(&column.is_null().node()), "N IS NULL"),
                (expression_to_sql(&column.is_not_null().node()), "N IS NOT NULL"),
                (expression_to_sql(&column.coalesce(0).node()), "COALESCE(N, 0)"),
                (expression_to_sql(&column.equal_null(1).node()), "EQUAL_NULL(N, 1)"),
                (expression_to_sql(&column.between(1, 2).node()), "N BETWEEN 1 AND 2"),
                (expression_to_sql(&column.is_in([1, 2]).node()), "N IN (1, 2)"),
                (expression_to_sql(&column.cast::<Varchar>().node()), "CAST(N AS VARCHAR)"),
            ]
        });
        for (sql, expected) in cases {
            assert_eq!(sql, expected);
        }
    }
}
