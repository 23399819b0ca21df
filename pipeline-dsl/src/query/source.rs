//! What a query calls its sources.

use super::row::{Readable, SourceRow};
use super::{From, Select};
use crate::expr::{Source, scope};

/// Names for sources whose own name is taken.
const OTHERS: [&str; 8] = ["OTHER", "OTHER_2", "OTHER_3", "OTHER_4", "OTHER_5", "OTHER_6", "OTHER_7", "OTHER_8"];

/// `name`, or another one if a source of the query, or of one around it, is called that.
///
/// # Panics
/// If a query has more than eight sources of one name.
pub(super) fn free(name: &'static str, select: &Select) -> &'static str {
    let used = |name: &str| select.source_names().contains(&name) || scope::is_taken(name);
    let mut names = std::iter::once(name).chain(OTHERS);
    names.find(|name| !used(name)).expect("a query reads one table at most eight times")
}

/// The only source of a query, with the alias it needs where a query around it reads the same table.
pub(super) fn only<O: Readable>() -> From {
    let name = O::NODE.get().name;
    let free = free(name, &Select::default());
    From { object: O::NODE, alias: (free != name).then_some(free), part: None }
}

/// Writes something about a row of the only source.
pub(super) fn alone<O: Readable, R>(write: impl FnOnce(O::Row) -> R) -> R {
    let name = free(O::NODE.get().name, &Select::default());
    scope::alone(name, |source| write(O::Row::of(source)))
}

/// Writes something about rows whose columns have prefixes.
pub(super) fn among<R>(select: &Select, write: impl FnOnce() -> R) -> R {
    scope::within(&select.source_names(), write)
}

/// A row of the source with the alias.
pub(super) fn row<O: Readable>(alias: &'static str) -> O::Row {
    O::Row::of(Source::new(alias))
}
