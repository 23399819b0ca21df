//! SHOW PARAMETERS and SHOW VARIABLES.

use crate::catalog::def::{DatabaseDef, SchemaDef, TableDef, WarehouseDef};
use crate::catalog::{Kind, Object};
use crate::error::{Result, SqlError};
use crate::listing::matches_pattern;
use crate::parse::Cursor;
use crate::session::PARAMETERS;
use crate::statement::Context;
use crate::task::TaskDef;

use super::{Rows, text};

pub(super) fn parameters(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let like = if cursor.accept_keyword("LIKE") { Some(cursor.string()?) } else { None };
    let mut in_session = true;
    if cursor.accept_keyword("IN") || cursor.accept_keyword("FOR") {
        in_session = cursor.accept_keyword("SESSION");
        let written = if in_session { None } else { crate::statement::kind::read(cursor) };
        if let Some(kind) = written.map(|written| written.kind) {
            let name = cursor.object_name()?;
            cursor.expect_end()?;
            let object = cx.object(kind, &name, "SHOW PARAMETERS")?;
            return of_object(&object, like.as_deref());
        }
        if !in_session && !cursor.accept_keyword("ACCOUNT") {
            return Err(SqlError::unsupported(format_args!("SHOW PARAMETERS IN {}", cursor.rest())));
        }
    }
    cursor.expect_end()?;
    let mut rows = Rows::new(&["key", "value", "default", "level", "description", "type"]);
    for info in PARAMETERS {
        if like.as_ref().is_some_and(|pattern| !matches_pattern(info.name, pattern)) {
            continue;
        }
        let default = info.default_value().to_string();
        let set = in_session && cx.session.parameters.is_set(info.name);
        let value = if set { cx.session.parameters.text(info.name) } else { default.clone() };
        rows.push(&[
            ("key", text(info.name)),
            ("value", text(value)),
            ("default", text(default)),
            ("level", text(if set { "SESSION" } else { "" })),
            ("description", text("")),
            ("type", text(info.type_name())),
        ]);
    }
    Ok(rows)
}

/// The parameters that an object may set, with what it says about them.
fn of_object(object: &Object, like: Option<&str>) -> Result<Rows> {
    let number = |value: Option<i64>| value.map(|value| value.to_string());
    let days = |value: Option<u32>| value.map(|value| value.to_string());
    let parameters: Vec<(&str, Option<String>, &str)> = match object.kind {
        Kind::Warehouse => {
            let def: WarehouseDef = object.definition()?;
            [
                ("MAX_CONCURRENCY_LEVEL", "8"),
                ("STATEMENT_QUEUED_TIMEOUT_IN_SECONDS", "0"),
                ("STATEMENT_TIMEOUT_IN_SECONDS", "172800"),
            ]
            .map(|(name, default)| (name, def.properties.get(name).cloned(), default))
            .to_vec()
        }
        Kind::Task => {
            let def: TaskDef = object.definition()?;
            vec![
                ("SUSPEND_TASK_AFTER_NUM_FAILURES", number(def.suspend_after_failures), "10"),
                ("TASK_AUTO_RETRY_ATTEMPTS", number(def.retry_attempts), "0"),
                ("USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE", def.initial_size, "Medium"),
                ("USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS", number(def.trigger_interval), "30"),
                ("USER_TASK_TIMEOUT_MS", number(def.timeout_ms), "3600000"),
            ]
        }
        Kind::Database | Kind::Schema | Kind::Table => {
            let (retention, extension) = match object.kind {
                Kind::Database => {
                    let def: DatabaseDef = object.definition()?;
                    (def.retention_days, def.max_extension_days)
                }
                Kind::Schema => {
                    let def: SchemaDef = object.definition()?;
                    (def.retention_days, def.max_extension_days)
                }
                _ => {
                    let def: TableDef = object.definition()?;
                    (def.retention_days, def.max_extension_days)
                }
            };
            vec![
                ("DATA_RETENTION_TIME_IN_DAYS", days(retention), "1"),
                ("MAX_DATA_EXTENSION_TIME_IN_DAYS", days(extension), "14"),
            ]
        }
        other => return Err(SqlError::unsupported(format_args!("SHOW PARAMETERS IN {other}"))),
    };
    let mut rows = Rows::new(&["key", "value", "default", "level", "description", "type"]);
    for (name, set, default) in parameters {
        if like.is_some_and(|pattern| !matches_pattern(name, pattern)) {
            continue;
        }
        rows.push(&[
            ("key", text(name)),
            ("level", text(if set.is_some() { object.kind.keyword() } else { "" })),
            ("value", text(set.unwrap_or_else(|| default.to_owned()))),
            ("default", text(default)),
            ("description", text("")),
            ("type", text(if default.parse::<i64>().is_ok() { "NUMBER" } else { "STRING" })),
        ]);
    }
    Ok(rows)
}

pub(super) fn variables(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let like = if cursor.accept_keyword("LIKE") { Some(cursor.string()?) } else { None };
    cursor.expect_end()?;
    let mut rows = Rows::new(&["session_id", "created_on", "updated_on", "name", "value", "type", "comment"]);
    for (name, value) in &cx.session.variables {
        if like.as_ref().is_some_and(|pattern| !matches_pattern(name, pattern)) {
            continue;
        }
        rows.push(&[
            ("session_id", text(cx.session.id.to_string())),
            ("name", text(name.clone())),
            ("value", text(value.scalar.to_string())),
            ("type", text(value.sql_type.family().to_lowercase())),
            ("comment", text("")),
        ]);
    }
    Ok(rows)
}
