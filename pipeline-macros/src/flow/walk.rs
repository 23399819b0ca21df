//! The walk through a body, in the order in which it runs.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Span;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprCall, ExprIf, ExprMatch, ExprMethodCall, ExprPath, Local, Macro, Pat, Stmt};

use super::chain::Chain;
use super::{Place, Read, Source, Write, control, mentions, text};
use crate::function::{Parameter, Role};
use crate::options::as_path;

pub(super) struct Walk {
    /// Tables and streams.
    pub(super) parameters: BTreeSet<String>,
    /// Whether the procedure runs with its owner's rights.
    owner: bool,
    pub(super) writes: Vec<Write>,
    pub(super) reads: Vec<Read>,
    /// Parameters that are handed to other functions.
    pub(super) escaped: BTreeSet<String>,
    /// Whether a statement's text is only known at run time.
    pub(super) dynamic: bool,
    pub(super) mistakes: Vec<(Span, String)>,
    /// Errors that nothing is done about.
    pub(super) swallowed: Vec<Span>,
    /// Texts of statements that an argument is part of, each with the argument.
    pub(super) injected: Vec<(Span, String)>,
    /// Which rows count is decided by a column: parameter, column and place.
    pub(super) decided: Vec<(String, String, Span)>,
    /// Arguments of the procedure, and variables that are computed from them, with the arguments.
    tainted: BTreeMap<String, String>,
    /// Names for queries.
    aliases: BTreeMap<String, Vec<Source>>,
    /// What is being read by the statement around, and by those in it.
    sinks: Vec<Vec<Source>>,
    /// Names of rows, which hide those of tables.
    rows: Vec<String>,
    place: Place,
    choices: usize,
    pub(super) transactions: usize,
    /// Calls of procedures inside of a transaction that has written to these parameters.
    pub(super) nested: Vec<(Span, syn::Path, BTreeSet<String>)>,
    order: usize,
    handlers: usize,
}

impl Walk {
    pub(super) fn new(parameters: &[Parameter<'_>], owner: bool) -> Self {
        let (mut tables, mut tainted) = (BTreeSet::new(), BTreeMap::new());
        for parameter in parameters {
            let name = parameter.name.to_string();
            match parameter.role {
                Role::Read(_) | Role::Write(_) => {
                    tables.insert(name);
                }
                Role::Argument(_) => {
                    tainted.insert(name.clone(), name);
                }
            }
        }
        Self {
            parameters: tables,
            owner,
            writes: vec![],
            reads: vec![],
            escaped: BTreeSet::new(),
            dynamic: false,
            mistakes: vec![],
            swallowed: vec![],
            injected: vec![],
            decided: vec![],
            tainted,
            aliases: BTreeMap::new(),
            sinks: vec![],
            rows: vec![],
            place: Place::default(),
            choices: 0,
            transactions: 0,
            nested: vec![],
            order: 0,
            handlers: 0,
        }
    }

    pub(super) fn block(&mut self, block: &Block) {
        self.visit_block(block);
    }

    pub(super) fn mistake(&mut self, span: Span, message: &str, name: &str, help: &str) {
        super::mistake(&mut self.mistakes, span, message, name, help);
    }

    /// What a name stands for.
    fn sources(&self, chain: &Chain<'_>) -> Vec<Source> {
        let name = chain.root.to_string();
        if self.rows.contains(&name) {
            return vec![];
        }
        let (span, dropping) = (chain.root.span(), chain.dropping());
        if let Some(known) = self.aliases.get(&name) {
            let of = |source: &Source| Source { dropping: source.dropping.or(dropping), ..source.clone() };
            known.iter().map(of).collect()
        } else if self.parameters.contains(&name) {
            vec![Source { parameter: name, dropping, span }]
        } else {
            vec![]
        }
    }

    /// Notes what is read: by the statement that is being looked at, or by one of its own.
    fn found(&mut self, sources: Vec<Source>) {
        match self.sinks.last_mut() {
            Some(sink) => sink.extend(sources),
            None => self.read(sources),
        }
    }

    fn read(&mut self, sources: Vec<Source>) {
        self.order += 1;
        let (place, order) = (&self.place, self.order);
        self.reads.extend(sources.into_iter().map(|source| Read { source, place: place.clone(), order }));
    }

    /// Visits with a list of its own for what is read.
    fn collect(&mut self, visit: impl FnOnce(&mut Self)) -> Vec<Source> {
        self.sinks.push(vec![]);
        visit(self);
        self.sinks.pop().unwrap_or_default()
    }

    /// Visits what the calls of a chain are given.
    fn arguments(&mut self, chain: &Chain<'_>) {
        for call in &chain.calls {
            let target = call.target();
            for (place, argument) in call.arguments.iter().enumerate() {
                let is_target = target.is_some() && as_path(argument).and_then(syn::Path::get_ident) == target;
                match call.drops_other().filter(|_| place == 0) {
                    _ if is_target => {}
                    Some(span) => {
                        let sources = self.collect(|walk| walk.visit_expr(argument));
                        let narrowed = |source: Source| Source { dropping: source.dropping.or(Some(span)), ..source };
                        self.found(sources.into_iter().map(narrowed).collect());
                    }
                    None => self.visit_expr(argument),
                }
            }
        }
    }

    fn chain(&mut self, chain: &Chain<'_>) {
        control::merge(self, chain);
        let (call, targets) = match (chain.writer(), chain.spreader()) {
            (_, Some((call, targets))) => (call, targets.iter().map(ToString::to_string).collect()),
            (Some(call), None) => (call, vec![chain.root.to_string()]),
            (None, None) => {
                let sources = self.sources(chain);
                self.decided(chain, &sources);
                self.found(sources);
                self.arguments(chain);
                return;
            }
        };
        self.order += 1;
        let (order, place, span) = (self.order, self.place.clone(), call.name.span());
        let sources = self.collect(|walk| {
            if chain.spreader().is_some() {
                let own = walk.sources(chain);
                walk.found(own);
            }
            walk.arguments(chain);
        });
        self.writes.push(Write { targets, sources, place, span, order });
    }

    /// The column that decides which of several rows counts.
    fn decided(&mut self, chain: &Chain<'_>, sources: &[Source]) {
        let Some(call) = chain.calls.iter().find(|call| call.name == "latest_by") else { return };
        let Some(Expr::Closure(order)) = call.arguments.get(1) else { return };
        let mut column = &*order.body;
        while let Expr::MethodCall(call) = column {
            column = &call.receiver;
        }
        if let Expr::Field(field) = column
            && let syn::Member::Named(name) = &field.member
            && let [source] = sources
        {
            self.decided.push((source.parameter.clone(), name.unraw().to_string(), name.span()));
        }
    }

    fn call(&mut self, call: &ExprCall, name: &str) {
        let arguments: Vec<_> = call.args.iter().collect();
        match (name, &arguments[..]) {
            ("transaction", _) => {
                if self.place.transaction.is_some() {
                    let message = "a `transaction` cannot be inside another one: Snowflake has no nested transactions";
                    self.mistake(call.func.span_of(), message, "transaction-nested", "put all of it into one");
                }
                self.transactions += 1;
                let outer = self.place.transaction.replace(self.transactions);
                visit::visit_expr_call(self, call);
                self.place.transaction = outer;
            }
            ("on_error", [handler]) => {
                self.handlers += 1;
                if self.handlers == 2 {
                    let message = "a procedure has one `on_error`";
                    self.mistake(call.func.span_of(), message, "on-error-once", "put everything into the first");
                }
                self.handler(handler);
            }
            ("attempt", [tried, handler]) => {
                self.visit_expr(tried);
                if control::does_nothing(handler) {
                    self.swallowed.push(call.func.span_of());
                }
                self.handler(handler);
            }
            ("execute_immediate", [statement, binds]) => {
                self.dynamic = true;
                let transaction = self.place.transaction.is_some();
                text::check(&mut self.mistakes, statement, binds, transaction, self.owner);
                let argument = self.argument_in(statement);
                self.injected.extend(argument.map(|argument| (call.func.span_of(), argument)));
            }
            ("raise", _) => {}
            ("call", [procedure, values @ ..]) => {
                if let (Some(path), Some(transaction)) = (as_path(procedure), self.place.transaction) {
                    let here = |write: &&Write| write.place.transaction == Some(transaction);
                    let written: BTreeSet<_> =
                        self.writes.iter().filter(here).flat_map(|write| write.targets.clone()).collect();
                    if !written.is_empty() {
                        self.nested.push((procedure.span_of(), path.clone(), written));
                    }
                }
                values.iter().for_each(|value| self.visit_expr(value));
            }
            _ => {
                for argument in &arguments {
                    let name = as_path(argument).and_then(syn::Path::get_ident).map(ToString::to_string);
                    self.escaped.extend(name.filter(|name| self.parameters.contains(name)));
                }
                arguments.iter().for_each(|argument| self.visit_expr(argument));
            }
        }
    }

    fn handler(&mut self, handler: &Expr) {
        let outer = std::mem::replace(&mut self.place.handler, true);
        self.visit_expr(handler);
        self.place.handler = outer;
    }

    /// An argument of the procedure that is part of the expression.
    fn argument_in(&self, expr: &Expr) -> Option<String> {
        let tokens = expr.to_token_stream();
        let is_part = |name: &&String| mentions(tokens.clone(), &[(*name).clone()].into());
        self.tainted.keys().find(is_part).map(|name| self.tainted[name].clone())
    }

    /// Visits one part of a choice.
    fn part(&mut self, choice: usize, part: usize, visit: impl FnOnce(&mut Self)) {
        self.place.branches.push((choice, part));
        visit(self);
        self.place.branches.pop();
    }
}

impl<'a> Visit<'a> for Walk {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Expr(expr, _) = statement {
            control::unfinished_merge(self, expr);
        }
        visit::visit_stmt(self, statement);
    }

    fn visit_local(&mut self, local: &'a Local) {
        let Some(init) = &local.init else { return };
        let sources = self.collect(|walk| walk.visit_expr(&init.expr));
        let argument = self.argument_in(&init.expr);
        let pat = match &local.pat {
            Pat::Type(typed) => &*typed.pat,
            other => other,
        };
        let names: Vec<String> = match pat {
            Pat::Ident(name) => vec![name.ident.to_string()],
            Pat::Tuple(tuple) => tuple
                .elems
                .iter()
                .filter_map(|pat| match pat {
                    Pat::Ident(name) => Some(name.ident.to_string()),
                    _ => None,
                })
                .collect(),
            _ => vec![],
        };
        if names.len() > 1 {
            control::many_rows(self, &init.expr);
        }
        for name in &names {
            self.aliases.remove(name);
            self.tainted.extend(argument.clone().map(|argument| (name.clone(), argument)));
        }
        let is_query = Chain::of(&init.expr).is_some_and(|chain| chain.is_query());
        match &names[..] {
            [name] if is_query && !sources.is_empty() => {
                self.aliases.insert(name.clone(), sources);
            }
            _ if sources.is_empty() => {}
            _ => self.found(sources),
        }
    }

    fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
        control::action(self, call);
        let expr = Expr::MethodCall(call.clone());
        let chain = Chain::of(&expr);
        let known = |chain: &Chain<'_>| {
            let root = chain.root.to_string();
            !self.rows.contains(&root) && (self.parameters.contains(&root) || self.aliases.contains_key(&root))
        };
        match chain {
            Some(chain) if known(&chain) => self.chain(&chain),
            _ => visit::visit_expr_method_call(self, call),
        }
    }

    fn visit_expr_path(&mut self, path: &'a ExprPath) {
        let expr = Expr::Path(path.clone());
        if let Some(chain) = Chain::of(&expr) {
            let sources = self.sources(&chain);
            if !sources.is_empty() {
                self.found(sources);
            }
        }
    }

    fn visit_expr_closure(&mut self, closure: &'a syn::ExprClosure) {
        let count = self.rows.len();
        for input in &closure.inputs {
            if let Pat::Ident(name) = input {
                self.rows.push(name.ident.to_string());
            }
        }
        self.visit_expr(&closure.body);
        self.rows.truncate(count);
    }

    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        let name = as_path(&call.func).and_then(|path| path.segments.last()).map(|segment| segment.ident.to_string());
        self.call(call, &name.unwrap_or_default());
    }

    fn visit_expr_binary(&mut self, binary: &'a syn::ExprBinary) {
        control::compared_action(self, binary);
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_if(&mut self, branch: &'a ExprIf) {
        self.visit_expr(&branch.cond);
        self.choices += 1;
        let choice = self.choices;
        self.part(choice, 0, |walk| walk.visit_block(&branch.then_branch));
        if let Some((_, otherwise)) = &branch.else_branch {
            self.part(choice, 1, |walk| walk.visit_expr(otherwise));
        }
    }

    fn visit_expr_match(&mut self, choice: &'a ExprMatch) {
        self.visit_expr(&choice.expr);
        self.choices += 1;
        let number = self.choices;
        for (part, arm) in choice.arms.iter().enumerate() {
            self.part(number, part, |walk| visit::visit_arm(walk, arm));
        }
    }

    fn visit_expr_loop(&mut self, repeat: &'a syn::ExprLoop) {
        control::endless(self, repeat);
        visit::visit_expr_loop(self, repeat);
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        let named = |name: &&String| mentions(call.tokens.clone(), &[(*name).clone()].into());
        let names: Vec<_> = self.parameters.iter().filter(named).cloned().collect();
        let span = call.path.span_of();
        let source = |parameter| Source { parameter, dropping: None, span };
        let sources: Vec<_> = names.into_iter().map(source).collect();
        if !sources.is_empty() {
            self.found(sources);
        }
    }
}

/// The place of the first token.
pub(super) trait SpanOf {
    fn span_of(&self) -> Span;
}

impl<T: ToTokens> SpanOf for T {
    fn span_of(&self) -> Span {
        crate::options::joined_span(self)
    }
}
