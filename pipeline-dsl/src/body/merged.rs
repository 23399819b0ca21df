//! What a MERGE has done.

use std::ops::{Deref, DerefMut};

use super::bind::{Bind, Name, Var};
use super::{MergeAction, MergeClause, MergeCounts, Statement, VariableId, builder};
use crate::expr::ast::{Ast, Literal};
use crate::expr::{Expr, IntoExpr};
use crate::node::NodeRef;
use crate::query::Select;
use crate::types::{Integer, SqlType};

/// The rows that a MERGE has changed: as a number, all of them, and by what was done in its fields. Each is only asked for if
/// something uses it. Snowflake: `MERGE`.
#[derive(Clone, Copy)]
pub struct Merged {
    /// The number of rows that were inserted.
    pub inserted: MergeCount,
    /// The number of rows that were updated.
    pub updated: MergeCount,
    /// The number of rows that were deleted.
    pub deleted: MergeCount,
    total: Var<Integer>,
    name: &'static str,
}

/// How many rows a MERGE has inserted, updated or deleted.
#[derive(Clone, Copy)]
pub struct MergeCount {
    /// None for what the statement does not do.
    variable: Option<VariableId>,
    name: &'static str,
}

impl IntoExpr for MergeCount {
    type Ty = Integer;

    fn into_expr(self) -> Expr<Integer> {
        match self.variable {
            Some(id) => {
                builder::with(|builder| builder.name(id, self.name, false));
                Expr::new(Ast::Variable(id))
            }
            None => Expr::new(Ast::Literal(Literal::Number("0".to_owned()))),
        }
    }
}

impl Bind for MergeCount {
    type Bound = Var<Integer>;
    type Widened = Var<Integer>;

    fn bind(self, names: &[Name]) -> Var<Integer> {
        if let Some(id) = self.variable
            && builder::with(|builder| builder.name(id, names[0].text, names[0].mutable))
        {
            return Var::new(id);
        }
        self.into_expr().bind(names)
    }

    fn bind_widened(self, names: &[Name]) -> Var<Integer> {
        self.bind(names)
    }
}

impl Merged {
    pub(crate) fn of(
        target: NodeRef,
        target_alias: &'static str,
        source: Select,
        source_alias: &'static str,
        on: crate::expr::ast::Node,
        clauses: Vec<MergeClause>,
    ) -> Self {
        builder::with(|builder| {
            let mut declare = || builder.declare(None, Integer::DATA_TYPE, false);
            let total = declare();
            let mut counted = |does: fn(&MergeAction) -> bool, name| {
                let variable = clauses.iter().any(|clause| does(&clause.action)).then(&mut declare);
                MergeCount { variable, name }
            };
            let inserted = counted(|action| matches!(action, MergeAction::Insert(_)), "inserted");
            let updated = counted(|action| matches!(action, MergeAction::Update(_)), "updated");
            let deleted = counted(|action| matches!(action, MergeAction::Delete), "deleted");
            let counts = MergeCounts {
                id: builder.take_name("merge_id"),
                inserted: inserted.variable,
                updated: updated.variable,
                deleted: deleted.variable,
            };
            builder.push(Statement::Merge {
                target,
                target_alias,
                source,
                source_alias,
                on,
                clauses,
                count: Some(total),
                counts,
            });
            Self { inserted, updated, deleted, total: Var::new(total), name: "row_count" }
        })
    }
}

impl IntoExpr for Merged {
    type Ty = Integer;

    fn into_expr(self) -> Expr<Integer> {
        builder::with(|builder| builder.name(self.total.id(), self.name, false));
        self.total.into_expr()
    }
}

impl Bind for Merged {
    type Bound = Self;
    type Widened = Self;

    fn bind(self, names: &[Name]) -> Self {
        // What is assigned to is a variable of its own, whether or not it is read.
        if names[0].mutable {
            builder::with(|builder| builder.name(self.total.id(), names[0].text, true));
        }
        Self { name: names[0].text, ..self }
    }

    fn bind_widened(self, names: &[Name]) -> Self {
        self.bind(names)
    }
}

// So that `let mut rows = ..` can be assigned to as any number.
impl Deref for Merged {
    type Target = Var<Integer>;

    fn deref(&self) -> &Var<Integer> {
        &self.total
    }
}

impl DerefMut for Merged {
    fn deref_mut(&mut self) -> &mut Var<Integer> {
        &mut self.total
    }
}
