use super::conditional::Arguments;
use super::{call, node};
use crate::expr::ast::{Ast, Node, OrderTerm};
use crate::expr::fits::{IsInteger, IsNumber};
use crate::expr::{Base, Expr, IntoExpr};
use crate::types::{Float, Integer};

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
    partition: Vec<Node>,
    order: Vec<OrderTerm>,
}

/// What [`window`] takes: an expression, a tuple of up to eight, or `()` for all rows together.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which rows belong together",
    label = "expected one expression, a tuple of up to eight, or `()` for all rows"
)]
pub trait Partition {
    /// The trees, in order.
    #[doc(hidden)]
    fn partition(self) -> Vec<Node>;
}

impl<A: Arguments> Partition for A {
    fn partition(self) -> Vec<Node> {
        self.nodes()
    }
}

impl Partition for () {
    fn partition(self) -> Vec<Node> {
        vec![]
    }
}

/// A window over the rows with equal values of `partition`, or over all rows: `window(())`. Snowflake: "Window function syntax
/// and usage".
pub fn window<P: Partition>(partition: P) -> Window {
    Window { partition: partition.partition(), order: vec![] }
}

impl Window {
    /// Sorts the rows of a partition, after the terms that were given before.
    #[must_use]
    pub fn order_by(mut self, term: impl Into<Order>) -> Self {
        self.order.push(term.into().0);
        self
    }

    fn over<T>(self, name: &'static str) -> Expr<T> {
        self.apply(call::<T>(name, vec![]).node())
    }

    fn apply<T>(self, function: Node) -> Expr<T> {
        Expr::new(Ast::Window { function, partition: self.partition, order: self.order })
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

/// The rank of the row in its partition, without gaps after equal rows. Snowflake: `DENSE_RANK`.
pub fn dense_rank(over: Window) -> Expr<Integer> {
    over.over("DENSE_RANK")
}

/// The rank of the row in its partition, from 0 to 1. Snowflake: `PERCENT_RANK`.
pub fn percent_rank(over: Window) -> Expr<Float> {
    over.over("PERCENT_RANK")
}

/// The share of the partition's rows that come no later. Snowflake: `CUME_DIST`.
pub fn cume_dist(over: Window) -> Expr<Float> {
    over.over("CUME_DIST")
}

/// In which of `count` equal parts of its partition the row lies, from 1. Snowflake: `NTILE`.
pub fn ntile<N: IntoExpr>(count: N, over: Window) -> Expr<Integer>
where
    Base<N::Ty>: IsInteger,
{
    over.apply(call::<Integer>("NTILE", vec![node(count)]).node())
}

macro_rules! neighbours {
    ($($(#[$doc:meta])+ $name:ident = $sql:literal;)+) => {$(
        $(#[$doc])+
        pub fn $name<V: IntoExpr>(value: V, over: Window) -> Expr<Option<Base<V::Ty>>> {
            over.apply(call::<V::Ty>($sql, vec![node(value)]).node())
        }
    )+};
}
neighbours! {
    /// The value of the row before; NULL for the first. Snowflake: `LAG`.
    lag = "LAG";
    /// The value of the row after; NULL for the last. Snowflake: `LEAD`.
    lead = "LEAD";
    /// The value of the partition's first row. Snowflake: `FIRST_VALUE`.
    first_value = "FIRST_VALUE";
    /// The value of the partition's last row. Snowflake: `LAST_VALUE`.
    last_value = "LAST_VALUE";
}

/// The value of the partition's row with this number, from 1; NULL if there are fewer. Snowflake: `NTH_VALUE`.
pub fn nth_value<V: IntoExpr, N: IntoExpr>(value: V, number: N, over: Window) -> Expr<Option<Base<V::Ty>>>
where
    Base<N::Ty>: IsInteger,
{
    over.apply(call::<V::Ty>("NTH_VALUE", vec![node(value), node(number)]).node())
}

/// The share that the value has in the partition's sum. Snowflake: `RATIO_TO_REPORT`.
pub fn ratio_to_report<V: IntoExpr>(value: V, over: Window) -> Expr<Option<Float>>
where
    Base<V::Ty>: IsNumber,
{
    super::cast::<Float, _>(over.apply::<Option<Float>>(call::<V::Ty>("RATIO_TO_REPORT", vec![node(value)]).node()))
}

/// An aggregate over the rows of the window, such as `over(sum(o.amount), window(o.customer))`; with an order, over those up to
/// the row. Snowflake: "Window function syntax and usage".
pub fn over<V: IntoExpr>(aggregate: V, window: Window) -> Expr<V::Ty> {
    window.apply(node(aggregate))
}
