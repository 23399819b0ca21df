//! Digits of numbers, counted by the type checker.
//!
//! Arithmetic on constant parameters is not stable in Rust, so what Snowflake's rules for NUMBER need of it is a table: one line
//! for every two counts of digits. See "Arithmetic operators", section "Scale and precision", in Snowflake's documentation.

use crate::types::{BaseType, Number};

/// A count of digits, 0 to 38.
pub struct Digits<const N: u8>(());

/// Two counts of digits, and what Snowflake's rules make of them.
#[diagnostic::on_unimplemented(
    message = "a NUMBER has at most 38 digits",
    label = "these are no counts of digits that a NUMBER has"
)]
pub trait Pair<R> {
    /// The greater of the two.
    type Greater;
    /// The lesser of the two.
    type Lesser;
    /// One more than the greater: what a sum needs before the point.
    type Carried;
    /// Both together, at most 38.
    type Total;
    /// The first without the second: what a NUMBER of so many digits, so many of them after the point, has before it.
    type Whole;
    /// Digits after the point of a product of numbers with so many.
    type Product;
    /// A number with the first before the point, and the second after it.
    type Number: BaseType;
    /// One digit if the first is the greater, else none: what rounding from so many digits after the point to so many carries over,
    /// as 9.99 becomes 10.0.
    type Carry;
}

/// What Snowflake's rules make of a count of digits after the point.
pub trait Scale {
    /// Digits after the point of a quotient whose dividend has so many.
    type Quotient;
}

/// Is the same type: a bound that the compiler reports as a bound.
pub trait Same<T> {}

impl<T> Same<T> for T {}

const fn greater(a: u8, b: u8) -> u8 {
    if a > b { a } else { b }
}

const fn lesser(a: u8, b: u8) -> u8 {
    if a < b { a } else { b }
}

macro_rules! pairs {
    ([$($left:literal)*] $right:tt) => {
        $(
            pairs!(@left $left $right);
            impl Scale for Digits<$left> {
                type Quotient = Digits<{ greater($left, lesser($left + 6, 12)) }>;
            }
        )*
    };
    (@left $left:literal [$($right:literal)*]) => {
        $(
            impl Pair<Digits<$right>> for Digits<$left> {
                type Greater = Digits<{ greater($left, $right) }>;
                type Lesser = Digits<{ lesser($left, $right) }>;
                type Carried = Digits<{ lesser(greater($left, $right) + 1, 38) }>;
                type Total = Digits<{ lesser($left + $right, 38) }>;
                type Whole = Digits<{ ($left as u8).saturating_sub($right) }>;
                type Product = Digits<{ lesser($left + $right, greater(greater($left, $right), 12)) }>;
                type Number = Number<{ greater(lesser($left + $right, 38), 1) }, { lesser($right, 37) }>;
                type Carry = Digits<{ ($left > $right) as u8 }>;
            }
        )*
    };
}
pairs!(
    [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38]
    [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38]
);

/// A NUMBER, by its digits before and after the point.
#[diagnostic::on_unimplemented(
    message = "expected a NUMBER, found an expression of type `{Self}`",
    label = "expected `Number`, found `{Self}`",
    note = "convert it first: `cast::<Number<38, 6>, _>(..)`"
)]
pub trait Fixed: BaseType {
    /// Digits before the point.
    type Whole;
    /// Digits after the point.
    type Scale;
}

#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8> Fixed for Number<P, S>
where
    Digits<P>: Pair<Digits<S>>,
{
    type Whole = <Digits<P> as Pair<Digits<S>>>::Whole;
    type Scale = Digits<S>;
}

/// A NUMBER that is rounded to `N` digits after the point.
pub trait FixedTo<const N: u8>: Fixed {
    /// The result.
    type Rounded: BaseType;
}

#[diagnostic::do_not_recommend]
impl<T: Fixed, const N: u8> FixedTo<N> for T
where
    T::Scale: Pair<Digits<N>>,
    T::Whole: Pair<Carry<T::Scale, Digits<N>>>,
    Total<T::Whole, Carry<T::Scale, Digits<N>>>: Pair<Lesser<T::Scale, Digits<N>>>,
{
    type Rounded = Made<Total<T::Whole, Carry<T::Scale, Digits<N>>>, Lesser<T::Scale, Digits<N>>>;
}

/// Two NUMBERs, and what Snowflake's operators make of them. `Self` is the left one.
pub trait Arithmetic<R> {
    /// The type of a sum or difference.
    type Sum: BaseType;
    /// The type of a product.
    type Product: BaseType;
    /// The type of a quotient.
    type Quotient: BaseType;
    /// The type that has room for both: of a remainder, and of a value that is one or the other.
    type Common: BaseType;
}

type Greater<L, R> = <L as Pair<R>>::Greater;
type Carry<L, R> = <L as Pair<R>>::Carry;
type Lesser<L, R> = <L as Pair<R>>::Lesser;
type Carried<L, R> = <L as Pair<R>>::Carried;
type Total<L, R> = <L as Pair<R>>::Total;
type Product<L, R> = <L as Pair<R>>::Product;
type Made<W, S> = <W as Pair<S>>::Number;

#[diagnostic::do_not_recommend]
impl<L: Fixed, R: Fixed> Arithmetic<R> for L
where
    L::Scale: Pair<R::Scale> + Scale,
    L::Whole: Pair<R::Whole> + Pair<R::Scale>,
    Carried<L::Whole, R::Whole>: Pair<Greater<L::Scale, R::Scale>>,
    Total<L::Whole, R::Whole>: Pair<Product<L::Scale, R::Scale>>,
    Total<L::Whole, R::Scale>: Pair<<L::Scale as Scale>::Quotient>,
    Greater<L::Whole, R::Whole>: Pair<Greater<L::Scale, R::Scale>>,
{
    type Sum = Made<Carried<L::Whole, R::Whole>, Greater<L::Scale, R::Scale>>;
    type Product = Made<Total<L::Whole, R::Whole>, Product<L::Scale, R::Scale>>;
    type Quotient = Made<Total<L::Whole, R::Scale>, <L::Scale as Scale>::Quotient>;
    type Common = Made<Greater<L::Whole, R::Whole>, Greater<L::Scale, R::Scale>>;
}

/// Keeps all digits after the point in a `T`. Snowflake would round what has more of them, without an error.
pub trait KeepsDigits<T> {}

#[diagnostic::do_not_recommend]
impl<const P: u8, const S: u8, const Q: u8, const T: u8> KeepsDigits<Number<P, S>> for Number<Q, T>
where
    Digits<S>: Pair<Digits<T>>,
    Greater<Digits<S>, Digits<T>>: Same<Digits<S>>,
{
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::SqlType;

    fn shown<T: SqlType>() -> String {
        T::DATA_TYPE.to_string()
    }

    /// The examples of Snowflake's documentation, and the bounds.
    #[test]
    fn results_follow_snowflake() {
        type Sum<L, R> = <L as Arithmetic<R>>::Sum;
        type Product<L, R> = <L as Arithmetic<R>>::Product;
        type Quotient<L, R> = <L as Arithmetic<R>>::Quotient;
        type Common<L, R> = <L as Arithmetic<R>>::Common;
        type N<const P: u8, const S: u8> = Number<P, S>;
        for (found, expected) in [
            (shown::<Sum<N<10, 2>, N<5, 0>>>(), "NUMBER(11,2)"),
            (shown::<Sum<N<38, 2>, N<38, 37>>>(), "NUMBER(38,37)"),
            (shown::<Sum<N<3, 3>, N<3, 3>>>(), "NUMBER(4,3)"),
            (shown::<Product<N<10, 2>, N<2, 1>>>(), "NUMBER(12,3)"),
            (shown::<Product<N<20, 10>, N<20, 10>>>(), "NUMBER(32,12)"),
            (shown::<Product<N<38, 37>, N<38, 37>>>(), "NUMBER(38,37)"),
            (shown::<Quotient<N<10, 2>, N<5, 1>>>(), "NUMBER(17,8)"),
            (shown::<Quotient<N<1, 0>, N<1, 0>>>(), "NUMBER(7,6)"),
            (shown::<Quotient<N<30, 25>, N<38, 37>>>(), "NUMBER(38,25)"),
            (shown::<Common<N<10, 2>, N<10, 5>>>(), "NUMBER(13,5)"),
            (shown::<<N<10, 3> as FixedTo<0>>::Rounded>(), "NUMBER(8,0)"),
            (shown::<<N<38, 0> as FixedTo<0>>::Rounded>(), "NUMBER(38,0)"),
            (shown::<<N<3, 3> as FixedTo<0>>::Rounded>(), "NUMBER(1,0)"),
            (shown::<<N<10, 3> as FixedTo<1>>::Rounded>(), "NUMBER(9,1)"),
            (shown::<<N<10, 3> as FixedTo<3>>::Rounded>(), "NUMBER(10,3)"),
            (shown::<<N<10, 3> as FixedTo<9>>::Rounded>(), "NUMBER(10,3)"),
        ] {
            assert_eq!(found, expected);
        }
    }
}
