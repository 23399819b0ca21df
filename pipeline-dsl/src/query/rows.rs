use std::marker::PhantomData;
use std::rc::Rc;

use super::aggregate::{Aggregate, Aggregates, Grouped};
use super::insert::{NewRow, Query};
use super::latest::{Key, Latest};
use super::row::RowSource;
use super::source::{Origin, Stored, alone, only};
use super::{Item, Select};
use crate::expr::ast::Ast;
use crate::expr::fits::IsCondition;
use crate::expr::function::{Arguments, Order};
use crate::expr::operator::and;
use crate::expr::{Base, Expr, IntoExpr};
use crate::node::{NodeRef, Relation};
use crate::types::{Boolean, Integer};

pub(super) type Condition = Expr<Option<Boolean>>;

pub(super) fn condition<C: IntoExpr>(value: C) -> Condition
where
    Base<C::Ty>: IsCondition,
{
    Expr::from_node(value.into_expr().node())
}

pub(super) fn both(left: Option<Condition>, right: Condition) -> Condition {
    match left {
        Some(left) => Expr::from_node(and(left, right).node()),
        None => right,
    }
}

/// The rows of a table, view, stream or query that meet the conditions so far. Reading a stream does not consume it: only a
/// statement that writes does.
pub struct Rows<O> {
    pub(super) base: Origin,
    pub(super) filter: Option<Condition>,
    of: PhantomData<fn() -> O>,
}

impl<O> Clone for Rows<O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O> Copy for Rows<O> {}

impl<O> Rows<O> {
    pub(super) const fn all(object: NodeRef) -> Self {
        Self { base: Origin::Object(object), filter: None, of: PhantomData }
    }

    pub(super) fn of_query(name: &'static str, select: Select) -> Self {
        Self { base: Origin::Query(name, Stored::new(select)), filter: None, of: PhantomData }
    }
}

impl<O: RowSource> Rows<O> {
    /// Only the rows for which the condition is true.
    pub fn filter<C: IntoExpr>(self, condition: impl FnOnce(O::Row) -> C) -> Self
    where
        Base<C::Ty>: IsCondition,
    {
        let condition = alone::<O, _>(self.base, |row| self::condition(condition(row)));
        Self { filter: Some(both(self.filter, condition)), ..self }
    }

    /// The rows as rows of `T`: of a table, to be inserted into it, or of a struct with `#[row]`, to be read again.
    pub fn select<T: Relation>(self, row: impl FnOnce(O::Row) -> NewRow<T>) -> Query<T> {
        Query::of(self.skeleton(), alone::<O, _>(self.base, row))
    }

    /// The number of rows.
    pub fn count(self) -> Expr<Integer> {
        let mut select = self.skeleton();
        select.items.push(Item { value: Rc::new(Ast::CountAll), alias: None });
        Expr::new(Ast::Subquery(Rc::new(select)))
    }

    /// Whether there is a row.
    pub fn exists(self) -> Expr<Boolean> {
        let mut select = self.skeleton();
        select.items.push(Item { value: crate::expr::literal::int(1).node(), alias: None });
        Expr::new(Ast::Exists(Rc::new(select)))
    }

    /// Aggregates over all rows, computed in one pass: `let (rows, total) = t.aggregate(|t| (count(), sum(t.amount)));`.
    pub fn aggregate<A: Aggregates>(self, values: impl FnOnce(O::Row) -> A) -> Aggregate<A> {
        let mut select = self.skeleton();
        let values = alone::<O, _>(self.base, |row| values(row).nodes());
        select.items.extend(values.into_iter().map(|value| Item { value, alias: None }));
        Aggregate::new(select)
    }

    /// The rows with equal values of the key together; aggregates in the following `select` are per group.
    pub fn group_by<K: Arguments + Copy>(self, key: impl FnOnce(O::Row) -> K) -> Grouped<O, K> {
        Grouped::new(self.skeleton(), key)
    }

    /// One row per key: the first in the given order. Of a stream, the old halves of updates are left out, and a key that was
    /// deleted and inserted again counts as inserted. So the result has each key once, as [`merge`](super::Writing::merge) needs
    /// it.
    pub fn latest_by<K: Key, R: Into<Order>>(
        self,
        key: impl FnOnce(O::Row) -> K,
        order: impl FnOnce(O::Row) -> R,
    ) -> Latest<O, K> {
        let (key, order) = alone::<O, _>(self.base, |row| (key(row), order(row).into()));
        Latest::new(self, key, order)
    }

    pub(super) fn skeleton(self) -> Select {
        Select { from: Some(only(self.base)), filter: self.filter.map(Expr::node), ..Select::default() }
    }
}
