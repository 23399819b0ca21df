//! DESCRIBE of everything but procedures, tasks and integrations.

mod properties;

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::{ConstraintRule, TableDef, ViewDef};
use crate::catalog::{Kind, Object};
use crate::error::{Result, SqlError};
use crate::parse::Cursor;

use super::show::{describe_pipe, describe_sequence, describe_stream, describe_transaction, instant};
use super::{Context, QueryResult, ResultColumn, StatementType, Value, kind};

/// Runs a DESCRIBE statement.
pub(super) fn run(cx: &Context<'_>, text: &str) -> Result<QueryResult> {
    let mut cursor = Cursor::new(text)?;
    if !cursor.accept_keyword("DESCRIBE") {
        cursor.expect_keywords("DESC")?;
    }
    if cursor.accept_keyword("TRANSACTION") {
        return describe_transaction(cx, &mut cursor);
    }
    if cursor.peek_at(1).is_some() && cursor.accept_keyword("RESULT") {
        return result(cx, &mut cursor);
    }
    // `DESCRIBE t` means the table or view, also when it is called like a kind.
    let kind = if cursor.peek_at(1).is_some() { kind::read(&mut cursor).map(|written| written.kind) } else { None };
    if kind.is_none() && cursor.peek_word_at(1).is_some() {
        return Err(SqlError::unsupported(format_args!("DESCRIBE {}", kind::foreign(&cursor))));
    }
    let name = cursor.object_name()?;
    if cursor.accept_keyword("TYPE") {
        cursor.expect(&Token::Eq)?;
        cursor.expect_keywords("COLUMNS")?;
    }
    cursor.expect_end()?;
    let object = match kind {
        // Tables and views are described by either word.
        Some(kind @ (Kind::Table | Kind::View)) => match cx.find_relation(&name, "DESCRIBE")? {
            Some(object) if matches!(object.kind, Kind::Table | Kind::View) => object,
            _ => cx.object(kind, &name, "DESCRIBE")?,
        },
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
        Kind::User => properties::user(&object),
        Kind::Pipe => describe_pipe(cx, object),
        Kind::FileFormat => properties::file_format(&object),
        Kind::Stage => properties::stage(&object),
        Kind::Sequence => describe_sequence(cx, object),
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
                Some(if column.expression.is_some() { "VIRTUAL" } else { "COLUMN" }.to_owned()),
                flag(column.nullable),
                default,
                flag(within(column.id, &ConstraintRule::PrimaryKey)),
                flag(within(column.id, &ConstraintRule::Unique)),
                None,
                column.expression.clone(),
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

/// DESCRIBE RESULT '<query id>' or LAST_QUERY_ID(): the columns of the result of an earlier statement.
fn result(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let id = if cursor.accept_keyword("LAST_QUERY_ID") {
        cursor.expect(&Token::LParen)?;
        cursor.expect(&Token::RParen)?;
        cx.earlier_query(-1)
            .map(str::to_owned)
            .ok_or_else(|| SqlError::new(709, "02000", "Statement LAST_QUERY_ID() not found"))?
    } else {
        cursor.string()?
    };
    cursor.expect_end()?;
    let flag = |value: bool| Some(if value { "Y" } else { "N" }.to_owned());
    let columns = cx.engine.history.result(&id, &cx.session.user)?.columns.clone();
    let rows: Vec<_> = columns
        .into_iter()
        .map(|column| {
            let mut row = vec![None; TABLE_COLUMNS.len()];
            row[0] = Some(column.name);
            row[1] = Some(column.sql_type.to_string());
            row[2] = Some("COLUMN".to_owned());
            row[3] = flag(column.nullable);
            row[5] = flag(false);
            row[6] = flag(false);
            row
        })
        .collect();
    Ok(QueryResult::texts(StatementType::Describe, TABLE_COLUMNS, &rows))
}

fn contents(cx: &Context<'_>, object: &Object) -> Result<QueryResult> {
    let kinds: &[Kind] = match object.kind {
        Kind::Database => &[Kind::Schema],
        _ => &[
            Kind::Table,
            Kind::View,
            Kind::Stream,
            Kind::Sequence,
            Kind::Procedure,
            Kind::Function,
            Kind::Task,
            Kind::Stage,
            Kind::FileFormat,
            Kind::Pipe,
            Kind::Tag,
        ],
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
