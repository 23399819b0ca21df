//! `*` as an argument: `OBJECT_CONSTRUCT(*)`, `HASH(*)`, `HASH_AGG(t.*)`.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    DuplicateTreatment, ExcludeSelectItem, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Query,
    RenameSelectItem, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, TableWithJoins, Value as Literal,
    VisitMut, VisitorMut, WildcardAdditionalOptions, With,
};

use super::ast::literal;
use super::reshape::select_from;
use super::rewrite::Rewriter;
use crate::error::{Result, SqlError};

impl Rewriter<'_, '_, '_> {
    /// The columns of relations, each with its qualifier.
    pub(super) fn columns_from(&self, from: Vec<TableWithJoins>) -> Result<Vec<(Option<String>, String)>> {
        let mut query = select_from(from)?;
        query.with = self.visible_with();
        self.provider.columns(&query, self.binds)
    }

    /// All common table expressions that can be named here.
    pub(super) fn visible_with(&self) -> Option<With> {
        let mut with = self.withs.iter().flatten().cloned();
        let mut first = with.next()?;
        for inner in with {
            first.recursive |= inner.recursive;
            first.cte_tables.extend(inner.cte_tables);
        }
        Some(first)
    }

    /// How many columns an item with a star selects.
    pub(super) fn columns_selected(&self, item: SelectItem, from: Vec<TableWithJoins>) -> Result<usize> {
        let mut query = select_from(from)?;
        if let SetExpr::Select(select) = query.body.as_mut() {
            select.projection = vec![item];
        }
        query.with = self.visible_with();
        Ok(self.provider.columns(&query, self.binds)?.len())
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

impl Rewriter<'_, '_, '_> {
    /// Writes out `* RENAME (...)` and `* ILIKE ...`, which the planner does not have.
    pub(super) fn renamed_stars(&self, select: &mut Select) -> Result<()> {
        let written = |options: &WildcardAdditionalOptions| options.opt_rename.is_some() || options.opt_ilike.is_some();
        let renames = |item: &SelectItem| match item {
            SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options) => written(options),
            _ => false,
        };
        if !select.projection.iter().any(renames) {
            return Ok(());
        }
        let columns = self.columns_from(select.from.clone())?;
        for item in std::mem::take(&mut select.projection) {
            let (qualifier, options) = match &item {
                SelectItem::Wildcard(options) if written(options) => (None, options),
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options)
                    if written(options) =>
                {
                    (Some(super::name_of(name)?.object().to_owned()), options)
                }
                _ => {
                    select.projection.push(item);
                    continue;
                }
            };
            let of = |relation: &Option<String>| {
                qualifier.is_none()
                    || relation.as_deref().is_some_and(|relation| Some(relation) == qualifier.as_deref())
            };
            let columns = columns.iter().filter(|(relation, _)| of(relation));
            select.projection.extend(written_out(columns, options)?);
        }
        Ok(())
    }
}

/// The select items that a star with options stands for.
fn written_out<'c>(
    columns: impl Iterator<Item = &'c (Option<String>, String)>,
    options: &WildcardAdditionalOptions,
) -> Result<Vec<SelectItem>> {
    let excluded: Vec<String> = match &options.opt_exclude {
        Some(ExcludeSelectItem::Single(name)) => vec![super::name_of(name)?.object().to_owned()],
        Some(ExcludeSelectItem::Multiple(names)) => {
            names.iter().map(|name| Ok(super::name_of(name)?.object().to_owned())).collect::<Result<_>>()?
        }
        None => Vec::new(),
    };
    let renamed: Vec<(&str, &Ident)> = match &options.opt_rename {
        Some(RenameSelectItem::Single(one)) => vec![(&one.ident.value, &one.alias)],
        Some(RenameSelectItem::Multiple(several)) => {
            several.iter().map(|one| (one.ident.value.as_str(), &one.alias)).collect()
        }
        None => Vec::new(),
    };
    let mut items = Vec::new();
    let mut left: Vec<&str> = renamed.iter().map(|(name, _)| *name).collect();
    for (relation, name) in columns {
        let kept = options.opt_ilike.as_ref().is_none_or(|like| crate::listing::matches_pattern(name, &like.pattern));
        if !kept || excluded.contains(name) {
            continue;
        }
        left.retain(|other| other != name);
        let replaced = options.opt_replace.iter().flat_map(|replace| &replace.items);
        let replaced = replaced.into_iter().find(|item| item.column_name.value == *name);
        let expr = match replaced {
            Some(item) => item.expr.clone(),
            None => super::joins::column(relation.as_deref(), name),
        };
        let alias = renamed.iter().find(|(from, _)| from == name);
        let alias = alias.map_or_else(|| Ident::with_quote('"', name), |(_, alias)| (*alias).clone());
        items.push(SelectItem::ExprWithAlias { expr, alias });
    }
    match left.first() {
        Some(name) => Err(SqlError::invalid_identifier(name)),
        None => Ok(items),
    }
}

/// Visits the clauses of a select, without its FROM.
pub(super) fn visit(select: &mut Select, stars: &mut impl VisitorMut<Break = SqlError>) -> Result<()> {
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
    fn expand(
        &mut self,
        function: &str,
        distinct: bool,
        argument: FunctionArg,
        out: &mut Vec<FunctionArg>,
    ) -> Result<()> {
        let (qualifier, exclude) = match &argument {
            FunctionArg::Unnamed(FunctionArgExpr::Wildcard) if function == "COUNT" && !distinct => {
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
            let distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
            let mut out = Vec::new();
            for argument in std::mem::take(&mut list.args) {
                if let Err(error) = self.expand(&name, distinct, argument, &mut out) {
                    return ControlFlow::Break(error);
                }
            }
            list.args = out;
        }
        ControlFlow::Continue(())
    }
}
