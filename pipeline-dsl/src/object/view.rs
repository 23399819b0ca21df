use crate::ident;
use crate::node::{Node, NodeRef};

/// A view.
#[derive(Clone, Copy, Debug)]
pub struct ViewDef {
    /// The tables, streams and views that its query names.
    pub reads: &'static [NodeRef],
    /// Builds its query.
    pub query: fn() -> String,
}

impl ViewDef {
    pub(super) fn create(&self, node: &Node) -> String {
        let mut sql = format!("CREATE OR REPLACE VIEW {}\nCOPY GRANTS", node.qualified_name());
        if !node.comment.is_empty() {
            sql.push_str(&format!("\nCOMMENT = {}", ident::literal(node.comment)));
        }
        let query = (self.query)();
        format!("{sql}\nAS\n{}", query.trim().trim_end_matches(';'))
    }
}
