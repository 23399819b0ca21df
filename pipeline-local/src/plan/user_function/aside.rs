//! Running asynchronous work from inside of a function of the query engine, which is not asynchronous: on a thread of its
//! own, until the statement is cancelled.

use std::sync::Arc;

use crate::engine::Engine;
use crate::error::{Result, SqlError};

/// The stack of the thread: planning recurses deeply.
const STACK: usize = 16 << 20;

/// Waits for what `work` makes. `query_id` is the statement that waits.
pub(in crate::plan) fn aside<T: Send, F: Future<Output = Result<T>>>(
    engine: &Arc<Engine>,
    query_id: &str,
    work: impl FnOnce() -> F + Send,
) -> Result<T> {
    let record = engine.history.get(query_id);
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            match record {
                Some(record) => tokio::select! {
                    biased;
                    () = record.cancelled() => Err(SqlError::new(604, "57014", "SQL execution canceled")),
                    done = work() => done,
                },
                None => work().await,
            }
        })
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run)?;
        thread.join().map_err(|_| SqlError::internal("the body of a function panicked"))?
    })
}
