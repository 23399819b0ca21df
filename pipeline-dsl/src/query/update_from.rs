//! UPDATE with values of other rows.

use std::marker::PhantomData;

use super::insert::ChangedRow;
use super::latest::{Key, Latest, MatchesKey};
use super::merge::{both_conditions, matching, used_items};
use super::row::{Readable, SourceRow, TableRow};
use super::{Select, source};
use crate::body::{Affected, Statement};
use crate::expr::ast::Node;
use crate::expr::{Source, scope};
use crate::node::Table;

const SOURCE: &str = "s";

/// An UPDATE that does not know yet how rows match; see [`Writing::update_from`](super::Writing::update_from).
#[must_use = "an update does nothing until `set(..)`"]
pub struct UpdateOn<T, O: Readable, K> {
    pub(super) source: Latest<O, K>,
    pub(super) of: PhantomData<fn() -> T>,
}

impl<T: Table, O: Readable, K: Key> UpdateOn<T, O, K> {
    /// The columns of the target that hold the key of the source, in the same order.
    pub fn on<M: MatchesKey<K>>(self, key: impl FnOnce(TableRow<T>) -> M) -> UpdateFrom<T, O> {
        // UPDATE gives its table no alias: its own name stands before the columns.
        let target = T::NODE.get().name;
        let columns = key(TableRow::of(Source::new(target))).columns();
        let on = matching((target, columns), (SOURCE, self.source.key()));
        UpdateFrom { select: self.source.skeleton(), on, of: PhantomData }
    }
}

/// An UPDATE that knows which rows match.
#[must_use = "an update does nothing until `set(..)`"]
pub struct UpdateFrom<T, O> {
    select: Select,
    on: Node,
    of: PhantomData<fn() -> (T, O)>,
}

impl<T: Table, O: Readable> UpdateFrom<T, O> {
    /// Gives columns of the rows that match new values. Rows that were deleted from the source of a stream change nothing.
    pub fn set(mut self, row: impl FnOnce(TableRow<T>, O::Row) -> ChangedRow<T>) -> Affected {
        let target = T::NODE.get().name;
        let rows = (TableRow::of(Source::new(target)), source::row::<O>(SOURCE));
        let set = scope::within(&[target, SOURCE], || row(rows.0, rows.1)).set();
        let there = rows.1.presence().map(|(there, _)| there);
        let filter = there.map_or(self.on.clone(), |there| both_conditions(self.on, there));
        self.select.items = used_items::<O>(SOURCE, std::iter::once(&filter).chain(set.iter().map(|(_, value)| value)));
        let from = Some((self.select, SOURCE));
        Affected::of(|count| Statement::Update { target: T::NODE, set, from, filter: Some(filter), count })
    }
}
