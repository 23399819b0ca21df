//! What can be made of the rows of a join.

use std::rc::Rc;

use super::aggregate::{Aggregate, Aggregates};
use super::insert::{NewRow, Query};
use super::latest::{Key, first_of_each};
use super::merge_source::{GroupRow, MergeParts, MergeRow, MergeSource};
use super::rows::{both, condition};
use super::selection::{Items, Selection};
use super::source::among;
use super::values::{RowValues, Values};
use super::{Item, Select};
use crate::expr::ast::Ast;
use crate::expr::fits::IsCondition;
use crate::expr::function::{Arguments, Order};
use crate::expr::{Base, Expr, IntoExpr};
use crate::node::Relation;
use crate::types::{Boolean, Integer};

/// The query with another condition.
macro_rules! add_condition {
    ($self:ident, $clause:ident, $condition:ident($($name:ident),+)) => {{
        let ($($name,)+) = $self.rows;
        let known = $self.select.$clause.take().map(Expr::<Option<Boolean>>::from_node);
        let added = among(&$self.select, || condition($condition($($name),+)));
        $self.select.$clause = Some(both(known, added).node());
        $self
    }};
}

/// What all forms of a join deliver.
macro_rules! delivers {
    ($type:ident [$($generic:ident),*] $($row:ident $name:ident),+) => {
        impl<$($row: Copy,)+ $($generic),*> $type<$($row,)+ $($generic),*> {
            /// The rows as rows of `T`.
            pub fn select<T: Relation>(self, row: impl FnOnce($($row),+) -> NewRow<T>) -> Query<T> {
                let ($($name,)+) = self.rows;
                let row = among(&self.select, || row($($name),+));
                Query::of(self.select, row)
            }

            /// The rows with these columns.
            pub fn columns(self, columns: impl FnOnce($($row),+) -> Items) -> Selection {
                let ($($name,)+) = self.rows;
                let columns = among(&self.select, || columns($($name),+));
                Selection::of(self.select, columns)
            }

            /// Values of each row, for a loop of a procedure to go through.
            pub fn values<Z: RowValues>(self, values: impl FnOnce($($row),+) -> Z) -> Values<Z> {
                let ($($name,)+) = self.rows;
                let values = among(&self.select, || values($($name),+).nodes());
                Values::of(self.select, values)
            }
        }
    };
}

macro_rules! joined {
    ($($(#[$doc:meta])+ $type:ident $grouped:ident $latest:ident($($row:ident $name:ident),+);)+) => {$(
        $(#[$doc])+
        #[must_use = "a query does nothing until something takes it"]
        pub struct $type<$($row),+> {
            pub(super) select: Select,
            pub(super) rows: ($($row,)+),
        }

        $(#[$doc])+
        /// They are in groups with equal values of a key.
        #[must_use = "a query does nothing until something takes it"]
        pub struct $grouped<$($row,)+ Key> {
            select: Select,
            rows: ($($row,)+),
            key: Key,
        }

        $(#[$doc])+
        /// There is one row per key.
        #[must_use = "a query does nothing until something takes it"]
        pub struct $latest<$($row,)+ Key> {
            select: Select,
            rows: ($($row,)+),
            key: Key,
        }

        delivers! { $type [] $($row $name),+ }
        delivers! { $grouped [Key] $($row $name),+ }
        delivers! { $latest [Key] $($row $name),+ }

        impl<$($row: Copy),+> $type<$($row),+> {
            /// Only the rows for which the condition is true.
            pub fn filter<Z: IntoExpr>(mut self, condition_of: impl FnOnce($($row),+) -> Z) -> Self
            where
                Base<Z::Ty>: IsCondition,
            {
                add_condition!(self, filter, condition_of($($name),+))
            }

            /// The rows with equal values of the key together; aggregates in what follows are per group.
            pub fn group_by<Z: Arguments + Copy>(mut self, key: impl FnOnce($($row),+) -> Z) -> $grouped<$($row,)+ Z> {
                let ($($name,)+) = self.rows;
                let (key, group) = among(&self.select, || {
                    let key = key($($name),+);
                    (key, key.nodes())
                });
                self.select.group = group;
                $grouped { select: self.select, rows: self.rows, key }
            }

            /// One row per key: the first in the given order. Of a stream, the old halves of updates are left out, and a key that
            /// was deleted and inserted again counts as inserted.
            pub fn latest_by<Z: Key, Y: Into<Order>>(
                mut self,
                key: impl FnOnce($($row),+) -> Z,
                order: impl FnOnce($($row),+) -> Y,
            ) -> $latest<$($row,)+ Z>
            where
                $($row: MergeRow,)+
            {
                let ($($name,)+) = self.rows;
                let (key, order, per_key) = among(&self.select, || {
                    (key($($name),+), order($($name),+).into(), MergeRow::per_key(self.rows))
                });
                if let Some(counts) = &per_key.counts {
                    let known = self.select.filter.take().map(Expr::<Option<Boolean>>::from_node);
                    self.select.filter = Some(both(known, Expr::from_node(counts.clone())).node());
                }
                self.select.qualify = Some(among(&self.select, || first_of_each(key, order, per_key)).node());
                $latest { select: self.select, rows: self.rows, key }
            }

            /// Aggregates over all rows.
            pub fn aggregate<Z: Aggregates>(mut self, values: impl FnOnce($($row),+) -> Z) -> Aggregate<Z> {
                let ($($name,)+) = self.rows;
                let values = among(&self.select, || values($($name),+).nodes());
                self.select.items = values.into_iter().map(|value| Item { value, alias: None }).collect();
                Aggregate::new(self.select)
            }

            /// The number of rows.
            pub fn count(mut self) -> Expr<Integer> {
                self.select.items = vec![Item { value: Rc::new(Ast::CountAll), alias: None }];
                Expr::new(Ast::Subquery(Rc::new(self.select)))
            }

            /// Whether there is a row.
            pub fn exists(mut self) -> Expr<Boolean> {
                self.select.items = vec![Item { value: crate::expr::literal::int(1).node(), alias: None }];
                Expr::new(Ast::Exists(Rc::new(self.select)))
            }
        }

        impl<$($row: Copy,)+ Z> $grouped<$($row,)+ Z> {
            /// Only the groups for which the condition is true.
            pub fn having<Y: IntoExpr>(mut self, condition_of: impl FnOnce($($row),+) -> Y) -> Self
            where
                Base<Y::Ty>: IsCondition,
            {
                add_condition!(self, having, condition_of($($name),+))
            }
        }

        impl<$($row: Copy,)+ Z> $latest<$($row,)+ Z> {
            /// Only those of the rows for which the condition is true.
            pub fn filter<Y: IntoExpr>(mut self, condition_of: impl FnOnce($($row),+) -> Y) -> Self
            where
                Base<Y::Ty>: IsCondition,
            {
                add_condition!(self, qualify, condition_of($($name),+))
            }
        }

        impl<$($row: Copy,)+ Z: Key + Arguments> MergeSource for $grouped<$($row,)+ Z> {
            type Row = ($(GroupRow<$row>,)+);
            type Key = Z;

            fn parts(self) -> MergeParts<Self::Row> {
                let ($($name,)+) = self.rows;
                MergeParts {
                    row: ($(GroupRow($name),)+),
                    key: self.key.columns(),
                    presence: None,
                    order: vec![],
                    select: self.select,
                }
            }
        }

        impl<$($row: MergeRow,)+ Z: Key> MergeSource for $latest<$($row,)+ Z> {
            type Row = ($($row,)+);
            type Key = Z;

            fn parts(self) -> MergeParts<Self::Row> {
                let presence = among(&self.select, || MergeRow::presence(self.rows));
                MergeParts { row: self.rows, key: self.key.columns(), presence, order: vec![], select: self.select }
            }
        }
    )+};
}
joined! {
    /// Rows of two sources together.
    Joined2 GroupedJoin2 LatestJoin2(A a, B b);
    /// Rows of three sources together.
    Joined3 GroupedJoin3 LatestJoin3(A a, B b, C c);
}
