use std::ops::{Bound, RangeBounds};

use super::conditional::Arguments;
use super::{call, node};
use crate::expr::ast::{Ast, Frame, Node, OrderTerm};
use crate::expr::fits::{IsCondition, IsInteger, IsNumber, SameAs};
use crate::expr::{Base, Either, Expr, IntoExpr};
use crate::types::{BaseType, Float, Integer};

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
#[derive(Clone)]
pub struct Window {
    partition: Vec<Node>,
    order: Vec<OrderTerm>,
    frame: Option<Frame>,
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
    Window { partition: partition.partition(), order: vec![], frame: None }
}

impl Window {
    /// Sorts the rows of a partition, after the terms that were given before.
    #[must_use]
    pub fn order_by(mut self, term: impl Into<Order>) -> Self {
        self.order.push(term.into().0);
        self
    }

    /// Takes the rows around each row only, counted from it: `.rows(-6..=0)` is the row and the six before it, `.rows(..0)` all
    /// before it, `.rows(-1..=1)` its neighbours and itself. Snowflake: "Window function syntax and usage".
    ///
    /// # Panics
    /// If the last row would be before the first.
    #[must_use]
    pub fn rows(mut self, rows: impl RangeBounds<i64>) -> Self {
        let first = match rows.start_bound() {
            Bound::Included(row) => Some(*row),
            Bound::Excluded(row) => Some(row + 1),
            Bound::Unbounded => None,
        };
        let last = match rows.end_bound() {
            Bound::Included(row) => Some(*row),
            Bound::Excluded(row) => Some(row - 1),
            Bound::Unbounded => None,
        };
        if let (Some(first), Some(last)) = (first, last) {
            assert!(first <= last, "`rows({first}..={last})` has no rows: its last would be before its first");
        }
        self.frame = Some(Frame { first, last });
        self
    }

    fn over<T>(self, name: &'static str) -> Expr<T> {
        self.whole(name).apply(call::<T>(name, vec![]).node())
    }

    fn apply<T>(self, function: Node) -> Expr<T> {
        self.apply_with(function, false)
    }

    fn apply_with<T>(self, function: Node, ignore_nulls: bool) -> Expr<T> {
        // What is converted is the result.
        if let Ast::Cast { operand, data_type, lenient } = &*function {
            let operand = self.apply_with::<T>(operand.clone(), ignore_nulls).node();
            return Expr::new(Ast::Cast { operand, data_type: *data_type, lenient: *lenient });
        }
        let Self { partition, order, frame } = self;
        assert!(
            frame.is_none() || !order.is_empty(),
            "a window with `rows(..)` needs an order: `.order_by(..)` before it"
        );
        let mut nested = false;
        function.walk(&mut |part| nested |= matches!(part, Ast::Window { .. }));
        assert!(
            !nested,
            "a window function cannot be inside another: give the inner one a name in a query of its own first"
        );
        Expr::new(Ast::Window { function, ignore_nulls, partition, order, frame })
    }

    /// For a function that takes the rows of the partition by itself.
    ///
    /// # Panics
    /// If rows were given, or no order.
    fn whole(self, name: &str) -> Self {
        assert!(self.frame.is_none(), "{name} takes no `rows(..)`: Snowflake refuses them");
        assert!(!self.order.is_empty(), "{name} needs an order: `window(..).order_by(..)`");
        self
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
    over.whole("NTILE").apply(call::<Integer>("NTILE", vec![node(count)]).node())
}

macro_rules! neighbours {
    ($($(#[$doc:meta])+ $name:ident = $sql:literal, $ignore_nulls:literal, $own_frame:literal;)+) => {$(
        $(#[$doc])+
        pub fn $name<V: IntoExpr>(value: V, over: Window) -> Expr<Option<Base<V::Ty>>> {
            let over = if $own_frame { over.whole($sql) } else { over };
            over.apply_with(call::<V::Ty>($sql, vec![node(value)]).node(), $ignore_nulls)
        }
    )+};
}
neighbours! {
    /// The value of the row before; NULL for the first. Snowflake: `LAG`.
    lag = "LAG", false, true;
    /// The value of the row after; NULL for the last. Snowflake: `LEAD`.
    lead = "LEAD", false, true;
    /// The last value before that is not NULL; NULL if there is none. Snowflake: `LAG`.
    lag_ignore_nulls = "LAG", true, true;
    /// The next value after that is not NULL; NULL if there is none. Snowflake: `LEAD`.
    lead_ignore_nulls = "LEAD", true, true;
    /// The value of the first row of the partition, or of the window's rows. Snowflake: `FIRST_VALUE`.
    first_value = "FIRST_VALUE", false, false;
    /// The value of the last row of the partition, or of the window's rows. Snowflake: `LAST_VALUE`.
    last_value = "LAST_VALUE", false, false;
    /// The first value that is not NULL. Snowflake: `FIRST_VALUE`.
    first_value_ignore_nulls = "FIRST_VALUE", true, false;
    /// The last value that is not NULL; with `.rows(..=0)`, the value filled up from the rows before. Snowflake: `LAST_VALUE`.
    last_value_ignore_nulls = "LAST_VALUE", true, false;
}

/// The value so many rows before, or `otherwise` where there is no such row. Snowflake: `LAG`.
pub fn lag_or<V: IntoExpr, N: IntoExpr, D: IntoExpr, O: BaseType>(
    value: V,
    rows: N,
    otherwise: D,
    over: Window,
) -> Expr<Either<V::Ty, D::Ty, O>>
where
    Base<N::Ty>: IsInteger,
    Base<D::Ty>: SameAs<Base<V::Ty>, Out = O>,
{
    over.whole("LAG").apply(call::<V::Ty>("LAG", vec![node(value), node(rows), node(otherwise)]).node())
}

/// The value so many rows after, or `otherwise` where there is no such row. Snowflake: `LEAD`.
pub fn lead_or<V: IntoExpr, N: IntoExpr, D: IntoExpr, O: BaseType>(
    value: V,
    rows: N,
    otherwise: D,
    over: Window,
) -> Expr<Either<V::Ty, D::Ty, O>>
where
    Base<N::Ty>: IsInteger,
    Base<D::Ty>: SameAs<Base<V::Ty>, Out = O>,
{
    over.whole("LEAD").apply(call::<V::Ty>("LEAD", vec![node(value), node(rows), node(otherwise)]).node())
}

/// How often the condition was true up to the row: the number of a session that starts where it is. Snowflake:
/// `CONDITIONAL_TRUE_EVENT`.
pub fn conditional_true_event<C: IntoExpr>(condition: C, over: Window) -> Expr<Integer>
where
    Base<C::Ty>: IsCondition,
{
    let over = over.whole("CONDITIONAL_TRUE_EVENT");
    over.apply(call::<Integer>("CONDITIONAL_TRUE_EVENT", vec![node(condition)]).node())
}

/// How often the value was another than in the row before, up to the row. Snowflake: `CONDITIONAL_CHANGE_EVENT`.
pub fn conditional_change_event<V: IntoExpr>(value: V, over: Window) -> Expr<Integer> {
    let over = over.whole("CONDITIONAL_CHANGE_EVENT");
    over.apply(call::<Integer>("CONDITIONAL_CHANGE_EVENT", vec![node(value)]).node())
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
