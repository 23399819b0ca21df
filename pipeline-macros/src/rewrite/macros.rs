//! `object!` and `columns!`.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Ident, LitStr, Token};

use super::{Rewriter, first};
use crate::names::upper_snake;

impl Rewriter<'_> {
    pub(super) fn macro_call(&mut self, call: &syn::Macro) -> TokenStream {
        match call.path.segments.last().map(|segment| segment.ident.to_string()).as_deref() {
            Some("object") => self.object(call),
            Some("columns") => self.columns(call),
            _ => self.unsupported(
                &call.path,
                "this macro",
                "`object! { \"name\": value }` makes an object, `columns! { name: value }` columns, `concat((a, b))` joins text",
            ),
        }
    }

    /// `object! { "name": value, .. }`
    fn object(&mut self, call: &syn::Macro) -> TokenStream {
        let pair = |input: ParseStream<'_>| -> syn::Result<(LitStr, Expr)> {
            let name = input.parse()?;
            input.parse::<Token![:]>()?;
            Ok((name, input.parse()?))
        };
        let parser = |input: ParseStream<'_>| Punctuated::<_, Token![,]>::parse_terminated_with(input, pair);
        let pairs = match parser.parse2(call.tokens.clone()) {
            Ok(pairs) => pairs,
            Err(error) => {
                self.mistakes += 1;
                self.errors.push(error);
                return TokenStream::new();
            }
        };
        let mut names: Vec<String> = vec![];
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| {
                if names.contains(&name.value()) {
                    self.mistake(name, format!("the object has two values for `{}`", name.value()));
                }
                names.push(name.value());
                let tokens = self.value(value);
                quote_spanned!(first(value)=> ::pipeline_dsl::expr::function::pair(#name, #tokens))
            })
            .collect();
        let span = call.path.span();
        quote_spanned!(span=> ::pipeline_dsl::expr::function::object([#(#pairs),*]))
    }

    /// `columns! { name: value, .. }`
    fn columns(&mut self, call: &syn::Macro) -> TokenStream {
        let parser = |input: ParseStream<'_>| Punctuated::<_, Token![,]>::parse_terminated_with(input, column);
        let columns = match parser.parse2(call.tokens.clone()) {
            Ok(columns) => columns,
            Err(error) => {
                self.mistakes += 1;
                self.errors.push(error);
                return TokenStream::new();
            }
        };
        if columns.is_empty() {
            self.mistake(&call.path, "a query needs at least one column");
        }
        let mut names: Vec<String> = vec![];
        let items: Vec<_> = columns
            .iter()
            .map(|(place, name, value)| {
                if names.contains(name) {
                    self.mistake_span(*place, format!("two columns are called `{name}`\n= rule: column-name"));
                }
                names.push(name.clone());
                let tokens = self.value(value);
                quote_spanned!(first(value)=> ::pipeline_dsl::query::item(#name, #tokens))
            })
            .collect();
        let span = call.path.span();
        quote_spanned!(span=> ::pipeline_dsl::query::items([#(#items),*]))
    }
}

/// `name: value` or `"name": value`.
fn column(input: ParseStream<'_>) -> syn::Result<(Span, String, Expr)> {
    let (place, name) = if input.peek(LitStr) {
        let name: LitStr = input.parse()?;
        (name.span(), name.value())
    } else {
        let name = input.call(Ident::parse_any)?;
        (name.span(), upper_snake(&name.unraw().to_string()))
    };
    input.parse::<Token![:]>()?;
    Ok((place, name, input.parse()?))
}
