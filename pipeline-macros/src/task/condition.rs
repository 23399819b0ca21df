//! `when = ..`

use proc_macro2::TokenStream;
use quote::quote;
use syn::{BinOp, Expr, Lit, LitStr, Path, UnOp};

use crate::errors::{Errors, rule};
use crate::options::{as_call, as_literal, as_path};

/// What a condition asks.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) streams: Vec<Path>,
    pub(super) returned: Vec<Path>,
}

/// `returned(Task) == "text"`.
fn parse_returned(value: &Expr) -> Option<(&Path, &LitStr, bool)> {
    let Expr::Binary(binary) = value else { return None };
    let equal = match binary.op {
        BinOp::Eq(_) => true,
        BinOp::Ne(_) => false,
        _ => return None,
    };
    let (path, arguments) = as_call(&binary.left)?;
    let (false, Lit::Str(text)) = as_literal(&binary.right)? else { return None };
    if !path.is_ident("returned") || arguments.len() != 1 {
        return None;
    }
    Some((as_path(&arguments[0])?, text, equal))
}

/// `has_data(S)` and `returned(T) == ".."`, combined with `&&`, `||` and `!`.
pub(super) fn parse_condition(value: &Expr, asked: &mut Asked, errors: &mut Errors) -> Option<TokenStream> {
    let condition = |tokens: TokenStream| Some(quote!(::pipeline_dsl::object::Condition::#tokens));
    match value {
        Expr::Paren(inner) => return parse_condition(&inner.expr, asked, errors),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
            let inner = parse_condition(&unary.expr, asked, errors)?;
            return condition(quote!(Not(&#inner)));
        }
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) => {
            let is_and = matches!(binary.op, BinOp::And(_));
            let left = parse_condition(&binary.left, asked, errors);
            let right = parse_condition(&binary.right, asked, errors);
            let (left, right) = left.zip(right)?;
            return condition(if is_and { quote!(All(&[#left, #right])) } else { quote!(Any(&[#left, #right])) });
        }
        Expr::Call(_) => {
            if let Some((path, arguments)) = as_call(value)
                && path.is_ident("has_data")
                && arguments.len() == 1
                && let Some(stream) = as_path(&arguments[0])
            {
                let text = quote!(#stream).to_string();
                if !asked.streams.iter().any(|known| quote!(#known).to_string() == text) {
                    asked.streams.push(stream.clone());
                }
                return condition(quote!(HasData(::pipeline_dsl::__private::stream_node::<#stream>())));
            }
        }
        _ => {}
    }
    if let Some((task, text, equal)) = parse_returned(value) {
        asked.returned.push(task.clone());
        return condition(quote!(Returned {
            task: ::pipeline_dsl::__private::task_node::<#task>(),
            value: #text,
            equal: #equal,
        }));
    }
    let message =
        "a condition is `has_data(SomeStream)` or `returned(SomeTask) == \"..\"`, combined with `&&`, `||` and `!`";
    errors.at(value, rule(message, "task-when", ""));
    None
}
