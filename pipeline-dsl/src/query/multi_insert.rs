//! INSERT into several tables.

use std::marker::PhantomData;

use super::insert::{Assignment, NewRow};
use super::latest::{Key, Latest};
use super::lift::deliver;
use super::row::RowSource;
use super::source::inside;
use super::{Item, Rows, Select, Writing};
use crate::body::{Affected, InsertBranch, InsertWhen, Statement};
use crate::expr::ast::{Ast, Literal, Node};
use crate::expr::fits::IsCondition;
use crate::expr::{Base, IntoExpr};
use crate::node::{NodeRef, Table};

/// An INSERT into several tables being put together: each row of a source goes into those whose condition it meets.
/// Snowflake: `INSERT` (multi-table).
#[must_use = "an insert does nothing until `run()`"]
pub struct MultiInsert<O> {
    select: Select,
    first: bool,
    branches: Vec<Branch>,
    of: PhantomData<fn() -> O>,
}

struct Branch {
    when: InsertWhen,
    target: NodeRef,
    values: Vec<Assignment>,
}

macro_rules! sources {
    ($([$($generics:tt)*] $type:ty;)+) => {$(
        impl<$($generics)*> $type {
            /// Puts each row into every table whose condition it meets: say next which, with [`when`](MultiInsert::when).
            pub fn insert_all(self) -> MultiInsert<O> {
                MultiInsert::new(self.skeleton(), false)
            }

            /// Puts each row into the first table whose condition it meets.
            pub fn insert_first(self) -> MultiInsert<O> {
                MultiInsert::new(self.skeleton(), true)
            }
        }
    )+};
}
sources! {
    [O: RowSource] Rows<O>;
    [O: RowSource, K: Key] Latest<O, K>;
}

impl<O: RowSource> MultiInsert<O> {
    fn new(select: Select, first: bool) -> Self {
        Self { select, first, branches: vec![], of: PhantomData }
    }

    /// Rows for which the condition is true go into the table.
    pub fn when<T: Table, C: IntoExpr>(
        self,
        condition: impl FnOnce(O::Row) -> C,
        _target: Writing<T>,
        row: impl FnOnce(O::Row) -> NewRow<T>,
    ) -> Self
    where
        Base<C::Ty>: IsCondition,
    {
        let condition = inside::<O, _>(&self.select, |row| condition(row).into_expr().node());
        self.branch(InsertWhen::Condition(condition), row)
    }

    /// All rows go into the table.
    ///
    /// # Panics
    /// After `insert_first`, where no row would reach what comes after it.
    pub fn always<T: Table>(self, _target: Writing<T>, row: impl FnOnce(O::Row) -> NewRow<T>) -> Self {
        assert!(!self.first, "`insert_first` ends with `otherwise`: what comes after `always` would get no row");
        self.branch(InsertWhen::Always, row)
    }

    /// Rows that meet none of the conditions go into the table.
    ///
    /// # Panics
    /// If there are no conditions.
    pub fn otherwise<T: Table>(self, _target: Writing<T>, row: impl FnOnce(O::Row) -> NewRow<T>) -> Self {
        let conditions = self.branches.iter().any(|branch| matches!(branch.when, InsertWhen::Condition(_)));
        assert!(conditions, "`otherwise` comes after at least one `when`");
        self.branch(InsertWhen::Otherwise, row)
    }

    fn branch<T: Table>(mut self, when: InsertWhen, row: impl FnOnce(O::Row) -> NewRow<T>) -> Self {
        let last = self.branches.last().is_some_and(|branch| matches!(branch.when, InsertWhen::Otherwise));
        assert!(!last, "`otherwise` is the last of an insert into several tables");
        let values = inside::<O, _>(&self.select, row).values;
        self.branches.push(Branch { when, target: T::NODE, values });
        self
    }

    /// Adds the statement to the procedure.
    ///
    /// # Panics
    /// If no table is named, or more than 32 values are computed for columns of the same names.
    pub fn run(mut self) -> Affected {
        assert!(!self.branches.is_empty(), "an insert into several tables needs at least one `when` or `always`");
        // The conditions and values may only name what the SELECT delivers.
        for branch in &self.branches {
            if let InsertWhen::Condition(condition) = &branch.when {
                condition.walk(&mut |ast| {
                    if let Ast::Column { alias: None, name } = ast {
                        deliver(&mut self.select.items, &Node::new(Ast::Column { alias: None, name }), name);
                    }
                });
            }
        }
        let plain = |value: &&Assignment| matches!(&*value.value, Ast::Column { alias: None, .. });
        for value in self.branches.iter().flat_map(|branch| &branch.values).filter(plain) {
            deliver(&mut self.select.items, &value.value, value.column);
        }
        let branches = self.branches.into_iter().map(|Branch { when, target, values }| InsertBranch {
            when,
            target,
            columns: values.iter().map(|value| value.column).collect(),
            values: values.iter().map(|value| delivered(&mut self.select.items, value)).collect(),
        });
        let branches = branches.collect();
        let (first, source) = (self.first, self.select);
        Affected::of(|count| Statement::InsertSeveral { first, branches, source, count })
    }
}

/// The name by which the SELECT delivers the value; none for NULL.
fn delivered(items: &mut Vec<Item>, value: &Assignment) -> Option<&'static str> {
    let null = matches!(&*value.value, Ast::Literal(Literal::Null));
    (!null).then(|| deliver(items, &value.value, value.column))
}
