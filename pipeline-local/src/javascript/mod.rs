//! JavaScript procedures and functions: their bodies run on QuickJS, those of procedures with Snowflake's `snowflake`
//! object.
//!
//! The script has a thread of its own, where it waits for each statement that it has the session run. When the CALL is
//! cancelled or times out the script is interrupted wherever it is.
//!
//! <https://docs.snowflake.com/en/developer-guide/stored-procedure/stored-procedures-javascript>

mod check;
mod host;
mod script;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use check::check;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono_tz::Tz;
use tokio::sync::mpsc;

use self::host::{Answer, Host, Request};
use self::script::Script;
use crate::catalog::def::{ProcedureDef, Returns};
use crate::clock::Clock;
use crate::exec::{self, Binds, Context, Value};
use crate::function::Settings;
use crate::scripting::Child;
use crate::types::SqlType;
use crate::{Result, SqlError};

/// The stack of a script's thread, in bytes.
const STACK: usize = 16 << 20;
/// Errors that no script catches: the statement was cancelled or timed out.
const UNCATCHABLE: [i32; 2] = [604, 630];

/// Stops the script when the CALL is over, however it ends.
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Reads the body of a JavaScript procedure without running it, for tests of bodies that people wrote: Snowflake reads a body
/// when it is first called. `name` is that of the procedure.
///
/// # Errors
/// What CALL would say about the body, with the place.
pub fn parse(name: &str, body: &str) -> Result<()> {
    Script::new(name, body, &[], SqlType::Variant, false).read()
}

/// Runs the body of the procedure with this name; `arguments` have the declared types.
pub(crate) async fn run_body(
    cx: &mut Context<'_>,
    name: &str,
    definition: &ProcedureDef,
    arguments: Vec<(String, Value)>,
) -> Result<Value> {
    let returns = match &definition.returns {
        Returns::Scalar(returns) => *returns,
        Returns::Table(_) => return Err(check::unsupported_type("TABLE")),
    };
    let zone = cx.session.parameters.time_zone();
    let names: Vec<&str> = arguments.iter().map(|(name, _)| name.as_str()).collect();
    let script = Script::new(name, &definition.body, &names, returns, false);
    let row = row(arguments.iter().map(|(_, value)| value), zone)?;
    let mut running = Running::start(script, vec![row], cx.engine.clock.clone(), zone)?;
    while let Some(request) = running.inbox.recv().await {
        match request {
            Request::Execute { sql, binds, reply } => {
                let answer = execute(cx, &sql, binds).await;
                if let Err(error) = &answer
                    && UNCATCHABLE.contains(&error.code)
                {
                    return Err(error.clone());
                }
                // The script may have been interrupted meanwhile.
                let _ = reply.send(answer);
            }
            Request::Done(outcome) => return outcome?.pop().ok_or_else(|| without_outcome(name)),
        }
    }
    Err(without_outcome(name))
}

/// A function in JavaScript.
#[derive(Debug)]
pub(crate) struct ScriptFunction {
    /// The name, as errors tell it.
    pub(crate) name: String,
    /// The names of the arguments.
    pub(crate) arguments: Vec<String>,
    /// The result type.
    pub(crate) returns: SqlType,
    /// The body.
    pub(crate) body: String,
}

impl ScriptFunction {
    /// The results for rows of arguments.
    pub(crate) async fn rows(&self, rows: &[Vec<Value>], clock: Clock, zone: Tz) -> Result<Vec<Value>> {
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        let script = Script::new(&self.name, &self.body, &arguments, self.returns, true);
        let rows = rows.iter().map(|values| row(values.iter(), zone)).collect::<Result<_>>()?;
        let mut running = Running::start(script, rows, clock, zone)?;
        while let Some(request) = running.inbox.recv().await {
            if let Request::Done(outcome) = request {
                return outcome;
            }
        }
        Err(without_outcome(&self.name))
    }
}

fn without_outcome(name: &str) -> SqlError {
    SqlError::internal(format_args!("the script of {name} ended without an outcome"))
}

/// The arguments of one run, as the script reads them.
fn row<'v>(values: impl Iterator<Item = &'v Value>, zone: Tz) -> Result<String> {
    let values = values.map(|value| value::argument(value, zone)).collect::<Result<Vec<_>>>()?;
    Ok(serde_json::to_string(&values)?)
}

/// A script on its thread, which ends with this.
struct Running {
    inbox: mpsc::UnboundedReceiver<Request>,
    _stop: Stop,
}

impl Running {
    fn start(script: Script, rows: Vec<String>, clock: Clock, zone: Tz) -> Result<Self> {
        let (requests, inbox) = mpsc::unbounded_channel();
        let stop = Stop(Arc::new(AtomicBool::new(false)));
        let host = Host::new(requests, stop.0.clone(), clock, zone);
        std::thread::Builder::new().name("javascript".to_owned()).stack_size(STACK).spawn(move || {
            let outcome = script.run(&host, &rows);
            host.done(outcome);
        })?;
        Ok(Self { inbox, _stop: stop })
    }
}

/// Runs a statement of a script as a statement of the session.
async fn execute(cx: &mut Context<'_>, sql: &str, positional: Vec<Value>) -> Result<Answer> {
    let before = std::mem::replace(&mut cx.frame.now, cx.engine.clock.now());
    let child = Child::begin(cx, sql);
    let query_id = child.query_id().to_owned();
    let outer = std::mem::replace(&mut cx.frame.query_id, query_id.clone());
    let result = exec::execute(cx, sql, &Binds { positional, ..Binds::default() }).await;
    cx.frame.query_id = outer;
    cx.frame.now = before;
    cx.session.remember_query(&query_id);
    let result = child.finish(result)?;
    Ok(Answer { result, query_id, settings: Settings::of(&cx.session.parameters) })
}

/// Whether values of a type can be arguments and results of JavaScript procedures.
fn is_supported(sql_type: SqlType) -> bool {
    !matches!(sql_type, SqlType::Number { .. } | SqlType::Time(_))
}
