//! `!is_in_rows(..)`, which is never true if there is a NULL among the rows.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::Expr;
use syn::spanned::Spanned;

use super::Rewriter;
use crate::options::as_call;

impl Rewriter<'_> {
    /// The operand of `!`, if it is a call of `is_in_rows`: a call of what checks the rows.
    pub(super) fn not_in_rows(&mut self, operand: &Expr) -> Option<TokenStream> {
        let mut inner = operand;
        while let Expr::Paren(paren) = inner {
            inner = &paren.expr;
        }
        let (path, arguments) = as_call(inner)?;
        if path.segments.last()?.ident != "is_in_rows" {
            return None;
        }
        let span = arguments.last().map_or_else(|| path.span(), crate::options::joined_span);
        let arguments: Vec<_> = arguments.iter().map(|argument| self.value(argument)).collect();
        Some(quote_spanned!(span=> ::pipeline_dsl::query::not_in_rows(#(#arguments),*)))
    }
}
