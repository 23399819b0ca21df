//! SELECT as SQL text.

use std::rc::Rc;

use super::expression::Expressions;
use super::indent;
use crate::ident;
use crate::query::{JoinSource, Select};

/// The query, clause by clause on lines of their own. `into` is put after the SELECT list.
pub(in crate::body) fn select(expressions: &Expressions<'_>, select: &Select, into: Option<&str>) -> String {
    let mut named = Named::default();
    // INTO stands closer to SELECT than a WITH may.
    if into.is_none() {
        named.collect(select);
    }
    let text = body(expressions, select, into, &named);
    if named.queries.is_empty() {
        return text;
    }
    let queries = named.queries.iter().map(|NamedQuery { name, query, .. }| {
        format!("{} AS (\n{}\n)", alias_name(name), indent(&body(expressions, query, None, &named), 1))
    });
    format!("WITH {}\n{text}", queries.collect::<Vec<_>>().join(",\n"))
}

/// The query as part of an expression, which a WITH would break apart.
pub(super) fn nested(expressions: &Expressions<'_>, select: &Select) -> String {
    body(expressions, select, None, &Named::default())
}

/// The queries that stand in WITH, each before those that read it.
#[derive(Default)]
struct Named<'a> {
    queries: Vec<NamedQuery<'a>>,
}

struct NamedQuery<'a> {
    name: String,
    /// What it would be called if no other query were.
    wanted: &'static str,
    query: &'a Rc<Select>,
}

impl<'a> Named<'a> {
    fn collect(&mut self, select: &'a Select) {
        for (name, query) in select.parts() {
            self.collect(query);
            if self.name(query, name).is_none() {
                let wanted = name;
                self.queries.push(NamedQuery { name: self.free(wanted), wanted, query });
            }
        }
        select.combined.iter().for_each(|(_, other)| self.collect(other));
    }

    fn free(&self, name: &str) -> String {
        let taken = |name: &String| self.queries.iter().any(|known| known.name.eq_ignore_ascii_case(name));
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        names.find(|name| !taken(name)).expect("numbers do not end")
    }

    /// What the query is called, if it stands in WITH.
    fn name(&self, query: &Rc<Select>, wanted: &str) -> Option<&str> {
        let known = self.queries.iter().find(|known| known.wanted == wanted && known.query == query);
        known.map(|known| known.name.as_str())
    }
}

/// What stands after FROM or JOIN.
fn source(expressions: &Expressions<'_>, source: &JoinSource, alias: Option<&str>, named: &Named<'_>) -> String {
    let called = |alias: Option<&str>| alias.map(|alias| format!(" AS {}", alias_name(alias))).unwrap_or_default();
    match source {
        JoinSource::Object(object) => format!("{}{}", object.get().qualified_name(), called(alias)),
        JoinSource::Query { name, select } => {
            let alias = alias.unwrap_or(name);
            match named.name(select, name) {
                Some(known) => format!("{}{}", alias_name(known), called((known != alias).then_some(alias))),
                None => {
                    let query = body(expressions, select, None, named);
                    format!("(\n{}\n){}", indent(&query, 1), called(Some(alias)))
                }
            }
        }
        JoinSource::Flatten { input } => {
            format!("LATERAL FLATTEN(INPUT => {}){}", expressions.write(input), called(alias))
        }
    }
}

fn body(expressions: &Expressions<'_>, select: &Select, into: Option<&str>, named: &Named<'_>) -> String {
    let mut clauses = vec![items(expressions, select)];
    clauses.extend(into.map(|into| format!("INTO {into}")));
    if let Some(from) = &select.from {
        clauses.push(format!("FROM {}", source(expressions, &from.source, from.alias, named)));
    }
    for (index, join) in select.joins.iter().enumerate() {
        let on = join.on.as_ref().map(|on| format!(" ON {}", expressions.write(on))).unwrap_or_default();
        let joined = source(expressions, &join.source, Some(join.alias), named);
        match (&join.source, clauses.last_mut()) {
            // The usual form is a comma; but a later join could not name what stands before it.
            (JoinSource::Flatten { .. }, Some(last)) if index + 1 == select.joins.len() => {
                last.push(',');
                clauses.push(indent(&joined, 1));
            }
            _ => clauses.push(format!("{} {joined}{on}", join.kind.sql())),
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
        clauses.push(body(expressions, other, None, named));
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
