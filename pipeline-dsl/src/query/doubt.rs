//! What a doubt about a body depends on.

use super::row::{RowSource, SourceRow};
use crate::check::same;
use crate::node::{Kind, NodeRef, Object, Relation};
use crate::object::{Definition, rests_on};
use crate::types::{DataType, SqlType};

/// Whether `O` is a stream.
#[doc(hidden)]
pub const fn is_stream<O: Object>() -> bool {
    matches!(O::NODE.get().kind, Kind::Stream)
}

/// Whether `S` is a stream on `T`, or on a view of it.
#[doc(hidden)]
pub const fn follows<S: Object, T: Object>() -> bool {
    match &S::NODE.get().definition {
        Definition::Stream(stream) => rests_on(stream.source, T::NODE),
        _ => false,
    }
}

/// Whether procedure `P` has a transaction of its own, and writes to one of the tables: those that its caller's transaction holds.
#[doc(hidden)]
pub const fn would_wait<P: Object>(held: &[NodeRef]) -> bool {
    let Definition::Procedure(procedure) = &P::NODE.get().definition else { return false };
    let mut at = 0;
    while at < procedure.writes.len() {
        let mut other = 0;
        while other < held.len() {
            if procedure.transactional && held[other].get().full_id() == procedure.writes[at].object.get().full_id() {
                return true;
            }
            other += 1;
        }
        at += 1;
    }
    false
}

/// Whether values of `T` are text of any content.
#[doc(hidden)]
pub const fn is_text<T: SqlType>() -> bool {
    matches!(T::DATA_TYPE, DataType::Varchar { .. } | DataType::Variant)
}

/// Whether a field of the rows of `O` is a column that Snowflake numbers.
#[doc(hidden)]
pub const fn numbers_rows<O: RowSource>(field: &str) -> bool {
    let columns = <<O::Row as SourceRow>::Table as Relation>::COLUMNS;
    let mut at = 0;
    while at < columns.len() {
        if same(columns[at].rust_name, field) && columns[at].autoincrement.is_some() {
            return true;
        }
        at += 1;
    }
    false
}
