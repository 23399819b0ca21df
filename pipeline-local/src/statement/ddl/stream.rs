//! Streams: CREATE and ALTER.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-stream>

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::{StreamDef, StreamMode, TableDef};
use crate::catalog::{Kind, NewObject, Object};
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, Name};
use crate::statement::{Context, QueryResult};
use crate::storage::Seq;

use super::options::{boolean_value, string_value, unknown};
use super::{Creation, already_exists, altered};

pub(super) fn create(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, creation: &Creation) -> Result<QueryResult> {
    creation.refuse(&["OR ALTER", "TRANSIENT", "TEMPORARY", "SECURE"])?;
    let (name, if_not_exists) = creation.name(cursor)?;
    if cursor.peek_keyword("CLONE") {
        return Err(SqlError::unsupported("CREATE STREAM ... CLONE"));
    }
    if cursor.peek_keywords("WITH TAG") || cursor.peek_keyword("TAG") {
        return Err(SqlError::unsupported("TAG of a stream"));
    }
    let copy_grants = cursor.accept_keywords("COPY GRANTS");
    cursor.expect_keywords("ON")?;
    let source_kind = source_kind(cursor)?;
    let source = cursor.object_name()?;
    let mut start = None;
    if cursor.peek_keyword("AT") || cursor.peek_keyword("BEFORE") {
        start = Some(StartPoint::read(cursor)?);
    }
    let mut mode = StreamMode::Standard;
    let mut show_initial_rows = false;
    let mut comment = String::new();
    while !cursor.at_end() {
        if cursor.accept_keyword("APPEND_ONLY") {
            mode = if boolean_value(cursor)? { StreamMode::AppendOnly } else { StreamMode::Standard };
        } else if cursor.accept_keyword("SHOW_INITIAL_ROWS") {
            show_initial_rows = boolean_value(cursor)?;
        } else if cursor.accept_keyword("INSERT_ONLY") {
            if boolean_value(cursor)? {
                return Err(SqlError::compilation(
                    2,
                    "0A000",
                    "Streams of type INSERT_ONLY can only be created on external tables or Iceberg tables with an external catalog integration.",
                ));
            }
        } else if cursor.accept_keyword("COMMENT") {
            comment = string_value(cursor)?;
        } else {
            return Err(unknown(cursor, "STREAM"));
        }
    }

    let schema = cx.schema_of(&name, "CREATE STREAM")?;
    let existing = cx.find_relation(&name, "CREATE STREAM")?;
    if if_not_exists && existing.as_ref().is_some_and(|object| object.kind == Kind::Stream) {
        return Ok(already_exists(name.object()));
    }
    cx.require("CREATE STREAM", &schema)?;
    let source = cx.object(source_kind, &source, "CREATE STREAM")?;
    cx.require("SELECT", &source)?;
    let tracked_from = track_changes(cx, &source)?;
    let offset = match &start {
        None => cx.engine.storage.current_seq(),
        Some(start) => start.resolve(cx, &source, tracked_from)?,
    };
    let def = StreamDef { source: source.id, source_kind, mode, show_initial_rows };
    let new = NewObject::new(Kind::Stream, Some(schema.id), name.object(), cx.role(), &def)?.comment(&comment);
    cx.engine.catalog.transaction(|_| {
        let (stream, result) = creation.finish(cx, new, copy_grants)?;
        cx.engine.storage.set_stream(stream.id, offset, show_initial_rows)?;
        Ok(result)
    })
}

fn source_kind(cursor: &mut Cursor<'_>) -> Result<Kind> {
    let Some(word) = cursor.peek_word() else { return Err(cursor.unexpected()) };
    match word.as_str() {
        "TABLE" => {
            cursor.next_token();
            Ok(Kind::Table)
        }
        "VIEW" | "EXTERNAL" | "STAGE" | "DYNAMIC" | "EVENT" => {
            Err(SqlError::unsupported(format_args!("CREATE STREAM ... ON {word}")))
        }
        _ => Err(cursor.unexpected()),
    }
}

/// Turns CHANGE_TRACKING on where it is off, which only the table's owner may do; since when it is on.
fn track_changes(cx: &Context<'_>, source: &Object) -> Result<Seq> {
    let mut def: TableDef = source.definition()?;
    if let Some(seq) = def.changes_from {
        return Ok(seq);
    }
    if !cx.owns(source)? {
        return Err(SqlError::insufficient_privileges(format_args!(
            "enable CHANGE_TRACKING on table '{}', which the first stream on it does: role {} does not own it",
            source.name,
            cx.role()
        )));
    }
    let seq = cx.engine.storage.current_seq();
    def.changes_from = Some(seq);
    let mut changed = source.clone();
    changed.set_definition(&def)?;
    cx.engine.catalog.update(&changed)?;
    Ok(seq)
}

/// AT or BEFORE of CREATE STREAM.
struct StartPoint {
    before: bool,
    what: StartAt,
}

enum StartAt {
    /// Seconds before now.
    Offset(i64),
    /// Microseconds since 1970.
    Timestamp(i64),
    Stream(String),
}

impl StartPoint {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self> {
        let before = cursor.accept_keyword("BEFORE");
        if !before {
            cursor.expect_keywords("AT")?;
        }
        cursor.expect(&Token::LParen)?;
        let Some(word) = cursor.peek_word() else { return Err(cursor.unexpected()) };
        cursor.next_token();
        cursor.expect(&Token::RArrow)?;
        let what = match word.as_str() {
            "OFFSET" => {
                let seconds = cursor.integer()?;
                if seconds >= 0 {
                    return Err(SqlError::compilation(
                        1008,
                        "22023",
                        format_args!("Invalid data type [{seconds}] in AT(OFFSET => {seconds})"),
                    ));
                }
                StartAt::Offset(seconds)
            }
            "STREAM" => StartAt::Stream(cursor.string()?),
            "TIMESTAMP" => {
                let text = cursor.string()?;
                if cursor.accept(&Token::DoubleColon) {
                    cursor.data_type()?;
                }
                StartAt::Timestamp(instant(&text)?)
            }
            other => return Err(SqlError::unsupported(format_args!("AT({other} => ...) of a stream"))),
        };
        cursor.expect(&Token::RParen)?;
        Ok(Self { before, what })
    }

    fn resolve(&self, cx: &Context<'_>, source: &Object, tracked_from: Seq) -> Result<Seq> {
        let instant = match &self.what {
            StartAt::Stream(name) => {
                let not_found = || SqlError::compilation(2003, "02000", format_args!("Stream '{name}' not found."));
                let parsed = Name::parse(name).ok_or_else(not_found)?;
                let stream = cx.find_object(Kind::Stream, &parsed, "CREATE STREAM")?.ok_or_else(not_found)?;
                let state = cx.engine.storage.stream_state(stream.id)?.ok_or_else(not_found)?;
                return Ok(state.offset);
            }
            StartAt::Offset(seconds) => cx.frame.now + seconds * 1_000_000,
            StartAt::Timestamp(instant) => *instant,
        };
        if instant < source.created_at {
            return Err(SqlError::compilation(
                707,
                "02000",
                format_args!(
                    "Time travel data is not available for table {}. The requested time is either beyond the allowed time travel period or before the object creation time.",
                    source.name
                ),
            ));
        }
        let seq = cx.engine.storage.seq_at(instant - i64::from(self.before))?;
        if seq < tracked_from {
            return Err(SqlError::new(
                707,
                "02000",
                format!(
                    "SQL compilation error: Change tracking is not enabled or has been missing for the time range requested on table '{}'.",
                    source.name
                ),
            ));
        }
        Ok(seq)
    }
}

/// A timestamp literal, in UTC where it has no offset.
fn instant(text: &str) -> Result<i64> {
    let with_offset = ["%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f%#z"];
    for format in with_offset {
        if let Ok(time) = chrono::DateTime::parse_from_str(text, format) {
            return Ok(time.timestamp_micros());
        }
    }
    for format in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"] {
        if let Ok(time) = chrono::NaiveDateTime::parse_from_str(text, format) {
            return Ok(time.and_utc().timestamp_micros());
        }
    }
    Err(SqlError::new(100_035, "22007", format!("Timestamp '{text}' is not recognized")))
}

pub(super) fn alter(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let name = cursor.object_name()?;
    let Some(mut object) = cx.find_object(Kind::Stream, &name, "ALTER STREAM")? else {
        if if_exists {
            return Ok(altered());
        }
        return Err(SqlError::does_not_exist("Stream", cx.full_name_of(&name)));
    };
    cx.require_ownership(&object)?;
    if cursor.accept_keywords("SET COMMENT") {
        object.comment = string_value(cursor)?;
    } else if cursor.accept_keywords("UNSET COMMENT") {
        object.comment.clear();
    } else {
        return Err(SqlError::unsupported(format_args!("ALTER STREAM ... {}", cursor.rest())));
    }
    cursor.expect_end()?;
    cx.engine.catalog.update(&object)?;
    Ok(altered())
}
