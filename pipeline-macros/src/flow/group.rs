//! Rule `group-columns`: of the rows of a group, a query gives the key and aggregates.

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenTree};
use quote::{ToTokens, format_ident};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Expr, ExprCall, ExprClosure, ExprMethodCall, ExprPath, Ident, Local, Macro, Member, Pat, PatIdent, Token,
};

use super::chain::Chain;
use crate::errors::{Errors, rule};
use crate::options::as_path;

/// Functions of `pipeline_dsl::expr::function` that compute one value from many rows.
const AGGREGATES: &[&str] = &[
    "all_of",
    "any_of",
    "any_value",
    "approx_count_distinct",
    "approx_percentile",
    "approx_top_k",
    "array_agg",
    "array_agg_by",
    "array_agg_distinct",
    "array_union_agg",
    "array_unique_agg",
    "avg",
    "bit_and_agg",
    "bit_or_agg",
    "bit_xor_agg",
    "corr",
    "count",
    "count_distinct",
    "count_if",
    "count_of",
    "covar_pop",
    "covar_samp",
    "hash_agg",
    "kurtosis",
    "list_agg",
    "list_agg_by",
    "list_agg_distinct",
    "max",
    "max_by",
    "median",
    "min",
    "min_by",
    "mode",
    "object_agg",
    "one_of",
    "percentile_cont",
    "percentile_disc",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "skew",
    "stddev",
    "stddev_pop",
    "sum",
    "variance",
    "variance_pop",
];

/// Reports columns beside aggregates that are not in the key of their group.
pub(crate) fn check(block: &Block, errors: &mut Errors) {
    let mut groups = Groups { names: BTreeMap::new(), errors };
    groups.visit_block(block);
}

/// The expressions of a key, with numbers for the names of rows.
type Key = Vec<String>;

struct Groups<'e> {
    /// The keys of groups that have a name.
    names: BTreeMap<String, Key>,
    errors: &'e mut Errors,
}

impl Groups<'_> {
    /// What the chain's rows are grouped by at its end, if they are.
    fn key(&self, chain: &Chain<'_>) -> Option<Key> {
        let mut key = self.names.get(&chain.root.to_string()).cloned();
        for call in &chain.calls {
            key = match (call.name.to_string().as_str(), &call.arguments[..]) {
                ("group_by", [Expr::Closure(closure)]) => Some(key_of(closure)),
                ("having", _) => key,
                _ => None,
            };
        }
        key
    }

    /// What is written about the groups in a chain.
    fn chain(&mut self, chain: &Chain<'_>) {
        let mut key = self.names.get(&chain.root.to_string()).cloned();
        // The groups that a MERGE takes its rows from, behind the row of its table.
        let mut merged: Option<Key> = None;
        for call in &chain.calls {
            let closure = match call.arguments.last() {
                Some(Expr::Closure(closure)) => Some(closure),
                _ => None,
            };
            match (call.name.to_string().as_str(), closure) {
                ("group_by", Some(closure)) => key = Some(key_of(closure)),
                ("having", Some(closure)) => self.closure(closure, 0, key.as_ref()),
                ("aggregate", Some(closure)) => self.closure(closure, 0, Some(&vec![])),
                ("merge" | "update_from", _) => {
                    let source = call.arguments.first().and_then(|source| Chain::of(source));
                    merged = source.and_then(|source| self.key(&source));
                }
                ("update" | "set", Some(closure)) if merged.is_some() => self.closure(closure, 1, merged.as_ref()),
                ("insert", Some(closure)) if merged.is_some() => self.closure(closure, 0, merged.as_ref()),
                ("on" | "run", _) => {}
                (_, closure) => {
                    if let Some(closure) = closure {
                        self.closure(closure, 0, key.as_ref());
                    }
                    key = None;
                }
            }
        }
    }

    fn closure(&mut self, closure: &ExprClosure, skip: usize, key: Option<&Key>) {
        let Some(key) = key else { return };
        let rows = rows(closure.inputs.iter().skip(skip));
        let mut values = Values { key, rows, hidden: vec![], found: vec![] };
        values.visit_expr(&closure.body);
        for (span, column) in values.found {
            let message = if key.is_empty() {
                format!("`{column}` is not in an aggregate: this gives one value for all rows")
            } else {
                format!("`{column}` is neither in the key of the group nor in an aggregate: a group has many of it")
            };
            let help = if key.is_empty() {
                "group by it, or take one with `max(..)`, `any_value(..)` and the like"
            } else {
                "add it to `group_by(..)`, or take one with `max(..)`, `any_value(..)` and the like"
            };
            self.errors.span(span, rule(&message, "group-columns", help));
        }
    }
}

impl<'a> Visit<'a> for Groups<'_> {
    fn visit_local(&mut self, local: &'a Local) {
        visit::visit_local(self, local);
        let (Pat::Ident(name), Some(init)) = (&local.pat, &local.init) else { return };
        let key = Chain::of(&init.expr).and_then(|chain| self.key(&chain));
        match key {
            Some(key) => self.names.insert(name.ident.to_string(), key),
            None => self.names.remove(&name.ident.to_string()),
        };
    }

    fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
        let expr = Expr::MethodCall(call.clone());
        match Chain::of(&expr) {
            Some(chain) => {
                self.chain(&chain);
                // Not the calls before this one: they are part of the chain.
                let mut rest = call;
                loop {
                    rest.args.iter().for_each(|argument| self.visit_expr(argument));
                    let mut receiver = &*rest.receiver;
                    while let Expr::Paren(inner) = receiver {
                        receiver = &inner.expr;
                    }
                    match receiver {
                        Expr::MethodCall(inner) => rest = inner,
                        _ => break,
                    }
                }
            }
            None => visit::visit_expr_method_call(self, call),
        }
    }
}

/// The names of rows, those of a join in parentheses too; nothing for `_`.
fn rows<'a>(inputs: impl Iterator<Item = &'a Pat>) -> Vec<Option<String>> {
    let one = |pat: &Pat| match pat {
        Pat::Ident(name) => Some(name.ident.to_string()),
        _ => None,
    };
    let mut rows = vec![];
    for input in inputs {
        match input {
            Pat::Tuple(tuple) => rows.extend(tuple.elems.iter().map(one)),
            other => rows.push(one(other)),
        }
    }
    rows
}

fn key_of(closure: &ExprClosure) -> Key {
    let rows = rows(closure.inputs.iter());
    let mut body = &*closure.body;
    while let Expr::Paren(inner) = body {
        body = &inner.expr;
    }
    match body {
        Expr::Tuple(tuple) => tuple.elems.iter().map(|part| numbered(part, &rows)).collect(),
        single => vec![numbered(single, &rows)],
    }
}

/// The expression as text, with numbers for the names of rows and of closures' parameters, which may differ from place to place.
fn numbered(expr: &Expr, rows: &[Option<String>]) -> String {
    let mut inner = expr;
    while let Expr::Paren(paren) = inner {
        inner = &paren.expr;
    }
    let mut expr = inner.clone();
    Numbers { names: rows.to_vec() }.visit_expr_mut(&mut expr);
    expr.to_token_stream().to_string()
}

struct Numbers {
    /// The names, the innermost last.
    names: Vec<Option<String>>,
}

impl Numbers {
    fn rename(&self, ident: &mut Ident) {
        if let Some(place) = self.names.iter().rposition(|name| name.as_ref().is_some_and(|name| ident == name)) {
            *ident = format_ident!("__{place}");
        }
    }
}

impl VisitMut for Numbers {
    fn visit_expr_closure_mut(&mut self, closure: &mut ExprClosure) {
        let count = self.names.len();
        self.names.extend(rows(closure.inputs.iter()));
        visit_mut::visit_expr_closure_mut(self, closure);
        self.names.truncate(count);
    }

    fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
        self.rename(&mut pat.ident);
    }

    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        if path.path.get_ident().is_some() {
            self.rename(&mut path.path.segments[0].ident);
        }
    }
}

/// Looks for columns that stand neither in a key nor in an aggregate.
struct Values<'a> {
    key: &'a Key,
    rows: Vec<Option<String>>,
    /// Names of other rows, which hide those of the group.
    hidden: Vec<String>,
    found: Vec<(Span, String)>,
}

impl Values<'_> {
    /// Whether the expression is a row of the group.
    fn is_row(&self, expr: &Expr) -> bool {
        let name = as_path(expr).and_then(syn::Path::get_ident).map(ToString::to_string);
        name.is_some_and(|name| self.rows.iter().flatten().any(|row| *row == name) && !self.hidden.contains(&name))
    }

    /// `o.amount`, `o.order.amount`
    fn is_column(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Field(field) => self.is_row(&field.base) || self.is_column(&field.base),
            _ => false,
        }
    }
}

impl<'a> Visit<'a> for Values<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.key.contains(&numbered(expr, &self.rows)) {
            return;
        }
        match expr {
            Expr::Field(field) if self.is_column(expr) => {
                let name = match &field.member {
                    Member::Named(name) => name.to_string(),
                    Member::Unnamed(index) => index.index.to_string(),
                };
                self.found.push((field.member.span(), name));
            }
            Expr::MethodCall(call) if self.is_row(&call.receiver) => {
                let column = match call.args.first() {
                    Some(Expr::Closure(closure)) if call.method == "get" => match &*closure.body {
                        Expr::Field(field) => field.member.to_token_stream().to_string(),
                        _ => "get".to_owned(),
                    },
                    _ => call.method.to_string(),
                };
                self.found.push((call.method.span(), column));
            }
            _ => visit::visit_expr(self, expr),
        }
    }

    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        let name = as_path(&call.func).and_then(|path| path.segments.last()).map(|last| last.ident.to_string());
        match name.as_deref() {
            Some(name) if AGGREGATES.contains(&name) => {}
            // A window is applied to the groups: what is inside its function is computed for each of them.
            Some("over") => {
                for argument in &call.args {
                    match argument {
                        Expr::Call(inner) => inner.args.iter().for_each(|argument| self.visit_expr(argument)),
                        other => self.visit_expr(other),
                    }
                }
            }
            _ => call.args.iter().for_each(|argument| self.visit_expr(argument)),
        }
    }

    fn visit_expr_closure(&mut self, closure: &'a ExprClosure) {
        let count = self.hidden.len();
        self.hidden.extend(rows(closure.inputs.iter()).into_iter().flatten());
        self.visit_expr(&closure.body);
        self.hidden.truncate(count);
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        // `columns! { name: value, .. }` and `object! { "name": value, .. }`
        let pair = |input: syn::parse::ParseStream<'_>| {
            input.parse::<TokenTree>()?;
            input.parse::<Token![:]>()?;
            input.parse::<Expr>()
        };
        let parser =
            |input: syn::parse::ParseStream<'_>| Punctuated::<Expr, Token![,]>::parse_terminated_with(input, pair);
        for value in parser.parse2(call.tokens.clone()).into_iter().flatten() {
            // Borrowed only while it is looked at.
            Values::look(self, &value);
        }
    }
}

impl Values<'_> {
    fn look(&mut self, value: &Expr) {
        self.visit_expr(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> Vec<String> {
        let block: Block = syn::parse_str(&format!("{{ {body} }}")).expect(body);
        let mut errors = Errors::default();
        check(&block, &mut errors);
        let text = errors.into_tokens().to_string();
        let parts = text.split('`').collect::<Vec<_>>();
        parts.windows(2).filter(|pair| pair[1].starts_with(" is n")).map(|pair| pair[0].to_owned()).collect()
    }

    #[test]
    fn all_aggregates_are_known() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../pipeline-dsl/src/expr/function/");
        for file in ["aggregate.rs", "group.rs"] {
            let text = std::fs::read_to_string(format!("{folder}{file}")).expect(file);
            let names = text.lines().filter_map(|line| {
                let line = line.trim_start();
                let rest = line
                    .strip_prefix("pub fn ")
                    .or_else(|| line.strip_prefix("fn ").filter(|_| line.ends_with(';')))?;
                rest.split(['(', '<']).next()
            });
            let unknown: Vec<_> = names.filter(|name| !AGGREGATES.contains(name)).collect();
            assert!(unknown.is_empty(), "{file}: add {unknown:?} to the list");
        }
    }

    #[test]
    fn columns_stand_in_the_key_or_in_an_aggregate() {
        for (body, expected) in [
            ("a.group_by(|o| o.x).select(|o| T { x: o.x, y: sum(o.y), n: count() })", &[] as &[&str]),
            ("a.group_by(|o| o.x).select(|p| T { x: upper(p.x), y: p.y, z: 1 })", &["y"]),
            ("a.group_by(|o| (o.x, o.z)).having(|o| o.y > 1 && max(o.y) > o.z).select(|o| T { x: o.x })", &["y"]),
            ("a.group_by(|o| day(o.at)).columns(|p| columns! { d: day(p.at), e: p.at, n: count() })", &["at"]),
            ("let g = a.group_by(|o| o.x); g.values(|o| (o.x, o.y))", &["y"]),
            ("let g = a.group_by(|o| o.x); let g = a.filter(f); g.values(|o| (o.x, o.y))", &[]),
            ("a.group_by(|o| o.x).select(|o| T { x: o.x }).filter(|t| t.y > 1)", &[]),
            ("a.join(b, f).group_by(|a, b| b.x).select(|p, q| T { x: q.x, y: p.x })", &["x"]),
            (
                "a.left_join(b, f).group_by(|a, b| b.get(|b| b.x)).select(|a, b| T { x: b.get(|c| c.x), y: b.get(|b| b.y) })",
                &["y"],
            ),
            ("a.group_by(|o| o.x).select(|o| T { x: o.x, n: b.filter(|b| b.x == o.x && b.y == o.y).count() })", &["y"]),
            ("a.group_by(|o| o.x).select(|o| T { x: o.row(), n: over(sum(sum(o.y)), window(o.x)) })", &["row"]),
            ("a.group_by(|o| o.x).select(|o| T { n: over(sum(o.y), window(())) })", &["y"]),
            ("t.merge(a.group_by(|o| o.x)).on(|t| t.x).update(|t, o| T { y: t.y + o.y, ..unchanged() }).run()", &["y"]),
            (
                "t.merge(a.join(b, f).group_by(|a, b| b.x)).on(|t| t.x).insert(|(p, q)| T { x: q.x, y: p.x }).run()",
                &["x"],
            ),
            (
                "t.update_from(a.group_by(|o| o.x)).on(|t| t.x).set(|t, o| T { y: sum(o.y), x: t.z, ..unchanged() })",
                &[],
            ),
            ("t.merge(a.latest_by(f, g)).on(|t| t.x).update(|t, o| T { y: o.y, ..unchanged() }).run()", &[]),
            ("let (n, y) = a.aggregate(|o| (count(), o.y));", &["y"]),
            ("a.select(|o| T { x: o.x, n: b.aggregate(|b| max(b.y)) })", &[]),
        ] {
            assert_eq!(found(body), expected, "{body}");
        }
    }
}
