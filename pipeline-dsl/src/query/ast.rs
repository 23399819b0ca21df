use crate::expr::ast::{Ast, Node};
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

impl Select {
    /// Visits all expressions in the query.
    pub fn walk(&self, visit: &mut dyn FnMut(&Ast)) {
        let nodes =
            self.items.iter().map(|item| &item.value).chain(&self.filter).chain(&self.group).chain(&self.qualify);
        nodes.for_each(|node| node.walk(visit));
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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct From {
    /// A table, a view or a stream.
    pub object: NodeRef,
    /// What the statement calls it.
    pub alias: Option<&'static str>,
}
