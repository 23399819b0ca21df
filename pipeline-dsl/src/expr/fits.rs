//! Which types compare, combine, and fit into columns, variables and results.
//!
//! Every trait speaks about one role only, with `Self` on the right, so that the compiler's message fits the place.

use super::digits::{Arithmetic, FixedTo, KeepsDigits};
use super::{NotNull, Nullable};
use crate::types::{
    Array, Binary, Boolean, Date, Float, Number, ObjectValue, Time, TimestampLtz, TimestampNtz, TimestampTz, Varchar,
    Variant,
};

/// A right operand that compares with a left operand of type `L`.
#[diagnostic::on_unimplemented(
    message = "cannot compare `{L}` with `{Self}` in SQL",
    label = "expected an expression that compares with `{L}`, found `{Self}`",
    note = "convert one side first: `cast::<{L}, _>(..)`"
)]
pub trait ComparesWith<L> {}

/// A value that is a condition.
#[diagnostic::on_unimplemented(
    message = "expected a SQL condition, found an expression of type `{Self}`",
    label = "expected `Boolean`, found `{Self}`"
)]
pub trait IsCondition {}

impl IsCondition for Boolean {}

/// A value that is text.
#[diagnostic::on_unimplemented(
    message = "expected text, found an expression of type `{Self}`",
    label = "expected `Varchar`, found `{Self}`",
    note = "convert it first: `to_varchar(..)`"
)]
pub trait IsText {}

impl<const N: u32> IsText for Varchar<N> {}

/// A value that is a number.
#[diagnostic::on_unimplemented(
    message = "expected a number, found an expression of type `{Self}`",
    label = "expected `Number` or `Float`, found `{Self}`",
    note = "convert it first: `cast::<Number<38, 0>, _>(..)`"
)]
pub trait IsNumber {}

impl<const P: u8, const S: u8> IsNumber for Number<P, S> {}
impl IsNumber for Float {}

/// A value that is a whole number.
#[diagnostic::on_unimplemented(
    message = "expected a whole number, found an expression of type `{Self}`",
    label = "expected `Integer`, found `{Self}`",
    note = "convert it first: `cast::<Integer, _>(..)`"
)]
pub trait IsInteger {}

impl<const P: u8> IsInteger for Number<P, 0> {}

/// A value that is a date, a time or a timestamp.
#[diagnostic::on_unimplemented(
    message = "expected a date or time, found an expression of type `{Self}`",
    label = "expected `Date`, `Time` or a timestamp, found `{Self}`",
    note = "convert it first: `cast::<TimestampNtz, _>(..)`"
)]
pub trait IsTemporal {}

impl IsTemporal for Date {}
impl IsTemporal for Time {}
impl IsTemporal for TimestampNtz {}
impl IsTemporal for TimestampLtz {}
impl IsTemporal for TimestampTz {}

/// A value that is a date or timestamp.
#[diagnostic::on_unimplemented(
    message = "expected a date or timestamp, found an expression of type `{Self}`",
    label = "expected `Date` or a timestamp, found `{Self}`",
    note = "convert it first: `cast::<Date, _>(..)`"
)]
pub trait IsDay {}

#[diagnostic::do_not_recommend]
impl IsDay for Date {}
#[diagnostic::do_not_recommend]
impl IsDay for TimestampNtz {}
#[diagnostic::do_not_recommend]
impl IsDay for TimestampLtz {}
#[diagnostic::do_not_recommend]
impl IsDay for TimestampTz {}

/// A value that is a time or timestamp.
#[diagnostic::on_unimplemented(
    message = "expected a time or timestamp, found an expression of type `{Self}`",
    label = "expected `Time` or a timestamp, found `{Self}`",
    note = "convert it first: `cast::<TimestampNtz, _>(..)`"
)]
pub trait IsClock {}

#[diagnostic::do_not_recommend]
impl IsClock for Time {}
#[diagnostic::do_not_recommend]
impl IsClock for TimestampNtz {}
#[diagnostic::do_not_recommend]
impl IsClock for TimestampLtz {}
#[diagnostic::do_not_recommend]
impl IsClock for TimestampTz {}

/// A value that is a timestamp.
#[diagnostic::on_unimplemented(
    message = "expected a timestamp, found an expression of type `{Self}`",
    label = "expected a timestamp, found `{Self}`",
    note = "convert it first: `cast::<TimestampNtz, _>(..)`"
)]
pub trait IsTimestamp {}

#[diagnostic::do_not_recommend]
impl IsTimestamp for TimestampNtz {}
#[diagnostic::do_not_recommend]
impl IsTimestamp for TimestampLtz {}
#[diagnostic::do_not_recommend]
impl IsTimestamp for TimestampTz {}

/// A value that is an array.
#[diagnostic::on_unimplemented(
    message = "expected an array, found an expression of type `{Self}`",
    label = "expected `Array` or `Variant`, found `{Self}`",
    note = "make one with `array_construct(..)`"
)]
pub trait IsArray {}

#[diagnostic::do_not_recommend]
impl IsArray for Array {}
#[diagnostic::do_not_recommend]
impl IsArray for Variant {}

/// A value that is an object.
#[diagnostic::on_unimplemented(
    message = "expected an object, found an expression of type `{Self}`",
    label = "expected `ObjectValue` or `Variant`, found `{Self}`",
    note = "make one with `object!`"
)]
pub trait IsObject {}

#[diagnostic::do_not_recommend]
impl IsObject for ObjectValue {}
#[diagnostic::do_not_recommend]
impl IsObject for Variant {}

/// A value that is a VARIANT.
#[diagnostic::on_unimplemented(
    message = "expected a VARIANT, found an expression of type `{Self}`",
    label = "expected `Variant`, found `{Self}`",
    note = "convert it first: `to_variant(..)`"
)]
pub trait IsVariant {}

impl IsVariant for Variant {}

/// A value that is semi-structured.
#[diagnostic::on_unimplemented(
    message = "expected semi-structured, found an expression of type `{Self}`",
    label = "expected `Variant`, `ObjectValue` or `Array`, found `{Self}`",
    note = "convert it first: `to_variant(..)`"
)]
pub trait IsSemiStructured {}

#[diagnostic::do_not_recommend]
impl IsSemiStructured for Variant {}
#[diagnostic::do_not_recommend]
impl IsSemiStructured for ObjectValue {}
#[diagnostic::do_not_recommend]
impl IsSemiStructured for Array {}

/// A value that is text or binary.
#[diagnostic::on_unimplemented(
    message = "expected text or binary, found an expression of type `{Self}`",
    label = "expected `Varchar` or `Binary`, found `{Self}`",
    note = "convert it first: `to_varchar(..)`"
)]
pub trait IsTextOrBinary {}

#[diagnostic::do_not_recommend]
impl<const N: u32> IsTextOrBinary for Varchar<N> {}
#[diagnostic::do_not_recommend]
impl<const N: u32> IsTextOrBinary for Binary<N> {}

/// Any value.
pub trait IsAny {}

impl<T: crate::types::BaseType> IsAny for T {}

/// A number as it becomes when it is rounded to `N` digits after the point.
#[diagnostic::on_unimplemented(
    message = "expected a number, found an expression of type `{Self}`",
    label = "expected `Number` or `Float`, found `{Self}`",
    note = "convert it first: `cast::<Number<38, 0>, _>(..)`"
)]
pub trait RoundsTo<const N: u8> {
    /// The type of the result.
    type Out: crate::types::BaseType;
}

#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8, const N: u8> RoundsTo<N> for Number<P, S>
where
    Number<P, S>: FixedTo<N>,
{
    type Out = <Number<P, S> as FixedTo<N>>::Rounded;
}

impl<const N: u8> RoundsTo<N> for Float {
    type Out = Float;
}

/// A value that fits a column of type `C`.
#[diagnostic::on_unimplemented(
    message = "column of type `{C}` cannot take a value of type `{Self}`",
    label = "expected a value that fits `{C}`, found `{Self}`",
    note = "convert it first: `cast::<{C}, _>(..)`",
    note = "a NUMBER never loses digits after the point without a `cast`"
)]
pub trait FitsColumn<C> {}

/// A nullability that a column or variable of nullability `N` allows.
#[diagnostic::on_unimplemented(
    message = "a value that may be NULL cannot go into a NOT NULL column",
    label = "this value may be NULL",
    note = "give a value for NULL with `coalesce(.., ..)`, or declare the column as `Option<..>`"
)]
pub trait FitsNull<N> {}

impl FitsNull<NotNull> for NotNull {}
impl FitsNull<Nullable> for NotNull {}
impl FitsNull<Nullable> for Nullable {}

/// A value that fits a variable of type `V`.
#[diagnostic::on_unimplemented(
    message = "variable of type `{V}` cannot take a value of type `{Self}`",
    label = "expected a value that fits `{V}`, found `{Self}`",
    note = "declare the variable with a type that takes both, or convert the value: `cast::<{V}, _>(..)`",
    note = "a NUMBER never loses digits after the point without a `cast`"
)]
pub trait FitsVariable<V> {}

/// A nullability that a variable of nullability `N` allows.
#[diagnostic::on_unimplemented(
    message = "a value that may be NULL cannot go into a variable that is never NULL",
    label = "this value may be NULL",
    note = "give a value for NULL with `coalesce(.., ..)`, or declare the variable as `Option<..>`"
)]
pub trait VariableNull<N> {}

impl VariableNull<NotNull> for NotNull {}
impl VariableNull<Nullable> for NotNull {}
impl VariableNull<Nullable> for Nullable {}

/// A value that fits an argument of type `A` of another procedure.
#[diagnostic::on_unimplemented(
    message = "an argument of type `{A}` cannot take a value of type `{Self}`",
    label = "expected a value that fits `{A}`, found `{Self}`",
    note = "convert it first: `cast::<{A}, _>(..)`",
    note = "a NUMBER never loses digits after the point without a `cast`"
)]
pub trait PassesAs<A> {}

/// A nullability that an argument of nullability `N` allows.
#[diagnostic::on_unimplemented(
    message = "a value that may be NULL cannot be passed to an argument that is never NULL",
    label = "this value may be NULL",
    note = "give a value for NULL with `coalesce(.., ..)`, or declare the argument as `Option<..>`"
)]
pub trait PassesNull<N> {}

impl PassesNull<NotNull> for NotNull {}
impl PassesNull<Nullable> for NotNull {}
impl PassesNull<Nullable> for Nullable {}

/// A value that a procedure declared to return `P` may return.
#[diagnostic::on_unimplemented(
    message = "this procedure returns `{P}`, not `{Self}`",
    label = "expected `{P}`, found `{Self}`",
    note = "a NUMBER never loses digits after the point without a `cast`"
)]
pub trait Returns<P> {}

/// Another branch of `iff` or another argument of `coalesce`, next to one of type `L`.
#[diagnostic::on_unimplemented(
    message = "`{L}` and `{Self}` have no type in common in SQL",
    label = "expected `{L}` like the first value, found `{Self}`",
    note = "convert one side first: `cast::<{L}, _>(..)`"
)]
pub trait SameAs<L> {
    /// The type of the result.
    type Out: crate::types::BaseType;
}

#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8, const Q: u8, const T: u8> SameAs<Number<P, S>> for Number<Q, T>
where
    Number<P, S>: Arithmetic<Number<Q, T>>,
{
    type Out = <Number<P, S> as Arithmetic<Number<Q, T>>>::Common;
}
#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8> SameAs<Float> for Number<P, S> {
    type Out = Float;
}
#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8> SameAs<Number<P, S>> for Float {
    type Out = Float;
}
#[diagnostic::do_not_recommend]
impl<const N: u32, const M: u32> SameAs<Binary<N>> for Binary<M> {
    type Out = Binary;
}
impl<const N: u32, const M: u32> SameAs<Varchar<N>> for Varchar<M> {
    type Out = Varchar;
}

macro_rules! same {
    ($($type:ty),*) => {$(
        impl SameAs<$type> for $type {
            type Out = $type;
        }
    )*};
}
same!(Boolean, Float, Date, Time, TimestampNtz, TimestampLtz, TimestampTz, Variant, ObjectValue, Array);

macro_rules! pairs {
    ($trait:ident: $($right:ty => [$($left:ty),+]);+ $(;)?) => {$($(
        #[diagnostic::do_not_recommend]
        impl $trait<$left> for $right {}
    )+)+};
}

#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8, const Q: u8, const T: u8> ComparesWith<Number<P, S>> for Number<Q, T> {}
#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8> ComparesWith<Number<P, S>> for Float {}
#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8> ComparesWith<Float> for Number<P, S> {}
#[diagnostic::do_not_recommend]
impl<const N: u32, const M: u32> ComparesWith<Varchar<N>> for Varchar<M> {}
#[diagnostic::do_not_recommend]
impl<const N: u32, const M: u32> ComparesWith<Binary<N>> for Binary<M> {}
pairs! { ComparesWith:
    Float => [Float];
    Boolean => [Boolean];
    Time => [Time];
    Date => [Date, TimestampNtz, TimestampLtz, TimestampTz];
    TimestampNtz => [Date, TimestampNtz, TimestampLtz, TimestampTz];
    TimestampLtz => [Date, TimestampNtz, TimestampLtz, TimestampTz];
    TimestampTz => [Date, TimestampNtz, TimestampLtz, TimestampTz];
    Variant => [Variant];
    Array => [Array];
    ObjectValue => [ObjectValue];
}

macro_rules! assignable {
    ($($trait:ident),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<const P: u8, const S: u8, const Q: u8, const T: u8> $trait<Number<P, S>> for Number<Q, T> where
            Number<Q, T>: KeepsDigits<Number<P, S>>
        {
        }
        #[diagnostic::do_not_recommend]
        impl<const P: u8, const S: u8> $trait<Float> for Number<P, S> {}
        #[diagnostic::do_not_recommend]
        impl<const N: u32, const M: u32> $trait<Varchar<N>> for Varchar<M> {}
        #[diagnostic::do_not_recommend]
        impl<const N: u32, const M: u32> $trait<Binary<N>> for Binary<M> {}
        pairs! { $trait:
            Float => [Float];
            Boolean => [Boolean];
            Time => [Time];
            Date => [Date, TimestampNtz, TimestampLtz, TimestampTz];
            TimestampNtz => [TimestampNtz, TimestampLtz, TimestampTz];
            TimestampLtz => [TimestampNtz, TimestampLtz, TimestampTz];
            TimestampTz => [TimestampTz, TimestampLtz];
            Variant => [Variant];
            Array => [Array, Variant];
            ObjectValue => [ObjectValue, Variant];
        }
    )*};
}
assignable!(FitsColumn, FitsVariable, Returns, PassesAs);
