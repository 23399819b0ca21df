//! `#[view(schema = ..)]` on a function.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{GenericArgument, Ident, ItemFn, PathArguments, ReturnType, Type, parse_quote};

use crate::columns::expand_source;
use crate::errors::Errors;
use crate::flow::check_groups;
use crate::function::{Parameter, Role, check_signature, parameters};
use crate::more::More;
use crate::names::{doc_comment, lower_snake, sql_name};
use crate::node::{Node, impl_span, option};
use crate::options::{Options, joined_span};
use crate::procedure::{source, source_node};
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
            errors.at(
                &function.sig,
                "a view returns a query\nhelp: write `-> Selection`, or `-> Query<SomeRow>` for typed columns",
            );
            None
        }
    };
    let mut reads = vec![];
    let mut handles = vec![];
    for Parameter { name, role } in parameters("view", &function.sig, &mut errors) {
        match role {
            Role::Read(ty) => {
                let source = source(ty);
                reads.push(source_node(ty));
                handles.push(quote_spanned!(joined_span(ty)=> let #name = #source::handle();));
            }
            Role::Write(ty) => errors.at(ty, "a view only reads\nhelp: take the table with `&`"),
            Role::Argument(ty) => errors.at(ty, "a view has no arguments\nhelp: take tables and streams with `&`"),
        }
    }
    let query = Rewriter::new(&[], &mut errors).view(&function.block);
    if errors.is_empty() {
        check_groups(&function.block, &mut errors);
    }

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
    let row = row_of(&output);
    let columns = match row {
        Some(_) => quote!(<#ident as ::pipeline_dsl::node::Relation>::COLUMNS),
        None => quote!(&[]),
    };
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
                columns: #columns,
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
    let relation = row.map(|row| expand_delegate(ident, row));
    quote!(#declaration #errors #object #marker #relation)
}

/// `R` of `Query<R>`.
fn row_of(output: &Type) -> Option<&Type> {
    let Type::Path(path) = output else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Query")?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(row)) if arguments.args.len() == 1 => Some(row),
            _ => None,
        },
        _ => None,
    }
}

/// A view has the columns of the rows that its query delivers.
fn expand_delegate(ident: &Ident, row: &Type) -> TokenStream {
    let name = ident.unraw().to_string();
    let alias = lower_snake(&name);
    // All at the place of the type: what is said twice there, the compiler says once.
    let row = quote_spanned!(joined_span(row)=> <#row as ::pipeline_dsl::node::Relation>);
    let readable = expand_source(ident);
    let relation = quote_spanned! {impl_span(ident)=>
        #[automatically_derived]
        impl ::pipeline_dsl::node::Relation for #ident {
            const NAME: &'static str = #name;
            const ALIAS: &'static str = #alias;
            const COLUMNS: &'static [::pipeline_dsl::object::Column] = #row::COLUMNS;
            const FIELDS: &'static [(&'static str, usize)] = #row::FIELDS;

            type Columns = #row::Columns;

            fn columns_from(source: ::pipeline_dsl::expr::Source, first: usize) -> Self::Columns {
                #row::columns_from(source, first)
            }
        }

        #[automatically_derived]
        impl ::pipeline_dsl::query::RowSource for #ident {
            type Row = ::pipeline_dsl::query::TableRow<Self>;
        }
    };
    quote!(#relation #readable)
}
