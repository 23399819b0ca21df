use crate::fragment::Fragment;
use crate::ident;
use crate::node::{Node, NodeRef};

/// A view.
#[derive(Clone, Copy, Debug)]
pub struct ViewDef {
    /// The tables, streams and views that its query names.
    pub reads: &'static [NodeRef],
    /// Its query, if it is written as text.
    pub text: Option<Fragment>,
    /// Of a query in Rust: the methods and functions in it that a stream on the view may not bear.
    pub steps: &'static [&'static str],
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
