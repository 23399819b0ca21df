//! STAGES, FILE_FORMATS and PIPES.

use crate::catalog::def::{FileFormatDef, PipeDef, StageDef};
use crate::catalog::{Kind, Object};
use crate::error::Result;
use crate::statement::{Context, QueryResult};

use super::{INSTANT, NUMBER, Rows, TEXT, inside, instant, optional, text, yes_no};

pub(super) fn stages(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("STAGE_CATALOG", TEXT),
        ("STAGE_SCHEMA", TEXT),
        ("STAGE_NAME", TEXT),
        ("STAGE_URL", TEXT),
        ("STAGE_REGION", TEXT),
        ("STAGE_TYPE", TEXT),
        ("STAGE_OWNER", TEXT),
        ("COMMENT", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
    ]);
    for (schema, stage) in inside(cx, database, Kind::Stage)? {
        let def: StageDef = stage.definition()?;
        rows.push(vec![
            text(database.name.clone()),
            text(schema),
            text(stage.name.clone()),
            optional(def.url.as_deref().unwrap_or_default()),
            optional(""),
            text(if def.url.is_some() { "External Named" } else { "Internal Named" }),
            text(stage.owner.clone()),
            optional(&stage.comment),
            instant(stage.created_at),
            instant(stage.created_at),
        ]);
    }
    rows.finish()
}

pub(super) fn file_formats(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("FILE_FORMAT_CATALOG", TEXT),
        ("FILE_FORMAT_SCHEMA", TEXT),
        ("FILE_FORMAT_NAME", TEXT),
        ("FILE_FORMAT_OWNER", TEXT),
        ("FILE_FORMAT_TYPE", TEXT),
        ("COMMENT", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
    ]);
    for (schema, format) in inside(cx, database, Kind::FileFormat)? {
        let def: FileFormatDef = format.definition()?;
        rows.push(vec![
            text(database.name.clone()),
            text(schema),
            text(format.name.clone()),
            text(format.owner.clone()),
            text(def.format),
            optional(&format.comment),
            instant(format.created_at),
            instant(format.created_at),
        ]);
    }
    rows.finish()
}

pub(super) fn pipes(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("PIPE_CATALOG", TEXT),
        ("PIPE_SCHEMA", TEXT),
        ("PIPE_NAME", TEXT),
        ("PIPE_OWNER", TEXT),
        ("DEFINITION", TEXT),
        ("IS_AUTOINGEST_ENABLED", TEXT),
        ("COMMENT", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
    ]);
    for (schema, pipe) in inside(cx, database, Kind::Pipe)? {
        let def: PipeDef = pipe.definition()?;
        rows.push(vec![
            text(database.name.clone()),
            text(schema),
            text(pipe.name.clone()),
            text(pipe.owner.clone()),
            text(def.definition),
            yes_no(def.auto_ingest),
            optional(&pipe.comment),
            instant(pipe.created_at),
            instant(pipe.created_at),
        ]);
    }
    rows.finish()
}

/// LOAD_HISTORY: no file is loaded here.
pub(super) fn load_history() -> Result<QueryResult> {
    Rows::new(&[
        ("SCHEMA_NAME", TEXT),
        ("FILE_NAME", TEXT),
        ("TABLE_NAME", TEXT),
        ("LAST_LOAD_TIME", INSTANT),
        ("STATUS", TEXT),
        ("ROW_COUNT", NUMBER),
        ("ROW_PARSED", NUMBER),
        ("FIRST_ERROR_MESSAGE", TEXT),
        ("FIRST_ERROR_LINE_NUMBER", NUMBER),
        ("FIRST_ERROR_CHARACTER_POSITION", NUMBER),
        ("FIRST_ERROR_COL_NAME", TEXT),
        ("ERROR_COUNT", NUMBER),
        ("ERROR_LIMIT", NUMBER),
    ])
    .finish()
}
