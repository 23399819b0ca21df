//! What a task does.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Expr, Ident, Lit, Path};

use crate::errors::{Errors, rule};
use crate::options::{Options, Value, as_call, as_literal, as_path, mistake};

/// `call = procedure`, `call = procedure(1, "text")` or `sql = ".. {Object} .."`.
pub(super) fn parse_action(options: &mut Options, ident: &Ident, errors: &mut Errors) -> (Option<Path>, TokenStream) {
    let call = options.take("call");
    let sql = options.text("sql", errors);
    if let (Some(entry), Some(_)) = (&call, &sql) {
        let message = "a task has one body: `call` or `sql`, not both";
        errors.at(&entry.key, rule(message, "task-body", "remove one of them"));
    }
    if let Some(sql) = sql {
        return (
            None,
            quote_spanned!(sql.span()=> ::pipeline_dsl::object::TaskAction::Sql(::pipeline_dsl::sql!(#sql))),
        );
    }
    let nothing = quote! {
        ::pipeline_dsl::object::TaskAction::Sql(::pipeline_dsl::fragment::Fragment { pieces: &[], at: "" })
    };
    let Some(entry) = call else {
        let help = "add `call = some_procedure` or `sql = \"..\"`";
        errors.at(ident, rule("a task needs something to do", "task-body", help));
        return (None, nothing);
    };
    let Value::Expr(value) = &entry.value else {
        errors.at(&entry, mistake("expected a procedure: `call = some_procedure`"));
        return (None, nothing);
    };
    let mut arguments = Vec::new();
    let path = match (as_path(value), as_call(value)) {
        (Some(path), _) => path,
        (None, Some((path, given))) => {
            for argument in given {
                match argument_literal(argument) {
                    Some(literal) => arguments.push(literal),
                    None => {
                        let message = "an argument of `call` is text, a number, `true` or `false`";
                        errors.at(argument, rule(message, "task-call-literal", ""));
                    }
                }
            }
            path
        }
        (None, None) => {
            let message = "expected a procedure: `call = some_procedure` or `call = some_procedure(1, \"text\")`";
            errors.at(value, mistake(message));
            return (None, nothing);
        }
    };
    let action = quote! {
        ::pipeline_dsl::object::TaskAction::Call {
            procedure: ::pipeline_dsl::__private::procedure_node::<#path>(),
            arguments: &[#(#arguments),*],
        }
    };
    (Some(path.clone()), action)
}

/// A literal as SQL writes it.
pub(super) fn argument_literal(value: &Expr) -> Option<String> {
    let (negative, literal) = as_literal(value)?;
    let sign = if negative { "-" } else { "" };
    match literal {
        Lit::Str(text) if !negative => {
            Some(format!("'{}'", text.value().replace('\\', "\\\\").replace('\'', "''").replace('\n', "\\n")))
        }
        Lit::Bool(value) if !negative => Some(if value.value { "TRUE" } else { "FALSE" }.to_owned()),
        Lit::Int(number) if number.suffix().is_empty() => Some(format!("{sign}{}", number.base10_digits())),
        Lit::Float(number) if number.suffix().is_empty() => Some(format!("{sign}{}", number.base10_digits())),
        _ => None,
    }
}
