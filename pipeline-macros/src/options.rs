//! The options of an attribute: `flag`, `key = value` and `key(..)`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprLit, ExprPath, ExprUnary, Ident, Lit, LitStr, Path, Token, UnOp};

use crate::errors::{Errors, rule};

/// One option as written.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

/// What follows the key.
pub(crate) enum Value {
    None,
    Expr(Box<Expr>),
    List(TokenStream),
}

impl ToTokens for Entry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.key.to_tokens(tokens);
        match &self.value {
            Value::None => {}
            Value::Expr(value) => tokens.extend(quote!(= #value)),
            Value::List(list) => tokens.extend(quote!((#list))),
        }
    }
}

/// The options of one attribute. Each reader takes its option out; [`Options::finish`] reports what is left.
pub(crate) struct Options {
    entries: Vec<Entry>,
    known: Vec<&'static str>,
    span: Span,
}

impl Options {
    /// Parses the tokens between the parentheses of an attribute; `span` is where missing options are reported.
    pub(crate) fn parse(tokens: TokenStream, span: Span, errors: &mut Errors) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                match parse_entry(input) {
                    Ok(entry) => match entries.iter().find(|known| known.key == entry.key) {
                        Some(_) => {
                            let message = format!("option `{}` is given twice", entry.key);
                            errors.at(&entry.key, rule(&message, "option-twice", "remove one of them"));
                        }
                        None => entries.push(entry),
                    },
                    Err(error) => {
                        errors.push(error);
                        // Goes on behind the next comma, so that later options are still seen.
                        while !input.is_empty() && !input.peek(Token![,]) {
                            input.parse::<proc_macro2::TokenTree>()?;
                        }
                    }
                }
                if !input.is_empty() {
                    if input.peek(Token![,]) {
                        input.parse::<Token![,]>()?;
                    } else {
                        let tree = input.parse::<proc_macro2::TokenTree>()?;
                        errors.span(tree.span(), "expected `,` between two options");
                    }
                }
            }
            Ok(())
        };
        if let Err(error) = parser.parse2(tokens) {
            errors.push(error);
        }
        Self { entries, known: Vec::new(), span }
    }

    pub(crate) fn take(&mut self, key: &'static str) -> Option<Entry> {
        self.known.push(key);
        let at = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(at))
    }

    /// The option as it stands, which is left in place.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Whether the option is given.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// `key = "2 minutes"`; what the text says is checked in a constant.
    pub(crate) fn interval(&mut self, key: &'static str, errors: &mut Errors) -> Option<LitStr> {
        self.text(key, errors)
    }

    /// `key` or `key = true`.
    pub(crate) fn flag(&mut self, key: &'static str, errors: &mut Errors) -> Option<bool> {
        let entry = self.take(key)?;
        match &entry.value {
            Value::None => return Some(true),
            Value::Expr(value) => {
                if let Some((false, Lit::Bool(value))) = as_literal(value) {
                    return Some(value.value);
                }
                errors.at(value, mistake(format!("expected `true` or `false`, or `{key}` alone")));
            }
            Value::List(_) => errors.at(&entry, mistake(format!("expected `{key}` alone"))),
        }
        None
    }

    /// `key = some::Type`.
    pub(crate) fn path(&mut self, key: &'static str, errors: &mut Errors) -> Option<Path> {
        let entry = self.take(key)?;
        if let Value::Expr(value) = &entry.value
            && let Some(path) = as_path(value)
        {
            return Some(path.clone());
        }
        errors.at(&entry, mistake(format!("expected a type: `{key} = SomeType`")));
        None
    }

    /// The same where the option may not be missing.
    pub(crate) fn required_path(&mut self, key: &'static str, help: &str, errors: &mut Errors) -> Option<Path> {
        if !self.has(key) {
            self.known.push(key);
            errors.span(self.span, rule(&format!("option `{key}` is missing"), "option-missing", help));
            return None;
        }
        self.path(key, errors)
    }

    /// `key(A, B)` or `key = A`.
    pub(crate) fn paths(&mut self, key: &'static str, errors: &mut Errors) -> Vec<Path> {
        let Some(entry) = self.take(key) else { return Vec::new() };
        match &entry.value {
            Value::Expr(value) => {
                if let Some(path) = as_path(value) {
                    return vec![path.clone()];
                }
            }
            Value::List(list) => {
                let parsed = Punctuated::<Path, Token![,]>::parse_terminated.parse2(list.clone());
                return errors.handle(parsed).map(|paths| paths.into_iter().collect()).unwrap_or_default();
            }
            Value::None => {}
        }
        errors.at(&entry, mistake(format!("expected types: `{key}(First, Second)`")));
        Vec::new()
    }

    /// `key = "text"`.
    pub(crate) fn text(&mut self, key: &'static str, errors: &mut Errors) -> Option<LitStr> {
        let entry = self.take(key)?;
        if let Value::Expr(value) = &entry.value
            && let Some((false, Lit::Str(text))) = as_literal(value)
        {
            return Some(text.clone());
        }
        errors.at(&entry, mistake(format!("expected text: `{key} = \"..\"`")));
        None
    }

    /// `key("first", "second")` or `key = "text"`.
    pub(crate) fn texts(&mut self, key: &'static str, errors: &mut Errors) -> Vec<LitStr> {
        let Some(entry) = self.take(key) else { return Vec::new() };
        let parsed = match &entry.value {
            Value::Expr(value) => match as_literal(value) {
                Some((false, Lit::Str(text))) => Ok(vec![text.clone()]),
                _ => Err(()),
            },
            Value::List(list) => Punctuated::<LitStr, Token![,]>::parse_terminated
                .parse2(list.clone())
                .map(|texts| texts.into_iter().collect())
                .map_err(|_| ()),
            Value::None => Err(()),
        };
        parsed.unwrap_or_else(|()| {
            errors.at(&entry, mistake(format!("expected texts: `{key}(\"..\", \"..\")`")));
            Vec::new()
        })
    }

    /// All options that are left.
    pub(crate) fn rest(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries)
    }

    /// `key = 3`, from `low` to `high`; anything else breaks the rule.
    pub(crate) fn integer(
        &mut self,
        key: &'static str,
        (low, high): (u64, u64),
        broken: &str,
        errors: &mut Errors,
    ) -> Option<u64> {
        let entry = self.take(key)?;
        if let Value::Expr(value) = &entry.value
            && let Some((false, Lit::Int(number))) = as_literal(value)
            && let Ok(number) = number.base10_parse::<u64>()
            && (low..=high).contains(&number)
        {
            return Some(number);
        }
        let at = match &entry.value {
            Value::Expr(value) => value.to_token_stream(),
            _ => entry.to_token_stream(),
        };
        errors.at(at, rule(&format!("`{key}` is a whole number from {low} to {high}"), broken, ""));
        None
    }

    /// `key = Word`, one of `words`.
    pub(crate) fn word(&mut self, key: &'static str, words: &[&str], errors: &mut Errors) -> Option<Ident> {
        let entry = self.take(key)?;
        if let Value::Expr(value) = &entry.value
            && let Some(ident) = as_path(value).and_then(Path::get_ident)
        {
            if words.iter().any(|word| ident == word) {
                return Some(ident.clone());
            }
            let help = choice(&ident.to_string(), words);
            errors.at(ident, rule(&format!("`{ident}` is not a value of `{key}`"), "option-value", &help));
            return None;
        }
        errors.at(&entry, mistake(format!("expected one of {}: `{key} = {}`", list(words), words[0])));
        None
    }

    /// Reports the options that nobody asked for.
    pub(crate) fn finish(self, attribute: &str, errors: &mut Errors) {
        for entry in &self.entries {
            let key = entry.key.to_string();
            let help = choice(&key, &self.known);
            errors.at(&entry.key, rule(&format!("`#[{attribute}]` has no option `{key}`"), "option-unknown", &help));
        }
    }
}

fn parse_entry(input: ParseStream<'_>) -> syn::Result<Entry> {
    let key = input.call(Ident::parse_any)?;
    let value = if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(syn::Error::new(key.span(), mistake(format!("option `{key}` has no value after `=`"))));
        }
        Value::Expr(Box::new(input.parse()?))
    } else if input.peek(syn::token::Paren) {
        let content;
        syn::parenthesized!(content in input);
        Value::List(content.parse()?)
    } else {
        Value::None
    };
    Ok(Entry { key, value })
}

/// The path that an expression consists of.
pub(crate) fn as_path(expr: &Expr) -> Option<&Path> {
    match expr {
        Expr::Path(ExprPath { qself: None, path, attrs }) if attrs.is_empty() => Some(path),
        Expr::Group(group) => as_path(&group.expr),
        _ => None,
    }
}

/// The function name and the arguments of a call such as `name(a, b)`.
pub(crate) fn as_call(expr: &Expr) -> Option<(&Path, &Punctuated<Expr, Token![,]>)> {
    match expr {
        Expr::Call(ExprCall { func, args, .. }) => as_path(func).map(|path| (path, args)),
        _ => None,
    }
}

/// The literal that an expression consists of, and whether a minus stands before it.
pub(crate) fn as_literal(expr: &Expr) -> Option<(bool, &Lit)> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => Some((false, lit)),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match as_literal(expr)? {
            (false, literal @ (Lit::Int(_) | Lit::Float(_))) => Some((true, literal)),
            _ => None,
        },
        // What `macro_rules!` puts in for a literal.
        Expr::Group(group) => as_literal(&group.expr),
        _ => None,
    }
}

/// The tokens of a path with the span of the whole, for a call written around it.
pub(crate) fn joined_span(tokens: impl ToTokens) -> Span {
    let tokens = tokens.into_token_stream();
    let first = tokens.span();
    tokens.into_iter().last().and_then(|last| first.join(last.span())).unwrap_or(first)
}

/// A message about the form of an option.
pub(crate) fn mistake(message: impl AsRef<str>) -> String {
    rule(message.as_ref(), "option-value", "")
}

/// `did you mean ..?`, or the choices.
pub(crate) fn choice(found: &str, known: &[&str]) -> String {
    suggestion(found, known).trim_start_matches("\nhelp: ").to_owned()
}

/// A line of help with [`choice`].
pub(crate) fn suggestion(found: &str, known: &[&str]) -> String {
    let near = known.iter().map(|word| (distance(found, word), *word)).min();
    match near {
        Some((distance, word)) if distance <= 1 + found.len() / 3 => format!("\nhelp: did you mean `{word}`?"),
        _ if known.is_empty() => String::new(),
        _ => format!("\nhelp: choose from {}", list(known)),
    }
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// How many letters to change, add or remove (Levenshtein), whatever their case.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<_> = right.to_ascii_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.to_ascii_lowercase().chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (at, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[at + 1];
            row[at + 1] = replaced.min(row[at] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
