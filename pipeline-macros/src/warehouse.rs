//! `#[warehouse(size = ..)]`

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::node::{Node, option};
use crate::unit::Unit;

/// The variants of `WarehouseSize`.
pub(crate) const SIZES: &[&str] =
    &["XSmall", "Small", "Medium", "Large", "XLarge", "XXLarge", "XXXLarge", "X4Large", "X5Large", "X6Large"];

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut unit = match Unit::parse("warehouse", args, item) {
        Ok(unit) => unit,
        Err(tokens) => return tokens,
    };
    let Unit { options, errors, .. } = &mut unit;
    let default = quote!(::pipeline_dsl::object::WarehouseDef::DEFAULT);
    let size = match options.word("size", SIZES, errors) {
        Some(size) => quote!(::pipeline_dsl::object::WarehouseSize::#size),
        None => quote!(#default.size),
    };
    let auto_suspend = match options.text("auto_suspend", errors) {
        Some(text) => {
            quote_spanned!(text.span()=> ::pipeline_dsl::__private::check_seconds("auto_suspend", #text, 2_147_483_647))
        }
        None => quote!(#default.auto_suspend_seconds),
    };
    let mut flag = |key| match options.flag(key, errors) {
        Some(value) => quote!(#value),
        None => {
            let field = quote::format_ident!("{key}");
            quote!(#default.#field)
        }
    };
    let auto_resume = flag("auto_resume");
    let initially_suspended = flag("initially_suspended");
    let node = Node {
        ident: &unit.item.ident,
        kind: "Warehouse",
        name: &unit.name,
        parent: option(None),
        comment: &unit.comment,
        external: unit.external,
        definition: quote! {
            ::pipeline_dsl::object::Definition::Warehouse(::pipeline_dsl::object::WarehouseDef {
                size: #size,
                auto_suspend_seconds: #auto_suspend,
                auto_resume: #auto_resume,
                initially_suspended: #initially_suspended,
            })
        },
    };
    let generated = [node.expand(), node.marker()].into_iter().collect();
    unit.finish("warehouse", generated)
}
