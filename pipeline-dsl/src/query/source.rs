//! What a query reads from, and what it calls that.

use std::rc::Rc;

use super::row::{RowSource, SourceRow};
use super::{From, JoinSource, Select};
use crate::expr::ast::Ast;
use crate::expr::{Expr, Source, scope};
use crate::node::NodeRef;
use crate::types::Variant;

/// Where rows come from.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// A table, a view or a stream.
    Object(NodeRef),
    /// A query with a name.
    Query(&'static str, Stored),
}

/// A query that can be copied, since it is kept where expressions are.
#[derive(Clone, Copy)]
pub(super) struct Stored(Expr<Variant>);

impl Stored {
    pub(super) fn new(select: Select) -> Self {
        Self(Expr::new(Ast::Subquery(Rc::new(select))))
    }

    pub(super) fn select(self) -> Rc<Select> {
        match &*self.0.node() {
            Ast::Subquery(select) => select.clone(),
            other => unreachable!("{other:?} is no query"),
        }
    }
}

impl Origin {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Object(object) => object.get().name,
            Self::Query(name, _) => name,
        }
    }

    pub(super) fn source(self) -> JoinSource {
        match self {
            Self::Object(object) => JoinSource::Object(object),
            Self::Query(name, stored) => JoinSource::Query { name, select: stored.select() },
        }
    }
}

/// Names for sources whose own name is taken.
const OTHERS: [&str; 8] = ["OTHER", "OTHER_2", "OTHER_3", "OTHER_4", "OTHER_5", "OTHER_6", "OTHER_7", "OTHER_8"];

/// `name`, or another one if a source of the query, or of one around it, is called that.
///
/// # Panics
/// If a query has more than eight sources of one name.
pub(super) fn free(name: &'static str, select: &Select) -> &'static str {
    let sources = select.source_names();
    let used = |name: &str| sources.iter().any(|taken| taken.eq_ignore_ascii_case(name)) || scope::is_taken(name);
    let mut names = std::iter::once(name).chain(OTHERS);
    names.find(|name| !used(name)).expect("a query reads one table at most eight times")
}

/// The only source of a query, with the alias it needs where a query around it reads the same table.
pub(super) fn only(base: Origin) -> From {
    let name = base.name();
    let free = free(name, &Select::default());
    From { source: base.source(), alias: (free != name).then_some(free) }
}

/// Writes something about a row of the only source.
pub(super) fn alone<O: RowSource, R>(base: Origin, write: impl FnOnce(O::Row) -> R) -> R {
    let name = free(base.name(), &Select::default());
    scope::alone(name, |source| write(O::Row::of(source)))
}

/// Writes something about a row of the query's only source.
pub(super) fn inside<O: RowSource, R>(select: &Select, write: impl FnOnce(O::Row) -> R) -> R {
    let name = select.from.as_ref().map_or("", From::name);
    scope::alone(name, |source| write(O::Row::of(source)))
}

/// Writes something about rows whose columns have prefixes.
pub(super) fn among<R>(select: &Select, write: impl FnOnce() -> R) -> R {
    scope::within(&select.source_names(), write)
}

/// A row of the source with the alias.
pub(super) fn row<O: RowSource>(alias: &'static str) -> O::Row {
    O::Row::of(Source::new(alias))
}
