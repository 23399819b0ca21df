use std::marker::PhantomData;
use std::ops::Deref;

use super::insert::{ChangedRow, InsertSource};
use super::join::Joinable;
use super::merge::MergeOn;
use super::merge_source::MergeSource;
use super::row::{RowSource, SourceRow, TableRow};
use super::rows::{Condition, Rows, both, condition};
use super::source::{self, alone};
use super::update_from::UpdateOn;
use crate::body::{Affected, Statement};
use crate::expr::fits::IsCondition;
use crate::expr::{Base, Expr, IntoExpr, Source, scope};
use crate::node::{NodeRef, Object, Table};

/// A parameter `&TableA` or `&StreamTableA` of a procedure or view: all its rows, to be read.
pub struct Reading<O> {
    rows: Rows<O>,
    node: NodeRef,
}

/// The handle of a parameter that is read.
#[doc(hidden)]
pub const fn reading<O: Object + RowSource>() -> Reading<O> {
    Reading { rows: Rows::all(O::NODE), node: O::NODE }
}

impl<O> Reading<O> {
    /// The node of the table or stream.
    pub const fn node(self) -> NodeRef {
        self.node
    }
}

impl<O> Clone for Reading<O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O> Copy for Reading<O> {}

impl<O> Deref for Reading<O> {
    type Target = Rows<O>;

    fn deref(&self) -> &Rows<O> {
        &self.rows
    }
}

/// A parameter `&mut TableB` of a procedure: a table to be written. Its rows can be read as well.
pub struct Writing<T> {
    rows: Matching<T>,
    node: NodeRef,
}

/// What a parameter `&mut` of a procedure can be: a table. `#[table]` implements it, so that a wrong type has no handle, and no
/// method called on it is an error as well.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table: a procedure cannot write it",
    label = "expected a type declared with `#[table]`",
    note = "streams and views are only read: take it as `&{Self}`, and write to a table"
)]
pub trait Writable {
    /// [`Writing`].
    #[doc(hidden)]
    type Handle;

    /// The table's node.
    #[doc(hidden)]
    const TARGET: NodeRef;

    /// All rows, to be written.
    #[doc(hidden)]
    fn handle() -> Self::Handle;
}

/// [`Writable::handle`] of a table.
#[doc(hidden)]
pub const fn writing<T: Table>() -> Writing<T> {
    Writing { rows: Matching { rows: Rows::all(T::NODE), filter: None }, node: T::NODE }
}

impl<T> Writing<T> {
    /// The node of the table.
    pub const fn node(self) -> NodeRef {
        self.node
    }
}

impl<T: Table + RowSource<Row = TableRow<T>>> Writing<T> {
    /// Inserts a row or the rows of a query. Snowflake: `INSERT`.
    pub fn insert(self, source: impl InsertSource<T>) -> Affected {
        self.insert_with(false, source)
    }

    /// Replaces all rows by those of the query, in one statement. Snowflake: `INSERT` with OVERWRITE.
    pub fn insert_overwrite(self, source: impl InsertSource<T>) -> Affected {
        self.insert_with(true, source)
    }

    fn insert_with(self, overwrite: bool, source: impl InsertSource<T>) -> Affected {
        let (columns, source) = source.parts();
        Affected::of(|count| Statement::Insert { target: T::NODE, overwrite, columns, source, count })
    }

    /// Deletes all rows. Snowflake: `DELETE`.
    pub fn delete_all(self) -> Affected {
        Affected::of(|count| Statement::Delete { target: T::NODE, using: None, filter: None, count })
    }

    /// Deletes the rows for which the condition is true with some row of another table or stream. Snowflake: `DELETE` with
    /// USING.
    pub fn delete_using<P: Joinable, C: IntoExpr>(
        self,
        other: P,
        condition: impl FnOnce(TableRow<T>, <P::From as RowSource>::Row) -> C,
    ) -> Affected
    where
        Base<C::Ty>: IsCondition,
    {
        const SOURCE: &str = "s";
        // DELETE gives its table no alias: its own name stands before the columns.
        let target = TableRow::of(Source::new(T::NODE.get().name));
        let condition = || self::condition(condition(target, source::row::<P::From>(SOURCE)));
        let filter = scope::within(&[T::NODE.get().name, SOURCE], condition);
        let (source, also) = other.part().aliased(SOURCE);
        let filter = Some(also.map_or(filter, |also| both(Some(filter), Expr::from_node(also))).node());
        let using = Some((source, SOURCE));
        Affected::of(|count| Statement::Delete { target: T::NODE, using, filter, count })
    }

    /// Deletes all rows at once, without saying how many, and forgets which files were loaded into the table. A transaction that
    /// is rolled back brings them back. Snowflake: `TRUNCATE TABLE`.
    pub fn truncate(self) {
        crate::body::truncate(T::NODE);
    }

    /// Gives rows new values from rows that each have their own key, so that which row wins is no chance: say next what
    /// matches, with [`on`](UpdateOn::on). Snowflake: `UPDATE` with FROM.
    pub fn update_from<S: MergeSource>(self, source: S) -> UpdateOn<T, S::Row, S::Key> {
        UpdateOn { source: source.parts(), of: PhantomData }
    }

    /// Makes the table, which is declared `temporary`, from the rows of the query; it lives until the session ends. A table of
    /// an earlier run is replaced. Snowflake: `CREATE TABLE .. AS SELECT`.
    ///
    /// # Panics
    /// If the table is not temporary. Inside a transaction, which it would commit.
    pub fn create_as(self, source: impl InsertSource<T>) {
        let (columns, source) = source.parts();
        crate::body::create_temporary(T::NODE, columns, source);
    }

    /// Brings the table up to date from rows that each have their own key: say next what matches, with
    /// [`on`](MergeOn::on), then what is updated, inserted and deleted. Snowflake: `MERGE`.
    pub fn merge<S: MergeSource>(self, source: S) -> MergeOn<T, S::Row, S::Key> {
        MergeOn { source: source.parts(), of: PhantomData }
    }

    /// The rows for which the condition is true, to be read, updated or deleted.
    pub fn filter<C: IntoExpr>(self, condition: impl FnOnce(TableRow<T>) -> C) -> Matching<T>
    where
        Base<C::Ty>: IsCondition,
    {
        self.rows.filter(condition)
    }
}

impl<T> Clone for Writing<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Writing<T> {}

impl<T> Deref for Writing<T> {
    type Target = Rows<T>;

    fn deref(&self) -> &Rows<T> {
        &self.rows.rows
    }
}

/// Some rows of a table that may be written.
pub struct Matching<T> {
    rows: Rows<T>,
    filter: Option<Condition>,
}

impl<T: Table + RowSource<Row = TableRow<T>>> Matching<T> {
    /// Only the rows for which this condition is true as well.
    #[must_use]
    pub fn filter<C: IntoExpr>(self, condition: impl FnOnce(TableRow<T>) -> C) -> Self
    where
        Base<C::Ty>: IsCondition,
    {
        let condition = alone::<T, _>(self.rows.base, |row| self::condition(condition(row)));
        let filter = both(self.filter, condition);
        Self { rows: Rows::all(T::NODE).filter(|_| filter), filter: Some(filter) }
    }

    /// Gives columns of these rows new values. Snowflake: `UPDATE`.
    pub fn update(self, row: impl FnOnce(TableRow<T>) -> ChangedRow<T>) -> Affected {
        let set = alone::<T, _>(self.rows.base, row).set();
        let filter = self.filter.map(Expr::node);
        Affected::of(|count| Statement::Update { target: T::NODE, set, from: None, filter, count })
    }

    /// Deletes these rows. Snowflake: `DELETE`.
    pub fn delete(self) -> Affected {
        let filter = self.filter.map(Expr::node);
        Affected::of(|count| Statement::Delete { target: T::NODE, using: None, filter, count })
    }
}

impl<T> Clone for Matching<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Matching<T> {}

impl<T> Deref for Matching<T> {
    type Target = Rows<T>;

    fn deref(&self) -> &Rows<T> {
        &self.rows
    }
}
