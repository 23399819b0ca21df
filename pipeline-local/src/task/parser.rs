//! The statements about tasks, from text to their parts.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::condition::condition;
use super::config::check_config;
use super::def::Overlap;
use super::schedule;
use crate::parse::{Cursor, Name};
use crate::session;
use crate::tag;
use crate::{Result, SqlError};

/// The name of a user, folded unless quoted.
pub(super) type Ident = String;

/// The name of a warehouse or integration.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Named {
    /// Folded unless quoted; in a string as it is.
    pub(super) name: String,
    /// Whether it was written as a string, which also finds the object that the bare name would.
    pub(super) literal: bool,
}

/// A property of a task with its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Property {
    Warehouse(Named),
    InitialSize(String),
    MinSize(String),
    MaxSize(String),
    Schedule(String),
    Config(String),
    Overlap(Overlap),
    /// ALLOW_OVERLAPPING_EXECUTION, deprecated.
    AllowOverlapping(bool),
    TimeoutMs(i64),
    SuspendAfterFailures(i64),
    RetryAttempts(i64),
    TriggerInterval(i64),
    TargetCompletion(String),
    ErrorIntegration(Named),
    SuccessIntegration(Named),
    LogLevel(String),
    Comment(String),
    Finalize(Name),
    /// A session parameter and its value.
    Parameter(String, String),
}

/// What CREATE says besides the name.
#[derive(Debug)]
pub(super) struct Create {
    pub(super) or_replace: bool,
    pub(super) or_alter: bool,
    pub(super) if_not_exists: bool,
    pub(super) name: Name,
    pub(super) tags: tag::Tags,
    pub(super) properties: Vec<Property>,
    pub(super) after: Vec<Name>,
    pub(super) execute_as_user: Option<Ident>,
    pub(super) when: Option<String>,
    pub(super) body: String,
}

/// What `CREATE TASK name CLONE source` says.
#[derive(Debug)]
pub(super) struct Clone {
    pub(super) or_replace: bool,
    pub(super) if_not_exists: bool,
    pub(super) name: Name,
    pub(super) source: Name,
}

/// The two forms of CREATE TASK.
#[derive(Debug)]
pub(super) enum Created {
    New(Box<Create>),
    Clone(Clone),
}

/// What ALTER does.
#[derive(Debug)]
pub(super) enum Change {
    Resume,
    Suspend,
    AddAfter(Vec<Name>),
    RemoveAfter(Vec<Name>),
    Set(Vec<Property>),
    Unset(Vec<String>),
    Body(String),
    When(String),
    RemoveWhen,
}

/// Reads CREATE TASK.
pub(super) fn create(cursor: &mut Cursor<'_>) -> Result<Created> {
    cursor.expect_keywords("CREATE")?;
    let or_replace = cursor.accept_keywords("OR REPLACE");
    let or_alter = !or_replace && cursor.accept_keywords("OR ALTER");
    cursor.expect_keywords("TASK")?;
    let if_not_exists = cursor.accept_keywords("IF NOT EXISTS");
    if or_replace && if_not_exists {
        return Err(SqlError::compilation(1003, "42000", "OR REPLACE and IF NOT EXISTS cannot be combined."));
    }
    let name = cursor.object_name()?;
    if cursor.accept_keyword("CLONE") {
        if or_alter {
            return Err(SqlError::syntax("CREATE OR ALTER TASK cannot CLONE."));
        }
        let source = cursor.object_name()?;
        let copy_grants = cursor.accept_keywords("COPY GRANTS");
        cursor.expect_end()?;
        if copy_grants {
            return Err(SqlError::unsupported("CREATE TASK .. CLONE .. COPY GRANTS"));
        }
        return Ok(Created::Clone(Clone { or_replace, if_not_exists, name, source }));
    }
    let mut tags = tag::Tags::new();
    tag::accept(cursor, &mut tags)?;
    let properties = properties(cursor, &["AFTER", "EXECUTE", "WHEN", "AS"])?;
    let after = if cursor.accept_keyword("AFTER") { names(cursor)? } else { Vec::new() };
    let execute_as_user = if cursor.accept_keywords("EXECUTE AS USER") { Some(cursor.identifier()?) } else { None };
    let when = if cursor.accept_keyword("WHEN") { Some(condition(cursor)?) } else { None };
    cursor.expect_keywords("AS")?;
    let body = body(cursor)?;
    let create =
        Create { or_replace, or_alter, if_not_exists, name, tags, properties, after, execute_as_user, when, body };
    Ok(Created::New(Box::new(create)))
}

/// Reads what follows the name in ALTER TASK.
pub(super) fn change(cursor: &mut Cursor<'_>) -> Result<Change> {
    let change = if cursor.accept_keyword("RESUME") {
        Change::Resume
    } else if cursor.accept_keyword("SUSPEND") {
        Change::Suspend
    } else if cursor.accept_keywords("ADD AFTER") {
        Change::AddAfter(names(cursor)?)
    } else if cursor.accept_keywords("REMOVE AFTER") {
        Change::RemoveAfter(names(cursor)?)
    } else if cursor.accept_keywords("MODIFY AS") {
        Change::Body(body(cursor)?)
    } else if cursor.accept_keywords("MODIFY WHEN") {
        Change::When(condition(cursor)?)
    } else if cursor.accept_keywords("REMOVE WHEN") {
        Change::RemoveWhen
    } else if cursor.accept_keyword("SET") {
        if cursor.peek_keyword("CONTACT") {
            return Err(SqlError::unsupported("ALTER TASK SET CONTACT"));
        }
        let properties = properties(cursor, &[])?;
        if properties.is_empty() {
            return Err(cursor.unexpected());
        }
        Change::Set(properties)
    } else if cursor.accept_keyword("UNSET") {
        if cursor.peek_keyword("CONTACT") {
            return Err(SqlError::unsupported("ALTER TASK UNSET CONTACT"));
        }
        let mut properties = Vec::new();
        while !cursor.at_end() {
            properties.push(cursor.identifier()?);
            cursor.accept(&Token::Comma);
        }
        if properties.is_empty() {
            return Err(cursor.unexpected());
        }
        Change::Unset(properties)
    } else {
        return Err(cursor.unexpected());
    };
    cursor.expect_end()?;
    Ok(change)
}

fn names(cursor: &mut Cursor<'_>) -> Result<Vec<Name>> {
    let mut names = vec![cursor.object_name()?];
    while cursor.accept(&Token::Comma) {
        names.push(cursor.object_name()?);
    }
    Ok(names)
}

/// The statement after AS: one statement or a block.
fn body(cursor: &mut Cursor<'_>) -> Result<String> {
    let text = cursor.rest().to_owned();
    if text.is_empty() {
        return Err(cursor.unexpected());
    }
    if crate::parse::split(&text)?.len() > 1 {
        return Err(SqlError::compilation(
            1003,
            "42000",
            "The body of a task is one statement; put several between BEGIN and END.",
        ));
    }
    cursor.skip_to_end();
    Ok(text)
}

fn properties(cursor: &mut Cursor<'_>, stops: &[&str]) -> Result<Vec<Property>> {
    let mut properties = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    while !cursor.at_end() {
        let Some(name) = cursor.peek_word() else { return Err(cursor.unexpected()) };
        if stops.contains(&name.as_str()) {
            break;
        }
        if name == "CONTACT" || cursor.peek_keywords("WITH CONTACT") {
            return Err(SqlError::unsupported("CONTACT of a task"));
        }
        if name == "TAG" || name == "WITH" {
            // Tags come right after the name.
            return Err(cursor.unexpected());
        }
        cursor.next_token();
        if !known(&name) {
            return Err(SqlError::compilation(1420, "42601", format_args!("invalid property '{name}' for 'TASK'")));
        }
        if seen.contains(&name) {
            return Err(SqlError::compilation(1421, "42601", format_args!("duplicate property '{name}';")));
        }
        cursor.expect(&Token::Eq)?;
        properties.push(property(cursor, &name)?);
        seen.push(name);
        cursor.accept(&Token::Comma);
    }
    Ok(properties)
}

const PROPERTIES: [&str; 19] = [
    "WAREHOUSE",
    "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE",
    "SERVERLESS_TASK_MIN_STATEMENT_SIZE",
    "SERVERLESS_TASK_MAX_STATEMENT_SIZE",
    "SCHEDULE",
    "CONFIG",
    "OVERLAP_POLICY",
    "ALLOW_OVERLAPPING_EXECUTION",
    "USER_TASK_TIMEOUT_MS",
    "SUSPEND_TASK_AFTER_NUM_FAILURES",
    "TASK_AUTO_RETRY_ATTEMPTS",
    "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS",
    "TARGET_COMPLETION_INTERVAL",
    "ERROR_INTEGRATION",
    "SUCCESS_INTEGRATION",
    "LOG_LEVEL",
    "COMMENT",
    "FINALIZE",
    "SEARCH_PATH",
];

fn known(name: &str) -> bool {
    PROPERTIES.contains(&name) || session::parameter(name).is_some()
}

/// An `invalid value` error for a property.
pub(super) fn invalid_value(value: impl std::fmt::Display, name: &str) -> SqlError {
    SqlError::compilation(1008, "22023", format_args!("invalid value [{value}] for parameter '{name}'"))
}

fn property(cursor: &mut Cursor<'_>, name: &str) -> Result<Property> {
    Ok(match name {
        "WAREHOUSE" => Property::Warehouse(named(cursor)?),
        "ERROR_INTEGRATION" => Property::ErrorIntegration(named(cursor)?),
        "SUCCESS_INTEGRATION" => Property::SuccessIntegration(named(cursor)?),
        "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE" => Property::InitialSize(size(cursor, name)?),
        "SERVERLESS_TASK_MIN_STATEMENT_SIZE" => Property::MinSize(size(cursor, name)?),
        "SERVERLESS_TASK_MAX_STATEMENT_SIZE" => Property::MaxSize(size(cursor, name)?),
        "SCHEDULE" => {
            let text = string(cursor, name)?;
            schedule::Schedule::parse(&text)?;
            Property::Schedule(text)
        }
        "CONFIG" => {
            let text = string(cursor, name)?;
            check_config(&text)?;
            Property::Config(text)
        }
        "OVERLAP_POLICY" => {
            let quoted = cursor.accept_string();
            let value = match &quoted {
                Some(value) => value.clone(),
                None => cursor.identifier()?,
            };
            Property::Overlap(match value.as_str() {
                "NO_OVERLAP" => Overlap::None,
                "ALLOW_CHILD_OVERLAP" => Overlap::Child,
                "ALLOW_ALL_OVERLAP" => Overlap::All,
                _ => {
                    return Err(SqlError::compilation(
                        1008,
                        "22023",
                        format_args!("invalid value '{value}' for property 'OVERLAP_POLICY'"),
                    ));
                }
            })
        }
        "ALLOW_OVERLAPPING_EXECUTION" => Property::AllowOverlapping(cursor.boolean()?),
        "USER_TASK_TIMEOUT_MS" => Property::TimeoutMs(number(cursor, name, 0, 604_800_000)?),
        "SUSPEND_TASK_AFTER_NUM_FAILURES" => Property::SuspendAfterFailures(number(cursor, name, 0, i64::MAX)?),
        "TASK_AUTO_RETRY_ATTEMPTS" => Property::RetryAttempts(number(cursor, name, 0, 30)?),
        "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS" => {
            Property::TriggerInterval(number(cursor, name, 10, 604_800)?)
        }
        "TARGET_COMPLETION_INTERVAL" => {
            let text = string(cursor, name)?;
            schedule::target_completion(&text)?;
            Property::TargetCompletion(text)
        }
        "LOG_LEVEL" => {
            let text = match cursor.accept_string() {
                Some(text) => text,
                None => cursor.identifier()?,
            };
            let level = text.to_ascii_uppercase();
            if !["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "OFF"].contains(&level.as_str()) {
                return Err(SqlError::compilation(
                    1008,
                    "22023",
                    "Invalid value for log level. Allowed values are TRACE,DEBUG,INFO,WARN,ERROR,FATAL,OFF.",
                ));
            }
            Property::LogLevel(level)
        }
        "COMMENT" => Property::Comment(string(cursor, name)?),
        "FINALIZE" => Property::Finalize(cursor.object_name()?),
        _ => {
            let text = parameter_value(cursor)?;
            let unsupported = name == "SEARCH_PATH" || (name == "AUTOCOMMIT" && text.eq_ignore_ascii_case("FALSE"));
            if unsupported {
                return Err(SqlError::compilation(
                    91402,
                    "22023",
                    format_args!(
                        "The parameter {name} is not supported with Tasks. Remove the parameter and try again."
                    ),
                ));
            }
            let mut parameters = session::Parameters::default();
            parameters.set(name, &text)?;
            Property::Parameter(name.to_owned(), text)
        }
    })
}

fn string(cursor: &mut Cursor<'_>, name: &str) -> Result<String> {
    match cursor.accept_string() {
        Some(text) => Ok(text),
        None => {
            let value = parameter_value(cursor)?;
            Err(invalid_value(value, name))
        }
    }
}

fn named(cursor: &mut Cursor<'_>) -> Result<Named> {
    Ok(match cursor.accept_string() {
        Some(name) => Named { name, literal: true },
        None => Named { name: cursor.identifier()?, literal: false },
    })
}

fn number(cursor: &mut Cursor<'_>, name: &str, low: i64, high: i64) -> Result<i64> {
    if let Some(text) = cursor.accept_string() {
        return Err(invalid_value(format_args!("'{text}'"), name));
    }
    let value = cursor.integer()?;
    if (low..=high).contains(&value) { Ok(value) } else { Err(invalid_value(value, name)) }
}

fn size(cursor: &mut Cursor<'_>, name: &str) -> Result<String> {
    let text = match cursor.accept_string() {
        Some(text) => text,
        None => cursor.identifier()?,
    };
    let size = text.to_ascii_uppercase().replace('-', "");
    let size = if size == "X2LARGE" { "XXLARGE".to_owned() } else { size };
    if size_rank(&size).is_none() {
        return Err(invalid_value(text, name));
    }
    Ok(size)
}

/// The order of warehouse sizes.
pub(super) fn size_rank(size: &str) -> Option<usize> {
    ["XSMALL", "SMALL", "MEDIUM", "LARGE", "XLARGE", "XXLARGE"].iter().position(|other| *other == size)
}

/// A literal as text.
fn parameter_value(cursor: &mut Cursor<'_>) -> Result<String> {
    if let Some(text) = cursor.accept_string() {
        return Ok(text);
    }
    let start = cursor.offset();
    cursor.accept(&Token::Minus);
    match cursor.next_token() {
        Some(Token::Number(..) | Token::Word(_)) => Ok(cursor.text_since(start).to_owned()),
        _ => Err(cursor.unexpected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_parse() {
        let text = "CREATE OR REPLACE TASK db.s.t WAREHOUSE = wh SCHEDULE = '2 MINUTES' CONFIG = $${\"a\": 1}$$ OVERLAP_POLICY = NO_OVERLAP
            TIMEZONE = 'UTC', USER_TASK_TIMEOUT_MS = 60000 ERROR_INTEGRATION = i COMMENT = 'c'
            WHEN SYSTEM$STREAM_HAS_DATA('s') AND CAST('1' AS NUMBER) = 1 AS CALL p()";
        let Created::New(create) = create(&mut Cursor::new(text).unwrap()).unwrap() else { panic!("{text}") };
        assert_eq!(create.properties.len(), 8);
        assert_eq!(create.when.as_deref(), Some("SYSTEM$STREAM_HAS_DATA('s') AND CAST('1' AS NUMBER) = 1"));
        assert_eq!(create.body, "CALL p()");
        assert!(create.properties.contains(&Property::Parameter("TIMEZONE".into(), "UTC".into())));
    }

    #[test]
    fn statements_that_are_refused() {
        for (text, expected) in [
            ("CREATE TASK t SCHEDULE = '5M' AS SELECT 1", "Invalid schedule was specified."),
            ("CREATE TASK t NOT_A_PARAM = 1 AS SELECT 1", "invalid property 'NOT_A_PARAM' for 'TASK'"),
            ("CREATE TASK t COMMENT = 'a' COMMENT = 'b' AS SELECT 1", "duplicate property 'COMMENT';"),
            ("CREATE TASK t COMMENT = 5 AS SELECT 1", "invalid value [5] for parameter 'COMMENT'"),
            ("CREATE TASK t CONFIG = '[1]' AS SELECT 1", "Invalid config. Must be a string"),
            (
                "CREATE TASK t OVERLAP_POLICY = 'no_overlap' AS SELECT 1",
                "invalid value 'no_overlap' for property 'OVERLAP_POLICY'",
            ),
            (
                "CREATE TASK t USER_TASK_TIMEOUT_MS = -1 AS SELECT 1",
                "invalid value [-1] for parameter 'USER_TASK_TIMEOUT_MS'",
            ),
            ("CREATE TASK t SEARCH_PATH = 'x' AS SELECT 1", "The parameter SEARCH_PATH is not supported with Tasks."),
            ("CREATE TASK t AUTOCOMMIT = false AS SELECT 1", "The parameter AUTOCOMMIT is not supported with Tasks."),
            ("CREATE TASK t LOG_LEVEL = 'LOUD' AS SELECT 1", "Invalid value for log level."),
            ("CREATE TASK t WHEN PARSE_JSON('1') = 1 AS SELECT 1", "Invalid expression for task condition expression."),
            ("CREATE TASK t WHEN (SELECT 1) = 1 AS SELECT 1", "Invalid expression for task condition expression."),
            ("CREATE TASK t AFTER a COMMENT = 'x' AS SELECT 1", "unexpected 'COMMENT'"),
            ("CREATE TASK t AS", "unexpected '<EOF>'"),
            ("CREATE TASK t AS SELECT 1; SELECT 2", "The body of a task is one statement"),
            ("CREATE OR REPLACE TASK IF NOT EXISTS t AS SELECT 1", "cannot be combined"),
        ] {
            let error = Cursor::new(text).and_then(|mut cursor| create(&mut cursor)).expect_err(text);
            assert!(error.message.contains(expected), "{text}: {error}");
        }
    }
}
