//! What a procedure does, statement by statement.
//!
//! `#[procedure]` turns a Rust function into calls of the functions here, which build a [`Body`]; [`to_sql`] writes it in
//! Snowflake Scripting.

mod bind;
mod builder;
mod control;
mod statement;
mod to_sql;

pub use bind::{Affected, Bind, Name, Var, assign, bind, bind_as};
pub use builder::{argument, build};
pub use control::{Branch, ErrorInfo, begin_if, on_error, ret, transaction};
pub use statement::{Body, ErrorHandler, MergeAction, MergeClause, Statement, Variable, VariableId};
pub use to_sql::{query_to_sql, to_sql};
