//! Runs the steps that are needed and tells what was done.

use pipeline_dsl::script::{Action, Step};

use super::plan::Context;
use crate::{
    connection::{Connection, Row},
    error::{Error, StatementError, head},
    live::label,
    progress::{Progress, took},
};

/// Runs steps one after the other; the first that fails ends it.
pub(crate) struct Executor<'a> {
    connection: &'a Connection,
    progress: &'a Progress,
    context: Context<'a>,
    done: Vec<String>,
    /// Names of the steps that shall run, the next one first.
    to_do: Vec<String>,
}

impl<'a> Executor<'a> {
    /// An executor for the steps of which `to_do` has the names.
    pub(crate) fn new(connection: &'a Connection, progress: &'a Progress, to_do: Vec<String>) -> Self {
        Self { connection, progress, context: Context::default(), done: Vec::new(), to_do }
    }

    /// Remembers a USE statement for the next step that runs.
    pub(crate) fn context(&mut self, step: &'a Step) {
        self.context.add(step);
    }

    /// Tells that a step is not needed.
    pub(crate) fn unchanged(&self, step: &Step) {
        let what = match (step.action, step.object) {
            (Action::Create, Some(object)) => label(object.get()),
            (Action::Resume, Some(object)) => format!("{} is started", label(object.get())),
            _ => head(&step.sql),
        };
        self.progress.line(&format!("  = {what}"));
    }

    /// Runs a step; `exists` tells whether its object is there already.
    pub(crate) async fn run(&mut self, step: &Step, exists: bool) -> Result<Vec<Row>, Error> {
        for sql in self.context.take() {
            if let Err(error) = self.connection.execute(sql).await {
                return Err(self.stopped(error));
            }
        }
        let name = name(step, exists);
        let object = step.object.map(|object| label(object.get()));
        let rows = self.execute(&name, &step.sql, object).await?;
        if !self.to_do.is_empty() {
            self.to_do.remove(0);
        }
        Ok(rows)
    }

    async fn execute(&mut self, name: &str, sql: &str, object: Option<String>) -> Result<Vec<Row>, Error> {
        let running = self.progress.running(name);
        let result = self.connection.execute(sql).await;
        let elapsed = running.elapsed();
        drop(running);
        match result {
            Ok(rows) => {
                self.progress.line(&format!("  + {name}  {}", took(elapsed)));
                self.done.push(name.to_owned());
                Ok(rows)
            }
            Err(error) => {
                self.progress.line(&format!("  ! {name}  {}", took(elapsed)));
                Err(self.stopped(error.with_object(object)))
            }
        }
    }

    fn stopped(&mut self, source: Box<StatementError>) -> Error {
        Error::Stopped { source, done: std::mem::take(&mut self.done), not_done: std::mem::take(&mut self.to_do) }
    }
}

/// A step in a few words: `create table RAW_DB.SAMPLE_DATA.TABLE_A`.
pub(crate) fn name(step: &Step, exists: bool) -> String {
    let verb = match step.action {
        Action::Create if exists => "replace",
        Action::Create => "create",
        Action::Resume => "resume",
        Action::Suspend => "suspend",
        Action::Drop => "drop",
        _ => return head(&step.sql),
    };
    match step.object {
        Some(object) => format!("{verb} {}", label(object.get())),
        None => head(&step.sql),
    }
}
