//! What generated code refers to. Not for use by hand.
//!
//! The functions take one type each, so that a wrong type is reported once, at the type.

pub use crate::check::{Msg, same};
pub use crate::expr::{Col, Source};
pub use crate::fragment::{Fragment, Piece};
pub use crate::graph::{Reach, check_consumers, check_cycle, check_finalizers, check_fragments, check_names, reach};
pub use crate::node::*;
pub use crate::object::*;
pub use crate::pipeline::{Pipeline, PipelineDef, Scenario};
pub use crate::schedule::{
    Schedule, check_cron, check_interval, check_milliseconds, check_schedule, check_seconds, check_seconds_from,
};
pub use crate::types::{DataType, SqlType};

macro_rules! node_of {
    ($($function:ident $trait:ident)*) => {$(
        /// The node of a type of this kind.
        pub const fn $function<T: $trait>() -> NodeRef {
            T::NODE
        }
    )*};
}

node_of! {
    object_node Object
    database_node Database
    schema_node Schema
    warehouse_node Warehouse
    role_node Role
    table_node Table
    stream_node Stream
    procedure_node Procedure
    task_node Task
    integration_node NotificationIntegration
}

/// The table that a stream follows.
pub const fn source_node<S: Stream>() -> NodeRef {
    <S::Source as Object>::NODE
}

/// The schema of the table that a stream follows.
pub const fn source_schema<S: Stream>() -> Option<NodeRef> {
    source_node::<S>().get().parent
}

/// Fails to compile unless procedure `P` reads `S`.
pub const fn assert_reads<P: Reads<S>, S>() {}

/// A column of type `T`.
pub const fn column<T: SqlType>(
    name: &'static str,
    rust_name: &'static str,
    default: Option<DefaultValue>,
    autoincrement: Option<Autoincrement>,
    comment: &'static str,
) -> Column {
    Column { name, rust_name, data_type: T::DATA_TYPE, nullable: T::NULLABLE, default, autoincrement, comment }
}
