//! `#[database]`

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::errors::rule;
use crate::node::{Node, option};
use crate::unit::Unit;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut unit = match Unit::parse("database", args, item) {
        Ok(unit) => unit,
        Err(tokens) => return tokens,
    };
    let transient = unit.options.flag("transient", &mut unit.errors).unwrap_or(false);
    let span = retention_span(&unit.options);
    let days = retention(&mut unit);
    if unit.name == "SNOWFLAKE" && !unit.external {
        let help = "choose another name, or write `#[database(external)]`";
        unit.errors.at(&unit.item.ident, rule("`SNOWFLAKE` is Snowflake's own database", "database-system", help));
    }
    let node = Node {
        ident: &unit.item.ident,
        kind: "Database",
        name: &unit.name,
        parent: option(None),
        comment: &unit.comment,
        external: unit.external,
        definition: quote! {
            ::pipeline_dsl::object::Definition::Database(::pipeline_dsl::object::DatabaseDef {
                transient: #transient,
                #days
            })
        },
    };
    let check = retention_check(&unit.item.ident, span);
    let generated = [node.expand(&unit.more), node.marker(), check].into_iter().collect();
    unit.finish("database", generated)
}

/// The fields of the options `data_retention_days`, `max_data_extension_days` and `default_collation`.
pub(crate) fn retention(unit: &mut Unit) -> TokenStream {
    let days = retention_of(&mut unit.options, &mut unit.errors);
    let collation = option(unit.options.text("default_collation", &mut unit.errors).map(|text| quote!(#text)));
    quote!(#days default_collation: #collation,)
}

pub(crate) fn retention_of(options: &mut crate::options::Options, errors: &mut crate::errors::Errors) -> TokenStream {
    let mut days = |key, rule| {
        option(options.integer(key, (0, 90), rule, errors).map(|days| {
            let days = proc_macro2::Literal::u64_unsuffixed(days);
            quote!(#days)
        }))
    };
    let retention = days("data_retention_days", "data-retention");
    let extension = days("max_data_extension_days", "data-extension");
    quote!(data_retention_days: #retention, max_data_extension_days: #extension,)
}

/// The check of the retention, at the option, if there is one.
pub(crate) fn retention_check(ident: &syn::Ident, span: Option<proc_macro2::Span>) -> TokenStream {
    let Some(span) = span else { return TokenStream::new() };
    quote_spanned! {span=>
        #[allow(dead_code)]
        const _: () = {
            const RETENTION: () = ::pipeline_dsl::object::check_transient_retention(
                <#ident as ::pipeline_dsl::node::Object>::NODE
            );
        };
    }
}

/// Where `data_retention_days` is given.
pub(crate) fn retention_span(options: &crate::options::Options) -> Option<proc_macro2::Span> {
    options.entry("data_retention_days").map(crate::options::joined_span)
}
