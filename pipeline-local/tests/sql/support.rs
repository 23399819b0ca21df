//! An engine with one session; results as text.

use std::sync::Arc;

use chrono_tz::Tz;
use pipeline_local::exec::{self, Binds, Context, QueryResult};
use pipeline_local::function::{cast, datum};
use pipeline_local::{Engine, EngineConfig, Session, SqlError};

/// A session of ADMIN in a database `D` with schema `PUBLIC`.
pub(crate) struct Sql {
    pub(crate) engine: Arc<Engine>,
    pub(crate) session: Session,
}

impl Sql {
    pub(crate) async fn new() -> Self {
        let engine = Engine::open(EngineConfig::default()).expect("a temporary engine");
        let mut session = Session::new(1, "ADMIN", "ACCOUNTADMIN");
        session.parameters.set("TIMEZONE", "UTC").expect("a zone");
        let mut sql = Self { engine, session };
        sql.run("create database d").await;
        sql
    }

    pub(crate) async fn try_run(&mut self, sql: &str) -> Result<QueryResult, SqlError> {
        let now = self.engine.clock.now();
        let engine = self.engine.clone();
        let mut cx = Context::new(&engine, &mut self.session, "test", now);
        exec::execute(&mut cx, sql, &Binds::none()).await
    }

    pub(crate) async fn run(&mut self, sql: &str) -> QueryResult {
        match self.try_run(sql).await {
            Ok(result) => result,
            Err(error) => panic!("{sql}\n{error}"),
        }
    }

    /// See [`cells`].
    pub(crate) async fn rows(&mut self, sql: &str) -> Vec<String> {
        cells(&self.run(sql).await)
    }

    pub(crate) async fn error(&mut self, sql: &str) -> String {
        match self.try_run(sql).await {
            Ok(_) => panic!("no error: {sql}"),
            Err(error) => format!("{:06} {}", error.code, error.message),
        }
    }

    /// Runs each statement and compares its rows; an expectation that starts with `!` is an error's text.
    pub(crate) async fn check(&mut self, steps: &[(&str, &[&str])]) {
        for (sql, expected) in steps {
            if let [error] = expected
                && let Some(error) = error.strip_prefix('!')
            {
                assert_eq!(self.error(sql).await, error, "{sql}");
            } else {
                assert_eq!(self.rows(sql).await, *expected, "{sql}");
            }
        }
    }
}

/// The rows of a result: cells joined by `|`, NULL as `NULL`.
pub(crate) fn cells(result: &QueryResult) -> Vec<String> {
    (0..result.row_count())
        .map(|row| {
            let cells: Vec<_> = (0..result.columns.len())
                .map(|column| {
                    let value = result.value(row, column).expect("a cell").expect("a cell");
                    let array = value.scalar.to_array().expect("an array");
                    match datum::read(&array, 0).expect("a value") {
                        datum::Datum::Null => "NULL".to_owned(),
                        datum => cast::text_of(&datum, Tz::UTC),
                    }
                })
                .collect();
            cells.join("|")
        })
        .collect()
}
