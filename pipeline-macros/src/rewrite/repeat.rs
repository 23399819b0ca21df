//! Loops.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Block, Expr, Pat};

use super::statement::{names, simple};
use super::{Rewriter, Tail, first};
use crate::options::as_literal;

impl Rewriter<'_> {
    /// `break` and `continue`.
    pub(super) fn loop_end(&mut self, token: &impl ToTokens, word: &str, label: Option<&syn::Lifetime>) -> TokenStream {
        if self.loops.is_empty() {
            let message =
                format!("`{word}` has no loop here\nhelp: a transaction and an error handler are left at their end");
            self.mistake(token, message);
        } else if let Some(label) = label
            && !self.loops.contains(&Some(label.clone()))
        {
            self.mistake(label, format!("no loop around this one is called `{label}`"));
        }
        let function = format_ident!("{word}_loop");
        let label = match label.map(|label| label.ident.unraw().to_string()) {
            Some(label) => quote!(::core::option::Option::Some(#label)),
            None => quote!(::core::option::Option::None),
        };
        quote!(::pipeline_dsl::body::#function(#label);)
    }

    pub(super) fn repeat(&mut self, begin: &TokenStream, label: Option<&syn::Label>, body: &Block) -> TokenStream {
        let label = label.map(|label| label.name.clone());
        self.loops.push(label.clone());
        let body = self.statements(&body.stmts, Tail::Value, false);
        self.loops.pop();
        let label = label.map(|label| {
            let label = label.ident.unraw().to_string();
            quote!(let __loop = ::pipeline_dsl::body::Loop::labelled(__loop, #label);)
        });
        quote! {
            {
                #begin
                #label
                { #body }
                __loop.end();
            }
        }
    }

    /// `.rev()` and `.step_by(2)` behind a range: the range, and how the loop goes through it.
    fn steps<'e>(&mut self, expr: &'e Expr) -> (&'e Expr, TokenStream) {
        let (mut by, mut from_end, mut reverse) = (None, false, false);
        let mut calls = vec![];
        let mut range = expr;
        while let Expr::MethodCall(call) = range {
            if !["rev", "step_by"].iter().any(|name| call.method == name) {
                return (expr, TokenStream::new());
            }
            calls.push(call);
            range = &call.receiver;
        }
        if let Expr::Paren(inner) = range {
            range = &inner.expr;
        }
        for call in calls.iter().rev() {
            if call.method == "rev" {
                // Before `step_by`, it says where the steps start.
                if by.is_none() {
                    from_end = !from_end
                } else {
                    reverse = !reverse
                }
                continue;
            }
            let step = match call.args.first() {
                Some(Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(step), .. })) => step.base10_parse::<i64>().ok(),
                _ => None,
            };
            match step.filter(|step| *step > 0 && call.args.len() == 1 && by.is_none()) {
                Some(step) => by = Some(step),
                None => self.mistake(call, "expected one step, a number of at least 1: `(1..=10).step_by(3)`"),
            }
        }
        let by = by.unwrap_or(1);
        if by == 1 {
            (from_end, reverse) = (false, from_end != reverse);
        }
        (range, quote!(::pipeline_dsl::body::Steps { by: #by, from_end: #from_end, reverse: #reverse }))
    }

    /// `for i in 1..=n`, and `for (id, amount) in orders.values(|o| (o.id, o.amount))`.
    pub(super) fn for_loop(&mut self, repeat: &syn::ExprForLoop) -> TokenStream {
        self.no_attributes(&repeat.attrs);
        let pat = &*repeat.pat;
        if let (Expr::Range(range), steps) = self.steps(&repeat.expr) {
            let name = match simple(pat) {
                Some(name) => Some((name.ident.unraw().to_string(), name.mutability)),
                None if matches!(pat, Pat::Wild(_)) => Some((String::from("number"), None)),
                None => None,
            };
            let (Some((text, mutable)), Some(start), Some(end)) = (name, &range.start, &range.end) else {
                let message = "expected a name and a range with two ends: `for number in 1..=10`";
                self.mistake(&repeat.pat, message);
                return TokenStream::new();
            };
            if let Some(mutable) = mutable {
                self.mistake(mutable, "the variable of a loop cannot be assigned to\nhelp: leave `mut` out");
            }
            let (from, mut to) = (self.value(start), self.value(end));
            if let syn::RangeLimits::HalfOpen(_) = range.limits {
                to = match as_literal(end) {
                    Some((negative, syn::Lit::Int(digits))) if digits.suffix().is_empty() => {
                        let value = digits.base10_parse::<i128>().unwrap_or_default();
                        let last = proc_macro2::Literal::i128_unsuffixed(if negative { -value } else { value } - 1);
                        quote!(::pipeline_dsl::expr::literal::int(#last))
                    }
                    _ => quote!(::pipeline_dsl::expr::operator::sub(#to, ::pipeline_dsl::expr::literal::int(1))),
                };
            }
            let begin = quote_spanned! {first(start)=>
                let (__loop, #pat) = ::pipeline_dsl::body::begin_for(
                    ::pipeline_dsl::body::Name { text: #text, mutable: false },
                    #from,
                    #to,
                    #steps,
                );
            };
            return self.repeat(&begin, repeat.label.as_ref(), &repeat.body);
        }
        let Some(names) = names(pat) else {
            self.mistake(pat, "expected a name or a tuple of names");
            return TokenStream::new();
        };
        let entries = names.iter().map(|name| {
            let (text, mutable) = (name.ident.unraw().to_string(), name.mutability.is_some());
            quote!(::pipeline_dsl::body::Name { text: #text, mutable: #mutable })
        });
        let entries = quote!(&[#(#entries),*]);
        let query = self.value(&repeat.expr);
        let begin = quote_spanned! {first(&repeat.expr)=>
            let (__loop, #pat) = ::pipeline_dsl::body::begin_rows(#entries, #query);
        };
        self.repeat(&begin, repeat.label.as_ref(), &repeat.body)
    }
}
