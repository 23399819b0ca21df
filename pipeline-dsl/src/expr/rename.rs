//! Expressions with parts of them replaced, such as the names of their sources.

use std::rc::Rc;

use super::ast::{Ast, Node, OrderTerm};
use crate::query::{JoinSource, Select};

/// The expression with the columns of source `from`, or of a source that stood alone and was called `from` by queries inside,
/// as those of source `to`.
pub(crate) fn qualified(node: &Node, from: &'static str, to: &'static str) -> Node {
    rebuilt(node, &mut |node, inside| match &**node {
        // In a query within the expression, columns without a prefix are its own.
        Ast::Column { alias, name } if alias.map_or(!inside, |alias| alias == from) => {
            Some(Rc::new(Ast::Column { alias: Some(to), name }))
        }
        _ => None,
    })
}

/// The expression with what `replace` gives instead of its parts, from the outside in; what it gives nothing for is looked into.
/// `replace` is also told whether the part stands in a query within the expression.
pub(crate) fn rebuilt(node: &Node, replace: &mut dyn FnMut(&Node, bool) -> Option<Node>) -> Node {
    Rebuild { replace, inside: false }.node(node)
}

struct Rebuild<'a> {
    replace: &'a mut dyn FnMut(&Node, bool) -> Option<Node>,
    inside: bool,
}

impl Rebuild<'_> {
    fn nodes(&mut self, nodes: &[Node]) -> Vec<Node> {
        nodes.iter().map(|node| self.node(node)).collect()
    }

    fn node(&mut self, node: &Node) -> Node {
        if let Some(new) = (self.replace)(node, self.inside) {
            return new;
        }
        let mut one = |operand: &Node| self.node(operand);
        Rc::new(match &**node {
            Ast::Column { .. } | Ast::Literal(_) | Ast::Variable(_) | Ast::CountAll | Ast::AllColumns => {
                return node.clone();
            }
            Ast::Call { name, arguments } => Ast::Call { name, arguments: self.nodes(arguments) },
            Ast::Distinct { name, arguments } => Ast::Distinct { name, arguments: self.nodes(arguments) },
            Ast::WithinGroup { function, order } => {
                Ast::WithinGroup { function: one(function), order: self.order(order) }
            }
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
            Ast::Window { function, ignore_nulls, partition, order, frame } => Ast::Window {
                function: one(function),
                ignore_nulls: *ignore_nulls,
                partition: self.nodes(partition),
                order: self.order(order),
                frame: *frame,
            },
            Ast::Subquery(select) => Ast::Subquery(self.select(select)),
            Ast::Exists(select) => Ast::Exists(self.select(select)),
        })
    }

    fn order(&mut self, terms: &[OrderTerm]) -> Vec<OrderTerm> {
        terms.iter().map(|term| OrderTerm { value: self.node(&term.value), ..term.clone() }).collect()
    }

    fn select(&mut self, select: &Select) -> Rc<Select> {
        let outer = std::mem::replace(&mut self.inside, true);
        let new = self.whole(select);
        self.inside = outer;
        Rc::new(new)
    }

    fn whole(&mut self, select: &Select) -> Select {
        let mut new = select.clone();
        new.items.iter_mut().for_each(|item| item.value = self.node(&item.value));
        for join in &mut new.joins {
            join.on = join.on.as_ref().map(|on| self.node(on));
            match &mut join.source {
                JoinSource::Flatten { input } => *input = self.node(input),
                JoinSource::Query { select, .. } => *select = Rc::new(self.whole(select)),
                JoinSource::Object(_) => {}
            }
        }
        for condition in [&mut new.filter, &mut new.having, &mut new.qualify] {
            *condition = condition.as_ref().map(|condition| self.node(condition));
        }
        if let Some(JoinSource::Query { select, .. }) = new.from.as_mut().map(|from| &mut from.source) {
            *select = Rc::new(self.whole(select));
        }
        new.group = self.nodes(&new.group);
        new.order = self.order(&new.order);
        new.combined.iter_mut().for_each(|(_, other)| *other = self.whole(other));
        new
    }
}
