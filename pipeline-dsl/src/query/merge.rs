//! MERGE.

use std::marker::PhantomData;
use std::rc::Rc;

use super::insert::{ChangedRow, NewRow};
use super::latest::{Key, KeyColumn, MatchesKey};
use super::lift::{Lift, SOURCE};
use super::merge_source::{MergeParts, MergeRow, TellsRemoved};
use super::row::{SourceRow, TableRow};
use crate::body::{MergeAction, MergeClause, Merged};
use crate::expr::ast::{Ast, Node, Operator};
use crate::expr::{Source, scope};
use crate::node::Table;

/// What the statement calls the rows of the table.
pub(super) const TARGET: &str = "t";

/// A MERGE that does not know yet how rows match; see [`Writing::merge`](super::Writing::merge).
#[must_use = "a merge does nothing until `run()`"]
pub struct MergeOn<T, R, K> {
    pub(super) source: MergeParts<R>,
    pub(super) of: PhantomData<fn() -> (T, K)>,
}

impl<T: Table, R: MergeRow, K: Key> MergeOn<T, R, K> {
    /// The columns of the target that hold the key of the source, in the same order.
    pub fn on<M: MatchesKey<K>>(self, key: impl FnOnce(TableRow<T>) -> M) -> Merge<T, R> {
        let on = matching(key(TableRow::of(Source::new(TARGET))).columns(), &self.source.key);
        Merge { source: self.source, on, clauses: vec![], removed: false, of: PhantomData }
    }
}

/// The condition that the keys of two rows are equal.
pub(super) fn matching(columns: Vec<KeyColumn>, keys: &[KeyColumn]) -> Node {
    let mut on: Option<Node> = None;
    for (column, key) in columns.into_iter().zip(keys) {
        let (left, right) = (column.node(), key.node());
        // NULL is not equal to NULL: rows with such keys would be inserted again by every run.
        let same = Rc::new(if column.nullable && key.nullable {
            Ast::Call { name: "EQUAL_NULL", arguments: vec![left, right] }
        } else {
            Ast::Binary { operator: Operator::Equal, left, right }
        });
        on = Some(match on {
            Some(on) => both_conditions(on, same),
            None => same,
        });
    }
    on.expect("a key has at least one column")
}

pub(super) fn both_conditions(left: Node, right: Node) -> Node {
    Rc::new(Ast::Binary { operator: Operator::And, left, right })
}

/// A MERGE being put together. Each method adds a clause; [`run`](Merge::run) ends it. Snowflake: `MERGE`.
#[must_use = "a merge does nothing until `run()`"]
pub struct Merge<T, R> {
    source: MergeParts<R>,
    on: Node,
    clauses: Vec<MergeClause>,
    /// Whether a clause has taken the rows that are gone from the source.
    removed: bool,
    of: PhantomData<fn() -> T>,
}

impl<T: Table, R: MergeRow> Merge<T, R> {
    fn within<V>(&self, write: impl FnOnce(TableRow<T>, R) -> V) -> V {
        let mut names = self.source.sources();
        names.extend([TARGET, SOURCE]);
        scope::within(&names, || write(TableRow::of(Source::new(TARGET)), self.source.row))
    }

    fn there(&self) -> Option<Node> {
        self.source.presence.as_ref().map(|(there, _)| there.clone())
    }

    /// Deletes rows of the target that were deleted from the source of the stream.
    ///
    /// # Panics
    /// If rows that are gone were dealt with already.
    pub fn delete_removed(self) -> Self
    where
        R: TellsRemoved,
    {
        self.removed(MergeAction::Delete)
    }

    /// [`delete_removed`](Self::delete_removed), also for a stream that never delivers deletions.
    #[doc(hidden)]
    pub fn delete_removed_if_any(self) -> Self {
        self.removed(MergeAction::Delete)
    }

    /// Changes rows of the target that were deleted from the source of the stream, for instance to mark them as deleted.
    ///
    /// # Panics
    /// As [`delete_removed`](Self::delete_removed).
    pub fn update_removed(self, row: impl FnOnce(TableRow<T>, R) -> ChangedRow<T>) -> Self
    where
        R: TellsRemoved,
    {
        let set = self.within(row).set();
        self.removed(MergeAction::Update(set))
    }

    fn removed(mut self, action: MergeAction) -> Self {
        let (_, gone) = self.source.presence.clone().expect("a stream tells which rows are gone");
        assert!(
            !self.removed && self.clauses.is_empty(),
            "a merge deals with deleted rows once, before its other clauses"
        );
        self.clauses.push(MergeClause { matched: true, condition: Some(gone), action });
        self.removed = true;
        self
    }

    /// Changes the rows of the target that match. Rows that were deleted from the source of a stream are not changed.
    pub fn update(mut self, row: impl FnOnce(TableRow<T>, R) -> ChangedRow<T>) -> Self {
        let condition = if self.removed { None } else { self.there() };
        let action = MergeAction::Update(self.within(row).set());
        self.clauses.push(MergeClause { matched: true, condition, action });
        self
    }

    /// Inserts a row for each row of the source that matches none of the target, unless it was deleted from the source of the
    /// stream.
    pub fn insert(mut self, row: impl FnOnce(R) -> NewRow<T>) -> Self {
        let values = self.within(|_, source| row(source)).values;
        let action = MergeAction::Insert(values.into_iter().map(|value| (value.column, value.value)).collect());
        self.clauses.push(MergeClause { matched: false, condition: self.there(), action });
        self
    }

    /// Adds the statement to the procedure.
    ///
    /// # Panics
    /// If it has no clause.
    pub fn run(mut self) -> Merged {
        assert!(!self.clauses.is_empty(), "a merge needs at least one of `update`, `insert` and `delete_removed`");
        let mut lift = Lift::new(self.source.sources());
        let on = lift.value(&self.on, "KEY");
        for clause in &mut self.clauses {
            clause.condition = clause.condition.as_ref().map(|condition| lift.value(condition, "CONDITION"));
            if let MergeAction::Update(values) | MergeAction::Insert(values) = &mut clause.action {
                values.iter_mut().for_each(|(column, value)| *value = lift.value(value, column));
            }
        }
        let select = self.source.select.delivering(lift.items(&self.source.order));
        Merged::of(T::NODE, TARGET, select, SOURCE, on, self.clauses)
    }
}
