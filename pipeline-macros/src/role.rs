//! `#[role]`

use proc_macro2::TokenStream;
use quote::quote;

use crate::node::{Node, option};
use crate::unit::Unit;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let unit = match Unit::parse("role", args, item) {
        Ok(unit) => unit,
        Err(tokens) => return tokens,
    };
    let node = Node {
        ident: &unit.item.ident,
        kind: "Role",
        name: &unit.name,
        parent: option(None),
        comment: &unit.comment,
        external: unit.external,
        definition: quote!(::pipeline_dsl::object::Definition::Role(::pipeline_dsl::object::RoleDef {})),
    };
    let generated = [node.expand(), node.marker()].into_iter().collect();
    unit.finish("role", generated)
}
