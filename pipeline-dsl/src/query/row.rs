use std::marker::PhantomData;
use std::ops::Deref;
use std::rc::Rc;

use crate::expr::ast::{Ast, Node, Operator, OrderTerm};
use crate::expr::function::iff;
use crate::expr::literal::{int, text};
use crate::expr::operator::{and, eq, not};
use crate::expr::{Col, Expr, IntoExpr, Source};
use crate::node::{AllChanges, NodeRef, Relation, Stream};
use crate::types::{Boolean, Varchar};

/// What a query has rows of: a table, a view, a stream, or a query whose rows are declared with `#[row]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read by a query",
    label = "expected a type declared with `#[table]`, `#[stream(on = ..)]`, `#[row]`, or `#[view]` with typed columns"
)]
pub trait RowSource {
    /// One row: [`TableRow`] or [`StreamRow`].
    type Row: SourceRow;
}

#[diagnostic::do_not_recommend]
impl<S: Stream> RowSource for S {
    type Row = StreamRow<S>;
}

/// A table, view or stream that procedures and views can read. Their attributes implement it, so that a wrong type has no handle,
/// and no method called on it is an error as well.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read by a query",
    label = "expected a type declared with `#[table]`, `#[stream(on = ..)]`, or `#[view]` with typed columns",
    note = "a view has typed columns if it returns `Query<SomeRow>`, or is a struct with a field per column"
)]
pub trait Readable {
    /// [`Reading`](super::Reading).
    #[doc(hidden)]
    type Handle;

    /// The node of the object.
    #[doc(hidden)]
    const SOURCE: NodeRef;

    /// All rows, to be read.
    #[doc(hidden)]
    fn handle() -> Self::Handle;
}

/// The rows of a query, declared with `#[row]`: a query that delivers them can itself be read, joined and filtered.
pub trait Derived: Relation + RowSource<Row = TableRow<Self>> + Sized {}

/// A row as an expression sees it: a typed handle per column, and what is particular to the kind of source.
pub trait SourceRow: Copy {
    /// What the columns are those of.
    type Table: Relation;

    /// Columns that the source has beside those of its table.
    const METADATA: &'static [&'static str] = &[];

    /// The row that `source` names in a statement.
    fn of(source: Source) -> Self;

    /// All columns of the table together.
    #[doc(hidden)]
    fn whole(self) -> WholeRow<Self::Table>;

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

/// See [`SourceRow::per_key`].
#[doc(hidden)]
#[derive(Default)]
pub struct PerKey {
    pub(super) counts: Option<Node>,
    pub(super) before: Vec<OrderTerm>,
    pub(super) after: Vec<OrderTerm>,
}

impl PerKey {
    /// For the rows of two sources together.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.counts = match (self.counts, other.counts) {
            (Some(left), Some(right)) => Some(Rc::new(Ast::Binary { operator: Operator::And, left, right })),
            (left, right) => left.or(right),
        };
        self.before.extend(other.before);
        self.after.extend(other.after);
        self
    }
}

/// A row of a table, a view or a query. The columns are its fields.
pub struct TableRow<T: Relation> {
    source: Source,
    columns: T::Columns,
}

impl<T: Relation> TableRow<T> {
    /// All columns together, for a field with `#[column(flatten)]`.
    pub fn row(self) -> WholeRow<T> {
        WholeRow::new(self.source)
    }
}

impl<T: Relation> SourceRow for TableRow<T> {
    type Table = T;

    fn whole(self) -> WholeRow<T> {
        self.row()
    }

    fn of(source: Source) -> Self {
        Self { source, columns: T::columns(source) }
    }
}

impl<T: Relation> Clone for TableRow<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Relation> Copy for TableRow<T> {}

impl<T: Relation> Deref for TableRow<T> {
    type Target = T::Columns;

    fn deref(&self) -> &T::Columns {
        &self.columns
    }
}

const ACTION: &str = "METADATA$ACTION";
const IS_UPDATE: &str = "METADATA$ISUPDATE";
const ROW_ID: &str = "METADATA$ROW_ID";

/// A row of a stream: one change. The columns of the source table are its fields.
///
/// An update arrives as two rows, the old one (deleted) and the new one (inserted). Snowflake: "Introduction to streams".
pub struct StreamRow<S: Stream> {
    source: Source,
    columns: <S::Source as Relation>::Columns,
}

impl<S: Stream> StreamRow<S> {
    /// All columns of the source table together, for a field with `#[column(flatten)]`.
    pub fn row(self) -> WholeRow<S::Source> {
        WholeRow::new(self.source)
    }

    /// `INSERT` or `DELETE`: METADATA$ACTION. The two rows of an update have one each.
    pub fn action(self) -> Expr<Varchar<10>> {
        metadata(self.source, ACTION)
    }

    /// Whether the row is one of the two of an update: METADATA$ISUPDATE.
    pub fn is_update(self) -> Expr<Boolean>
    where
        S: AllChanges,
    {
        self.half_of_update()
    }

    fn half_of_update(self) -> Expr<Boolean> {
        metadata(self.source, IS_UPDATE)
    }

    /// Identifies the row of the source table, whatever its values become: METADATA$ROW_ID.
    pub fn row_id(self) -> Expr<Varchar> {
        metadata(self.source, ROW_ID)
    }

    /// Whether the row is new in the source table.
    pub fn is_inserted(self) -> Expr<Boolean> {
        and(eq(self.action(), text("INSERT")), not(self.half_of_update()))
    }

    /// Whether the row was changed and these are its new values. The row with the old ones is neither inserted, updated nor
    /// deleted, so every change counts once.
    pub fn is_updated(self) -> Expr<Boolean>
    where
        S: AllChanges,
    {
        self.new_half()
    }

    /// [`is_updated`](Self::is_updated), also of a stream that never delivers updates.
    #[doc(hidden)]
    pub fn new_half(self) -> Expr<Boolean> {
        and(eq(self.action(), text("INSERT")), self.half_of_update())
    }

    /// Whether the row was removed from the source table.
    pub fn is_deleted(self) -> Expr<Boolean>
    where
        S: AllChanges,
    {
        self.gone()
    }

    /// [`is_deleted`](Self::is_deleted), also of a stream that never delivers deletions.
    #[doc(hidden)]
    pub fn gone(self) -> Expr<Boolean> {
        and(eq(self.action(), text("DELETE")), not(self.half_of_update()))
    }
}

impl<S: Stream> SourceRow for StreamRow<S> {
    type Table = S::Source;

    fn whole(self) -> WholeRow<S::Source> {
        self.row()
    }

    const METADATA: &'static [&'static str] = &[ACTION, IS_UPDATE, ROW_ID];

    fn of(source: Source) -> Self {
        Self { source, columns: S::Source::columns(source) }
    }

    fn per_key(self) -> PerKey {
        let order = |value: Node| vec![OrderTerm { value, descending: false, nulls_last: true }];
        let old_half = and(eq(self.action(), text("DELETE")), self.half_of_update());
        PerKey {
            counts: Some(not(old_half).node()),
            // A key that was deleted and inserted again is there now: the insertion goes first.
            before: order(iff(eq(self.action(), text("INSERT")), int(0), int(1)).node()),
            // Without this, which of two equal rows comes first would be chance.
            after: order(self.row_id().node()),
        }
    }

    fn presence(self) -> Option<(Node, Node)> {
        Some((eq(self.action(), text("INSERT")).node(), eq(self.action(), text("DELETE")).node()))
    }
}

impl<S: Stream> Clone for StreamRow<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Stream> Copy for StreamRow<S> {}

impl<S: Stream> Deref for StreamRow<S> {
    type Target = <S::Source as Relation>::Columns;

    fn deref(&self) -> &Self::Target {
        &self.columns
    }
}

fn metadata<T: crate::expr::Typed>(source: Source, name: &'static str) -> Expr<T> {
    Col::<T>::new(source, name, usize::MAX).into_expr()
}

/// All columns of a row, to be taken over together.
pub struct WholeRow<T: Relation> {
    source: Source,
    of: PhantomData<fn() -> T>,
}

impl<T: Relation> WholeRow<T> {
    fn new(source: Source) -> Self {
        Self { source, of: PhantomData }
    }

    pub(crate) fn columns(&self) -> impl Iterator<Item = (&'static str, Node)> {
        let alias = self.source.alias();
        T::COLUMNS.iter().map(move |column| (column.name, Rc::new(Ast::Column { alias, name: column.name })))
    }
}

impl<T: Relation> Clone for WholeRow<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Relation> Copy for WholeRow<T> {}
