//! DESCRIBE of everything but procedures, tasks and integrations.

use crate::auth;
use crate::catalog::def::{ConstraintRule, TableDef, UserDef, ViewDef};
use crate::catalog::{Kind, Object};
use crate::error::{Result, SqlError};
use crate::parse::Cursor;

use super::show::{describe_stream, instant};
use super::{Context, QueryResult, ResultColumn, StatementType, Value};

/// Runs a DESCRIBE statement.
pub(super) fn run(cx: &Context<'_>, text: &str) -> Result<QueryResult> {
    let mut cursor = Cursor::new(text)?;
    if !cursor.accept_keyword("DESCRIBE") {
        cursor.expect_keywords("DESC")?;
    }
    let word = cursor.peek_word();
    // `DESCRIBE t` means the table or view.
    let kind = word.as_deref().and_then(Kind::from_keyword).filter(|_| cursor.peek_at(1).is_some());
    if kind.is_some() {
        cursor.next_token();
    }
    let name = cursor.object_name()?;
    if cursor.accept_keyword("TYPE") {
        cursor.expect(&datafusion::sql::sqlparser::tokenizer::Token::Eq)?;
        cursor.expect_keywords("COLUMNS")?;
    }
    cursor.expect_end()?;
    let object = match kind {
        Some(kind) => cx.object(kind, &name, "DESCRIBE")?,
        None => cx.relation(&name, "DESCRIBE")?,
    };
    match object.kind {
        Kind::Table => table(&object),
        Kind::View => view(&object),
        Kind::Stream => describe_stream(cx, object),
        Kind::Database | Kind::Schema => contents(cx, &object),
        Kind::Warehouse => Ok(QueryResult::rows(
            StatementType::Describe,
            ["created_on", "name", "kind"].iter().map(|name| column(name)).collect(),
            &[vec![instant(object.created_at), Value::text(object.name), Value::text("WAREHOUSE")]],
        )?),
        Kind::User => user(&object),
        other => Err(SqlError::unsupported(format_args!("DESCRIBE {other}"))),
    }
}

fn column(name: &str) -> ResultColumn {
    let sql_type =
        if name == "created_on" { crate::types::SqlType::TimestampLtz(3) } else { crate::types::SqlType::TEXT };
    ResultColumn::new(name, sql_type)
}

const TABLE_COLUMNS: &[&str] = &[
    "name",
    "type",
    "kind",
    "null?",
    "default",
    "primary key",
    "unique key",
    "check",
    "expression",
    "comment",
    "policy name",
    "privacy domain",
];

fn table(object: &Object) -> Result<QueryResult> {
    let def: TableDef = object.definition()?;
    let within = |id: u32, rule: &ConstraintRule| {
        def.constraints.iter().any(|constraint| constraint.rule == *rule && constraint.columns.contains(&id))
    };
    let flag = |value: bool| Some(if value { "Y" } else { "N" }.to_owned());
    let rows: Vec<_> = def
        .columns
        .iter()
        .map(|column| {
            let default = match column.autoincrement {
                Some(increment) => {
                    Some(format!("IDENTITY START {} INCREMENT {} NOORDER", increment.start, increment.step))
                }
                None => column.default.clone(),
            };
            vec![
                Some(column.name.clone()),
                Some(column.sql_type.to_string()),
                Some("COLUMN".to_owned()),
                flag(column.nullable),
                default,
                flag(within(column.id, &ConstraintRule::PrimaryKey)),
                flag(within(column.id, &ConstraintRule::Unique)),
                None,
                None,
                Some(column.comment.clone()).filter(|comment| !comment.is_empty()),
                None,
                None,
            ]
        })
        .collect();
    Ok(QueryResult::texts(StatementType::Describe, TABLE_COLUMNS, &rows))
}

fn view(object: &Object) -> Result<QueryResult> {
    let def: ViewDef = object.definition()?;
    let rows: Vec<_> = def
        .columns
        .into_iter()
        .map(|column| {
            let mut row = vec![None; TABLE_COLUMNS.len()];
            row[0] = Some(column.name);
            row[1] = Some(column.sql_type.to_string());
            row[2] = Some("COLUMN".to_owned());
            row[3] = Some("Y".to_owned());
            row[5] = Some("N".to_owned());
            row[6] = Some("N".to_owned());
            row[9] = Some(column.comment).filter(|comment| !comment.is_empty());
            row
        })
        .collect();
    Ok(QueryResult::texts(StatementType::Describe, TABLE_COLUMNS, &rows))
}

fn contents(cx: &Context<'_>, object: &Object) -> Result<QueryResult> {
    let kinds: &[Kind] = match object.kind {
        Kind::Database => &[Kind::Schema],
        _ => &[Kind::Table, Kind::View, Kind::Stream, Kind::Sequence, Kind::Procedure, Kind::Task],
    };
    let mut rows = Vec::new();
    for kind in kinds {
        for inside in cx.engine.catalog.list(*kind, Some(object.id))? {
            if cx.sees(&inside)? {
                rows.push(vec![instant(inside.created_at), Value::text(inside.name), Value::text(kind.keyword())]);
            }
        }
    }
    QueryResult::rows(
        StatementType::Describe,
        ["created_on", "name", "kind"].iter().map(|name| column(name)).collect(),
        &rows,
    )
}

fn user(object: &Object) -> Result<QueryResult> {
    let def: UserDef = object.definition()?;
    let key = |place: usize| -> Result<Option<String>> {
        match def.rsa_public_keys.get(place).filter(|key| !key.is_empty()) {
            Some(key) => Ok(Some(auth::PublicKey::parse(key)?.fingerprint())),
            None => Ok(None),
        }
    };
    let property = |name: &str| def.properties.get(name).cloned();
    let rows: Vec<Vec<Option<String>>> = [
        ("NAME", Some(object.name.clone())),
        ("COMMENT", Some(object.comment.clone()).filter(|comment| !comment.is_empty())),
        ("DISPLAY_NAME", Some(def.display_name.clone()).filter(|name| !name.is_empty())),
        ("TYPE", Some(property("TYPE").map_or_else(|| "PERSON".to_owned(), |kind| kind.to_uppercase()))),
        ("LOGIN_NAME", Some(def.login_name.clone())),
        ("FIRST_NAME", property("FIRST_NAME")),
        ("MIDDLE_NAME", property("MIDDLE_NAME")),
        ("LAST_NAME", property("LAST_NAME")),
        ("EMAIL", property("EMAIL")),
        ("PASSWORD", def.password_hash.as_ref().map(|_| "********".to_owned())),
        ("MUST_CHANGE_PASSWORD", property("MUST_CHANGE_PASSWORD").or_else(|| Some("false".to_owned()))),
        ("DISABLED", Some(def.disabled.to_string())),
        ("DEFAULT_WAREHOUSE", def.default_warehouse.clone()),
        ("DEFAULT_NAMESPACE", def.default_namespace.clone()),
        ("DEFAULT_ROLE", def.default_role.clone()),
        ("DEFAULT_SECONDARY_ROLES", Some(if def.secondary_roles_all { "[\"ALL\"]" } else { "[]" }.to_owned())),
        ("RSA_PUBLIC_KEY_FP", key(0)?),
        ("RSA_PUBLIC_KEY_2_FP", key(1)?),
    ]
    .into_iter()
    .map(|(name, value)| vec![Some(name.to_owned()), Some(value.unwrap_or_else(|| "null".to_owned())), None, None])
    .collect();
    Ok(QueryResult::texts(StatementType::Describe, &["property", "value", "default", "description"], &rows))
}
