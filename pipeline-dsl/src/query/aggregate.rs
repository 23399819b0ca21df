use std::marker::PhantomData;
use std::rc::Rc;

use super::Select;
use super::insert::{NewRow, Query};
use super::row::Readable;
use super::source::alone;
use crate::expr::ast::{Ast, Node};
use crate::expr::{Expr, IntoExpr, Typed};
use crate::node::Table;

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
pub struct Grouped<O: Readable> {
    select: Select,
    of: PhantomData<fn() -> O>,
}

impl<O: Readable> Grouped<O> {
    pub(super) fn new(select: Select) -> Self {
        Self { select, of: PhantomData }
    }

    pub(super) fn into_select(self) -> Select {
        self.select
    }

    /// One row of `T` per group, to be inserted into it.
    pub fn select<T: Table>(self, row: impl FnOnce(O::Row) -> NewRow<T>) -> Query<T> {
        Query { row: alone::<O, _>(row), select: self.select }
    }
}
