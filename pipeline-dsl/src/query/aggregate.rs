use std::marker::PhantomData;
use std::rc::Rc;

use super::Select;
use super::insert::{NewRow, Query};
use super::row::RowSource;
use super::selection::{Items, Selection};
use super::source::inside;
use super::values::{RowValues, Values};
use crate::expr::ast::{Ast, Node};
use crate::expr::fits::IsCondition;
use crate::expr::function::Arguments;
use crate::expr::{Base, Expr, IntoExpr, Typed};
use crate::node::Relation;
use crate::types::Boolean;

/// Several aggregates that are computed together; a `let` with a tuple of names gives each a variable.
#[must_use = "aggregates are only computed when a `let` takes them"]
pub struct Aggregate<A> {
    pub(crate) select: Select,
    of: PhantomData<fn() -> A>,
}

impl<A> Aggregate<A> {
    pub(super) fn new(select: Select) -> Self {
        Self { select, of: PhantomData }
    }
}

impl<T: Typed> IntoExpr for Aggregate<Expr<T>> {
    type Ty = T;

    fn into_expr(self) -> Expr<T> {
        Expr::new(Ast::Subquery(Rc::new(self.select)))
    }
}

/// What [`Rows::aggregate`](super::Rows::aggregate) computes: an expression or a tuple of up to eight.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of aggregates",
    label = "expected one SQL expression or a tuple of up to eight"
)]
pub trait Aggregates {
    /// The trees, in order.
    fn nodes(self) -> Vec<Node>;
}

impl<T> Aggregates for Expr<T> {
    fn nodes(self) -> Vec<Node> {
        vec![self.node()]
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)+) => {$(
        impl<$($name),+> Aggregates for ($(Expr<$name>,)+) {
            fn nodes(self) -> Vec<Node> {
                #[allow(non_snake_case, reason = "the type parameters' names serve as the variables'")]
                let ($($name,)+) = self;
                vec![$($name.node()),+]
            }
        }
    )+};
}
tuples! {
    A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H;
}

/// Rows in groups.
#[must_use]
pub struct Grouped<O: RowSource, K> {
    select: Select,
    key: K,
    of: PhantomData<fn() -> O>,
}

impl<O: RowSource, K: Arguments + Copy> Grouped<O, K> {
    pub(super) fn new(mut select: Select, key: impl FnOnce(O::Row) -> K) -> Self {
        let (key, group) = inside::<O, _>(&select, |row| {
            let key = key(row);
            (key, key.nodes())
        });
        select.group = group;
        Self { select, key, of: PhantomData }
    }
}

impl<O: RowSource, K> Grouped<O, K> {
    pub(super) fn into_select(self) -> Select {
        self.select
    }

    pub(super) fn key(&self) -> K
    where
        K: Copy,
    {
        self.key
    }

    /// Only the groups for which the condition is true. Snowflake: `HAVING`.
    pub fn having<C: IntoExpr>(mut self, condition: impl FnOnce(O::Row) -> C) -> Self
    where
        Base<C::Ty>: IsCondition,
    {
        let known = self.select.having.take().map(Expr::<Option<Boolean>>::from_node);
        let condition = inside::<O, _>(&self.select, |row| super::rows::condition(condition(row)));
        self.select.having = Some(super::rows::both(known, condition).node());
        self
    }

    /// One row of `T` per group.
    pub fn select<T: Relation>(self, row: impl FnOnce(O::Row) -> NewRow<T>) -> Query<T> {
        let row = inside::<O, _>(&self.select, row);
        Query::of(self.select, row)
    }

    /// One row per group, with these columns.
    pub fn columns(self, columns: impl FnOnce(O::Row) -> Items) -> Selection {
        let columns = inside::<O, _>(&self.select, columns);
        Selection::of(self.select, columns)
    }

    /// Values of each group, for a loop of a procedure to go through.
    pub fn values<R: RowValues>(self, values: impl FnOnce(O::Row) -> R) -> Values<R> {
        let values = inside::<O, _>(&self.select, |row| values(row).nodes());
        Values::of(self.select, values)
    }
}
