//! Pieces of SQL that the user wrote, with the objects they name.

use crate::check::{Msg, same};
use crate::node::{Kind, NodeRef};
use crate::object::{Column, Definition};

/// One SQL statement written with `sql!`, in which `{Type}` names objects.
#[derive(Clone, Copy, Debug)]
pub struct Fragment {
    /// The text, cut at the objects it names.
    pub pieces: &'static [Piece],
    /// Where it is written: `file:line`.
    pub at: &'static str,
}

/// A part of a [`Fragment`].
#[derive(Clone, Copy, Debug)]
pub enum Piece {
    /// Text that goes into the statement as it is.
    Text(&'static str),
    /// An object, written as its qualified name.
    Object(NodeRef),
}

impl Fragment {
    /// The statement with qualified names, without a final semicolon.
    pub fn sql(&self) -> String {
        let text: String = self
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => (*text).to_owned(),
                Piece::Object(object) => object.get().qualified_name(),
            })
            .collect();
        dedent(&text)
    }

    /// The objects that the statement names, in order of appearance.
    pub fn objects(&self) -> impl Iterator<Item = NodeRef> + '_ {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Object(object) => Some(*object),
            Piece::Text(_) => None,
        })
    }

    /// Whether the words stand next to each other somewhere in the statement, outside of quotes and comments.
    pub(crate) const fn has_words(&self, words: &[&str]) -> bool {
        let mut piece = 0;
        while piece < self.pieces.len() {
            if let Piece::Text(text) = self.pieces[piece]
                && text_has_words(text.as_bytes(), words)
            {
                return true;
            }
            piece += 1;
        }
        false
    }

    /// Whether the statement begins with the word.
    pub(crate) const fn begins_with(&self, word: &str) -> bool {
        if let Some(Piece::Text(text)) = self.pieces.first() {
            let bytes = text.as_bytes();
            let (start, end) = next_word(bytes, 0);
            return is_word(bytes, start, end, word);
        }
        false
    }

    pub(crate) const fn piece_count(&self) -> usize {
        self.pieces.len()
    }

    pub(crate) const fn object(&self, index: usize) -> Option<NodeRef> {
        match self.pieces[index] {
            Piece::Object(object) => Some(object),
            Piece::Text(_) => None,
        }
    }
}

/// Rule `sql-column`: a statement names only columns that its tables, views and streams have, where these are known.
///
/// # Panics
/// With a message that names the columns there are.
#[doc(hidden)]
#[track_caller]
pub const fn check_columns(object: NodeRef, names: &[&str]) {
    let node = object.get();
    let Some(columns) = columns_of(object) else { return };
    let mut at = 0;
    while at < names.len() {
        let name = names[at];
        at += 1;
        if has_column(columns, name) || (matches!(node.kind, Kind::Stream) && is_metadata(name)) {
            continue;
        }
        let mut msg: Msg = Msg::new();
        msg.push(node.kind.noun()).push(" ").name(node.rust_name).push(" has no column ").name(name);
        msg.push(": it has ");
        let mut column = 0;
        while column < columns.len() {
            if column > 0 {
                msg.push(", ");
            }
            if column == 20 {
                msg.push("..");
                break;
            }
            msg.push(columns[column].name);
            column += 1;
        }
        msg.rule("sql-column", "");
        panic!("{}", msg.as_str());
    }
}

/// The columns of a table or view, or of what a stream follows.
const fn columns_of(object: NodeRef) -> Option<&'static [Column]> {
    let source = match &object.get().definition {
        Definition::Stream(stream) => stream.source,
        _ => object,
    };
    match &source.get().definition {
        Definition::Table(table) => Some(table.columns),
        Definition::View(view) if !view.columns.is_empty() => Some(view.columns),
        _ => None,
    }
}

const fn has_column(columns: &[Column], name: &str) -> bool {
    let mut at = 0;
    while at < columns.len() {
        if same(columns[at].name, name) {
            return true;
        }
        at += 1;
    }
    false
}

const fn is_metadata(name: &str) -> bool {
    same(name, "METADATA$ACTION") || same(name, "METADATA$ISUPDATE") || same(name, "METADATA$ROW_ID")
}

const fn text_has_words(bytes: &[u8], words: &[&str]) -> bool {
    let mut at = 0;
    let mut matched = 0;
    while at < bytes.len() {
        let (start, end) = next_word(bytes, at);
        if start == end {
            return false;
        }
        if is_word(bytes, start, end, words[matched]) {
            matched += 1;
            if matched == words.len() {
                return true;
            }
        } else {
            matched = if is_word(bytes, start, end, words[0]) { 1 } else { 0 };
            if matched == words.len() {
                return true;
            }
        }
        at = end;
    }
    false
}

/// The next run of letters, digits and underscores, or the next quoted text, from `at` on; empty at the end.
const fn next_word(bytes: &[u8], mut at: usize) -> (usize, usize) {
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'\'' | b'"') => {
                let start = at;
                at += 1;
                while at < bytes.len() && bytes[at] != quote {
                    at += 1;
                }
                let end = if at < bytes.len() { at + 1 } else { at };
                return (start, end);
            }
            b'-' if at + 1 < bytes.len() && bytes[at + 1] == b'-' => {
                while at < bytes.len() && bytes[at] != b'\n' {
                    at += 1;
                }
            }
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => {
                let start = at;
                while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_') {
                    at += 1;
                }
                return (start, at);
            }
            _ => at += 1,
        }
    }
    (at, at)
}

const fn is_word(bytes: &[u8], start: usize, end: usize, word: &str) -> bool {
    let found = bytes.split_at(end).0.split_at(start).1;
    found.eq_ignore_ascii_case(word.as_bytes())
}

/// Removes the indentation that a literal over several lines has from the Rust code around it.
fn dedent(text: &str) -> String {
    let text = text.trim_end().trim_end_matches(';').trim_end();
    let text = text.trim_start_matches([' ', '\n']);
    let indent = text
        .lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let lines = text.lines().enumerate();
    let lines =
        lines.map(|(number, line)| if number == 0 { line } else { line.get(indent..).unwrap_or("") }.trim_end());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_outside_of_quotes_and_comments() {
        for (text, words, found) in [
            ("SELECT a FROM t GROUP  BY b", &["GROUP", "BY"] as &[&str], true),
            ("select distinct a", &["DISTINCT"], true),
            ("SELECT 'GROUP BY'", &["GROUP", "BY"], false),
            ("SELECT \"DISTINCT\", a_distinct", &["DISTINCT"], false),
            ("SELECT 1 -- LIMIT 1\nFROM t", &["LIMIT"], false),
            ("a LEFT LEFT JOIN b", &["LEFT", "JOIN"], true),
            ("a LEFT b JOIN c", &["LEFT", "JOIN"], false),
        ] {
            assert_eq!(text_has_words(text.as_bytes(), words), found, "{text}");
        }
        let fragment = Fragment { pieces: &[Piece::Text("\n  select 1")], at: "" };
        assert!(fragment.begins_with("SELECT") && !fragment.begins_with("SEL"));
    }

    #[test]
    fn fragments_lose_the_indentation_of_the_program() {
        for (text, sql) in [
            ("SELECT 1;", "SELECT 1"),
            ("\n        SELECT 1\n        FROM T\n    ", "SELECT 1\nFROM T"),
            ("SELECT 1,\n           2\n    FROM T", "SELECT 1,\n       2\nFROM T"),
            ("SELECT 'ä'\n\nFROM T", "SELECT 'ä'\n\nFROM T"),
        ] {
            assert_eq!(dedent(text), sql);
        }
    }
}
