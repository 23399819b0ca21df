//! NOTIFICATION_HISTORY: a row per message, in the metadata store.

use datafusion::common::ScalarValue;
use rusqlite::params;

use crate::Result;
use crate::access;
use crate::catalog::{Kind, Object, role};
use crate::engine::Engine;
use crate::exec::{Context, QueryResult, ResultColumn, StatementType, Value};
use crate::store::Store;
use crate::task::arguments::Arguments;
use crate::types::SqlType;

const DAY: i64 = 86_400_000_000;

pub(super) fn open(store: &Store) -> Result<()> {
    store.write(|connection| {
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS notifications (
               id TEXT PRIMARY KEY,
               created INTEGER NOT NULL,
               processed INTEGER,
               source TEXT NOT NULL,
               source_info TEXT NOT NULL,
               integration TEXT NOT NULL,
               status TEXT NOT NULL,
               error TEXT,
               attempt INTEGER NOT NULL,
               message TEXT NOT NULL
             ) STRICT;
             CREATE INDEX IF NOT EXISTS notifications_by_time ON notifications (created);",
        )?;
        Ok(())
    })
}

/// Forgets messages that NOTIFICATION_HISTORY does not look back to.
pub(super) fn forget(store: &Store, now: i64) -> Result<()> {
    store.write_together(|connection| {
        connection.execute("DELETE FROM notifications WHERE created < ?1", [now - 14 * DAY])?;
        Ok(())
    })
}

pub(super) fn queued(
    engine: &Engine,
    id: &str,
    integration: &Object,
    source: &str,
    source_info: &serde_json::Value,
    message: &str,
) -> Result<()> {
    let now = engine.clock.now();
    engine.store.write_together(|connection| {
        connection
            .prepare_cached(
                "INSERT INTO notifications (id, created, source, source_info, integration, status, attempt, message)
                 VALUES (?1, ?2, ?3, ?4, ?5, 'QUEUED', 0, ?6)",
            )?
            .execute(params![id, now, source, source_info.to_string(), integration.name, message])?;
        Ok(())
    })
}

pub(super) fn ended(engine: &Engine, id: &str, status: &str, error: Option<&str>, attempts: u32) -> Result<()> {
    let processed = (attempts > 0).then(|| engine.clock.now());
    engine.store.write_together(|connection| {
        connection
            .prepare_cached(
                "UPDATE notifications SET status = ?2, error = ?3, attempt = ?4, processed = ?5 WHERE id = ?1",
            )?
            .execute(params![id, status, error, attempts, processed])?;
        Ok(())
    })
}

/// The function's rows, newest first, of the integrations that the role may see.
pub(super) fn rows(cx: &Context<'_>, given: &[(String, Value)]) -> Result<QueryResult> {
    let arguments =
        Arguments::new("NOTIFICATION_HISTORY", given, &["START_TIME", "END_TIME", "INTEGRATION_NAME", "RESULT_LIMIT"])?;
    let now = cx.engine.clock.now();
    let end = arguments.instant("END_TIME")?.unwrap_or(now);
    let start = arguments.instant("START_TIME")?.unwrap_or(end - DAY).max(now - 14 * DAY);
    let limit = arguments.limit(100)?;
    let name = arguments.text("INTEGRATION_NAME")?.map(|name| name.to_ascii_uppercase());
    let all = cx.roles()?.contains(role::ACCOUNTADMIN);
    let ltz = |name: &str| ResultColumn::new(name, SqlType::TimestampLtz(9));
    let text = |name: &str| ResultColumn::new(name, SqlType::TEXT);
    let columns = vec![
        ltz("CREATED"),
        ltz("PROCESSED"),
        text("MESSAGE_SOURCE"),
        text("INTEGRATION_NAME"),
        text("STATUS"),
        text("ERROR_MESSAGE"),
        text("ID"),
        ResultColumn::new("ATTEMPT", SqlType::INTEGER),
        ResultColumn::new("MESSAGE_SOURCE_INFO", SqlType::Object),
    ];
    let found: Vec<(String, Vec<Value>)> = cx.engine.store.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT created, processed, source, integration, status, error, id, attempt, source_info FROM notifications
             WHERE created >= ?1 AND created <= ?2 ORDER BY created DESC, rowid DESC",
        )?;
        let rows = statement.query_map([start, end], |row| {
            let instant = |at: Option<i64>| Value {
                sql_type: SqlType::TimestampLtz(9),
                scalar: ScalarValue::TimestampMicrosecond(at, Some("UTC".into())),
            };
            let text = |text: Option<String>| text.map_or(Value::null(SqlType::TEXT), Value::text);
            let info: String = row.get(8)?;
            let integration: String = row.get(3)?;
            Ok((
                integration.clone(),
                vec![
                    instant(row.get(0)?),
                    instant(row.get(1)?),
                    text(row.get(2)?),
                    Value::text(integration),
                    text(row.get(4)?),
                    text(row.get(5)?),
                    text(row.get(6)?),
                    Value::integer(row.get(7)?),
                    Value { sql_type: SqlType::Object, scalar: ScalarValue::LargeUtf8(Some(info)) },
                ],
            ))
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    })?;
    let mut rows = Vec::new();
    for (integration, row) in found {
        if name.as_ref().is_some_and(|name| *name != integration.to_ascii_uppercase()) {
            continue;
        }
        let object = cx.engine.catalog.find(Kind::Integration, None, &integration, "")?;
        let visible = all || object.is_some_and(|object| access::holds(cx, &object, &["USAGE"]).unwrap_or(false));
        if visible {
            rows.push(row);
        }
        if rows.len() == limit {
            break;
        }
    }
    QueryResult::rows(StatementType::Select, columns, &rows)
}
