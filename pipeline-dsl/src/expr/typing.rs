//! Nullability at the level of types: what a function of nullable operands returns.

use crate::types::{BaseType, SqlType};

/// Whether an expression can be NULL, as a type: [`NotNull`] or [`Nullable`].
pub trait Nullability {
    /// `T` itself, or `Option<T>`.
    type Of<T: BaseType>: Typed<Base = T>;
    /// NULL as soon as one of the two can be NULL.
    type Or<N: Nullability>: Nullability;
    /// NULL only if both can be NULL.
    type And<N: Nullability>: Nullability;
}

/// Never NULL.
pub struct NotNull(());

/// Can be NULL.
pub struct Nullable(());

impl Nullability for NotNull {
    type Of<T: BaseType> = T;
    type Or<N: Nullability> = N;
    type And<N: Nullability> = NotNull;
}

impl Nullability for Nullable {
    type Of<T: BaseType> = Option<T>;
    type Or<N: Nullability> = Nullable;
    type And<N: Nullability> = N;
}

/// The type of an expression: a SQL type and whether NULL is possible.
pub trait Typed: SqlType {
    /// [`Nullable`] for `Option<..>`, else [`NotNull`].
    type Null: Nullability;
}

#[diagnostic::do_not_recommend]
impl<T: BaseType> Typed for T {
    type Null = NotNull;
}

#[diagnostic::do_not_recommend]
impl<T: BaseType> Typed for Option<T> {
    type Null = Nullable;
}

/// The SQL type of `T` without nullability.
pub type Base<T> = <T as SqlType>::Base;

/// `O`, nullable if `T` is.
pub type Like<T, O> = <<T as Typed>::Null as Nullability>::Of<O>;

/// `O`, nullable if `L` or `R` is.
pub type Either<L, R, O> = <<<L as Typed>::Null as Nullability>::Or<<R as Typed>::Null> as Nullability>::Of<O>;

/// `O`, nullable if both `L` and `R` are.
pub type Both<L, R, O> = <<<L as Typed>::Null as Nullability>::And<<R as Typed>::Null> as Nullability>::Of<O>;

/// `T` with the most room that its kind has, nullable if `T` is.
pub type Wide<T> = Like<T, <Base<T> as BaseType>::Widest>;

/// `O`, nullable if one of the three is.
pub type AnyOf<A, B, C, O> = <<<<A as Typed>::Null as Nullability>::Or<<B as Typed>::Null> as Nullability>::Or<
    <C as Typed>::Null,
> as Nullability>::Of<O>;

/// `T` as a value of type `F` converts to it: nullable if `F` is, or if it has a NULL of its own, as a VARIANT has JSON's.
pub type Converted<F, T> =
    <<<F as Typed>::Null as Nullability>::Or<<Base<F> as BaseType>::Converts> as Nullability>::Of<T>;
