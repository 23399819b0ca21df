//! `#[stream(on = ..)]`

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::node::{Node, impl_span, option};
use crate::unit::Unit;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut unit = match Unit::parse("stream", args, item) {
        Ok(unit) => unit,
        Err(tokens) => return tokens,
    };
    let Unit { options, errors, .. } = &mut unit;
    let source = options.required_path("on", "write `#[stream(on = SomeTable)]`", errors);
    let schema = options.path("schema", errors);
    let append_only = options.flag("append_only", errors).unwrap_or(false);
    let show_initial_rows = options.flag("show_initial_rows", errors).unwrap_or(false);
    let ident = &unit.item.ident;
    let generated = source.map(|source| {
        let node = Node {
            ident,
            kind: "Stream",
            name: &unit.name,
            parent: match schema {
                Some(schema) => option(Some(quote!(::pipeline_dsl::__private::schema_node::<#schema>()))),
                None => quote!(::pipeline_dsl::__private::source_schema::<#ident>()),
            },
            comment: &unit.comment,
            external: unit.external,
            definition: quote! {
                ::pipeline_dsl::object::Definition::Stream(::pipeline_dsl::object::StreamDef {
                    source: ::pipeline_dsl::__private::source_node::<#ident>(),
                    append_only: #append_only,
                    show_initial_rows: #show_initial_rows,
                })
            },
        };
        let object = node.expand();
        let stream = quote_spanned! {impl_span(ident)=>
            #[automatically_derived]
            impl ::pipeline_dsl::node::Stream for #ident {
                type Source = #source;
            }
        };
        quote!(#object #stream)
    });
    unit.finish("stream", generated.unwrap_or_default())
}
