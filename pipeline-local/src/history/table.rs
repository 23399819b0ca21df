//! `INFORMATION_SCHEMA.QUERY_HISTORY` and its sisters.
//!
//! <https://docs.snowflake.com/en/sql-reference/functions/query_history>

use datafusion::common::ScalarValue;

use super::{DAY, Outcome, QueryRecord};
use crate::statement::{Context, QueryResult, ResultColumn, StatementType, Value};
use crate::types::SqlType;
use crate::{Result, SqlError};

/// The rows of QUERY_HISTORY, QUERY_HISTORY_BY_SESSION, QUERY_HISTORY_BY_USER and QUERY_HISTORY_BY_WAREHOUSE, newest
/// first; `None` for other functions. Argument names are in upper case; positional ones have an empty name.
///
/// # Errors
/// For arguments that the function does not have, or whose value does not fit.
pub fn table_function(cx: &Context<'_>, name: &str, arguments: &[(String, Value)]) -> Result<Option<QueryResult>> {
    let mut filter = Filter::new(cx.frame.now);
    let subject = match name {
        "QUERY_HISTORY" => "",
        "QUERY_HISTORY_BY_SESSION" => {
            filter.session = Some(cx.session.id);
            "SESSION_ID"
        }
        "QUERY_HISTORY_BY_USER" => {
            filter.user = Some(cx.session.user.clone());
            "USER_NAME"
        }
        "QUERY_HISTORY_BY_WAREHOUSE" => {
            filter.warehouse = cx.session.warehouse.clone();
            "WAREHOUSE_NAME"
        }
        _ => return Ok(None),
    };
    for (key, value) in arguments {
        filter.read(name, subject, key, value)?;
    }
    // Who may not monitor the account sees only the user's own statements.
    let everything = cx.holds_on_account("MONITOR")?;
    let user = cx.session.user.as_str();
    let mut records = cx.engine.history.list(|record| (everything || record.user == user) && filter.accepts(record));
    records.reverse();
    records.truncate(filter.limit);
    let rows: Vec<Vec<Value>> = records.iter().map(|record| row(record, cx.frame.now)).collect();
    Ok(Some(QueryResult::rows(StatementType::Select, columns(), &rows)?))
}

/// How far back the functions look, microseconds.
const LOOK_BACK: i64 = 7 * DAY;

struct Filter {
    since: i64,
    session: Option<u64>,
    user: Option<String>,
    warehouse: Option<String>,
    ended_after: Option<i64>,
    ended_before: Option<i64>,
    limit: usize,
}

impl Filter {
    fn new(now: i64) -> Self {
        Self {
            since: now - LOOK_BACK,
            session: None,
            user: None,
            warehouse: None,
            ended_after: None,
            ended_before: None,
            limit: 100,
        }
    }

    fn read(&mut self, function: &str, subject: &str, key: &str, value: &Value) -> Result<()> {
        let invalid = |expected: &str| {
            SqlError::compilation(
                939,
                "22023",
                format_args!("invalid argument {key} of {function}: expected {expected}"),
            )
        };
        let text = || match &value.scalar {
            ScalarValue::Utf8(Some(text)) => Ok(text.clone()),
            _ => Err(invalid("a text")),
        };
        let number = || match value.scalar.cast_to(&datafusion::arrow::datatypes::DataType::Int64) {
            Ok(ScalarValue::Int64(Some(number @ 0..))) => Ok(number.unsigned_abs()),
            _ => Err(invalid("a number")),
        };
        let instant = || match &value.scalar {
            ScalarValue::TimestampMicrosecond(Some(instant), _) => Ok(*instant),
            ScalarValue::Struct(zoned) => match ScalarValue::try_from_array(zoned.column(0), 0) {
                Ok(ScalarValue::TimestampMicrosecond(Some(instant), _)) => Ok(instant),
                _ => Err(invalid("a timestamp")),
            },
            _ => Err(invalid("a timestamp")),
        };
        match key {
            "RESULT_LIMIT" => match number()? {
                limit @ 1..=10_000 => self.limit = limit as usize,
                _ => return Err(invalid("1 to 10000")),
            },
            "END_TIME_RANGE_START" => self.ended_after = Some(instant()?),
            "END_TIME_RANGE_END" => self.ended_before = Some(instant()?),
            // Every statement is listed already.
            "INCLUDE_CLIENT_GENERATED_STATEMENT" => {}
            "SESSION_ID" if subject == key => self.session = Some(number()?),
            "USER_NAME" if subject == key => self.user = Some(text()?),
            "WAREHOUSE_NAME" if subject == key => self.warehouse = Some(text()?),
            _ => {
                return Err(SqlError::compilation(
                    939,
                    "22023",
                    format_args!("{function} has no argument '{key}'. Arguments are named: RESULT_LIMIT => 10"),
                ));
            }
        }
        Ok(())
    }

    fn accepts(&self, record: &QueryRecord) -> bool {
        let ended = record.ended_at().unwrap_or(i64::MAX);
        let warehouse = record.surroundings().and_then(|at| at.warehouse.as_ref());
        ended >= self.since
            && self.session.is_none_or(|session| session == record.session_id)
            && self.user.as_ref().is_none_or(|user| *user == record.user)
            && self.warehouse.as_ref().is_none_or(|name| Some(name) == warehouse)
            && self.ended_after.is_none_or(|start| ended >= start)
            && self.ended_before.is_none_or(|end| ended <= end)
    }
}

fn columns() -> Vec<ResultColumn> {
    let instant = SqlType::TimestampLtz(3);
    [
        ("QUERY_ID", SqlType::TEXT),
        ("QUERY_TEXT", SqlType::TEXT),
        ("DATABASE_NAME", SqlType::TEXT),
        ("SCHEMA_NAME", SqlType::TEXT),
        ("QUERY_TYPE", SqlType::TEXT),
        ("SESSION_ID", SqlType::INTEGER),
        ("USER_NAME", SqlType::TEXT),
        ("ROLE_NAME", SqlType::TEXT),
        ("WAREHOUSE_NAME", SqlType::TEXT),
        ("QUERY_TAG", SqlType::TEXT),
        ("EXECUTION_STATUS", SqlType::TEXT),
        ("ERROR_CODE", SqlType::INTEGER),
        ("ERROR_MESSAGE", SqlType::TEXT),
        ("START_TIME", instant),
        ("END_TIME", instant),
        ("TOTAL_ELAPSED_TIME", SqlType::INTEGER),
        ("ROWS_PRODUCED", SqlType::INTEGER),
    ]
    .into_iter()
    .map(|(name, sql_type)| ResultColumn::new(name, sql_type))
    .collect()
}

fn row(record: &QueryRecord, now: i64) -> Vec<Value> {
    let text = |text: Option<String>| text.map_or_else(|| Value::null(SqlType::TEXT), Value::text);
    let instant = |instant: Option<i64>| Value {
        sql_type: SqlType::TimestampLtz(3),
        scalar: ScalarValue::TimestampMicrosecond(instant, Some("UTC".into())),
    };
    let number = |number: Option<i64>| number.map_or_else(|| Value::null(SqlType::INTEGER), Value::integer);
    let at = record.surroundings();
    let (status, error) = match record.outcome() {
        Outcome::Running => ("RUNNING", None),
        Outcome::Succeeded(_) | Outcome::ResultDropped => ("SUCCESS", None),
        Outcome::Failed(error) => ("FAIL", Some(error)),
    };
    let elapsed = (record.ended_at().unwrap_or(now) - record.started_at) / 1000;
    vec![
        Value::text(record.id.as_str()),
        Value::text(record.text.as_str()),
        text(at.and_then(|at| at.database.clone())),
        text(at.and_then(|at| at.schema.clone())),
        text(record.statement_type().map(|kind| query_type(kind).to_owned())),
        Value::integer(record.session_id as i64),
        Value::text(record.user.as_str()),
        text(at.map(|at| at.role.clone())),
        text(at.and_then(|at| at.warehouse.clone())),
        text(at.map(|at| at.query_tag.clone())),
        Value::text(status),
        number(error.as_ref().map(|error| i64::from(error.code))),
        text(error.map(|error| error.message)),
        instant(Some(record.started_at)),
        instant(record.ended_at()),
        Value::integer(elapsed),
        Value::integer(record.rows() as i64),
    ]
}

fn query_type(kind: StatementType) -> &'static str {
    match kind {
        StatementType::Select => "SELECT",
        StatementType::Explain => "EXPLAIN",
        StatementType::Insert => "INSERT",
        StatementType::Update => "UPDATE",
        StatementType::Delete => "DELETE",
        StatementType::Merge => "MERGE",
        StatementType::MultiTableInsert => "MULTI_TABLE_INSERT",
        StatementType::AlterSession => "ALTER_SESSION",
        StatementType::UseRole
        | StatementType::UseDatabase
        | StatementType::UseSchema
        | StatementType::UseWarehouse => "USE",
        StatementType::Show => "SHOW",
        StatementType::Describe => "DESCRIBE",
        StatementType::Transaction => "BEGIN_TRANSACTION",
        StatementType::Commit => "COMMIT",
        StatementType::Ddl => "DDL",
        StatementType::AccessToken => "ALTER_USER",
        StatementType::Call => "CALL",
        StatementType::MultiStatement => "MULTI_STATEMENT",
        StatementType::Session | StatementType::Misc => "UNKNOWN",
    }
}
