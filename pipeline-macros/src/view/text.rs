//! `#[view(schema = .., sql = "..")]` on a struct, with a field per column if its rows are read by their types.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Fields, LitStr};

use crate::columns::{expand_checks, expand_relation, expand_source, parse_columns};
use crate::errors::rule;
use crate::node::{Node, option};
use crate::sql;
use crate::unit::Unit;

pub(super) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut unit = match Unit::parse_with_fields("view", args, item) {
        Ok(unit) => unit,
        Err(tokens) => return tokens,
    };
    let Unit { item, options, errors, external, .. } = &mut unit;
    let typed = matches!(item.fields, Fields::Named(_));
    let columns = if typed { parse_columns("view", item, errors) } else { vec![] };
    let schema = options.required_path("schema", "write `#[view(schema = SomeSchema, sql = \"SELECT ..\")]`", errors);
    let text = options.text("sql", errors);
    // A view that is there already is declared by its columns alone.
    let declared = *external && typed;
    if text.is_none() && !declared {
        errors.at(
            &item.ident,
            rule(
                "option `sql` is missing",
                "option-missing",
                "write `sql = \"SELECT .. FROM {SomeTable}\"`, or make it a function; an external one can have fields instead",
            ),
        );
    }
    let secure = options.flag("secure", errors).unwrap_or(false);
    let given = text.clone();
    let text = text.unwrap_or_else(|| LitStr::new("SELECT 1", item.ident.span()));
    let query = text.value();
    let first = query.split_whitespace().next().unwrap_or("").to_ascii_uppercase();
    if !["SELECT", "WITH", "("].contains(&first.as_str()) && !query.trim_start().starts_with('(') {
        unit.errors.at(&text, rule("the query of a view starts with `SELECT` or `WITH`", "view-query", ""));
    }
    let reads = sql::objects(&text);
    let fragment = sql::fragment(&text, &mut unit.errors);
    let ident = unit.item.ident.clone();
    let relation = typed.then(|| {
        let (relation, readable) = (expand_relation(&unit.item, &columns, false), expand_source(&ident));
        let checks = expand_checks(&ident, &columns);
        let given = given.as_ref().and_then(sql::select_list).map(|given| {
            let name = ident.unraw().to_string();
            quote_spanned! {text.span()=>
                #[allow(dead_code)]
                const _: () = ::pipeline_dsl::object::check_view_columns(
                    #name,
                    <#ident as ::pipeline_dsl::node::Relation>::COLUMNS,
                    &[#(#given),*],
                );
            }
        });
        quote!(#relation #readable #checks #given)
    });
    let columns = match typed {
        true => quote!(<#ident as ::pipeline_dsl::node::Relation>::COLUMNS),
        false => quote!(&[]),
    };
    let (known, query) = match declared && given.is_none() {
        true => (None, quote!(::std::string::String::new())),
        false => (
            Some(fragment.clone()),
            quote! {
                const QUERY: ::pipeline_dsl::fragment::Fragment = #fragment;
                QUERY.sql()
            },
        ),
    };
    let known = option(known);
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
                text: #known,
                steps: &[],
                columns: #columns,
                secure: #secure,
                query: {
                    fn query() -> ::std::string::String {
                        #query
                    }
                    query
                },
            })
        },
    };
    let generated = [node.expand(&unit.more), node.marker()].into_iter().chain(relation).collect();
    unit.finish("view", generated)
}
