//! What a program shows after deploying to the embedded engine: statements with their times, runs that the scheduler
//! starts, and rows.

use std::time::{Duration, Instant};

use comfy_table::{Table, presets::UTF8_BORDERS_ONLY};
use pipeline_dsl::{
    fragment::Fragment,
    ident,
    node::{Node, Stream, Task},
};

use crate::{
    connection::{Connection, Row},
    error::Error,
    live::label,
    model::Model,
    operate::{self, Participants, Run, become_pipeline_role, history},
    progress::{Progress, took},
};

/// How long the scheduler may take to start a task, in real time.
const PATIENCE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(200);
/// How far back the history is read.
const HOURS: u32 = 24;

/// A deployed pipeline on the embedded engine, in a session of its role.
pub struct Tour {
    connection: Connection,
    model: Model,
    progress: Progress,
    times: Vec<(String, Duration)>,
    clock_rate: u32,
}

impl Tour {
    pub(crate) fn new(
        connection: Connection,
        model: Model,
        progress: Progress,
        deployed: Duration,
        clock_rate: u32,
    ) -> Self {
        Self { connection, model, progress, times: vec![("deploy".to_owned(), deployed)], clock_rate }
    }

    /// Prints a line.
    pub fn say(&self, text: &str) {
        self.progress.line(text);
    }

    /// Loads the sample data of the scripts, which load nothing when they run again.
    ///
    /// # Errors
    ///
    /// When a statement fails.
    pub async fn load_samples(&mut self) -> Result<(), Error> {
        let start = Instant::now();
        for (_, step) in self.model.sample_steps() {
            self.connection.execute(&step.sql).await?;
        }
        self.took("load sample data", start.elapsed());
        Ok(())
    }

    /// Runs a statement as the pipeline's role.
    ///
    /// # Errors
    ///
    /// When it fails.
    pub async fn execute(&mut self, title: &str, statement: Fragment) -> Result<Vec<Row>, Error> {
        become_pipeline_role(&self.connection, &self.model).await?;
        let start = Instant::now();
        let rows = self.connection.execute(&statement.sql()).await?;
        self.took(title, start.elapsed());
        Ok(rows)
    }

    /// Runs statements in one transaction, so that a stream shows all their changes or none.
    ///
    /// # Errors
    ///
    /// When one fails; the transaction is then rolled back.
    pub async fn transaction(&mut self, statements: &[(&str, Fragment)]) -> Result<(), Error> {
        become_pipeline_role(&self.connection, &self.model).await?;
        self.connection.execute("BEGIN TRANSACTION").await?;
        for (title, statement) in statements {
            let start = Instant::now();
            if let Err(error) = self.connection.execute(&statement.sql()).await {
                self.connection.execute("ROLLBACK").await?;
                return Err(error.into());
            }
            self.took(title, start.elapsed());
        }
        self.connection.execute("COMMIT").await?;
        Ok(())
    }

    /// Waits until the scheduler has started task `T`, the run has consumed stream `S`, and the tasks that follow have
    /// ended. Does nothing when the stream holds no change.
    ///
    /// # Errors
    ///
    /// When a run fails, and when none has come after two minutes.
    pub async fn await_consumption<T: Task, S: Stream>(&mut self) -> Result<(), Error> {
        let (task, stream) = (T::NODE.get(), S::NODE.get());
        if !self.has_data(stream).await? {
            self.progress.line(&format!("  = {} holds no change", label(stream)));
            return Ok(());
        }
        let graph: Participants = self.model.graph_of(task);
        let before: Vec<String> =
            self.runs(task).await?.into_iter().filter(Run::is_over).map(|run| run.identity()).collect();
        let start = Instant::now();
        let running = self.progress.running(&format!("waiting for the scheduler to start {}", label(task)));
        let runs = loop {
            let pending = self.has_data(stream).await?;
            let runs = self.runs(task).await?;
            let is_new = |run: &Run| run.is_of(task) && run.is_over() && !before.contains(&run.identity());
            let last = runs.iter().find(|run| is_new(run) && run.state != "SKIPPED");
            if let Some(failed) = last.filter(|run| run.has_failed() && pending) {
                return Err(Error::RunFailed {
                    message: format!("{} failed: {}", label(task), failed.error.clone().unwrap_or_default()),
                    help: "the stream still has its changes".to_owned(),
                });
            }
            if let Some(last) = last.filter(|_| !pending)
                && let Some(runs) = operate::ended(&graph, last, &runs)
            {
                break runs;
            }
            if start.elapsed() > PATIENCE {
                return Err(Error::RunFailed {
                    message: format!("the scheduler has not run {} within {}", label(task), took(PATIENCE)),
                    help: "`status` shows its state".to_owned(),
                });
            }
            self.connection.pause(POLL).await?;
        };
        drop(running);
        for run in &runs {
            // The history has the engine's time.
            let time = run.took().map(|time| took(time / self.clock_rate)).unwrap_or_default();
            let by = match run.scheduled_from.as_str() {
                "TRIGGER" => "triggered by its stream",
                "SCHEDULE" => "started by its schedule",
                _ => "started by hand",
            };
            self.progress.line(&format!("    task {} {by}, {} in {time}", run.name, run.state.to_lowercase()));
        }
        self.took("wait for the scheduler, and the run", start.elapsed());
        Ok(())
    }

    /// Prints the rows of a query as a table.
    ///
    /// # Errors
    ///
    /// When it fails.
    pub async fn show(&mut self, title: &str, query: Fragment) -> Result<(), Error> {
        let rows = self.execute(title, query).await?;
        let mut table = Table::new();
        table.load_style(UTF8_BORDERS_ONLY);
        if let Some(first) = rows.first() {
            table.set_header(first.columns());
        }
        for row in &rows {
            table
                .add_row((0..row.columns().len()).map(|index| row.text_at(index).unwrap_or_else(|| "NULL".to_owned())));
        }
        if rows.is_empty() {
            self.progress.line("    no rows");
        } else {
            self.progress.line(&table.to_string());
        }
        Ok(())
    }

    /// Prints how long every step took.
    pub fn show_times(&self) {
        let mut table = Table::new();
        table.load_style(UTF8_BORDERS_ONLY);
        table.set_header(["step", "time"]);
        for (title, time) in &self.times {
            table.add_row([title.clone(), took(*time)]);
        }
        self.progress.line(&table.to_string());
    }

    fn took(&mut self, title: &str, time: Duration) {
        self.progress.line(&format!("  + {title}  {}", took(time)));
        self.times.push((title.to_owned(), time));
    }

    async fn runs(&self, task: &'static Node) -> Result<Vec<Run>, Error> {
        let Some(database) = task.schema().and_then(|schema| schema.parent) else { return Ok(Vec::new()) };
        Ok(history(&self.connection, database.get(), None, HOURS).await?)
    }

    async fn has_data(&self, stream: &Node) -> Result<bool, Error> {
        let name = ident::literal(&stream.qualified_name());
        let rows = self.connection.execute(&format!("SELECT SYSTEM$STREAM_HAS_DATA({name}) AS HAS_DATA")).await?;
        Ok(rows.first().and_then(|row| row.text("HAS_DATA")).is_some_and(|value| value.eq_ignore_ascii_case("true")))
    }
}
