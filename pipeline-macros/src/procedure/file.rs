//! `#[procedure(schema = .., language = javascript, file = "x.js")] fn name(..) -> Type;`: a function without a body, which is
//! in a file.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Signature, Token, Visibility};

use super::{
    ALL, Procedure, Settings, access, argument, declaration, relation, signature, source_node, target, unknown_type,
};
use crate::errors::{Errors, rule};
use crate::function::{Parameter, Role};
use crate::names::doc_comment;
use crate::options::Options;

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

    let (parameters, returns) = signature(sig, &mut errors);
    let returns = returns.unwrap_or_else(unknown_type);
    let (mut reads, mut writes, mut relations) = (vec![], vec![], vec![]);
    let (mut arguments, mut argument_types) = (vec![], vec![]);
    for Parameter { name, role } in &parameters {
        match role {
            Role::Read(ty) => {
                reads.push(source_node(ty));
                relations.push(relation("Reads", ident, ty));
            }
            Role::Write(ty) => {
                // Nobody knows what the file does with it.
                writes.push(access(&target(ty), ty, ALL));
                relations.push(relation("Writes", ident, ty));
            }
            Role::Argument(ty) => {
                arguments.push(argument(name, ty));
                argument_types.push(*ty);
            }
        }
    }

    let sound = errors.is_empty();
    let errors = errors.into_tokens();
    let declaration = declaration(attrs, vis, ident);
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
