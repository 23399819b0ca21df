//! INSERT into several tables.

use std::marker::PhantomData;

use super::insert::{Assignment, NewRow};
use super::latest::{Key, Latest};
use super::row::Readable;
use super::source::alone;
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
    [O: Readable] Rows<O>;
    [O: Readable, K: Key] Latest<O, K>;
}

impl<O: Readable> MultiInsert<O> {
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
        let condition = alone::<O, _>(|row| condition(row).into_expr().node());
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
        let values = alone::<O, _>(row).values;
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
            values: values.iter().map(|value| deliver(&mut self.select.items, &value.value, value.column)).collect(),
        });
        let branches = branches.collect();
        let (first, source) = (self.first, self.select);
        Affected::of(|count| Statement::InsertSeveral { first, branches, source, count })
    }
}

/// Names for values whose own name is taken.
const OTHERS: [&str; 32] = [
    "VALUE_1", "VALUE_2", "VALUE_3", "VALUE_4", "VALUE_5", "VALUE_6", "VALUE_7", "VALUE_8", "VALUE_9", "VALUE_10",
    "VALUE_11", "VALUE_12", "VALUE_13", "VALUE_14", "VALUE_15", "VALUE_16", "VALUE_17", "VALUE_18", "VALUE_19",
    "VALUE_20", "VALUE_21", "VALUE_22", "VALUE_23", "VALUE_24", "VALUE_25", "VALUE_26", "VALUE_27", "VALUE_28",
    "VALUE_29", "VALUE_30", "VALUE_31", "VALUE_32",
];

/// The name by which the SELECT delivers the value, which is added to it if it is not there; none for NULL.
fn deliver(items: &mut Vec<Item>, value: &Node, column: &'static str) -> Option<&'static str> {
    if matches!(&**value, Ast::Literal(Literal::Null)) {
        return None;
    }
    if let Some(known) = items.iter().find(|item| item.value == *value) {
        return Some(known.name());
    }
    let named = matches!(&**value, Ast::Column { name, .. } if *name == column);
    if let (Ast::Column { name, .. }, true) = (&**value, !named) {
        return deliver(items, value, name);
    }
    let free = |name: &&str| items.iter().all(|item| item.name() != *name);
    let name = std::iter::once(column).chain(OTHERS).find(free);
    let name = name.expect("at most 32 values of an insert into several tables have a name that is taken");
    items.push(Item { value: value.clone(), alias: (!named).then_some(name) });
    Some(name)
}
