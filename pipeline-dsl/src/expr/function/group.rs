//! More aggregate functions.

use super::{call, node};
use crate::expr::fits::{IsAny, IsCondition, IsInteger, IsNumber, IsText};
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

    /// The variance of a sample. Snowflake: `VARIANCE , VARIANCE_SAMP`.
    fn variance(A number: IsNumber) -> nullable Float = "VARIANCE";

    /// The variance of all values. Snowflake: `VARIANCE_POP`.
    fn variance_pop(A number: IsNumber) -> nullable Float = "VARIANCE_POP";

    /// How two numbers correlate, from -1 to 1. Snowflake: `CORR`.
    fn corr(A y: IsNumber, B x: IsNumber) -> nullable Float = "CORR";

    /// The covariance of all pairs. Snowflake: `COVAR_POP`.
    fn covar_pop(A y: IsNumber, B x: IsNumber) -> nullable Float = "COVAR_POP";

    /// The covariance of a sample of pairs. Snowflake: `COVAR_SAMP`.
    fn covar_samp(A y: IsNumber, B x: IsNumber) -> nullable Float = "COVAR_SAMP";

    /// How lopsided the values lie. Snowflake: `SKEW`.
    fn skew(A number: IsNumber) -> nullable Float = "SKEW";

    /// How heavy the tails of the values are. Snowflake: `KURTOSIS`.
    fn kurtosis(A number: IsNumber) -> nullable Float = "KURTOSIS";

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
}
