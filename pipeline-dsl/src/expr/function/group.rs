//! More aggregate functions.

use super::conditional::Arguments;
use super::window::Order;
use super::{call, node};
use crate::expr::ast::{Ast, Node};
use crate::expr::fits::{IsAny, IsArray, IsCondition, IsInteger, IsNumber, IsText};
use crate::expr::{Base, Expr, IntoExpr};
use crate::types::{Array, Boolean, Float, Integer, ObjectValue, Varchar};

functions! {
    /// The value of some row. Snowflake: `ANY_VALUE`.
    fn any_value(A value: IsAny) -> nullable Base<A::Ty> = "ANY_VALUE";

    /// The value of the row with the least `key`. Snowflake: `MIN_BY`.
    fn min_by(A value: IsAny, B key: IsAny) -> nullable Base<A::Ty> = "MIN_BY";

    /// The value of the row with the greatest `key`. Snowflake: `MAX_BY`.
    fn max_by(A value: IsAny, B key: IsAny) -> nullable Base<A::Ty> = "MAX_BY";

    /// The most frequent value. Snowflake: `MODE`.
    fn mode(A value: IsAny) -> nullable Base<A::Ty> = "MODE";

    /// The standard deviation of a sample. Snowflake: `STDDEV, STDDEV_SAMP`.
    fn stddev(A number: IsNumber) -> nullable Float = "STDDEV";

    /// The standard deviation of all values. Snowflake: `STDDEV_POP`.
    fn stddev_pop(A number: IsNumber) -> nullable Float = "STDDEV_POP";

    /// How two numbers correlate, from -1 to 1. Snowflake: `CORR`.
    fn corr(A y: IsNumber, B x: IsNumber) -> nullable Float = "CORR";

    /// The covariance of all pairs. Snowflake: `COVAR_POP`.
    fn covar_pop(A y: IsNumber, B x: IsNumber) -> nullable Float = "COVAR_POP";

    /// The covariance of a sample of pairs. Snowflake: `COVAR_SAMP`.
    fn covar_samp(A y: IsNumber, B x: IsNumber) -> nullable Float = "COVAR_SAMP";

    /// How lopsided the values lie. Snowflake: `SKEW`.
    fn skew(A number: IsNumber) -> nullable Float = "SKEW";

    /// The values as one text with a separator between them, in no particular order; empty text if there are none. Snowflake: `LISTAGG`.
    fn list_agg(A value: IsText, B separator: IsText) -> certain Varchar = "LISTAGG";

    /// The values as an array, in no particular order, without NULLs; empty if there are none. Snowflake: `ARRAY_AGG`.
    fn array_agg(A value: IsAny) -> certain Array = "ARRAY_AGG";

    /// Names and values as an object; an error for a name that comes twice. Snowflake: `OBJECT_AGG`.
    fn object_agg(A name: IsText, B value: IsAny) -> certain ObjectValue = "OBJECT_AGG";

    /// The different values as an array. Snowflake: `ARRAY_UNIQUE_AGG`.
    fn array_unique_agg(A value: IsAny) -> certain Array = "ARRAY_UNIQUE_AGG";

    /// Whether the condition is true for all rows. Snowflake: `BOOLAND_AGG`.
    fn all_of(A condition: IsCondition) -> nullable Boolean = "BOOLAND_AGG";

    /// Whether the condition is true for some row. Snowflake: `BOOLOR_AGG`.
    fn any_of(A condition: IsCondition) -> nullable Boolean = "BOOLOR_AGG";

    /// The bits that all values have. Snowflake: `BITAND_AGG`.
    fn bit_and_agg(A number: IsInteger) -> nullable Integer = "BITAND_AGG";

    /// The bits that some value has. Snowflake: `BITOR_AGG`.
    fn bit_or_agg(A number: IsInteger) -> nullable Integer = "BITOR_AGG";

    /// About how many different values there are. Snowflake: `APPROX_COUNT_DISTINCT`.
    fn approx_count_distinct(A value: IsAny) -> certain Integer = "APPROX_COUNT_DISTINCT";

    /// The bits that an odd number of values has. Snowflake: `BITXOR_AGG`.
    fn bit_xor_agg(A number: IsInteger) -> nullable Integer = "BITXOR_AGG";

    /// Whether the condition is true for exactly one row. Snowflake: `BOOLXOR_AGG`.
    fn one_of(A condition: IsCondition) -> nullable Boolean = "BOOLXOR_AGG";

    /// The different elements of all arrays as one array. Snowflake: `ARRAY_UNION_AGG`.
    fn array_union_agg(A array: IsArray) -> certain Array = "ARRAY_UNION_AGG";

    /// About the value below which a share of the values lies, such as 0.95. Snowflake: `APPROX_PERCENTILE`.
    fn approx_percentile(A number: IsNumber, B share: IsNumber) -> nullable Float = "APPROX_PERCENTILE";

    /// About the most frequent values with their counts, as an array of arrays. Snowflake: `APPROX_TOP_K`.
    fn approx_top_k(A value: IsAny, B count: IsInteger) -> nullable Array = "APPROX_TOP_K";

    /// The slope of the line through the points. Snowflake: `REGR_SLOPE`.
    fn regr_slope(A y: IsNumber, B x: IsNumber) -> nullable Float = "REGR_SLOPE";

    /// Where the line through the points crosses the y axis. Snowflake: `REGR_INTERCEPT`.
    fn regr_intercept(A y: IsNumber, B x: IsNumber) -> nullable Float = "REGR_INTERCEPT";

    /// How well a line fits the points, from 0 to 1. Snowflake: `REGR_R2`.
    fn regr_r2(A y: IsNumber, B x: IsNumber) -> nullable Float = "REGR_R2";

    /// Number of points of which both numbers are known. Snowflake: `REGR_COUNT`.
    fn regr_count(A y: IsNumber, B x: IsNumber) -> certain Integer = "REGR_COUNT";
}

fn ordered<T>(function: Node, order: Order) -> Expr<T> {
    Expr::new(Ast::WithinGroup { function, order: vec![order.0] })
}

/// The values as one text with a separator between them, in an order; empty text if there are none. Snowflake: `LISTAGG`.
pub fn list_agg_by<V: IntoExpr, P: IntoExpr>(value: V, separator: P, order: impl Into<Order>) -> Expr<Varchar>
where
    Base<V::Ty>: IsText,
    Base<P::Ty>: IsText,
{
    ordered(call::<()>("LISTAGG", vec![node(value), node(separator)]).node(), order.into())
}

/// The different values as one text with a separator between them, sorted; empty text if there are none. Snowflake: `LISTAGG`.
pub fn list_agg_distinct<V: IntoExpr, P: IntoExpr>(value: V, separator: P) -> Expr<Varchar>
where
    Base<V::Ty>: IsText,
    Base<P::Ty>: IsText,
{
    let value = value.into_expr();
    let function = Ast::Distinct { name: "LISTAGG", arguments: vec![value.node(), node(separator)] };
    ordered(function.into(), value.into())
}

/// The values as an array in an order, without NULLs; empty if there are none. Snowflake: `ARRAY_AGG`.
pub fn array_agg_by<V: IntoExpr>(value: V, order: impl Into<Order>) -> Expr<Array> {
    ordered(call::<()>("ARRAY_AGG", vec![node(value)]).node(), order.into())
}

/// The different values as a sorted array, without NULLs; empty if there are none. Snowflake: `ARRAY_AGG`.
pub fn array_agg_distinct<V: IntoExpr>(value: V) -> Expr<Array> {
    let value = value.into_expr();
    ordered(Ast::Distinct { name: "ARRAY_AGG", arguments: vec![value.node()] }.into(), value.into())
}

/// The value below which a share of the values lies, such as 0.5, between two of them if need be, as a floating point number; NULL
/// if there are none. Snowflake: `PERCENTILE_CONT`.
pub fn percentile_cont<P: IntoExpr, V: IntoExpr>(share: P, number: V) -> Expr<Option<Float>>
where
    Base<P::Ty>: IsNumber,
    Base<V::Ty>: IsNumber,
{
    let function = call::<()>("PERCENTILE_CONT", vec![node(share)]).node();
    super::cast::<Float, _>(ordered::<Option<Float>>(function, number.into()))
}

/// The first value that a share of the values, such as 0.5, does not exceed; NULL if there are none. Snowflake: `PERCENTILE_DISC`.
pub fn percentile_disc<P: IntoExpr, V: IntoExpr>(share: P, value: V) -> Expr<Option<Base<V::Ty>>>
where
    Base<P::Ty>: IsNumber,
{
    ordered(call::<()>("PERCENTILE_DISC", vec![node(share)]).node(), value.into())
}

/// A 64-bit hash of the rows' values in whatever order, never NULL. Snowflake: `HASH_AGG`.
pub fn hash_agg<A: Arguments>(values: A) -> Expr<Integer> {
    call("HASH_AGG", values.nodes())
}

/// The variance of a sample, as a floating point number. Snowflake: `VARIANCE , VARIANCE_SAMP`.
pub fn variance<V: IntoExpr>(number: V) -> Expr<Option<Float>>
where
    Base<V::Ty>: IsNumber,
{
    super::cast::<Float, _>(call::<Option<Float>>("VARIANCE", vec![node(number)]))
}

/// The variance of all values, as a floating point number. Snowflake: `VARIANCE_POP`.
pub fn variance_pop<V: IntoExpr>(number: V) -> Expr<Option<Float>>
where
    Base<V::Ty>: IsNumber,
{
    super::cast::<Float, _>(call::<Option<Float>>("VARIANCE_POP", vec![node(number)]))
}

/// How heavy the tails of the values are, as a floating point number. Snowflake: `KURTOSIS`.
pub fn kurtosis<V: IntoExpr>(number: V) -> Expr<Option<Float>>
where
    Base<V::Ty>: IsNumber,
{
    super::cast::<Float, _>(call::<Option<Float>>("KURTOSIS", vec![node(number)]))
}
