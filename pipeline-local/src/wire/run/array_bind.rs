//! Array binds: one statement, many rows of values, all or nothing.

use std::sync::Arc;

use datafusion::common::ScalarValue;
use datafusion::sql::sqlparser::tokenizer::Token;

use crate::engine::Engine;
use crate::parse::Cursor;
use crate::session::{ScopedTransaction, Session};
use crate::statement::{self, Binds, Context, DmlStats, QueryResult};
use crate::{Result, SqlError};

/// How many rows of an INSERT run as one statement.
const BATCH: usize = 1000;

/// Runs a DML statement once per row and answers with the sums of the counts.
pub(super) async fn run(
    engine: &Arc<Engine>,
    session: &mut Session,
    query_id: &str,
    text: &str,
    rows: &[Binds],
) -> Result<QueryResult> {
    let word = Cursor::new(text)?.peek_word().unwrap_or_default();
    if !matches!(word.as_str(), "INSERT" | "UPDATE" | "DELETE" | "MERGE") {
        return Err(SqlError::unsupported(format_args!("array binds for {word}")));
    }
    let mark = session.mark();
    let own = session.transactions.is_empty() && session.parameters.boolean("AUTOCOMMIT");
    if own {
        let transaction = engine.storage.begin();
        session.transactions.push(ScopedTransaction {
            scope: 0,
            began_at: engine.clock.now(),
            name: String::new(),
            transaction,
        });
    }
    let outcome = run_rows(engine, session, query_id, text, rows).await;
    if outcome.is_err() {
        session.abandon(&mark);
    } else if own && let Some(open) = session.transactions.pop() {
        open.transaction.commit()?;
    }
    outcome
}

async fn run_rows(
    engine: &Arc<Engine>,
    session: &mut Session,
    query_id: &str,
    text: &str,
    rows: &[Binds],
) -> Result<QueryResult> {
    let mut total: Option<QueryResult> = None;
    let tuple = insert_tuple(text)?;
    let size = if tuple.is_some() { BATCH } else { 1 };
    for batch in rows.chunks(size) {
        let (sql, binds) = match (tuple, batch) {
            (Some((start, end)), many) => {
                let tuples = vec![&text[start..end]; many.len()].join(", ");
                let positional = many.iter().flat_map(|row| row.positional.iter().cloned()).collect();
                (format!("{}{tuples}", &text[..start]), Binds { positional, ..Binds::none() })
            }
            (None, [one, ..]) => (text.to_owned(), one.clone()),
            (None, []) => continue,
        };
        let mut cx = Context::new(engine, session, query_id, engine.clock.now());
        let result = statement::execute(&mut cx, &sql, &binds).await?;
        total = Some(match total {
            Some(total) => add(&total, &result)?,
            None => result,
        });
    }
    total.ok_or_else(|| SqlError::new(2099, "42601", "The arrays of an array bind are empty."))
}

/// Where the tuple of `INSERT ... VALUES (?, ...)` is, when every `?` is in it and nothing follows: then many rows can be
/// one statement.
fn insert_tuple(text: &str) -> Result<Option<(usize, usize)>> {
    let mut cursor = Cursor::new(text)?;
    if !cursor.accept_keyword("INSERT") {
        return Ok(None);
    }
    let mut placeholders = 0;
    while !cursor.at_end() {
        if cursor.accept_keyword("VALUES") {
            let start = cursor.offset();
            if cursor.peek() != Some(&Token::LParen) {
                return Ok(None);
            }
            cursor.parenthesised()?;
            let end = cursor.last_end();
            let only_here = placeholders == 0 && !text[start..end].contains(':');
            return Ok((only_here && cursor.at_end()).then_some((start, end)));
        }
        if let Some(Token::Placeholder(_)) = cursor.next_token() {
            placeholders += 1;
        }
    }
    Ok(None)
}

fn add(one: &QueryResult, other: &QueryResult) -> Result<QueryResult> {
    let mut names = Vec::new();
    for (at, column) in one.columns.iter().enumerate() {
        names.push((column.name.as_str(), count(one, at)? + count(other, at)?));
    }
    let (a, b) = (one.dml.unwrap_or_default(), other.dml.unwrap_or_default());
    let stats = DmlStats {
        inserted: a.inserted + b.inserted,
        updated: a.updated + b.updated,
        deleted: a.deleted + b.deleted,
        duplicates: a.duplicates + b.duplicates,
    };
    Ok(QueryResult::counts(one.statement_type, &names, stats))
}

fn count(result: &QueryResult, column: usize) -> Result<u64> {
    match result.value(0, column)?.map(|value| value.scalar) {
        Some(ScalarValue::Decimal128(Some(value), ..)) => Ok(u64::try_from(value).unwrap_or_default()),
        other => Err(SqlError::internal(format_args!("DML answered with {other:?} for a count"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tuple_is_found_only_where_it_can_be_repeated() {
        let cases = [
            ("INSERT INTO t VALUES (?, ?)", Some("(?, ?)")),
            ("insert into t (a, b) values (?, parse_json(?))", Some("(?, parse_json(?))")),
            ("INSERT INTO t VALUES (?, ')')", Some("(?, ')')")),
            ("INSERT INTO t SELECT ?", None),
            ("INSERT INTO t SELECT column1 FROM VALUES (?)", Some("(?)")),
            ("INSERT INTO t VALUES (?), (?)", None),
            ("INSERT INTO t VALUES (:1, :2)", None),
            ("INSERT INTO t SELECT ? FROM VALUES (?)", None),
            ("UPDATE t SET a = ? WHERE b = ?", None),
        ];
        for (text, expected) in cases {
            let found = insert_tuple(text).unwrap().map(|(start, end)| &text[start..end]);
            assert_eq!(found, expected, "{text}");
        }
    }
}
