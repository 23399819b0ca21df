//! Mistakes are collected and reported together.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The mistakes found so far. Ask for them with [`Errors::into_tokens`] or lose them.
#[derive(Default)]
#[must_use]
pub(crate) struct Errors {
    combined: Option<syn::Error>,
}

impl Errors {
    /// A mistake at `tokens`, underlined from the first to the last.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// A mistake at one place.
    pub(crate) fn span(&mut self, span: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.combined {
            Some(combined) => combined.combine(error),
            None => self.combined = Some(error),
        }
    }

    /// The value, unless there is a mistake in it, which is kept.
    pub(crate) fn handle<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.combined.is_none()
    }

    /// `compile_error!` calls, or nothing.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.combined.map(syn::Error::into_compile_error).unwrap_or_default()
    }
}

/// A message with the name of the rule that is broken and a way out, in the form that checks in constants have too.
pub(crate) fn rule(message: &str, rule: &str, help: &str) -> String {
    let help = if help.is_empty() { String::new() } else { format!("\n= help: {help}") };
    format!("{message}\n= rule: {rule}{help}")
}
