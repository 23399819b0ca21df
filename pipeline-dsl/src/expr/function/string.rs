use super::conditional::Arguments;
use super::{call, node};
use crate::expr::ast::{Ast, Operator};
use crate::expr::fits::{IsNumber, IsText};
use crate::expr::{AnyOf, Base, Either, Expr, IntoExpr, Like, Nullability};
use crate::types::{Boolean, Integer, Varchar};

/// The values as text, one after the other; NULL if one of them is NULL. Snowflake: `CONCAT , ||`.
pub fn concat<A: Arguments>(values: A) -> Expr<<A::Null as Nullability>::Of<Varchar>> {
    call("CONCAT", values.nodes())
}

/// In capital letters. Snowflake: `UPPER`.
pub fn upper<V: IntoExpr>(text: V) -> Expr<Like<V::Ty, Varchar>>
where
    Base<V::Ty>: IsText,
{
    call("UPPER", vec![node(text)])
}

/// In small letters. Snowflake: `LOWER`.
pub fn lower<V: IntoExpr>(text: V) -> Expr<Like<V::Ty, Varchar>>
where
    Base<V::Ty>: IsText,
{
    call("LOWER", vec![node(text)])
}

/// Without spaces at both ends. Snowflake: `TRIM`.
pub fn trim<V: IntoExpr>(text: V) -> Expr<Like<V::Ty, Varchar>>
where
    Base<V::Ty>: IsText,
{
    call("TRIM", vec![node(text)])
}

/// Number of characters. Snowflake: `LENGTH, LEN`.
pub fn length<V: IntoExpr>(text: V) -> Expr<Like<V::Ty, Integer>>
where
    Base<V::Ty>: IsText,
{
    call("LENGTH", vec![node(text)])
}

/// The first `count` characters. Snowflake: `LEFT`.
pub fn left<V: IntoExpr, N: IntoExpr>(text: V, count: N) -> Expr<Either<V::Ty, N::Ty, Varchar>>
where
    Base<V::Ty>: IsText,
    Base<N::Ty>: IsNumber,
{
    call("LEFT", vec![node(text), node(count)])
}

/// The last `count` characters. Snowflake: `RIGHT`.
pub fn right<V: IntoExpr, N: IntoExpr>(text: V, count: N) -> Expr<Either<V::Ty, N::Ty, Varchar>>
where
    Base<V::Ty>: IsText,
    Base<N::Ty>: IsNumber,
{
    call("RIGHT", vec![node(text), node(count)])
}

/// `count` characters from the one at `start`, counted from 1; a negative start counts from the end.
/// Snowflake: `SUBSTR , SUBSTRING`.
pub fn substr<V: IntoExpr, S: IntoExpr, N: IntoExpr>(
    text: V,
    start: S,
    count: N,
) -> Expr<AnyOf<V::Ty, S::Ty, N::Ty, Varchar>>
where
    Base<V::Ty>: IsText,
    Base<S::Ty>: IsNumber,
    Base<N::Ty>: IsNumber,
{
    call("SUBSTR", vec![node(text), node(start), node(count)])
}

/// `text` with every `from` replaced. Snowflake: `REPLACE`.
pub fn replace<V: IntoExpr, F: IntoExpr, T: IntoExpr>(
    text: V,
    from: F,
    to: T,
) -> Expr<AnyOf<V::Ty, F::Ty, T::Ty, Varchar>>
where
    Base<V::Ty>: IsText,
    Base<F::Ty>: IsText,
    Base<T::Ty>: IsText,
{
    call("REPLACE", vec![node(text), node(from), node(to)])
}

/// Whether `text` matches the pattern, with `%` for any text and `_` for any character. Snowflake: `LIKE`.
pub fn like<V: IntoExpr, P: IntoExpr>(text: V, pattern: P) -> Expr<Either<V::Ty, P::Ty, Boolean>>
where
    Base<V::Ty>: IsText,
    Base<P::Ty>: IsText,
{
    Expr::new(Ast::Binary { operator: Operator::Like, left: node(text), right: node(pattern) })
}

/// Whether `text` contains `part`. Snowflake: `CONTAINS`.
pub fn contains<V: IntoExpr, P: IntoExpr>(text: V, part: P) -> Expr<Either<V::Ty, P::Ty, Boolean>>
where
    Base<V::Ty>: IsText,
    Base<P::Ty>: IsText,
{
    call("CONTAINS", vec![node(text), node(part)])
}

/// Whether `text` starts with `part`. Snowflake: `STARTSWITH`.
pub fn starts_with<V: IntoExpr, P: IntoExpr>(text: V, part: P) -> Expr<Either<V::Ty, P::Ty, Boolean>>
where
    Base<V::Ty>: IsText,
    Base<P::Ty>: IsText,
{
    call("STARTSWITH", vec![node(text), node(part)])
}

/// Whether `text` ends with `part`. Snowflake: `ENDSWITH`.
pub fn ends_with<V: IntoExpr, P: IntoExpr>(text: V, part: P) -> Expr<Either<V::Ty, P::Ty, Boolean>>
where
    Base<V::Ty>: IsText,
    Base<P::Ty>: IsText,
{
    call("ENDSWITH", vec![node(text), node(part)])
}
