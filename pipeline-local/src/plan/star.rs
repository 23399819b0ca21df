//! `*` as an argument: `OBJECT_CONSTRUCT(*)`, `HASH(*)`, `HASH_AGG(t.*)`.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Query, Select, TableWithJoins, Value as Literal,
    VisitMut, VisitorMut,
};

use super::ast::literal;
use super::reshape::select_from;
use super::rewrite::Rewriter;
use crate::error::{Result, SqlError};

impl Rewriter<'_, '_, '_> {
    /// The columns of relations, each with its qualifier.
    pub(super) fn columns_from(&self, from: Vec<TableWithJoins>) -> Result<Vec<(Option<String>, String)>> {
        let mut query = select_from(from)?;
        let mut with = self.withs.iter().flatten().cloned();
        if let Some(mut first) = with.next() {
            for inner in with {
                first.recursive |= inner.recursive;
                first.cte_tables.extend(inner.cte_tables);
            }
            query.with = Some(first);
        }
        self.provider.columns(&query, self.binds)
    }

    /// Replaces `*` in the arguments of functions other than COUNT by the columns it stands for.
    pub(super) fn expand_stars(&self, select: &mut Select) -> Result<()> {
        let mut finder = Stars { depth: 0, columns: None, found: false };
        visit(select, &mut finder)?;
        if !finder.found {
            return Ok(());
        }
        let columns = self.columns_from(select.from.clone())?;
        visit(select, &mut Stars { depth: 0, columns: Some(columns), found: false })
    }
}

fn visit(select: &mut Select, stars: &mut Stars) -> Result<()> {
    let mut flow = select.projection.visit(stars);
    for clause in [&mut select.selection, &mut select.having, &mut select.qualify] {
        if flow.is_continue() {
            flow = clause.visit(stars);
        }
    }
    if flow.is_continue() {
        flow = select.group_by.visit(stars);
    }
    match flow {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(()),
    }
}

struct Stars {
    depth: usize,
    columns: Option<Vec<(Option<String>, String)>>,
    found: bool,
}

impl Stars {
    fn expand(&mut self, function: &str, argument: FunctionArg, out: &mut Vec<FunctionArg>) -> Result<()> {
        let (qualifier, exclude) = match &argument {
            FunctionArg::Unnamed(FunctionArgExpr::Wildcard) if function == "COUNT" => {
                out.push(argument);
                return Ok(());
            }
            FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => (None, Vec::new()),
            FunctionArg::Unnamed(FunctionArgExpr::QualifiedWildcard(name)) => {
                (Some(super::name_of(name)?.object().to_owned()), Vec::new())
            }
            FunctionArg::Unnamed(FunctionArgExpr::WildcardWithOptions(options)) => {
                let exclude = match &options.opt_exclude {
                    Some(exclude) => exclude.to_string(),
                    None => return Err(SqlError::unsupported(format_args!("{function}({argument})"))),
                };
                let names = exclude.trim_start_matches("EXCLUDE").trim().trim_matches(['(', ')']);
                (None, names.split(',').map(|name| name.trim().trim_matches('"').to_owned()).collect())
            }
            _ => {
                out.push(argument);
                return Ok(());
            }
        };
        self.found = true;
        let Some(columns) = &self.columns else {
            out.push(argument);
            return Ok(());
        };
        for (relation, column) in columns {
            if exclude.contains(column) || qualifier.as_ref().is_some_and(|wanted| relation.as_ref() != Some(wanted)) {
                continue;
            }
            let plain = |expression| FunctionArg::Unnamed(FunctionArgExpr::Expr(expression));
            if function.starts_with("OBJECT_CONSTRUCT") {
                out.push(plain(literal(Literal::SingleQuotedString(column.clone()))));
            }
            let mut parts: Vec<_> = relation.iter().map(|relation| Ident::with_quote('"', relation)).collect();
            parts.push(Ident::with_quote('"', column));
            out.push(plain(if parts.len() == 1 {
                Expr::Identifier(parts.remove(0))
            } else {
                Expr::CompoundIdentifier(parts)
            }));
        }
        Ok(())
    }
}

impl VisitorMut for Stars {
    type Break = SqlError;

    fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<SqlError> {
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<SqlError> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<SqlError> {
        if self.depth > 0 {
            return ControlFlow::Continue(());
        }
        if let Expr::Function(function) = expression
            && let FunctionArguments::List(list) = &mut function.args
        {
            let name = function.name.to_string().to_ascii_uppercase();
            let mut out = Vec::new();
            for argument in std::mem::take(&mut list.args) {
                if let Err(error) = self.expand(&name, argument, &mut out) {
                    return ControlFlow::Break(error);
                }
            }
            list.args = out;
        }
        ControlFlow::Continue(())
    }
}
