//! `#[row]` on a struct: the rows of a query that is read again.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::columns::{expand_checks, expand_relation, parse_columns};
use crate::errors::Errors;
use crate::node::impl_span;
use crate::options::Options;
use crate::unit::{check_generics, parse_struct};

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut item = match parse_struct("row", item) {
        Ok(item) => item,
        Err(tokens) => return tokens,
    };
    let mut errors = Errors::default();
    check_generics("row", &item, &mut errors);
    Options::parse(args, item.ident.span(), &mut errors).finish("row", &mut errors);
    let columns = parse_columns("row", &mut item, &mut errors);
    let ident = &item.ident;
    let relation = expand_relation(&item, &columns, false);
    let checks = expand_checks(ident, &columns);
    let derived = quote_spanned! {impl_span(ident)=>
        #[automatically_derived]
        impl ::pipeline_dsl::query::Derived for #ident {}
    };
    let errors = errors.into_tokens();
    let generated = item.generics.params.is_empty().then_some(quote!(#relation #checks #derived));
    // Most rows only live in Snowflake.
    quote!(#[allow(dead_code)] #item #errors #generated)
}
