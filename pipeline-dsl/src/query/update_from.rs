//! UPDATE with values of other rows.

use std::marker::PhantomData;
use std::rc::Rc;

use super::insert::ChangedRow;
use super::latest::{Key, MatchesKey};
use super::lift::{Lift, SOURCE};
use super::merge::{TARGET, both_conditions, matching};
use super::merge_source::{MergeParts, MergeRow};
use super::row::{SourceRow, TableRow};
use crate::body::{Affected, Statement};
use crate::expr::ast::{Ast, Node};
use crate::expr::rename::rebuilt;
use crate::expr::{Source, scope};
use crate::node::Table;

/// An UPDATE that does not know yet how rows match; see [`Writing::update_from`](super::Writing::update_from).
#[must_use = "an update does nothing until `set(..)`"]
pub struct UpdateOn<T, R, K> {
    pub(super) source: MergeParts<R>,
    pub(super) of: PhantomData<fn() -> (T, K)>,
}

impl<T: Table, R: MergeRow, K: Key> UpdateOn<T, R, K> {
    /// The columns of the target that hold the key of the source, in the same order.
    pub fn on<M: MatchesKey<K>>(self, key: impl FnOnce(TableRow<T>) -> M) -> UpdateFrom<T, R> {
        let on = matching(key(TableRow::of(Source::new(TARGET))).columns(), &self.source.key);
        UpdateFrom { source: self.source, on, of: PhantomData }
    }
}

/// An UPDATE that knows which rows match.
#[must_use = "an update does nothing until `set(..)`"]
pub struct UpdateFrom<T, R> {
    source: MergeParts<R>,
    on: Node,
    of: PhantomData<fn() -> T>,
}

impl<T: Table, R: MergeRow> UpdateFrom<T, R> {
    /// Gives columns of the rows that match new values. Rows that were deleted from the source of a stream change nothing.
    pub fn set(self, row: impl FnOnce(TableRow<T>, R) -> ChangedRow<T>) -> Affected {
        let mut names = self.source.sources();
        names.extend([T::NODE.get().name, SOURCE]);
        let mut set = scope::within(&names, || row(TableRow::of(Source::new(TARGET)), self.source.row)).set();
        let there = self.source.presence.as_ref().map(|(there, _)| there.clone());
        let filter = there.map_or(self.on.clone(), |there| both_conditions(self.on, there));
        let mut lift = Lift::new(self.source.sources());
        let filter = own_name::<T>(&lift.value(&filter, "KEY"));
        set.iter_mut().for_each(|(column, value)| *value = own_name::<T>(&lift.value(value, column)));
        let select = self.source.select.delivering(lift.items(&self.source.order));
        let from = Some((select, SOURCE));
        Affected::of(|count| Statement::Update { target: T::NODE, set, from, filter: Some(filter), count })
    }
}

/// UPDATE gives its table no alias: its own name stands before the columns.
fn own_name<T: Table>(value: &Node) -> Node {
    rebuilt(value, &mut |part, _| match &**part {
        Ast::Column { alias: Some(TARGET), name } => {
            Some(Rc::new(Ast::Column { alias: Some(T::NODE.get().name), name }))
        }
        _ => None,
    })
}
