//! A `&` that is missing before a table or stream.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprMethodCall, Type};

use crate::errors::Errors;
use crate::function::{Parameter, Role};
use crate::options::as_path;

/// Methods of what is read, which no value of SQL has.
const READ: &[&str] = &[
    "aggregate",
    "columns",
    "count",
    "cross_join",
    "exists",
    "filter",
    "flatten",
    "full_join",
    "group_by",
    "insert_all",
    "insert_first",
    "join",
    "latest_by",
    "left_join",
    "order_by",
    "right_join",
    "select",
    "values",
];
/// Methods of what is written.
const WRITTEN: &[&str] = &[
    "create_as",
    "delete",
    "delete_all",
    "delete_using",
    "insert",
    "insert_overwrite",
    "merge",
    "truncate",
    "update",
    "update_from",
];

/// Reports parameters that are used as tables are, but taken as values, once for each; they count as what they were to be.
pub(super) fn forgotten(parameters: &mut [Parameter<'_>], block: &Block, errors: &mut Errors) {
    let mut uses = Uses(BTreeMap::new());
    uses.visit_block(block);
    for parameter in parameters {
        let Role::Argument(ty) = parameter.role else { continue };
        let Some(written) = uses.0.get(&parameter.name.to_string()) else { continue };
        let Type::Path(_) = ty else { continue };
        let text = ty.to_token_stream().to_string().replace(' ', "");
        let sign = if *written { "&mut " } else { "&" };
        let what = if *written { "written" } else { "read" };
        let message = format!("`{}` is {what} as a table is, but taken as a value of SQL", parameter.name);
        errors.at(ty, format!("{message}\nhelp: write `{}: {sign}{text}`", parameter.name));
        parameter.role = if *written { Role::Write(ty) } else { Role::Read(ty) };
    }
}

/// Names on which methods of tables are called, and whether these write.
struct Uses(BTreeMap<String, bool>);

impl<'a> Visit<'a> for Uses {
    fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
        if let Expr::Path(_) = &*call.receiver
            && let Some(name) = as_path(&call.receiver).and_then(syn::Path::get_ident)
        {
            let written = WRITTEN.iter().any(|method| call.method == method);
            if written || READ.iter().any(|method| call.method == method) {
                *self.0.entry(name.to_string()).or_default() |= written;
            }
        }
        visit::visit_expr_method_call(self, call);
    }
}
