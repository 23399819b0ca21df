use std::marker::PhantomData;
use std::rc::Rc;

use super::insert::{ChangedRow, NewRow};
use super::latest::{Key, Latest, MatchesKey, bare};
use super::row::{Readable, SourceRow, TableRow};
use super::{Item, Select, source};
use crate::body::{Affected, MergeAction, MergeClause, Statement};
use crate::expr::ast::{Ast, Node, Operator};
use crate::expr::{Source, scope};
use crate::node::{AllChanges, Stream, Table};

const TARGET: &str = "t";
const SOURCE: &str = "s";

fn within<R>(write: impl FnOnce() -> R) -> R {
    scope::within(&[TARGET, SOURCE], write)
}

/// Rows that each have their own key, so that no row of a target matches two of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may have several rows with one key, so the result of a MERGE would be chance",
    label = "expected the latest row of each key",
    note = "write `source.latest_by(|s| s.key, |s| s.updated_at.desc())`"
)]
pub trait MergeSource {
    /// What the rows are read from.
    type From: Readable;
    /// The columns that identify a row.
    type Key: Key;

    /// One row per key.
    #[doc(hidden)]
    fn latest(self) -> Latest<Self::From, Self::Key>;
}

impl<O: Readable, K: Key> MergeSource for Latest<O, K> {
    type From = O;
    type Key = K;

    fn latest(self) -> Self {
        self
    }
}

/// A MERGE that does not know yet how rows match; see [`Writing::merge`](super::Writing::merge).
#[must_use = "a merge does nothing until `run()`"]
pub struct MergeOn<T, O: Readable, K> {
    pub(super) source: Latest<O, K>,
    pub(super) of: PhantomData<fn() -> T>,
}

impl<T: Table, O: Readable, K: Key> MergeOn<T, O, K> {
    /// The columns of the target that hold the key of the source, in the same order.
    pub fn on<M: MatchesKey<K>>(self, key: impl FnOnce(TableRow<T>) -> M) -> Merge<T, O> {
        let target = key(TableRow::of(Source::new(TARGET))).columns();
        let on = matching((TARGET, target), (SOURCE, self.source.key()));
        Merge { select: self.source.skeleton(), on, clauses: vec![], removed: false, of: PhantomData }
    }
}

/// Columns with the alias of their source and whether each may be NULL.
type KeyOf = (&'static str, Vec<(&'static str, bool)>);

/// The condition that the keys of two rows are equal.
pub(super) fn matching((target, columns): KeyOf, (source, keys): KeyOf) -> Node {
    let mut on: Option<Node> = None;
    for ((column, nullable), (key, key_nullable)) in columns.into_iter().zip(keys) {
        let left = Rc::new(Ast::Column { alias: Some(target), name: column });
        let right = Rc::new(Ast::Column { alias: Some(source), name: key });
        // NULL is not equal to NULL: rows with such keys would be inserted again by every run.
        let same = Rc::new(if nullable && key_nullable {
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

/// Those columns of the source that the expressions name, in its order.
pub(super) fn used_items<'n, O: Readable>(source: &str, nodes: impl Iterator<Item = &'n Node>) -> Vec<Item> {
    let mut used = vec![];
    for node in nodes {
        node.walk(&mut |ast| match ast {
            Ast::Column { alias: Some(alias), name } if *alias == source => used.push(*name),
            _ => {}
        });
    }
    let order = <<O::Row as SourceRow>::Table as Table>::COLUMNS.iter().map(|column| column.name);
    let order = order.chain(O::Row::METADATA.iter().copied());
    order.filter(|name| used.contains(name)).map(|name| Item { value: bare(name), alias: None }).collect()
}

/// A MERGE being put together. Each method adds a clause; [`run`](Merge::run) ends it. Snowflake: `MERGE`.
#[must_use = "a merge does nothing until `run()`"]
pub struct Merge<T, O> {
    select: Select,
    on: Node,
    clauses: Vec<MergeClause>,
    /// Whether a clause has taken the rows that are gone from the source.
    removed: bool,
    of: PhantomData<fn() -> (T, O)>,
}

impl<T: Table, O: Readable> Merge<T, O> {
    fn rows() -> (TableRow<T>, O::Row) {
        (TableRow::of(Source::new(TARGET)), source::row::<O>(SOURCE))
    }

    fn gone() -> Option<Node> {
        source::row::<O>(SOURCE).presence().map(|(_, gone)| gone)
    }

    fn there() -> Option<Node> {
        source::row::<O>(SOURCE).presence().map(|(there, _)| there)
    }

    /// Deletes rows of the target that were deleted from the source of the stream.
    ///
    /// # Panics
    /// If rows that are gone were dealt with already.
    pub fn delete_removed(self) -> Self
    where
        O: AllChanges,
    {
        self.removed(MergeAction::Delete)
    }

    /// [`delete_removed`](Self::delete_removed), also for a stream that never delivers deletions.
    #[doc(hidden)]
    pub fn delete_removed_if_any(self) -> Self
    where
        O: Stream,
    {
        self.removed(MergeAction::Delete)
    }

    /// Changes rows of the target that were deleted from the source of the stream, for instance to mark them as deleted.
    ///
    /// # Panics
    /// As [`delete_removed`](Self::delete_removed).
    pub fn update_removed(self, row: impl FnOnce(TableRow<T>, O::Row) -> ChangedRow<T>) -> Self
    where
        O: AllChanges,
    {
        let (target, source) = Self::rows();
        self.removed(MergeAction::Update(within(|| row(target, source)).set()))
    }

    fn removed(mut self, action: MergeAction) -> Self {
        let gone = Self::gone().expect("a stream tells which rows are gone");
        assert!(
            !self.removed && self.clauses.is_empty(),
            "a merge deals with deleted rows once, before its other clauses"
        );
        self.clauses.push(MergeClause { matched: true, condition: Some(gone), action });
        self.removed = true;
        self
    }

    /// Changes the rows of the target that match. Rows that were deleted from the source of a stream are not changed.
    pub fn update(mut self, row: impl FnOnce(TableRow<T>, O::Row) -> ChangedRow<T>) -> Self {
        let (target, source) = Self::rows();
        let condition = if self.removed { None } else { Self::there() };
        let action = MergeAction::Update(within(|| row(target, source)).set());
        self.clauses.push(MergeClause { matched: true, condition, action });
        self
    }

    /// Inserts a row for each row of the source that matches none of the target, unless it was deleted from the source of the
    /// stream.
    pub fn insert(mut self, row: impl FnOnce(O::Row) -> NewRow<T>) -> Self {
        let values = within(|| row(Self::rows().1)).values;
        let action = MergeAction::Insert(values.into_iter().map(|value| (value.column, value.value)).collect());
        self.clauses.push(MergeClause { matched: false, condition: Self::there(), action });
        self
    }

    /// Adds the statement to the procedure.
    ///
    /// # Panics
    /// If it has no clause.
    pub fn run(mut self) -> Affected {
        assert!(!self.clauses.is_empty(), "a merge needs at least one of `update`, `insert` and `delete_removed`");
        let conditions = self.clauses.iter().flat_map(|clause| clause.condition.iter().chain(clause.action.values()));
        self.select.items = used_items::<O>(SOURCE, std::iter::once(&self.on).chain(conditions));
        Affected::of(|count| Statement::Merge {
            target: T::NODE,
            target_alias: TARGET,
            source: self.select,
            source_alias: SOURCE,
            on: self.on,
            clauses: self.clauses,
            count,
        })
    }
}
