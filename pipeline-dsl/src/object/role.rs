use crate::node::Node;

/// An account role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleDef {}

impl RoleDef {
    pub(super) fn create(&self, node: &Node) -> String {
        node.with_properties(format!("CREATE ROLE IF NOT EXISTS {}", node.qualified_name()), Vec::new())
    }
}
