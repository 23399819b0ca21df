use super::database::{collation, retention};
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
    /// Days by which retention is extended at most so that streams do not go stale, 0 to 90; 14 by default.
    pub max_data_extension_days: Option<u8>,
    /// How text is compared unless a column says otherwise, such as `en-ci`.
    pub default_collation: Option<&'static str>,
}

impl SchemaDef {
    /// A permanent schema with the database's retention.
    pub const DEFAULT: Self = Self {
        transient: false,
        managed_access: false,
        data_retention_days: None,
        max_data_extension_days: None,
        default_collation: None,
    };

    pub(super) fn create(&self, node: &Node) -> String {
        let transient = if self.transient { "TRANSIENT " } else { "" };
        let head = format!("CREATE {transient}SCHEMA IF NOT EXISTS {}", node.qualified_name());
        let mut properties = retention(self.data_retention_days, self.max_data_extension_days);
        properties.extend(collation(self.default_collation));
        if self.managed_access {
            properties.insert(0, "WITH MANAGED ACCESS".to_owned());
        }
        node.with_properties(head, properties)
    }
}
