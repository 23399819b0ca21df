//! Constants. The attributes rewrite Rust literals to these functions.

use super::ast::{Ast, Literal};
use super::digits::KeepsDigits;
use super::{Expr, IntoExpr};
use crate::types::{BaseType, Boolean, Date, Integer, Number, TimestampNtz, Varchar};

/// A whole number.
pub fn int(value: i128) -> Expr<Integer> {
    Expr::new(Ast::Literal(Literal::Number(value.to_string())))
}

/// A number of `P` digits, `S` of them after the point, in digits as it is to be written.
#[doc(hidden)]
pub fn number<const P: u8, const S: u8>(digits: &'static str) -> Expr<Number<P, S>> {
    Expr::new(Ast::Literal(Literal::Number(digits.to_owned())))
}

/// The same constant as one of `P` digits, `S` of them after the point.
#[doc(hidden)]
pub fn alike<const P: u8, const S: u8, V: IntoExpr>(constant: V) -> Expr<Number<P, S>>
where
    super::Base<V::Ty>: KeepsDigits<Number<P, S>>,
{
    Expr::from_node(constant.into_expr().node())
}

/// A text.
pub fn text(value: &str) -> Expr<Varchar> {
    value.into_expr()
}

/// TRUE or FALSE.
pub fn boolean(value: bool) -> Expr<Boolean> {
    value.into_expr()
}

/// NULL, as a value of type `T`.
pub fn null<T: BaseType>() -> Expr<Option<T>> {
    Expr::new(Ast::Literal(Literal::Null))
}

/// A date, such as `date("2026-01-31")`. Snowflake: "Date & time data types", date constants.
///
/// # Panics
/// If the text is no date of the form `YYYY-MM-DD`.
pub fn date(text: &str) -> Expr<Date> {
    if let Err(error) = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        panic!("`{text}` is not a date of the form `YYYY-MM-DD`: {error}");
    }
    Expr::new(Ast::Literal(Literal::Typed { keyword: "DATE", text: text.to_owned() }))
}

/// A point in time without a zone, such as `timestamp("2026-01-31 12:00:00")`.
/// Snowflake: "Date & time data types", timestamp constants.
///
/// # Panics
/// If the text is not of the form `YYYY-MM-DD HH:MM:SS`, with or without fractions of a second.
pub fn timestamp(text: &str) -> Expr<TimestampNtz> {
    if let Err(error) = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f") {
        panic!("`{text}` is not a timestamp of the form `YYYY-MM-DD HH:MM:SS`: {error}");
    }
    // A TIMESTAMP constant has the type that TIMESTAMP_TYPE_MAPPING says; this spelling does not depend on it.
    Expr::new(Ast::Cast {
        operand: text.into_expr().node(),
        data_type: <TimestampNtz as crate::types::SqlType>::DATA_TYPE,
        lenient: false,
    })
}
