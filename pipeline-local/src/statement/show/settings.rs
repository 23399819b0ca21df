//! SHOW PARAMETERS and SHOW VARIABLES.

use crate::error::{Result, SqlError};
use crate::listing::matches_pattern;
use crate::parse::Cursor;
use crate::session::PARAMETERS;
use crate::statement::Context;

use super::{Rows, text};

pub(super) fn parameters(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let like = if cursor.accept_keyword("LIKE") { Some(cursor.string()?) } else { None };
    let mut in_session = true;
    if cursor.accept_keyword("IN") || cursor.accept_keyword("FOR") {
        in_session = cursor.accept_keyword("SESSION");
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
