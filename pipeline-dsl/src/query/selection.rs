use super::latest::{Key, Latest};
use super::row::Readable;
use super::source::alone;
use super::{Grouped, Item, Rows, Select};
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
    pub(super) select: Select,
}

impl<O: Readable> Rows<O> {
    /// The rows with these columns.
    pub fn columns(self, columns: impl FnOnce(O::Row) -> Items) -> Selection {
        Selection::of(self.skeleton(), alone::<O, _>(columns))
    }
}

impl<O: Readable, K: Key> Latest<O, K> {
    /// The rows with these columns.
    pub fn columns(self, columns: impl FnOnce(O::Row) -> Items) -> Selection {
        Selection::of(self.skeleton(), alone::<O, _>(columns))
    }
}

impl<O: Readable> Grouped<O> {
    /// One row per group, with these columns.
    pub fn columns(self, columns: impl FnOnce(O::Row) -> Items) -> Selection {
        Selection::of(self.into_select(), alone::<O, _>(columns))
    }
}

impl Selection {
    pub(super) fn of(mut select: Select, columns: Items) -> Self {
        select.items = columns.items;
        Self { select }
    }
}

/// The text of a view's query.
#[doc(hidden)]
pub fn view_to_sql(build: fn() -> Selection) -> String {
    arena::scope(|| crate::body::query_to_sql(&build().select))
}
