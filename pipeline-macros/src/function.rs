//! Functions whose bodies are rewritten: their signatures.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{FnArg, Ident, Pat, Signature, Type};

use crate::errors::Errors;

/// A parameter of the function.
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) role: Role<'a>,
}

/// What a parameter is for.
pub(crate) enum Role<'a> {
    /// `&T`
    Read(&'a Type),
    /// `&mut T`
    Write(&'a Type),
    /// A SQL argument.
    Argument(&'a Type),
}

/// Reports what a function with SQL inside cannot have; `noun` says what it declares.
pub(crate) fn check_signature(noun: &str, signature: &Signature, errors: &mut Errors) {
    let refused: [(Option<TokenStream>, &str); 4] = [
        (signature.asyncness.map(|token| token.to_token_stream()), "`async`"),
        (signature.constness.map(|token| token.to_token_stream()), "`const`"),
        (signature.abi.as_ref().map(ToTokens::to_token_stream), "`extern`"),
        (
            (!signature.generics.params.is_empty()).then(|| signature.generics.params.to_token_stream()),
            "generic parameters",
        ),
    ];
    for (token, what) in refused {
        if let Some(token) = token {
            errors.at(token, format!("a {noun} cannot have {what}"));
        }
    }
}

/// The parameters, as far as they are plain names.
pub(crate) fn parameters<'a>(noun: &str, signature: &'a Signature, errors: &mut Errors) -> Vec<Parameter<'a>> {
    let mut parameters = vec![];
    for input in &signature.inputs {
        let FnArg::Typed(input) = input else {
            errors.at(input, format!("a {noun} is a function of its own, not a method"));
            continue;
        };
        let Pat::Ident(pat) = &*input.pat else {
            errors.at(&input.pat, format!("a parameter of a {noun} is a name"));
            continue;
        };
        let role = match &*input.ty {
            Type::Reference(reference) if reference.mutability.is_some() => Role::Write(&reference.elem),
            Type::Reference(reference) => Role::Read(&reference.elem),
            ty => Role::Argument(ty),
        };
        parameters.push(Parameter { name: &pat.ident, role });
    }
    parameters
}
