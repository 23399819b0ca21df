//! The application: a pipeline with a command line around it.

use std::{future::Future, path::PathBuf, pin::Pin, process::ExitCode, time::Duration};

use clap::{CommandFactory, FromArgMatches};
use pipeline_dsl::pipeline::{Pipeline, PipelineDef};

use crate::{
    cli::{Cli, Command},
    connection::{Connection, ConnectionError, Embedded, EmbeddedOptions, Profile, Shutdown, Starter, Target},
    deploy,
    error::Error,
    hint::Hints,
    interrupt::Interrupt,
    model::Model,
    operate,
    progress::{Progress, counted, took},
    render,
    tour::Tour,
};

/// An error of an engine, or anything else that an application runs into.
type BoxError = Box<dyn std::error::Error + Send + Sync>;

type TourGuide = Box<dyn FnOnce(Tour) -> Pin<Box<dyn Future<Output = Result<(), Error>>>>>;

/// A program around a pipeline: its command line, and what it brings along.
pub struct App {
    definition: &'static PipelineDef,
    scripts: Option<PathBuf>,
    starter: Option<Starter>,
    tour: Option<(u32, TourGuide)>,
}

/// Runs the command line of a pipeline that is deployed to accounts only. See [`App`] for the embedded engine.
pub fn main<P: Pipeline>(pipeline: &P) -> ExitCode {
    App::new(pipeline).main()
}

/// Fails with a unified diff when the scripts in `directory` are not what the pipeline renders; for use in tests.
///
/// # Panics
///
/// When a file differs, is missing or should not be there.
pub fn assert_rendered<P: Pipeline>(_: &P, directory: impl Into<PathBuf>) {
    if let Err(error) = render::check(&render::files(P::DEFINITION), &directory.into()) {
        panic!("{}", told(&error));
    }
}

impl App {
    /// An application for a pipeline.
    pub fn new<P: Pipeline>(_: &P) -> Self {
        Self { definition: P::DEFINITION, scripts: None, starter: None, tour: None }
    }

    /// Where `render` writes the scripts, and where the committed ones are.
    #[must_use]
    pub fn scripts(mut self, directory: impl Into<PathBuf>) -> Self {
        self.scripts = Some(directory.into());
        self
    }

    /// How to start the embedded engine, which is the target when no connection is configured.
    #[must_use]
    pub fn embedded<F, Fut>(mut self, start: F) -> Self
    where
        F: Fn(EmbeddedOptions) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Embedded, BoxError>> + Send + 'static,
    {
        self.starter = Some(Box::new(move |options| Box::pin(start(options))));
        self
    }

    /// What the program does on the embedded engine after deploying when it is started without a command. The engine's
    /// clock then runs `clock_rate` times as fast, so that nobody waits minutes for a schedule; `--fast-clock` overrides it.
    #[must_use]
    pub fn tour<F, Fut>(mut self, clock_rate: u32, guide: F) -> Self
    where
        F: FnOnce(Tour) -> Fut + 'static,
        Fut: Future<Output = Result<(), Error>> + 'static,
    {
        self.tour = Some((clock_rate, Box::new(move |tour| Box::pin(guide(tour)))));
        self
    }

    /// Understands the command line, does what it says, and returns its exit code.
    pub fn main(self) -> ExitCode {
        let about = self.definition.comment.lines().next().unwrap_or_default().to_owned();
        let mut command = Cli::command().name(self.definition.name);
        if !about.is_empty() {
            command = command.about(about);
        }
        let cli = match command.try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches)) {
            Ok(cli) => cli,
            Err(error) => error.exit(),
        };
        let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                eprintln!("error: cannot start: {error}");
                return ExitCode::FAILURE;
            }
        };
        let result = runtime.block_on(self.run(cli));
        // Nobody waits for a thread that still reads an answer from the terminal.
        runtime.shutdown_background();
        match result {
            Ok(code) => ExitCode::from(code),
            Err(error) => {
                eprintln!("{}", told(&error));
                ExitCode::from(error.exit_code())
            }
        }
    }

    async fn run(self, cli: Cli) -> Result<u8, Error> {
        let model = Model::new(self.definition);
        let progress = match cli.command {
            Some(Command::Plan { sql: true, .. }) => Progress::commented(),
            _ => Progress::new(),
        };
        if let Some(Command::Render { check, out }) = &cli.command {
            return self.render(&model, &progress, *check, out.clone()).map(|()| 0);
        }
        let target = Target::choose(&cli.target.choice(), &|name| std::env::var(name).ok())?;
        if cli.target.fast_clock.is_some() && !target.is_embedded() {
            return Err(Error::Usage {
                message: "`--fast-clock` is for the embedded engine; an account has a clock of its own".to_owned(),
                help: "leave it out".to_owned(),
            });
        }
        progress.line(&format!("{} · {}", model.name(), target.describe()));
        let directory = match &target {
            Target::Embedded { directory, .. } => Some(directory.clone()),
            Target::Account(_) => None,
        };
        let takes_tour = cli.command.is_none() && target.is_embedded();
        let tour = self.tour.filter(|_| takes_tour);
        let clock_rate = cli.target.fast_clock.or(tour.as_ref().map(|(rate, _)| *rate)).unwrap_or(1);
        if clock_rate > 1 {
            progress.line(&format!("the engine's clock runs {clock_rate} times as fast"));
        }
        let (connection, shutdown) =
            connect(target, self.starter.as_ref(), clock_rate, cli.target.statement_timeout(), &Interrupt::listen())
                .await?;
        let schedules = matches!(cli.command, None | Some(Command::Deploy | Command::Resume)) && tour.is_none();
        let farewell = directory.filter(|_| schedules).map(|directory| {
            format!(
                "the embedded engine ends with this program; `pipeline-local serve --data {}` lets the tasks run",
                directory.display()
            )
        });
        let result =
            command(cli.command, connection, model, progress, tour.map(|(_, guide)| (clock_rate, guide)), farewell)
                .await;
        if let Some(shutdown) = shutdown {
            shutdown().await;
        }
        result
    }

    fn render(&self, model: &Model, progress: &Progress, check: bool, out: Option<PathBuf>) -> Result<(), Error> {
        let directory = out.or_else(|| self.scripts.clone()).unwrap_or_else(|| PathBuf::from("sql"));
        warn(model, progress);
        let files = render::files(model.definition);
        let place = format!("{} in {}", counted(files.len(), "file", "files"), render::shown(&directory));
        if check {
            render::check(&files, &directory)?;
            progress.line(&format!("{} · {place}: as rendered", model.name()));
            return Ok(());
        }
        let changed = render::write(&files, &directory)?;
        progress.line(&format!("{} · {place}: {} changed", model.name(), changed.len()));
        for name in changed {
            progress.line(&format!("  ~ {name}"));
        }
        Ok(())
    }
}

/// Prints what Snowflake accepts but is probably wrong.
fn warn(model: &Model, progress: &Progress) {
    for warning in pipeline_dsl::rule::warning::warnings(model.definition) {
        progress.line(&format!("warning: {}", warning.to_string().replace('\n', "\n  ")));
    }
}

async fn command(
    command: Option<Command>,
    connection: Connection,
    model: Model,
    progress: Progress,
    guide: Option<(u32, TourGuide)>,
    farewell: Option<String>,
) -> Result<u8, Error> {
    match command {
        None | Some(Command::Deploy) => {
            warn(&model, &progress);
            let start = std::time::Instant::now();
            let outcome = deploy::deploy(&connection, &model, &progress).await?;
            progress.line(&format!(
                "deployed: {}, {} unchanged, {}",
                counted(outcome.executed, "statement", "statements"),
                outcome.unchanged,
                took(start.elapsed())
            ));
            if let Some((clock_rate, guide)) = guide {
                guide(Tour::new(connection, model, progress, start.elapsed(), clock_rate)).await?;
                return Ok(0);
            }
            farewell.iter().for_each(|line| progress.line(line));
            Ok(0)
        }
        Some(Command::Plan { sql, detailed_exitcode }) => {
            warn(&model, &progress);
            let plan = deploy::Plan::make(&connection, &model, &progress).await?;
            let statements = plan.statements();
            if sql {
                statements.iter().for_each(|statement| progress.statement(statement));
            } else {
                deploy::show(&plan, &progress);
            }
            Ok(if detailed_exitcode && !statements.is_empty() { 2 } else { 0 })
        }
        // Answered before a connection is made.
        Some(Command::Render { .. }) => Ok(0),
        Some(Command::Run { procedure: Some(name), .. }) => {
            operate::call(&connection, &model, &progress, &name).await.map(|()| 0)
        }
        Some(Command::Run { task, procedure: None, wait }) => {
            operate::run(&connection, &model, &progress, task.as_deref(), Duration::from_secs(wait)).await.map(|()| 0)
        }
        Some(Command::Resume) => {
            operate::resume(&connection, &model, &progress).await?;
            farewell.iter().for_each(|line| progress.line(line));
            Ok(0)
        }
        Some(Command::Suspend) => operate::suspend(&connection, &model, &progress).await.map(|()| 0),
        Some(Command::Status) => operate::status(&connection, &model, &progress).await.map(operate::Health::exit_code),
        Some(Command::Destroy { yes }) => operate::destroy(&connection, &model, &progress, yes).await.map(|()| 0),
    }
}

async fn connect(
    target: Target,
    starter: Option<&Starter>,
    clock_rate: u32,
    statement_timeout: Duration,
    interrupt: &Interrupt,
) -> Result<(Connection, Option<Shutdown>), Error> {
    let directory = match target {
        Target::Account(profile) => {
            let open = Connection::open(&profile, statement_timeout, interrupt.clone());
            return Ok((interrupt.or(open).await?, None));
        }
        Target::Embedded { directory, .. } => directory,
    };
    let start = starter.ok_or(ConnectionError::NoTarget)?;
    let embedded = start(EmbeddedOptions { directory: directory.clone(), clock_rate })
        .await
        .map_err(|error| ConnectionError::Embedded { directory, message: error.to_string() })?;
    let (url, user, password, shutdown) = embedded.into_parts();
    let opened = match Profile::embedded(&url, user, password) {
        Ok(profile) => interrupt.or(Connection::open(&profile, statement_timeout, interrupt.clone())).await,
        Err(error) => Err(error.into()),
    };
    match opened {
        Ok(connection) => Ok((connection, Some(shutdown))),
        Err(error) => {
            shutdown().await;
            Err(error)
        }
    }
}

/// An error with its hints as the command line prints it.
fn told(error: &Error) -> String {
    let mut text = format!("error: {error}");
    for hint in error.hints() {
        text.push_str(&format!("\n\nhint: {hint}"));
    }
    text
}
