//! `#[warehouse(size = ..)]`

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};

use crate::node::{Node, option};
use crate::options::{Options, joined_span};
use crate::unit::Unit;

/// The variants of `WarehouseSize`.
pub(crate) const SIZES: &[&str] =
    &["XSmall", "Small", "Medium", "Large", "XLarge", "XXLarge", "XXXLarge", "X4Large", "X5Large", "X6Large"];

/// The variants of `ResourceConstraint`.
const CONSTRAINTS: &[&str] = &[
    "StandardGen1",
    "StandardGen2",
    "Memory1x",
    "Memory1xX86",
    "Memory16x",
    "Memory16xX86",
    "Memory64x",
    "Memory64xX86",
];

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
    let mut suspend = None;
    let auto_suspend = match options.text("auto_suspend", errors) {
        Some(text) => {
            suspend = Some(text.span());
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
    // Where each rule about several options is reported: at the last of them.
    let span = |options: &Options, keys: &[&str]| {
        keys.iter().filter_map(|key| options.entry(key)).map(joined_span).next_back()
    };
    let checks = [
        ("check_clusters", "CLUSTERS", span(options, &["max_clusters", "min_clusters"])),
        ("check_generation", "GENERATION", span(options, &["generation"])),
        ("check_resource_constraint", "RESOURCE_CONSTRAINT", span(options, &["resource_constraint"])),
    ];
    let mut fields = TokenStream::new();
    let mut field = |name: &str, value: Option<TokenStream>| {
        let name = format_ident!("{name}");
        let value = option(value);
        fields.extend(quote!(#name: #value,));
    };
    for (key, ty, words) in [
        ("warehouse_type", "WarehouseType", &["Standard", "SnowparkOptimized"] as &[&str]),
        ("scaling_policy", "ScalingPolicy", &["Standard", "Economy"]),
        ("resource_constraint", "ResourceConstraint", CONSTRAINTS),
    ] {
        let ty = format_ident!("{ty}");
        field(key, options.word(key, words, errors).map(|word| quote!(::pipeline_dsl::object::#ty::#word)));
    }
    for (key, low, high) in [
        ("generation", 1, 2),
        ("min_clusters", 1, 300),
        ("max_clusters", 1, 300),
        ("query_acceleration_scale", 0, 100),
        ("max_concurrency", 1, 2_147_483_647),
    ] {
        let number = options.integer(key, (low, high), "warehouse-bounds", errors);
        field(key, number.map(|number| proc_macro2::Literal::u64_unsuffixed(number).to_token_stream()));
    }
    field("query_acceleration", options.flag("query_acceleration", errors).map(|on| quote!(#on)));
    for (key, name, high) in [
        ("statement_timeout", "statement_timeout_seconds", 604_800_u64),
        ("queued_timeout", "queued_timeout_seconds", 2_147_483_647),
    ] {
        let text = options.text(key, errors);
        field(
            name,
            text.map(|text| quote_spanned!(text.span()=> ::pipeline_dsl::__private::check_seconds(#key, #text, #high))),
        );
    }
    field("resource_monitor", options.text("resource_monitor", errors).map(|text| quote!(#text)));
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
                #fields
            })
        },
    };
    let ident = &unit.item.ident;
    let mut generated: TokenStream = [node.expand(&unit.more), node.marker()].into_iter().collect();
    for (function, constant, span) in checks {
        let Some(span) = span else { continue };
        let (function, constant) = (format_ident!("{function}"), format_ident!("{constant}", span = span));
        generated.extend(quote_spanned! {span=>
            #[allow(dead_code)]
            const _: () = {
                const #constant: () =
                    ::pipeline_dsl::object::#function(<#ident as ::pipeline_dsl::node::Object>::NODE);
            };
        });
    }
    if let (Some(span), false) = (suspend, unit.external) {
        generated.extend(unit.more.warn("WarehouseNeverSuspends", ident, span));
        generated.extend(unit.more.warn("WarehouseAutoSuspend", ident, span));
    }
    unit.finish("warehouse", generated)
}
