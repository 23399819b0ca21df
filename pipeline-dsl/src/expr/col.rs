//! Columns of a row inside an expression.

use std::marker::PhantomData;

/// Where a row comes from in a statement: the alias of a table, stream or subquery, or no alias at all when a
/// statement has a single source and its columns can stand alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    alias: Option<&'static str>,
    /// Of a source that stands alone: its name, and how many statements are around its own.
    alone: Option<(&'static str, usize)>,
}

impl Source {
    /// The rows of the source called `alias` in the statement: columns are written `alias.COLUMN`.
    pub const fn new(alias: &'static str) -> Self {
        Self { alias: Some(alias), alone: None }
    }

    /// The rows of a statement's only source: columns are written without a prefix.
    pub const fn bare() -> Self {
        Self { alias: None, alone: None }
    }

    /// The same for a source with a name, which its columns need within another query.
    pub(crate) const fn alone(name: &'static str, around: usize) -> Self {
        Self { alias: None, alone: Some((name, around)) }
    }

    /// The name that columns of this source are prefixed with where they are written now.
    pub fn alias(self) -> Option<&'static str> {
        let outside = self.alone.filter(|(_, around)| super::scope::depth() > around + 1);
        self.alias.or(outside.map(|(name, _)| name))
    }
}

/// One column of a row. `T` is its type with nullability: `Option<..>` for a nullable column.
pub struct Col<T> {
    source: Source,
    name: &'static str,
    index: usize,
    of: PhantomData<fn() -> T>,
}

impl<T> Col<T> {
    /// The column with SQL name `name` (unquoted form) at `index` of its table, counted from 0.
    pub const fn new(source: Source, name: &'static str, index: usize) -> Self {
        Self { source, name, index, of: PhantomData }
    }

    /// The source whose row this column belongs to.
    pub const fn source(self) -> Source {
        self.source
    }

    /// The SQL name, unquoted.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Position in the table, counted from 0.
    pub const fn index(self) -> usize {
        self.index
    }
}

impl<T> Clone for Col<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Col<T> {}

impl<T> std::fmt::Debug for Col<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(alias) = self.source.alias() {
            write!(f, "{alias}.")?;
        }
        f.write_str(self.name)
    }
}
