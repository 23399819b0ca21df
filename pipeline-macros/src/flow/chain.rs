//! Chains of method calls: `changes.filter(..).select(..)`.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Expr, ExprField, Ident};

use crate::options::as_path;

/// Methods that write the rows that they are given.
const WRITERS: &[&str] =
    &["insert", "insert_overwrite", "merge", "delete_using", "update", "delete", "delete_all", "truncate"];
/// Methods whose value is no query.
const SCALARS: &[&str] = &["count", "exists", "aggregate"];

/// One call of a chain.
pub(super) struct Call<'a> {
    pub(super) name: &'a Ident,
    pub(super) arguments: Vec<&'a Expr>,
}

/// A chain of calls on a name.
pub(super) struct Chain<'a> {
    pub(super) root: &'a Ident,
    /// From the name outwards.
    pub(super) calls: Vec<Call<'a>>,
}

impl<'a> Chain<'a> {
    pub(super) fn of(expr: &'a Expr) -> Option<Self> {
        match expr {
            Expr::MethodCall(call) => {
                let mut chain = Self::of(&call.receiver)?;
                chain.calls.push(Call { name: &call.method, arguments: call.args.iter().collect() });
                Some(chain)
            }
            Expr::Paren(inner) => Self::of(&inner.expr),
            Expr::Group(inner) => Self::of(&inner.expr),
            other => {
                let root = as_path(other)?.get_ident()?;
                Some(Self { root, calls: vec![] })
            }
        }
    }

    /// The call that makes the chain a statement which writes.
    pub(super) fn writer(&self) -> Option<&Call<'a>> {
        self.calls.iter().find(|call| WRITERS.iter().any(|name| call.name == name))
    }

    pub(super) fn is_query(&self) -> bool {
        self.calls.last().is_none_or(|call| SCALARS.iter().all(|name| call.name != name)) && self.writer().is_none()
    }

    /// The first call that leaves rows out because of their values, or of their number.
    pub(super) fn dropping(&self) -> Option<Span> {
        let drops = |call: &&Call<'a>| {
            call.name == "limit"
                || (call.name == "filter" && call.arguments.iter().any(|argument| names_column(argument)))
        };
        self.calls.iter().find(drops).map(|call| call.name.span())
    }
}

/// Whether a condition depends on a column, rather than on the kind of change only.
fn names_column(condition: &Expr) -> bool {
    struct Columns(bool);
    impl<'a> Visit<'a> for Columns {
        fn visit_expr_field(&mut self, field: &'a ExprField) {
            self.0 = true;
            visit::visit_expr_field(self, field);
        }
    }
    let mut columns = Columns(false);
    columns.visit_expr(condition);
    columns.0
}
