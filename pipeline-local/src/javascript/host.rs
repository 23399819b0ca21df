//! What the engine does for a script.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

use chrono_tz::Tz;
use rquickjs::{Ctx, Function, Object};
use serde_json::json;
use tokio::sync::mpsc::UnboundedSender;

use super::value::{self, Given};
use crate::clock::Clock;
use crate::exec::{QueryResult, Value};
use crate::function::{Settings, cast, time};
use crate::types::SqlType;
use crate::{Result, SqlError, parse};

/// What a script asks of its session.
#[derive(Debug)]
pub(super) enum Request {
    /// Run a statement.
    Execute { sql: String, binds: Vec<Value>, reply: SyncSender<Result<Answer>> },
    /// It is over.
    Done(Result<Vec<Value>>),
}

/// The result of a statement.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) result: Arc<QueryResult>,
    pub(super) query_id: String,
    pub(super) settings: Settings,
}

/// The script's side of the connection to its session.
#[derive(Debug, Clone)]
pub(super) struct Host {
    requests: UnboundedSender<Request>,
    stop: Arc<AtomicBool>,
    clock: Clock,
    zone: Tz,
}

impl Host {
    pub(super) fn new(requests: UnboundedSender<Request>, stop: Arc<AtomicBool>, clock: Clock, zone: Tz) -> Self {
        Self { requests, stop, clock, zone }
    }

    /// Whether the script has to end.
    pub(super) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Hands over what the script came to.
    pub(super) fn done(&self, outcome: Result<Vec<Value>>) {
        // Nobody waits for a script that was interrupted.
        let _ = self.requests.send(Request::Done(outcome));
    }

    fn execute(&self, sql: String, binds: &str) -> Result<Answer> {
        let over = || SqlError::new(604, "57014", "SQL execution canceled");
        let binds: Vec<Given> = serde_json::from_str(binds).map_err(not_unicode)?;
        let binds = binds.into_iter().map(Given::bound).collect::<Result<Vec<_>>>()?;
        let (reply, answer) = std::sync::mpsc::sync_channel(1);
        self.requests.send(Request::Execute { sql, binds, reply }).map_err(|_| over())?;
        answer.recv().map_err(|_| over())?
    }

    /// The object that the JavaScript side of the API is built on.
    pub(super) fn object<'js>(
        &self,
        ctx: &Ctx<'js>,
        place: impl Fn(u32, u32) -> (u32, u32) + 'js,
    ) -> rquickjs::Result<Object<'js>> {
        let object = Object::new(ctx.clone())?;
        let zone = self.zone;
        object.set("zone", zone.name())?;
        object.set("offset", Function::new(ctx.clone(), move |at: f64| time::offset_minutes(micros(at), zone))?)?;
        object.set(
            "instant",
            Function::new(ctx.clone(), move |wall: f64| {
                // The difference is added, so that no digit below a millisecond gets lost.
                let before = micros(wall);
                wall + (time::to_instant(before, zone) - before) as f64 / 1000.0
            })?,
        )?;
        let clock = self.clock.clone();
        object.set("now", Function::new(ctx.clone(), move || clock.now().div_euclid(1000) as f64)?)?;
        object.set(
            "place",
            Function::new(ctx.clone(), move |line: u32, column: u32| {
                let (line, column) = place(line, column);
                vec![line, column]
            })?,
        )?;
        object.set(
            "log",
            Function::new(ctx.clone(), |level: String, text: String, with: String| {
                crate::procedure::log::log(&level, &text, &with)
            })?,
        )?;
        object.set(
            "prepare",
            Function::new(ctx.clone(), |ctx: Ctx<'js>, sql: String| {
                let reply = Object::new(ctx)?;
                match prepare(&sql) {
                    Ok(sql) => reply.set("value", sql)?,
                    Err(error) => reply.set("error", described(&error))?,
                }
                rquickjs::Result::Ok(reply)
            })?,
        )?;
        let host = self.clone();
        object.set(
            "execute",
            Function::new(ctx.clone(), move |ctx: Ctx<'js>, sql: String, binds: String| {
                match host.execute(sql, &binds) {
                    Ok(answer) => host.result(&ctx, answer),
                    Err(error) => {
                        let reply = Object::new(ctx)?;
                        reply.set("error", described(&error))?;
                        Ok(reply)
                    }
                }
            })?,
        )?;
        Ok(object)
    }

    /// A result: what is known of it as JSON, and functions that read its cells.
    fn result<'js>(&self, ctx: &Ctx<'js>, answer: Answer) -> rquickjs::Result<Object<'js>> {
        let Answer { result, query_id, settings } = answer;
        let zone = self.zone;
        let reply = Object::new(ctx.clone())?;
        reply.set("result", summary(&result, &query_id))?;
        let rows = result.clone();
        reply.set(
            "cell",
            reader(ctx, move |row, column| match rows.value(row, column)? {
                Some(value) => value::cell(&value, zone).map(Some),
                None => Ok(None),
            })?,
        )?;
        reply.set(
            "text",
            reader(ctx, move |row, column| {
                let Some(value) = result.value(row, column)?.filter(|value| !value.is_null()) else { return Ok(None) };
                Ok(Some(cast::text_in(&value::datum_of(&value)?, &settings)))
            })?,
        )?;
        Ok(reply)
    }
}

/// A function of row and column that gives `{value}` or `{error}`.
fn reader<'js>(
    ctx: &Ctx<'js>,
    read: impl Fn(usize, usize) -> Result<Option<String>> + 'js,
) -> rquickjs::Result<Function<'js>> {
    Function::new(ctx.clone(), move |ctx: Ctx<'js>, row: usize, column: usize| {
        let reply = Object::new(ctx)?;
        match read(row, column) {
            Ok(value) => reply.set("value", value)?,
            Err(error) => reply.set("error", described(&error))?,
        }
        rquickjs::Result::Ok(reply)
    })
}

/// Microseconds; times further away than calendars go count as the last they know.
fn micros(millis: f64) -> i64 {
    (millis * 1000.0).clamp(-8.2e18, 8.2e18) as i64
}

/// One statement, parsed; gives its text without a semicolon.
fn prepare(sql: &str) -> Result<String> {
    let statements = parse::split(sql)?;
    match statements.as_slice() {
        [(text, _)] => {
            parse::statement(text)?;
            Ok((*text).to_owned())
        }
        [] => Err(SqlError::compilation(900, "42601", "Empty SQL statement.")),
        _ => Err(SqlError::new(
            8,
            "0A000",
            "Multiple SQL statements in a single API call are not supported; use one API call per statement instead.",
        )),
    }
}

/// An error as JSON.
fn described(error: &SqlError) -> String {
    json!({"code": error.code, "state": error.sql_state, "message": error.message}).to_string()
}

pub(super) fn not_unicode(error: serde_json::Error) -> SqlError {
    SqlError::new(100_132, "P0000", format!("JavaScript execution error: a text of the script is not Unicode: {error}"))
}

fn summary(result: &QueryResult, query_id: &str) -> String {
    let columns: Vec<_> = result
        .columns
        .iter()
        .map(|column| {
            let scale = if let SqlType::Number { scale, .. } = column.sql_type { scale } else { 0 };
            json!({
                "name": column.name,
                "type": column.sql_type.family(),
                "scale": scale,
                "nullable": column.nullable,
            })
        })
        .collect();
    let counts = result.dml.unwrap_or_default();
    json!({
        "columns": columns,
        "rows": result.row_count(),
        "queryId": query_id,
        "inserted": counts.inserted,
        "updated": counts.updated,
        "deleted": counts.deleted,
        "duplicates": counts.duplicates,
    })
    .to_string()
}
