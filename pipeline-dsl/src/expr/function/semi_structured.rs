use super::{call, node};
use crate::expr::ast::Node;
use crate::expr::fits::IsText;
use crate::expr::{Base, Expr, IntoExpr, literal};
use crate::types::{ObjectValue, Variant};

/// A name and a value of an object, made by [`pair`].
pub struct ObjectPair {
    key: Node,
    value: Node,
}

/// One entry of [`object`].
pub fn pair<V: IntoExpr>(key: &str, value: V) -> ObjectPair {
    ObjectPair { key: literal::text(key).node(), value: node(value) }
}

/// An object of names and values; entries whose value is NULL are left out. Snowflake: `OBJECT_CONSTRUCT`.
///
/// In a procedure or view, `object! { "rows": rows, "batch": batch }` is rewritten to this.
pub fn object<const N: usize>(pairs: [ObjectPair; N]) -> Expr<ObjectValue> {
    call("OBJECT_CONSTRUCT", pairs.into_iter().flat_map(|pair| [pair.key, pair.value]).collect())
}

/// An object of names and values, NULL being the null of JSON. Snowflake: `OBJECT_CONSTRUCT_KEEP_NULL`.
pub fn object_keep_null<const N: usize>(pairs: [ObjectPair; N]) -> Expr<ObjectValue> {
    call("OBJECT_CONSTRUCT_KEEP_NULL", pairs.into_iter().flat_map(|pair| [pair.key, pair.value]).collect())
}

/// Text in JSON as a VARIANT; NULL for empty text, an error where it is not JSON. Snowflake: `PARSE_JSON`.
pub fn parse_json<V: IntoExpr>(text: V) -> Expr<Option<Variant>>
where
    Base<V::Ty>: IsText,
{
    call("PARSE_JSON", vec![node(text)])
}
