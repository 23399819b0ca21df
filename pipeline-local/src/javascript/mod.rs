//! JavaScript procedures: their bodies run on QuickJS with Snowflake's `snowflake` object.
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

use tokio::sync::mpsc;

use self::host::{Answer, Host, Request};
use self::script::Script;
use crate::catalog::def::{ProcedureDef, Returns};
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
    let script = Script::new(name, &definition.body, &arguments, returns, zone)?;
    let (requests, mut inbox) = mpsc::unbounded_channel();
    let stop = Stop(Arc::new(AtomicBool::new(false)));
    let host = Host::new(requests, stop.0.clone(), cx.engine.clock.clone(), zone);
    std::thread::Builder::new().name("javascript".to_owned()).stack_size(STACK).spawn(move || {
        let outcome = script.run(&host);
        host.done(outcome);
    })?;
    while let Some(request) = inbox.recv().await {
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
            Request::Done(outcome) => return outcome,
        }
    }
    Err(SqlError::internal(format_args!("the script of {name} ended without an outcome")))
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
