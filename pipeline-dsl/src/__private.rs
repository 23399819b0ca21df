//! What generated code refers to. Not for use by hand.
//!
//! The functions take one type each, so that a wrong type is reported once, at the type.

pub use crate::check::{Msg, same};
pub use crate::expr::{Col, Source};
pub use crate::fragment::{Fragment, Piece};
pub use crate::graph::{
    Reach, check_children, check_consumers, check_cycle, check_finalizers, check_fragments, check_names, check_roots,
    check_size, reach,
};
pub use crate::node::*;
pub use crate::object::*;
pub use crate::pipeline::{Pipeline, PipelineDef, Scenario};
pub use crate::rule::timing::{
    check_cron, check_interval, check_milliseconds, check_schedule, check_seconds, check_seconds_from,
};
pub use crate::rule::{value, warning};
pub use crate::schedule::Schedule;
pub use crate::types::{ArgumentType, DataType, SqlType};

// Written out: a macro would add its own lines to every error.

/// The node of an object.
pub const fn object_node<T: Object>() -> NodeRef {
    T::NODE
}

/// The node of a database.
pub const fn database_node<T: Database>() -> NodeRef {
    T::NODE
}

/// The node of a schema.
pub const fn schema_node<T: Schema>() -> NodeRef {
    T::NODE
}

/// The node of a warehouse.
pub const fn warehouse_node<T: Warehouse>() -> NodeRef {
    T::NODE
}

/// The node of a role.
pub const fn role_node<T: Role>() -> NodeRef {
    T::NODE
}

/// The node of a table.
pub const fn table_node<T: Table>() -> NodeRef {
    T::NODE
}

/// The node of a stream.
pub const fn stream_node<T: Stream>() -> NodeRef {
    T::NODE
}

/// The node of a procedure.
pub const fn procedure_node<T: Procedure>() -> NodeRef {
    T::NODE
}

/// The node of a task.
pub const fn task_node<T: Task>() -> NodeRef {
    T::NODE
}

/// The node of a notification integration.
pub const fn integration_node<T: NotificationIntegration>() -> NodeRef {
    T::NODE
}

/// The node of a view.
pub const fn view_node<T: View>() -> NodeRef {
    T::NODE
}

/// The table or view that a stream follows.
pub const fn source_node<S: Stream>() -> NodeRef {
    <S::Source as Object>::NODE
}

/// The schema of what a stream follows.
pub const fn source_schema<S: Stream>() -> Option<NodeRef> {
    source_node::<S>().get().parent
}

/// Fails to compile unless procedure `P` reads `S`.
pub const fn assert_reads<P: Reads<S>, S>() {}

/// Rule `stream-timestamp`.
#[track_caller]
pub const fn check_timestamp(text: &'static str) -> &'static str {
    value::raise(value::timestamp(text));
    text
}

/// Rule `stream-statement`.
#[track_caller]
pub const fn check_query_id(text: &'static str) -> &'static str {
    value::raise(value::query_id(text));
    text
}

/// The text of file `name`, if it can be a JavaScript body.
#[track_caller]
pub const fn javascript_file(name: &'static str, text: &'static str) -> &'static str {
    value::raise(value::javascript_file(name, text));
    text
}

/// A text that has been checked by a rule about single values.
#[track_caller]
pub const fn checked(text: &'static str, checked: value::Checked) -> &'static str {
    value::raise(checked);
    text
}

/// The type of an argument.
pub const fn argument_type<T: ArgumentType>() -> DataType {
    T::DATA_TYPE
}

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
