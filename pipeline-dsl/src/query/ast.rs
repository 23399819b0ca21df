use std::rc::Rc;

use crate::expr::ast::{Ast, Node, OrderTerm};
use crate::node::NodeRef;

/// A SELECT.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Select {
    /// `DISTINCT`.
    pub distinct: bool,
    /// What each row delivers.
    pub items: Vec<Item>,
    /// Where the rows come from; without it there is one row.
    pub from: Option<From>,
    /// What is joined to them, in order.
    pub joins: Vec<Join>,
    /// `WHERE`.
    pub filter: Option<Node>,
    /// `GROUP BY`.
    pub group: Vec<Node>,
    /// `HAVING`.
    pub having: Option<Node>,
    /// `QUALIFY`.
    pub qualify: Option<Node>,
    /// Queries whose rows are put together with these.
    pub combined: Vec<(SetOperator, Select)>,
    /// `ORDER BY`.
    pub order: Vec<OrderTerm>,
    /// `LIMIT`.
    pub limit: Option<u64>,
}

impl Select {
    /// What its sources are called where their columns need a prefix.
    pub(super) fn source_names(&self) -> Vec<&'static str> {
        self.from.iter().map(From::name).chain(self.joins.iter().map(|join| join.alias)).collect()
    }

    /// The queries of their own that it reads from, with their names.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&'static str, &Rc<Select>)> {
        let sources = self.from.iter().map(|from| &from.source).chain(self.joins.iter().map(|join| &join.source));
        sources.filter_map(|source| match source {
            JoinSource::Query { name, select } => Some((*name, select)),
            JoinSource::Object(_) | JoinSource::Flatten { .. } => None,
        })
    }

    /// Visits all expressions in the query.
    pub fn walk(&self, visit: &mut dyn FnMut(&Ast)) {
        let joined = self.joins.iter().flat_map(|join| match &join.source {
            JoinSource::Flatten { input } => Some(input).into_iter().chain(&join.on),
            JoinSource::Object(_) | JoinSource::Query { .. } => None.into_iter().chain(&join.on),
        });
        let nodes = self.items.iter().map(|item| &item.value).chain(joined).chain(&self.filter).chain(&self.group);
        let nodes = nodes.chain(&self.having).chain(&self.qualify).chain(self.order.iter().map(|term| &term.value));
        nodes.for_each(|node| node.walk(visit));
        self.combined.iter().for_each(|(_, select)| select.walk(visit));
        self.parts().for_each(|(_, part)| part.walk(visit));
    }
}

/// One item of the SELECT list.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The value.
    pub value: Node,
    /// Its name in the result, unquoted, where the value does not name itself.
    pub alias: Option<&'static str>,
}

impl Item {
    /// What the column of the result is called.
    ///
    /// # Panics
    /// If it has no name: neither an alias nor that of a column.
    pub fn name(&self) -> &'static str {
        match (self.alias, &*self.value) {
            (Some(alias), _) => alias,
            (None, Ast::Column { name, .. }) => name,
            (None, other) => panic!("{other:?} needs an alias to be named"),
        }
    }
}

/// The source of a SELECT.
#[derive(Clone, Debug, PartialEq)]
pub struct From {
    /// A table, a view, a stream or a query.
    pub source: JoinSource,
    /// What the statement calls it, if not by its own name.
    pub alias: Option<&'static str>,
}

impl From {
    /// What the statement calls it.
    pub(crate) fn name(&self) -> &'static str {
        self.alias.unwrap_or(match &self.source {
            JoinSource::Object(object) => object.get().name,
            JoinSource::Query { name, .. } => name,
            JoinSource::Flatten { .. } => "ELEMENT",
        })
    }
}

/// A source that is joined to the first one.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// How.
    pub kind: JoinKind,
    /// What is joined.
    pub source: JoinSource,
    /// What the statement calls it.
    pub alias: &'static str,
    /// `ON`.
    pub on: Option<Node>,
}

/// What is read or joined.
#[derive(Clone, Debug, PartialEq)]
pub enum JoinSource {
    /// A table, a view or a stream.
    Object(NodeRef),
    /// A query of its own.
    Query {
        /// What it is called. Queries that differ may have one name.
        name: &'static str,
        /// The query.
        select: Rc<Select>,
    },
    /// `LATERAL FLATTEN(INPUT => ..)`: the elements of a value of the row.
    Flatten {
        /// The array or object.
        input: Node,
    },
}

/// The kinds of joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// `JOIN`
    Inner,
    /// `LEFT JOIN`
    Left,
    /// `RIGHT JOIN`
    Right,
    /// `FULL JOIN`
    Full,
    /// `CROSS JOIN`
    Cross,
}

impl JoinKind {
    /// The words in SQL.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Inner => "JOIN",
            Self::Left => "LEFT JOIN",
            Self::Right => "RIGHT JOIN",
            Self::Full => "FULL JOIN",
            Self::Cross => "CROSS JOIN",
        }
    }
}

/// How the rows of two queries are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOperator {
    /// `UNION ALL`: those of both.
    UnionAll,
    /// `UNION`: those of both, each once.
    Union,
    /// `INTERSECT`: those that both have.
    Intersect,
    /// `EXCEPT`: those that only the first has.
    Except,
}

impl SetOperator {
    /// The words in SQL.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::UnionAll => "UNION ALL",
            Self::Union => "UNION",
            Self::Intersect => "INTERSECT",
            Self::Except => "EXCEPT",
        }
    }
}
