//! SQL names of Rust items.

use syn::ext::IdentExt;
use syn::{Ident, LitStr};

use crate::errors::{Errors, rule};

/// `UPPER_SNAKE` of a Rust name: `StreamTableA` and `stream_table_a` are both `STREAM_TABLE_A`.
pub(crate) fn upper_snake(name: &str) -> String {
    let letters: Vec<_> = name.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1);
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if starts_word {
            out.push('_');
        }
        out.extend(letter.to_uppercase());
    }
    out
}

/// `lower_snake` of a Rust name.
pub(crate) fn lower_snake(name: &str) -> String {
    upper_snake(name).to_lowercase()
}

/// The SQL name of an item: the text of its `name` option, or made from its Rust name.
pub(crate) fn sql_name(ident: &Ident, given: Option<&LitStr>, errors: &mut Errors) -> String {
    let name = given.map_or_else(|| upper_snake(&ident.unraw().to_string()), LitStr::value);
    let length = name.chars().count();
    if length == 0 || length > 255 {
        let message = format!("a name must have 1 to 255 characters, this one has {length}");
        let message = rule(&message, "identifier-length", "");
        match given {
            Some(text) => errors.at(text, message),
            None => errors.at(ident, message),
        }
    }
    name
}

/// The doc comment as text: lines of a paragraph joined, paragraphs on lines of their own.
pub(crate) fn doc_comment(attrs: &[syn::Attribute]) -> String {
    let mut paragraphs = vec![String::new()];
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        let syn::Meta::NameValue(meta) = &attr.meta else { continue };
        let Some((_, syn::Lit::Str(text))) = crate::options::as_literal(&meta.value) else { continue };
        for line in text.value().split('\n').map(str::trim) {
            match paragraphs.last_mut() {
                Some(last) if line.is_empty() && !last.is_empty() => paragraphs.push(String::new()),
                Some(last) if !line.is_empty() => {
                    if !last.is_empty() {
                        last.push(' ');
                    }
                    last.push_str(line);
                }
                _ => {}
            }
        }
    }
    paragraphs.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_names_become_upper_snake() {
        for (rust, sql) in [
            ("RawDb", "RAW_DB"),
            ("TableA", "TABLE_A"),
            ("VPipelineMonitoring", "V_PIPELINE_MONITORING"),
            ("XMLFile", "XML_FILE"),
            ("Top10List", "TOP10_LIST"),
            ("sp_process_table_a", "SP_PROCESS_TABLE_A"),
            ("customer_id", "CUSTOMER_ID"),
            ("A", "A"),
        ] {
            assert_eq!(upper_snake(rust), sql);
        }
    }

    #[test]
    fn doc_comments_join_lines_and_keep_paragraphs() {
        let item: syn::ItemStruct = syn::parse_quote! {
            /// First line,
            /// and its rest.
            ///
            /// Second paragraph.
            struct S;
        };
        assert_eq!(doc_comment(&item.attrs), "First line, and its rest.\nSecond paragraph.");
    }
}
