//! `#[schema(database = ..)]`

use proc_macro2::TokenStream;
use quote::quote;

use crate::database::retention;
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
    let days = retention(&mut unit);
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
                data_retention_days: #days,
            })
        },
    };
    let generated = [node.expand(), node.marker()].into_iter().collect();
    unit.finish("schema", generated)
}
