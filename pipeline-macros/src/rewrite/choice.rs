//! `match` on values.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprMatch, Pat};

use super::Rewriter;

impl Rewriter<'_> {
    /// The condition and the body of each arm, the matched value being called `__value`; the last has no condition.
    pub(super) fn arms<'e>(&mut self, choice: &'e ExprMatch) -> Option<Vec<(Option<TokenStream>, &'e Expr)>> {
        let before = self.mistakes;
        let mut arms = vec![];
        for (index, arm) in choice.arms.iter().enumerate() {
            self.no_attributes(&arm.attrs);
            let last = index + 1 == choice.arms.len();
            let (pattern, guard) = match &arm.pat {
                Pat::Guard(guarded) => (&*guarded.pat, Some(&*guarded.guard)),
                pattern => (pattern, None),
            };
            let pattern = self.pattern(pattern);
            let guard = guard.map(|guard| self.condition(guard));
            let condition = match (pattern, guard) {
                (Some(pattern), Some(guard)) => Some(quote!(::pipeline_dsl::expr::operator::and(#pattern, #guard))),
                (pattern, guard) => pattern.or(guard),
            };
            match (&condition, last) {
                (None, false) => self.mistake(&arm.pat, "nothing reaches the arms after this one"),
                (Some(_), true) => {
                    self.mistake(&arm.pat, "the last arm of `match` takes what is left\nhelp: end with `_ => ..`");
                }
                _ => {}
            }
            arms.push((condition, &*arm.body));
        }
        if choice.arms.is_empty() {
            self.mistake(choice, "`match` needs at least one arm: `_ => ..`");
        }
        (self.mistakes == before).then_some(arms)
    }

    /// `match` as a value: the first arm whose condition is true.
    pub(super) fn choice_value(&mut self, choice: &ExprMatch) -> TokenStream {
        let Some(arms) = self.arms(choice) else { return TokenStream::new() };
        let value = self.value(&choice.expr);
        let span = choice.match_token.span();
        let mut out = TokenStream::new();
        for (condition, body) in arms.into_iter().rev() {
            let body = self.value(body);
            out = match condition {
                Some(condition) => {
                    quote_spanned!(span=> ::pipeline_dsl::expr::function::iff(#condition, #body, #out))
                }
                None => body,
            };
        }
        quote!({
            let __value = #value;
            #out
        })
    }

    /// The condition that the value matches; none for `_`.
    fn pattern(&mut self, pattern: &Pat) -> Option<TokenStream> {
        let span = pattern.span();
        match pattern {
            Pat::Wild(_) => None,
            Pat::Paren(inner) => self.pattern(&inner.pat),
            Pat::Lit(literal) => {
                let value = self.value(&Expr::Lit(literal.clone()));
                Some(equal(span, &value))
            }
            // A constant cannot be told from a name that is bound, but for None.
            Pat::Ident(name) if name.ident == "None" && name.subpat.is_none() => {
                Some(quote_spanned!(span=> ::pipeline_dsl::expr::function::is_null(__value)))
            }
            Pat::Or(any) => {
                let mut conditions =
                    any.cases.iter().filter_map(|case| self.pattern(case)).collect::<Vec<_>>().into_iter();
                let first = conditions.next()?;
                let or = |left, right| quote_spanned!(span=> ::pipeline_dsl::expr::operator::or(#left, #right));
                Some(conditions.fold(first, or))
            }
            Pat::Range(range) => match (&range.start, &range.end, &range.limits) {
                (Some(start), Some(end), syn::RangeLimits::Closed(_)) => {
                    let (start, end) = (self.value(start), self.value(end));
                    Some(quote_spanned!(span=> ::pipeline_dsl::expr::function::between(__value, #start, #end)))
                }
                _ => {
                    self.mistake(pattern, "expected a range with two ends: `1..=9`");
                    Some(TokenStream::new())
                }
            },
            other => {
                let message = "this pattern is not available in a procedure or view\nhelp: match on literals, ranges such as \
                               `1..=9`, `None` and `_`; write other conditions as `_ if condition`";
                self.mistake(other, message);
                Some(TokenStream::new())
            }
        }
    }
}

fn equal(span: Span, value: &TokenStream) -> TokenStream {
    quote_spanned!(span=> ::pipeline_dsl::expr::operator::eq(__value, #value))
}
