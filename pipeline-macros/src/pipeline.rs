//! `pipeline! { /// doc  pub Name(role = SomeRole) [Object, ..] }`

use proc_macro2::{TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Ident, Path, Token, Visibility};

use crate::errors::{Errors, rule};
use crate::names::{doc_comment, upper_snake};
use crate::node::impl_span;
use crate::options::{Options, Value, joined_span, mistake};

struct Input {
    attrs: Vec<Attribute>,
    vis: Visibility,
    ident: Ident,
    options: TokenStream,
    objects: TokenStream,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let ident = input.parse()?;
        let options;
        syn::parenthesized!(options in input);
        let objects;
        syn::bracketed!(objects in input);
        let parsed = Self { attrs, vis, ident, options: options.parse()?, objects: objects.parse()? };
        if input.is_empty() { Ok(parsed) } else { Err(input.error("expected nothing after the list of objects")) }
    }
}

/// The types in the list. What is wrong is reported, and the rest goes on behind the next comma.
fn parse_objects(tokens: TokenStream, errors: &mut Errors) -> Vec<Path> {
    let mut objects = Vec::new();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            match input.call(Path::parse_mod_style) {
                Ok(path) => objects.push(path),
                Err(error) => errors.push(error),
            }
            if !input.is_empty() && !input.peek(Token![,]) {
                errors.push(input.error("expected `,` between two objects"));
            }
            while !input.is_empty() && !input.peek(Token![,]) {
                input.parse::<TokenTree>()?;
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        errors.push(error);
    }
    objects
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let Input { attrs, vis, ident, options, objects } = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let mut options = Options::parse(options, ident.span(), &mut errors);
    let role = options.required_path("role", "write `(role = SomeRole)` after the name", &mut errors);
    let mut list = |key: &'static str| match options.take(key) {
        Some(entry) => match entry.value {
            Value::Expr(value) => quote!(#value),
            _ => {
                errors.at(&entry, mistake(format!("expected a list: `{key} = &[..]`")));
                quote!(&[])
            }
        },
        None => quote!(&[]),
    };
    let samples = list("samples");
    let scenarios = list("scenarios");
    options.finish("pipeline!", &mut errors);
    let objects = parse_objects(objects, &mut errors);
    if objects.is_empty() {
        let help = "list what nothing else needs, such as `[SomeTask]`; what it reaches comes along";
        errors.at(&ident, rule("a pipeline needs at least one object", "pipeline-empty", help));
    }
    let name = upper_snake(&ident.to_string()).to_ascii_lowercase();
    let comment = doc_comment(&attrs);
    let generated = role.map(|role| {
        let pipeline = quote_spanned! {impl_span(&ident)=>
            #[automatically_derived]
            impl ::pipeline_dsl::pipeline::Pipeline for #ident {
                const DEFINITION: &'static ::pipeline_dsl::pipeline::PipelineDef =
                    &::pipeline_dsl::pipeline::PipelineDef {
                        name: #name,
                        comment: #comment,
                        role: ::pipeline_dsl::__private::role_node::<#role>(),
                        objects: &[#(::pipeline_dsl::__private::object_node::<#objects>()),*],
                        samples: #samples,
                        scenarios: #scenarios,
                        at: ::core::concat!(::core::file!(), ":", ::core::line!()),
                    };
            }
        };
        let alone = objects.iter().map(|object| {
            let span = joined_span(object);
            let name = Ident::new("TASK_SUCCESS_ALONE", span);
            let marker = Ident::new("TaskSuccessAlone", span);
            let node = quote!(::pipeline_dsl::__private::object_node::<#object>());
            quote_spanned! {span=>
                const _: () = {
                    const #name: () = ::pipeline_dsl::rule::warning::#marker::<{
                        ::pipeline_dsl::rule::warning::concerns(#node, "task-success-alone")
                            && ::pipeline_dsl::rule::warning::task_success_alone(REACH, #node)
                    }>::CHECKED;
                };
            }
        });
        // Each rule is a constant of its own, so that all that is wrong is reported at once.
        let checks = quote_spanned! {ident.span()=>
            #[allow(dead_code, long_running_const_eval)]
            const _: () = {
                const PIPELINE: &::pipeline_dsl::pipeline::PipelineDef =
                    <#ident as ::pipeline_dsl::pipeline::Pipeline>::DEFINITION;
                const REACH: &::pipeline_dsl::__private::Reach = &::pipeline_dsl::__private::reach(PIPELINE);
                const SIZE: () = ::pipeline_dsl::__private::check_size(REACH);
                const CYCLES: () = ::pipeline_dsl::__private::check_cycle(REACH);
                const NAMES: () = ::pipeline_dsl::__private::check_names(REACH);
                const CONSUMERS: () = ::pipeline_dsl::__private::check_consumers(REACH);
                const FINALIZERS: () = ::pipeline_dsl::__private::check_finalizers(REACH);
                const CHILDREN: () = ::pipeline_dsl::__private::check_children(REACH);
                const ROOTS: () = ::pipeline_dsl::__private::check_roots(REACH);
                const FRAGMENTS: () = ::pipeline_dsl::__private::check_fragments(REACH, PIPELINE);
                #(#alone)*
            };
        };
        quote!(#pipeline #checks)
    });
    let errors = errors.into_tokens();
    let derives = quote!(#[derive(Clone, Copy, Debug)]);
    quote! {
        #(#attrs)*
        #derives
        #vis struct #ident;
        #errors
        #generated
    }
}
