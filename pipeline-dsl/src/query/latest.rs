use std::marker::PhantomData;

use super::Select;
use super::insert::{NewRow, Query};
use super::row::{PerKey, RowSource, SourceRow};
use super::rows::{Condition, Rows, both, condition};
use super::source::{Origin, alone};
use crate::expr::ast::{Ast, Node};
use crate::expr::fits::{ComparesWith, IsCondition};
use crate::expr::function::Order;
use crate::expr::{Base, Col, Expr, IntoExpr, Typed, literal, operator};
use crate::node::Relation;
use crate::types::{Boolean, Integer};

/// The columns that identify a row: a column or a tuple of up to four.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key",
    label = "expected a column or a tuple of up to four columns"
)]
pub trait Key: Copy {
    /// The columns, in order.
    #[doc(hidden)]
    fn columns(self) -> Vec<KeyColumn>;
}

/// One of the columns of a [`Key`].
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct KeyColumn {
    /// What its source is called, if that has to be said.
    pub(super) alias: Option<&'static str>,
    pub(super) name: &'static str,
    pub(super) nullable: bool,
}

impl KeyColumn {
    fn of<T: Typed>(column: Col<T>) -> Self {
        Self { alias: column.source().alias(), name: column.name(), nullable: T::NULLABLE }
    }

    pub(super) fn node(self) -> Node {
        std::rc::Rc::new(Ast::Column { alias: self.alias, name: self.name })
    }

    /// The same of a source that is called so, if it stood alone.
    pub(super) fn named(self, alias: &'static str) -> Self {
        Self { alias: self.alias.or(Some(alias)), ..self }
    }
}

/// Columns of another table whose values identify the same rows as the key `K`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not match the key `{K}`",
    label = "expected as many columns as `{K}` has, of types that compare with them"
)]
pub trait MatchesKey<K>: Key {}

impl<T: Typed> Key for Col<T> {
    fn columns(self) -> Vec<KeyColumn> {
        vec![KeyColumn::of(self)]
    }
}

impl<T: Typed, K: Typed> MatchesKey<Col<K>> for Col<T> where Base<T>: ComparesWith<Base<K>> {}

macro_rules! tuples {
    ($($($name:ident $other:ident)+;)+) => {$(
        impl<$($name: Typed),+> Key for ($(Col<$name>,)+) {
            fn columns(self) -> Vec<KeyColumn> {
                #[allow(non_snake_case, reason = "the type parameters' names serve as the variables'")]
                let ($($name,)+) = self;
                vec![$(KeyColumn::of($name)),+]
            }
        }

        impl<$($name: Typed,)+ $($other: Typed),+> MatchesKey<($(Col<$other>,)+)> for ($(Col<$name>,)+)
        where
            $(Base<$name>: ComparesWith<Base<$other>>),+
        {
        }
    )+};
}
tuples! {
    A X; A X B Y; A X B Y C Z; A X B Y C Z D W;
}

/// One row per key.
pub struct Latest<O: RowSource, K> {
    rows: Rows<O>,
    qualify: Condition,
    key: K,
    of: PhantomData<fn() -> O>,
}

impl<O: RowSource, K: Copy> Clone for Latest<O, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O: RowSource, K: Copy> Copy for Latest<O, K> {}

impl<O: RowSource, K: Key> Latest<O, K> {
    pub(super) fn new(mut rows: Rows<O>, key: K, order: Order) -> Self {
        let per_key = alone::<O, _>(rows.base, SourceRow::per_key);
        if let Some(counts) = &per_key.counts {
            rows.filter = Some(both(rows.filter, Expr::from_node(counts.clone())));
        }
        Self { rows, qualify: first_of_each(key, order, per_key), key, of: PhantomData }
    }

    /// Only those of the rows for which the condition is true.
    #[must_use]
    pub fn filter<C: IntoExpr>(mut self, condition: impl FnOnce(O::Row) -> C) -> Self
    where
        Base<C::Ty>: IsCondition,
    {
        let condition = alone::<O, _>(self.rows.base, |row| self::condition(condition(row)));
        self.qualify = both(Some(self.qualify), condition);
        self
    }

    /// The rows as rows of `T`.
    pub fn select<T: Relation>(self, row: impl FnOnce(O::Row) -> NewRow<T>) -> Query<T> {
        Query::of(self.skeleton(), alone::<O, _>(self.rows.base, row))
    }

    pub(super) fn base(&self) -> Origin {
        self.rows.base
    }

    pub(super) fn key(&self) -> Vec<KeyColumn> {
        self.key.columns()
    }

    pub(super) fn skeleton(self) -> Select {
        Select { qualify: Some(self.qualify.node()), ..self.rows.skeleton() }
    }
}

/// The condition for the first row of each key.
pub(super) fn first_of_each(key: impl Key, order: Order, PerKey { before: mut terms, after, .. }: PerKey) -> Condition {
    terms.push(order.0);
    terms.extend(after);
    let partition = key.columns().into_iter().map(KeyColumn::node).collect();
    let function = std::rc::Rc::new(Ast::Call { name: "ROW_NUMBER", arguments: vec![] });
    let number =
        Expr::<Integer>::new(Ast::Window { function, ignore_nulls: false, partition, order: terms, frame: None });
    let first: Expr<Boolean> = operator::eq(number, literal::int(1));
    Expr::from_node(first.node())
}
