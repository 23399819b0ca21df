//! `#[view(schema = .., sql = "..")]` on a struct.

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::errors::rule;
use crate::node::{Node, option};
use crate::sql;
use crate::unit::Unit;

pub(super) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut unit = match Unit::parse("view", args, item) {
        Ok(unit) => unit,
        Err(tokens) => return tokens,
    };
    let Unit { item, options, errors, .. } = &mut unit;
    let schema = options.required_path("schema", "write `#[view(schema = SomeSchema, sql = \"SELECT ..\")]`", errors);
    let text = options.text("sql", errors);
    if text.is_none() {
        errors.at(
            &item.ident,
            rule(
                "option `sql` is missing",
                "option-missing",
                "write `sql = \"SELECT .. FROM {SomeTable}\"`, or make it a function",
            ),
        );
    }
    let secure = options.flag("secure", errors).unwrap_or(false);
    let text = text.unwrap_or_else(|| LitStr::new("SELECT 1", item.ident.span()));
    let query = text.value();
    let first = query.split_whitespace().next().unwrap_or("").to_ascii_uppercase();
    if !["SELECT", "WITH", "("].contains(&first.as_str()) && !query.trim_start().starts_with('(') {
        unit.errors.at(&text, rule("the query of a view starts with `SELECT` or `WITH`", "view-query", ""));
    }
    let reads = sql::objects(&text);
    let fragment = sql::fragment(&text, &mut unit.errors);
    let node = Node {
        ident: &unit.item.ident,
        kind: "View",
        name: &unit.name,
        parent: option(schema.map(|schema| quote!(::pipeline_dsl::__private::schema_node::<#schema>()))),
        comment: &unit.comment,
        external: unit.external,
        definition: quote! {
            ::pipeline_dsl::object::Definition::View(::pipeline_dsl::object::ViewDef {
                reads: &[#(::pipeline_dsl::__private::object_node::<#reads>()),*],
                text: ::core::option::Option::Some(#fragment),
                steps: &[],
                secure: #secure,
                query: {
                    fn query() -> ::std::string::String {
                        const QUERY: ::pipeline_dsl::fragment::Fragment = #fragment;
                        QUERY.sql()
                    }
                    query
                },
            })
        },
    };
    let generated = [node.expand(&unit.more), node.marker()].into_iter().collect();
    unit.finish("view", generated)
}
