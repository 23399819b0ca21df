//! Streams: CREATE and ALTER.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-stream>

use crate::catalog::def::{StageDef, StreamDef, StreamMode, TableDef, ViewDef};
use crate::catalog::{Kind, NewObject, Object, TagSlot};
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, Name};
use crate::plan::stream;
use crate::statement::{Context, QueryResult};
use crate::storage::Seq;
use crate::tag;

use super::options::{boolean_value, comment_value, unknown};
use super::point::Point;
use super::{Creation, already_exists, altered};

/// What a CREATE STREAM says after the name.
struct Declared {
    source_kind: Kind,
    source: Name,
    start: Option<Point>,
    mode: StreamMode,
    insert_only: bool,
    show_initial_rows: bool,
    comment: String,
}

impl Declared {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self> {
        cursor.expect_keywords("ON")?;
        let source_kind = source_kind(cursor)?;
        let source = cursor.object_name()?;
        let mut declared = Self {
            source_kind,
            source,
            start: None,
            mode: StreamMode::Standard,
            insert_only: false,
            show_initial_rows: false,
            comment: String::new(),
        };
        declared.start = Point::accept(cursor)?;
        while !cursor.at_end() {
            if cursor.accept_keyword("APPEND_ONLY") {
                declared.mode = if boolean_value(cursor)? { StreamMode::AppendOnly } else { StreamMode::Standard };
            } else if cursor.accept_keyword("SHOW_INITIAL_ROWS") {
                declared.show_initial_rows = boolean_value(cursor)?;
            } else if cursor.accept_keyword("INSERT_ONLY") {
                declared.insert_only = boolean_value(cursor)?;
            } else if cursor.accept_keyword("COMMENT") {
                declared.comment = comment_value(cursor)?;
            } else {
                return Err(unknown(cursor, "STREAM"));
            }
        }
        Ok(declared)
    }
}

pub(super) fn create(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, creation: &Creation) -> Result<QueryResult> {
    creation.refuse(&["TRANSIENT", "TEMPORARY", "SECURE"])?;
    let (name, if_not_exists) = creation.name(cursor)?;
    if cursor.accept_keyword("CLONE") {
        if creation.or_alter {
            return Err(SqlError::unsupported("CREATE OR ALTER STREAM ... CLONE"));
        }
        return clone(cx, cursor, creation, &name, if_not_exists);
    }
    let mut tags = tag::Tags::new();
    tag::accept(cursor, &mut tags)?;
    if creation.or_alter {
        tag::forbid_or_alter(&tags, Kind::Stream)?;
    }
    let copy_grants = cursor.accept_keywords("COPY GRANTS");
    if copy_grants && creation.or_alter {
        return Err(SqlError::unsupported("COPY GRANTS of CREATE OR ALTER STREAM"));
    }
    let declared = Declared::read(cursor)?;
    let schema = cx.schema_of(&name, "CREATE STREAM")?;
    let existing = cx.find_relation(&name, "CREATE STREAM")?.filter(|object| object.kind == Kind::Stream);
    match existing {
        Some(_) if if_not_exists => return Ok(already_exists(name.object())),
        Some(stream) if creation.or_alter => return redeclare(cx, stream, declared),
        _ => {}
    }
    cx.require("CREATE STREAM", &schema)?;
    let tags = tag::resolve(cx, &tags, TagSlot::Object)?;
    let source = cx.object(declared.source_kind, &declared.source, "CREATE STREAM")?;
    if source.kind == Kind::Stage {
        return Err(on_stage(&source, &declared)?);
    }
    cx.require("SELECT", &source)?;
    if source.kind == Kind::View && source.definition::<ViewDef>()?.materialized {
        return Err(SqlError::compilation(
            2,
            "0A000",
            format_args!("Change tracking is not supported on materialized views, and '{}' is one.", source.name),
        ));
    }
    if declared.insert_only {
        return Err(insert_only(cx, &source)?);
    }
    let bases = stream::base_tables(cx, &source)?;
    track_view(cx, &source)?;
    let mut tracked_from = Seq(0);
    for base in &bases {
        tracked_from = tracked_from.max(track_table(cx, base)?);
    }
    let offset = match &declared.start {
        None => cx.engine.storage.current_seq(),
        Some(start) => {
            let seq = start.resolve(cx, &source)?;
            if seq < tracked_from && !start.is_stream() {
                return Err(stream::not_tracked(&source.name));
            }
            seq
        }
    };
    let def = StreamDef {
        source: source.id,
        source_kind: declared.source_kind,
        mode: declared.mode,
        show_initial_rows: declared.show_initial_rows,
        base_tables: match source.kind {
            Kind::View => bases.iter().map(|base| base.id).collect(),
            _ => Vec::new(),
        },
    };
    let new = NewObject::new(Kind::Stream, Some(schema.id), name.object(), cx.role(), &def)?.comment(&declared.comment);
    let new = new.tags(tags);
    put(cx, creation, new, copy_grants, offset, declared.show_initial_rows)
}

fn put(
    cx: &Context<'_>,
    creation: &Creation,
    new: NewObject,
    copy_grants: bool,
    offset: Seq,
    initial: bool,
) -> Result<QueryResult> {
    cx.engine.catalog.transaction(|_| {
        let (stream, result) = creation.finish(cx, new, copy_grants)?;
        cx.engine.storage.set_stream(stream.id, offset, initial)?;
        Ok(result)
    })
}

/// CREATE STREAM ... CLONE: the same source and offset.
fn clone(
    cx: &mut Context<'_>,
    cursor: &mut Cursor<'_>,
    creation: &Creation,
    name: &Name,
    if_not_exists: bool,
) -> Result<QueryResult> {
    let original = cursor.object_name()?;
    let copy_grants = cursor.accept_keywords("COPY GRANTS");
    cursor.expect_end()?;
    let schema = cx.schema_of(name, "CREATE STREAM")?;
    let existing = cx.find_relation(name, "CREATE STREAM")?;
    if if_not_exists && existing.is_some_and(|object| object.kind == Kind::Stream) {
        return Ok(already_exists(name.object()));
    }
    cx.require("CREATE STREAM", &schema)?;
    let original = cx.object(Kind::Stream, &original, "CREATE STREAM")?;
    cx.require("SELECT", &original)?;
    let state = cx.engine.storage.stream_state(original.id)?;
    let state = state.ok_or_else(|| SqlError::internal(format_args!("stream {} has no offset", original.name)))?;
    let def: StreamDef = original.definition()?;
    let new = NewObject::new(Kind::Stream, Some(schema.id), name.object(), cx.role(), &def)?.comment(&original.comment);
    let new = new.tags(cx.engine.catalog.tags_set_on(original.id)?);
    put(cx, creation, new, copy_grants, state.offset, state.initial)
}

/// CREATE OR ALTER of a stream that exists: only its comment can change.
fn redeclare(cx: &mut Context<'_>, mut stream: Object, declared: Declared) -> Result<QueryResult> {
    cx.require_ownership(&stream)?;
    let source = cx.object(declared.source_kind, &declared.source, "CREATE OR ALTER STREAM")?;
    let def: StreamDef = stream.definition()?;
    let changed = if declared.start.is_some() {
        Some("AT or BEFORE")
    } else if def.source != source.id {
        Some("the source")
    } else if declared.insert_only || def.mode != declared.mode {
        Some("APPEND_ONLY or INSERT_ONLY")
    } else if def.show_initial_rows != declared.show_initial_rows {
        Some("SHOW_INITIAL_ROWS")
    } else {
        None
    };
    if let Some(changed) = changed {
        return Err(SqlError::compilation(
            2,
            "0A000",
            format_args!(
                "CREATE OR ALTER STREAM cannot change {changed} of stream '{}'; only its COMMENT can be changed.",
                stream.name
            ),
        ));
    }
    stream.comment = declared.comment;
    cx.engine.catalog.update(&stream)?;
    Ok(altered())
}

fn source_kind(cursor: &mut Cursor<'_>) -> Result<Kind> {
    let Some(word) = cursor.peek_word() else { return Err(cursor.unexpected()) };
    let kind = match word.as_str() {
        "TABLE" => Kind::Table,
        "VIEW" => Kind::View,
        "STAGE" => Kind::Stage,
        "EXTERNAL" | "DYNAMIC" | "EVENT" => {
            return Err(SqlError::unsupported(format_args!("CREATE STREAM ... ON {word}")));
        }
        _ => return Err(cursor.unexpected()),
    };
    cursor.next_token();
    Ok(kind)
}

/// What is wrong with a stream on a stage: its mode, its start, the stage; and in the end that stages hold no files here.
fn on_stage(stage: &Object, declared: &Declared) -> Result<SqlError> {
    let refused = |what: String| SqlError::compilation(2, "0A000", what);
    let def: StageDef = stage.definition()?;
    let modes = [
        (declared.mode == StreamMode::AppendOnly, "APPEND_ONLY"),
        (declared.insert_only, "INSERT_ONLY"),
        (declared.show_initial_rows, "SHOW_INITIAL_ROWS"),
    ];
    Ok(if let Some((_, mode)) = modes.into_iter().find(|(given, _)| *given) {
        refused(format!("Streams on directories cannot have {mode} set to true."))
    } else if declared.start.is_some() {
        refused("Time travel not supported for stream creation on stages.".to_owned())
    } else if !def.directory {
        refused(format!("DIRECTORY not enabled for the stage {}", stage.name))
    } else {
        SqlError::unsupported("CREATE STREAM ... ON STAGE: stages hold no files here")
    })
}

fn insert_only(cx: &mut Context<'_>, source: &Object) -> Result<SqlError> {
    if source.kind == Kind::View {
        let bases = stream::base_tables(cx, source)?;
        let seen = bases.first().map_or(source.name.as_str(), |base| base.name.as_str());
        return Ok(SqlError::compilation(
            2,
            "0A000",
            format_args!(
                "Change tracking of type INSERT_ONLY is not supported on queries with 'TABLE' inside views, saw '{seen}'. \
                 (inside view '{}').",
                cx.engine.catalog.full_name(source)?
            ),
        ));
    }
    Ok(SqlError::compilation(
        2,
        "0A000",
        "Streams of type INSERT_ONLY can only be created on external tables or Iceberg tables with an external catalog integration.",
    ))
}

/// Turns CHANGE_TRACKING on where it is off, which only the table's owner may do; since when it is on.
fn track_table(cx: &Context<'_>, table: &Object) -> Result<Seq> {
    let mut def: TableDef = table.definition()?;
    if let Some(seq) = def.changes_from {
        return Ok(seq);
    }
    may_track(cx, table)?;
    let seq = cx.engine.storage.current_seq();
    def.changes_from = Some(seq);
    let mut changed = table.clone();
    changed.set_definition(&def)?;
    cx.engine.catalog.update(&changed)?;
    Ok(seq)
}

/// The same of a view; its own tracking has no history, that of its base tables counts.
fn track_view(cx: &Context<'_>, source: &Object) -> Result<()> {
    if source.kind != Kind::View {
        return Ok(());
    }
    let mut def: ViewDef = source.definition()?;
    if def.changes_from.is_some() {
        return Ok(());
    }
    may_track(cx, source)?;
    def.changes_from = Some(cx.engine.storage.current_seq());
    let mut changed = source.clone();
    changed.set_definition(&def)?;
    cx.engine.catalog.update(&changed)
}

fn may_track(cx: &Context<'_>, object: &Object) -> Result<()> {
    if cx.owns(object)? {
        return Ok(());
    }
    let kind = object.kind.keyword().to_lowercase();
    Err(SqlError::insufficient_privileges(format_args!(
        "enable CHANGE_TRACKING on {kind} '{}', which the first stream on it does: role {} does not own it",
        object.name,
        cx.role()
    )))
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
        object.comment = comment_value(cursor)?;
    } else if cursor.accept_keywords("UNSET COMMENT") {
        object.comment.clear();
    } else if cursor.peek_keywords("RENAME TO") {
        return Err(SqlError::unsupported("ALTER STREAM ... RENAME TO"));
    } else {
        return Err(cursor.unexpected());
    }
    cursor.expect_end()?;
    cx.engine.catalog.update(&object)?;
    Ok(altered())
}
