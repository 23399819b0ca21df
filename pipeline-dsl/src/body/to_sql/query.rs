//! SELECT as SQL text.

use super::expression::Expressions;
use super::indent;
use crate::ident;
use crate::query::{Item, Select};

/// The query, clause by clause on lines of their own. `into` is put after the SELECT list.
pub(in crate::body) fn select(expressions: &Expressions<'_>, select: &Select, into: Option<&str>) -> String {
    let mut clauses = vec![items(expressions, &select.items)];
    clauses.extend(into.map(|into| format!("INTO {into}")));
    if let Some(from) = select.from {
        let alias = from.alias.map(|alias| format!(" AS {alias}")).unwrap_or_default();
        clauses.push(format!("FROM {}{alias}", from.object.get().qualified_name()));
    }
    if let Some(filter) = &select.filter {
        clauses.push(format!("WHERE {}", expressions.write(filter)));
    }
    if !select.group.is_empty() {
        let keys: Vec<_> = select.group.iter().map(|key| expressions.write(key)).collect();
        clauses.push(format!("GROUP BY {}", keys.join(", ")));
    }
    if let Some(qualify) = &select.qualify {
        clauses.push(format!("QUALIFY {}", expressions.write(qualify)));
    }
    clauses.join("\n")
}

fn items(expressions: &Expressions<'_>, items: &[Item]) -> String {
    let items: Vec<_> = items
        .iter()
        .map(|item| {
            let value = expressions.write(&item.value);
            match item.alias {
                Some(alias) => format!("{value} AS {}", ident::quote(alias)),
                None => value,
            }
        })
        .collect();
    match &items[..] {
        [item] if !item.contains('\n') => format!("SELECT {item}"),
        items => format!("SELECT\n{}", indent(&items.join(",\n"), 1)),
    }
}
