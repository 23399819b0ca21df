//! Points in time of CLONE and CREATE STREAM: `AT | BEFORE (TIMESTAMP | OFFSET | STATEMENT | STREAM => value)`.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, visit_expressions};
use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::Object;
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::plan::{self, stream};
use crate::statement::{Binds, Context};
use crate::storage::Seq;

/// A point in time as it was written.
pub(super) struct Point {
    before: bool,
    what: String,
    value: Expr,
}

impl Point {
    /// Reads one if it is next.
    pub(super) fn accept(cursor: &mut Cursor<'_>) -> Result<Option<Self>> {
        let before = cursor.accept_keyword("BEFORE");
        if !before && !cursor.accept_keyword("AT") {
            return Ok(None);
        }
        cursor.expect(&Token::LParen)?;
        let Some(what) = cursor.peek_word() else { return Err(cursor.unexpected()) };
        cursor.next_token();
        cursor.expect(&Token::RArrow)?;
        let value = cursor.expression()?;
        cursor.expect(&Token::RParen)?;
        if !matches!(what.as_str(), "OFFSET" | "TIMESTAMP" | "STATEMENT" | "STREAM") {
            return Err(SqlError::unsupported(format_args!("AT({what} => ...)")));
        }
        Ok(Some(Self { before, what, value }))
    }

    /// Whether it is the offset of a stream.
    pub(super) fn is_stream(&self) -> bool {
        self.what == "STREAM"
    }

    /// The version of the storage that it means for an object.
    pub(super) fn resolve(&self, cx: &mut Context<'_>, object: &Object) -> Result<Seq> {
        match self.instant(cx)? {
            Some(instant) => at(cx, object, instant),
            None => {
                let name = self.text(cx)?;
                stream::offset(cx, &name)
            }
        }
    }

    /// The instant that it means, microseconds since 1970; none for the offset of a stream.
    pub(super) fn instant(&self, cx: &mut Context<'_>) -> Result<Option<i64>> {
        let earlier = i64::from(self.before);
        Ok(Some(match self.what.as_str() {
            "STREAM" => return Ok(None),
            "STATEMENT" => {
                let id = self.text(cx)?;
                let record = cx.engine.history.get(&id);
                let record = record
                    .ok_or_else(|| SqlError::compilation(707, "02000", format_args!("Statement {id} not found")))?;
                if self.before { record.started_at - 1 } else { record.ended_at().unwrap_or(record.started_at) }
            }
            "OFFSET" => {
                let value = plan::constant(cx, &self.value, &Binds::none())?;
                match plan::integer_of(&value).and_then(|seconds| i64::try_from(seconds).ok()) {
                    Some(seconds) if seconds < 0 => cx.frame.now + seconds.saturating_mul(1_000_000) - earlier,
                    _ => {
                        let shown = plan::text_of(&value).unwrap_or_else(|| "NULL".to_owned());
                        return Err(SqlError::compilation(
                            1008,
                            "22023",
                            format_args!("Invalid data type [{shown}] in AT(OFFSET => {shown})"),
                        ));
                    }
                }
            }
            _ => {
                if let Some(function) = varying_function(&self.value) {
                    return Err(SqlError::compilation(
                        2014,
                        "22000",
                        format_args!(
                            "Non-deterministic function '{function}' is not allowed in the time travel clause of a stream."
                        ),
                    ));
                }
                let value = plan::constant(cx, &self.value, &Binds::none())?;
                plan::instant_of(&value, cx.session.parameters.time_zone())? - earlier
            }
        }))
    }

    fn text(&self, cx: &mut Context<'_>) -> Result<String> {
        let value = plan::constant(cx, &self.value, &Binds::none())?;
        Ok(plan::text_of(&value).unwrap_or_default())
    }
}

fn at(cx: &Context<'_>, object: &Object, instant: i64) -> Result<Seq> {
    if instant < object.created_at {
        return Err(plan::stream::no_time_travel(&object.name));
    }
    cx.engine.storage.seq_at(instant)
}

/// A function in a timestamp whose value is another at every call.
fn varying_function(expression: &Expr) -> Option<String> {
    const VARYING: [&str; 8] = [
        "CURRENT_TIMESTAMP",
        "CURRENT_TIME",
        "CURRENT_DATE",
        "LOCALTIMESTAMP",
        "LOCALTIME",
        "GETDATE",
        "SYSDATE",
        "SYSTIMESTAMP",
    ];
    let mut found = None;
    let _ = visit_expressions(expression, |part| {
        if let Expr::Function(function) = part {
            let name = function.name.to_string().to_uppercase();
            if VARYING.contains(&name.as_str()) {
                found = Some(name);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    });
    found
}
