//! Running one body on QuickJS.

use rquickjs::context::{EvalOptions, intrinsic};
use rquickjs::{CatchResultExt, Context, Ctx, Function, Object, Runtime};
use serde::Deserialize;

use super::host::{Host, not_unicode};
use super::value::Given;
use crate::exec::Value;
use crate::types::SqlType;
use crate::{Result, SqlError};

/// What a script may allocate, in bytes.
const MEMORY: usize = 256 << 20;
/// How deep a script may call, in bytes of stack: less than its thread has, as the host's functions need some too.
const STACK: usize = 4 << 20;
/// What the language has, but for what reaches out of it.
type Builtins = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Proxy,
    intrinsic::MapSet,
    intrinsic::TypedArrays,
    intrinsic::Promise,
    intrinsic::WeakRef,
);

/// A body with its arguments.
#[derive(Debug)]
pub(super) struct Script {
    name: String,
    /// The body as a function expression. The function's head stands in the body's first line, so that lines are those
    /// of the body.
    text: String,
    head: u32,
    lines: Vec<String>,
    returns: SqlType,
    /// Whether it runs for the rows of a query, where there is no session to talk to.
    function: bool,
}

/// What the JavaScript side says a script came to.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Returned(Given),
    Thrown { text: String, place: Option<(u32, u32)> },
}

impl Script {
    pub(super) fn new(name: &str, body: &str, arguments: &[&str], returns: SqlType, function: bool) -> Self {
        let head = format!("(function ({}) {{", arguments.join(", "));
        Self {
            name: name.to_owned(),
            text: format!("{head}{body}\n}})"),
            head: head.chars().count() as u32,
            lines: body.lines().map(str::to_owned).collect(),
            returns,
            function,
        }
    }

    /// Reads it, and no more.
    pub(super) fn read(&self) -> Result<()> {
        let failed = |error: rquickjs::Error| SqlError::internal(format_args!("the JavaScript engine: {error}"));
        let context = Context::full(&Runtime::new().map_err(failed)?).map_err(failed)?;
        context.with(|ctx| {
            let evaluated: rquickjs::Result<Function<'_>> =
                ctx.eval_with_options(self.text.as_str(), options(&self.name));
            evaluated.catch(&ctx).map(|_| ()).map_err(|error| {
                SqlError::new(100_131, "P0000", format!("JavaScript compilation error: {error} in {}", self.name))
            })
        })
    }

    /// Runs it to its end with each row of arguments, on this thread.
    pub(super) fn run(&self, host: &Host, rows: &[String]) -> Result<Vec<Value>> {
        let failed = |error: rquickjs::Error| SqlError::internal(format_args!("the JavaScript engine: {error}"));
        let runtime = Runtime::new().map_err(failed)?;
        runtime.set_memory_limit(MEMORY);
        runtime.set_max_stack_size(STACK);
        let handler = host.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || handler.stopped())));
        let context = Context::custom::<Builtins>(&runtime).map_err(failed)?;
        context.with(|ctx| self.run_in(&ctx, host, rows))
    }

    fn run_in(&self, ctx: &Ctx<'_>, host: &Host, rows: &[String]) -> Result<Vec<Value>> {
        let failed = |error: rquickjs::CaughtError<'_>| {
            SqlError::new(100_132, "P0000", format!("JavaScript execution error: {error} in {}", self.name))
        };
        let api = self.api(ctx, host).catch(ctx).map_err(failed)?;
        let evaluated: rquickjs::Result<Function<'_>> = ctx.eval_with_options(self.text.as_str(), options(&self.name));
        let body = match evaluated.catch(ctx) {
            Ok(body) => body,
            Err(rquickjs::CaughtError::Exception(exception)) => {
                let describe: Function<'_> = api.get("describe").catch(ctx).map_err(failed)?;
                let outcome: String = describe.call((exception,)).catch(ctx).map_err(failed)?;
                return Err(self.outcome(&outcome, "compilation", 100_131).map_or_else(
                    |error| error,
                    |_| SqlError::internal(format_args!("the script of {} was not read", self.name)),
                ));
            }
            Err(error) => return Err(failed(error)),
        };
        let run: Function<'_> = api.get("run").catch(ctx).map_err(failed)?;
        let mut values = Vec::with_capacity(rows.len());
        for row in rows {
            let outcome = run.call((body.clone(), row.as_str(), self.returns.is_semi_structured()));
            let outcome: String = outcome.catch(ctx).map_err(failed)?;
            values.push(self.outcome(&outcome, "execution", 100_132)?);
        }
        Ok(values)
    }

    fn outcome(&self, outcome: &str, phase: &str, code: i32) -> Result<Value> {
        match serde_json::from_str(outcome).map_err(not_unicode)? {
            Outcome::Returned(given) => given.returned(self.returns),
            Outcome::Thrown { text, place } => Err(self.uncaught(phase, code, &text, place)),
        }
    }

    /// Sets the globals up; gives the functions that run a body and describe an error.
    fn api<'js>(&self, ctx: &Ctx<'js>, host: &Host) -> rquickjs::Result<Object<'js>> {
        let head = self.head;
        let place =
            move |line, column: u32| (line, if line == 1 { column.saturating_sub(head).max(1) } else { column });
        let host = host.object(ctx, place)?;
        host.set("function", self.function)?;
        let date: Function<'js> = ctx.eval_with_options(include_str!("date.js"), options("<date>"))?;
        date.call::<_, ()>((host.clone(),))?;
        let snowflake: Function<'js> = ctx.eval_with_options(include_str!("snowflake.js"), options("<snowflake>"))?;
        snowflake.call((host, self.name.as_str()))
    }

    /// The error that the caller of the procedure gets.
    fn uncaught(&self, phase: &str, code: i32, text: &str, place: Option<(u32, u32)>) -> SqlError {
        let name = &self.name;
        let mut message = format!("JavaScript {phase} error: Uncaught {text} in {name}");
        if let Some((line, column)) = place {
            let source = self.lines.get(line.saturating_sub(1) as usize).map_or("", String::as_str);
            message.push_str(&format!(" at '{source}' position {column}\nstackstrace: \n{name} line: {line}"));
        }
        SqlError { position: place, ..SqlError::new(code, "P0000", message) }
    }
}

/// Sloppy code of its own file.
fn options(file: &str) -> EvalOptions {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(file.to_owned());
    options
}
