//! Rounding and division.

use super::{call, node};
use crate::expr::digits::Fixed;
use crate::expr::fits::{IsInteger, IsNumber, RoundsTo};
use crate::expr::operator::Divides;
use crate::expr::{Base, Either, Expr, IntoExpr, Like};
use crate::types::{BaseType, Number, SqlType};

/// The least whole number that is not less. Snowflake: `CEIL`.
pub fn ceil<V: IntoExpr, O: BaseType>(number: V) -> Expr<Like<V::Ty, O>>
where
    Base<V::Ty>: RoundsTo<0, Out = O>,
{
    call("CEIL", vec![node(number)])
}

/// The greatest whole number that is not greater. Snowflake: `FLOOR`.
pub fn floor<V: IntoExpr, O: BaseType>(number: V) -> Expr<Like<V::Ty, O>>
where
    Base<V::Ty>: RoundsTo<0, Out = O>,
{
    call("FLOOR", vec![node(number)])
}

/// The nearest whole number; halves are rounded away from zero. Snowflake: `ROUND`.
pub fn round<V: IntoExpr, O: BaseType>(number: V) -> Expr<Like<V::Ty, O>>
where
    Base<V::Ty>: RoundsTo<0, Out = O>,
{
    call("ROUND", vec![node(number)])
}

/// Rounded to so many digits after the point, or before it if negative. Snowflake: `ROUND`.
pub fn round_to<V: IntoExpr, N: IntoExpr, O: BaseType + IsNumber>(number: V, digits: N) -> Expr<Either<V::Ty, N::Ty, O>>
where
    V::Ty: SqlType<Base = O>,
    Base<N::Ty>: IsInteger,
{
    call("ROUND", vec![node(number), node(digits)])
}

/// Rounded to a constant number of digits after the point, which the type of the result has then. `round_to(x, 2)` in a procedure
/// or view is rewritten to this.
#[doc(hidden)]
pub fn rounded<const N: u8, V: IntoExpr, O: BaseType>(name: &'static str, number: V) -> Expr<Like<V::Ty, O>>
where
    Base<V::Ty>: RoundsTo<N, Out = O>,
{
    call(name, vec![node(number), crate::expr::literal::int(N.into()).node()])
}

/// The same for `round_half_even(x, 2)`.
#[doc(hidden)]
pub fn rounded_half_even<const N: u8, V: IntoExpr, O: BaseType>(number: V) -> Expr<Like<V::Ty, O>>
where
    Base<V::Ty>: Fixed + RoundsTo<N, Out = O>,
{
    let digits = crate::expr::literal::int(N.into()).node();
    call("ROUND", vec![node(number), digits, crate::expr::literal::text("HALF_TO_EVEN").node()])
}

/// The least number with so many digits after the point that is not less. Snowflake: `CEIL`.
pub fn ceil_to<V: IntoExpr, N: IntoExpr, O: BaseType + IsNumber>(number: V, digits: N) -> Expr<Either<V::Ty, N::Ty, O>>
where
    V::Ty: SqlType<Base = O>,
    Base<N::Ty>: IsInteger,
{
    call("CEIL", vec![node(number), node(digits)])
}

/// The greatest number with so many digits after the point that is not greater. Snowflake: `FLOOR`.
pub fn floor_to<V: IntoExpr, N: IntoExpr, O: BaseType + IsNumber>(number: V, digits: N) -> Expr<Either<V::Ty, N::Ty, O>>
where
    V::Ty: SqlType<Base = O>,
    Base<N::Ty>: IsInteger,
{
    call("FLOOR", vec![node(number), node(digits)])
}

/// Without its digits after so many after the point. Snowflake: `TRUNCATE , TRUNC`.
pub fn trunc_to<V: IntoExpr, N: IntoExpr, O: BaseType + IsNumber>(number: V, digits: N) -> Expr<Either<V::Ty, N::Ty, O>>
where
    V::Ty: SqlType<Base = O>,
    Base<N::Ty>: IsInteger,
{
    call("TRUNC", vec![node(number), node(digits)])
}

/// Rounded to so many digits after the point, halves to the even digit, as accountants do. Snowflake: `ROUND`.
pub fn round_half_even<const P: u8, const S: u8, V: IntoExpr, N: IntoExpr>(
    number: V,
    digits: N,
) -> Expr<Either<V::Ty, N::Ty, Number<P, S>>>
where
    V::Ty: SqlType<Base = Number<P, S>>,
    Base<N::Ty>: IsInteger,
{
    call("ROUND", vec![node(number), node(digits), crate::expr::literal::text("HALF_TO_EVEN").node()])
}

/// Without its digits after the point. Snowflake: `TRUNCATE , TRUNC`.
pub fn trunc<V: IntoExpr, O: BaseType>(number: V) -> Expr<Like<V::Ty, O>>
where
    Base<V::Ty>: RoundsTo<0, Out = O>,
{
    call("TRUNC", vec![node(number)])
}

/// `left / right`, or 0 where `right` is 0. Snowflake: `DIV0`.
pub fn div0<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: Divides<Base<L::Ty>, Out = O>,
{
    call("DIV0", vec![node(left), node(right)])
}

/// `left / right`, or 0 where `right` is 0 or NULL. Snowflake: `DIV0NULL`.
pub fn div0_null<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Like<L::Ty, O>>
where
    Base<R::Ty>: Divides<Base<L::Ty>, Out = O>,
{
    call("DIV0NULL", vec![node(left), node(right)])
}
