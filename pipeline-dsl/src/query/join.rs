use std::rc::Rc;

use super::aggregate::{Aggregate, Aggregates};
use super::ast::{Join, JoinKind, JoinSource};
use super::insert::{NewRow, Query};
use super::row::Readable;
use super::rows::{both, condition};
use super::selection::{Items, Selection};
use super::source::{self, among, free, only};
use super::values::{RowValues, Values};
use super::{From, Item, Key, Latest, Matching, Reading, Rows, Select, Writing};
use crate::expr::ast::{Ast, Node};
use crate::expr::fits::{IsArray, IsCondition};
use crate::expr::function::Arguments;
use crate::expr::rename::qualified;
use crate::expr::{Base, Expr, IntoExpr, Source, scope};
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

/// An element of an array or object that [`Rows::flatten`] takes apart. Snowflake: `FLATTEN`.
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

/// Rows that a join takes part in: those of a table, view or stream, all or those that meet a condition, or the latest of each
/// key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be joined",
    label = "expected a table, view or stream, with `filter(..)` or `latest_by(..)` if need be"
)]
pub trait Joinable {
    /// Where the rows come from.
    type From: Readable;

    #[doc(hidden)]
    fn part(self) -> Part;
}

/// Which rows of a source are joined.
#[doc(hidden)]
pub enum Part {
    /// Those that meet the condition, if there is one.
    Filtered(Option<Node>),
    /// Those of a query.
    Query(Box<Select>),
}

impl Part {
    /// What is read, and a condition that is left for whoever reads it by the alias.
    pub(super) fn aliased<O: Readable>(self, alias: &'static str) -> (JoinSource, Option<Node>) {
        match self {
            Self::Filtered(filter) => {
                let filter = filter.map(|filter| joined_condition::<O>(&filter, alias));
                (JoinSource::Object(O::NODE), filter)
            }
            query => (query.query::<O>().map_or(JoinSource::Object(O::NODE), JoinSource::Part), None),
        }
    }

    /// As a query of its own, unless these are all rows.
    fn query<O: Readable>(self) -> Option<Box<Select>> {
        let mut select = match self {
            Self::Filtered(None) => return None,
            Self::Filtered(filter) => Box::new(Select { from: Some(only::<O>()), filter, ..Select::default() }),
            Self::Query(select) => select,
        };
        select.items = vec![Item { value: Rc::new(Ast::AllColumns), alias: None }];
        Some(select)
    }
}

impl<O: Readable> Joinable for Rows<O> {
    type From = O;

    fn part(self) -> Part {
        Part::Filtered(self.filter.map(Expr::node))
    }
}

impl<O: Readable> Joinable for Reading<O> {
    type From = O;

    fn part(self) -> Part {
        Part::Filtered(None)
    }
}

impl<T: Table + Readable> Joinable for Writing<T> {
    type From = T;

    fn part(self) -> Part {
        Part::Filtered(None)
    }
}

impl<T: Table + Readable> Joinable for Matching<T> {
    type From = T;

    fn part(self) -> Part {
        Rows::part(*self)
    }
}

impl<O: Readable, K: Key> Joinable for Latest<O, K> {
    type From = O;

    fn part(self) -> Part {
        Part::Query(Box::new(self.skeleton()))
    }
}

/// A condition of the rows of a source alone, as one of a query that joins it.
fn joined_condition<O: Readable>(filter: &Node, alias: &'static str) -> Node {
    qualified(filter, O::NODE.get().name, alias)
}

fn and_filter(select: &mut Select, filter: Node) {
    let known = select.filter.take().map(Expr::<Option<Boolean>>::from_node);
    select.filter = Some(both(known, Expr::from_node(filter)).node());
}

/// A query that starts with the rows, which `keeps` all that meet their condition.
fn first<O: Readable>(part: Part, keeps: bool) -> (Select, O::Row) {
    let name = free(O::NODE.get().name, &Select::default());
    let mut select = Select::default();
    let part = match part {
        Part::Filtered(Some(filter)) if keeps => {
            and_filter(&mut select, joined_condition::<O>(&filter, name));
            None
        }
        part => part.query::<O>(),
    };
    select.from = Some(From { object: O::NODE, alias: Some(name), part });
    (select, source::row::<O>(name))
}

/// Adds the rows to the query; the condition, if there is one left, belongs to that of the join.
fn next<O: Readable>(select: &mut Select, kind: JoinKind, part: Part) -> (O::Row, Option<Node>) {
    let alias = free(O::NODE.get().name, select);
    let mut on = None;
    let part = match (part, kind) {
        (Part::Filtered(Some(filter)), JoinKind::Inner | JoinKind::Cross | JoinKind::Right) => {
            and_filter(select, joined_condition::<O>(&filter, alias));
            None
        }
        (Part::Filtered(Some(filter)), JoinKind::Left) => {
            on = Some(joined_condition::<O>(&filter, alias));
            None
        }
        (part, _) => part.query::<O>(),
    };
    let source = part.map_or(JoinSource::Object(O::NODE), JoinSource::Part);
    select.joins.push(Join { kind, source, alias, on: None });
    (source::row::<O>(alias), on)
}

fn set_on<C: IntoExpr>(mut select: Select, also: Option<Node>, on: impl FnOnce() -> C) -> Select
where
    Base<C::Ty>: IsCondition,
{
    let on = among(&select, || condition(on()));
    let on = also.map_or(on, |also| both(Some(on), Expr::from_node(also)));
    if let Some(join) = select.joins.last_mut() {
        join.on = Some(on.node());
    }
    select
}

macro_rules! joins {
    ($([$($generics:tt)*] $type:ty;)+) => {$(
        impl<$($generics)*> $type {
            /// The pairs of rows for which the condition is true. Snowflake: `JOIN`.
            pub fn join<P: Joinable, C: IntoExpr>(
                self,
                other: P,
                on: impl FnOnce(O::Row, <P::From as Readable>::Row) -> C,
            ) -> Joined2<O::Row, <P::From as Readable>::Row>
            where
                Base<C::Ty>: IsCondition,
            {
                let (mut select, left) = first::<O>(self.part(), true);
                let (right, also) = next::<P::From>(&mut select, JoinKind::Inner, other.part());
                Joined2 { select: set_on(select, also, || on(left, right)), rows: (left, right) }
            }

            /// All rows, each with those of the other source for which the condition is true, or with none.
            pub fn left_join<P: Joinable, C: IntoExpr>(
                self,
                other: P,
                on: impl FnOnce(O::Row, <P::From as Readable>::Row) -> C,
            ) -> Joined2<O::Row, Maybe<<P::From as Readable>::Row>>
            where
                Base<C::Ty>: IsCondition,
            {
                let (mut select, left) = first::<O>(self.part(), true);
                let (right, also) = next::<P::From>(&mut select, JoinKind::Left, other.part());
                Joined2 { select: set_on(select, also, || on(left, right)), rows: (left, Maybe(right)) }
            }

            /// All rows of the other source, each with those of this one for which the condition is true, or with none.
            pub fn right_join<P: Joinable, C: IntoExpr>(
                self,
                other: P,
                on: impl FnOnce(O::Row, <P::From as Readable>::Row) -> C,
            ) -> Joined2<Maybe<O::Row>, <P::From as Readable>::Row>
            where
                Base<C::Ty>: IsCondition,
            {
                let (mut select, left) = first::<O>(self.part(), false);
                let (right, also) = next::<P::From>(&mut select, JoinKind::Right, other.part());
                Joined2 { select: set_on(select, also, || on(left, right)), rows: (Maybe(left), right) }
            }

            /// All rows of both sources, together where the condition is true.
            pub fn full_join<P: Joinable, C: IntoExpr>(
                self,
                other: P,
                on: impl FnOnce(O::Row, <P::From as Readable>::Row) -> C,
            ) -> Joined2<Maybe<O::Row>, Maybe<<P::From as Readable>::Row>>
            where
                Base<C::Ty>: IsCondition,
            {
                let (mut select, left) = first::<O>(self.part(), false);
                let (right, also) = next::<P::From>(&mut select, JoinKind::Full, other.part());
                Joined2 { select: set_on(select, also, || on(left, right)), rows: (Maybe(left), Maybe(right)) }
            }

            /// Each row with each row of the other source.
            pub fn cross_join<P: Joinable>(self, other: P) -> Joined2<O::Row, <P::From as Readable>::Row> {
                let (mut select, left) = first::<O>(self.part(), true);
                let (right, _) = next::<P::From>(&mut select, JoinKind::Cross, other.part());
                Joined2 { select, rows: (left, right) }
            }

            /// Each row with each element of an array or object in it. Snowflake: `FLATTEN`.
            pub fn flatten<V: IntoExpr>(self, value: impl FnOnce(O::Row) -> V) -> Joined2<O::Row, Element>
            where
                Base<V::Ty>: IsArray,
            {
                let (mut select, row) = first::<O>(self.part(), true);
                let input = among(&select, || value(row).into_expr().node());
                let alias = free("ELEMENT", &select);
                let source = JoinSource::Flatten { input };
                select.joins.push(Join { kind: JoinKind::Cross, source, alias, on: None });
                Joined2 { select, rows: (row, Element { source: Source::new(alias) }) }
            }
        }
    )+};
}
joins! {
    [O: Readable] Rows<O>;
    [O: Readable, K: Key] Latest<O, K>;
}

impl<A: Copy, B: Copy> Joined2<A, B> {
    /// With the rows of a third source for which the condition is true.
    pub fn join<P: Joinable, C: IntoExpr>(
        mut self,
        other: P,
        on: impl FnOnce(A, B, <P::From as Readable>::Row) -> C,
    ) -> Joined3<A, B, <P::From as Readable>::Row>
    where
        Base<C::Ty>: IsCondition,
    {
        let (third, also) = next::<P::From>(&mut self.select, JoinKind::Inner, other.part());
        let (a, b) = self.rows;
        Joined3 { select: set_on(self.select, also, || on(a, b, third)), rows: (a, b, third) }
    }

    /// With the rows of a third source for which the condition is true, or with none.
    pub fn left_join<P: Joinable, C: IntoExpr>(
        mut self,
        other: P,
        on: impl FnOnce(A, B, <P::From as Readable>::Row) -> C,
    ) -> Joined3<A, B, Maybe<<P::From as Readable>::Row>>
    where
        Base<C::Ty>: IsCondition,
    {
        let (third, also) = next::<P::From>(&mut self.select, JoinKind::Left, other.part());
        let (a, b) = self.rows;
        Joined3 { select: set_on(self.select, also, || on(a, b, third)), rows: (a, b, Maybe(third)) }
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
                let condition = among(&self.select, || self::condition(condition($($name),+)));
                self.select.filter = Some(both(known, condition).node());
                self
            }

            /// The rows with equal values of the key together; aggregates in what follows are per group.
            pub fn group_by<K: Arguments>(mut self, key: impl FnOnce($($row),+) -> K) -> Self {
                let ($($name,)+) = self.rows;
                self.select.group = among(&self.select, || key($($name),+).nodes());
                self
            }

            /// Only the groups for which the condition is true.
            pub fn having<Z: IntoExpr>(mut self, condition: impl FnOnce($($row),+) -> Z) -> Self
            where
                Base<Z::Ty>: IsCondition,
            {
                let ($($name,)+) = self.rows;
                let known = self.select.having.take().map(Expr::<Option<Boolean>>::from_node);
                let condition = among(&self.select, || self::condition(condition($($name),+)));
                self.select.having = Some(both(known, condition).node());
                self
            }

            /// The rows as rows of `T`, to be inserted into it.
            pub fn select<T: Table>(self, row: impl FnOnce($($row),+) -> NewRow<T>) -> Query<T> {
                let ($($name,)+) = self.rows;
                Query { row: among(&self.select, || row($($name),+)), select: self.select }
            }

            /// The rows with these columns.
            pub fn columns(self, columns: impl FnOnce($($row),+) -> Items) -> Selection {
                let ($($name,)+) = self.rows;
                let columns = among(&self.select, || columns($($name),+));
                Selection::of(self.select, columns)
            }

            /// Values of each row, for a loop of a procedure to go through.
            pub fn values<R: RowValues>(self, values: impl FnOnce($($row),+) -> R) -> Values<R> {
                let ($($name,)+) = self.rows;
                let names = self.select.source_names();
                scope::within(&names, || Values::of(self.select, values($($name),+)))
            }

            /// Aggregates over all rows.
            pub fn aggregate<R: Aggregates>(mut self, values: impl FnOnce($($row),+) -> R) -> Aggregate<R> {
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
        }
    )+};
}
joined! {
    /// Rows of two sources together.
    Joined2(A a, B b);
    /// Rows of three sources together.
    Joined3(A a, B b, C c);
}
