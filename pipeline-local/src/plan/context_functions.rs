//! Functions whose value is fixed for a statement: time, session, SYSTEM$ functions.

use datafusion::common::ScalarValue;

use super::{integer_of, stream, text_of};
use crate::catalog::Kind;
use crate::catalog::def::StreamDef;
use crate::error::{Result, SqlError};
use crate::exec::{Context, Value};
use crate::function::time;
use crate::parse::Name;
use crate::types::SqlType;

const NAMES: [&str; 52] = [
    "GET_DDL",
    "CURRENT_TIMESTAMP",
    "GETDATE",
    "SYSTIMESTAMP",
    "LOCALTIMESTAMP",
    "SYSDATE",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "LOCALTIME",
    "CURRENT_USER",
    "CURRENT_ROLE",
    "CURRENT_DATABASE",
    "CURRENT_SCHEMA",
    "CURRENT_WAREHOUSE",
    "CURRENT_SESSION",
    "CURRENT_ACCOUNT",
    "CURRENT_ACCOUNT_NAME",
    "CURRENT_ORGANIZATION_NAME",
    "CURRENT_REGION",
    "CURRENT_VERSION",
    "CURRENT_CLIENT",
    "CURRENT_STATEMENT",
    "CURRENT_SCHEMAS",
    "CURRENT_TRANSACTION",
    "CURRENT_AVAILABLE_ROLES",
    "CURRENT_SECONDARY_ROLES",
    "CURRENT_ROLE_TYPE",
    "INVOKER_ROLE",
    "IS_ROLE_IN_SESSION",
    "LAST_QUERY_ID",
    "LAST_TRANSACTION",
    "CURRENT_IP_ADDRESS",
    "SYSTEM$STREAM_HAS_DATA",
    "SYSTEM$STREAM_GET_TABLE_TIMESTAMP",
    "SYSTEM$GET_TAG",
    "SYSTEM$GET_TAG_ALLOWED_VALUES",
    "SYSTEM$SET_RETURN_VALUE",
    "SYSTEM$GET_PREDECESSOR_RETURN_VALUE",
    "SYSTEM$GET_TASK_GRAPH_CONFIG",
    "SYSTEM$TASK_RUNTIME_INFO",
    "SYSTEM$CURRENT_USER_TASK_NAME",
    "SYSTEM$TASK_DEPENDENTS_ENABLE",
    "SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS",
    "SYSTEM$CANCEL_QUERY",
    "SYSTEM$CANCEL_ALL_QUERIES",
    "SYSTEM$SEND_SNOWFLAKE_NOTIFICATION",
    "GETVARIABLE",
    "CURRENT_QUERY_TAG",
    "SYSTEM$BOOTSTRAP_DATA_REQUEST",
    "SYSTEM$SHOW_ACTIVE_BEHAVIOR_CHANGE_BUNDLES",
    "SYSTEM$SHOW_IMPORTED_DATABASES",
    "SYSTEM$GET_PREVIEW_ACCESS_STATUS",
];

/// Whether the function of this upper-case name is one of these.
pub(super) fn is_one(name: &str) -> bool {
    NAMES.contains(&name)
}

fn ltz(micros: i64) -> Value {
    Value {
        sql_type: SqlType::TimestampLtz(9),
        scalar: ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into())),
    }
}

fn text(text: Option<impl Into<String>>) -> Value {
    text.map_or(Value::null(SqlType::TEXT), |text| Value::text(text))
}

/// The value of such a function; `None` when there is none of this name.
///
/// # Errors
/// When an argument is missing or names something that does not exist.
pub(super) fn value(cx: &Context<'_>, name: &str, arguments: &[Value]) -> Result<Option<Value>> {
    let zone = cx.session.parameters.time_zone();
    let wall = || time::to_wall(cx.frame.now, zone);
    let argument = |index: usize| {
        arguments.get(index).and_then(text_of).ok_or_else(|| {
            SqlError::compilation(938, "22023", format_args!("not enough arguments for function [{name}]"))
        })
    };
    let session = &*cx.session;
    Ok(Some(match name {
        "CURRENT_TIMESTAMP" | "GETDATE" | "SYSTIMESTAMP" | "LOCALTIMESTAMP" => {
            let scale = arguments.first().and_then(integer_of).unwrap_or(9).clamp(0, 9) as u8;
            let unit = 10_i64.pow(6 - u32::from(scale.min(6)));
            Value { sql_type: SqlType::TimestampLtz(scale), ..ltz(cx.frame.now.div_euclid(unit) * unit) }
        }
        "SYSDATE" => Value {
            sql_type: SqlType::TimestampNtz(9),
            scalar: ScalarValue::TimestampMicrosecond(Some(cx.frame.now), None),
        },
        "CURRENT_DATE" => {
            Value { sql_type: SqlType::Date, scalar: ScalarValue::Date32(Some(wall().div_euclid(time::DAY) as i32)) }
        }
        "CURRENT_TIME" | "LOCALTIME" => Value {
            sql_type: SqlType::Time(9),
            scalar: ScalarValue::Time64Nanosecond(Some(wall().rem_euclid(time::DAY) * 1000)),
        },
        "CURRENT_USER" => text(Some(&session.user)),
        "CURRENT_ROLE" | "INVOKER_ROLE" => text(Some(cx.role())),
        "CURRENT_ROLE_TYPE" => Value::text("ROLE"),
        "CURRENT_DATABASE" => text(cx.database()),
        "CURRENT_SCHEMA" => text(cx.schema()),
        "CURRENT_WAREHOUSE" => text(session.warehouse.as_deref()),
        "CURRENT_SESSION" => Value::text(session.id.to_string()),
        "CURRENT_ACCOUNT" | "CURRENT_ACCOUNT_NAME" => Value::text(&cx.engine.config.account),
        "CURRENT_ORGANIZATION_NAME" => Value::text("LOCAL"),
        // Tools take it apart at the first underscore: cloud and region.
        "CURRENT_REGION" => Value::text("LOCAL_MACHINE"),
        "CURRENT_VERSION" => Value::text(crate::server::SERVER_VERSION),
        "CURRENT_CLIENT" => Value::text(&session.client),
        "CURRENT_IP_ADDRESS" => Value::text("127.0.0.1"),
        "CURRENT_QUERY_TAG" => Value::text(session.parameters.text("QUERY_TAG")),
        "CURRENT_STATEMENT" => text(cx.engine.history.get(&cx.frame.query_id).map(|record| record.text.clone())),
        "CURRENT_SCHEMAS" => {
            let schemas: Vec<_> = match (cx.database(), cx.schema()) {
                (Some(database), Some(schema)) => {
                    vec![format!("\"{database}.{schema}\""), format!("\"{database}.PUBLIC\"")]
                }
                _ => Vec::new(),
            };
            Value::text(format!("[{}]", schemas.join(", ")))
        }
        "CURRENT_TRANSACTION" => text(
            session
                .transactions
                .iter()
                .rev()
                .find(|open| open.scope != super::AUTOCOMMIT)
                .map(|open| open.transaction.id().to_string()),
        ),
        "LAST_TRANSACTION" => text(session.ended.back().map(|ended| ended.id.to_string())),
        "CURRENT_AVAILABLE_ROLES" => {
            let roles = cx.engine.catalog.roles_for_user(&session.user)?;
            Value::text(serde_json::to_string(&roles.into_iter().collect::<Vec<_>>())?)
        }
        "CURRENT_SECONDARY_ROLES" => {
            let value = if session.secondary_roles_all { "ALL" } else { "" };
            Value::text(format!("{{\"roles\":\"\",\"value\":\"{value}\"}}"))
        }
        "IS_ROLE_IN_SESSION" => Value::boolean(cx.roles()?.contains(&argument(0)?)),
        "LAST_QUERY_ID" => text(cx.earlier_query(arguments.first().and_then(integer_of).unwrap_or(-1))),
        "GETVARIABLE" => match session.variables.get(&argument(0)?.to_ascii_uppercase()) {
            Some(value) => text(text_of(value)),
            None => Value::null(SqlType::TEXT),
        },
        "GET_DDL" => {
            let qualified = arguments.get(2).and_then(text_of).is_some_and(|value| value.eq_ignore_ascii_case("true"));
            Value::text(crate::statement::get_ddl::get_ddl(cx, &argument(0)?, &argument(1)?, qualified)?)
        }
        "SYSTEM$STREAM_HAS_DATA" => {
            let stream = named_stream(cx, &argument(0)?)?;
            Value::boolean(stream::has_data(cx, &stream)?)
        }
        "SYSTEM$STREAM_GET_TABLE_TIMESTAMP" => {
            let stream = named_stream(cx, &argument(0)?)?;
            let def: StreamDef = stream.definition()?;
            if def.source_kind == Kind::View {
                return Err(SqlError::unsupported(format_args!(
                    "{name} of stream '{}', which is on a view",
                    stream.name
                )));
            }
            let state = cx.engine.storage.stream_state(stream.id)?;
            let at = match state {
                Some(state) => cx.engine.storage.committed_at(state.offset)?.unwrap_or(stream.created_at),
                None => stream.created_at,
            };
            text(Some((i128::from(at) * 1000).to_string()))
        }
        "SYSTEM$GET_TAG" => text(crate::tag::get_tag(cx, &argument(0)?, &argument(1)?, &argument(2)?)?),
        "SYSTEM$GET_TAG_ALLOWED_VALUES" => text(crate::tag::allowed_values(cx, &argument(0)?)?),
        "SYSTEM$SET_RETURN_VALUE" => {
            let run = task_run(cx, name)?;
            *run.return_value.lock() = Some(argument(0)?);
            Value::null(SqlType::TEXT)
        }
        "SYSTEM$GET_PREDECESSOR_RETURN_VALUE" => {
            let run = task_run(cx, name)?;
            match arguments.first().and_then(text_of) {
                Some(task) => {
                    let suffix = format!(".{}", task.to_ascii_uppercase());
                    let found = run.predecessor_values.iter().find(|(full, _)| {
                        full.eq_ignore_ascii_case(&task) || full.to_ascii_uppercase().ends_with(&suffix)
                    });
                    text(found.map(|(_, value)| value.clone()))
                }
                None => text(run.predecessor_values.values().next().cloned()),
            }
        }
        "SYSTEM$GET_TASK_GRAPH_CONFIG" => {
            let run = task_run(cx, name)?;
            match (&run.config, arguments.first().and_then(text_of)) {
                (Some(config), Some(path)) => {
                    let json: serde_json::Value = serde_json::from_str(config)?;
                    let found = path.split('.').try_fold(&json, |json, key| json.get(key));
                    text(found.map(|found| match found {
                        serde_json::Value::String(text) => text.clone(),
                        other => other.to_string(),
                    }))
                }
                (config, _) => text(config.clone()),
            }
        }
        "SYSTEM$CURRENT_USER_TASK_NAME" => text(Some(&task_run(cx, name)?.task_name)),
        "SYSTEM$TASK_RUNTIME_INFO" => {
            let run = task_run(cx, name)?;
            let shown = |micros: i64| {
                time::format(
                    "YYYY-MM-DD HH24:MI:SS.FF3",
                    time::wall(micros).date(),
                    micros.rem_euclid(time::DAY) * 1000,
                    0,
                )
            };
            match argument(0)?.to_ascii_uppercase().as_str() {
                "CURRENT_TASK_NAME" => text(Some(&run.task_name)),
                "CURRENT_ROOT_TASK_NAME" => text(Some(&run.root_name)),
                "CURRENT_TASK_GRAPH_RUN_GROUP_ID" => Value::text(run.group_id.to_string()),
                "CURRENT_TASK_GRAPH_ORIGINAL_SCHEDULED_TIMESTAMP" => Value::text(shown(run.scheduled_at)),
                "LAST_SUCCESSFUL_TASK_GRAPH_ORIGINAL_SCHEDULED_TIMESTAMP" => text(run.last_successful_at.map(shown)),
                other => return Err(SqlError::unsupported(format_args!("SYSTEM$TASK_RUNTIME_INFO('{other}')"))),
            }
        }
        "SYSTEM$TASK_DEPENDENTS_ENABLE" => Value::text(crate::task::dependents_enable(cx, &argument(0)?)?),
        "SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS" => {
            Value::text(crate::task::cancel_ongoing_executions(cx, &argument(0)?)?)
        }
        "SYSTEM$CANCEL_QUERY" => {
            let id = argument(0)?;
            let running = cx.engine.history.get(&id).is_some_and(|record| record.user == session.user)
                && cx.engine.history.cancel(&id);
            Value::text(if running {
                "query terminated."
            } else {
                "Identified SQL statement is not currently executing."
            })
        }
        "SYSTEM$CANCEL_ALL_QUERIES" => {
            let id = arguments.first().and_then(integer_of).and_then(|id| u64::try_from(id).ok()).unwrap_or(session.id);
            let count = cx.engine.history.cancel_session(id, Some(&cx.frame.query_id));
            Value::text(format!("{count} cancelled"))
        }
        // Undocumented; tools read the edition and the version there.
        "SYSTEM$BOOTSTRAP_DATA_REQUEST" => match argument(0)?.to_ascii_uppercase().as_str() {
            "ACCOUNT" => Value::text(
                serde_json::json!({
                    "serverVersion": crate::server::SERVER_VERSION,
                    "accountInfo": { "accountName": cx.engine.config.account, "serviceLevelName": "ENTERPRISE" },
                })
                .to_string(),
            ),
            other => return Err(SqlError::unsupported(format_args!("{name}('{other}')"))),
        },
        // There are no behaviour change bundles and no shares here.
        "SYSTEM$SHOW_ACTIVE_BEHAVIOR_CHANGE_BUNDLES" | "SYSTEM$SHOW_IMPORTED_DATABASES" => Value::text("[]"),
        "SYSTEM$GET_PREVIEW_ACCESS_STATUS" => Value::text("DISABLED"),
        "SYSTEM$SEND_SNOWFLAKE_NOTIFICATION" => match arguments {
            [message, integration] => Value::text(crate::notification::send(cx, message, integration)?),
            _ => {
                return Err(SqlError::compilation(
                    939,
                    "22023",
                    "SYSTEM$SEND_SNOWFLAKE_NOTIFICATION takes a message and an integration.",
                ));
            }
        },
        _ => return Ok(None),
    }))
}

fn task_run<'c>(cx: &'c Context<'_>, name: &str) -> Result<&'c crate::exec::TaskRun> {
    cx.frame.task.as_deref().ok_or_else(|| {
        SqlError::compilation(1, "42601", format_args!("Function {name} must be called from within a task."))
    })
}

fn named_stream(cx: &Context<'_>, text: &str) -> Result<crate::catalog::Object> {
    let name = Name::parse(text).ok_or_else(|| SqlError::does_not_exist("Stream", text))?;
    let stream = cx.object(Kind::Stream, &name, "SELECT")?;
    cx.require("SELECT", &stream)?;
    Ok(stream)
}
