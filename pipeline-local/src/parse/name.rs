//! Identifiers and object names in their stored form.

use std::fmt;

/// Folds an unquoted identifier, or takes a quoted one as it is: the form under which objects are stored.
pub fn fold(text: &str, quoted: bool) -> String {
    if quoted { text.to_owned() } else { text.to_ascii_uppercase() }
}

/// An identifier as SQL text: bare when it needs no quotes.
pub fn quote(name: &str) -> String {
    let bare = name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_' || c == '$');
    if bare { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// A possibly qualified object name; every part in its stored form. An empty part stands for `db..object`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// From the outermost (database) to the object; one to three parts, never none.
    pub parts: Vec<String>,
}

impl Name {
    /// A name of one part that is already in its stored form.
    pub fn bare(name: impl Into<String>) -> Self {
        Self { parts: vec![name.into()] }
    }

    /// The last part: the object's own name.
    pub fn object(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }

    /// The part before the object's own name, if given and not empty.
    pub fn schema(&self) -> Option<&str> {
        let index = self.parts.len().checked_sub(2)?;
        Some(self.parts[index].as_str())
    }

    /// The first of three parts.
    pub fn database(&self) -> Option<&str> {
        let index = self.parts.len().checked_sub(3)?;
        Some(self.parts[index].as_str())
    }

    /// Reads a name out of a string, as `IDENTIFIER('...')` does: folded unless quoted inside the string.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text.trim();
        loop {
            if let Some(quoted) = rest.strip_prefix('"') {
                let mut part = String::new();
                let mut chars = quoted.char_indices().peekable();
                let mut end = None;
                while let Some((index, c)) = chars.next() {
                    if c != '"' {
                        part.push(c);
                    } else if chars.peek().is_some_and(|(_, next)| *next == '"') {
                        part.push('"');
                        chars.next();
                    } else {
                        end = Some(index + 1);
                        break;
                    }
                }
                parts.push(part);
                rest = &quoted[end?..];
            } else {
                let end = rest.find('.').unwrap_or(rest.len());
                let part = &rest[..end];
                if !part.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$') {
                    return None;
                }
                parts.push(part.to_ascii_uppercase());
                rest = &rest[end..];
            }
            match rest.strip_prefix('.') {
                Some(more) => rest = more,
                None if rest.is_empty() => break,
                None => return None,
            }
        }
        (parts.last().is_some_and(|last| !last.is_empty()) && parts.len() <= 3).then_some(Self { parts })
    }
}

/// SQL text: quoted where needed.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.parts.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            if !part.is_empty() {
                f.write_str(&quote(part))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_strings() {
        for (text, expected) in [
            ("my_t", Some("MY_T")),
            ("\"my_t\"", Some("\"my_t\"")),
            ("db.s.\"a \"\"b\"", Some("DB.S.\"a \"\"b\"")),
            ("db..t", Some("DB..T")),
            ("a b", None),
            ("", None),
            ("a.b.c.d", None),
            ("\"open", None),
        ] {
            assert_eq!(Name::parse(text).map(|name| name.to_string()).as_deref(), expected, "{text}");
        }
    }
}
