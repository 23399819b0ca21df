//! `#[view(schema = ..)]` on a struct with SQL text, or on a function that returns a query.

mod function;
mod streams;
mod text;

use proc_macro2::TokenStream;
use syn::Item;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Fn(function)) => function::expand(args, &function),
        _ => text::expand(args, item),
    }
}
