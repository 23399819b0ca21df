//! New sessions: which role, database, schema and warehouse they start with.

use indexmap::IndexMap;
use serde_json::Value;

use crate::auth::{Identity, LoginFault};
use crate::catalog::def::UserDef;
use crate::catalog::{Kind, Object, role};
use crate::engine::Engine;
use crate::parse::fold;
use crate::session::{Session, TokenLimits, parameter};

/// What a client asks for; names as it wrote them.
#[derive(Debug, Default)]
pub(super) struct Wish<'a> {
    pub(super) role: Option<&'a str>,
    pub(super) database: Option<&'a str>,
    pub(super) schema: Option<&'a str>,
    pub(super) warehouse: Option<&'a str>,
    pub(super) secondary_roles: Option<&'a str>,
    pub(super) parameters: Option<&'a IndexMap<String, Value>>,
    /// What CURRENT_CLIENT() shows.
    pub(super) client: String,
}

/// The session that a user starts; the registry gives it its number.
///
/// # Errors
/// When the user may not have what is asked for.
pub(super) fn session(engine: &Engine, identity: Identity, wish: Wish<'_>) -> Result<Session, LoginFault> {
    let Identity { user, definition, limits } = identity;
    let role = chosen_role(engine, wish.role, &user.name, &definition, &limits)?;
    let mut session = Session::new(0, user.name.as_str(), role);
    session.secondary_roles_all = match wish.secondary_roles.map(str::to_ascii_uppercase).as_deref() {
        None | Some("") => definition.secondary_roles_all,
        Some("ALL") => true,
        Some("NONE") => false,
        Some(other) => {
            return Err(LoginFault::new("390189", format!("SECONDARY_ROLES is ALL or NONE, not {other}.")));
        }
    };
    session.secondary_roles_all &= limits.roles.is_none();
    session.limits = limits;
    session.client.clone_from(&wish.client);
    for (name, value) in wish.parameters.into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match parameter(name) {
            _ if value.is_null() => {}
            Some(_) => session.parameters.set(name, &text)?,
            None => session.parameters.remember(name, value.clone()),
        }
    }
    choose_context(engine, &wish, &definition, &mut session)?;
    Ok(session)
}

fn chosen_role(
    engine: &Engine,
    wanted: Option<&str>,
    user: &str,
    definition: &UserDef,
    limits: &TokenLimits,
) -> Result<String, LoginFault> {
    let usable = engine.catalog.roles_for_user(user)?;
    let wanted = wanted.map(identifier);
    if let Some(name) = &wanted
        && (engine.catalog.find(Kind::Role, None, name, "")?.is_none() || !usable.contains(name))
    {
        return Err(LoginFault::new(
            "390189",
            format!(
                "Role '{name}' specified in the connect string does not exist or not authorized. Contact your local system \
                 administrator, or attempt to login with another role, e.g. PUBLIC."
            ),
        ));
    }
    let default = definition.default_role.clone().filter(|role| usable.contains(role));
    let restriction = limits.roles.as_deref().filter(|_| limits.access_token).and_then(<[String]>::first).cloned();
    let role = wanted.or(restriction).or(default).unwrap_or_else(|| role::PUBLIC.to_owned());
    if !limits.allow(&role) {
        let message = if limits.access_token {
            format!("Role '{role}' is not the one that the programmatic access token is restricted to.")
        } else {
            format!(
                "The role requested in the connection, or the default role if none was requested in the connection \
                 ('{role}'), is not listed in the Access Token or was filtered. Please specify another role, or contact \
                 your OAuth Authorization server administrator."
            )
        };
        return Err(LoginFault::new("390317", message));
    }
    Ok(role)
}

/// Database, schema and warehouse: what the client asked for, else the user's defaults; what is not there stays empty.
fn choose_context(
    engine: &Engine,
    wish: &Wish<'_>,
    definition: &UserDef,
    session: &mut Session,
) -> Result<(), LoginFault> {
    let strict = session.parameters.boolean("CLIENT_VALIDATE_DEFAULT_PARAMETERS");
    let missing =
        |what: &str| LoginFault::new("390201", format!("The requested {what} does not exist or not authorized."));
    let (default_database, default_schema) = match definition.default_namespace.as_deref() {
        Some(namespace) => match namespace.split_once('.') {
            Some((database, schema)) => (Some(identifier(database)), Some(identifier(schema))),
            None => (Some(identifier(namespace)), None),
        },
        None => (None, None),
    };
    let catalog = &engine.catalog;
    let mut roles = (*catalog.role_closure(&session.role)?).clone();
    if session.secondary_roles_all {
        roles.extend(catalog.roles_for_user(&session.user)?);
    }
    let visible = |object: Option<Object>| -> crate::Result<Option<Object>> {
        Ok(match object {
            Some(object) if roles.contains(&object.owner) || catalog.has_any_privilege(&roles, &object)? => {
                Some(object)
            }
            _ => None,
        })
    };

    let asked_database = wish.database.map(identifier);
    let database = match asked_database.clone().or(default_database) {
        Some(name) => visible(catalog.database(&name)?)?,
        None => None,
    };
    if strict && asked_database.is_some() && database.is_none() {
        return Err(missing("database"));
    }
    if let Some(database) = database {
        let asked_schema = wish.schema.map(identifier);
        let wanted = match (&asked_schema, &asked_database, default_schema) {
            (Some(asked), ..) => asked.clone(),
            (None, None, Some(default)) => default,
            _ => "PUBLIC".to_owned(),
        };
        session.schema = catalog.schema(&database.name, &wanted)?.map(|schema| schema.name);
        if strict && asked_schema.is_some() && session.schema.is_none() {
            return Err(missing("schema"));
        }
        session.database = Some(database.name);
    }

    let asked_warehouse = wish.warehouse.map(identifier);
    let warehouse = match asked_warehouse.clone().or_else(|| definition.default_warehouse.as_deref().map(identifier)) {
        Some(name) => visible(catalog.find(Kind::Warehouse, None, &name, "")?)?,
        None => None,
    };
    if strict && asked_warehouse.is_some() && warehouse.is_none() {
        return Err(missing("warehouse"));
    }
    session.warehouse = warehouse.map(|warehouse| warehouse.name);
    Ok(())
}

/// A name as the connection string has it: quoted names are exact, others fold to upper case.
fn identifier(text: &str) -> String {
    match text.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(quoted) => fold(&quoted.replace("\"\"", "\""), true),
        None => fold(text.trim(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_unless_quoted() {
        for (text, expected) in [("my_db", "MY_DB"), ("\"My Db\"", "My Db"), ("\"a\"\"b\"", "a\"b"), (" x ", "X")] {
            assert_eq!(identifier(text), expected);
        }
    }
}
