//! Running one body on QuickJS.

use chrono_tz::Tz;
use rquickjs::context::{EvalOptions, intrinsic};
use rquickjs::{CatchResultExt, Context, Ctx, Function, Object, Runtime};
use serde::Deserialize;

use super::host::{Host, not_unicode};
use super::value::{self, Given};
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
    arguments: String,
    returns: SqlType,
}

/// What the JavaScript side says a script came to.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Returned(Given),
    Thrown { text: String, place: Option<(u32, u32)> },
}

impl Script {
    pub(super) fn new(
        name: &str,
        body: &str,
        arguments: &[(String, Value)],
        returns: SqlType,
        zone: Tz,
    ) -> Result<Self> {
        let names: Vec<_> = arguments.iter().map(|(name, _)| name.as_str()).collect();
        let values = arguments.iter().map(|(_, value)| value::argument(value, zone)).collect::<Result<Vec<_>>>()?;
        let head = format!("(function ({}) {{", names.join(", "));
        Ok(Self {
            name: name.to_owned(),
            text: format!("{head}{body}\n}})"),
            head: head.chars().count() as u32,
            lines: body.lines().map(str::to_owned).collect(),
            arguments: serde_json::to_string(&values)?,
            returns,
        })
    }

    /// Runs it to its end, on this thread.
    pub(super) fn run(&self, host: &Host) -> Result<Value> {
        let failed = |error: rquickjs::Error| SqlError::internal(format_args!("the JavaScript engine: {error}"));
        let runtime = Runtime::new().map_err(failed)?;
        runtime.set_memory_limit(MEMORY);
        runtime.set_max_stack_size(STACK);
        let handler = host.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || handler.stopped())));
        let context = Context::custom::<Builtins>(&runtime).map_err(failed)?;
        context.with(|ctx| self.run_in(&ctx, host))
    }

    fn run_in(&self, ctx: &Ctx<'_>, host: &Host) -> Result<Value> {
        let failed = |error: rquickjs::CaughtError<'_>| {
            SqlError::new(100_132, "P0000", format!("JavaScript execution error: {error} in {}", self.name))
        };
        let api = self.api(ctx, host).catch(ctx).map_err(failed)?;
        let evaluated: rquickjs::Result<Function<'_>> = ctx.eval_with_options(self.text.as_str(), options(&self.name));
        let (phase, code, outcome) = match evaluated.catch(ctx) {
            Ok(body) => {
                let run: Function<'_> = api.get("run").catch(ctx).map_err(failed)?;
                ("execution", 100_132, run.call((body, self.arguments.as_str(), self.returns.is_semi_structured())))
            }
            Err(rquickjs::CaughtError::Exception(exception)) => {
                let describe: Function<'_> = api.get("describe").catch(ctx).map_err(failed)?;
                ("compilation", 100_131, describe.call((exception,)))
            }
            Err(error) => return Err(failed(error)),
        };
        let outcome: String = outcome.catch(ctx).map_err(failed)?;
        match serde_json::from_str(&outcome).map_err(not_unicode)? {
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
