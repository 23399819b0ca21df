//! Cursors, and RESULTSETs as tables.

use std::sync::Arc;

use super::super::ast::{CursorSource, Expression, TableSource, Target};
use super::super::scope::{ResultSet, Rows, Slot};
use super::sql::cell;
use super::{Interpreter, Outcome, cursor_state, wrong_kind};
use crate::exec::{Context, QueryResult, Value};

impl<'b> Interpreter<'b> {
    /// The rows that FOR goes over, and the first of them.
    pub(super) async fn loop_rows(
        &mut self,
        cx: &mut Context<'_>,
        source: &'b Target,
    ) -> Outcome<(Arc<QueryResult>, usize)> {
        match self.scopes.get(&source.name) {
            Some(Slot::ResultSet(_)) => Ok((self.result_set(source)?, 0)),
            Some(Slot::Cursor { open: Some(rows), .. }) => Ok((rows.result.clone(), rows.next)),
            Some(Slot::Cursor { .. }) => {
                self.open(cx, source, &[]).await?;
                match self.scopes.get(&source.name) {
                    Some(Slot::Cursor { open: Some(rows), .. }) => Ok((rows.result.clone(), 0)),
                    _ => Err(cursor_state(source, "is not open")),
                }
            }
            _ => Err(wrong_kind(source, "a cursor or a RESULTSET")),
        }
    }

    pub(super) async fn open(
        &mut self,
        cx: &mut Context<'_>,
        cursor: &'b Target,
        using: &'b [Expression],
    ) -> Outcome<()> {
        let source: &'b CursorSource = match self.scopes.get(&cursor.name) {
            Some(Slot::Cursor { open: Some(_), .. }) => return Err(cursor_state(cursor, "is already open")),
            Some(Slot::Cursor { source, .. }) => source,
            _ => return Err(wrong_kind(cursor, "a cursor")),
        };
        let mut positional = Vec::with_capacity(using.len());
        for value in using {
            positional.push(self.expression(cx, value).await?);
        }
        let result = match source {
            CursorSource::Query(sql) => self.sql(cx, sql, positional, cursor.position).await?,
            CursorSource::ResultSet(name) => {
                self.result_set(&Target { position: cursor.position, name: name.clone() })?
            }
        };
        if let Some(Slot::Cursor { open, .. }) = self.scopes.get_mut(&cursor.name) {
            *open = Some(Rows { result, next: 0 });
        }
        Ok(())
    }

    pub(super) async fn fetch(
        &mut self,
        cx: &mut Context<'_>,
        cursor: &'b Target,
        targets: &'b [Target],
    ) -> Outcome<()> {
        let (result, row) = match self.scopes.get_mut(&cursor.name) {
            Some(Slot::Cursor { open: Some(rows), .. }) => {
                rows.next += 1;
                (rows.result.clone(), rows.next - 1)
            }
            Some(Slot::Cursor { .. }) => return Err(cursor_state(cursor, "is not open")),
            _ => return Err(wrong_kind(cursor, "a cursor")),
        };
        let past_end = row >= result.row_count();
        for (index, target) in targets.iter().enumerate().take(result.columns.len()) {
            let value = if past_end {
                Value::null(result.columns[index].sql_type)
            } else {
                cell(&result, row, index, cursor.position)?
            };
            self.assign(cx, target, value).await?;
        }
        Ok(())
    }

    /// The rows of a RESULTSET.
    fn result_set(&self, target: &Target) -> Outcome<Arc<QueryResult>> {
        match self.scopes.get(&target.name) {
            Some(Slot::ResultSet(ResultSet::Rows(rows))) => Ok(rows.clone()),
            Some(Slot::ResultSet(ResultSet::Job(job))) => self.job_rows(*job, target),
            Some(Slot::ResultSet(ResultSet::Empty)) => Err(cursor_state(target, "has no rows yet")),
            _ => Err(wrong_kind(target, "a RESULTSET")),
        }
    }

    pub(super) async fn table(&mut self, cx: &mut Context<'_>, source: &'b TableSource) -> Outcome<Arc<QueryResult>> {
        match source {
            TableSource::ResultSet(target) => self.result_set(target),
            TableSource::Cursor(target) => match self.scopes.get(&target.name) {
                Some(Slot::Cursor { open: Some(rows), .. }) => Ok(rows.result.clone()),
                Some(Slot::Cursor { .. }) => Err(cursor_state(target, "is not open")),
                _ => Err(wrong_kind(target, "a cursor")),
            },
            TableSource::Statement(statement) => self.rows_of(cx, statement).await,
        }
    }
}
