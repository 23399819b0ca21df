use crate::node::Node;

/// A database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatabaseDef {
    /// Without Fail-safe, which makes everything in it transient too.
    pub transient: bool,
    /// Days of Time Travel, 0 to 90, or the account's default.
    pub data_retention_days: Option<u8>,
}

impl DatabaseDef {
    /// A permanent database with the account's retention.
    pub const DEFAULT: Self = Self { transient: false, data_retention_days: None };

    pub(super) fn create(&self, node: &Node) -> String {
        let transient = if self.transient { "TRANSIENT " } else { "" };
        let head = format!("CREATE {transient}DATABASE IF NOT EXISTS {}", node.qualified_name());
        node.with_properties(head, retention(self.data_retention_days))
    }
}

/// The retention property of databases, schemas and tables.
pub(super) fn retention(days: Option<u8>) -> Vec<String> {
    days.map(|days| format!("DATA_RETENTION_TIME_IN_DAYS = {days}")).into_iter().collect()
}
