//! One session, the statements that run in it, and the rows that come back.

use std::{error::Error as _, sync::Mutex, time::Duration};

use chrono::{DateTime, NaiveDateTime, Utc};
use snowflake_connector_rs::{
    CellValue, Client, ClientConfig, DynamicRow, EndpointConfig, ErrorKind, QueryConfig, Session, SessionConfig,
};

use super::{ConnectionError, Profile};
use crate::{
    error::{Error, Outcome, StatementError},
    interrupt::Interrupt,
};

/// How long one attempt to log in may take.
const LOGIN_TIMEOUT: Duration = Duration::from_secs(30);
/// A login is tried again after these pauses. It changes nothing on the server, so repeating it is safe.
const LOGIN_PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// A session with a target.
pub struct Connection {
    session: Session,
    target: String,
    interrupt: Interrupt,
    /// The role that the last USE ROLE of this session chose; errors name it.
    role: Mutex<Option<String>>,
}

impl Connection {
    /// Logs in. Only this is ever repeated: a statement that may have run is not.
    pub(crate) async fn open(
        profile: &Profile,
        statement_timeout: Duration,
        interrupt: Interrupt,
    ) -> Result<Self, ConnectionError> {
        let mut context = SessionConfig::new().with_session_parameter("QUERY_TAG", "pipeline".into());
        if let Some(role) = &profile.role {
            context = context.with_role(role);
        }
        if let Some(warehouse) = &profile.warehouse {
            context = context.with_warehouse(warehouse);
        }
        if let Some(database) = &profile.database {
            context = context.with_database(database);
        }
        if let Some(schema) = &profile.schema {
            context = context.with_schema(schema);
        }
        let config = ClientConfig::new(&profile.user, &profile.account, profile.credential.config())
            .with_session(context)
            .with_endpoint(EndpointConfig::custom_base_url(profile.endpoint.clone()))
            .with_query(QueryConfig::new().with_query_response_timeout(statement_timeout));
        let client = Client::new(config).map_err(|error| login_error(profile, &error, 1))?;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let error = match tokio::time::timeout(LOGIN_TIMEOUT, client.create_session()).await {
                Ok(Ok(session)) => {
                    let role = Mutex::new(profile.role.clone());
                    return Ok(Self { session, target: profile.describe(), interrupt, role });
                }
                Ok(Err(error)) if !is_worth_another_try(&error) => return Err(login_error(profile, &error, attempt)),
                Ok(Err(error)) => login_error(profile, &error, attempt),
                Err(_) => ConnectionError::Unreachable {
                    endpoint: endpoint(profile),
                    message: format!("timed out after {} s", LOGIN_TIMEOUT.as_secs()),
                    attempts: attempt,
                },
            };
            match LOGIN_PAUSES.get(attempt as usize - 1) {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return Err(error),
            }
        }
    }

    /// How output names the target.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Runs one statement and returns its rows. Ctrl-C cancels it on the server.
    ///
    /// # Errors
    ///
    /// When the server refuses it, or when its outcome cannot be known because the connection was lost or time ran out.
    /// It is never sent twice.
    pub async fn execute(&self, sql: &str) -> Result<Vec<Row>, Box<StatementError>> {
        let fail = |error: &snowflake_connector_rs::Error, outcome| self.statement_error(sql, error, outcome);
        let handle = self.session.query_handle(sql.to_owned()).map_err(|error| fail(&error, Outcome::NotSent))?;
        let canceller = handle.canceller();
        let executed = tokio::select! {
            biased;
            // First, so that nothing is sent after Ctrl-C.
            () = self.interrupt.wait() => {
                // Best effort: the error that is reported is the interruption, whatever becomes of the cancellation.
                let _ = canceller.cancel().await;
                return Err(Box::new(StatementError { outcome: Outcome::Interrupted, ..self.plain_error(sql, "interrupted by Ctrl-C") }));
            }
            executed = handle.execute() => executed,
        };
        let cursor = match executed {
            Ok(cursor) => cursor,
            Err(error) => {
                let outcome = match error.kind() {
                    ErrorKind::Server | ErrorKind::SessionExpired => Outcome::Refused,
                    ErrorKind::BindEncode | ErrorKind::Config => Outcome::NotSent,
                    ErrorKind::Timeout => {
                        let _ = canceller.cancel().await;
                        Outcome::Unknown
                    }
                    // A connection that was never made carried no statement.
                    _ if chain(&error).contains("tcp connect error") => Outcome::NotSent,
                    _ => Outcome::Unknown,
                };
                return Err(fail(&error, outcome));
            }
        };
        let rows: Vec<DynamicRow> = cursor.collect().await.map_err(|error| fail(&error, Outcome::Unread))?;
        if let Some(role) = used_role(sql) {
            *self.role.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(role);
        }
        Ok(rows.into_iter().map(Row).collect())
    }

    /// Does something else than a statement, unless the user wants to stop.
    pub(crate) async fn or_interrupt<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.interrupt.or(work).await
    }

    /// Waits, unless the user wants to stop.
    pub(crate) async fn pause(&self, duration: Duration) -> Result<(), Error> {
        self.interrupt.pause(duration).await
    }

    /// The role in effect as far as this session knows.
    pub(crate) fn role(&self) -> Option<String> {
        self.role.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn plain_error(&self, sql: &str, message: &str) -> StatementError {
        StatementError {
            sql: sql.to_owned(),
            object: None,
            code: None,
            message: message.to_owned(),
            query_id: None,
            role: self.role(),
            outcome: Outcome::Unknown,
        }
    }

    fn statement_error(
        &self,
        sql: &str,
        error: &snowflake_connector_rs::Error,
        outcome: Outcome,
    ) -> Box<StatementError> {
        Box::new(StatementError {
            code: error.snowflake_code().map(ToOwned::to_owned),
            query_id: error.query_id().map(ToOwned::to_owned),
            outcome,
            ..self.plain_error(sql, error.snowflake_message().unwrap_or(&chain(error)))
        })
    }
}

fn is_worth_another_try(error: &snowflake_connector_rs::Error) -> bool {
    match error.kind() {
        ErrorKind::Timeout => true,
        // 5xx and 429 pass, a name that does not exist stays.
        ErrorKind::Network => {
            let text = chain(error);
            !text.contains("dns error") && (text.starts_with("HTTP 429") || !text.starts_with("HTTP 4"))
        }
        _ => false,
    }
}

fn endpoint(profile: &Profile) -> String {
    profile.endpoint.as_str().trim_end_matches('/').to_owned()
}

fn login_error(profile: &Profile, error: &snowflake_connector_rs::Error, attempts: u32) -> ConnectionError {
    match error.kind() {
        ErrorKind::Auth if error.snowflake_message().is_none() && !error.to_string().contains("rejected") => {
            ConnectionError::Credential { target: profile.describe(), message: chain(error) }
        }
        ErrorKind::Auth => ConnectionError::Login {
            target: profile.describe(),
            message: error.snowflake_message().map_or_else(|| chain(error), ToOwned::to_owned),
        },
        _ => ConnectionError::Unreachable { endpoint: endpoint(profile), message: chain(error), attempts },
    }
}

/// An error and its causes in one line, without repeating what the outer ones already say.
fn chain(error: &snowflake_connector_rs::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        source = cause.source();
    }
    text
}

fn used_role(sql: &str) -> Option<String> {
    let mut words = sql.split_whitespace();
    let is = |word: Option<&str>, expected: &str| word.is_some_and(|word| word.eq_ignore_ascii_case(expected));
    (is(words.next(), "USE") && is(words.next(), "ROLE")).then(|| words.next().map(ToOwned::to_owned)).flatten()
}

/// A row of a result, read by column name.
#[derive(Debug)]
pub struct Row(DynamicRow);

impl Row {
    /// The names of the columns in order.
    pub fn columns(&self) -> Vec<&str> {
        self.0.schema().columns().iter().map(snowflake_connector_rs::Column::name).collect()
    }

    /// A value by the column's name, which is looked up without regard to case; `None` for NULL and for a column that
    /// is not there.
    pub fn value(&self, column: &str) -> Option<&CellValue> {
        let index = self.0.schema().columns().iter().position(|known| known.name().eq_ignore_ascii_case(column))?;
        self.0.value_at(index).ok().filter(|value| !value.is_null())
    }

    /// A value as text.
    pub fn text(&self, column: &str) -> Option<String> {
        self.value(column).map(shown)
    }

    /// The value at a position as text; NULL is `None`.
    pub fn text_at(&self, index: usize) -> Option<String> {
        self.0.value_at(index).ok().filter(|value| !value.is_null()).map(shown)
    }

    /// A whole number.
    pub fn integer(&self, column: &str) -> Option<i128> {
        match self.value(column)? {
            CellValue::Integer(number) => Some(*number),
            other => shown(other).parse().ok(),
        }
    }

    /// A point in time; a TIMESTAMP_NTZ is taken as UTC.
    pub fn time(&self, column: &str) -> Option<DateTime<Utc>> {
        match self.value(column)? {
            CellValue::TimestampLtz(time) => Some(*time),
            CellValue::TimestampTz(time) => Some(time.to_utc()),
            CellValue::TimestampNtz(time) => Some(time.and_utc()),
            CellValue::String(text) => parse_time(text),
            _ => None,
        }
    }
}

fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f %z")
        .map(|time| time.to_utc())
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").map(|time| time.and_utc()))
        .ok()
}

fn shown(value: &CellValue) -> String {
    match value {
        CellValue::Null => String::new(),
        CellValue::Boolean(flag) => flag.to_string(),
        CellValue::Integer(number) => number.to_string(),
        CellValue::Float(number) => number.to_string(),
        CellValue::Decimal(number) => number.raw().to_owned(),
        CellValue::String(text) => text.clone(),
        CellValue::Date(date) => date.to_string(),
        CellValue::Time(time) => time.to_string(),
        CellValue::TimestampNtz(time) => time.format("%Y-%m-%d %H:%M:%S%.3f").to_string(),
        CellValue::TimestampLtz(time) => time.format("%Y-%m-%d %H:%M:%S%.3f %z").to_string(),
        CellValue::TimestampTz(time) => time.format("%Y-%m-%d %H:%M:%S%.3f %z").to_string(),
        CellValue::Json(json) => json.to_string(),
        CellValue::Binary(bytes) => bytes.as_bytes().iter().map(|byte| format!("{byte:02X}")).collect(),
        other => format!("{other:?}"),
    }
}
