use crate::check::{Msg, same};
use crate::fragment::Fragment;
use crate::ident;
use crate::node::{Node, NodeRef};
use crate::object::{Column, Definition};

/// A view.
#[derive(Clone, Copy, Debug)]
pub struct ViewDef {
    /// The tables, streams and views that its query names.
    pub reads: &'static [NodeRef],
    /// Its query, if it is written as text.
    pub text: Option<Fragment>,
    /// Of a query in Rust: the methods and functions in it that a stream on the view may not bear.
    pub steps: &'static [&'static str],
    /// Its columns, if their types are known.
    pub columns: &'static [Column],
    /// Whether its definition is hidden from those who may only read it.
    pub secure: bool,
    /// Builds its query.
    pub query: fn() -> String,
}

impl ViewDef {
    /// The statement that creates the view. One that a stream follows is kept if it exists: replacing it would make the
    /// stream stale.
    pub(crate) fn create(&self, node: &Node, keep: bool) -> String {
        let secure = if self.secure { "SECURE " } else { "" };
        let name = node.qualified_name();
        let mut sql = if keep {
            format!("CREATE {secure}VIEW IF NOT EXISTS {name}")
        } else {
            format!("CREATE OR REPLACE {secure}VIEW {name}\nCOPY GRANTS")
        };
        if !node.comment.is_empty() {
            sql.push_str(&format!("\nCOMMENT = {}", ident::literal(node.comment)));
        }
        let query = (self.query)();
        format!("{sql}\nAS\n{}", query.trim().trim_end_matches(';'))
    }
}

/// Whether the rows of `source` come from the table: it is that table, or a view that reads it.
pub(crate) const fn rests_on(source: NodeRef, table: NodeRef) -> bool {
    let node = source.get();
    if node.full_id() == table.get().full_id() {
        return true;
    }
    let Definition::View(view) = &node.definition else { return false };
    let mut read = 0;
    while read < view.reads.len() {
        if rests_on(view.reads[read], table) {
            return true;
        }
        read += 1;
    }
    false
}

/// Rule `view-columns`: the fields of a view whose query is text are the columns that the query gives, in its order.
///
/// # Panics
/// With a message that names the first that differ.
#[doc(hidden)]
#[track_caller]
pub const fn check_view_columns(view: &str, columns: &[Column], given: &[&str]) {
    let mut at = 0;
    while at < columns.len() || at < given.len() {
        let field = if at < columns.len() { Some(columns[at].name) } else { None };
        let found = if at < given.len() { Some(given[at]) } else { None };
        at += 1;
        let mut msg: Msg = Msg::new();
        msg.push("column ").number(at as u64).push(" of view ").name(view).push(" is ");
        match (field, found) {
            (Some(field), Some(found)) if same(field, found) => continue,
            (Some(field), Some(found)) => msg.name(field).push(", but its query gives ").name(found),
            (Some(field), None) => msg.name(field).push(", but its query gives no more columns"),
            (None, Some(found)) => msg.push("missing: its query gives ").name(found),
            (None, None) => continue,
        };
        msg.rule("view-columns", "declare a field for each column of the query, in its order");
        panic!("{}", msg.as_str());
    }
}
