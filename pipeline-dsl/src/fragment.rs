//! Pieces of SQL that the user wrote, with the objects they name.

use crate::node::NodeRef;

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
