use crate::expr::ast::Node;
use crate::node::NodeRef;

/// A SELECT.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Select {
    /// What each row delivers.
    pub items: Vec<Item>,
    /// Where the rows come from; without it there is one row.
    pub from: Option<From>,
    /// `WHERE`.
    pub filter: Option<Node>,
    /// `GROUP BY`.
    pub group: Vec<Node>,
    /// `QUALIFY`.
    pub qualify: Option<Node>,
}

/// One item of the SELECT list.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The value.
    pub value: Node,
    /// Its name in the result, unquoted, where the value does not name itself.
    pub alias: Option<&'static str>,
}

/// The source of a SELECT.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct From {
    /// A table, a view or a stream.
    pub object: NodeRef,
    /// What the statement calls it.
    pub alias: Option<&'static str>,
}
