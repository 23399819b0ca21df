//! Typed Rust for Snowflake tables, streams, procedures and tasks.

// Lets the macros name this crate from inside it too.
extern crate self as pipeline_dsl;

pub mod body;
pub mod check;
pub mod expr;
pub mod fragment;
pub mod graph;
pub mod ident;
pub mod node;
pub mod object;
pub mod pipeline;
pub mod query;
pub mod schedule;
pub mod script;
pub mod types;

#[doc(hidden)]
pub mod __private;

pub use pipeline_macros::{
    database, notification_integration, pipeline, procedure, role, schema, sql, stream, table, task, view, warehouse,
};

/// What a program that describes a pipeline needs.
pub mod prelude {
    pub use crate::body::{on_error, transaction};
    pub use crate::expr::function::*;
    pub use crate::expr::literal::{date, null, timestamp};
    pub use crate::fragment::Fragment;
    pub use crate::node::{Object, Procedure, Reads, Stream, Table, Writes};
    pub use crate::pipeline::{Pipeline, Scenario};
    pub use crate::query::Selection;
    pub use crate::types::{
        Array, Binary, Boolean, Date, Float, Integer, Number, ObjectValue, Time, TimestampLtz, TimestampNtz,
        TimestampTz, Varchar, Variant,
    };
    pub use pipeline_macros::{
        database, notification_integration, pipeline, procedure, role, schema, sql, stream, table, task, view,
        warehouse,
    };
}
