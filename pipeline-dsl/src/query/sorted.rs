use std::marker::PhantomData;
use std::rc::Rc;

use super::ast::SetOperator;
use super::insert::{NewRow, Query};
use super::row::RowSource;
use super::selection::{Items, Selection};
use super::source::inside;
use super::values::{RowValues, Values};
use super::{Rows, Select};
use crate::expr::ast::Ast;
use crate::expr::fits::ComparesWith;
use crate::expr::function::Order;
use crate::expr::{Base, Either, Expr, IntoExpr, Like};
use crate::node::Relation;
use crate::types::Boolean;

/// Rows in an order. Where NULLs go is always written out.
#[must_use = "a query does nothing until something takes it"]
pub struct Sorted<O> {
    select: Select,
    of: PhantomData<fn() -> O>,
}

impl<O: RowSource> Rows<O> {
    /// The rows in order, for a loop to go through or for [`limit`](Sorted::limit).
    pub fn order_by<R: Into<Order>>(self, term: impl FnOnce(O::Row) -> R) -> Sorted<O> {
        Sorted { select: self.skeleton(), of: PhantomData }.then_by(term)
    }
}

impl<O: RowSource> Sorted<O> {
    /// Rows that are equal so far in this order.
    pub fn then_by<R: Into<Order>>(mut self, term: impl FnOnce(O::Row) -> R) -> Self {
        let term = inside::<O, _>(&self.select, |row| term(row).into());
        self.select.order.push(term.0);
        self
    }

    /// No more rows than this.
    pub fn limit(mut self, rows: u64) -> Self {
        self.select.limit = Some(rows);
        self
    }

    /// The rows as rows of `T`.
    pub fn select<T: Relation>(self, row: impl FnOnce(O::Row) -> NewRow<T>) -> Query<T> {
        let row = inside::<O, _>(&self.select, row);
        Query::of(self.select, row)
    }

    /// The rows with these columns.
    pub fn columns(self, columns: impl FnOnce(O::Row) -> Items) -> Selection {
        let columns = inside::<O, _>(&self.select, columns);
        Selection::of(self.select, columns)
    }

    /// Values of each row, for a loop of a procedure to go through.
    pub fn values<R: RowValues>(self, values: impl FnOnce(O::Row) -> R) -> Values<R> {
        let values = inside::<O, _>(&self.select, |row| values(row).nodes());
        Values::of(self.select, values)
    }
}

/// What queries with columns have in common.
macro_rules! combined {
    ($([$($generics:tt)*] $type:ty;)+) => {$(
        impl<$($generics)*> $type {
            /// Each row once. Snowflake: `DISTINCT`.
            pub fn distinct(self) -> Self {
                let select = self.into_select();
                Self::new(Select { distinct: true, ..select })
            }

            /// The rows of both queries. Snowflake: `UNION ALL`.
            ///
            /// # Panics
            /// If they have other columns, or are limited, as all of these methods.
            pub fn union_all(self, other: Self) -> Self {
                Self::new(combine(self.into_select(), SetOperator::UnionAll, other.into_select()))
            }

            /// The rows of both queries, each once. Snowflake: `UNION`.
            pub fn union(self, other: Self) -> Self {
                Self::new(combine(self.into_select(), SetOperator::Union, other.into_select()))
            }

            /// The rows that both queries have. Snowflake: `INTERSECT`.
            pub fn intersect(self, other: Self) -> Self {
                Self::new(combine(self.into_select(), SetOperator::Intersect, other.into_select()))
            }

            /// The rows that the other query does not have. Snowflake: `EXCEPT`.
            pub fn except(self, other: Self) -> Self {
                Self::new(combine(self.into_select(), SetOperator::Except, other.into_select()))
            }
        }
    )+};
}
combined! {
    [] Selection;
    [T: Relation] Query<T>;
}

/// # Panics
/// If they have other columns, one of them is in an order or limited, or combines queries itself in a way that would need
/// parentheses.
fn combine(mut left: Select, operator: SetOperator, right: Select) -> Select {
    let names = |select: &Select| select.items.iter().map(super::Item::name).collect::<Vec<_>>();
    assert_eq!(names(&left), names(&right), "queries that are combined have the same columns");
    for select in [&left, &right] {
        assert!(
            select.order.is_empty() && select.limit.is_none(),
            "a query in an order or with a limit cannot be combined with another one"
        );
    }
    // INTERSECT binds more tightly than the others, which go from left to right.
    let plain = right.combined.is_empty()
        && left.combined.iter().all(|(known, _)| *known == operator || operator != SetOperator::Intersect);
    assert!(plain, "combine the queries one after the other, `intersect` first");
    left.combined.push((operator, right));
    left
}

/// `!is_in_rows(value, rows)`: a condition that is never true if there is a NULL among the rows, so there must be none.
#[doc(hidden)]
pub fn not_in_rows<V: IntoExpr, R: IntoExpr + RowValues>(value: V, rows: Values<R>) -> Expr<Like<V::Ty, Boolean>>
where
    Base<R::Ty>: ComparesWith<Base<V::Ty>>,
    <R::Ty as crate::expr::Typed>::Null: NeverNull,
{
    Expr::from_node(crate::expr::operator::not(is_in_rows(value, rows)).node())
}

/// What the values after NOT IN must be.
#[diagnostic::on_unimplemented(
    message = "the rows may have a NULL, and then `!is_in_rows(..)` is never true",
    label = "expected values that are NOT NULL",
    note = "write `coalesce(..)` around the value, or `!b.filter(|b| b.x == a.x).exists()`"
)]
pub trait NeverNull {}

impl NeverNull for crate::expr::NotNull {}

/// Whether `value` is one of the values of a query. Snowflake: `[ NOT ] IN`.
pub fn is_in_rows<V: IntoExpr, R: IntoExpr + RowValues>(
    value: V,
    rows: Values<R>,
) -> Expr<Either<V::Ty, R::Ty, Boolean>>
where
    Base<R::Ty>: ComparesWith<Base<V::Ty>>,
{
    let select = Rc::new(rows.into_select());
    Expr::new(Ast::InRows { operand: value.into_expr().node(), select })
}
