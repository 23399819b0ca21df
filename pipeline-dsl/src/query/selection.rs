use super::insert::Query;
use super::latest::{Key, Latest};
use super::row::{Derived, RowSource};
use super::source::{alone, inside};
use super::{Item, Rows, Select};
use crate::expr::ast::Ast;
use crate::expr::{IntoExpr, arena};

/// Columns of a query with their names, written `columns! { name: value, .. }` in a view.
pub struct Items {
    items: Vec<Item>,
}

/// One of the columns of [`items`].
#[doc(hidden)]
pub fn item<V: IntoExpr>(name: &'static str, value: V) -> Item {
    let value = value.into_expr().node();
    let named = matches!(&*value, Ast::Column { name: column, .. } if *column == name);
    Item { value, alias: (!named).then_some(name) }
}

/// The columns of a query.
#[doc(hidden)]
pub fn items<const N: usize>(items: [Item; N]) -> Items {
    Items { items: items.into() }
}

/// A query with named columns: what a function with `#[view]` returns.
#[must_use = "a query does nothing until something takes it"]
pub struct Selection {
    select: Select,
}

impl<O: RowSource> Rows<O> {
    /// The rows with these columns.
    pub fn columns(self, columns: impl FnOnce(O::Row) -> Items) -> Selection {
        Selection::of(self.skeleton(), alone::<O, _>(self.base, columns))
    }
}

impl<O: RowSource, K: Key> Latest<O, K> {
    /// The rows with these columns.
    pub fn columns(self, columns: impl FnOnce(O::Row) -> Items) -> Selection {
        let select = self.skeleton();
        let columns = inside::<O, _>(&select, columns);
        Selection::of(select, columns)
    }
}

impl Selection {
    pub(super) fn of(select: Select, columns: Items) -> Self {
        Self::new(select.delivering(columns.items))
    }

    pub(super) fn new(select: Select) -> Self {
        Self { select }
    }

    pub(super) fn into_select(self) -> Select {
        self.select
    }
}

/// What the function of a view returns: a query with named columns.
#[diagnostic::on_unimplemented(
    message = "a view cannot return `{Self}`",
    label = "expected `Selection`, or `Query<SomeRow>` for typed columns"
)]
pub trait ViewQuery {
    #[doc(hidden)]
    fn select(self) -> Select;
}

impl ViewQuery for Selection {
    fn select(self) -> Select {
        self.select
    }
}

impl<T: Derived> ViewQuery for Query<T> {
    fn select(self) -> Select {
        self.into_select()
    }
}

/// The text of a view's query.
#[doc(hidden)]
pub fn view_to_sql<Q: ViewQuery>(build: fn() -> Q) -> String {
    arena::scope(|| crate::body::query_to_sql(&build().select()))
}
