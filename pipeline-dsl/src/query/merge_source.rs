//! What a MERGE, or an UPDATE from other rows, can take: rows that each have their own key.

use std::ops::Deref;

use super::Select;
use super::aggregate::Grouped;
use super::join::{Element, Maybe};
use super::latest::{Key, KeyColumn, Latest};
use super::lift::SOURCE;
use super::row::{PerKey, RowSource, SourceRow, StreamRow};
use super::source;
use crate::expr::ast::Node;
use crate::expr::function::Arguments;
use crate::node::{AllChanges, Relation, Stream};

/// Rows that each have their own key, so that no row of a target matches two of them: the latest of each key, or a group per
/// key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may have several rows with one key, so the result of a MERGE would be chance",
    label = "expected the latest row of each key, or rows in groups by columns",
    note = "write `source.latest_by(|s| s.key, |s| s.updated_at.desc())`, or `source.group_by(|s| s.key)` for one row per group"
)]
pub trait MergeSource {
    /// One row, or the rows of a join.
    type Row: MergeRow;
    /// The columns that identify a row.
    type Key: Key;

    /// One row per key.
    #[doc(hidden)]
    fn parts(self) -> MergeParts<Self::Row>;
}

/// A query without its items.
#[doc(hidden)]
pub struct MergeParts<R> {
    pub(super) select: Select,
    /// What the query reads, as its conditions and values name it.
    pub(super) row: R,
    pub(super) key: Vec<KeyColumn>,
    /// For a stream: the conditions for a row that is there after the change, and for one that is gone.
    pub(super) presence: Option<(Node, Node)>,
    /// The columns of its only source, in order.
    pub(super) order: Vec<&'static str>,
}

impl<R> MergeParts<R> {
    /// What columns of the row have before them.
    pub(super) fn sources(&self) -> Vec<&'static str> {
        if self.select.joins.is_empty() { vec![SOURCE] } else { self.select.source_names() }
    }
}

/// A row that values are taken from, or the rows of a join.
pub trait MergeRow: Copy {
    /// Where one source delivers several rows per key: which of them count, and what they are ordered by before and after what
    /// the program says.
    #[doc(hidden)]
    fn per_key(self) -> PerKey {
        PerKey::default()
    }

    /// For a stream: the conditions for a row that is there after the change, and for one that is gone.
    #[doc(hidden)]
    fn presence(self) -> Option<(Node, Node)> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<R: SourceRow> MergeRow for R {
    fn per_key(self) -> PerKey {
        SourceRow::per_key(self)
    }

    fn presence(self) -> Option<(Node, Node)> {
        SourceRow::presence(self)
    }
}

impl<R: Copy> MergeRow for Maybe<R> {}
impl MergeRow for Element {}

macro_rules! rows {
    ($($($row:ident $name:ident)+;)+) => {$(
        impl<$($row: MergeRow),+> MergeRow for ($($row,)+) {
            fn per_key(self) -> PerKey {
                let ($($name,)+) = self;
                [$($name.per_key()),+].into_iter().fold(PerKey::default(), PerKey::and)
            }

            fn presence(self) -> Option<(Node, Node)> {
                let ($($name,)+) = self;
                [$($name.presence()),+].into_iter().flatten().next()
            }
        }
    )+};
}
rows! { A a B b; A a B b C c; }

/// A row of a group: its columns stand in the key, or in aggregates.
#[derive(Clone, Copy)]
pub struct GroupRow<R>(pub(super) R);

impl<R> Deref for GroupRow<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.0
    }
}

impl<R: Copy> MergeRow for GroupRow<R> {}

/// Rows of which those can be told that are gone from the source of a stream. In a join, the stream comes first.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not deliver updated and deleted rows",
    label = "expected rows of a stream without `append_only`, first in a join",
    note = "a stream with `append_only` delivers inserted rows only, a table the rows that are there, and a group is no row"
)]
pub trait TellsRemoved: MergeRow {}

impl<S: AllChanges + Stream> TellsRemoved for StreamRow<S> {}
impl<S: AllChanges + Stream, B: MergeRow> TellsRemoved for (StreamRow<S>, B) {}
impl<S: AllChanges + Stream, B: MergeRow, C: MergeRow> TellsRemoved for (StreamRow<S>, B, C) {}

/// The columns of a source, in order.
fn columns_of<O: RowSource>() -> Vec<&'static str> {
    let columns = <<O::Row as SourceRow>::Table as Relation>::COLUMNS.iter().map(|column| column.name);
    columns.chain(O::Row::METADATA.iter().copied()).collect()
}

impl<O: RowSource, K: Key> MergeSource for Latest<O, K> {
    type Row = O::Row;
    type Key = K;

    fn parts(self) -> MergeParts<O::Row> {
        let row = source::row::<O>(SOURCE);
        let key = self.key().into_iter().map(|column| column.named(SOURCE)).collect();
        let presence = SourceRow::presence(row);
        MergeParts { select: self.skeleton(), row, key, presence, order: columns_of::<O>() }
    }
}

impl<O: RowSource, K: Key + Arguments> MergeSource for Grouped<O, K> {
    type Row = GroupRow<O::Row>;
    type Key = K;

    fn parts(self) -> MergeParts<GroupRow<O::Row>> {
        let row = GroupRow(source::row::<O>(SOURCE));
        let key = self.key().columns().into_iter().map(|column| column.named(SOURCE)).collect();
        MergeParts { select: self.into_select(), row, key, presence: None, order: columns_of::<O>() }
    }
}
