//! `#[database]`

use proc_macro2::TokenStream;
use quote::quote;

use crate::node::{Node, option};
use crate::unit::Unit;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut unit = match Unit::parse("database", args, item) {
        Ok(unit) => unit,
        Err(tokens) => return tokens,
    };
    let transient = unit.options.flag("transient", &mut unit.errors).unwrap_or(false);
    let days = retention(&mut unit);
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
                data_retention_days: #days,
            })
        },
    };
    let generated = [node.expand(), node.marker()].into_iter().collect();
    unit.finish("database", generated)
}

/// The option `data_retention_days`.
pub(crate) fn retention(unit: &mut Unit) -> TokenStream {
    retention_of(&mut unit.options, &mut unit.errors)
}

pub(crate) fn retention_of(options: &mut crate::options::Options, errors: &mut crate::errors::Errors) -> TokenStream {
    let days = options.integer("data_retention_days", 0, 90, errors);
    option(days.map(|days| {
        let days = proc_macro2::Literal::u8_unsuffixed(u8::try_from(days).unwrap_or(90));
        quote!(#days)
    }))
}
