//! Operators. The attributes rewrite `a + b`, `a == b`, `a && b`, `!a` and so on to these functions.

use super::ast::{Ast, Operator};
use super::digits::Arithmetic;
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
    /// The type of the remainder.
    type Remainder: BaseType;
}

/// `left + right`. The sum has as many digits after the point as the operand with more of them, and room for one more digit
/// before it. Snowflake: "Arithmetic operators".
pub fn add<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: AddsTo<Base<L::Ty>, Out = O>,
{
    binary(Operator::Add, left, right)
}

/// `left - right`, with the type of a sum. Snowflake: "Arithmetic operators".
pub fn sub<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: AddsTo<Base<L::Ty>, Out = O>,
{
    binary(Operator::Subtract, left, right)
}

/// `left * right`. The product has as many digits before the point as both together, and after it likewise, but at most 12 of
/// them or as many as an operand has. Snowflake: "Arithmetic operators".
pub fn mul<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: Multiplies<Base<L::Ty>, Out = O>,
{
    binary(Operator::Multiply, left, right)
}

/// `left / right`; division by zero is an error. The quotient has six digits more than `left` after the point, but at most 12 of
/// them or as many as `left` has. Snowflake: "Arithmetic operators".
pub fn div<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: Divides<Base<L::Ty>, Out = O>,
{
    binary(Operator::Divide, left, right)
}

/// `left % right`, with the sign of `left`.
pub fn rem<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: Divides<Base<L::Ty>, Remainder = O>,
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
    type Remainder = Float;
}
impl<const P: u8, const S: u8> Divides<Number<P, S>> for Float {
    type Out = Float;
    type Remainder = Float;
}
impl<const P: u8, const S: u8> Divides<Float> for Number<P, S> {
    type Out = Float;
    type Remainder = Float;
}

#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8, const Q: u8, const R: u8> AddsTo<Number<P, S>> for Number<Q, R>
where
    Number<P, S>: Arithmetic<Number<Q, R>>,
{
    type Out = <Number<P, S> as Arithmetic<Number<Q, R>>>::Sum;
}

#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8, const Q: u8, const R: u8> Multiplies<Number<P, S>> for Number<Q, R>
where
    Number<P, S>: Arithmetic<Number<Q, R>>,
{
    type Out = <Number<P, S> as Arithmetic<Number<Q, R>>>::Product;
}

#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8, const Q: u8, const R: u8> Divides<Number<P, S>> for Number<Q, R>
where
    Number<P, S>: Arithmetic<Number<Q, R>>,
{
    type Out = <Number<P, S> as Arithmetic<Number<Q, R>>>::Quotient;
    type Remainder = <Number<P, S> as Arithmetic<Number<Q, R>>>::Common;
}
