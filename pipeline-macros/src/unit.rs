//! What the attributes on unit structs have in common.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Fields, ItemStruct};

use crate::errors::Errors;
use crate::names::{doc_comment, sql_name};
use crate::options::Options;

/// An attribute on `pub struct Name;` with its common options already read.
pub(crate) struct Unit {
    pub(crate) item: ItemStruct,
    pub(crate) options: Options,
    pub(crate) name: String,
    pub(crate) comment: String,
    pub(crate) external: bool,
    pub(crate) errors: Errors,
}

impl Unit {
    /// Parses attribute and item. An item that is no struct comes back with the error.
    pub(crate) fn parse(attribute: &str, args: TokenStream, item: TokenStream) -> Result<Self, TokenStream> {
        let item = parse_struct(attribute, item)?;
        let mut errors = Errors::default();
        if !matches!(item.fields, Fields::Unit) {
            errors.at(
                &item.fields,
                format!("`#[{attribute}]` needs a struct without fields\nhelp: write `struct {};`", item.ident),
            );
        }
        check_generics(attribute, &item, &mut errors);
        let mut options = Options::parse(args, item.ident.span(), &mut errors);
        let given = options.text("name", &mut errors);
        let name = sql_name(&item.ident, given.as_ref(), &mut errors);
        let external = options.flag("external", &mut errors).unwrap_or(false);
        Ok(Self { comment: doc_comment(&item.attrs), item, options, name, external, errors })
    }

    /// The item, the mistakes, and what was generated.
    pub(crate) fn finish(self, attribute: &str, generated: TokenStream) -> TokenStream {
        let Self { item, options, mut errors, .. } = self;
        options.finish(attribute, &mut errors);
        let errors = errors.into_tokens();
        let generated = item.generics.params.is_empty().then_some(generated);
        quote!(#item #errors #generated)
    }
}

pub(crate) fn parse_struct(attribute: &str, item: TokenStream) -> Result<ItemStruct, TokenStream> {
    syn::parse2::<ItemStruct>(item.clone()).map_err(|_| {
        let span = item.clone().into_iter().next().map_or_else(proc_macro2::Span::call_site, |token| token.span());
        let error = syn::Error::new(span, format!("`#[{attribute}]` goes on a struct")).into_compile_error();
        quote!(#item #error)
    })
}

/// Objects are single things: their types have no parameters.
pub(crate) fn check_generics(attribute: &str, item: &ItemStruct, errors: &mut Errors) {
    if !item.generics.params.is_empty() {
        errors.span(item.generics.span(), format!("a struct with `#[{attribute}]` cannot have generic parameters"));
    }
}
