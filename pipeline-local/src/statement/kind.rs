//! Kinds of objects as statements write them, some in two words.

use crate::catalog::Kind;
use crate::parse::Cursor;

/// A kind as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) kind: Kind,
    /// MATERIALIZED VIEW, whose objects are views of the catalog.
    pub(crate) materialized: bool,
}

/// The words that kinds consist of which this engine does not have.
const FOREIGN: &[&str] = &[
    "ACCESS",
    "AGGREGATION",
    "ALERT",
    "APPLICATION",
    "AUTHENTICATION",
    "CATALOG",
    "COMPUTE",
    "CONNECTION",
    "CORTEX",
    "DATABASE",
    "DYNAMIC",
    "EVENT",
    "EXTERNAL",
    "FAILOVER",
    "GIT",
    "GROUP",
    "HYBRID",
    "ICEBERG",
    "IMAGE",
    "JOIN",
    "MANAGED",
    "MASKING",
    "MODEL",
    "MONITOR",
    "NETWORK",
    "NOTEBOOK",
    "ORGANIZATION",
    "PACKAGES",
    "PASSWORD",
    "POLICY",
    "POOL",
    "PRIVACY",
    "PROFILE",
    "PROJECTION",
    "REPLICATION",
    "REPOSITORY",
    "RESOURCE",
    "ROLE",
    "ROW",
    "RULE",
    "SEARCH",
    "SECRET",
    "SEMANTIC",
    "SERVICE",
    "SESSION",
    "SHARE",
    "STREAMLIT",
    "TABLE",
    "TYPE",
    "VIEW",
    "VOLUME",
];

/// Reads a kind in the singular if one is next.
pub(crate) fn read(cursor: &mut Cursor<'_>) -> Option<Written> {
    read_form(cursor, "")
}

/// Reads a kind in the plural if one is next.
pub(super) fn read_plural(cursor: &mut Cursor<'_>) -> Option<Written> {
    read_form(cursor, "S")
}

fn read_form(cursor: &mut Cursor<'_>, ending: &str) -> Option<Written> {
    if cursor.accept_keywords(&format!("MATERIALIZED VIEW{ending}")) {
        return Some(Written { kind: Kind::View, materialized: true });
    }
    // `DATABASE ROLE` and the like are kinds of their own.
    if ["DATABASE ROLE", "DATABASE ROLES", "APPLICATION ROLE"].iter().any(|other| cursor.peek_keywords(other)) {
        return None;
    }
    let kind = Kind::ALL.into_iter().find(|kind| cursor.accept_keywords(&format!("{}{ending}", kind.keyword())))?;
    Some(Written { kind, materialized: false })
}

/// The next words as far as they name a kind of object, for refusing it by name.
pub(super) fn foreign(cursor: &Cursor<'_>) -> String {
    let mut words = Vec::new();
    while let Some(word) = cursor.peek_word_at(words.len()) {
        let singular = word.strip_suffix("IES").map(|stem| format!("{stem}Y"));
        let singular = singular.as_deref().or(word.strip_suffix('S')).unwrap_or(&word);
        let known = FOREIGN.contains(&word.as_str()) || FOREIGN.contains(&singular);
        if words.is_empty() || known {
            words.push(word);
        } else {
            break;
        }
    }
    words.join(" ")
}
