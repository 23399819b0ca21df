use super::{call, node};
use crate::expr::ast::Ast;
use crate::expr::fits::IsText;
use crate::expr::{Base, Converted, Expr, IntoExpr, Like, Typed};
use crate::types::{BaseType, Integer, Varchar, Variant};

/// `value` as a `T`; an error at run time where it does not convert. A number loses the digits after the point that `T` has no
/// room for, rounded half away from zero; the null of JSON becomes NULL. Snowflake: `CAST`.
pub fn cast<T: BaseType, V: IntoExpr>(value: V) -> Expr<Converted<V::Ty, T>> {
    Expr::new(Ast::Cast { operand: node(value), data_type: T::DATA_TYPE, lenient: false })
}

/// Text as a `T`; NULL where it does not convert. Snowflake: `TRY_CAST`.
pub fn try_cast<T: BaseType, V: IntoExpr>(value: V) -> Expr<Option<T>>
where
    Base<V::Ty>: IsText,
{
    Expr::new(Ast::Cast { operand: node(value), data_type: T::DATA_TYPE, lenient: true })
}

/// The value as text. Snowflake: `TO_CHAR , TO_VARCHAR`.
pub fn to_varchar<V: IntoExpr>(value: V) -> Expr<Converted<V::Ty, Varchar>> {
    call("TO_VARCHAR", vec![node(value)])
}

/// Text as a whole number, rounded. Snowflake: `TO_DECIMAL , TO_NUMBER , TO_NUMERIC`.
pub fn to_number<V: IntoExpr>(value: V) -> Expr<Like<V::Ty, Integer>>
where
    Base<V::Ty>: IsText,
{
    call("TO_NUMBER", vec![node(value)])
}

/// Any value as a VARIANT. Snowflake: `TO_VARIANT`.
pub fn to_variant<V: IntoExpr>(value: V) -> Expr<Like<V::Ty, Variant>>
where
    V::Ty: Typed,
{
    call("TO_VARIANT", vec![node(value)])
}
