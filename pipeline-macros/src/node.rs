//! The node that every object attribute writes.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;

use crate::more::More;

/// What goes into a node.
pub(crate) struct Node<'a> {
    /// The Rust type.
    pub(crate) ident: &'a Ident,
    /// The variant of `Kind`.
    pub(crate) kind: &'static str,
    /// The SQL name.
    pub(crate) name: &'a str,
    /// An expression of type `Option<NodeRef>`.
    pub(crate) parent: TokenStream,
    /// The doc comment.
    pub(crate) comment: &'a str,
    pub(crate) external: bool,
    /// An expression of type `Definition`.
    pub(crate) definition: TokenStream,
}

/// The user's place with our hygiene, for implementations of traits.
pub(crate) fn impl_span(ident: &Ident) -> Span {
    Span::mixed_site().located_at(ident.span())
}

impl Node<'_> {
    /// The implementation of `Object`, with the options that all objects have.
    pub(crate) fn expand(&self, more: &More) -> TokenStream {
        let allows = &more.allows;
        let grants = more.grants.iter().map(|(privilege, role)| {
            quote! {
                ::pipeline_dsl::node::Granted {
                    privilege: #privilege,
                    role: ::pipeline_dsl::__private::role_node::<#role>(),
                }
            }
        });
        let Self { ident, name, parent, comment, external, definition, .. } = self;
        let rust_name = syn::ext::IdentExt::unraw(*ident).to_string();
        let kind = format_ident!("{}", self.kind);
        let id = id(self.kind, name);
        quote_spanned! {impl_span(ident)=>
            // A definition with all its options leaves nothing to the defaults.
            #[allow(clippy::needless_update)]
            #[automatically_derived]
            impl ::pipeline_dsl::node::Object for #ident {
                const NODE: ::pipeline_dsl::node::NodeRef = {
                    static NODE: ::pipeline_dsl::node::Node = ::pipeline_dsl::node::Node {
                        kind: ::pipeline_dsl::node::Kind::#kind,
                        rust_name: #rust_name,
                        name: #name,
                        parent: #parent,
                        id: #id,
                        at: ::core::concat!(::core::file!(), ":", ::core::line!()),
                        comment: #comment,
                        external: #external,
                        allows: &[#(#allows),*],
                        grants: &[#(#grants),*],
                        definition: #definition,
                    };
                    ::pipeline_dsl::node::NodeRef::new(&NODE)
                };
            }
        }
    }

    /// The implementation of the trait that marks the kind.
    pub(crate) fn marker(&self) -> TokenStream {
        let ident = self.ident;
        let kind = format_ident!("{}", self.kind);
        quote_spanned! {impl_span(ident)=>
            #[automatically_derived]
            impl ::pipeline_dsl::node::#kind for #ident {}
        }
    }
}

/// A hash of name space and name (FNV-1a). Tables, views and streams share a name space.
fn id(kind: &str, name: &str) -> u64 {
    let space = match kind {
        "Table" | "View" | "Stream" => "Table",
        other => other,
    };
    let bytes = space.bytes().chain([0]).chain(name.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// `Some(#tokens)` or `None`, with full paths.
pub(crate) fn option(tokens: Option<TokenStream>) -> TokenStream {
    match tokens {
        Some(tokens) => quote!(::core::option::Option::Some(#tokens)),
        None => quote!(::core::option::Option::None),
    }
}
