//! APPLICABLE_ROLES, ENABLED_ROLES, OBJECT_PRIVILEGES, TABLE_PRIVILEGES and USAGE_PRIVILEGES.

use crate::catalog::{Kind, Member, Object, Target};
use crate::error::Result;
use crate::statement::{Context, QueryResult};

use super::{INSTANT, Rows, TEXT, instant, text, yes_no};

/// The roles of the user with whom they were granted to.
pub(super) fn applicable(cx: &Context<'_>) -> Result<QueryResult> {
    let mut rows = Rows::new(&[("GRANTEE", TEXT), ("ROLE_NAME", TEXT), ("ROLE_OWNER", TEXT), ("IS_GRANTABLE", TEXT)]);
    let catalog = &cx.engine.catalog;
    let mut grantees = vec![Member::User(cx.session.user.clone())];
    grantees.extend(catalog.roles_for_user(&cx.session.user)?.into_iter().map(Member::Role));
    for grantee in grantees {
        let name = match &grantee {
            Member::User(name) | Member::Role(name) => name.clone(),
        };
        for membership in catalog.roles_of(&grantee)? {
            let owner = catalog.find(Kind::Role, None, &membership.role, "")?.map(|role| role.owner);
            rows.push(vec![text(name.clone()), text(membership.role), text(owner.unwrap_or_default()), yes_no(false)]);
        }
    }
    rows.finish()
}

/// The current role and all it inherits.
pub(super) fn enabled(cx: &Context<'_>) -> Result<QueryResult> {
    let mut rows = Rows::new(&[("ROLE_NAME", TEXT), ("ROLE_OWNER", TEXT)]);
    let mut names: Vec<String> = cx.roles()?.into_iter().collect();
    names.sort();
    for name in names {
        let owner = cx.engine.catalog.find(Kind::Role, None, &name, "")?.map(|role| role.owner);
        rows.push(vec![text(name), text(owner.unwrap_or_default())]);
    }
    rows.finish()
}

/// One privilege on an object of a database.
struct Held {
    grantor: String,
    grantee: String,
    schema: String,
    object: String,
    kind: Kind,
    privilege: String,
    option: bool,
    at: i64,
}

fn held(cx: &Context<'_>, database: &Object, kinds: &[Kind]) -> Result<Vec<Held>> {
    let mut found = Vec::new();
    for kind in kinds {
        for (schema, object) in super::inside(cx, database, *kind)? {
            let mut push = |grantor: &str, grantee: &str, privilege: &str, option: bool, at: i64| {
                found.push(Held {
                    grantor: grantor.to_owned(),
                    grantee: grantee.to_owned(),
                    schema: schema.clone(),
                    object: object.name.clone(),
                    kind: *kind,
                    privilege: privilege.to_owned(),
                    option,
                    at,
                });
            };
            push(&object.owner, &object.owner, "OWNERSHIP", true, object.created_at);
            for grant in cx.engine.catalog.grants_on(Target::Object(object.id))? {
                push(&grant.grantor, &grant.role, &grant.privilege, grant.grant_option, grant.granted_at);
            }
        }
    }
    Ok(found)
}

/// The privileges on what is in a database, on kinds of objects.
pub(super) fn privileges(cx: &Context<'_>, database: &Object, kinds: &[Kind]) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("GRANTOR", TEXT),
        ("GRANTEE", TEXT),
        ("GRANTED_TO", TEXT),
        ("OBJECT_CATALOG", TEXT),
        ("OBJECT_SCHEMA", TEXT),
        ("OBJECT_NAME", TEXT),
        ("OBJECT_TYPE", TEXT),
        ("PRIVILEGE_TYPE", TEXT),
        ("IS_GRANTABLE", TEXT),
        ("CREATED", INSTANT),
    ]);
    for held in held(cx, database, kinds)? {
        rows.push(vec![
            text(held.grantor),
            text(held.grantee),
            text("ROLE"),
            text(database.name.clone()),
            text(held.schema),
            text(held.object),
            text(held.kind.keyword()),
            text(held.privilege),
            yes_no(held.option),
            instant(held.at),
        ]);
    }
    rows.finish()
}

/// The privileges on the tables and views of a database.
pub(super) fn table_privileges(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("GRANTOR", TEXT),
        ("GRANTEE", TEXT),
        ("GRANTED_TO", TEXT),
        ("TABLE_CATALOG", TEXT),
        ("TABLE_SCHEMA", TEXT),
        ("TABLE_NAME", TEXT),
        ("PRIVILEGE_TYPE", TEXT),
        ("IS_GRANTABLE", TEXT),
        ("WITH_HIERARCHY", TEXT),
        ("CREATED", INSTANT),
    ]);
    for held in held(cx, database, &[Kind::Table, Kind::View])? {
        rows.push(vec![
            text(held.grantor),
            text(held.grantee),
            text("ROLE"),
            text(database.name.clone()),
            text(held.schema),
            text(held.object),
            text(held.privilege),
            yes_no(held.option),
            yes_no(false),
            instant(held.at),
        ]);
    }
    rows.finish()
}
