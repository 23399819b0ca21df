//! Expressions with other names for their sources.

use std::rc::Rc;

use super::ast::{Ast, Node, OrderTerm};
use crate::query::{JoinSource, Select};

/// The expression with the columns of source `from`, or of a source that stood alone and was called `from` by queries inside,
/// as those of source `to`.
pub(crate) fn qualified(node: &Node, from: &'static str, to: &'static str) -> Node {
    Rename { from, to, inside: false }.node(node)
}

#[derive(Clone, Copy)]
struct Rename {
    from: &'static str,
    to: &'static str,
    /// In a query within the expression, whose columns without a prefix are its own.
    inside: bool,
}

impl Rename {
    fn nodes(self, nodes: &[Node]) -> Vec<Node> {
        nodes.iter().map(|node| self.node(node)).collect()
    }

    fn node(self, node: &Node) -> Node {
        let one = |operand: &Node| self.node(operand);
        Rc::new(match &**node {
            Ast::Column { alias, name } => {
                let ours = alias.map_or(!self.inside, |alias| alias == self.from);
                Ast::Column { alias: if ours { Some(self.to) } else { *alias }, name }
            }
            Ast::Literal(_) | Ast::Variable(_) | Ast::CountAll | Ast::AllColumns => return node.clone(),
            Ast::Call { name, arguments } => Ast::Call { name, arguments: self.nodes(arguments) },
            Ast::Distinct { name, argument } => Ast::Distinct { name, argument: one(argument) },
            Ast::Not(operand) => Ast::Not(one(operand)),
            Ast::Negative(operand) => Ast::Negative(one(operand)),
            Ast::Binary { operator, left, right } => {
                Ast::Binary { operator: *operator, left: one(left), right: one(right) }
            }
            Ast::IsNull { operand, negated } => Ast::IsNull { operand: one(operand), negated: *negated },
            Ast::In { operand, list } => Ast::In { operand: one(operand), list: self.nodes(list) },
            Ast::InRows { operand, select } => Ast::InRows { operand: one(operand), select: self.select(select) },
            Ast::Between { operand, low, high } => {
                Ast::Between { operand: one(operand), low: one(low), high: one(high) }
            }
            Ast::Cast { operand, data_type, lenient } => {
                Ast::Cast { operand: one(operand), data_type: *data_type, lenient: *lenient }
            }
            Ast::Window { function, partition, order } => {
                Ast::Window { function: one(function), partition: self.nodes(partition), order: self.order(order) }
            }
            Ast::Subquery(select) => Ast::Subquery(self.select(select)),
            Ast::Exists(select) => Ast::Exists(self.select(select)),
        })
    }

    fn order(self, terms: &[OrderTerm]) -> Vec<OrderTerm> {
        terms.iter().map(|term| OrderTerm { value: self.node(&term.value), ..term.clone() }).collect()
    }

    fn select(self, select: &Select) -> Rc<Select> {
        Rc::new(Self { inside: true, ..self }.whole(select))
    }

    fn whole(self, select: &Select) -> Select {
        let mut new = select.clone();
        new.items.iter_mut().for_each(|item| item.value = self.node(&item.value));
        for join in &mut new.joins {
            join.on = join.on.as_ref().map(|on| self.node(on));
            match &mut join.source {
                JoinSource::Flatten { input } => *input = self.node(input),
                JoinSource::Part(part) => **part = self.whole(part),
                JoinSource::Object(_) => {}
            }
        }
        for condition in [&mut new.filter, &mut new.having, &mut new.qualify] {
            *condition = condition.as_ref().map(|condition| self.node(condition));
        }
        if let Some(part) = new.from.as_mut().and_then(|from| from.part.as_mut()) {
            **part = self.whole(part);
        }
        new.group = self.nodes(&new.group);
        new.order = self.order(&new.order);
        new.combined.iter_mut().for_each(|(_, other)| *other = self.whole(other));
        new
    }
}
