//! What a query in groups may deliver. The attributes check this while compiling, where they see the closures; a function that
//! is handed a row may hide it from them.

use super::Select;
use crate::expr::ast::{Ast, Node};

impl Select {
    /// The query, if what it delivers of each group is in the key or an aggregate.
    ///
    /// # Panics
    /// If a column is neither.
    pub(super) fn of_groups(self) -> Self {
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
