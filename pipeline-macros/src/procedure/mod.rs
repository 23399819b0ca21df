//! `#[procedure(schema = ..)]` on a function, or on a struct that describes a common body.

mod file;
mod function;
mod incremental;
mod reference;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Item, LitStr, Path, ReturnType, Signature, Type, Visibility, parse_quote};

use crate::errors::{Errors, rule};
use crate::flow::Doubt;
use crate::function::{Parameter, Role, check_signature, parameters};
use crate::more::More;
use crate::names::{sql_name, upper_snake};
use crate::node::{Node, impl_span, option};
use crate::options::{Options, joined_span};

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let (at, message) = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Fn(function)) => return function::expand(args, &function),
        Ok(Item::Struct(_)) => return incremental::expand(args, item),
        Ok(Item::Verbatim(_)) if let Ok(declaration) = syn::parse2(item.clone()) => {
            return file::expand(args, &declaration);
        }
        Ok(other) => (other.span(), String::from("`#[procedure]` goes on a function or a struct")),
        Err(error) => (error.span(), format!("`#[procedure]` goes on a function with a body: {error}")),
    };
    let error = syn::Error::new(at, message).into_compile_error();
    quote!(#item #error)
}

/// The options that every procedure has.
struct Settings {
    schema: Option<Path>,
    name: String,
    external: bool,
    /// A variant of `Language`.
    language: Ident,
    /// A variant of `ExecuteAs`.
    execute_as: Ident,
    more: More,
}

impl Settings {
    fn read(ident: &Ident, options: &mut Options, errors: &mut Errors) -> Self {
        let schema = options.required_path("schema", "write `#[procedure(schema = SomeSchema)]`", errors);
        let given = options.text("name", errors);
        let name = sql_name(ident, given.as_ref(), errors);
        if let Some(text) = &given
            && !name.is_empty()
            && !name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        {
            let message = format!("a procedure cannot have a name that needs quotes: `{name}`");
            errors.at(text, rule(&message, "procedure-name", "use upper-case letters, digits and `_`"));
        }
        let more = More::read("procedure", options, errors);
        let external = options.flag("external", errors).unwrap_or(false);
        let language = match options.word("language", &["sql", "javascript"], errors) {
            Some(word) if word == "javascript" => format_ident!("JavaScript"),
            _ => format_ident!("Sql"),
        };
        let execute_as = match options.word("execute_as", &["owner", "caller"], errors) {
            Some(word) if word == "caller" => format_ident!("Caller"),
            _ => format_ident!("Owner"),
        };
        Self { schema, name, external, language, execute_as, more }
    }
}

/// What is generated beside the type.
struct Procedure<'a> {
    ident: &'a Ident,
    comment: &'a str,
    /// Expressions of type `Argument`.
    arguments: Vec<TokenStream>,
    argument_types: Vec<&'a Type>,
    returns: &'a Type,
    /// Expressions of type `NodeRef`.
    reads: Vec<TokenStream>,
    /// Expressions of type `Access`.
    writes: Vec<TokenStream>,
    /// The procedures it calls.
    calls: Vec<Path>,
    /// Expressions of type `NodeRef`.
    consumes: Vec<TokenStream>,
    doubts: Vec<Doubt>,
    /// Whether it begins transactions.
    transactional: bool,
    /// Implementations of `Reads` and `Writes`.
    relations: Vec<TokenStream>,
    /// The file that has its body.
    file: Option<LitStr>,
    /// Whether there are no mistakes, which may be the reason of what is doubtful.
    sound: bool,
}

impl Procedure<'_> {
    fn expand(&self, settings: &Settings, statements: &TokenStream) -> TokenStream {
        let Self {
            ident,
            comment,
            arguments,
            argument_types,
            returns,
            reads,
            writes,
            calls,
            consumes,
            doubts,
            transactional,
            relations,
            file,
            ..
        } = self;
        let Settings { schema, name, external, language, execute_as, more } = settings;
        let doubtful = doubts.iter().map(
            |Doubt { rule, applies, .. }| quote!(::pipeline_dsl::object::Doubt { rule: #rule, applies: #applies }),
        );
        let of_interest =
            doubts.iter().filter(|doubt| !*external && !more.allows.iter().any(|rule| rule == doubt.rule));
        let mut warnings: TokenStream = of_interest.map(Doubt::warn).collect();
        if !*external {
            warnings.extend(["StreamFeedback", "CallRights"].map(|marker| more.warn(marker, ident, ident.span())));
        }
        let file = option(file.as_ref().map(|file| {
            quote_spanned!(file.span()=> ::pipeline_dsl::__private::javascript_file(#file, ::core::include_str!(#file)))
        }));
        let data_type = quote_spanned!(returns.span()=> <#returns as ::pipeline_dsl::types::SqlType>::DATA_TYPE);
        let node = Node {
            ident,
            kind: "Procedure",
            name,
            parent: option(schema.as_ref().map(|schema| quote!(::pipeline_dsl::__private::schema_node::<#schema>()))),
            comment,
            external: *external,
            definition: quote! {
                ::pipeline_dsl::object::Definition::Procedure(::pipeline_dsl::object::ProcedureDef {
                    arguments: &[#(#arguments),*],
                    returns: #data_type,
                    reads: &[#(#reads),*],
                    writes: &[#(#writes),*],
                    consumes: &[#(#consumes),*],
                    doubts: &[#(#doubtful),*],
                    transactional: #transactional,
                    calls: &[#(::pipeline_dsl::__private::procedure_node::<#calls>()),*],
                    language: ::pipeline_dsl::object::Language::#language,
                    execute_as: ::pipeline_dsl::object::ExecuteAs::#execute_as,
                    file: #file,
                    body: {
                        #[allow(clippy::all)]
                        fn body() -> ::pipeline_dsl::body::Body {
                            #[allow(dead_code)]
                            type __Returns = #returns;
                            ::pipeline_dsl::body::build(|| {
                                #statements
                            })
                        }
                        body
                    },
                })
            },
        };
        let (object, marker) = (node.expand(more), node.marker());
        let callable = quote_spanned! {impl_span(ident)=>
            #[automatically_derived]
            impl ::pipeline_dsl::body::Callable for #ident {
                type Arguments = (#(#argument_types,)*);
                type Returns = #returns;
            }
        };
        let warnings = self.sound.then_some(warnings);
        quote!(#object #marker #callable #(#relations)* #warnings)
    }
}

/// What a body that is not looked into may need on a table that it writes.
const ALL: [&str; 4] = ["Select", "Insert", "Update", "Delete"];

/// The parameters of a procedure and the type that it returns, if it says which.
fn signature<'a>(sig: &'a Signature, errors: &mut Errors) -> (Vec<Parameter<'a>>, Option<Type>) {
    check_signature("procedure", sig, errors);
    let parameters = parameters("procedure", sig, errors);
    let surplus = parameters.iter().filter(|parameter| matches!(parameter.role, Role::Argument(_))).nth(500);
    if let Some(parameter) = surplus {
        let help = "pass an object instead";
        errors.at(parameter.name, rule("a procedure has at most 500 arguments", "procedure-arguments", help));
    }
    let returns = match &sig.output {
        ReturnType::Type(_, returns) => Some((**returns).clone()),
        ReturnType::Default => {
            errors.at(sig, "a procedure returns a value\nhelp: write its type, such as `-> Variant`");
            None
        }
    };
    (parameters, returns)
}

/// What is declared where the type is missing, so that the tasks that call the procedure are not reported too.
fn unknown_type() -> Type {
    parse_quote!(::pipeline_dsl::types::Variant)
}

/// The type that stands for the function.
fn declaration(attrs: &[Attribute], vis: &Visibility, ident: &Ident) -> TokenStream {
    let attrs = attrs.iter().filter(|attr| !attr.path().is_ident("inline"));
    quote! {
        #(#attrs)*
        #[allow(non_camel_case_types)]
        #vis struct #ident;
    }
}

/// An expression of type `Argument`.
fn argument(name: &Ident, ty: &Type) -> TokenStream {
    let sql_name = upper_snake(&name.unraw().to_string());
    let data_type = quote_spanned!(ty.span()=> ::pipeline_dsl::__private::argument_type::<#ty>());
    quote!(::pipeline_dsl::object::Argument { name: #sql_name, data_type: #data_type })
}

/// A table as what can be written. All at one place: what is said twice there, the compiler says once.
fn target(ty: &Type) -> TokenStream {
    quote_spanned!(joined_span(ty)=> <#ty as ::pipeline_dsl::query::Writable>)
}

/// A table, view or stream as what can be read.
pub(crate) fn source(ty: &Type) -> TokenStream {
    quote_spanned!(joined_span(ty)=> <#ty as ::pipeline_dsl::query::Readable>)
}

/// Its node.
pub(crate) fn source_node(ty: &Type) -> TokenStream {
    let source = source(ty);
    quote_spanned!(joined_span(ty)=> #source::SOURCE)
}

/// An expression of type `Access`.
fn access(target: &TokenStream, ty: &Type, privileges: impl IntoIterator<Item = &'static str>) -> TokenStream {
    let node = quote_spanned!(joined_span(ty)=> #target::TARGET);
    let privileges = privileges.into_iter().map(|privilege| format_ident!("{privilege}"));
    quote! {
        ::pipeline_dsl::object::Access {
            object: #node,
            privileges: &[#(::pipeline_dsl::object::Privilege::#privileges),*],
        }
    }
}

/// `impl Reads<S> for procedure {}`, so that the compiler can point at the parameter.
fn relation(name: &str, ident: &Ident, ty: &impl ToTokens) -> TokenStream {
    let name = format_ident!("{name}");
    quote_spanned! {impl_span(ident)=>
        #[automatically_derived]
        impl ::pipeline_dsl::node::#name<#ty> for #ident {}
    }
}
