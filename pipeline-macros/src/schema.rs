//! `#[schema(database = ..)]`

use proc_macro2::TokenStream;
use quote::quote;

use crate::database::{retention, retention_check, retention_span};
use crate::errors::rule;
use crate::node::{Node, option};
use crate::unit::Unit;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut unit = match Unit::parse("schema", args, item) {
        Ok(unit) => unit,
        Err(tokens) => return tokens,
    };
    let help = "write `#[schema(database = SomeDatabase)]`";
    let database = unit.options.required_path("database", help, &mut unit.errors);
    let transient = unit.options.flag("transient", &mut unit.errors).unwrap_or(false);
    let managed_access = unit.options.flag("managed_access", &mut unit.errors).unwrap_or(false);
    let span = retention_span(&unit.options);
    let days = retention(&mut unit);
    if unit.name == "INFORMATION_SCHEMA" && !unit.external {
        let help = "choose another name";
        let message = "every database has a schema `INFORMATION_SCHEMA` of its own";
        unit.errors.at(&unit.item.ident, rule(message, "schema-system", help));
    }
    let node = Node {
        ident: &unit.item.ident,
        kind: "Schema",
        name: &unit.name,
        parent: option(database.map(|database| quote!(::pipeline_dsl::__private::database_node::<#database>()))),
        comment: &unit.comment,
        external: unit.external,
        definition: quote! {
            ::pipeline_dsl::object::Definition::Schema(::pipeline_dsl::object::SchemaDef {
                transient: #transient,
                managed_access: #managed_access,
                #days
            })
        },
    };
    let check = retention_check(&unit.item.ident, span);
    let generated = [node.expand(&unit.more), node.marker(), check].into_iter().collect();
    unit.finish("schema", generated)
}
