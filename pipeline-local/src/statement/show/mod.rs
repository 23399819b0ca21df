//! SHOW of everything but procedures, tasks and integrations, which have it in their own modules.
//!
//! Column names and their order are those of a live account.

mod absent;
mod access_token;
mod account;
mod columns;
mod containers;
mod files;
mod grants;
mod keys;
mod relations;
mod settings;
mod transactions;

use datafusion::common::ScalarValue;

use crate::catalog::def::ConstraintRule;
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::types::SqlType;

use super::{Context, QueryResult, ResultColumn, StatementType, Value, kind};

pub(super) use files::describe_pipe;
pub(super) use keys::{names as column_names, references};
pub(super) use relations::{describe_sequence, describe_stream};
pub(super) use transactions::describe_transaction;

/// Runs a SHOW statement.
pub(super) fn run(cx: &Context<'_>, text: &str) -> Result<QueryResult> {
    let mut cursor = Cursor::new(text)?;
    let cursor = &mut cursor;
    cursor.expect_keywords("SHOW")?;
    let terse = cursor.accept_keyword("TERSE");
    let start = cursor.index();
    let Some(word) = cursor.peek_word() else { return Err(cursor.unexpected()) };
    cursor.next_token();
    forbid_of_session(cx, cursor, &word)?;
    let rows = match word.as_str() {
        "DATABASES" => containers::databases(cx, cursor)?,
        "SCHEMAS" => containers::schemas(cx, cursor)?,
        "TABLES" => relations::tables(cx, cursor)?,
        "VIEWS" => relations::views(cx, cursor)?,
        "STREAMS" => relations::streams(cx, cursor)?,
        "OBJECTS" => relations::objects(cx, cursor)?,
        "SEQUENCES" => relations::sequences(cx, cursor)?,
        "COLUMNS" => columns::columns(cx, cursor)?,
        "WAREHOUSES" => account::warehouses(cx, cursor)?,
        "ROLES" => account::roles(cx, cursor)?,
        "USERS" => account::users(cx, cursor)?,
        "USER" => access_token::tokens(cx, cursor)?,
        "GRANTS" => grants::grants(cx, cursor)?,
        "FUTURE" => {
            cursor.expect_keywords("GRANTS")?;
            grants::future(cx, cursor)?
        }
        "PARAMETERS" => settings::parameters(cx, cursor)?,
        "VARIABLES" => settings::variables(cx, cursor)?,
        "PRIMARY" if cursor.accept_keyword("KEYS") => keys::own(cx, cursor, &ConstraintRule::PrimaryKey)?,
        "UNIQUE" if cursor.accept_keyword("KEYS") => keys::own(cx, cursor, &ConstraintRule::Unique)?,
        "IMPORTED" if cursor.accept_keyword("KEYS") => keys::foreign(cx, cursor, false)?,
        "EXPORTED" if cursor.accept_keyword("KEYS") => keys::foreign(cx, cursor, true)?,
        "TRANSACTIONS" => transactions::transactions(cx, cursor)?,
        "LOCKS" => transactions::locks(cx, cursor)?,
        "STAGES" => files::stages(cx, cursor)?,
        "PIPES" => files::pipes(cx, cursor)?,
        "TAGS" => files::tags(cx, cursor)?,
        "FILE" if cursor.accept_keyword("FORMATS") => files::file_formats(cx, cursor)?,
        "MATERIALIZED" if cursor.accept_keyword("VIEWS") => relations::materialized_views(cx, cursor)?,
        _ => {
            cursor.rewind(start);
            match absent::list(cx, cursor)? {
                Some(rows) => rows,
                None => return Err(SqlError::unsupported(format_args!("SHOW {}", kind::foreign(cursor)))),
            }
        }
    };
    let kept = rows.terse.filter(|_| terse);
    rows.finish(kept)
}

/// What says something about the caller's session is not for code with owner's rights.
fn forbid_of_session(cx: &Context<'_>, cursor: &Cursor<'_>, word: &str) -> Result<()> {
    let statement = match word {
        "VARIABLES" => "SHOW VARIABLE",
        "LOCKS" => "SHOW LOCK",
        "TRANSACTIONS" => "SHOW TRANSACTION",
        "PARAMETERS" => {
            let mut ahead = cursor.clone();
            let _ = ahead.accept_keyword("LIKE") && ahead.accept_string().is_some();
            let of_session = ahead.at_end() || ahead.peek_keyword_at(1, "SESSION");
            if !of_session {
                return Ok(());
            }
            "SHOW PARAMETER"
        }
        "GRANTS" if cursor.at_end() => "SHOW GRANT",
        _ => return Ok(()),
    };
    super::session::refuse_with_owners_rights(cx, statement)
}

/// The rows of a SHOW, cell by cell.
pub(super) struct Rows {
    columns: Vec<ResultColumn>,
    rows: Vec<Vec<Value>>,
    /// How many of the columns are shown without TERSE.
    full: usize,
    /// The columns that TERSE leaves, where TERSE does anything.
    terse: Option<&'static [&'static str]>,
}

impl Rows {
    /// Columns by name; those called `created_on` and so on are instants, the rest text.
    fn new(names: &[&str]) -> Self {
        let columns: Vec<ResultColumn> = names
            .iter()
            .map(|name| {
                let sql_type = match *name {
                    "created_on"
                    | "expires_at"
                    | "stale_after"
                    | "resumed_on"
                    | "updated_on"
                    | "last_success_login"
                    | "refreshed_on"
                    | "compacted_on"
                    | "started_on"
                    | "acquired_on"
                    | "transaction_started_on"
                    | "ended_on"
                    | "last_suspended_on"
                    | "last_refreshed_on"
                    | "data_timestamp"
                    | "start_time"
                    | "end_time" => SqlType::TimestampLtz(3),
                    "key_sequence"
                    | "rows"
                    | "bytes"
                    | "next_value"
                    | "interval"
                    | "assigned_to_users"
                    | "granted_to_roles"
                    | "granted_roles"
                    | "min_cluster_count"
                    | "max_cluster_count"
                    | "started_clusters"
                    | "running"
                    | "queued"
                    | "auto_suspend"
                    | "mins_to_bypass_network_policy_requirement" => SqlType::INTEGER,
                    _ => SqlType::TEXT,
                };
                ResultColumn::new(*name, sql_type)
            })
            .collect();
        Self { full: columns.len(), columns, rows: Vec::new(), terse: None }
    }

    /// The column that HISTORY adds.
    fn with_dropped(mut self, history: bool) -> Self {
        if history {
            let place = self.columns.iter().position(|column| column.name == "retention_time");
            let column = ResultColumn::new("dropped_on", SqlType::TimestampLtz(3));
            self.columns.insert(place.map_or(self.columns.len(), |place| place + 1), column);
            self.full = self.columns.len();
        }
        self
    }

    fn terse(mut self, columns: &'static [&'static str]) -> Self {
        self.full = self.columns.len();
        let missing: Vec<&str> =
            columns.iter().copied().filter(|name| !self.columns.iter().any(|column| column.name == *name)).collect();
        self.columns.extend(Self::new(&missing).columns);
        self.terse = Some(columns);
        self
    }

    /// Adds a row: as many cells as named here, by name; the columns not named are empty text or NULL.
    fn push(&mut self, cells: &[(&str, Value)]) {
        let row = self
            .columns
            .iter()
            .map(|column| {
                cells
                    .iter()
                    .find(|(name, _)| *name == column.name)
                    .map_or_else(|| Value::null(column.sql_type), |(_, value)| value.clone())
            })
            .collect();
        self.rows.push(row);
    }

    fn finish(mut self, terse: Option<&[&str]>) -> Result<QueryResult> {
        if let Some(names) = terse {
            let kept: Vec<usize> =
                names.iter().filter_map(|name| self.columns.iter().position(|column| column.name == *name)).collect();
            self.columns = kept.iter().map(|&index| self.columns[index].clone()).collect();
            for row in &mut self.rows {
                *row = kept.iter().map(|&index| row[index].clone()).collect();
            }
        } else {
            self.columns.truncate(self.full);
            self.rows.iter_mut().for_each(|row| row.truncate(self.full));
        }
        QueryResult::rows(StatementType::Show, self.columns, &self.rows)
    }
}

fn text(text: impl Into<String>) -> Value {
    Value::text(text)
}

fn yes_no(value: bool) -> Value {
    Value::text(if value { "Y" } else { "N" })
}

fn on_off(value: bool) -> Value {
    Value::text(if value { "ON" } else { "OFF" })
}

fn truth(value: bool) -> Value {
    Value::text(if value { "true" } else { "false" })
}

fn number(value: impl TryInto<i64>) -> Value {
    Value::integer(value.try_into().unwrap_or(i64::MAX))
}

/// When something was dropped; NULL for what is there.
fn dropped(at: Option<i64>) -> Value {
    at.map_or(Value::null(SqlType::TimestampLtz(3)), instant)
}

/// Microseconds since 1970 as an instant.
pub(super) fn instant(micros: i64) -> Value {
    Value {
        sql_type: SqlType::TimestampLtz(3),
        scalar: ScalarValue::TimestampMicrosecond(Some(micros / 1000 * 1000), Some("UTC".into())),
    }
}

/// `owner_role_type`: what the engine itself owns has none.
fn owner_type(owner: &str) -> Value {
    text(if owner.is_empty() { "" } else { "ROLE" })
}
