//! Statements that take values from the rows of a query of their own: what that query has to deliver.

use std::rc::Rc;

use super::Item;
use crate::expr::ast::{Ast, Node};
use crate::expr::rename::rebuilt;

/// What a statement calls the query.
pub(super) const SOURCE: &str = "s";

/// Turns expressions about the rows that a query reads into expressions about the rows that it delivers.
pub(super) struct Lift {
    /// What the query calls its sources; only [`SOURCE`] if it has one, whose columns stand alone there.
    sources: Vec<&'static str>,
    items: Vec<Item>,
}

impl Lift {
    pub(super) fn new(sources: Vec<&'static str>) -> Self {
        Self { sources, items: vec![] }
    }

    /// The value for a column, in which what is computed from the query's rows is one of its items.
    pub(super) fn value(&mut self, value: &Node, column: &'static str) -> Node {
        rebuilt(value, &mut |part, _| {
            let computed = part.is_aggregate() || matches!(&**part, Ast::Window { .. });
            let own = matches!(&**part, Ast::Column { alias: Some(alias), .. } if self.sources.contains(alias));
            let stays = own || computed && self.is_ours(part);
            if !stays {
                return None;
            }
            let part = within(part);
            let name = deliver(&mut self.items, &part, column);
            Some(Rc::new(Ast::Column { alias: Some(SOURCE), name }))
        })
    }

    /// Whether the expression is about rows of the query. COUNT(*) is: that of another query stands in it.
    fn is_ours(&self, value: &Node) -> bool {
        let (mut ours, mut any) = (false, false);
        value.walk(&mut |part| {
            if let Ast::Column { alias, .. } = part {
                any = true;
                ours |= alias.is_some_and(|alias| self.sources.contains(&alias));
            }
        });
        ours || !any
    }

    /// What the query delivers: first the columns in the given order, then what is computed.
    pub(super) fn items(self, order: &[&'static str]) -> Vec<Item> {
        let place = |item: &Item| match &*item.value {
            Ast::Column { alias: None, name } => order.iter().position(|column| column == name),
            _ => None,
        };
        let mut items = self.items;
        items.sort_by_key(|item| place(item).unwrap_or(usize::MAX));
        items
    }
}

/// The expression as the query itself writes it.
fn within(value: &Node) -> Node {
    rebuilt(value, &mut |part, inside| match &**part {
        Ast::Column { alias: Some(SOURCE), name } if !inside => Some(Rc::new(Ast::Column { alias: None, name })),
        _ => None,
    })
}

/// Names for values whose own name is taken.
const OTHERS: [&str; 32] = [
    "VALUE_1", "VALUE_2", "VALUE_3", "VALUE_4", "VALUE_5", "VALUE_6", "VALUE_7", "VALUE_8", "VALUE_9", "VALUE_10",
    "VALUE_11", "VALUE_12", "VALUE_13", "VALUE_14", "VALUE_15", "VALUE_16", "VALUE_17", "VALUE_18", "VALUE_19",
    "VALUE_20", "VALUE_21", "VALUE_22", "VALUE_23", "VALUE_24", "VALUE_25", "VALUE_26", "VALUE_27", "VALUE_28",
    "VALUE_29", "VALUE_30", "VALUE_31", "VALUE_32",
];

/// The name by which a SELECT delivers the value, which is added to it if it is not there: that of a column, else that of the
/// column that the value is for.
///
/// # Panics
/// If more than 32 values have a name that is taken.
pub(super) fn deliver(items: &mut Vec<Item>, value: &Node, column: &'static str) -> &'static str {
    if let Some(known) = items.iter().find(|item| item.value == *value) {
        return known.name();
    }
    let own = match &**value {
        Ast::Column { name, .. } => Some(*name),
        _ => None,
    };
    let free = |name: &&str| items.iter().all(|item| item.name() != *name);
    let name = own.into_iter().chain([column]).chain(OTHERS).find(free);
    let name = name.expect("at most 32 values of a statement have a name that is taken");
    items.push(Item { value: value.clone(), alias: (own != Some(name)).then_some(name) });
    name
}
