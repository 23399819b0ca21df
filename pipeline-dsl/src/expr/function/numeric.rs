//! Numbers.

use super::{call, node};
use crate::expr::fits::{IsAny, IsInteger, IsNumber, IsText};
use crate::expr::{Base, Expr, IntoExpr, Nullability, Typed};
use crate::types::{Float, Integer};

functions! {
    /// Without its sign. Snowflake: `ABS`.
    fn abs(A number: IsNumber) -> strict Base<A::Ty> = "ABS";

    /// -1, 0 or 1. Snowflake: `SIGN`.
    fn sign(A number: IsNumber) -> strict Integer = "SIGN";

    /// The square root; an error for negative numbers. Snowflake: `SQRT`.
    fn sqrt(A number: IsNumber) -> strict Float = "SQRT";

    /// The number times itself, in floating point. Snowflake: `SQUARE`.
    fn square(A number: IsNumber) -> strict Float = "SQUARE";

    /// To the power of `exponent`. Snowflake: `POW, POWER`.
    fn power(A number: IsNumber, B exponent: IsNumber) -> strict Float = "POWER";

    /// e to the power of the number. Snowflake: `EXP`.
    fn exp(A number: IsNumber) -> strict Float = "EXP";

    /// The natural logarithm. Snowflake: `LN`.
    fn ln(A number: IsNumber) -> strict Float = "LN";

    /// The logarithm to a base. Snowflake: `LOG`.
    fn log_base(A base: IsNumber, B number: IsNumber) -> strict Float = "LOG";

    /// The cube root. Snowflake: `CBRT`.
    fn cbrt(A number: IsNumber) -> strict Float = "CBRT";

    /// The sine of an angle in radians. Snowflake: `SIN`.
    fn sin(A angle: IsNumber) -> strict Float = "SIN";

    /// The cosine of an angle in radians. Snowflake: `COS`.
    fn cos(A angle: IsNumber) -> strict Float = "COS";

    /// The tangent of an angle in radians. Snowflake: `TAN`.
    fn tan(A angle: IsNumber) -> strict Float = "TAN";

    /// An angle in degrees as radians. Snowflake: `RADIANS`.
    fn radians(A degrees: IsNumber) -> strict Float = "RADIANS";

    /// An angle in radians as degrees. Snowflake: `DEGREES`.
    fn degrees(A angle: IsNumber) -> strict Float = "DEGREES";

    /// In which of `count` equal parts between `low` and `high` the number lies, from 1; 0 and `count + 1` are outside. Snowflake: `WIDTH_BUCKET`.
    fn width_bucket(A number: IsNumber, B low: IsNumber, C high: IsNumber, D count: IsNumber) -> strict Integer = "WIDTH_BUCKET";

    /// The bits that both have. Snowflake: `BITAND`.
    fn bit_and(A left: IsInteger, B right: IsInteger) -> strict Integer = "BITAND";

    /// The bits that one of them has. Snowflake: `BITOR`.
    fn bit_or(A left: IsInteger, B right: IsInteger) -> strict Integer = "BITOR";

    /// The bits that exactly one of them has. Snowflake: `BITXOR`.
    fn bit_xor(A left: IsInteger, B right: IsInteger) -> strict Integer = "BITXOR";

    /// All bits turned round. Snowflake: `BITNOT`.
    fn bit_not(A number: IsInteger) -> strict Integer = "BITNOT";

    /// The bits moved to the left. Snowflake: `BITSHIFTLEFT`.
    fn bit_shift_left(A number: IsInteger, B count: IsInteger) -> strict Integer = "BITSHIFTLEFT";

    /// The bits moved to the right. Snowflake: `BITSHIFTRIGHT`.
    fn bit_shift_right(A number: IsInteger, B count: IsInteger) -> strict Integer = "BITSHIFTRIGHT";

    /// The number 3.14159.. Snowflake: `PI`.
    fn pi() -> certain Float = "PI";

    /// A random whole number of 64 bits; in a query, another one for every row. Snowflake: `RANDOM`.
    fn random() -> certain Integer = "RANDOM";

    /// A random whole number between the bounds, both included; `random()` is the usual generator. Snowflake: `UNIFORM`.
    fn uniform(A low: IsInteger, B high: IsInteger, C generator: IsInteger) -> strict Integer = "UNIFORM";

    /// A value as a floating point number. Snowflake: `TO_DOUBLE`.
    fn to_double(A value: IsAny) -> converted Float = "TO_DOUBLE";

    /// Text as a floating point number; NULL where it is none. Snowflake: `TRY_TO_DOUBLE`.
    fn try_to_double(A text: IsText) -> nullable Float = "TRY_TO_DOUBLE";

    /// Text as a whole number, rounded; NULL where it is none. Snowflake: `TRY_TO_DECIMAL, TRY_TO_NUMBER, TRY_TO_NUMERIC`.
    fn try_to_number(A text: IsText) -> nullable Integer = "TRY_TO_NUMBER";

    /// 0 where the value is NULL. Snowflake: `ZEROIFNULL`.
    fn zero_if_null(A number: IsNumber) -> certain Base<A::Ty> = "ZEROIFNULL";

    /// NULL where the value is 0. Snowflake: `NULLIFZERO`.
    fn null_if_zero(A number: IsNumber) -> nullable Base<A::Ty> = "NULLIFZERO";

    /// The angle in radians whose cosine the number is. Snowflake: `ACOS`.
    fn acos(A number: IsNumber) -> strict Float = "ACOS";

    /// The angle in radians whose sine the number is. Snowflake: `ASIN`.
    fn asin(A number: IsNumber) -> strict Float = "ASIN";

    /// The angle in radians whose tangent the number is. Snowflake: `ATAN`.
    fn atan(A number: IsNumber) -> strict Float = "ATAN";

    /// The angle in radians to the point (x, y). Snowflake: `ATAN2`.
    fn atan2(A y: IsNumber, B x: IsNumber) -> strict Float = "ATAN2";

    /// The product of the whole numbers up to this one, at most 33. Snowflake: `FACTORIAL`.
    fn factorial(A number: IsInteger) -> strict Integer = "FACTORIAL";

    /// The distance in kilometres between two points on earth, in degrees. Snowflake: `HAVERSINE`.
    fn haversine(A lat1: IsNumber, B lon1: IsNumber, C lat2: IsNumber, D lon2: IsNumber) -> strict Float = "HAVERSINE";

    /// Text in a format such as `999,999.00` as a whole number, rounded. Snowflake: `TO_DECIMAL , TO_NUMBER , TO_NUMERIC`.
    fn to_number_as(A text: IsText, B format: IsText) -> strict Integer = "TO_NUMBER";

    /// Text in a format as a whole number, rounded; NULL where it is none. Snowflake: `TRY_TO_DECIMAL, TRY_TO_NUMBER, TRY_TO_NUMERIC`.
    fn try_to_number_as(A text: IsText, B format: IsText) -> nullable Integer = "TRY_TO_NUMBER";
}
