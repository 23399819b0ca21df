//! Several statements in one request.

use std::convert::Infallible;

use super::{App, Finished, guarded, placeholders};
use crate::history::QueryRecord;
use crate::parse::position_of;
use crate::session::Session;
use crate::statement::{Binds, QueryResult, StatementType};
use crate::wire::bind::BoundRows;
use crate::wire::encode::SessionState;
use crate::wire::job::{Done, Job};
use crate::{Result, SqlError};

/// Runs the statements in order; each gets an id of its own. The first failure ends it; what ran before stays.
pub(super) async fn run(
    app: &App,
    session: &mut Session,
    parent: &QueryRecord,
    whole: &str,
    statements: &[(&str, usize)],
    bound: BoundRows,
) -> Result<Finished> {
    let BoundRows::One(binds) = bound else {
        return Err(SqlError::unsupported("array binds for several statements at once"));
    };
    let mut ids = Vec::new();
    let mut types = Vec::new();
    let mut used = 0;
    for (text, offset) in statements {
        let count = placeholders(text);
        let mine = BoundRows::One(slice(&binds, used, count));
        used += count;
        let history = &app.engine.history;
        let child = history.begin(session, *text, app.engine.clock.now());
        let job = Job::new(child.clone(), None);
        app.jobs.insert(job.clone());
        // Cancelling the request cancels the statement that it is at.
        let outcome = tokio::select! {
            biased;
            never = forward_cancel(parent, &child) => match never {},
            outcome = guarded(&app.engine, session, &child, text, &mine) => outcome,
        };
        session.remember_query(&child.id);
        if outcome.is_ok() {
            let state = SessionState::of(session);
            job.done.get_or_init(|| Done { state, binds: count, described: false, children: None });
        }
        match history.finish(&child, outcome, app.engine.clock.now()) {
            Ok(result) => {
                ids.push(child.id.clone());
                types.push(result.statement_type.id().to_string());
            }
            Err(error) if error.code == 604 => return Err(error),
            Err(error) => return Err(wrap(error, whole, text, *offset)),
        }
    }
    let rows = [vec![Some("Multiple statements executed successfully.".to_owned())]];
    let result = QueryResult::texts(StatementType::MultiStatement, &["multiple statement execution"], &rows);
    Ok(Finished { result, binds: used, described: false, children: Some((ids.join(","), types.join(","))) })
}

/// Hands a cancellation on; ends only when the statement does.
async fn forward_cancel(parent: &QueryRecord, child: &QueryRecord) -> Infallible {
    parent.cancelled().await;
    child.cancel();
    std::future::pending().await
}

/// The binds of one statement: binds are numbered through the whole text.
fn slice(binds: &Binds, used: usize, count: usize) -> Binds {
    let positional = if count == 0 {
        // `:1` counts from the start of the text.
        binds.positional.clone()
    } else {
        binds.positional.iter().skip(used).take(count).cloned().collect()
    };
    Binds { positional, ..binds.clone() }
}

fn wrap(error: SqlError, whole: &str, text: &str, offset: usize) -> SqlError {
    let (line, column) = position_of(whole, offset);
    let message = format!(
        "JavaScript execution error: Uncaught Execution of multiple statements failed on statement \"{text}\" (at line \
         {line}, position {column}).\n{} in SYSTEM$MULTISTMT",
        error.message
    );
    SqlError { message, ..error }
}
