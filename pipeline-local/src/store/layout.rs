//! The tables of the metadata store, and how an older directory gets those that it lacks.

use std::path::Path;

use rusqlite::Connection;

use crate::error::{Result, SqlError};

/// The version of the directory's layout. A directory of an earlier version is brought up to this one, of another version
/// it is refused.
pub const FORMAT: i64 = STEPS.len() as i64;

/// What each format adds to the one before it.
pub(super) const STEPS: [&str; 3] = [TABLES, IMAGES, TAGS];

const TAGS: &str = "
CREATE TABLE tag_values (
  object INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  tag INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (object, slot, tag)
) STRICT, WITHOUT ROWID;
";

const IMAGES: &str = "
CREATE TABLE images (
  table_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  image INTEGER NOT NULL,
  first INTEGER NOT NULL,
  PRIMARY KEY (table_id, seq, partition)
) STRICT, WITHOUT ROWID;
";

const TABLES: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE objects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  space TEXT NOT NULL,
  parent INTEGER NOT NULL,
  name TEXT NOT NULL,
  signature TEXT NOT NULL,
  session INTEGER NOT NULL,
  owner TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  comment TEXT NOT NULL,
  definition TEXT NOT NULL,
  dropped_at INTEGER,
  dropped_by INTEGER
) STRICT;
CREATE UNIQUE INDEX objects_by_name ON objects (space, parent, name, signature, session) WHERE dropped_at IS NULL;
CREATE INDEX objects_by_parent ON objects (parent, kind) WHERE dropped_at IS NULL;
CREATE INDEX objects_dropped ON objects (kind, parent, name, dropped_at) WHERE dropped_at IS NOT NULL;

CREATE TABLE grants (
  privilege TEXT NOT NULL,
  target TEXT NOT NULL,
  object INTEGER NOT NULL,
  future TEXT NOT NULL,
  role TEXT NOT NULL,
  grantor TEXT NOT NULL,
  grant_option INTEGER NOT NULL,
  granted_at INTEGER NOT NULL,
  PRIMARY KEY (object, target, future, privilege, role)
) STRICT, WITHOUT ROWID;
CREATE TABLE role_members (
  role TEXT NOT NULL,
  member_kind TEXT NOT NULL,
  member TEXT NOT NULL,
  grantor TEXT NOT NULL,
  granted_at INTEGER NOT NULL,
  PRIMARY KEY (role, member_kind, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE commits (seq INTEGER PRIMARY KEY, committed_at INTEGER NOT NULL) STRICT;
CREATE INDEX commits_by_time ON commits (committed_at, seq);
CREATE TABLE data (
  id INTEGER PRIMARY KEY,
  rows INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  file INTEGER NOT NULL,
  content BLOB
) STRICT;
CREATE TABLE partitions (
  id INTEGER PRIMARY KEY,
  table_id INTEGER NOT NULL,
  data INTEGER NOT NULL,
  first INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  added_seq INTEGER NOT NULL
) STRICT;
CREATE INDEX partitions_by_table ON partitions (table_id, added_seq);
CREATE INDEX partitions_by_data ON partitions (data);
CREATE TABLE deletions (
  partition INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  positions BLOB NOT NULL,
  PRIMARY KEY (partition, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE histories (table_id INTEGER PRIMARY KEY, readable_from INTEGER NOT NULL) STRICT;
CREATE TABLE streams (
  stream INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  advanced_at INTEGER NOT NULL,
  initial INTEGER NOT NULL
) STRICT;
CREATE TABLE counters (object INTEGER NOT NULL, slot INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (object, slot))
  STRICT, WITHOUT ROWID;
";

/// Makes the tables that are missing.
pub(super) fn initialise(connection: &Connection, directory: &Path) -> Result<()> {
    let format: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let missing = usize::try_from(format).ok().and_then(|format| STEPS.get(format..));
    match missing {
        Some([]) => Ok(()),
        Some(steps) => {
            let steps = steps.concat();
            connection.execute_batch(&format!("BEGIN; {steps} PRAGMA user_version = {FORMAT}; COMMIT;"))?;
            Ok(())
        }
        None => Err(SqlError::internal(format_args!(
            "the data directory {} has format {format}, this engine writes format {FORMAT}; \
             use the version that wrote it or start with a new directory",
            directory.display()
        ))),
    }
}
