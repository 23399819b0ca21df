//! What the attributes on unit structs have in common.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Fields, ItemStruct};

use crate::errors::{Errors, rule};
use crate::more::More;
use crate::names::{doc_comment, sql_name};
use crate::options::Options;

/// An attribute on `pub struct Name;` with its common options already read.
pub(crate) struct Unit {
    pub(crate) item: ItemStruct,
    pub(crate) options: Options,
    pub(crate) name: String,
    pub(crate) comment: String,
    pub(crate) external: bool,
    pub(crate) more: More,
    /// The text of the option `name`.
    pub(crate) given: Option<syn::LitStr>,
    pub(crate) errors: Errors,
}

impl Unit {
    /// Parses attribute and item. An item that is no struct comes back with the error.
    pub(crate) fn parse(attribute: &str, args: TokenStream, item: TokenStream) -> Result<Self, TokenStream> {
        Self::read(attribute, args, item, false)
    }

    /// The same for a struct that may have fields.
    pub(crate) fn parse_with_fields(
        attribute: &str,
        args: TokenStream,
        item: TokenStream,
    ) -> Result<Self, TokenStream> {
        Self::read(attribute, args, item, true)
    }

    fn read(attribute: &str, args: TokenStream, item: TokenStream, fields: bool) -> Result<Self, TokenStream> {
        let item = parse_struct(attribute, item)?;
        let mut errors = Errors::default();
        let fits = match item.fields {
            Fields::Unit => true,
            Fields::Named(_) => fields,
            Fields::Unnamed(_) => false,
        };
        if !fits {
            errors.at(
                &item.fields,
                rule(
                    &format!("`#[{attribute}]` needs a struct without fields"),
                    "item-shape",
                    &format!("write `struct {};`", item.ident),
                ),
            );
        }
        check_generics(attribute, &item, &mut errors);
        let mut options = Options::parse(args, item.ident.span(), &mut errors);
        let given = options.text("name", &mut errors);
        let name = sql_name(&item.ident, given.as_ref(), &mut errors);
        let external = options.flag("external", &mut errors).unwrap_or(false);
        let more = More::read(attribute, &mut options, &mut errors);
        Ok(Self { comment: doc_comment(&item.attrs), item, options, name, external, more, given, errors })
    }

    /// The item, the mistakes, and what was generated.
    pub(crate) fn finish(self, attribute: &str, generated: TokenStream) -> TokenStream {
        self.finish_with(attribute, generated, TokenStream::new())
    }

    /// The same with warnings, unless there are mistakes: they may be the reason of what is doubtful.
    pub(crate) fn finish_with(self, attribute: &str, generated: TokenStream, warnings: TokenStream) -> TokenStream {
        let name = self.more.warn_name(self.given.as_ref(), self.external, &self.item.ident);
        let Self { item, options, mut errors, .. } = self;
        options.finish(attribute, &mut errors);
        let warnings = errors.is_empty().then_some(warnings);
        let errors = errors.into_tokens();
        // A name is looked at only where the object exists.
        let name = (!generated.is_empty()).then_some(name);
        let generated = item.generics.params.is_empty().then_some(quote!(#generated #name #warnings));
        quote!(#item #errors #generated)
    }
}

pub(crate) fn parse_struct(attribute: &str, item: TokenStream) -> Result<ItemStruct, TokenStream> {
    syn::parse2::<ItemStruct>(item.clone()).map_err(|_| {
        let span = item.clone().into_iter().next().map_or_else(proc_macro2::Span::call_site, |token| token.span());
        let error = syn::Error::new(span, rule(&format!("`#[{attribute}]` goes on a struct"), "item-shape", ""))
            .into_compile_error();
        quote!(#item #error)
    })
}

/// Objects are single things: their types have no parameters.
pub(crate) fn check_generics(attribute: &str, item: &ItemStruct, errors: &mut Errors) {
    if !item.generics.params.is_empty() {
        let message = format!("a struct with `#[{attribute}]` cannot have generic parameters");
        errors.span(item.generics.span(), rule(&message, "item-shape", ""));
    }
}
