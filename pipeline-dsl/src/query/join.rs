use std::rc::Rc;

use super::aggregate::{Aggregate, Aggregates};
use super::ast::{Join, JoinKind, JoinSource};
use super::insert::{NewRow, Query};
use super::row::{Readable, SourceRow};
use super::rows::{both, condition};
use super::selection::{Items, Selection};
use super::values::{RowValues, Values};
use super::{From, Item, Reading, Select};
use crate::expr::ast::Ast;
use crate::expr::fits::{IsArray, IsCondition};
use crate::expr::function::Arguments;
use crate::expr::{Base, Expr, IntoExpr, Source};
use crate::node::Table;
use crate::types::{Boolean, Integer, Varchar, Variant};

/// A row that an outer join may have left empty: every value of it may be NULL.
#[derive(Clone, Copy)]
pub struct Maybe<R>(R);

impl<R> Maybe<R> {
    /// A value of the row, NULL where there is none: `customer.get(|c| c.region)`.
    pub fn get<E: IntoExpr>(self, value: impl FnOnce(R) -> E) -> Expr<Option<Base<E::Ty>>> {
        Expr::from_node(value(self.0).into_expr().node())
    }
}

/// An element of an array or object that [`Reading::flatten`] takes apart. Snowflake: `FLATTEN`.
#[derive(Clone, Copy)]
pub struct Element {
    source: Source,
}

impl Element {
    fn column<T>(self, name: &'static str) -> Expr<T> {
        Expr::new(Ast::Column { alias: self.source.alias(), name })
    }

    /// The element itself.
    pub fn value(self) -> Expr<Option<Variant>> {
        self.column("VALUE")
    }

    /// Its position in the array, from 0; NULL in an object.
    pub fn index(self) -> Expr<Option<Integer>> {
        self.column("INDEX")
    }

    /// Its name in the object; NULL in an array.
    pub fn key(self) -> Expr<Option<Varchar>> {
        self.column("KEY")
    }
}

/// A name for the source that none of the others has.
fn alias(select: &Select, name: &'static str) -> &'static str {
    const OTHERS: [&str; 4] = [name_of_other(1), name_of_other(2), name_of_other(3), name_of_other(4)];
    let used = |name: &str| {
        select.from.is_some_and(|from| from.alias == Some(name)) || select.joins.iter().any(|join| join.alias == name)
    };
    if !used(name) {
        return name;
    }
    OTHERS.into_iter().find(|other| !used(other)).expect("a query joins at most four sources")
}

const fn name_of_other(number: u8) -> &'static str {
    match number {
        1 => "OTHER",
        2 => "OTHER_2",
        3 => "OTHER_3",
        _ => "OTHER_4",
    }
}

fn first<O: Readable>() -> (Select, O::Row) {
    let name = O::NODE.get().name;
    let from = Some(From { object: O::NODE, alias: Some(name) });
    (Select { from, ..Select::default() }, O::Row::of(Source::new(name)))
}

fn next<O: Readable>(select: &mut Select, kind: JoinKind) -> O::Row {
    let alias = alias(select, O::NODE.get().name);
    select.joins.push(Join { kind, source: JoinSource::Object(O::NODE), alias, on: None });
    O::Row::of(Source::new(alias))
}

fn set_on<C: IntoExpr>(mut select: Select, on: C) -> Select
where
    Base<C::Ty>: IsCondition,
{
    if let Some(join) = select.joins.last_mut() {
        join.on = Some(condition(on).node());
    }
    select
}

impl<O: Readable> Reading<O> {
    /// The pairs of rows for which the condition is true. Snowflake: `JOIN`.
    pub fn join<P: Readable, C: IntoExpr>(
        self,
        _other: Reading<P>,
        on: impl FnOnce(O::Row, P::Row) -> C,
    ) -> Joined2<O::Row, P::Row>
    where
        Base<C::Ty>: IsCondition,
    {
        let (mut select, left) = first::<O>();
        let right = next::<P>(&mut select, JoinKind::Inner);
        Joined2 { select: set_on(select, on(left, right)), rows: (left, right) }
    }

    /// All rows, each with those of the other source for which the condition is true, or with none.
    pub fn left_join<P: Readable, C: IntoExpr>(
        self,
        _other: Reading<P>,
        on: impl FnOnce(O::Row, P::Row) -> C,
    ) -> Joined2<O::Row, Maybe<P::Row>>
    where
        Base<C::Ty>: IsCondition,
    {
        let (mut select, left) = first::<O>();
        let right = next::<P>(&mut select, JoinKind::Left);
        Joined2 { select: set_on(select, on(left, right)), rows: (left, Maybe(right)) }
    }

    /// All rows of the other source, each with those of this one for which the condition is true, or with none.
    pub fn right_join<P: Readable, C: IntoExpr>(
        self,
        _other: Reading<P>,
        on: impl FnOnce(O::Row, P::Row) -> C,
    ) -> Joined2<Maybe<O::Row>, P::Row>
    where
        Base<C::Ty>: IsCondition,
    {
        let (mut select, left) = first::<O>();
        let right = next::<P>(&mut select, JoinKind::Right);
        Joined2 { select: set_on(select, on(left, right)), rows: (Maybe(left), right) }
    }

    /// All rows of both sources, together where the condition is true.
    pub fn full_join<P: Readable, C: IntoExpr>(
        self,
        _other: Reading<P>,
        on: impl FnOnce(O::Row, P::Row) -> C,
    ) -> Joined2<Maybe<O::Row>, Maybe<P::Row>>
    where
        Base<C::Ty>: IsCondition,
    {
        let (mut select, left) = first::<O>();
        let right = next::<P>(&mut select, JoinKind::Full);
        Joined2 { select: set_on(select, on(left, right)), rows: (Maybe(left), Maybe(right)) }
    }

    /// Each row with each row of the other source.
    pub fn cross_join<P: Readable>(self, _other: Reading<P>) -> Joined2<O::Row, P::Row> {
        let (mut select, left) = first::<O>();
        let right = next::<P>(&mut select, JoinKind::Cross);
        Joined2 { select, rows: (left, right) }
    }

    /// Each row with each element of an array or object in it. Snowflake: `FLATTEN`.
    pub fn flatten<V: IntoExpr>(self, value: impl FnOnce(O::Row) -> V) -> Joined2<O::Row, Element>
    where
        Base<V::Ty>: IsArray,
    {
        let (mut select, row) = first::<O>();
        let input = value(row).into_expr().node();
        let alias = alias(&select, "ELEMENT");
        let source = JoinSource::Flatten { input };
        select.joins.push(Join { kind: JoinKind::Cross, source, alias, on: None });
        Joined2 { select, rows: (row, Element { source: Source::new(alias) }) }
    }
}

impl<A: Copy, B: Copy> Joined2<A, B> {
    /// With the rows of a third source for which the condition is true.
    pub fn join<P: Readable, C: IntoExpr>(
        mut self,
        _other: Reading<P>,
        on: impl FnOnce(A, B, P::Row) -> C,
    ) -> Joined3<A, B, P::Row>
    where
        Base<C::Ty>: IsCondition,
    {
        let third = next::<P>(&mut self.select, JoinKind::Inner);
        let (a, b) = self.rows;
        Joined3 { select: set_on(self.select, on(a, b, third)), rows: (a, b, third) }
    }

    /// With the rows of a third source for which the condition is true, or with none.
    pub fn left_join<P: Readable, C: IntoExpr>(
        mut self,
        _other: Reading<P>,
        on: impl FnOnce(A, B, P::Row) -> C,
    ) -> Joined3<A, B, Maybe<P::Row>>
    where
        Base<C::Ty>: IsCondition,
    {
        let third = next::<P>(&mut self.select, JoinKind::Left);
        let (a, b) = self.rows;
        Joined3 { select: set_on(self.select, on(a, b, third)), rows: (a, b, Maybe(third)) }
    }
}

macro_rules! joined {
    ($($(#[$doc:meta])+ $type:ident($($row:ident $name:ident),+);)+) => {$(
        $(#[$doc])+
        #[must_use = "a query does nothing until something takes it"]
        pub struct $type<$($row),+> {
            select: Select,
            rows: ($($row,)+),
        }

        impl<$($row: Copy),+> $type<$($row),+> {
            /// Only the rows for which the condition is true.
            pub fn filter<Z: IntoExpr>(mut self, condition: impl FnOnce($($row),+) -> Z) -> Self
            where
                Base<Z::Ty>: IsCondition,
            {
                let ($($name,)+) = self.rows;
                let known = self.select.filter.take().map(Expr::<Option<Boolean>>::from_node);
                self.select.filter = Some(both(known, self::condition(condition($($name),+))).node());
                self
            }

            /// The rows with equal values of the key together; aggregates in what follows are per group.
            pub fn group_by<K: Arguments>(mut self, key: impl FnOnce($($row),+) -> K) -> Self {
                let ($($name,)+) = self.rows;
                self.select.group = key($($name),+).nodes();
                self
            }

            /// Only the groups for which the condition is true.
            pub fn having<Z: IntoExpr>(mut self, condition: impl FnOnce($($row),+) -> Z) -> Self
            where
                Base<Z::Ty>: IsCondition,
            {
                let ($($name,)+) = self.rows;
                let known = self.select.having.take().map(Expr::<Option<Boolean>>::from_node);
                self.select.having = Some(both(known, self::condition(condition($($name),+))).node());
                self
            }

            /// The rows as rows of `T`, to be inserted into it.
            pub fn select<T: Table>(self, row: impl FnOnce($($row),+) -> NewRow<T>) -> Query<T> {
                let ($($name,)+) = self.rows;
                Query { row: row($($name),+), select: self.select }
            }

            /// The rows with these columns.
            pub fn columns(self, columns: impl FnOnce($($row),+) -> Items) -> Selection {
                let ($($name,)+) = self.rows;
                Selection::of(self.select, columns($($name),+))
            }

            /// Values of each row, for a loop of a procedure to go through.
            pub fn values<R: RowValues>(self, values: impl FnOnce($($row),+) -> R) -> Values<R> {
                let ($($name,)+) = self.rows;
                Values::of(self.select, values($($name),+))
            }

            /// Aggregates over all rows.
            pub fn aggregate<R: Aggregates>(mut self, values: impl FnOnce($($row),+) -> R) -> Aggregate<R> {
                let ($($name,)+) = self.rows;
                let values = values($($name),+).nodes();
                self.select.items = values.into_iter().map(|value| Item { value, alias: None }).collect();
                Aggregate::new(self.select)
            }

            /// The number of rows.
            pub fn count(mut self) -> Expr<Integer> {
                self.select.items = vec![Item { value: Rc::new(Ast::CountAll), alias: None }];
                Expr::new(Ast::Subquery(Rc::new(self.select)))
            }
        }
    )+};
}
joined! {
    /// Rows of two sources together.
    Joined2(A a, B b);
    /// Rows of three sources together.
    Joined3(A a, B b, C c);
}
