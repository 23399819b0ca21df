//! What the statements about procedures, tasks and integrations ask of the current role.

use crate::catalog::{Kind, Object, Target};
use crate::exec::Context;
use crate::{Result, SqlError};

/// Whether the role owns the object or has one of the privileges on it.
pub(crate) fn holds(cx: &Context<'_>, object: &Object, privileges: &[&str]) -> Result<bool> {
    if cx.owns(object)? {
        return Ok(true);
    }
    for privilege in privileges {
        if cx.holds(privilege, object)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a role, with what it inherits, has a privilege on the account.
pub(crate) fn role_has_on_account(cx: &Context<'_>, name: &str, privilege: &str) -> Result<bool> {
    let roles = cx.engine.catalog.role_closure(name)?;
    cx.engine.catalog.has_privilege(&roles, privilege, Target::Account)
}

/// # Errors
/// 003001 when the role neither owns the object nor has one of the privileges on it.
pub(crate) fn require(cx: &Context<'_>, object: &Object, privileges: &[&str]) -> Result<()> {
    if holds(cx, object, privileges)? {
        return Ok(());
    }
    let kind = object.kind.keyword().to_ascii_lowercase();
    Err(SqlError::insufficient_privileges(format_args!("operate on {kind} '{}'", object.name)))
}

/// # Errors
/// 003001 when the role may not create objects of this kind in the schema. Only the primary role creates, and it will own
/// the object.
pub(crate) fn require_create(cx: &Context<'_>, schema: &Object, kind: Kind) -> Result<()> {
    let roles = cx.engine.catalog.role_closure(cx.role())?;
    let privilege = format!("CREATE {}", kind.keyword());
    if roles.contains(&schema.owner)
        || cx.engine.catalog.has_privilege(&roles, &privilege, Target::Object(schema.id))?
    {
        return Ok(());
    }
    Err(SqlError::insufficient_privileges(format_args!("operate on schema '{}'", schema.name)))
}
