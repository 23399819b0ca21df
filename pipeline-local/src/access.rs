//! Which schema a name is in, and what the current role may do: for the statements about procedures, tasks and
//! integrations.

use crate::catalog::{Kind, Object, RoleSet, Target, role};
use crate::exec::Context;
use crate::parse::Name;
use crate::{Result, SqlError};

/// The roles whose privileges count: the primary role and, outside of owner's-rights code, the secondary ones.
pub(crate) fn roles(cx: &Context<'_>) -> Result<RoleSet> {
    let mut roles = cx.engine.catalog.role_closure(cx.role())?.as_ref().clone();
    if cx.session.secondary_roles_all && cx.frame.role.is_none() {
        roles.extend(cx.engine.catalog.roles_for_user(&cx.session.user)?);
    }
    Ok(roles)
}

/// Whether the role owns the object or has one of the privileges on it.
pub(crate) fn holds(cx: &Context<'_>, object: &Object, privileges: &[&str]) -> Result<bool> {
    let roles = roles(cx)?;
    if roles.contains(&object.owner) {
        return Ok(true);
    }
    for privilege in privileges {
        if cx.engine.catalog.has_privilege(&roles, privilege, Target::Object(object.id))? {
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

/// The schema that an object's name is in. A schema on which the role has nothing at all does not exist for it.
///
/// # Errors
/// 090105 and 090106 without a current database or schema, 002003 when there is no such database or schema.
pub(crate) fn schema_of(cx: &Context<'_>, name: &Name, action: &str) -> Result<Object> {
    let database = match name.database().or(cx.database()) {
        Some(database) => database.to_owned(),
        None => {
            return Err(SqlError::new(
                90105,
                "22000",
                format!(
                    "Cannot perform {action}. This session does not have a current database. Call 'USE DATABASE', or use a qualified name."
                ),
            ));
        }
    };
    let schema = match name.schema() {
        Some("") => "PUBLIC".to_owned(),
        Some(schema) => schema.to_owned(),
        None => match cx.schema() {
            Some(schema) => schema.to_owned(),
            None => {
                return Err(SqlError::new(
                    90106,
                    "22000",
                    format!(
                        "Cannot perform {action}. This session does not have a current schema. Call 'USE SCHEMA', or use a qualified name."
                    ),
                ));
            }
        },
    };
    schema_named(cx, &database, &schema)
}

/// The schema of these stored names.
pub(crate) fn schema_named(cx: &Context<'_>, database: &str, schema: &str) -> Result<Object> {
    let catalog = &cx.engine.catalog;
    let roles = roles(cx)?;
    let visible = |object: &Object| -> Result<bool> {
        Ok(roles.contains(role::ACCOUNTADMIN) || catalog.has_any_privilege(&roles, object)?)
    };
    let found = catalog.database(database)?;
    let Some(database_object) = found.filter(|object| visible(object).unwrap_or(false)) else {
        return Err(SqlError::does_not_exist("Database", crate::parse::quote(database)));
    };
    let found = catalog.find(Kind::Schema, Some(database_object.id), schema, "")?;
    found.filter(|object| visible(object).unwrap_or(false)).ok_or_else(|| {
        let name = format!("{}.{}", crate::parse::quote(database), crate::parse::quote(schema));
        SqlError::does_not_exist("Schema", name)
    })
}

/// # Errors
/// 003001 when the role may not create objects of this kind in the schema.
pub(crate) fn require_create(cx: &Context<'_>, schema: &Object, kind: Kind) -> Result<()> {
    // Only the primary role creates; it will own the object.
    let roles = cx.engine.catalog.role_closure(cx.role())?;
    let privilege = format!("CREATE {}", kind.keyword());
    if roles.contains(&schema.owner)
        || cx.engine.catalog.has_privilege(&roles, &privilege, Target::Object(schema.id))?
    {
        return Ok(());
    }
    Err(SqlError::insufficient_privileges(format_args!("operate on schema '{}'", schema.name)))
}
