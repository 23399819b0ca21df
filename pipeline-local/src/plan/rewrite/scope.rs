//! Common table expressions that have the name of one further out, which DataFusion does not know.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Ident, ObjectNamePart, Query, SetExpr, TableFactor, VisitMut, VisitorMut, With};

use super::super::ast::table_alias;
use super::REPEATED;

/// Gives those of `query` whose names are taken further out names of their own; relations keep the names they are called by.
pub(super) fn rename(query: &mut Query, outer: &[Option<With>]) {
    let Some(with) = &query.with else { return };
    let taken =
        |name: &str| outer.iter().flatten().flat_map(|with| &with.cte_tables).any(|cte| cte.alias.name.value == name);
    let names: Vec<String> =
        with.cte_tables.iter().map(|cte| cte.alias.name.value.clone()).filter(|name| taken(name)).collect();
    for name in names {
        let mut renaming = Renaming { to: format!("{name}{REPEATED}{}", outer.len()), name, shadows: Vec::new() };
        let mut visible = false;
        if let Some(with) = &mut query.with {
            for cte in &mut with.cte_tables {
                // Its own name in its query is the one further out, unless it is recursive.
                let own = cte.alias.name.value == renaming.name;
                if visible || (own && matches!(*cte.query.body, SetExpr::SetOperation { .. })) {
                    let _ = cte.query.visit(&mut renaming);
                }
                if own {
                    cte.alias.name = Ident::with_quote('"', &renaming.to);
                    visible = true;
                }
            }
        }
        let _ = query.body.visit(&mut renaming);
    }
}

/// Gives relations that are common table expressions of this name an alias, the same: DataFusion takes the name of a
/// recursive one in its own query for one in lower case.
pub(super) fn name(body: &mut SetExpr, name: &str) {
    let _ = body.visit(&mut Renaming { name: name.to_owned(), to: name.to_owned(), shadows: Vec::new() });
}

struct Renaming {
    name: String,
    to: String,
    /// For each query around the place, whether it has a table expression of this name itself.
    shadows: Vec<bool>,
}

impl VisitorMut for Renaming {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        let tables = query.with.iter().flat_map(|with| &with.cte_tables);
        self.shadows.push(tables.into_iter().any(|cte| cte.alias.name.value == self.name));
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.shadows.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, alias, args: None, .. } = factor
            && let [ObjectNamePart::Identifier(ident)] = name.0.as_mut_slice()
            && ident.value == self.name
            && !self.shadows.contains(&true)
        {
            alias.get_or_insert_with(|| table_alias(&self.name));
            *ident = Ident::with_quote('"', &self.to);
        }
        ControlFlow::Continue(())
    }
}
