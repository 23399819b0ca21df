//! Functions whose arguments depend on each other, or are any number.

use super::conditional::Arguments;
use super::{call, node};
use crate::expr::ast::{Ast, Operator};
use crate::expr::fits::{IsArray, IsNumber, IsObject, IsText, SameAs};
use crate::expr::{AnyOf, Base, Both, Either, Expr, IntoExpr, Nullability, Typed};
use crate::types::{Array, BaseType, Boolean, Float, Integer, ObjectValue, Varchar};

/// The values as an array. Snowflake: `ARRAY_CONSTRUCT`.
pub fn array_construct<A: Arguments>(values: A) -> Expr<Array> {
    call("ARRAY_CONSTRUCT", values.nodes())
}

/// The values that are not NULL as an array. Snowflake: `ARRAY_CONSTRUCT_COMPACT`.
pub fn array_construct_compact<A: Arguments>(values: A) -> Expr<Array> {
    call("ARRAY_CONSTRUCT_COMPACT", values.nodes())
}

/// Without the elements that are equal to the value. Snowflake: `ARRAY_REMOVE`.
pub fn array_remove<A: IntoExpr, V: IntoExpr>(array: A, value: V) -> Expr<Either<A::Ty, V::Ty, Array>>
where
    Base<A::Ty>: IsArray,
{
    call("ARRAY_REMOVE", vec![node(array), call::<()>("TO_VARIANT", vec![node(value)]).node()])
}

/// With the entry of this name added or replaced. Snowflake: `OBJECT_INSERT`.
pub fn object_set<O: IntoExpr, N: IntoExpr, V: IntoExpr>(
    object: O,
    name: N,
    value: V,
) -> Expr<AnyOf<O::Ty, N::Ty, V::Ty, ObjectValue>>
where
    Base<O::Ty>: IsObject,
    Base<N::Ty>: IsText,
{
    call("OBJECT_INSERT", vec![node(object), node(name), node(value), crate::expr::literal::boolean(true).node()])
}

/// Whether the array has the value. Snowflake: `ARRAY_CONTAINS`.
pub fn array_contains<V: IntoExpr, A: IntoExpr>(value: V, array: A) -> Expr<Option<Boolean>>
where
    Base<A::Ty>: IsArray,
{
    call("ARRAY_CONTAINS", vec![call::<()>("TO_VARIANT", vec![node(value)]).node(), node(array)])
}

/// Where the array has the value, counted from 0; NULL if it has not. Snowflake: `ARRAY_POSITION`.
pub fn array_position<V: IntoExpr, A: IntoExpr>(value: V, array: A) -> Expr<Option<Integer>>
where
    Base<A::Ty>: IsArray,
{
    call("ARRAY_POSITION", vec![call::<()>("TO_VARIANT", vec![node(value)]).node(), node(array)])
}

/// Nullable if one of the values or the separator is.
type AnyNull<A, P> = <<A as Arguments>::Null as Nullability>::Or<<<P as IntoExpr>::Ty as Typed>::Null>;

/// The values as text with a separator between them; NULL if one of them is NULL. Snowflake: `CONCAT_WS`.
pub fn concat_ws<P: IntoExpr, A: Arguments>(
    separator: P,
    values: A,
) -> Expr<<AnyNull<A, P> as Nullability>::Of<Varchar>>
where
    Base<P::Ty>: IsText,
{
    let mut arguments = vec![node(separator)];
    arguments.extend(values.nodes());
    call("CONCAT_WS", arguments)
}

/// Whether `text` matches the pattern in any case, with `%` for any text and `_` for any character. Snowflake: `ILIKE`.
pub fn ilike<V: IntoExpr, P: IntoExpr>(text: V, pattern: P) -> Expr<Either<V::Ty, P::Ty, Boolean>>
where
    Base<V::Ty>: IsText,
    Base<P::Ty>: IsText,
{
    Expr::new(Ast::Binary { operator: Operator::Ilike, left: node(text), right: node(pattern) })
}

/// The greater of the two; NULL if both are NULL. Snowflake: `GREATEST_IGNORE_NULLS`.
pub fn greatest_ignore_nulls<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Both<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: SameAs<Base<L::Ty>, Out = O>,
{
    call("GREATEST_IGNORE_NULLS", vec![node(left), node(right)])
}

/// The lesser of the two; NULL if both are NULL. Snowflake: `LEAST_IGNORE_NULLS`.
pub fn least_ignore_nulls<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Both<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: SameAs<Base<L::Ty>, Out = O>,
{
    call("LEAST_IGNORE_NULLS", vec![node(left), node(right)])
}

/// `there` where `value` is not NULL, else `otherwise`. Snowflake: `NVL2`.
pub fn nvl2<V: IntoExpr, Y: IntoExpr, N: IntoExpr, O: BaseType>(
    value: V,
    there: Y,
    otherwise: N,
) -> Expr<Either<Y::Ty, N::Ty, O>>
where
    Base<N::Ty>: SameAs<Base<Y::Ty>, Out = O>,
{
    call("NVL2", vec![node(value), node(there), node(otherwise)])
}

/// The value in the middle, as a floating point number; NULL if there are none. Snowflake: `MEDIAN`.
pub fn median<V: IntoExpr>(number: V) -> Expr<Option<Float>>
where
    Base<V::Ty>: IsNumber,
{
    super::cast::<Float, _>(call::<Option<Float>>("MEDIAN", vec![node(number)]))
}
