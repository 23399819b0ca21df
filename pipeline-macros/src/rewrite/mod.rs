//! Turns Rust statements and expressions into calls that build SQL.
//!
//! Operators, literals, `let`, `if` and `return` cannot be overloaded, so they become calls of `pipeline_dsl::expr` and
//! `pipeline_dsl::body`; everything else stays as it is, with the user's spans, and rustc checks the types. Syntax that has no
//! counterpart is reported at its token, its statement is left out, and the rest is still rewritten.

mod check_not_in;
mod choice;
mod expression;
mod handler;
mod literal;
mod macros;
mod repeat;
mod row;
mod statement;

use std::collections::{BTreeMap, HashSet};

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::Ident;

use crate::errors::Errors;

/// Rewrites one function.
pub(crate) struct Rewriter<'e> {
    errors: &'e mut Errors,
    /// Counts the mistakes, so that a statement with one can be left out.
    mistakes: usize,
    /// The methods that are called on each parameter.
    uses: BTreeMap<String, Use>,
    /// The procedures that are called, each once.
    calls: Vec<syn::Path>,
    /// Names that a `let` with a mistake was to declare: what uses them is left out as well.
    broken: HashSet<String>,
    /// Whether a closure is being rewritten, which `return` cannot leave.
    in_closure: bool,
    /// The labels of the loops around, within the innermost closure.
    loops: Vec<Option<syn::Lifetime>>,
}

/// How a parameter is used.
#[derive(Default)]
pub(crate) struct Use {
    /// Methods called on it, or on what these return.
    pub(crate) methods: Vec<String>,
    /// Whether it is also handed on, so that anything may happen to it.
    pub(crate) handed_on: bool,
}

/// What the last expression of a block is.
#[derive(Clone, Copy)]
enum Tail {
    /// The value of the procedure.
    Return,
    /// The value of the block.
    Value,
}

impl<'e> Rewriter<'e> {
    pub(crate) fn new(parameters: &[&Ident], errors: &'e mut Errors) -> Self {
        let uses = parameters.iter().map(|ident| (ident.to_string(), Use::default())).collect();
        Self { errors, mistakes: 0, uses, calls: vec![], broken: HashSet::new(), in_closure: false, loops: vec![] }
    }

    /// The statements of a procedure that returns the type that `__Returns` names, if it says which.
    pub(crate) fn procedure(&mut self, block: &syn::Block, returns: bool) -> TokenStream {
        if returns && !statement::always_returns(&block.stmts) {
            let message = "a procedure returns a value on every path\nhelp: end the function with an expression such as \
                           `object! { .. }`";
            self.mistake(Close(block), message);
        }
        self.statements(&block.stmts, Tail::Return, true)
    }

    /// The query of a view.
    pub(crate) fn view(&mut self, block: &syn::Block) -> TokenStream {
        self.value_block(block)
    }

    /// The value of a column.
    pub(crate) fn column_value(&mut self, value: &syn::Expr) -> TokenStream {
        self.value(value)
    }

    /// Whether statements were left out.
    pub(crate) fn has_mistakes(&self) -> bool {
        self.mistakes > 0
    }

    /// The procedures that are called.
    pub(crate) fn calls(&self) -> Vec<syn::Path> {
        self.calls.clone()
    }

    /// How the parameters are used, once everything is rewritten.
    pub(crate) fn uses(self) -> BTreeMap<String, Use> {
        self.uses
    }

    fn mistake(&mut self, at: impl ToTokens, message: impl std::fmt::Display) {
        self.mistakes += 1;
        self.errors.at(at, message);
    }

    fn mistake_span(&mut self, span: Span, message: impl std::fmt::Display) {
        self.mistakes += 1;
        self.errors.span(span, message);
    }
}

/// The closing brace of a block.
struct Close<'a>(&'a syn::Block);

impl ToTokens for Close<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let span = self.0.brace_token.span.close();
        tokens.extend([proc_macro2::TokenTree::Ident(Ident::new("end", span))]);
    }
}

/// The place of the first token, for a call that is written around an expression.
fn first(tokens: &impl ToTokens) -> Span {
    tokens.to_token_stream().into_iter().next().map_or_else(Span::call_site, |token| token.span())
}
