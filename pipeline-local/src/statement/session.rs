//! Statements that change the session: USE, ALTER SESSION, SET and UNSET.

use super::{Binds, Context, QueryResult, Running, StatementType, Value, evaluate, transaction};
use crate::catalog::{Kind, Object};
use crate::parse::{Cursor, Name, quote};
use crate::{Result, SqlError};
use datafusion::sql::sqlparser::tokenizer::Token;

/// Runs USE, ALTER SESSION, SET or UNSET: `text` is the whole statement.
pub fn run<'c>(cx: &'c mut Context<'_>, text: &'c str, binds: &'c Binds) -> Running<'c> {
    Box::pin(async move {
        let mut cursor = Cursor::new(text)?;
        if cursor.accept_keyword("USE") {
            refuse_with_owners_rights(cx, "USE")?;
            use_object(cx, &mut cursor)
        } else if cursor.accept_keywords("ALTER SESSION") {
            refuse_with_owners_rights(cx, "ALTER_SESSION")?;
            alter_session(cx, &mut cursor)
        } else if cursor.accept_keyword("SET") {
            refuse_with_owners_rights(cx, "SET")?;
            set(cx, &mut cursor, binds).await
        } else {
            cursor.expect_keywords("UNSET")?;
            refuse_with_owners_rights(cx, "UNSET")?;
            unset(cx, &mut cursor)
        }
    })
}

fn done(statement_type: StatementType) -> QueryResult {
    QueryResult::status_of(statement_type, "Statement executed successfully.")
}

/// Code with owner's rights must neither see nor change the caller's session.
pub(super) fn refuse_with_owners_rights(cx: &Context<'_>, what: &str) -> Result<()> {
    if cx.frame.owners_rights {
        return Err(SqlError::new(
            90236,
            "42601",
            format!("Stored procedure execution error: Unsupported statement type '{what}'."),
        ));
    }
    Ok(())
}

fn use_object(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    if cursor.accept_keywords("SECONDARY ROLES") {
        cx.session.secondary_roles_all = if cursor.accept_keyword("ALL") {
            if cx.session.limits.roles.is_some() {
                return Err(beyond_token("secondary roles"));
            }
            true
        } else if cursor.accept_keyword("NONE") {
            false
        } else {
            return Err(SqlError::unsupported("USE SECONDARY ROLES with a list of roles"));
        };
        cursor.expect_end()?;
        return Ok(done(StatementType::UseRole));
    }
    // ROLE and so on are names too: `USE role` is a database.
    let kinds = ["ROLE", "WAREHOUSE", "SCHEMA", "DATABASE"];
    let kind = kinds.into_iter().find(|kind| cursor.peek_keyword(kind) && cursor.peek_at(1).is_some());
    if let Some(kind) = kind {
        cursor.expect_keywords(kind)?;
    }
    let name = cursor.object_name()?;
    cursor.expect_end()?;
    match kind {
        Some("ROLE") => use_role(cx, &name),
        Some("WAREHOUSE") => {
            let warehouse = cx.engine.catalog.find(Kind::Warehouse, None, single(&name)?, "")?;
            cx.session.warehouse = Some(visible(cx, warehouse)?.name);
            Ok(done(StatementType::UseWarehouse))
        }
        Some("SCHEMA") => use_schema(cx, &name),
        // Without a word, one name is a database and two are a schema.
        None if name.schema().is_some() => use_schema(cx, &name),
        _ => {
            let database = visible(cx, cx.engine.catalog.database(single(&name)?)?)?;
            let public = cx.engine.catalog.find(Kind::Schema, Some(database.id), "PUBLIC", "")?;
            cx.session.schema = public.map(|schema| schema.name);
            cx.session.database = Some(database.name);
            Ok(done(StatementType::UseDatabase))
        }
    }
}

fn single(name: &Name) -> Result<&str> {
    if name.schema().is_some() {
        return Err(SqlError::syntax(format_args!("'{name}' is an object of the account: its name has one part.")));
    }
    Ok(name.object())
}

/// 002043 for what is not there and for what the roles have nothing on, alike.
fn visible(cx: &Context<'_>, object: Option<Object>) -> Result<Object> {
    let missing = || SqlError::compilation(2043, "02000", "Object does not exist, or operation cannot be performed.");
    let object = object.ok_or_else(missing)?;
    let roles = cx.roles()?;
    if roles.contains(&object.owner) || cx.engine.catalog.has_any_privilege(&roles, &object)? {
        return Ok(object);
    }
    Err(missing())
}

fn use_schema(cx: &mut Context<'_>, name: &Name) -> Result<QueryResult> {
    let database = match name.schema() {
        Some(database) => database.to_owned(),
        None => cx.database().map(str::to_owned).ok_or_else(|| {
            SqlError::new(
                90105,
                "22000",
                "Cannot perform USE SCHEMA. This session does not have a current database. Call 'USE DATABASE', or use \
                 a qualified name.",
            )
        })?,
    };
    let database = visible(cx, cx.engine.catalog.database(&database)?)?;
    let schema = visible(cx, cx.engine.catalog.find(Kind::Schema, Some(database.id), name.object(), "")?)?;
    cx.session.database = Some(database.name);
    cx.session.schema = Some(schema.name);
    Ok(done(StatementType::UseSchema))
}

/// The refusal of what the token that opened the session leaves out.
fn beyond_token(what: &str) -> SqlError {
    let message =
        format!("SQL access control error:\nThe token that this session was opened with does not allow {what}.");
    SqlError::new(3001, "42501", message)
}

fn use_role(cx: &mut Context<'_>, name: &Name) -> Result<QueryResult> {
    let role = single(name)?;
    if cx.engine.catalog.find(Kind::Role, None, role, "")?.is_none() {
        return Err(SqlError::compilation(2043, "02000", "Object does not exist, or operation cannot be performed."));
    }
    if !cx.engine.catalog.roles_for_user(&cx.session.user)?.contains(role) {
        return Err(SqlError::new(
            3013,
            "42501",
            format!(
                "SQL access control error:\nRequested role '{}' is not assigned to the executing user. Specify another \
                 role to activate.",
                quote(role)
            ),
        ));
    }
    if !cx.session.limits.allow(role) {
        return Err(beyond_token(&format!("role {}", quote(role))));
    }
    cx.session.role = role.to_owned();
    Ok(done(StatementType::UseRole))
}

fn alter_session(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let setting = cursor.accept_keyword("SET");
    if !setting {
        cursor.expect_keywords("UNSET")?;
    }
    let before = cx.session.parameters.clone();
    let outcome = change_parameters(cx, cursor, setting);
    if outcome.is_err() {
        // All of them or none.
        cx.session.parameters = before;
    }
    outcome.map(|()| done(StatementType::AlterSession))
}

fn change_parameters(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, setting: bool) -> Result<()> {
    loop {
        let name = cursor.identifier()?.to_uppercase();
        if name == "AUTOCOMMIT" {
            if cx.frame.depth > 0 {
                return Err(SqlError::new(
                    90236,
                    "42601",
                    "Stored procedure execution error: AUTOCOMMIT cannot be changed inside of a stored procedure.",
                ));
            }
            transaction::commit(cx)?;
        }
        if setting {
            cursor.expect(&Token::Eq)?;
            let value = parameter_value(cursor)?;
            cx.session.parameters.set(&name, &value)?;
        } else {
            cx.session.parameters.unset(&name)?;
        }
        cursor.accept(&Token::Comma);
        if cursor.at_end() {
            return Ok(());
        }
    }
}

/// A literal or a bare word, as text.
fn parameter_value(cursor: &mut Cursor<'_>) -> Result<String> {
    if let Some(text) = cursor.accept_string() {
        return Ok(text);
    }
    let start = cursor.offset();
    let negative = cursor.accept(&Token::Minus);
    match cursor.next_token() {
        Some(Token::Number(..)) => Ok(cursor.text_since(start).trim().to_owned()),
        Some(Token::Word(word)) if !negative => Ok(word.value),
        _ => Err(SqlError::syntax("the value of a parameter is a literal, TRUE or FALSE.")),
    }
}

async fn set(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, binds: &Binds) -> Result<QueryResult> {
    let many = cursor.peek() == Some(&Token::LParen);
    let names = names(cursor)?;
    cursor.expect(&Token::Eq)?;
    let values = if many {
        let inside = cursor.parenthesised()?;
        cursor.expect_end()?;
        // `(SELECT a, b ...)` gives all values at once; a list is one expression per name.
        row_of(cx, inside, names.len(), binds).await?
    } else {
        let expression = cursor.rest().trim().trim_end_matches(';').to_owned();
        vec![evaluate(cx, &expression, binds).await?]
    };
    if values.len() != names.len() {
        return Err(SqlError::compilation(
            2057,
            "42601",
            format_args!("SET has {} variables but {} values.", names.len(), values.len()),
        ));
    }
    cx.session.variables.extend(names.into_iter().zip(values));
    Ok(done(StatementType::AlterSession))
}

async fn row_of(cx: &mut Context<'_>, inside: &str, count: usize, binds: &Binds) -> Result<Vec<Value>> {
    let inside = inside.trim();
    let inner = inside.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(inside).trim();
    let first = Cursor::new(inner)?.peek_word();
    let query = match first.as_deref() {
        Some("SELECT" | "WITH") => inner.to_owned(),
        _ => format!("SELECT {inner}"),
    };
    let result = super::execute(cx, &query, binds).await?;
    if result.row_count() != 1 || result.columns.len() != count {
        return Err(SqlError::compilation(
            2057,
            "42601",
            format_args!(
                "SET has {count} variables but {} row(s) of {} value(s).",
                result.row_count(),
                result.columns.len()
            ),
        ));
    }
    let mut values = Vec::with_capacity(count);
    for column in 0..count {
        values.extend(result.value(0, column)?);
    }
    Ok(values)
}

fn unset(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let names = names(cursor)?;
    cursor.expect_end()?;
    for name in names {
        cx.session.variables.shift_remove(&name);
    }
    Ok(done(StatementType::AlterSession))
}

/// One variable, or several in parentheses.
fn names(cursor: &mut Cursor<'_>) -> Result<Vec<String>> {
    if !cursor.accept(&Token::LParen) {
        return Ok(vec![cursor.identifier()?]);
    }
    let mut names = vec![cursor.identifier()?];
    while cursor.accept(&Token::Comma) {
        names.push(cursor.identifier()?);
    }
    cursor.expect(&Token::RParen)?;
    Ok(names)
}
