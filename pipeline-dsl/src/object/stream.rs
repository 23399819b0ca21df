use crate::node::{Node, NodeRef};

/// A stream on a table.
#[derive(Clone, Copy, Debug)]
pub struct StreamDef {
    /// The table whose changes it delivers.
    pub source: NodeRef,
    /// Delivers inserted rows only.
    pub append_only: bool,
    /// Delivers the rows that were there when it was created, until it is consumed for the first time.
    pub show_initial_rows: bool,
}

impl StreamDef {
    pub(super) fn create(&self, node: &Node) -> String {
        let mut properties = vec![format!("ON TABLE {}", self.source.get().qualified_name())];
        if self.append_only {
            properties.push("APPEND_ONLY = TRUE".to_owned());
        }
        if self.show_initial_rows {
            properties.push("SHOW_INITIAL_ROWS = TRUE".to_owned());
        }
        node.with_properties(format!("CREATE STREAM IF NOT EXISTS {}", node.qualified_name()), properties)
    }
}
