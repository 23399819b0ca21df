//! `sql!("..")`: one SQL statement in which `{Type}` names objects.

mod parse;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{LitStr, Path};

use crate::errors::Errors;

/// A part of a statement.
enum Piece {
    Text(String),
    Object(Path),
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let fragment = match syn::parse2::<LitStr>(input) {
        Ok(text) => fragment(&text, &mut errors),
        Err(error) => {
            errors.push(syn::Error::new(
                error.span(),
                "expected one SQL statement: `sql!(\"SELECT .. FROM {SomeTable}\")`",
            ));
            quote!(::pipeline_dsl::fragment::Fragment { pieces: &[], at: "" })
        }
    };
    let errors = errors.into_tokens();
    quote!({ #errors #fragment })
}

/// The expression that makes a `Fragment` of the statement.
pub(crate) fn fragment(text: &LitStr, errors: &mut Errors) -> TokenStream {
    let (pieces, columns) = match read(text) {
        Ok(read) => read,
        Err(message) => {
            errors.at(text, message);
            Default::default()
        }
    };
    let span = text.span();
    let checks = columns.iter().filter_map(|(place, names)| match &pieces[*place] {
        Piece::Object(path) => {
            let object = quote!(::pipeline_dsl::__private::object_node::<#path>());
            Some(quote_spanned!(span=> ::pipeline_dsl::fragment::check_columns(#object, &[#(#names),*]);))
        }
        Piece::Text(_) => None,
    });
    let pieces = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => quote!(::pipeline_dsl::fragment::Piece::Text(#text)),
        Piece::Object(path) => quote! {
            ::pipeline_dsl::fragment::Piece::Object(::pipeline_dsl::__private::object_node::<#path>())
        },
    });
    quote! {
        ::pipeline_dsl::fragment::Fragment {
            pieces: const {
                #(#checks)*
                &[#(#pieces),*]
            },
            at: ::core::concat!(::core::file!(), ":", ::core::line!()),
        }
    }
}

/// The parts of the statement, and the columns of objects that it names.
fn read(text: &LitStr) -> Result<(Vec<Piece>, parse::Columns), String> {
    let sql = text.value();
    if let Some(sql) = sql.trim_start().strip_prefix(parse::UNPARSED) {
        return Ok((pieces(sql, text.span())?, parse::Columns::new()));
    }
    let pieces = pieces(&sql, text.span())?;
    let columns = parse::columns(&pieces)?;
    Ok((pieces, columns))
}

/// The objects that the statement names, each once.
pub(crate) fn objects(text: &LitStr) -> Vec<Path> {
    let mut found: Vec<Path> = vec![];
    for piece in pieces(&text.value(), text.span()).unwrap_or_default() {
        if let Piece::Object(path) = piece
            && !found.iter().any(|known| known.to_token_stream().to_string() == path.to_token_stream().to_string())
        {
            found.push(path);
        }
    }
    found
}

/// The names of the columns that a query gives, where its text says them all.
pub(crate) fn select_list(text: &LitStr) -> Option<Vec<String>> {
    parse::select_list(&pieces(&text.value(), text.span()).ok()?)
}

/// What the scanner is inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Code,
    /// `'..'` or `".."`
    Quote(char),
    /// `$$..$$`
    Dollars,
    /// `-- ..`
    LineComment,
    /// `/* .. */`
    BlockComment,
}

/// Cuts the statement at the objects it names, and checks that it is one statement with balanced quotes and parentheses.
fn pieces(sql: &str, span: Span) -> Result<Vec<Piece>, String> {
    let mut pieces = vec![];
    let mut text = String::new();
    let mut inside = Inside::Code;
    let mut open = vec![];
    let mut ended = false;
    let mut empty = true;
    let mut rest = sql;
    while let Some(character) = rest.chars().next() {
        let two = rest.get(..2).unwrap_or("");
        let mut length = character.len_utf8();
        match inside {
            Inside::Code => match (character, two) {
                (_, "--") => inside = Inside::LineComment,
                (_, "/*") => inside = Inside::BlockComment,
                (_, "$$") => (inside, length) = (Inside::Dollars, 2),
                ('\'' | '"', _) => inside = Inside::Quote(character),
                ('(' | '[', _) => open.push(character),
                (')' | ']', _) => {
                    let opening = if character == ')' { '(' } else { '[' };
                    if open.pop() != Some(opening) {
                        return Err(format!("`{character}` closes nothing in this SQL statement"));
                    }
                }
                (';', _) => {}
                _ => {}
            },
            Inside::Quote(_) if character == '\\' && matches!(inside, Inside::Quote('\'')) => {
                length += rest[1..].chars().next().map_or(0, char::len_utf8);
            }
            // A doubled quote ends and starts again, which comes to the same.
            Inside::Quote(quote) if character == quote => inside = Inside::Code,
            Inside::Dollars if two == "$$" => (inside, length) = (Inside::Code, 2),
            Inside::LineComment if character == '\n' => inside = Inside::Code,
            Inside::BlockComment if two == "*/" => (inside, length) = (Inside::Code, 2),
            _ => {}
        }
        let comment = matches!(inside, Inside::LineComment | Inside::BlockComment) || two == "*/";
        if inside == Inside::Code && character == ';' {
            ended = true;
        } else if !comment && !character.is_whitespace() {
            if ended {
                return Err(
                    "expected one SQL statement, found more after `;`\nhelp: write each with `sql!` of its own".into(),
                );
            }
            empty = false;
        }
        if character == '{' && !comment {
            if let Some((path, length)) = placeholder(rest, span) {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
                pieces.push(Piece::Object(path));
                rest = &rest[length..];
                continue;
            }
            if two == "{{" {
                length = 2;
                text.push('{');
                rest = &rest[length..];
                continue;
            }
            if inside == Inside::Code {
                return Err(
                    "`{` does not start the name of an object\nhelp: write `{SomeTable}`, or `{{` for a brace".into()
                );
            }
        }
        if two == "}}" && inside == Inside::Code {
            text.push('}');
            rest = &rest[2..];
            continue;
        }
        text.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    match inside {
        Inside::Quote(quote) => return Err(format!("a text or name in {quote}..{quote} does not end")),
        Inside::Dollars => return Err("a text in $$..$$ does not end".into()),
        Inside::BlockComment => return Err("a comment `/* ..` does not end".into()),
        Inside::Code | Inside::LineComment => {}
    }
    if let Some(open) = open.pop() {
        return Err(format!("`{open}` is not closed in this SQL statement"));
    }
    if empty {
        return Err("expected a SQL statement, found nothing".into());
    }
    pieces.push(Piece::Text(text));
    pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    Ok(pieces)
}

/// `{some::Type}` at the start of `text`, and its length.
fn placeholder(text: &str, span: Span) -> Option<(Path, usize)> {
    let end = text.find('}')?;
    let name = &text[1..end];
    let plain = |character: char| character.is_alphanumeric() || character == '_' || character == ':';
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let tokens = name.parse::<TokenStream>().ok()?;
    let tokens: TokenStream = tokens
        .into_iter()
        .map(|mut token| {
            token.set_span(span);
            token
        })
        .collect();
    Some((syn::parse2(tokens).ok()?, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(sql: &str) -> Result<String, String> {
        let pieces = pieces(sql, Span::call_site())?;
        let show = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Object(path) => format!("<{}>", path.to_token_stream().to_string().replace(' ', "")),
        };
        Ok(pieces.iter().map(show).collect())
    }

    #[test]
    fn statements_are_cut_at_the_objects() {
        for (sql, expected) in [
            ("SELECT 1 FROM {TableA}", "SELECT 1 FROM <TableA>"),
            ("SELECT SYSTEM$STREAM_HAS_DATA('{a::S}');", "SELECT SYSTEM$STREAM_HAS_DATA('<a::S>');"),
            ("SELECT '{\"a\": 1}', {{ 'k': 1 }}", "SELECT '{\"a\": 1}', { 'k': 1 }"),
            ("SELECT 'it''s; {fine' -- {no} ;\n", "SELECT 'it''s; {fine' -- {no} ;\n"),
            (
                "SELECT 'a\\'b', $$x'y$$, \"a;b\" /* ; */ ;  -- end",
                "SELECT 'a\\'b', $$x'y$$, \"a;b\" /* ; */ ;  -- end",
            ),
        ] {
            assert_eq!(show(sql).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (sql, part) in [
            ("  -- nothing\n ; ", "found nothing"),
            ("SELECT 1; SELECT 2", "found more after `;`"),
            ("SELECT 'a", "'..' does not end"),
            ("SELECT \"a", "\"..\" does not end"),
            ("SELECT $$a", "$$..$$ does not end"),
            ("SELECT /* a", "does not end"),
            ("SELECT (1", "`(` is not closed"),
            ("SELECT 1)", "`)` closes nothing"),
            ("SELECT {1 + 1}", "does not start the name of an object"),
        ] {
            let message = show(sql).expect_err(sql);
            assert!(message.contains(part), "{sql}: {message}");
        }
    }
}
