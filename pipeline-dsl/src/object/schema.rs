use super::database::retention;
use crate::node::Node;

/// A schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaDef {
    /// Without Fail-safe, which makes everything in it transient too.
    pub transient: bool,
    /// Only the schema's owner may grant on what it holds.
    pub managed_access: bool,
    /// Days of Time Travel, 0 to 90, or the database's default.
    pub data_retention_days: Option<u8>,
}

impl SchemaDef {
    /// A permanent schema with the database's retention.
    pub const DEFAULT: Self = Self { transient: false, managed_access: false, data_retention_days: None };

    pub(super) fn create(&self, node: &Node) -> String {
        let transient = if self.transient { "TRANSIENT " } else { "" };
        let head = format!("CREATE {transient}SCHEMA IF NOT EXISTS {}", node.qualified_name());
        let mut properties = retention(self.data_retention_days);
        if self.managed_access {
            properties.insert(0, "WITH MANAGED ACCESS".to_owned());
        }
        node.with_properties(head, properties)
    }
}
