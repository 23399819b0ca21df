use super::Definition;
use crate::check::Msg;
use crate::ident;
use crate::node::{Node, NodeRef};

/// A database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatabaseDef {
    /// Without Fail-safe, which makes everything in it transient too.
    pub transient: bool,
    /// Days of Time Travel, 0 to 90, or the account's default.
    pub data_retention_days: Option<u8>,
    /// Days by which retention is extended at most so that streams do not go stale, 0 to 90; 14 by default.
    pub max_data_extension_days: Option<u8>,
    /// How text is compared unless a column says otherwise, such as `en-ci`.
    pub default_collation: Option<&'static str>,
}

impl DatabaseDef {
    /// A permanent database with the account's retention.
    pub const DEFAULT: Self =
        Self { transient: false, data_retention_days: None, max_data_extension_days: None, default_collation: None };

    pub(super) fn create(&self, node: &Node) -> String {
        let transient = if self.transient { "TRANSIENT " } else { "" };
        let head = format!("CREATE {transient}DATABASE IF NOT EXISTS {}", node.qualified_name());
        let mut properties = retention(self.data_retention_days, self.max_data_extension_days);
        properties.extend(collation(self.default_collation));
        node.with_properties(head, properties)
    }
}

/// The retention properties of databases, schemas and tables.
pub(super) fn retention(days: Option<u8>, extension: Option<u8>) -> Vec<String> {
    let days = days.map(|days| format!("DATA_RETENTION_TIME_IN_DAYS = {days}"));
    let extension = extension.map(|days| format!("MAX_DATA_EXTENSION_TIME_IN_DAYS = {days}"));
    days.into_iter().chain(extension).collect()
}

/// The collation property of databases and schemas.
pub(super) fn collation(name: Option<&str>) -> Option<String> {
    name.map(|name| format!("DEFAULT_DDL_COLLATION = {}", ident::literal(name)))
}

/// Rule `transient-retention`: what is transient, or lives in something transient, keeps at most one day.
#[doc(hidden)]
#[track_caller]
pub const fn check_transient_retention(object: NodeRef) {
    let node = object.get();
    let (days, transient) = retention_of(node);
    let Some(days) = days else { return };
    let mut holder = if transient { Some(node) } else { None };
    let mut parent = node.parent;
    while let (None, Some(above)) = (holder, parent) {
        if retention_of(above.get()).1 {
            holder = Some(above.get());
        }
        parent = above.get().parent;
    }
    if let Some(holder) = holder
        && days > 1
    {
        let mut msg = Msg::<1024>::new();
        msg.push(node.kind.noun()).push(" ").name(node.rust_name).push(" keeps ").number(days as u64);
        msg.push(" days of history, but ").push(holder.kind.noun()).push(" ").name(holder.rust_name);
        msg.push(" (").push(holder.at).push(") is transient");
        msg.rule("transient-retention", "write `data_retention_days = 0` or `1`, or make it permanent");
        panic!("{}", msg.as_str());
    }
}

const fn retention_of(node: &Node) -> (Option<u8>, bool) {
    match &node.definition {
        Definition::Database(def) => (def.data_retention_days, def.transient),
        Definition::Schema(def) => (def.data_retention_days, def.transient),
        Definition::Table(def) => (def.data_retention_days, def.transient),
        _ => (None, false),
    }
}
