//! Columns of a row inside an expression.

use std::marker::PhantomData;

/// Where a row comes from in a statement: the alias of a table, stream or subquery, or no alias at all when a
/// statement has a single source and its columns can stand alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    alias: Option<&'static str>,
}

impl Source {
    /// The rows of the source called `alias` in the statement: columns are written `alias.COLUMN`.
    pub const fn new(alias: &'static str) -> Self {
        Self { alias: Some(alias) }
    }

    /// The rows of a statement's only source: columns are written without a prefix.
    pub const fn bare() -> Self {
        Self { alias: None }
    }

    /// The alias that columns of this source are prefixed with.
    pub const fn alias(self) -> Option<&'static str> {
        self.alias
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
        if let Some(alias) = self.source.alias {
            write!(f, "{alias}.")?;
        }
        f.write_str(self.name)
    }
}
