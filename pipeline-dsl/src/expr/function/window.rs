use super::call;
use super::conditional::Arguments;
use crate::expr::ast::{Ast, OrderTerm};
use crate::expr::{Expr, IntoExpr};
use crate::types::Integer;

/// One term of an order: an expression, or one with a direction from [`Sortable`].
pub struct Order(pub(crate) OrderTerm);

impl<E: IntoExpr> From<E> for Order {
    fn from(value: E) -> Self {
        Self(OrderTerm { value: value.into_expr().node(), descending: false, nulls_last: true })
    }
}

/// Directions for sorting. NULLs come last in both, unlike Snowflake's default for descending order.
pub trait Sortable: IntoExpr + Sized {
    /// From the least to the greatest, NULLs last.
    fn asc(self) -> Order {
        self.into()
    }

    /// From the greatest to the least, NULLs last.
    fn desc(self) -> Order {
        Order(OrderTerm { value: self.into_expr().node(), descending: true, nulls_last: true })
    }
}

impl<E: IntoExpr> Sortable for E {}

/// Rows that belong together for a window function, and their order.
pub struct Window {
    partition: Vec<crate::expr::ast::Node>,
    order: Vec<OrderTerm>,
}

/// A window over the rows with equal values of `partition`. Snowflake: "Window function syntax and usage".
pub fn window<A: Arguments>(partition: A) -> Window {
    Window { partition: partition.nodes(), order: vec![] }
}

impl Window {
    /// Sorts the rows of a partition, after the terms that were given before.
    #[must_use]
    pub fn order_by(mut self, term: impl Into<Order>) -> Self {
        self.order.push(term.into().0);
        self
    }

    fn over<T>(self, name: &'static str) -> Expr<T> {
        Expr::new(Ast::Window {
            function: call::<T>(name, vec![]).node(),
            partition: self.partition,
            order: self.order,
        })
    }
}

/// The number of the row in its partition, from 1. Snowflake: `ROW_NUMBER`.
pub fn row_number(over: Window) -> Expr<Integer> {
    over.over("ROW_NUMBER")
}

/// The rank of the row in its partition, equal for equal rows. Snowflake: `RANK`.
pub fn rank(over: Window) -> Expr<Integer> {
    over.over("RANK")
}
