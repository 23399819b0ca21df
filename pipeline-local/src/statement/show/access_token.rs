//! SHOW USER PROGRAMMATIC ACCESS TOKENS.

use crate::catalog::Kind;
use crate::catalog::def::UserDef;
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, quote};
use crate::statement::{Context, Value};
use crate::types::SqlType;

use super::{Rows, instant, text};

/// The tokens of a user, without their secrets. The cursor is behind `SHOW USER`.
pub(super) fn tokens(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    if !cursor.accept_keyword("PATS") {
        cursor.expect_keywords("PROGRAMMATIC ACCESS TOKENS")?;
    }
    let named = if cursor.accept_keywords("FOR USER") { Some(cursor.object_name()?) } else { None };
    cursor.expect_end()?;
    let wanted = named.as_ref().map_or(cx.session.user.as_str(), |name| name.object());
    let user = cx
        .engine
        .catalog
        .find(Kind::User, None, wanted, "")?
        .ok_or_else(|| SqlError::does_not_exist("User", quote(wanted)))?;
    if user.name != cx.session.user {
        cx.require_ownership(&user)?;
    }
    let definition: UserDef = user.definition()?;
    let mut rows = Rows::new(&[
        "name",
        "user_name",
        "role_restriction",
        "expires_at",
        "status",
        "comment",
        "created_on",
        "created_by",
        "mins_to_bypass_network_policy_requirement",
        "rotated_to",
    ]);
    let now = cx.engine.clock.now();
    let optional = |value: Option<String>| value.map_or_else(|| Value::null(SqlType::TEXT), text);
    for token in definition.access_tokens {
        let bypass = token.bypass_minutes.map_or_else(|| Value::null(SqlType::INTEGER), |it| Value::integer(it.into()));
        rows.push(&[
            ("user_name", text(user.name.clone())),
            ("expires_at", instant(token.expires_at)),
            ("status", text(if definition.disabled { "DISABLED" } else { token.status(now) })),
            ("created_on", instant(token.created_at)),
            ("name", text(token.name)),
            ("role_restriction", optional(token.role)),
            ("comment", text(token.comment)),
            ("created_by", text(token.created_by)),
            ("mins_to_bypass_network_policy_requirement", bypass),
            ("rotated_to", optional(token.rotated_to)),
        ]);
    }
    Ok(rows)
}
