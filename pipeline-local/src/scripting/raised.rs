//! An exception on its way to a handler.

use super::ast::{Caught, Handler, Position};
use crate::SqlError;

/// The number of errors that no handler sees: the statement was cancelled or timed out.
const UNCATCHABLE: [i32; 2] = [604, 630];

/// What kind of exception it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A SQL statement failed.
    Statement,
    /// An expression or an assignment failed.
    Expression,
    /// RAISE of a declared exception: its name, and which declaration it is.
    Declared(String, u64),
}

/// Who handles it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Nobody has looked yet.
    Open,
    /// The EXIT handler with this number of the active block with this index.
    Leave(usize, usize),
    /// No block of this body.
    Nobody,
}

/// An exception on its way.
#[derive(Debug, Clone)]
pub(super) struct Raised {
    pub(super) kind: Kind,
    pub(super) error: SqlError,
    pub(super) position: Position,
    pub(super) decision: Decision,
}

impl Raised {
    pub(super) fn statement(error: SqlError, position: Position) -> Box<Self> {
        Box::new(Self { kind: Kind::Statement, error, position, decision: Decision::Open })
    }

    pub(super) fn expression(error: SqlError, position: Position) -> Box<Self> {
        Box::new(Self { kind: Kind::Expression, error, position, decision: Decision::Open })
    }

    /// Whether a handler catches it; `declaration` finds which declaration a name stands for where the handler is.
    pub(super) fn is_caught_by(&self, handler: &Handler, declaration: impl Fn(&str) -> Option<u64>) -> bool {
        if UNCATCHABLE.contains(&self.error.code) {
            return false;
        }
        handler.names.iter().any(|name| match (name, &self.kind) {
            (Caught::Other, _)
            | (Caught::StatementError, Kind::Statement)
            | (Caught::ExpressionError, Kind::Expression) => true,
            (Caught::Named(target), Kind::Declared(_, id)) => declaration(&target.name) == Some(*id),
            _ => false,
        })
    }

    /// What the caller gets when nobody catches it.
    pub(super) fn uncaught(self) -> SqlError {
        if UNCATCHABLE.contains(&self.error.code) {
            return self.error;
        }
        let name = match &self.kind {
            Kind::Statement => "STATEMENT_ERROR",
            Kind::Expression => "EXPRESSION_ERROR",
            Kind::Declared(name, _) => name,
        };
        let tail = if self.error.message.is_empty() { String::new() } else { format!(" : {}", self.error.message) };
        let Position { line, column } = self.position;
        SqlError {
            message: format!("Uncaught exception of type '{name}' on line {line} at position {column}{tail}"),
            position: Some((line, column)),
            ..self.error
        }
    }
}
