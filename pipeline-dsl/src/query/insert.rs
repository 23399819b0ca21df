use std::marker::PhantomData;
use std::ops::Deref;
use std::rc::Rc;

use super::row::{Derived, SourceRow, WholeRow};
use super::rows::Rows;
use super::source::Origin;
use super::{Item, Select};
use crate::expr::ast::{Ast, Literal, Node};
use crate::expr::fits::{FitsColumn, FitsNull};
use crate::expr::{Base, Col, IntoExpr, Nullable, Source, Typed};
use crate::node::Relation;

/// A value for a column.
pub struct Assignment {
    pub(crate) column: &'static str,
    pub(crate) value: Node,
}

impl<T: Typed> Col<T> {
    /// The value that the column is to have. Struct literals such as `TableB { batch_id: batch, .. }` are rewritten to this.
    pub fn assign<V: IntoExpr>(self, value: V) -> Vec<Assignment>
    where
        Base<V::Ty>: FitsColumn<Base<T>>,
        <V::Ty as Typed>::Null: FitsNull<T::Null>,
    {
        vec![Assignment { column: self.name(), value: value.into_expr().node() }]
    }
}

impl<T: Typed> Col<T> {
    /// NULL as the value of the column. `column: None` in a struct literal is rewritten to this.
    pub fn assign_null(self) -> Vec<Assignment>
    where
        Nullable: FitsNull<T::Null>,
    {
        vec![Assignment { column: self.name(), value: Rc::new(Ast::Literal(Literal::Null)) }]
    }
}

/// What [`Col::assign`] is for a field with `#[column(flatten)]`: it takes all columns of a row.
pub trait AssignRow: Copy {
    /// The values that the columns are to have.
    fn assign<T: Relation<Columns = Self>>(self, row: WholeRow<T>) -> Vec<Assignment> {
        row.columns().map(|(column, value)| Assignment { column, value }).collect()
    }
}

impl<C: Copy> AssignRow for C {}

fn in_column_order<T: Relation>(values: impl IntoIterator<Item = Vec<Assignment>>) -> Vec<Assignment> {
    let mut values: Vec<_> = values.into_iter().flatten().collect();
    let position = |value: &Assignment| T::COLUMNS.iter().position(|column| column.name == value.column);
    values.sort_by_key(position);
    values
}

fn with_matching<T: Relation>(
    values: impl IntoIterator<Item = Vec<Assignment>>,
    row: impl SourceRow,
    except: &[&str],
) -> [Vec<Assignment>; 1] {
    let mut values: Vec<_> = values.into_iter().flatten().collect();
    for (column, value) in row.whole().columns() {
        let given = values.iter().any(|known| known.column == column);
        let wanted = T::COLUMNS.iter().any(|known| known.name == column && !except.contains(&known.rust_name));
        if wanted && !given {
            values.push(Assignment { column, value });
        }
    }
    [values]
}

/// A row of `T`, written as a struct literal. Columns of a table without a value get their default.
pub struct NewRow<T> {
    pub(crate) values: Vec<Assignment>,
    of: PhantomData<fn() -> T>,
}

impl<T: Relation> NewRow<T> {
    pub(crate) fn columns(&self) -> Vec<&'static str> {
        self.values.iter().map(|value| value.column).collect()
    }

    pub(crate) fn items(self) -> Vec<Item> {
        let named = |value: &Assignment| matches!(&*value.value, Ast::Column { name, .. } if *name == value.column);
        self.values
            .into_iter()
            .map(|value| Item { alias: (!named(&value)).then_some(value.column), value: value.value })
            .collect()
    }
}

/// New values of some columns of a row of `T`, written as a struct literal that ends with `..unchanged()`.
pub struct ChangedRow<T> {
    pub(crate) values: Vec<Assignment>,
    of: PhantomData<fn() -> T>,
}

impl<T: Relation> ChangedRow<T> {
    pub(crate) fn set(self) -> Vec<(&'static str, Node)> {
        self.values.into_iter().map(|value| (value.column, value.value)).collect()
    }
}

/// A struct literal of `T` in a procedure or view.
#[doc(hidden)]
pub struct RowLiteral<T>(PhantomData<fn() -> T>);

impl<T: Relation> RowLiteral<T> {
    #[expect(clippy::new_without_default, reason = "only the attributes make these")]
    pub fn new() -> Self {
        Self(PhantomData)
    }

    /// Handles of the columns, to be given values.
    pub fn columns(&self) -> T::Columns {
        T::columns(Source::bare())
    }

    /// The literal as a row to be inserted.
    pub fn insert<const N: usize>(self, values: [Vec<Assignment>; N]) -> NewRow<T> {
        NewRow { values: in_column_order::<T>(values), of: PhantomData }
    }

    /// The literal and, for columns that it does not name, those of `row` that have the same name, as a row to be inserted.
    pub fn insert_matching<const N: usize>(self, values: [Vec<Assignment>; N], row: impl SourceRow) -> NewRow<T> {
        NewRow { values: in_column_order::<T>(with_matching::<T>(values, row, &[])), of: PhantomData }
    }

    /// The same as new values of the columns, those of `key` left alone.
    pub fn change_matching<const N: usize>(
        self,
        values: [Vec<Assignment>; N],
        row: impl SourceRow,
        key: &[&str],
    ) -> ChangedRow<T> {
        ChangedRow { values: in_column_order::<T>(with_matching::<T>(values, row, key)), of: PhantomData }
    }

    /// The literal as new values of some columns.
    pub fn change<const N: usize>(self, values: [Vec<Assignment>; N]) -> ChangedRow<T> {
        ChangedRow { values: in_column_order::<T>(values), of: PhantomData }
    }
}

/// Rows of `T`, computed by a query. Where `T` is declared with `#[row]`, they can be read again: filtered, joined and grouped as
/// those of a table.
#[must_use = "a query does nothing until a statement such as `insert` takes it"]
pub struct Query<T> {
    rows: Rows<T>,
}

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Query<T> {}

impl<T: Derived> Deref for Query<T> {
    type Target = Rows<T>;

    fn deref(&self) -> &Rows<T> {
        &self.rows
    }
}

impl<T: Relation> Query<T> {
    pub(super) fn of(select: Select, row: NewRow<T>) -> Self {
        Self::new(select.delivering(row.items()))
    }

    pub(super) fn new(select: Select) -> Self {
        Self { rows: Rows::of_query(T::ALIAS, select) }
    }
}

impl<T> Query<T> {
    /// The query, which names the columns that it gives values to.
    pub(super) fn into_select(self) -> Select {
        match self.rows.base {
            Origin::Query(_, stored) => (*stored.select()).clone(),
            Origin::Object(object) => unreachable!("{object:?} is no query"),
        }
    }

    /// The same query with the name that the program gives it.
    #[doc(hidden)]
    pub fn named(mut self, name: &'static str) -> Self {
        if let Origin::Query(known, _) = &mut self.rows.base {
            *known = name;
        }
        self
    }

    pub(super) fn rows(self) -> Rows<T> {
        self.rows
    }
}

/// [`Query::named`] of what is no query, and needs no name.
#[doc(hidden)]
pub trait Named: Sized {
    /// The value itself.
    fn named(self, _name: &'static str) -> Self {
        self
    }
}

impl<V> Named for V {}

/// What can be inserted into `T`: a row, or the rows of a query.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be inserted into table `{T}`",
    label = "expected a row `{T} {{ .. }}` or a query that selects such rows"
)]
pub trait InsertSource<T> {
    /// The columns that get a value, and the query that delivers them in this order.
    #[doc(hidden)]
    fn parts(self) -> (Vec<&'static str>, Select);
}

impl<T: Relation> InsertSource<T> for NewRow<T> {
    fn parts(self) -> (Vec<&'static str>, Select) {
        (self.columns(), Select { items: self.items(), ..Select::default() })
    }
}

impl<T: Relation> InsertSource<T> for Query<T> {
    fn parts(self) -> (Vec<&'static str>, Select) {
        let select = self.into_select();
        (select.items.iter().map(Item::name).collect(), select)
    }
}
