//! GRANT and REVOKE.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/grant-privilege>

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::{Grant, Kind, Member, Object, Target};
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, Name};

use super::kind::{self, Written};
use super::{Context, QueryResult};

/// The privileges that can be granted on the account.
const ON_ACCOUNT: &[&str] = &[
    "APPLY TAG",
    "CREATE DATABASE",
    "CREATE INTEGRATION",
    "CREATE NOTIFICATION INTEGRATION",
    "CREATE ROLE",
    "CREATE USER",
    "CREATE WAREHOUSE",
    "EXECUTE ALERT",
    "EXECUTE MANAGED ALERT",
    "EXECUTE MANAGED TASK",
    "EXECUTE TASK",
    "IMPORT SHARE",
    "MANAGE GRANTS",
    "MONITOR",
    "MONITOR EXECUTION",
    "MONITOR USAGE",
];

/// The privileges that can be granted on a kind of object, without OWNERSHIP.
fn grantable(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Database => &[
            "APPLYBUDGET",
            "CREATE DATABASE ROLE",
            "CREATE SCHEMA",
            "IMPORTED PRIVILEGES",
            "MODIFY",
            "MONITOR",
            "USAGE",
        ],
        Kind::Schema => &[
            "ADD SEARCH OPTIMIZATION",
            "CREATE ALERT",
            "CREATE DYNAMIC TABLE",
            "CREATE EXTERNAL TABLE",
            "CREATE FILE FORMAT",
            "CREATE FUNCTION",
            "CREATE MATERIALIZED VIEW",
            "CREATE PIPE",
            "CREATE PROCEDURE",
            "CREATE SEQUENCE",
            "CREATE STAGE",
            "CREATE STREAM",
            "CREATE TABLE",
            "CREATE TAG",
            "CREATE TASK",
            "CREATE TEMPORARY TABLE",
            "CREATE VIEW",
            "MODIFY",
            "MONITOR",
            "USAGE",
        ],
        Kind::Table => &[
            "APPLYBUDGET",
            "DELETE",
            "EVOLVE SCHEMA",
            "INSERT",
            "REFERENCES",
            "SELECT",
            "SELECT ERROR TABLE",
            "TRUNCATE",
            "UPDATE",
        ],
        Kind::View => &["REFERENCES", "SELECT"],
        Kind::Stream => &["SELECT"],
        Kind::Task => &["APPLYBUDGET", "MONITOR", "OPERATE"],
        Kind::Sequence | Kind::Procedure | Kind::Function | Kind::FileFormat => &["USAGE"],
        Kind::Stage => &["READ", "USAGE", "WRITE"],
        Kind::Pipe => &["MONITOR", "OPERATE"],
        Kind::Tag => &["APPLY", "READ"],
        Kind::Warehouse => &["APPLYBUDGET", "MODIFY", "MONITOR", "OPERATE", "USAGE"],
        Kind::Integration => &["USAGE", "USE_ANY_ROLE"],
        Kind::User => &["IMPERSONATE", "MONITOR"],
        Kind::Role => &[],
    }
}

/// What a GRANT or REVOKE is about.
struct Targets {
    kind: Option<Kind>,
    targets: Vec<Target>,
    /// The object itself, when it is one.
    object: Option<Object>,
}

/// Runs GRANT or REVOKE; the caller has committed the open transaction.
pub(super) fn run(cx: &mut Context<'_>, text: &str) -> Result<QueryResult> {
    let mut cursor = Cursor::new(text)?;
    let cursor = &mut cursor;
    let grant = cursor.accept_keyword("GRANT");
    if !grant {
        cursor.expect_keywords("REVOKE")?;
    }
    if cursor.peek_keywords("DATABASE ROLE") || cursor.peek_keywords("APPLICATION ROLE") {
        return Err(SqlError::unsupported("database and application roles"));
    }
    if cursor.accept_keyword("ROLE") {
        return role_membership(cx, cursor, grant);
    }
    let only_option = !grant && cursor.accept_keywords("GRANT OPTION FOR");
    let privileges = privileges(cursor)?;
    cursor.expect_keywords("ON")?;
    let targets = targets(cx, cursor)?;
    let privileges = check_privileges(&privileges, targets.kind)?;
    cursor.expect_keywords(if grant { "TO" } else { "FROM" })?;
    if cursor.peek_keywords("DATABASE ROLE") || cursor.peek_keyword("SHARE") {
        return Err(SqlError::unsupported("grants to database roles and shares"));
    }
    cursor.accept_keyword("ROLE");
    let role = cx.object(Kind::Role, &cursor.object_name()?, "GRANT")?.name;
    let grant_option = cursor.accept_keywords("WITH GRANT OPTION");
    let copies = cursor.accept_keywords("COPY CURRENT GRANTS");
    let _ = copies || cursor.accept_keywords("REVOKE CURRENT GRANTS");
    let _ = cursor.accept_keyword("CASCADE") || cursor.accept_keyword("RESTRICT");
    cursor.expect_end()?;
    authorise(cx, &targets, &privileges)?;

    if privileges == ["OWNERSHIP"] {
        return ownership(cx, &targets, &role, grant, copies);
    }
    let grantor = cx.role().to_owned();
    cx.engine.catalog.transaction(|catalog| {
        for on in &targets.targets {
            for privilege in &privileges {
                if grant {
                    catalog.grant(&Grant {
                        privilege: privilege.clone(),
                        on: *on,
                        role: role.clone(),
                        grantor: grantor.clone(),
                        grant_option,
                        granted_at: 0,
                    })?;
                } else {
                    let had = catalog.revoke(privilege, *on, &role)?;
                    if only_option && had {
                        catalog.grant(&Grant {
                            privilege: privilege.clone(),
                            on: *on,
                            role: role.clone(),
                            grantor: grantor.clone(),
                            grant_option: false,
                            granted_at: 0,
                        })?;
                    }
                }
            }
        }
        Ok(())
    })?;
    Ok(QueryResult::status("Statement executed successfully."))
}

fn role_membership(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, grant: bool) -> Result<QueryResult> {
    let role = cx.object(Kind::Role, &cursor.object_name()?, "GRANT")?;
    cursor.expect_keywords(if grant { "TO" } else { "FROM" })?;
    let to_user = cursor.accept_keyword("USER");
    if !to_user {
        cursor.expect_keywords("ROLE")?;
    }
    let kind = if to_user { Kind::User } else { Kind::Role };
    let name = cursor.object_name()?;
    cursor.expect_end()?;
    let member = cx
        .engine
        .catalog
        .find(kind, None, name.object(), "")?
        .ok_or_else(|| SqlError::does_not_exist(kind.title(), &name))?;
    if !cx.owns(&role)? && !cx.holds_on_account("MANAGE GRANTS")? {
        return Err(not_executed());
    }
    let member = if to_user { Member::User(member.name) } else { Member::Role(member.name) };
    if grant {
        cx.engine.catalog.grant_role(&role.name, &member, cx.role())?;
    } else {
        cx.engine.catalog.revoke_role(&role.name, &member)?;
    }
    Ok(QueryResult::status("Statement executed successfully."))
}

/// Reads `CREATE TABLE, USAGE, ...` up to ON.
fn privileges(cursor: &mut Cursor<'_>) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut words: Vec<String> = Vec::new();
    loop {
        if cursor.peek_keyword("ON") || cursor.peek() == Some(&Token::Comma) {
            if words.is_empty() {
                return Err(cursor.unexpected());
            }
            found.push(std::mem::take(&mut words).join(" "));
            if cursor.peek_keyword("ON") {
                return Ok(found);
            }
            cursor.next_token();
            continue;
        }
        let Some(word) = cursor.peek_word() else { return Err(cursor.unexpected()) };
        cursor.next_token();
        words.push(word);
    }
}

fn check_privileges(privileges: &[String], kind: Option<Kind>) -> Result<Vec<String>> {
    let valid = kind.map_or(ON_ACCOUNT, grantable);
    let mut checked = Vec::new();
    for privilege in privileges {
        match privilege.as_str() {
            "ALL" | "ALL PRIVILEGES" => checked.extend(valid.iter().map(|&privilege| privilege.to_owned())),
            "OWNERSHIP" if kind.is_some() && privileges.len() == 1 => checked.push(privilege.clone()),
            other if valid.contains(&other) => checked.push(privilege.clone()),
            other => {
                let on = kind.map_or("ACCOUNT", Kind::keyword);
                return Err(SqlError::compilation(
                    3008,
                    "42501",
                    format_args!("Invalid privilege '{other}' for object type '{on}'; it has {}.", valid.join(", ")),
                ));
            }
        }
    }
    Ok(checked)
}

/// Reads what comes after ON.
fn targets(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Targets> {
    if cursor.accept_keyword("ACCOUNT") {
        return Ok(Targets { kind: None, targets: vec![Target::Account], object: None });
    }
    let all = cursor.accept_keyword("ALL");
    if all || cursor.accept_keyword("FUTURE") {
        let kind = plural(cursor)?;
        cursor.expect_keywords("IN")?;
        let in_database = cursor.accept_keyword("DATABASE");
        if !in_database {
            cursor.expect_keywords("SCHEMA")?;
        }
        let name = cursor.object_name()?;
        let container = if in_database { Kind::Database } else { Kind::Schema };
        let container = cx.object(container, &name, "GRANT")?;
        let targets =
            if all { existing(cx, kind, &container)? } else { vec![Target::Future { container: container.id, kind }] };
        return Ok(Targets { kind: Some(kind), targets, object: Some(container) });
    }
    let Some(Written { kind, .. }) = kind::read(cursor) else {
        return Err(SqlError::unsupported(format_args!("GRANT ... ON {}", kind::foreign(cursor))));
    };
    let name = cursor.object_name()?;
    let object = if matches!(kind, Kind::Procedure | Kind::Function) {
        routine(cx, cursor, kind, &name)?
    } else {
        cx.object(kind, &name, "GRANT")?
    };
    Ok(Targets { kind: Some(kind), targets: vec![Target::Object(object.id)], object: Some(object) })
}

pub(crate) fn routine(cx: &Context<'_>, cursor: &mut Cursor<'_>, kind: Kind, name: &Name) -> Result<Object> {
    if cursor.peek() != Some(&Token::LParen) {
        return Err(SqlError::compilation(
            1003,
            "42000",
            format_args!("{} '{name}' needs its argument types, for example {name}(NUMBER, VARCHAR).", kind.title()),
        ));
    }
    let signature = crate::routine::types(cursor)?;
    let schema = cx.schema_of(name, "GRANT")?;
    cx.engine
        .catalog
        .find(kind, Some(schema.id), name.object(), &signature)?
        .ok_or_else(|| SqlError::does_not_exist(kind.title(), format_args!("{}({signature})", cx.full_name_of(name))))
}

fn plural(cursor: &mut Cursor<'_>) -> Result<Kind> {
    let start = cursor.index();
    match kind::read_plural(cursor) {
        Some(Written { kind, .. }) if kind.container().is_some() => Ok(kind),
        _ => {
            cursor.rewind(start);
            let words = kind::foreign(cursor);
            Err(SqlError::unsupported(format_args!("GRANT ... ON ALL or FUTURE {words}")))
        }
    }
}

fn existing(cx: &Context<'_>, kind: Kind, container: &Object) -> Result<Vec<Target>> {
    let catalog = &cx.engine.catalog;
    let mut parents = vec![container.id];
    if container.kind == Kind::Database && kind != Kind::Schema {
        parents = catalog.list(Kind::Schema, Some(container.id))?.into_iter().map(|schema| schema.id).collect();
    }
    let mut found = Vec::new();
    for parent in parents {
        found.extend(catalog.list(kind, Some(parent))?.into_iter().map(|object| Target::Object(object.id)));
    }
    Ok(found)
}

/// Grants are made by owners, by roles with MANAGE GRANTS, and by roles that were given a privilege with its option.
fn authorise(cx: &Context<'_>, targets: &Targets, privileges: &[String]) -> Result<()> {
    if cx.holds_on_account("MANAGE GRANTS")? {
        return Ok(());
    }
    if let Some(object) = &targets.object
        && cx.owns(object)?
    {
        return Ok(());
    }
    let roles = cx.roles()?;
    for target in &targets.targets {
        let grants = cx.engine.catalog.grants_on(*target)?;
        let may = |privilege: &String| {
            grants
                .iter()
                .any(|grant| grant.grant_option && grant.privilege == *privilege && roles.contains(&grant.role))
        };
        if !privileges.iter().all(may) {
            return Err(not_executed());
        }
    }
    Ok(())
}

fn not_executed() -> SqlError {
    SqlError::new(3102, "42501", "SQL access control error:\nGrant not executed: Insufficient privileges.")
}

fn ownership(cx: &Context<'_>, targets: &Targets, role: &str, grant: bool, copies: bool) -> Result<QueryResult> {
    if !grant && targets.targets.iter().any(|target| matches!(target, Target::Object(_))) {
        return Err(SqlError::unsupported("REVOKE OWNERSHIP: grant it to another role instead"));
    }
    cx.engine.catalog.transaction(|catalog| {
        for target in &targets.targets {
            match target {
                Target::Object(id) => {
                    let others = catalog.grants_on(*target)?;
                    if !others.is_empty() && !copies {
                        for grant in &others {
                            catalog.revoke(&grant.privilege, *target, &grant.role)?;
                        }
                    }
                    if let Some(task) = catalog.by_id(*id)?.filter(|object| object.kind == Kind::Task) {
                        let alone = targets.object.as_ref().is_some_and(|object| object.id == task.id);
                        crate::task::before_owner_changes(cx, &task, alone)?;
                    }
                    catalog.set_owner(*id, role)?;
                }
                future if grant => {
                    catalog.grant(&Grant {
                        privilege: "OWNERSHIP".to_owned(),
                        on: *future,
                        role: role.to_owned(),
                        grantor: cx.role().to_owned(),
                        grant_option: false,
                        granted_at: 0,
                    })?;
                }
                future => {
                    catalog.revoke("OWNERSHIP", *future, role)?;
                }
            }
        }
        Ok(())
    })?;
    Ok(QueryResult::status("Statement executed successfully."))
}
