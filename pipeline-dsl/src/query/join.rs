use std::rc::Rc;

use super::ast::{Join, JoinKind, JoinSource};
use super::insert::Query;
use super::joined::{Joined2, Joined3};
use super::row::{Derived, RowSource};
use super::rows::{both, condition};
use super::source::{self, Origin, among, free, only};
use super::{From, Item, Key, Latest, Matching, Reading, Rows, Select, Writing};
use crate::expr::ast::{Ast, Node};
use crate::expr::fits::{IsArray, IsCondition};
use crate::expr::rename::qualified;
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
    label = "expected a table, view, stream or query of `#[row]` rows, with `filter(..)` or `latest_by(..)` if need be"
)]
pub trait Joinable {
    /// Where the rows come from.
    type From: RowSource;

    #[doc(hidden)]
    fn part(self) -> Part;
}

/// What is joined.
#[doc(hidden)]
pub struct Part {
    base: Origin,
    rows: Which,
}

/// Which rows of a source are joined.
enum Which {
    /// Those that meet the condition, if there is one.
    Filtered(Option<Node>),
    /// Those of a query.
    Query(Box<Select>),
}

impl Part {
    fn filtered(base: Origin, filter: Option<Node>) -> Self {
        Self { base, rows: Which::Filtered(filter) }
    }

    /// What is read, and a condition that is left for whoever reads it by the alias.
    pub(super) fn aliased(self, alias: &'static str) -> (JoinSource, Option<Node>) {
        match self.rows {
            Which::Filtered(filter) => {
                let filter = filter.map(|filter| qualified(&filter, self.base.name(), alias));
                (self.base.source(), filter)
            }
            Which::Query(_) => (self.source(alias), None),
        }
    }

    /// As a query of its own, unless these are all rows.
    fn source(self, alias: &'static str) -> JoinSource {
        let mut select = match self.rows {
            Which::Filtered(None) => return self.base.source(),
            Which::Filtered(filter) => Box::new(Select { from: Some(only(self.base)), filter, ..Select::default() }),
            Which::Query(select) => select,
        };
        select.items = vec![Item { value: Rc::new(Ast::AllColumns), alias: None }];
        JoinSource::Query { name: alias, select: Rc::new(*select) }
    }
}

impl<O: RowSource> Joinable for Rows<O> {
    type From = O;

    fn part(self) -> Part {
        Part::filtered(self.base, self.filter.map(Expr::node))
    }
}

impl<O: RowSource> Joinable for Reading<O> {
    type From = O;

    fn part(self) -> Part {
        Rows::part(*self)
    }
}

impl<T: Table + RowSource> Joinable for Writing<T> {
    type From = T;

    fn part(self) -> Part {
        Rows::part(*self)
    }
}

impl<T: Table + RowSource> Joinable for Matching<T> {
    type From = T;

    fn part(self) -> Part {
        Rows::part(*self)
    }
}

impl<O: RowSource, K: Key> Joinable for Latest<O, K> {
    type From = O;

    fn part(self) -> Part {
        Part { base: self.base(), rows: Which::Query(Box::new(self.skeleton())) }
    }
}

impl<T: Derived> Joinable for Query<T> {
    type From = T;

    fn part(self) -> Part {
        self.rows().part()
    }
}

fn and_filter(select: &mut Select, filter: Node) {
    let known = select.filter.take().map(Expr::<Option<Boolean>>::from_node);
    select.filter = Some(both(known, Expr::from_node(filter)).node());
}

/// A query that starts with the rows, which `keeps` all that meet their condition.
fn first<O: RowSource>(part: Part, keeps: bool) -> (Select, O::Row) {
    let name = free(part.base.name(), &Select::default());
    let mut select = Select::default();
    let source = match (&part.rows, keeps) {
        (Which::Filtered(Some(filter)), true) => {
            and_filter(&mut select, qualified(filter, part.base.name(), name));
            part.base.source()
        }
        _ => part.source(name),
    };
    select.from = Some(From { source, alias: Some(name) });
    (select, source::row::<O>(name))
}

/// Adds the rows to the query; the condition, if there is one left, belongs to that of the join.
fn next<O: RowSource>(select: &mut Select, kind: JoinKind, part: Part) -> (O::Row, Option<Node>) {
    let alias = free(part.base.name(), select);
    let mut on = None;
    let source = match (&part.rows, kind) {
        (Which::Filtered(Some(filter)), JoinKind::Inner | JoinKind::Cross | JoinKind::Right) => {
            and_filter(select, qualified(filter, part.base.name(), alias));
            part.base.source()
        }
        (Which::Filtered(Some(filter)), JoinKind::Left) => {
            on = Some(qualified(filter, part.base.name(), alias));
            part.base.source()
        }
        _ => part.source(alias),
    };
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
                on: impl FnOnce(O::Row, <P::From as RowSource>::Row) -> C,
            ) -> Joined2<O::Row, <P::From as RowSource>::Row>
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
                on: impl FnOnce(O::Row, <P::From as RowSource>::Row) -> C,
            ) -> Joined2<O::Row, Maybe<<P::From as RowSource>::Row>>
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
                on: impl FnOnce(O::Row, <P::From as RowSource>::Row) -> C,
            ) -> Joined2<Maybe<O::Row>, <P::From as RowSource>::Row>
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
                on: impl FnOnce(O::Row, <P::From as RowSource>::Row) -> C,
            ) -> Joined2<Maybe<O::Row>, Maybe<<P::From as RowSource>::Row>>
            where
                Base<C::Ty>: IsCondition,
            {
                let (mut select, left) = first::<O>(self.part(), false);
                let (right, also) = next::<P::From>(&mut select, JoinKind::Full, other.part());
                Joined2 { select: set_on(select, also, || on(left, right)), rows: (Maybe(left), Maybe(right)) }
            }

            /// Each row with each row of the other source.
            pub fn cross_join<P: Joinable>(self, other: P) -> Joined2<O::Row, <P::From as RowSource>::Row> {
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
    [O: RowSource] Rows<O>;
    [O: RowSource, K: Key] Latest<O, K>;
}

impl<A: Copy, B: Copy> Joined2<A, B> {
    /// With the rows of a third source for which the condition is true.
    pub fn join<P: Joinable, C: IntoExpr>(
        mut self,
        other: P,
        on: impl FnOnce(A, B, <P::From as RowSource>::Row) -> C,
    ) -> Joined3<A, B, <P::From as RowSource>::Row>
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
        on: impl FnOnce(A, B, <P::From as RowSource>::Row) -> C,
    ) -> Joined3<A, B, Maybe<<P::From as RowSource>::Row>>
    where
        Base<C::Ty>: IsCondition,
    {
        let (third, also) = next::<P::From>(&mut self.select, JoinKind::Left, other.part());
        let (a, b) = self.rows;
        Joined3 { select: set_on(self.select, also, || on(a, b, third)), rows: (a, b, Maybe(third)) }
    }
}
