//! SHOW TRANSACTIONS, SHOW LOCKS and DESCRIBE TRANSACTION: those of the session.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/show-transactions>

use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::plan::AUTOCOMMIT;
use crate::session::TransactionState;
use crate::statement::{Context, QueryResult};

use super::{Rows, instant, text};

fn scope(cursor: &mut Cursor<'_>) -> Result<()> {
    if cursor.accept_keywords("IN ACCOUNT") {
        return Err(SqlError::unsupported("SHOW ... IN ACCOUNT of transactions and locks; leave IN ACCOUNT out"));
    }
    cursor.expect_end()
}

pub(super) fn transactions(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    scope(cursor)?;
    let mut rows = Rows::new(&["id", "user", "session", "name", "started_on", "state", "scope"]);
    for open in cx.session.transactions.iter().filter(|open| open.scope != AUTOCOMMIT) {
        rows.push(&[
            ("id", text(open.transaction.id().to_string())),
            ("user", text(cx.session.user.clone())),
            ("session", text(cx.session.id.to_string())),
            ("name", text(open.name.clone())),
            ("started_on", instant(open.began_at)),
            ("state", text("running")),
            ("scope", text(open.scope.to_string())),
        ]);
    }
    Ok(rows)
}

pub(super) fn locks(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    scope(cursor)?;
    let mut rows = Rows::new(&[
        "resource",
        "type",
        "transaction",
        "transaction_started_on",
        "status",
        "acquired_on",
        "query_id",
        "session",
    ]);
    for lock in cx.engine.storage.locks().list() {
        let of = cx.session.transactions.iter().find(|open| open.transaction.id() == lock.transaction);
        let (Some(open), Some(object)) = (of, cx.engine.catalog.by_id(lock.object)?) else { continue };
        let mut cells = vec![
            ("resource", text(cx.engine.catalog.full_name(&object)?)),
            ("type", text("PARTITIONS")),
            ("transaction", text(lock.transaction.to_string())),
            ("transaction_started_on", instant(open.began_at)),
            ("status", text(if lock.held { "HOLDING" } else { "WAITING" })),
            ("session", text(cx.session.id.to_string())),
        ];
        if lock.held {
            cells.push(("acquired_on", instant(open.began_at)));
        }
        rows.push(&cells);
    }
    Ok(rows)
}

/// DESCRIBE TRANSACTION id.
pub(in crate::statement) fn describe_transaction(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let id = cursor.integer()?;
    cursor.expect_end()?;
    let mut rows = Rows::new(&["id", "user", "session", "name", "started_on", "state", "ended_on"]);
    let open = cx.session.transactions.iter().find(|open| open.transaction.id() as i64 == id);
    let ended = cx.session.ended.iter().rev().find(|ended| ended.id as i64 == id);
    let (name, started, state) = match (open, ended) {
        (Some(open), _) => (open.name.clone(), open.began_at, "running"),
        (None, Some(ended)) => {
            let state = match ended.state {
                TransactionState::Committed => "committed",
                TransactionState::RolledBack => "rolled back",
            };
            (ended.name.clone(), ended.began_at, state)
        }
        (None, None) => {
            return Err(SqlError::new(715, "02000", format!("Transaction {id} not found in this session.")));
        }
    };
    let mut cells = vec![
        ("id", text(id.to_string())),
        ("user", text(cx.session.user.clone())),
        ("session", text(cx.session.id.to_string())),
        ("name", text(name)),
        ("started_on", instant(started)),
        ("state", text(state)),
    ];
    cells.extend(ended.map(|ended| ("ended_on", instant(ended.ended_at))));
    rows.push(&cells);
    rows.finish(None)
}
