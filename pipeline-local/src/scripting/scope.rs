//! What names stand for while a block runs.

use std::collections::HashMap;
use std::sync::Arc;

use super::ast::{CursorSource, Nested};
use crate::exec::{QueryResult, Value};
use crate::types::SqlType;

/// What a name stands for.
#[derive(Debug, Clone)]
pub(super) enum Slot<'b> {
    /// A variable; its type never changes.
    Variable(Value),
    /// A cursor.
    Cursor { source: &'b CursorSource, open: Option<Rows> },
    /// A RESULTSET.
    ResultSet(ResultSet),
    /// An exception: which declaration, number and message.
    Exception { id: u64, number: i32, message: String },
    /// A procedure of the block.
    Procedure(&'b Nested),
    /// The row of a FOR loop.
    Row { rows: Arc<QueryResult>, index: usize },
}

/// What a RESULTSET holds.
#[derive(Debug, Clone)]
pub(super) enum ResultSet {
    /// Nothing was assigned to it.
    Empty,
    /// Rows.
    Rows(Arc<QueryResult>),
    /// The rows of a child job, once it was waited for.
    Job(usize),
}

/// The rows of an open cursor.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) result: Arc<QueryResult>,
    /// The row that FETCH reads next.
    pub(super) next: usize,
}

/// The scopes of the running block, innermost last.
#[derive(Debug, Default)]
pub(super) struct Scopes<'b>(Vec<HashMap<String, Slot<'b>>>);

impl<'b> Scopes<'b> {
    pub(super) fn depth(&self) -> usize {
        self.0.len()
    }

    pub(super) fn push(&mut self) {
        self.0.push(HashMap::new());
    }

    pub(super) fn truncate(&mut self, depth: usize) {
        self.0.truncate(depth);
    }

    /// Takes the scopes from `depth` on away, for a handler that must not see them.
    pub(super) fn hide(&mut self, depth: usize) -> Vec<HashMap<String, Slot<'b>>> {
        self.0.split_off(depth.min(self.0.len()))
    }

    /// Puts hidden scopes back.
    pub(super) fn show(&mut self, hidden: Vec<HashMap<String, Slot<'b>>>) {
        self.0.extend(hidden);
    }

    pub(super) fn declare(&mut self, name: &str, slot: Slot<'b>) {
        if self.0.is_empty() {
            self.push();
        }
        if let Some(scope) = self.0.last_mut() {
            scope.insert(name.to_owned(), slot);
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Slot<'b>> {
        self.0.iter().rev().find_map(|scope| scope.get(name))
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Slot<'b>> {
        self.0.iter_mut().rev().find_map(|scope| scope.get_mut(name))
    }

    /// The procedure of this name, and the number of scopes that it sees.
    pub(super) fn procedure(&self, name: &str) -> Option<(&'b Nested, usize)> {
        let depth = self.0.iter().rposition(|scope| scope.contains_key(name))?;
        match self.0[depth].get(name) {
            Some(Slot::Procedure(nested)) => Some((nested, depth + 1)),
            _ => None,
        }
    }

    /// The declaration that an exception's name stands for.
    pub(super) fn exception(&self, name: &str) -> Option<u64> {
        match self.get(name) {
            Some(Slot::Exception { id, .. }) => Some(*id),
            _ => None,
        }
    }

    /// The type of a variable.
    pub(super) fn type_of(&self, name: &str) -> Option<SqlType> {
        match self.get(name) {
            Some(Slot::Variable(value)) => Some(value.sql_type),
            _ => None,
        }
    }
}
