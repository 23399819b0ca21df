//! Chains of method calls: `changes.filter(..).select(..)`.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Expr, ExprField, Ident};

use crate::options::as_path;

/// Methods that write the rows that they are given.
const WRITERS: &[&str] = &[
    "create_as",
    "delete",
    "delete_all",
    "delete_using",
    "insert",
    "insert_overwrite",
    "merge",
    "truncate",
    "update",
    "update_from",
];
/// Methods that put the rows of what they are called on into tables, which the calls after them name.
const SPREADERS: &[&str] = &["insert_all", "insert_first"];
/// Joins that leave out rows of what they are called on, if no row of the other side matches.
const NARROWING: &[&str] = &["join", "right_join"];
/// Joins that leave out such rows of the other side.
const NARROWING_OTHER: &[&str] = &["join", "left_join"];
/// Methods whose value is no query.
const SCALARS: &[&str] = &["count", "exists", "aggregate"];

/// One call of a chain.
pub(super) struct Call<'a> {
    pub(super) name: &'a Ident,
    pub(super) arguments: Vec<&'a Expr>,
}

impl<'a> Call<'a> {
    fn is_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.name == name)
    }

    /// The table that rows are inserted into, of one of the calls after `insert_all`.
    pub(super) fn target(&self) -> Option<&'a Ident> {
        let place = match self.name.to_string().as_str() {
            "when" => 1,
            "always" | "otherwise" => 0,
            _ => return None,
        };
        as_path(self.arguments.get(place)?)?.get_ident()
    }

    /// Where rows of the other side of a join are left out.
    pub(super) fn drops_other(&self) -> Option<Span> {
        self.is_any(NARROWING_OTHER).then(|| self.name.span())
    }
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
        self.calls.iter().find(|call| call.is_any(WRITERS))
    }

    /// The call that puts the chain's rows into tables, and these.
    pub(super) fn spreader(&self) -> Option<(&Call<'a>, Vec<&'a Ident>)> {
        let start = self.calls.iter().position(|call| call.is_any(SPREADERS))?;
        let targets = self.calls[start..].iter().filter_map(Call::target).collect();
        Some((&self.calls[start], targets))
    }

    pub(super) fn is_query(&self) -> bool {
        self.calls.last().is_none_or(|call| !call.is_any(SCALARS))
            && self.writer().is_none()
            && self.spreader().is_none()
    }

    /// The first call that leaves rows out because of their values, or of their number.
    pub(super) fn dropping(&self) -> Option<Span> {
        let drops = |call: &&Call<'a>| {
            call.name == "limit"
                || call.is_any(NARROWING)
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
