//! Streams: what they follow, how, and whether they can still be read.

use pipeline_dsl::object::StreamDef;

use super::text::name as normal_name;
use crate::connection::Row;

/// A stream as SHOW STREAMS shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LiveStream {
    pub(super) table: String,
    pub(super) mode: String,
    pub(super) stale: bool,
}

impl LiveStream {
    pub(super) fn from_row(row: &Row) -> Self {
        Self {
            table: row.text("table_name").unwrap_or_default(),
            mode: row.text("mode").unwrap_or_default(),
            stale: row.text("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        }
    }
}

pub(super) fn compare(name: &str, wanted: &StreamDef, live: &LiveStream) -> (Vec<String>, Vec<String>) {
    let mut details = Vec::new();
    let mut help = Vec::new();
    let source = wanted.source.get().qualified_name();
    let mode = if wanted.append_only { "APPEND_ONLY" } else { "DEFAULT" };
    if normal_name(&live.table) != normal_name(&source) {
        details.push(format!("~ follows {}, the pipeline says {source}", live.table));
    }
    if !live.mode.eq_ignore_ascii_case(mode) {
        details.push(format!("~ mode is {}, the pipeline says {mode}", live.mode));
    }
    if !details.is_empty() {
        help.push(format!(
            "a stream cannot be altered, and a new one starts without the unread changes: let its task consume it, check \
             `SELECT SYSTEM$STREAM_HAS_DATA('{name}')`, then `DROP STREAM {name}` and deploy again"
        ));
    }
    if live.stale {
        details.push("~ is stale: the changes since its last consumption can no longer be read".to_owned());
        help.push(format!(
            "load what was missed by hand, then `DROP STREAM {name}` and deploy again; longer DATA_RETENTION_TIME_IN_DAYS or \
             MAX_DATA_EXTENSION_TIME_IN_DAYS of {source} prevents it"
        ));
    }
    (details, help)
}
