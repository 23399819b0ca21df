use super::{call, node};
use crate::expr::ast::Node;
use crate::expr::fits::{IsDay, IsInteger, IsNumber, IsTemporal, IsText};
use crate::expr::literal::text;
use crate::expr::{Base, Either, Expr, IntoExpr, Like};
use crate::types::{BaseType, Date, Integer, SqlType, TimestampLtz, TimestampNtz};

/// A unit of time in [`date_add`], [`date_diff`] and [`date_trunc`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatePart {
    /// Years.
    Year,
    /// Quarters.
    Quarter,
    /// Months.
    Month,
    /// Weeks, starting as the parameter WEEK_START says.
    Week,
    /// Days.
    Day,
    /// Hours.
    Hour,
    /// Minutes.
    Minute,
    /// Seconds.
    Second,
    /// Thousandths of a second.
    Millisecond,
    /// Millionths of a second.
    Microsecond,
    /// Thousand-millionths of a second.
    Nanosecond,
}

impl DatePart {
    /// The unit as text: a bare word could be taken for a column or variable of that name.
    fn node(self) -> Node {
        text(match self {
            Self::Year => "YEAR",
            Self::Quarter => "QUARTER",
            Self::Month => "MONTH",
            Self::Week => "WEEK",
            Self::Day => "DAY",
            Self::Hour => "HOUR",
            Self::Minute => "MINUTE",
            Self::Second => "SECOND",
            Self::Millisecond => "MILLISECOND",
            Self::Microsecond => "MICROSECOND",
            Self::Nanosecond => "NANOSECOND",
        })
        .node()
    }
}

/// Now, in the session's time zone. Snowflake: `CURRENT_TIMESTAMP`.
///
/// Two statements of a procedure see two times: take it once, with `let now = current_timestamp();`.
pub fn current_timestamp() -> Expr<TimestampLtz> {
    call("CURRENT_TIMESTAMP", vec![])
}

/// Now in UTC, without a zone. Snowflake: `SYSDATE`.
pub fn sysdate() -> Expr<TimestampNtz> {
    call("SYSDATE", vec![])
}

/// Today, in the session's time zone. Snowflake: `CURRENT_DATE`.
pub fn current_date() -> Expr<Date> {
    call("CURRENT_DATE", vec![])
}

/// `value` moved by `amount` units; a negative amount moves back. A date moved by less than a day is an error at run time:
/// cast it to a timestamp first. Snowflake: `DATEADD`.
pub fn date_add<N: IntoExpr, V: IntoExpr, O: BaseType + IsTemporal>(
    part: DatePart,
    amount: N,
    value: V,
) -> Expr<Either<N::Ty, V::Ty, O>>
where
    Base<N::Ty>: IsNumber,
    V::Ty: SqlType<Base = O>,
{
    call("DATEADD", vec![part.node(), node(amount), node(value)])
}

/// Boundaries of the unit crossed from `from` to `to`. Snowflake: `DATEDIFF`.
pub fn date_diff<A: IntoExpr, B: IntoExpr>(part: DatePart, from: A, to: B) -> Expr<Either<A::Ty, B::Ty, Integer>>
where
    Base<A::Ty>: IsTemporal,
    Base<B::Ty>: IsTemporal,
{
    call("DATEDIFF", vec![part.node(), node(from), node(to)])
}

/// `value` cut to the start of the unit. Snowflake: `DATE_TRUNC`.
pub fn date_trunc<V: IntoExpr>(part: DatePart, value: V) -> Expr<V::Ty>
where
    Base<V::Ty>: IsTemporal,
{
    call("DATE_TRUNC", vec![part.node(), node(value)])
}

/// Text as a date. Snowflake: `TO_DATE , DATE`.
pub fn to_date<V: IntoExpr>(value: V) -> Expr<Like<V::Ty, Date>>
where
    Base<V::Ty>: IsText,
{
    call("TO_DATE", vec![node(value)])
}

/// The last day of the week, month, quarter or year that the date is in. Snowflake: `LAST_DAY`.
pub fn last_day_of<V: IntoExpr>(part: DatePart, date: V) -> Expr<Like<V::Ty, Date>>
where
    Base<V::Ty>: IsDay,
{
    call("LAST_DAY", vec![node(date), part.node()])
}

/// The start of the slice that the value is in, of `length` units each, counted from 1970; an error for a `length` below 1.
/// Snowflake: `TIME_SLICE`.
pub fn time_slice<V: IntoExpr, N: IntoExpr, O: BaseType + IsDay>(
    value: V,
    length: N,
    part: DatePart,
) -> Expr<Either<V::Ty, N::Ty, O>>
where
    V::Ty: SqlType<Base = O>,
    Base<N::Ty>: IsInteger,
{
    call("TIME_SLICE", vec![node(value), node(length), part.node()])
}

/// Seconds since 1970. Snowflake: `DATE_PART`.
pub fn epoch_seconds<V: IntoExpr>(value: V) -> Expr<Like<V::Ty, Integer>>
where
    Base<V::Ty>: IsDay,
{
    call("DATE_PART", vec![text("EPOCH_SECOND").node(), node(value)])
}

/// Milliseconds since 1970. Snowflake: `DATE_PART`.
pub fn epoch_milliseconds<V: IntoExpr>(value: V) -> Expr<Like<V::Ty, Integer>>
where
    Base<V::Ty>: IsDay,
{
    call("DATE_PART", vec![text("EPOCH_MILLISECOND").node(), node(value)])
}
