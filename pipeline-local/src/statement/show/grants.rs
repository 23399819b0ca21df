//! SHOW GRANTS and SHOW FUTURE GRANTS.

use crate::catalog::{Grant, Kind, Member, Object, Target, role};
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, Name};
use crate::statement::Context;

use super::relations::qualified;
use super::{Rows, instant, text, truth};

pub(super) fn grants(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    if cursor.at_end() {
        return of_user(cx, &cx.session.user.clone());
    }
    if cursor.accept_keyword("ON") {
        return on(cx, cursor);
    }
    if cursor.accept_keyword("OF") {
        cursor.expect_keywords("ROLE")?;
        let role = cx.object(Kind::Role, &Name::bare(cursor.identifier()?), "SHOW GRANTS")?;
        cursor.expect_end()?;
        let mut rows = Rows::new(&["created_on", "role", "granted_to", "grantee_name", "granted_by"]);
        for membership in cx.engine.catalog.members_of(&role.name)? {
            let (kind, name) = match membership.member {
                Member::Role(name) => ("ROLE", name),
                Member::User(name) => ("USER", name),
            };
            rows.push(&[
                ("created_on", instant(membership.granted_at)),
                ("role", text(role.name.clone())),
                ("granted_to", text(kind)),
                ("grantee_name", text(name)),
                ("granted_by", text(membership.grantor)),
            ]);
        }
        return Ok(rows);
    }
    cursor.expect_keywords("TO")?;
    if cursor.accept_keyword("USER") {
        let user = cursor.identifier()?;
        cursor.expect_end()?;
        return of_user(cx, &user);
    }
    cursor.accept_keyword("ROLE");
    let role = cx.object(Kind::Role, &Name::bare(cursor.identifier()?), "SHOW GRANTS")?;
    cursor.expect_end()?;
    let mut rows = Rows::new(&[
        "created_on",
        "privilege",
        "granted_on",
        "name",
        "granted_to",
        "grantee_name",
        "grant_option",
        "granted_by",
    ]);
    for grant in cx.engine.catalog.grants_to(&role.name)? {
        if !matches!(grant.on, Target::Future { .. }) {
            push(cx, &mut rows, &grant)?;
        }
    }
    // Owning is a grant too, as Snowflake shows it.
    for kind in Kind::ALL {
        for object in cx.engine.catalog.list_all(kind)? {
            if object.owner == role.name {
                push_ownership(cx, &mut rows, &object)?;
            }
        }
    }
    for membership in cx.engine.catalog.roles_of(&Member::Role(role.name.clone()))? {
        rows.push(&[
            ("created_on", instant(membership.granted_at)),
            ("privilege", text("USAGE")),
            ("granted_on", text("ROLE")),
            ("name", text(membership.role)),
            ("granted_to", text("ROLE")),
            ("grantee_name", text(role.name.clone())),
            ("grant_option", truth(false)),
            ("granted_by", text(membership.grantor)),
        ]);
    }
    Ok(rows)
}

fn on(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let mut rows = Rows::new(&[
        "created_on",
        "privilege",
        "granted_on",
        "name",
        "granted_to",
        "grantee_name",
        "grant_option",
        "granted_by",
        "granted_by_role_type",
    ]);
    if cursor.accept_keyword("ACCOUNT") {
        cursor.expect_end()?;
        for grant in cx.engine.catalog.grants_on(Target::Account)? {
            push(cx, &mut rows, &grant)?;
        }
        return Ok(rows);
    }
    let Some(written) = crate::statement::kind::read(cursor) else {
        return Err(SqlError::unsupported(format_args!("SHOW GRANTS ON {}", crate::statement::kind::foreign(cursor))));
    };
    let kind = written.kind;
    let name = cursor.object_name()?;
    let object = if matches!(kind, Kind::Procedure | Kind::Function) {
        crate::statement::grant::routine(cx, cursor, kind, &name)?
    } else {
        cx.object(kind, &name, "SHOW GRANTS")?
    };
    cursor.expect_end()?;
    if !object.owner.is_empty() {
        push_ownership(cx, &mut rows, &object)?;
    }
    for grant in cx.engine.catalog.grants_on(Target::Object(object.id))? {
        push(cx, &mut rows, &grant)?;
    }
    Ok(rows)
}

fn of_user(cx: &Context<'_>, user: &str) -> Result<Rows> {
    let mut rows = Rows::new(&[
        "created_on",
        "privilege",
        "granted_on",
        "name",
        "role",
        "granted_to",
        "grantee_name",
        "grant_option",
        "granted_by",
    ]);
    // Everybody has PUBLIC, so it is not listed.
    let roles = cx.engine.catalog.roles_of(&Member::User(user.to_owned()))?;
    for membership in roles.into_iter().filter(|membership| membership.role != role::PUBLIC) {
        rows.push(&[
            ("created_on", instant(membership.granted_at)),
            ("privilege", text("USAGE")),
            ("granted_on", text("ROLE")),
            ("name", text(membership.role.clone())),
            ("role", text(membership.role)),
            ("granted_to", text("USER")),
            ("grantee_name", text(user)),
            ("grant_option", truth(false)),
            ("granted_by", text(membership.grantor)),
        ]);
    }
    Ok(rows)
}

pub(super) fn future(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let mut rows =
        Rows::new(&["created_on", "privilege", "grant_on", "name", "grant_to", "grantee_name", "grant_option"]);
    let grants = if cursor.accept_keyword("IN") {
        let kind = if cursor.accept_keyword("DATABASE") { Kind::Database } else { Kind::Schema };
        if kind == Kind::Schema {
            cursor.expect_keywords("SCHEMA")?;
        }
        let name = cursor.object_name()?;
        cx.engine.catalog.future_grants_in(cx.object(kind, &name, "SHOW FUTURE GRANTS")?.id)?
    } else {
        cursor.expect_keywords("TO ROLE")?;
        let role = cursor.identifier()?;
        let all = cx.engine.catalog.grants_to(&role)?;
        all.into_iter().filter(|grant| matches!(grant.on, Target::Future { .. })).collect()
    };
    cursor.expect_end()?;
    for grant in grants {
        let Target::Future { container, kind } = grant.on else { continue };
        let Some(container) = cx.engine.catalog.by_id(container)? else { continue };
        rows.push(&[
            ("created_on", instant(grant.granted_at)),
            ("privilege", text(grant.privilege)),
            ("grant_on", text(kind.keyword())),
            ("name", text(format!("{}.<{}>", cx.engine.catalog.full_name(&container)?, kind.keyword()))),
            ("grant_to", text("ROLE")),
            ("grantee_name", text(grant.role)),
            ("grant_option", truth(grant.grant_option)),
        ]);
    }
    Ok(rows)
}

fn push(cx: &Context<'_>, rows: &mut Rows, grant: &Grant) -> Result<()> {
    let (on, name) = match grant.on {
        Target::Account => ("ACCOUNT", cx.engine.config.account.clone()),
        Target::Object(id) => match cx.engine.catalog.by_id(id)? {
            Some(object) => (object.kind.keyword(), qualified(cx, &object)?),
            None => return Ok(()),
        },
        Target::Future { .. } => return Ok(()),
    };
    rows.push(&[
        ("created_on", instant(grant.granted_at)),
        ("privilege", text(grant.privilege.clone())),
        ("granted_on", text(on)),
        ("name", text(name)),
        ("granted_to", text("ROLE")),
        ("grantee_name", text(grant.role.clone())),
        ("grant_option", truth(grant.grant_option)),
        ("granted_by", text(grant.grantor.clone())),
        ("granted_by_role_type", text("ROLE")),
    ]);
    Ok(())
}

fn push_ownership(cx: &Context<'_>, rows: &mut Rows, object: &Object) -> Result<()> {
    rows.push(&[
        ("created_on", instant(object.created_at)),
        ("privilege", text("OWNERSHIP")),
        ("granted_on", text(object.kind.keyword())),
        ("name", text(qualified(cx, object)?)),
        ("granted_to", text("ROLE")),
        ("grantee_name", text(object.owner.clone())),
        ("grant_option", truth(true)),
        ("granted_by", text(object.owner.clone())),
        ("granted_by_role_type", text("ROLE")),
    ]);
    Ok(())
}
