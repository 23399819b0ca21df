//! Literals.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprArray, ExprCall, Lit};

use super::{Rewriter, first};
use crate::options::as_literal;

impl Rewriter<'_> {
    pub(super) fn literal(&mut self, literal: &Lit, negative: bool) -> TokenStream {
        let span = literal.span();
        let sign = if negative { "-" } else { "" };
        match literal {
            Lit::Int(number) if !number.suffix().is_empty() => {
                self.unsupported(number, "a type suffix", "leave it out: numbers take the type that SQL gives them")
            }
            Lit::Int(number) => match format!("{sign}{}", number.base10_digits()).parse::<i128>() {
                Ok(value) if value.unsigned_abs() < 10_u128.pow(38) => exact(span, &value.to_string(), ""),
                _ => self.unsupported(number, "a number of more than 38 digits", "SQL numbers have at most 38"),
            },
            Lit::Float(number) => {
                let digits = number.base10_digits();
                let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
                let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
                if !number.suffix().is_empty() || !plain(whole) || !plain(fraction) {
                    let help = "write a decimal number such as `0.25`, or `cast::<Float, _>(..)`";
                    return self.unsupported(number, "this form of a number", help);
                }
                if fraction.len() > 37 || whole.len() + fraction.len() > 38 {
                    return self.unsupported(number, "a number of more than 38 digits", "SQL numbers have at most 38");
                }
                exact(span, &format!("{sign}{digits}"), fraction)
            }
            Lit::Str(text) => quote_spanned!(span=> ::pipeline_dsl::expr::literal::text(#text)),
            Lit::Bool(value) => quote_spanned!(span=> ::pipeline_dsl::expr::literal::boolean(#value)),
            other => self.unsupported(other, "this literal", "SQL has numbers, text, `true` and `false`"),
        }
    }

    /// `round_to(x, 2)` and its like, whose result has as many digits after the point as the literal says.
    pub(super) fn rounded(&mut self, name: Option<&str>, call: &ExprCall) -> Option<TokenStream> {
        let name =
            name.filter(|name| ["round_to", "round_half_even", "ceil_to", "floor_to", "trunc_to"].contains(name))?;
        let (value, digits) = match &call.args.iter().collect::<Vec<_>>()[..] {
            [value, digits] => (*value, as_literal(digits)?),
            _ => return None,
        };
        let (false, Lit::Int(digits)) = digits else { return None };
        let digits = digits.base10_parse::<u8>().ok().filter(|digits| *digits < 38)?;
        let digits = proc_macro2::Literal::u8_unsuffixed(digits);
        let value = self.value(value);
        let span = first(&call.func);
        let sql = match name {
            "round_half_even" => {
                let function = quote_spanned!(span=> ::pipeline_dsl::expr::function::rounded_half_even);
                return Some(quote_spanned!(span=> #function::<#digits, _, _>(#value)));
            }
            "ceil_to" => "CEIL",
            "floor_to" => "FLOOR",
            "trunc_to" => "TRUNC",
            _ => "ROUND",
        };
        Some(quote_spanned!(span=> ::pipeline_dsl::expr::function::rounded::<#digits, _, _>(#sql, #value)))
    }

    /// `[1, 2.5, 30]`: in Rust, the values of an array have one type.
    pub(super) fn array(&mut self, array: &ExprArray) -> TokenStream {
        let fraction = |value: &Expr| match as_literal(value) {
            Some((_, Lit::Int(_))) => Some(0),
            Some((_, Lit::Float(number))) => {
                number.base10_digits().split_once('.').and_then(|(_, fraction)| u8::try_from(fraction.len()).ok())
            }
            _ => None,
        };
        let scale = array.elems.iter().filter_map(fraction).max();
        let values: Vec<_> = array
            .elems
            .iter()
            .map(|value| {
                let tokens = self.value(value);
                match scale {
                    Some(scale) if fraction(value).is_some() => {
                        let scale = proc_macro2::Literal::u8_unsuffixed(scale);
                        quote_spanned!(first(value)=> ::pipeline_dsl::expr::literal::alike::<38, #scale, _>(#tokens))
                    }
                    _ => tokens,
                }
            })
            .collect();
        quote!([#(#values),*])
    }
}

/// A number of Snowflake's type for its digits.
fn exact(span: Span, digits: &str, fraction: &str) -> TokenStream {
    let count = |digits: usize| proc_macro2::Literal::u8_unsuffixed(u8::try_from(digits).unwrap_or(u8::MAX));
    // A zero before the point is no digit that counts.
    let whole = digits.trim_start_matches(['-', '0']).bytes().take_while(u8::is_ascii_digit).count();
    let (precision, scale) = (count((whole + fraction.len()).max(1)), count(fraction.len()));
    quote_spanned!(span=> ::pipeline_dsl::expr::literal::number::<#precision, #scale>(#digits))
}
