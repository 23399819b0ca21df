//! BEGIN, COMMIT, ROLLBACK, and what other statements do to an open transaction.
//!
//! Transactions do not nest. Each CALL is a scope of its own: it can join its caller's transaction or run one of its own
//! inside of it, but cannot end its caller's.
//!
//! <https://docs.snowflake.com/en/sql-reference/transactions>

use super::{Context, QueryResult, StatementType};
use crate::parse::Cursor;
use crate::session::{EndedTransaction, ScopedTransaction, TransactionState};
use crate::{Result, SqlError};

/// Runs BEGIN, START TRANSACTION, COMMIT or ROLLBACK: `text` is the whole statement.
///
/// # Errors
/// A syntax error, or that the open transaction belongs to another scope.
pub fn run(cx: &mut Context<'_>, text: &str) -> Result<QueryResult> {
    let mut cursor = Cursor::new(text)?;
    let name;
    let kind = if cursor.accept_keyword("BEGIN") {
        let _ = cursor.accept_keyword("WORK") || cursor.accept_keyword("TRANSACTION");
        name = accept_name(&mut cursor)?;
        StatementType::Transaction
    } else if cursor.accept_keyword("START") {
        cursor.expect_keywords("TRANSACTION")?;
        name = accept_name(&mut cursor)?;
        StatementType::Transaction
    } else if cursor.accept_keyword("COMMIT") {
        cursor.accept_keyword("WORK");
        cursor.expect_end()?;
        commit(cx)?;
        return Ok(QueryResult::status_of(StatementType::Commit, "Statement executed successfully."));
    } else {
        cursor.expect_keywords("ROLLBACK")?;
        cursor.accept_keyword("WORK");
        cursor.expect_end()?;
        rollback(cx)?;
        return Ok(QueryResult::status_of(StatementType::Transaction, "Statement executed successfully."));
    };
    cursor.expect_end()?;
    begin_named(cx, name);
    Ok(QueryResult::status_of(kind, "Statement executed successfully."))
}

fn accept_name(cursor: &mut Cursor<'_>) -> Result<Option<String>> {
    if cursor.accept_keyword("NAME") { cursor.identifier().map(Some) } else { Ok(None) }
}

/// Whether a transaction of this frame is open.
pub fn is_open_here(cx: &Context<'_>) -> bool {
    cx.session.transactions.last().is_some_and(|open| open.scope == cx.frame.scope)
}

/// Begins a transaction in this frame; nothing happens when one is open already.
pub fn begin(cx: &mut Context<'_>) {
    begin_named(cx, None);
}

fn begin_named(cx: &mut Context<'_>, name: Option<String>) {
    if is_open_here(cx) {
        return;
    }
    let name = name.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    let storage = &cx.engine.storage;
    let transaction = match cx.session.transactions.last() {
        Some(outer) => storage.begin_inside(&outer.transaction),
        None => storage.begin(),
    };
    cx.session.transactions.push(ScopedTransaction {
        scope: cx.frame.scope,
        began_at: cx.frame.now,
        name,
        transaction,
    });
}

/// Commits the transaction of this frame, if one is open.
///
/// # Errors
/// When the open transaction belongs to a frame further out, or cannot be made durable; in the latter case it is rolled
/// back.
pub fn commit(cx: &mut Context<'_>) -> Result<()> {
    if let Some(open) = take(cx)? {
        remember(cx, &open, TransactionState::Committed);
        open.transaction.commit()?;
    }
    Ok(())
}

/// Rolls the transaction of this frame back, if one is open.
///
/// # Errors
/// When the open transaction belongs to a frame further out.
pub fn rollback(cx: &mut Context<'_>) -> Result<()> {
    if let Some(open) = take(cx)? {
        remember(cx, &open, TransactionState::RolledBack);
        open.transaction.rollback();
    }
    Ok(())
}

fn remember(cx: &mut Context<'_>, open: &ScopedTransaction, state: TransactionState) {
    cx.session.remember_transaction(EndedTransaction {
        id: open.transaction.id(),
        name: open.name.clone(),
        began_at: open.began_at,
        ended_at: cx.engine.clock.now(),
        state,
    });
}

/// What DDL does first: it commits the transaction of this frame.
///
/// # Errors
/// Like [`commit`].
pub fn commit_before_ddl(cx: &mut Context<'_>) -> Result<()> {
    commit(cx)
}

fn take(cx: &mut Context<'_>) -> Result<Option<ScopedTransaction>> {
    match cx.session.transactions.last() {
        None => Ok(None),
        Some(open) if open.scope == cx.frame.scope => Ok(cx.session.transactions.pop()),
        Some(_) => Err(SqlError::new(
            90232,
            "22000",
            "Modifying a transaction that has started at a different scope is not allowed.",
        )),
    }
}
