//! Struct literals of tables.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, ExprStruct, Lit, Member};

use super::expression::is_none;
use super::{Rewriter, first};
use crate::options::{as_call, as_literal};

/// What a literal says about the columns that it does not name.
enum Rest {
    /// Nothing: it names them all.
    None,
    /// `..default()`
    Default,
    /// `..unchanged()`
    Unchanged,
}

impl Rewriter<'_> {
    /// `TableB { source: c.row(), batch_id: batch, ..default() }`
    pub(super) fn row(&mut self, literal: &ExprStruct) -> TokenStream {
        let path = &literal.path;
        let rest = self.rest(literal);
        let mut names = vec![];
        let mut values = vec![];
        let mut checks = vec![];
        for field in &literal.fields {
            let Member::Named(name) = &field.member else {
                self.mistake(&field.member, "a row has named fields");
                continue;
            };
            self.no_attributes(&field.attrs);
            names.push(name.unraw().to_string());
            if is_none(&field.expr) {
                values.push(quote_spanned!(first(&field.expr)=> __columns.#name.assign_null()));
                continue;
            }
            checks.extend(constant(&field.expr).map(|(span, constant)| {
                let name = name.unraw().to_string();
                quote_spanned! {span=>
                    const _: () = ::pipeline_dsl::query::constant_fits::<#path>(
                        #name,
                        ::pipeline_dsl::query::Constant::#constant,
                    );
                }
            }));
            let value = self.value(&field.expr);
            values.push(quote_spanned!(first(&field.expr)=> __columns.#name.assign(#value)));
        }
        let span = path.span();
        let (check, finish) = match rest {
            Rest::Unchanged => (None, quote!(change)),
            Rest::Default | Rest::None => {
                let complete = matches!(rest, Rest::None);
                let covers = quote_spanned!(path.span()=> ::pipeline_dsl::query::insert_covers::<#path>);
                (Some(quote_spanned!(span=> const _: () = #covers(&[#(#names),*], #complete);)), quote!(insert))
            }
        };
        quote_spanned! {span=>
            {
                #[allow(unused_imports)]
                use ::pipeline_dsl::query::AssignRow as _;
                #check
                #(#checks)*
                let __row = ::pipeline_dsl::query::RowLiteral::<#path>::new();
                #[allow(unused_variables)]
                let __columns = __row.columns();
                __row.#finish([#(#values),*])
            }
        }
    }

    fn rest(&mut self, literal: &ExprStruct) -> Rest {
        let Some(rest) = &literal.rest else {
            if let Some(dots) = &literal.dot2_token {
                self.mistake(dots, REST);
            }
            return Rest::None;
        };
        let name = match as_call(rest) {
            Some((path, arguments)) if arguments.is_empty() => {
                path.segments.last().map(|segment| segment.ident.to_string())
            }
            _ => None,
        };
        match name.as_deref() {
            Some("default") => Rest::Default,
            Some("unchanged") => Rest::Unchanged,
            _ => {
                self.mistake(&**rest as &Expr, REST);
                Rest::Default
            }
        }
    }
}

/// The size of a literal, and its place.
fn constant(value: &Expr) -> Option<(Span, TokenStream)> {
    let (_, literal) = as_literal(value)?;
    let digits = |text: &str| u8::try_from(text.len()).unwrap_or(u8::MAX);
    let constant = match literal {
        Lit::Str(text) => {
            let length = u32::try_from(text.value().chars().count()).unwrap_or(u32::MAX);
            quote!(Text(#length))
        }
        Lit::Int(number) => {
            let whole = digits(number.base10_digits().trim_start_matches('0'));
            quote!(Number(#whole, 0))
        }
        Lit::Float(number) => {
            let (whole, fraction) = number.base10_digits().split_once('.')?;
            let (whole, fraction) = (digits(whole.trim_start_matches('0')), digits(fraction.trim_end_matches('0')));
            quote!(Number(#whole, #fraction))
        }
        _ => return None,
    };
    Some((literal.span(), constant))
}

const REST: &str = "expected `..default()` or `..unchanged()`\nhelp: `..default()` leaves the other columns of a new row to their \
                    default or NULL, `..unchanged()` leaves them as they are in an update";
