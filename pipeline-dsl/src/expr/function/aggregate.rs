use super::conditional::Arguments;
use super::{call, node};
use crate::expr::ast::Ast;
use crate::expr::fits::{IsCondition, IsNumber};
use crate::expr::{Base, Expr, IntoExpr};
use crate::types::{BaseType, Float, Integer, Number};

/// Number of rows. Snowflake: `COUNT`.
pub fn count() -> Expr<Integer> {
    Expr::new(Ast::CountAll)
}

/// Number of rows in which `value` is not NULL. Snowflake: `COUNT`.
pub fn count_of<V: IntoExpr>(value: V) -> Expr<Integer> {
    call("COUNT", vec![node(value)])
}

/// Number of different values, or of different combinations of several; rows with a NULL among them are not counted.
/// Snowflake: `COUNT`.
pub fn count_distinct<A: Arguments>(values: A) -> Expr<Integer> {
    Expr::new(Ast::Distinct { name: "COUNT", arguments: values.nodes() })
}

/// Number of rows for which the condition is true. Snowflake: `COUNT_IF`.
pub fn count_if<C: IntoExpr>(condition: C) -> Expr<Integer>
where
    Base<C::Ty>: IsCondition,
{
    call("COUNT_IF", vec![node(condition)])
}

/// What `sum` and `avg` give for a type.
#[diagnostic::on_unimplemented(
    message = "cannot add up values of type `{Self}`",
    label = "expected a number, found `{Self}`",
    note = "convert it first: `cast::<Number<38, 0>, _>(..)`"
)]
pub trait Summable {
    /// The type of the sum.
    type Sum: BaseType;
}

impl<const P: u8, const S: u8> Summable for Number<P, S> {
    type Sum = Number<38, S>;
}

impl Summable for Float {
    type Sum = Float;
}

/// Sum of the values that are not NULL; NULL if there are none. Snowflake: `SUM`.
pub fn sum<V: IntoExpr, O: BaseType>(value: V) -> Expr<Option<O>>
where
    Base<V::Ty>: Summable<Sum = O>,
{
    call("SUM", vec![node(value)])
}

/// Average of the values that are not NULL, as a floating point number; NULL if there are none. Snowflake: `AVG`.
pub fn avg<V: IntoExpr>(value: V) -> Expr<Option<Float>>
where
    Base<V::Ty>: IsNumber,
{
    super::cast::<Float, _>(call::<Option<Float>>("AVG", vec![node(value)]))
}

/// Least value; NULL if there are none. Snowflake: `MIN`.
pub fn min<V: IntoExpr>(value: V) -> Expr<Option<Base<V::Ty>>> {
    call("MIN", vec![node(value)])
}

/// Greatest value; NULL if there are none. Snowflake: `MAX`.
pub fn max<V: IntoExpr>(value: V) -> Expr<Option<Base<V::Ty>>> {
    call("MAX", vec![node(value)])
}
