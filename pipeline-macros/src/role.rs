//! `#[role]`

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::rule;
use crate::node::{Node, option};
use crate::unit::Unit;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut unit = match Unit::parse("role", args, item) {
        Ok(unit) => unit,
        Err(tokens) => return tokens,
    };
    const SYSTEM: &[&str] =
        &["ACCOUNTADMIN", "SECURITYADMIN", "SYSADMIN", "USERADMIN", "ORGADMIN", "GLOBALORGADMIN", "PUBLIC"];
    if SYSTEM.contains(&unit.name.as_str()) && !unit.external {
        let message = format!("`{}` is a role of Snowflake's own", unit.name);
        unit.errors
            .at(&unit.item.ident, rule(&message, "role-system", "choose another name, or write `#[role(external)]`"));
    }
    let node = Node {
        ident: &unit.item.ident,
        kind: "Role",
        name: &unit.name,
        parent: option(None),
        comment: &unit.comment,
        external: unit.external,
        definition: quote!(::pipeline_dsl::object::Definition::Role(::pipeline_dsl::object::RoleDef {})),
    };
    let generated = [node.expand(&unit.more), node.marker()].into_iter().collect();
    unit.finish("role", generated)
}
