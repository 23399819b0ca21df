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

/// The privileges on what is in a database, on kinds of objects.
pub(super) fn privileges(cx: &Context<'_>, database: &Object, kinds: &[Kind]) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("GRANTOR", TEXT),
        ("GRANTEE", TEXT),
        ("OBJECT_CATALOG", TEXT),
        ("OBJECT_SCHEMA", TEXT),
        ("OBJECT_NAME", TEXT),
        ("OBJECT_TYPE", TEXT),
        ("PRIVILEGE_TYPE", TEXT),
        ("IS_GRANTABLE", TEXT),
        ("CREATED", INSTANT),
    ]);
    for kind in kinds {
        for (schema, object) in super::inside(cx, database, *kind)? {
            let mut push = |grantor: &str, grantee: &str, privilege: &str, option: bool, at: i64| {
                rows.push(vec![
                    text(grantor),
                    text(grantee),
                    text(database.name.clone()),
                    text(schema.clone()),
                    text(object.name.clone()),
                    text(object.kind.keyword()),
                    text(privilege),
                    yes_no(option),
                    instant(at),
                ]);
            };
            push(&object.owner, &object.owner, "OWNERSHIP", true, object.created_at);
            for grant in cx.engine.catalog.grants_on(Target::Object(object.id))? {
                push(&grant.grantor, &grant.role, &grant.privilege, grant.grant_option, grant.granted_at);
            }
        }
    }
    rows.finish()
}
