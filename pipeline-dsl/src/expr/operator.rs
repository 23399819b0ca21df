//! Operators. The attributes rewrite `a + b`, `a == b`, `a && b`, `!a` and so on to these functions.

use super::ast::{Ast, Operator};
use super::fits::{ComparesWith, IsCondition, IsNumber};
use super::{Base, Either, Expr, IntoExpr, Like};
use crate::types::{BaseType, Boolean, Float, Number};

fn binary<T>(operator: Operator, left: impl IntoExpr, right: impl IntoExpr) -> Expr<T> {
    let (left, right) = (left.into_expr().node(), right.into_expr().node());
    Expr::new(Ast::Binary { operator, left, right })
}

/// `left = right`: NULL if one of them is NULL.
pub fn eq<L: IntoExpr, R: IntoExpr>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, Boolean>>
where
    Base<R::Ty>: ComparesWith<Base<L::Ty>>,
{
    binary(Operator::Equal, left, right)
}

/// `left <> right`: NULL if one of them is NULL.
pub fn ne<L: IntoExpr, R: IntoExpr>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, Boolean>>
where
    Base<R::Ty>: ComparesWith<Base<L::Ty>>,
{
    binary(Operator::NotEqual, left, right)
}

/// `left < right`: NULL if one of them is NULL.
pub fn lt<L: IntoExpr, R: IntoExpr>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, Boolean>>
where
    Base<R::Ty>: ComparesWith<Base<L::Ty>>,
{
    binary(Operator::Less, left, right)
}

/// `left <= right`: NULL if one of them is NULL.
pub fn le<L: IntoExpr, R: IntoExpr>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, Boolean>>
where
    Base<R::Ty>: ComparesWith<Base<L::Ty>>,
{
    binary(Operator::LessOrEqual, left, right)
}

/// `left > right`: NULL if one of them is NULL.
pub fn gt<L: IntoExpr, R: IntoExpr>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, Boolean>>
where
    Base<R::Ty>: ComparesWith<Base<L::Ty>>,
{
    binary(Operator::Greater, left, right)
}

/// `left >= right`: NULL if one of them is NULL.
pub fn ge<L: IntoExpr, R: IntoExpr>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, Boolean>>
where
    Base<R::Ty>: ComparesWith<Base<L::Ty>>,
{
    binary(Operator::GreaterOrEqual, left, right)
}

/// `left AND right`, in three-valued logic.
pub fn and<L: IntoExpr, R: IntoExpr>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, Boolean>>
where
    Base<L::Ty>: IsCondition,
    Base<R::Ty>: IsCondition,
{
    binary(Operator::And, left, right)
}

/// `left OR right`, in three-valued logic.
pub fn or<L: IntoExpr, R: IntoExpr>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, Boolean>>
where
    Base<L::Ty>: IsCondition,
    Base<R::Ty>: IsCondition,
{
    binary(Operator::Or, left, right)
}

/// `NOT condition`.
pub fn not<C: IntoExpr>(condition: C) -> Expr<Like<C::Ty, Boolean>>
where
    Base<C::Ty>: IsCondition,
{
    Expr::new(Ast::Not(condition.into_expr().node()))
}

/// `-number`.
pub fn neg<N: IntoExpr>(number: N) -> Expr<N::Ty>
where
    Base<N::Ty>: IsNumber,
{
    Expr::new(Ast::Negative(number.into_expr().node()))
}

/// A right operand that can be added to, or subtracted from, a left operand of type `L`.
#[diagnostic::on_unimplemented(
    message = "cannot add `{Self}` to `{L}` in SQL",
    label = "expected an expression that can be added to `{L}`, found `{Self}`",
    note = "arithmetic is defined between numbers; text is joined with `concat((a, b))`, dates move with `date_add(..)`"
)]
pub trait AddsTo<L> {
    /// The type of the sum.
    type Out: BaseType;
}

/// A right operand that a left operand of type `L` can be multiplied with.
#[diagnostic::on_unimplemented(
    message = "cannot multiply `{L}` with `{Self}` in SQL",
    label = "expected a number, found `{Self}`",
    note = "arithmetic is defined between numbers"
)]
pub trait Multiplies<L> {
    /// The type of the product.
    type Out: BaseType;
}

/// A right operand that a left operand of type `L` can be divided by.
#[diagnostic::on_unimplemented(
    message = "cannot divide `{L}` by `{Self}` in SQL",
    label = "expected a number, found `{Self}`",
    note = "arithmetic is defined between numbers"
)]
pub trait Divides<L> {
    /// The type of the quotient.
    type Out: BaseType;
}

/// `left + right`. The scale of the sum is the greater of the two.
pub fn add<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: AddsTo<Base<L::Ty>, Out = O>,
{
    binary(Operator::Add, left, right)
}

/// `left - right`. The scale of the difference is the greater of the two.
pub fn sub<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: AddsTo<Base<L::Ty>, Out = O>,
{
    binary(Operator::Subtract, left, right)
}

/// `left * right`. The scale of the product is the sum of the two, at most 12.
pub fn mul<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: Multiplies<Base<L::Ty>, Out = O>,
{
    binary(Operator::Multiply, left, right)
}

/// `left / right`; division by zero is an error. The quotient has six digits more than `left` after the point, at most 12.
pub fn div<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: Divides<Base<L::Ty>, Out = O>,
{
    binary(Operator::Divide, left, right)
}

/// `left % right`, with the sign of `left`.
pub fn rem<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: AddsTo<Base<L::Ty>, Out = O>,
{
    binary(Operator::Remainder, left, right)
}

impl AddsTo<Float> for Float {
    type Out = Float;
}
impl<const P: u8, const S: u8> AddsTo<Number<P, S>> for Float {
    type Out = Float;
}
impl<const P: u8, const S: u8> AddsTo<Float> for Number<P, S> {
    type Out = Float;
}
impl Multiplies<Float> for Float {
    type Out = Float;
}
impl<const P: u8, const S: u8> Multiplies<Number<P, S>> for Float {
    type Out = Float;
}
impl<const P: u8, const S: u8> Multiplies<Float> for Number<P, S> {
    type Out = Float;
}
impl Divides<Float> for Float {
    type Out = Float;
}
impl<const P: u8, const S: u8> Divides<Number<P, S>> for Float {
    type Out = Float;
}
impl<const P: u8, const S: u8> Divides<Float> for Number<P, S> {
    type Out = Float;
}

const fn greater(a: u8, b: u8) -> u8 {
    if a > b { a } else { b }
}

const fn product_scale(a: u8, b: u8) -> u8 {
    let most = greater(greater(a, b), 12);
    if a + b < most { a + b } else { most }
}

const fn quotient_scale(a: u8) -> u8 {
    greater(a, if a + 6 < 12 { a + 6 } else { 12 })
}

// Constant arithmetic on generic parameters is not stable, so the scales of results are listed, for each pair of scales that NUMBER
// has. The precision of a result is always 38, the most that it can be: no value is lost, and a variable that takes it is only
// declared wider than it need be.

/// The scale of a left operand.
#[doc(hidden)]
pub struct Scale<const S: u8>;

/// What arithmetic with a right operand of scale `R` gives.
#[doc(hidden)]
pub trait Scales<const R: u8> {
    type Sum: BaseType;
    type Product: BaseType;
    type Quotient: BaseType;
}

macro_rules! scales {
    ([$($left:literal)*] $right:tt) => {
        $(scales!(@left $left $right);)*
    };
    (@left $left:literal [$($right:literal)*]) => {
        $(
            impl Scales<$right> for Scale<$left> {
                type Sum = Number<38, { greater($left, $right) }>;
                type Product = Number<38, { product_scale($left, $right) }>;
                type Quotient = Number<38, { quotient_scale($left) }>;
            }
        )*
    };
}
scales!(
    [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37]
    [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37]
);

#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8, const Q: u8, const R: u8> AddsTo<Number<P, S>> for Number<Q, R>
where
    Scale<S>: Scales<R>,
{
    type Out = <Scale<S> as Scales<R>>::Sum;
}

#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8, const Q: u8, const R: u8> Multiplies<Number<P, S>> for Number<Q, R>
where
    Scale<S>: Scales<R>,
{
    type Out = <Scale<S> as Scales<R>>::Product;
}

#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8, const Q: u8, const R: u8> Divides<Number<P, S>> for Number<Q, R>
where
    Scale<S>: Scales<R>,
{
    type Out = <Scale<S> as Scales<R>>::Quotient;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{DataType, SqlType};

    #[test]
    fn scales_follow_snowflake() {
        type Sum<L, R> = <R as AddsTo<L>>::Out;
        type Product<L, R> = <R as Multiplies<L>>::Out;
        type Quotient<L, R> = <R as Divides<L>>::Out;
        type N<const S: u8> = Number<38, S>;
        fn scale<T: SqlType>() -> u8 {
            let DataType::Number { precision: 38, scale } = T::DATA_TYPE else { panic!("{:?}", T::DATA_TYPE) };
            scale
        }
        for (found, expected) in [
            (scale::<Sum<N<2>, Number<5, 30>>>(), 30),
            (scale::<Sum<N<37>, N<0>>>(), 37),
            (scale::<Product<N<2>, N<3>>>(), 5),
            (scale::<Product<N<10>, N<10>>>(), 12),
            (scale::<Product<N<20>, N<10>>>(), 20),
            (scale::<Product<N<37>, N<37>>>(), 37),
            (scale::<Quotient<N<0>, N<9>>>(), 6),
            (scale::<Quotient<N<8>, N<0>>>(), 12),
            (scale::<Quotient<N<25>, N<2>>>(), 25),
        ] {
            assert_eq!(found, expected);
        }
    }
}
