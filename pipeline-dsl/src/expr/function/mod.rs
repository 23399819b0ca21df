//! SQL functions by family. Each documents the page of Snowflake's reference that it comes from.

mod aggregate;
mod conditional;
mod context;
mod conversion;
mod date_time;
mod semi_structured;
mod string;
mod window;

pub use aggregate::{avg, count, count_distinct, count_if, count_of, max, min, sum};
pub use conditional::{
    Arguments, between, coalesce, equal_null, greatest, iff, is_in, is_not_null, is_null, least, null_if,
};
pub use context::{current_role, current_user, hash, uuid_string};
pub use conversion::{cast, to_number, to_varchar, to_variant, try_cast};
pub use date_time::{DatePart, current_date, current_timestamp, date_add, date_diff, date_trunc, sysdate, to_date};
pub use semi_structured::{ObjectPair, object, pair, parse_json};
pub use string::{
    concat, contains, ends_with, left, length, like, lower, replace, right, starts_with, substr, trim, upper,
};
pub use window::{Order, Sortable, Window, rank, row_number, window};

use super::ast::{Ast, Node};
use super::{Expr, IntoExpr};

fn call<T>(name: &'static str, arguments: Vec<Node>) -> Expr<T> {
    Expr::new(Ast::Call { name, arguments })
}

fn node(value: impl IntoExpr) -> Node {
    value.into_expr().node()
}
