//! What is settled about a query once it is known what it delivers.

use std::rc::Rc;

use super::{From, Item, JoinSource, Select};
use crate::expr::ast::{Ast, Node};

impl Select {
    /// The query with what it delivers.
    ///
    /// # Panics
    /// If it has groups, and delivers a column that is neither in their key nor in an aggregate. The attributes check this while
    /// compiling, where they see the closures; a function that is handed a row may hide it from them.
    pub(super) fn delivering(self, items: Vec<Item>) -> Self {
        Self { items, ..self }.of_groups().by_columns()
    }

    /// ORDER BY takes a name for that of an item before it takes it for a column. Where they differ, the rows are chosen in a
    /// query of their own; without a limit, their order chooses none.
    fn by_columns(mut self) -> Self {
        let Some(name) = self.from.as_ref().map(From::name) else { return self };
        let hidden = |column: &str| {
            let other = |item: &Item| {
                item.alias == Some(column) && !matches!(&*item.value, Ast::Column { name, .. } if *name == column)
            };
            self.items.iter().any(other)
        };
        let mut chosen_by_hidden = false;
        for term in &self.order {
            term.value.walk(&mut |part| {
                chosen_by_hidden |= matches!(part, Ast::Column { alias: None, name } if hidden(name));
            });
        }
        if self.limit.is_none() || !chosen_by_hidden {
            return self;
        }
        let all = Item { value: Rc::new(Ast::AllColumns), alias: None };
        let items = std::mem::replace(&mut self.items, vec![all]);
        let source = JoinSource::Query { name, select: Rc::new(self) };
        Self { items, from: Some(From { source, alias: None }), ..Self::default() }
    }

    fn of_groups(self) -> Self {
        if !self.group.is_empty() {
            for value in self.items.iter().map(|item| &item.value).chain(&self.having) {
                if let Some(name) = beside(value, &self.group) {
                    panic!(
                        "column `{name}` is neither in the key of the group nor in an aggregate: add it to `group_by(..)`, or \
                         take one value with `max(..)`, `any_value(..)` and the like"
                    );
                }
            }
        }
        self
    }
}

/// A column that is neither in the key nor in an aggregate.
fn beside(value: &Node, key: &[Node]) -> Option<&'static str> {
    if key.contains(value) || value.is_aggregate() {
        return None;
    }
    let all = |nodes: &[&Node]| nodes.iter().find_map(|node| beside(node, key));
    match &**value {
        Ast::Column { name, .. } => Some(name),
        Ast::Call { arguments, .. } => arguments.iter().find_map(|argument| beside(argument, key)),
        Ast::Not(operand)
        | Ast::Negative(operand)
        | Ast::IsNull { operand, .. }
        | Ast::Cast { operand, .. }
        // The columns of queries within are their own.
        | Ast::InRows { operand, .. } => beside(operand, key),
        Ast::Binary { left, right, .. } => all(&[left, right]),
        Ast::In { operand, list } => beside(operand, key).or_else(|| list.iter().find_map(|value| beside(value, key))),
        Ast::Between { operand, low, high } => all(&[operand, low, high]),
        // A window is applied to the groups: what is inside its function is computed for each of them.
        Ast::Window { function, partition, order, .. } => {
            let inside = match &**function {
                Ast::Call { arguments, .. } | Ast::Distinct { arguments, .. } => {
                    arguments.iter().find_map(|argument| beside(argument, key))
                }
                _ => None,
            };
            let around = partition.iter().chain(order.iter().map(|term| &term.value));
            inside.or_else(|| around.into_iter().find_map(|value| beside(value, key)))
        }
        Ast::Literal(_)
        | Ast::Variable(_)
        | Ast::CountAll
        | Ast::AllColumns
        | Ast::Distinct { .. }
        | Ast::WithinGroup { .. }
        | Ast::Subquery(_)
        | Ast::Exists(_) => None,
    }
}
