//! `#[procedure(schema = ..)]` on a function.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ItemFn;
use syn::ext::IdentExt;

use super::{
    ALL, Procedure, Settings, access, argument, declaration, relation, signature, source, source_node, target,
    unknown_type,
};
use crate::errors::{Errors, rule};
use crate::flow;
use crate::function::{Parameter, Role};
use crate::names::doc_comment;
use crate::options::{Options, joined_span};
use crate::rewrite::{Rewriter, Use};

pub(super) fn expand(args: TokenStream, function: &ItemFn) -> TokenStream {
    let mut errors = Errors::default();
    let ident = &function.sig.ident;
    let mut options = Options::parse(args, ident.span(), &mut errors);
    let settings = Settings::read(ident, &mut options, &mut errors);
    options.finish("procedure", &mut errors);

    let (mut parameters, returns) = signature(&function.sig, &mut errors);
    super::reference::forgotten(&mut parameters, &function.block, &mut errors);

    let tables: Vec<_> = parameters.iter().filter(|p| !matches!(p.role, Role::Argument(_))).map(|p| p.name).collect();
    let mut rewriter = Rewriter::new(&tables, &mut errors);
    let statements = rewriter.procedure(&function.block, returns.is_some());
    // What was left out may have been all that used a parameter.
    let incomplete = rewriter.has_mistakes();
    let calls = rewriter.calls();
    let uses = rewriter.uses();

    let owner = settings.execute_as != "Caller";
    let flow = flow::read(&function.block, &parameters, owner, &mut errors);
    // What rustc says about the same statements would be about the same mistake.
    let statements = if flow.mistaken { TokenStream::new() } else { statements };
    let incomplete = incomplete || flow.mistaken;
    let mut consumes = vec![];
    let mut reads = vec![];
    let mut writes = vec![];
    let mut arguments = vec![];
    let mut argument_types = vec![];
    let mut handles = vec![];
    let mut relations = vec![];
    for Parameter { name, role } in &parameters {
        let used = uses.get(&name.to_string());
        match role {
            Role::Read(ty) => {
                if let Some((_, span)) = flow.twice.iter().find(|(source, _)| *name == source) {
                    handles.push(quote_spanned! {*span=>
                        const _: () = ::pipeline_dsl::query::consumed_twice::<#ty>();
                    });
                }
                let (source, node) = (source(ty), source_node(ty));
                if flow.consumes.contains(&name.to_string()) {
                    consumes.push(node.clone());
                }
                reads.push(node);
                handles.push(quote_spanned!(joined_span(ty)=> let #name = #source::handle();));
                relations.push(relation("Reads", ident, ty));
            }
            Role::Write(ty) => {
                let privileges = used.map(privileges).unwrap_or_default();
                if !privileges.iter().any(|privilege| *privilege != "Select") {
                    let ty = quote!(#ty).to_string().replace(' ', "");
                    let help = format!("help: write `{name}: &{ty}`, or give it rows with `insert`");
                    errors.at(name, format!("`{name}` is never written to\n{help}"));
                }
                let target = target(ty);
                writes.push(access(&target, ty, privileges));
                handles.push(quote_spanned!(joined_span(ty)=> let #name = #target::handle();));
                relations.push(relation("Writes", ident, ty));
            }
            Role::Argument(ty) => {
                arguments.push(argument(name, ty));
                argument_types.push(*ty);
                let text = name.unraw().to_string();
                let position = arguments.len() - 1;
                handles.push(quote!(let #name = ::pipeline_dsl::body::argument::<#ident, #ty>(#position, #text);));
            }
        }
    }

    for path in &calls {
        if path.is_ident(ident) {
            let message = format!("procedure `{ident}` calls itself, and Snowflake ends after 16 calls in one another");
            errors.at(path, rule(&message, "procedure-recursion", "repeat its statements with `loop` or `while`"));
        }
    }

    if incomplete {
        let names = parameters.iter().map(|parameter| parameter.name);
        handles.push(quote!(let _ = (#(&#names,)*);));
    }

    let sound = errors.is_empty() && !incomplete;
    let errors = errors.into_tokens();
    let declaration = declaration(&function.attrs, &function.vis, ident);
    let comment = doc_comment(&function.attrs);
    let procedure = Procedure {
        ident,
        comment: &comment,
        arguments,
        argument_types,
        returns: &returns.unwrap_or_else(unknown_type),
        reads,
        writes,
        calls,
        consumes,
        doubts: flow.doubts,
        transactional: flow.transactional,
        relations,
        file: None,
        sound,
    };
    let generated = procedure.expand(&settings, &quote!(#(#handles)* #statements));
    quote!(#declaration #errors #generated)
}

/// The privileges on a table that the methods called on it take.
fn privileges(used: &Use) -> BTreeSet<&'static str> {
    if used.handed_on {
        return ALL.into();
    }
    let privileges = used.methods.iter().flat_map(|method| -> &[&str] {
        match method.as_str() {
            "insert" | "create_as" => &["Insert"],
            "insert_overwrite" => &["Insert", "Delete"],
            "update" | "update_from" | "update_removed" => &["Select", "Update"],
            "delete" | "delete_using" | "delete_removed" => &["Select", "Delete"],
            "delete_all" => &["Delete"],
            "truncate" => &["Truncate"],
            _ => &["Select"],
        }
    });
    privileges.copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn privileges_follow_from_the_methods() {
        for (methods, expected) in [
            (&["insert_overwrite"][..], &["Delete", "Insert"][..]),
            (&["insert"], &["Insert"]),
            (&["filter", "update"], &["Select", "Update"]),
            (&["merge", "on", "update", "insert", "run"], &["Insert", "Select", "Update"]),
            (&["count"], &["Select"]),
        ] {
            let used = Use { methods: methods.iter().map(ToString::to_string).collect(), handed_on: false };
            assert_eq!(privileges(&used).into_iter().collect::<Vec<_>>(), expected);
        }
    }
}
