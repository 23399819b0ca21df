use std::marker::PhantomData;

use super::Select;
use super::insert::{NewRow, Query};
use super::row::{PerKey, Readable, SourceRow};
use super::rows::{Condition, Rows, both, condition};
use super::source::alone;
use crate::expr::ast::{Ast, Node};
use crate::expr::fits::{ComparesWith, IsCondition};
use crate::expr::function::Order;
use crate::expr::{Base, Col, Expr, IntoExpr, Typed, literal, operator};
use crate::node::Table;
use crate::types::{Boolean, Integer};

/// The columns that identify a row: a column or a tuple of up to four.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key",
    label = "expected a column or a tuple of up to four columns"
)]
pub trait Key: Copy {
    /// The names of the columns, and whether each may be NULL.
    #[doc(hidden)]
    fn columns(self) -> Vec<(&'static str, bool)>;
}

/// Columns of another table whose values identify the same rows as the key `K`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not match the key `{K}`",
    label = "expected as many columns as `{K}` has, of types that compare with them"
)]
pub trait MatchesKey<K>: Key {}

impl<T: Typed> Key for Col<T> {
    fn columns(self) -> Vec<(&'static str, bool)> {
        vec![(self.name(), T::NULLABLE)]
    }
}

impl<T: Typed, K: Typed> MatchesKey<Col<K>> for Col<T> where Base<T>: ComparesWith<Base<K>> {}

macro_rules! tuples {
    ($($($name:ident $other:ident)+;)+) => {$(
        impl<$($name: Typed),+> Key for ($(Col<$name>,)+) {
            fn columns(self) -> Vec<(&'static str, bool)> {
                #[allow(non_snake_case, reason = "the type parameters' names serve as the variables'")]
                let ($($name,)+) = self;
                vec![$(($name.name(), <$name as crate::types::SqlType>::NULLABLE)),+]
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
pub struct Latest<O: Readable, K> {
    rows: Rows<O>,
    qualify: Condition,
    key: K,
    of: PhantomData<fn() -> O>,
}

impl<O: Readable, K: Copy> Clone for Latest<O, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O: Readable, K: Copy> Copy for Latest<O, K> {}

impl<O: Readable, K: Key> Latest<O, K> {
    pub(super) fn new(mut rows: Rows<O>, key: K, order: Order) -> Self {
        let PerKey { counts, before: mut terms, after } = alone::<O, _>(SourceRow::per_key);
        if let Some(counts) = counts {
            rows.filter = Some(both(rows.filter, Expr::from_node(counts)));
        }
        terms.push(order.0);
        terms.extend(after);
        let partition = key.columns().into_iter().map(|(name, _)| bare(name)).collect();
        let function = std::rc::Rc::new(Ast::Call { name: "ROW_NUMBER", arguments: vec![] });
        let number = Expr::<Integer>::new(Ast::Window { function, partition, order: terms });
        let first: Expr<Boolean> = operator::eq(number, literal::int(1));
        Self { rows, qualify: Expr::from_node(first.node()), key, of: PhantomData }
    }

    /// Only those of the rows for which the condition is true.
    #[must_use]
    pub fn filter<C: IntoExpr>(mut self, condition: impl FnOnce(O::Row) -> C) -> Self
    where
        Base<C::Ty>: IsCondition,
    {
        let condition = alone::<O, _>(|row| self::condition(condition(row)));
        self.qualify = both(Some(self.qualify), condition);
        self
    }

    /// The rows as rows of `T`, to be inserted into it.
    pub fn select<T: Table>(self, row: impl FnOnce(O::Row) -> NewRow<T>) -> Query<T> {
        Query { row: alone::<O, _>(row), select: self.skeleton() }
    }

    pub(super) fn key(&self) -> Vec<(&'static str, bool)> {
        self.key.columns()
    }

    pub(super) fn skeleton(self) -> Select {
        Select { qualify: Some(self.qualify.node()), ..self.rows.skeleton() }
    }
}

pub(super) fn bare(name: &'static str) -> Node {
    std::rc::Rc::new(Ast::Column { alias: None, name })
}
