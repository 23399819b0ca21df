//! SELECT as SQL text.

use super::expression::Expressions;
use super::indent;
use crate::ident;
use crate::query::{Join, JoinSource, Select};

/// The query, clause by clause on lines of their own. `into` is put after the SELECT list.
pub(in crate::body) fn select(expressions: &Expressions<'_>, select: &Select, into: Option<&str>) -> String {
    // INTO and set operators stand closer to SELECT than a WITH may.
    if into.is_some() || !select.combined.is_empty() || select.parts().next().is_none() {
        return body(expressions, select, into, false);
    }
    let part = |(name, part)| format!("{} AS {}", alias_name(name), in_parentheses(expressions, part));
    let parts: Vec<_> = select.parts().map(part).collect();
    format!("WITH {}\n{}", parts.join(",\n"), body(expressions, select, into, true))
}

/// The query as part of an expression, which a WITH would break apart.
pub(super) fn nested(expressions: &Expressions<'_>, select: &Select) -> String {
    body(expressions, select, None, false)
}

fn in_parentheses(expressions: &Expressions<'_>, part: &Select) -> String {
    format!("(\n{}\n)", indent(&nested(expressions, part), 1))
}

/// `named` says that the queries it reads from have their names already.
fn body(expressions: &Expressions<'_>, select: &Select, into: Option<&str>, named: bool) -> String {
    let mut clauses = vec![items(expressions, select)];
    clauses.extend(into.map(|into| format!("INTO {into}")));
    if let Some(from) = &select.from {
        let alias = from.alias.map(|alias| format!(" AS {}", alias_name(alias))).unwrap_or_default();
        clauses.push(match (&from.part, from.alias) {
            (Some(_), Some(alias)) if named => format!("FROM {}", alias_name(alias)),
            (Some(part), _) => format!("FROM {}{alias}", in_parentheses(expressions, part)),
            (None, _) => format!("FROM {}{alias}", from.object.get().qualified_name()),
        });
    }
    for (index, Join { kind, source, alias, on }) in select.joins.iter().enumerate() {
        let alias = alias_name(alias);
        let on = on.as_ref().map(|on| format!(" ON {}", expressions.write(on))).unwrap_or_default();
        match source {
            JoinSource::Object(object) => {
                clauses.push(format!("{} {} AS {alias}{on}", kind.sql(), object.get().qualified_name()));
            }
            JoinSource::Part(_) if named => clauses.push(format!("{} {alias}{on}", kind.sql())),
            JoinSource::Part(part) => {
                clauses.push(format!("{} {} AS {alias}{on}", kind.sql(), in_parentheses(expressions, part)));
            }
            JoinSource::Flatten { input } => {
                let flatten = format!("LATERAL FLATTEN(INPUT => {}) AS {alias}", expressions.write(input));
                // The usual form is a comma; but a later join could not name what stands before it.
                match clauses.last_mut() {
                    Some(last) if index + 1 == select.joins.len() => {
                        last.push(',');
                        clauses.push(indent(&flatten, 1));
                    }
                    _ => clauses.push(format!("{} {flatten}", kind.sql())),
                }
            }
        }
    }
    if let Some(filter) = &select.filter {
        clauses.push(format!("WHERE {}", expressions.write(filter)));
    }
    if !select.group.is_empty() {
        let keys: Vec<_> = select.group.iter().map(|key| expressions.write(key)).collect();
        clauses.push(format!("GROUP BY {}", keys.join(", ")));
    }
    if let Some(having) = &select.having {
        clauses.push(format!("HAVING {}", expressions.write(having)));
    }
    if let Some(qualify) = &select.qualify {
        clauses.push(format!("QUALIFY {}", expressions.write(qualify)));
    }
    for (operator, other) in &select.combined {
        clauses.push(operator.sql().to_owned());
        clauses.push(nested(expressions, other));
    }
    if !select.order.is_empty() {
        clauses.push(format!("ORDER BY {}", expressions.order(&select.order)));
    }
    clauses.extend(select.limit.map(|limit| format!("LIMIT {limit}")));
    clauses.join("\n")
}

/// An alias is bare where SQL allows it, in the case it has.
pub(super) fn alias_name(alias: &str) -> String {
    if ident::is_bare(&alias.to_ascii_uppercase()) { alias.to_owned() } else { ident::quote(alias) }
}

fn items(expressions: &Expressions<'_>, select: &Select) -> String {
    let distinct = if select.distinct { " DISTINCT" } else { "" };
    let items: Vec<_> = select
        .items
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
        [item] if !item.contains('\n') => format!("SELECT{distinct} {item}"),
        items => format!("SELECT{distinct}\n{}", indent(&items.join(",\n"), 1)),
    }
}
