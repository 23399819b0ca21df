//! `#[procedure(schema = .., language = javascript, file = "x.js")] fn name(..) -> Type;`: a function without a body, which is
//! in a file.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, ReturnType, Signature, Token, Visibility, parse_quote};

use super::{Procedure, Settings, relation};
use crate::errors::{Errors, rule};
use crate::function::{Parameter, Role, check_signature, parameters};
use crate::names::{doc_comment, upper_snake};
use crate::options::{Options, joined_span};

/// A function that ends in a semicolon.
pub(super) struct Declaration {
    attrs: Vec<Attribute>,
    vis: Visibility,
    sig: Signature,
}

impl Parse for Declaration {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let declaration = Self { attrs: input.call(Attribute::parse_outer)?, vis: input.parse()?, sig: input.parse()? };
        input.parse::<Token![;]>()?;
        Ok(declaration)
    }
}

pub(super) fn expand(args: TokenStream, Declaration { attrs, vis, sig }: &Declaration) -> TokenStream {
    let mut errors = Errors::default();
    let ident = &sig.ident;
    let mut options = Options::parse(args, ident.span(), &mut errors);
    let settings = Settings::read(ident, &mut options, &mut errors);
    let file = options.text("file", &mut errors);
    options.finish("procedure", &mut errors);
    match &file {
        None => errors.at(
            ident,
            rule(
                "the procedure has no body",
                "option-missing",
                "write one, or `language = javascript, file = \"name.js\"`",
            ),
        ),
        Some(file) if settings.language != "JavaScript" => {
            let help = "write `language = javascript` too";
            errors.at(file, rule("a body from a file is JavaScript", "option-value", help));
        }
        Some(_) => {}
    }

    check_signature("procedure", sig, &mut errors);
    let parameters = parameters("procedure", sig, &mut errors);
    let returns = match &sig.output {
        ReturnType::Type(_, returns) => (**returns).clone(),
        ReturnType::Default => {
            errors.at(sig, "a procedure returns a value\nhelp: write its type, such as `-> Variant`");
            parse_quote!(::pipeline_dsl::types::Variant)
        }
    };
    let (mut reads, mut writes, mut relations) = (vec![], vec![], vec![]);
    let (mut arguments, mut argument_types) = (vec![], vec![]);
    for Parameter { name, role } in &parameters {
        match role {
            Role::Read(ty) => {
                reads.push(quote!(::pipeline_dsl::query::reading::<#ty>().node()));
                relations.push(relation("Reads", ident, ty));
            }
            Role::Write(ty) => {
                let target = quote_spanned!(joined_span(ty)=> <#ty as ::pipeline_dsl::query::Writable>);
                let node = quote_spanned!(joined_span(ty)=> #target::TARGET);
                // Nobody knows what the file does with it.
                let privileges = quote!(Select, Insert, Update, Delete);
                writes.push(quote! {
                    ::pipeline_dsl::object::Access {
                        object: #node,
                        privileges: { use ::pipeline_dsl::object::Privilege::*; &[#privileges] },
                    }
                });
                relations.push(relation("Writes", ident, ty));
            }
            Role::Argument(ty) => {
                let sql_name = upper_snake(&name.unraw().to_string());
                let data_type = quote_spanned!(ty.span()=> ::pipeline_dsl::__private::argument_type::<#ty>());
                arguments.push(quote!(::pipeline_dsl::object::Argument { name: #sql_name, data_type: #data_type }));
                argument_types.push(*ty);
            }
        }
    }

    let sound = errors.is_empty();
    let errors = errors.into_tokens();
    let attrs_kept = attrs;
    let declaration = quote! {
        #(#attrs_kept)*
        #[allow(non_camel_case_types)]
        #vis struct #ident;
    };
    let procedure = Procedure {
        ident,
        comment: &doc_comment(attrs),
        arguments,
        argument_types,
        returns: &returns,
        consumes: reads.clone(),
        reads,
        writes,
        calls: vec![],
        doubts: vec![],
        transactional: false,
        relations,
        file: file.filter(|_| sound),
        sound,
    };
    let generated = procedure.expand(&settings, &quote!(::core::unreachable!("the body is in a file")));
    quote!(#declaration #errors #generated)
}
