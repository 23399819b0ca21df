//! `#[view(schema = ..)]` on a function.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemFn, ReturnType, parse_quote};

use crate::errors::Errors;
use crate::function::{Parameter, Role, check_signature, parameters};
use crate::more::More;
use crate::names::{doc_comment, sql_name};
use crate::node::{Node, option};
use crate::options::Options;
use crate::rewrite::Rewriter;

pub(super) fn expand(args: TokenStream, function: &ItemFn) -> TokenStream {
    let mut errors = Errors::default();
    let ident = &function.sig.ident;
    let mut options = Options::parse(args, ident.span(), &mut errors);
    let schema = options.required_path("schema", "write `#[view(schema = SomeSchema)]`", &mut errors);
    let name = options.text("name", &mut errors);
    let name = sql_name(ident, name.as_ref(), &mut errors);
    let external = options.flag("external", &mut errors).unwrap_or(false);
    let secure = options.flag("secure", &mut errors).unwrap_or(false);
    let more = More::read("view", &mut options, &mut errors);
    options.finish("view", &mut errors);

    check_signature("view", &function.sig, &mut errors);
    let output = match &function.sig.output {
        ReturnType::Type(_, output) => Some((**output).clone()),
        ReturnType::Default => {
            errors.at(&function.sig, "a view returns a query\nhelp: write `-> Selection`");
            None
        }
    };
    let mut reads = vec![];
    let mut handles = vec![];
    for Parameter { name, role } in parameters("view", &function.sig, &mut errors) {
        match role {
            Role::Read(ty) => {
                reads.push(quote!(::pipeline_dsl::query::reading::<#ty>().node()));
                handles.push(quote!(let #name = ::pipeline_dsl::query::reading::<#ty>();));
            }
            Role::Write(ty) => errors.at(ty, "a view only reads\nhelp: take the table with `&`"),
            Role::Argument(ty) => errors.at(ty, "a view has no arguments\nhelp: take tables and streams with `&`"),
        }
    }
    let query = Rewriter::new(&[], &mut errors).view(&function.block);

    let steps = super::streams::steps(&function.block);
    let errors = errors.into_tokens();
    let attrs = &function.attrs;
    let vis = &function.vis;
    let declaration = quote! {
        #(#attrs)*
        #[allow(non_camel_case_types)]
        #vis struct #ident;
    };
    // What is declared in spite of the mistake, so that streams on the view are not reported too.
    let output = output.unwrap_or_else(|| parse_quote!(::pipeline_dsl::query::Selection));
    let node = Node {
        ident,
        kind: "View",
        name: &name,
        parent: option(schema.map(|schema| quote!(::pipeline_dsl::__private::schema_node::<#schema>()))),
        comment: &doc_comment(&function.attrs),
        external,
        definition: quote! {
            ::pipeline_dsl::object::Definition::View(::pipeline_dsl::object::ViewDef {
                reads: &[#(#reads),*],
                text: ::core::option::Option::None,
                steps: &[#(#steps),*],
                secure: #secure,
                query: {
                    #[allow(clippy::all)]
                    fn query() -> ::std::string::String {
                        fn build() -> #output {
                            #(#handles)*
                            #query
                        }
                        ::pipeline_dsl::query::view_to_sql(build)
                    }
                    query
                },
            })
        },
    };
    let (object, marker) = (node.expand(&more), node.marker());
    quote!(#declaration #errors #object #marker)
}
