//! Pipes: CREATE and ALTER. They load nothing here.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-pipe>

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::PipeDef;
use crate::catalog::{Kind, NewObject};
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, Name};
use crate::statement::{Context, QueryResult};

use super::options::unknown;
use super::property::{self, Property};
use super::target::existing;
use super::{Creation, already_exists, altered};

pub(super) fn create(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, creation: &Creation) -> Result<QueryResult> {
    creation.refuse(&["OR ALTER", "TRANSIENT", "TEMPORARY", "SECURE"])?;
    let (name, if_not_exists) = creation.name(cursor)?;
    let mut def = PipeDef::default();
    let mut comment = String::new();
    while !cursor.accept_keyword("AS") {
        let Some(Property { name, value }) = property::accept(cursor)? else { return Err(unknown(cursor, "PIPE")) };
        match name.as_str() {
            "AUTO_INGEST" => def.auto_ingest = value.truth().unwrap_or(false),
            "INTEGRATION" => def.integration = Some(value.text()),
            "ERROR_INTEGRATION" => def.error_integration = Some(value.text()),
            "AWS_SNS_TOPIC" => def.sns_topic = Some(value.text()),
            "COMMENT" => comment = value.text(),
            other => {
                return Err(SqlError::compilation(
                    1420,
                    "22023",
                    format_args!("invalid property '{other}' for 'PIPE'"),
                ));
            }
        }
    }
    def.definition = cursor.rest().to_owned();
    check_copy(cx, cursor)?;
    let schema = cx.schema_of(&name, "CREATE PIPE")?;
    if if_not_exists && cx.find_object(Kind::Pipe, &name, "CREATE PIPE")?.is_some() {
        return Ok(already_exists(name.object()));
    }
    cx.require("CREATE PIPE", &schema)?;
    let new = NewObject::new(Kind::Pipe, Some(schema.id), name.object(), cx.role(), &def)?.comment(&comment);
    Ok(creation.finish(cx, new, false)?.1)
}

/// A pipe's statement is `COPY INTO table ... FROM @stage ...`; table and stage must exist.
fn check_copy(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<()> {
    cursor.expect_keywords("COPY INTO")?;
    let table = cursor.object_name()?;
    cx.object(Kind::Table, &table, "COPY")?;
    while cursor.peek().is_some() {
        if cursor.accept(&Token::AtSign) {
            if cursor.accept(&Token::Tilde) || cursor.accept(&Token::Mod) {
                return Ok(());
            }
            let stage: Name = cursor.object_name()?;
            cx.object(Kind::Stage, &stage, "COPY")?;
            return Ok(());
        }
        cursor.next_token();
    }
    Err(SqlError::syntax("The COPY statement of a pipe reads FROM a stage, such as @my_stage."))
}

pub(super) fn alter(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let Some(mut object) = existing(cx, cursor, Kind::Pipe)? else { return Ok(altered()) };
    if cursor.accept_keyword("REFRESH") {
        return Err(SqlError::unsupported("ALTER PIPE ... REFRESH: pipes load nothing here"));
    }
    let mut def: PipeDef = object.definition()?;
    if cursor.accept_keyword("UNSET") {
        if cursor.accept_keyword("PIPE_EXECUTION_PAUSED") {
            def.paused = false;
        } else {
            cursor.expect_keywords("COMMENT")?;
            object.comment.clear();
        }
    } else {
        cursor.expect_keywords("SET")?;
        while let Some(Property { name, value }) = property::accept(cursor)? {
            match name.as_str() {
                "PIPE_EXECUTION_PAUSED" => def.paused = value.truth().unwrap_or(false),
                "ERROR_INTEGRATION" => def.error_integration = Some(value.text()),
                "COMMENT" => object.comment = value.text(),
                other => {
                    return Err(SqlError::compilation(
                        1420,
                        "22023",
                        format_args!("invalid property '{other}' for 'PIPE'"),
                    ));
                }
            }
        }
    }
    cursor.expect_end()?;
    object.set_definition(&def)?;
    cx.engine.catalog.update(&object)?;
    Ok(altered())
}
