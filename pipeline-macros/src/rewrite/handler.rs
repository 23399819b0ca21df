//! Transactions and handlers of errors: statements in closures.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprClosure};

use super::{Rewriter, Tail, first};
use crate::options::as_call;

impl Rewriter<'_> {
    pub(super) fn on_error(&mut self, expr: &Expr, top: bool) -> TokenStream {
        if !top {
            self.mistake(
                expr,
                "`on_error` concerns the whole procedure: write it directly in the function, before what may fail",
            );
        }
        let Some((path, arguments)) = as_call(expr) else { return TokenStream::new() };
        let arguments: Vec<_> = arguments.iter().map(|argument| self.statement_closure(argument)).collect();
        quote!(#path(#(#arguments),*);)
    }

    /// `attempt(|| { .. }, |error| { .. })`: without closures, both of which may assign to one variable.
    pub(super) fn attempt(&mut self, function: &Expr, tried: &ExprClosure, handler: &ExprClosure) -> TokenStream {
        let (_, tried) = self.closure_parts(tried);
        let (_, statements) = self.closure_parts(handler);
        let span = first(function);
        let error = match handler.inputs.first() {
            Some(error) if handler.inputs.len() == 1 => error.to_token_stream(),
            _ => {
                self.mistake(handler.inputs_begin, "expected one parameter, the error: `|error| { .. }`");
                TokenStream::new()
            }
        };
        let begin = quote_spanned!(span=> ::pipeline_dsl::body::begin_attempt());
        quote! {
            {
                let __attempt = #begin;
                let _ = { #tried };
                let (__attempt, __error) = __attempt.failed();
                let #error = __error;
                let _ = { #statements };
                __attempt.end();
            }
        }
    }

    /// A closure whose body are statements of the procedure.
    pub(super) fn statement_closure(&mut self, expr: &Expr) -> TokenStream {
        let Expr::Closure(closure) = expr else {
            self.mistake(expr, "expected a closure: `|| { .. }`");
            return TokenStream::new();
        };
        let (head, body) = self.closure_parts(closure);
        quote!(#head { #body })
    }

    /// The head of a closure and its statements.
    fn closure_parts(&mut self, closure: &ExprClosure) -> (TokenStream, TokenStream) {
        let outer = std::mem::replace(&mut self.in_closure, true);
        let loops = std::mem::take(&mut self.loops);
        self.no_attributes(&closure.attrs);
        let head = self.closure_head(closure);
        let body = match &*closure.body {
            Expr::Block(block) if block.label.is_none() => self.statements(&block.block.stmts, Tail::Value, false),
            single => self.tail(single, Tail::Value, false),
        };
        self.in_closure = outer;
        self.loops = loops;
        (head, body)
    }
}
