use super::call;
use super::conditional::Arguments;
use crate::expr::Expr;
use crate::types::{Integer, Varchar};

/// A new random UUID; in a query, another one for every row. Snowflake: `UUID_STRING`.
pub fn uuid_string() -> Expr<Varchar> {
    call("UUID_STRING", vec![])
}

/// Name of the current user. Snowflake: `CURRENT_USER`.
pub fn current_user() -> Expr<Varchar> {
    call("CURRENT_USER", vec![])
}

/// Name of the session's primary role. Snowflake: `CURRENT_ROLE`.
pub fn current_role() -> Expr<Option<Varchar>> {
    call("CURRENT_ROLE", vec![])
}

/// A 64-bit hash of the values, never NULL. Snowflake: `HASH`.
pub fn hash<A: Arguments>(values: A) -> Expr<Integer> {
    call("HASH", values.nodes())
}
