//! Statements that go to the engine.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::ast::{Expression, NameRef, Position, Sql, Statement, StatementKind, Target};
use super::super::marks;
use super::super::raised::Raised;
use super::{Interpreter, Outcome, Run};
use crate::SqlError;
use crate::engine::Engine;
use crate::exec::{self, Binds, Context, QueryResult, Value};
use crate::history::QueryRecord;
use crate::types::SqlType;

impl<'b> Interpreter<'b> {
    /// Runs a statement that gives rows: SQL, CALL or EXECUTE IMMEDIATE.
    pub(super) fn rows_of<'s, 'c>(
        &'s mut self,
        cx: &'s mut Context<'c>,
        statement: &'b Statement,
    ) -> Run<'s, Arc<QueryResult>>
    where
        'b: 's,
        'c: 's,
    {
        Box::pin(async move {
            let position = statement.position;
            match &statement.kind {
                StatementKind::Sql(sql) => self.sql(cx, sql, Vec::new(), position).await,
                StatementKind::Call { sql, .. } => self.call(cx, sql, position).await,
                StatementKind::ExecuteImmediate { text, using } => {
                    let (sql, binds) = self.dynamic(cx, text, using, position).await?;
                    self.run_sql(cx, &sql, &binds, position).await
                }
                _ => Err(Raised::statement(SqlError::internal("a statement without rows"), position)),
            }
        })
    }

    pub(super) async fn sql(
        &mut self,
        cx: &mut Context<'_>,
        sql: &'b Sql,
        positional: Vec<Value>,
        position: Position,
    ) -> Outcome<Arc<QueryResult>> {
        let binds = Binds { positional, ..self.binds_of(sql, position)? };
        let text = self.spread(sql, position)?;
        self.run_sql(cx, &text, &binds, position).await
    }

    /// The text of a statement with `** :array` replaced by the array's elements.
    fn spread<'s>(&self, sql: &'s Sql, position: Position) -> Outcome<Cow<'s, str>> {
        if !sql.binds.iter().any(|name| name.spread) {
            return Ok(Cow::Borrowed(&sql.text));
        }
        let (mut text, mut done) = (String::with_capacity(sql.text.len() + 32), 0);
        for name in sql.binds.iter().filter(|name| name.spread) {
            text.push_str(&sql.text[done..name.start]);
            text.push_str(&self.elements(name).map_err(|error| Raised::statement(error, position))?);
            done = name.end;
        }
        text.push_str(&sql.text[done..]);
        Ok(Cow::Owned(text))
    }

    /// The elements of an array variable as literals.
    pub(super) fn elements(&self, name: &NameRef) -> crate::Result<String> {
        self.lookup(&name.name, None).as_ref().and_then(marks::spread).ok_or_else(|| {
            SqlError::compilation(1044, "42P13", format_args!("** :{} needs a variable with an ARRAY.", name.written))
        })
    }

    /// The variables that a statement reads.
    pub(super) fn binds_of(&self, sql: &Sql, position: Position) -> Outcome<Binds> {
        let mut binds = Binds::default();
        for name in &sql.binds {
            let Some(value) = self.lookup(&name.name, None) else {
                let error =
                    SqlError::compilation(2049, "42601", format_args!("Bind variable :{} not set.", name.written));
                return Err(Raised::statement(error, position));
            };
            binds.named.insert(name.name.clone(), value);
        }
        Ok(binds)
    }

    /// The text of a dynamic statement and the values for its placeholders.
    pub(super) async fn dynamic(
        &mut self,
        cx: &mut Context<'_>,
        text: &'b Expression,
        using: &'b [Expression],
        position: Position,
    ) -> Outcome<(String, Binds)> {
        let value = self.expression(cx, text).await?;
        let value = self.convert(cx, value, SqlType::TEXT, text.position).await?;
        let datafusion::common::ScalarValue::Utf8(Some(sql)) = value.scalar else {
            let error = SqlError::compilation(900, "42601", "EXECUTE IMMEDIATE: the text of the statement is NULL.");
            return Err(Raised::statement(error, position));
        };
        let mut positional = Vec::with_capacity(using.len());
        for value in using {
            positional.push(self.expression(cx, value).await?);
        }
        Ok((sql, Binds { positional, ..Binds::default() }))
    }

    pub(super) async fn run_sql(
        &mut self,
        cx: &mut Context<'_>,
        sql: &str,
        binds: &Binds,
        position: Position,
    ) -> Outcome<Arc<QueryResult>> {
        let begun = self.begin(cx, sql);
        let result = exec::execute(cx, sql, binds).await;
        self.end(cx, begun, result, position)
    }

    /// What every statement of the body begins with.
    pub(super) fn begin(&self, cx: &mut Context<'_>, sql: &str) -> Begun {
        let now = self.enter(cx);
        let child = Child::begin(cx, sql);
        let outer = std::mem::replace(&mut cx.frame.query_id, child.record.id.clone());
        Begun { child, outer, now }
    }

    /// What every statement of the body ends with: it is recorded, and the status variables are set.
    pub(super) fn end(
        &mut self,
        cx: &mut Context<'_>,
        begun: Begun,
        result: crate::Result<QueryResult>,
        position: Position,
    ) -> Outcome<Arc<QueryResult>> {
        let Begun { child, outer, now } = begun;
        cx.frame.query_id = outer;
        cx.frame.now = now;
        cx.session.remember_query(&child.record.id);
        self.status.query_id = Some(child.record.id.clone());
        match child.finish(result) {
            Ok(result) => {
                self.status.note(&result);
                Ok(result)
            }
            Err(error) => {
                self.status.rows = None;
                Err(Raised::statement(error, position))
            }
        }
    }

    pub(super) async fn select_into(
        &mut self,
        cx: &mut Context<'_>,
        sql: &'b Sql,
        targets: &'b [Target],
        position: Position,
    ) -> Outcome<()> {
        let result = self.sql(cx, sql, Vec::new(), position).await?;
        let rows = result.row_count();
        if rows > 1 {
            let text = format!("A SELECT INTO statement expects exactly 1 returned row, but got {rows}.");
            return Err(Raised::statement(SqlError::new(92101, "P0000", text), position));
        }
        if result.columns.len() != targets.len() {
            let text = format!(
                "SQL compilation error:\nSELECT INTO names {} variables for {} columns.",
                targets.len(),
                result.columns.len()
            );
            return Err(Raised::statement(SqlError::new(2057, "42601", text), position));
        }
        for (index, target) in targets.iter().enumerate() {
            let value = match rows {
                0 => Value::null(result.columns[index].sql_type),
                _ => cell(&result, 0, index, position)?,
            };
            self.assign(cx, target, value).await?;
        }
        Ok(())
    }
}

/// A statement that runs.
pub(super) struct Begun {
    child: Child,
    outer: String,
    now: i64,
}

/// A statement of a body in the query history; one that is dropped before it ended counts as cancelled.
pub(crate) struct Child {
    engine: Arc<Engine>,
    record: Arc<QueryRecord>,
    ended: bool,
}

impl Child {
    pub(crate) fn begin(cx: &Context<'_>, sql: &str) -> Self {
        let record = cx.engine.history.begin(cx.session, sql, cx.frame.now);
        Self { engine: cx.engine.clone(), record, ended: false }
    }

    /// The id of the statement.
    pub(crate) fn query_id(&self) -> &str {
        &self.record.id
    }

    pub(crate) fn finish(mut self, result: crate::Result<QueryResult>) -> crate::Result<Arc<QueryResult>> {
        self.ended = true;
        self.engine.history.finish(&self.record, result, self.engine.clock.now())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.ended {
            let cancelled = SqlError::new(604, "57014", "SQL execution canceled");
            let _ = self.engine.history.finish(&self.record, Err(cancelled), self.engine.clock.now());
        }
    }
}

/// The value of a result with one row and one column; NULL without a row.
pub(super) fn single_value(result: &QueryResult, position: Position) -> Outcome<Value> {
    if result.columns.is_empty() {
        return Ok(Value::null(SqlType::TEXT));
    }
    match result.row_count() {
        0 => Ok(Value::null(result.columns[0].sql_type)),
        1 if result.columns.len() == 1 => cell(result, 0, 0, position),
        1 => {
            let text = format!(
                "Invalid expression: the statement gives {} columns where one value is needed.",
                result.columns.len()
            );
            Err(Raised::expression(SqlError::compilation(1065, "42601", text), position))
        }
        _ => Err(Raised::expression(
            SqlError::new(90150, "22000", "Single-row subquery returns more than one row."),
            position,
        )),
    }
}

pub(super) fn cell(result: &QueryResult, row: usize, column: usize, position: Position) -> Outcome<Value> {
    let value = result.value(row, column).map_err(|error| Raised::statement(error, position))?;
    Ok(value.unwrap_or_else(|| Value::null(SqlType::TEXT)))
}
