//! Aliases of the select list, which Snowflake lets WHERE, GROUP BY, HAVING, QUALIFY and later columns use.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, Query, Select, SelectItem, VisitMut, VisitorMut, visit_expressions_mut,
};

/// Replaces a name by the expression it is the alias of, in the selects that have such an alias. Says whether any does.
pub(super) fn substitute(query: &mut Query, name: &str) -> bool {
    let mut substitution = Substitution { name, found: false };
    let _ = query.visit(&mut substitution);
    substitution.found
}

struct Substitution<'a> {
    name: &'a str,
    found: bool,
}

impl VisitorMut for Substitution<'_> {
    type Break = ();

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        let Some(position) = select
            .projection
            .iter()
            .position(|item| matches!(item, SelectItem::ExprWithAlias { alias, .. } if alias.value == self.name))
        else {
            return ControlFlow::Continue(());
        };
        let SelectItem::ExprWithAlias { expr, .. } = select.projection[position].clone() else {
            return ControlFlow::Continue(());
        };
        let mut replaced = false;
        let mut replace = |node: &mut Expr| {
            let _ = visit_expressions_mut(node, |candidate| {
                if matches!(candidate, Expr::Identifier(ident) if ident.value == self.name) {
                    *candidate = Expr::Nested(Box::new(expr.clone()));
                    // Its own identifiers stay, they are columns: what was put in is not visited.
                    replaced = true;
                }
                ControlFlow::<()>::Continue(())
            });
        };
        for (index, item) in select.projection.iter_mut().enumerate() {
            if let SelectItem::ExprWithAlias { expr, .. } | SelectItem::UnnamedExpr(expr) = item
                && index != position
            {
                replace(expr);
            }
        }
        for clause in [&mut select.selection, &mut select.having, &mut select.qualify].into_iter().flatten() {
            replace(clause);
        }
        if let GroupByExpr::Expressions(expressions, _) = &mut select.group_by {
            expressions.iter_mut().for_each(replace);
        }
        self.found |= replaced;
        ControlFlow::Continue(())
    }
}
