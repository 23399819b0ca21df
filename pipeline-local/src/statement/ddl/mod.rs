//! CREATE, ALTER, DROP and UNDROP of everything that has no module of its own (procedures, tasks, integrations do).

mod access_token;
mod account;
mod added_default;
mod alter_table;
mod alter_to;
mod check;
mod clone;
mod column;
mod constraint;
mod database;
mod drop;
mod file_format;
mod options;
mod pipe;
mod point;
mod property;
mod query_columns;
mod sequence;
mod stage;
mod stream;
mod table;
mod tag;
mod target;
mod view;
mod virtual_column;
mod warehouse;

use crate::catalog::{Kind, NewObject, Object};
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, Name, quote};

use super::{Context, QueryResult, Running, kind};

pub(super) use file_format::{options as format_defaults, shown as format_options};

/// Runs a CREATE, ALTER, DROP, UNDROP or COMMENT statement. The caller has committed the open transaction.
pub(super) fn run<'c>(cx: &'c mut Context<'_>, text: &'c str) -> Running<'c> {
    Box::pin(async move {
        let mut cursor = Cursor::new(text)?;
        let cursor = &mut cursor;
        if cursor.accept_keyword("CREATE") {
            let creation = Creation::read(cursor)?;
            return create(cx, cursor, creation).await;
        }
        if cursor.accept_keyword("ALTER") {
            return alter(cx, cursor).await;
        }
        if cursor.accept_keyword("DROP") {
            return drop::drop(cx, cursor);
        }
        if cursor.accept_keyword("UNDROP") {
            return drop::undrop(cx, cursor);
        }
        if cursor.accept_keyword("COMMENT") {
            return options::comment(cx, cursor);
        }
        Err(cursor.unexpected())
    })
}

async fn create(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, mut creation: Creation) -> Result<QueryResult> {
    let Some(written) = kind::read(cursor) else { return Err(foreign(cursor, "CREATE")) };
    creation.materialized = written.materialized;
    creation.kind = written.kind.keyword().to_owned();
    if written.kind != Kind::View {
        creation.refuse(&["RECURSIVE"])?;
    }
    if matches!(written.kind, Kind::Sequence | Kind::Stage | Kind::FileFormat)
        && let Some(result) = clone::accept(cx, cursor, &creation, written.kind)?
    {
        return Ok(result);
    }
    match written.kind {
        Kind::Database => database::create_database(cx, cursor, &creation),
        Kind::Schema => database::create_schema(cx, cursor, &creation),
        Kind::Table => table::create(cx, cursor, &creation).await,
        Kind::View => view::create(cx, cursor, &creation).await,
        Kind::Stream => stream::create(cx, cursor, &creation),
        Kind::Sequence => sequence::create(cx, cursor, &creation),
        Kind::Stage => stage::create(cx, cursor, &creation),
        Kind::FileFormat => file_format::create(cx, cursor, &creation),
        Kind::Pipe => pipe::create(cx, cursor, &creation),
        Kind::Tag => tag::create(cx, cursor, &creation),
        Kind::Warehouse => warehouse::create(cx, cursor, &creation),
        Kind::Role => account::create_role(cx, cursor, &creation),
        Kind::User => account::create_user(cx, cursor, &creation),
        Kind::Procedure | Kind::Function | Kind::Task | Kind::Integration => Err(cursor.unexpected()),
    }
}

async fn alter(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let Some(written) = kind::read(cursor) else { return Err(foreign(cursor, "ALTER")) };
    match written.kind {
        Kind::Database => database::alter_database(cx, cursor),
        Kind::Schema => database::alter_schema(cx, cursor),
        Kind::Table => alter_table::alter(cx, cursor).await,
        Kind::View => view::alter(cx, cursor, written.materialized),
        Kind::Stream => stream::alter(cx, cursor),
        Kind::Sequence => sequence::alter(cx, cursor),
        Kind::Stage => stage::alter(cx, cursor),
        Kind::FileFormat => file_format::alter(cx, cursor),
        Kind::Pipe => pipe::alter(cx, cursor),
        Kind::Tag => tag::alter(cx, cursor),
        Kind::Warehouse => warehouse::alter(cx, cursor),
        Kind::Role => account::alter_role(cx, cursor),
        Kind::User => account::alter_user(cx, cursor),
        Kind::Procedure | Kind::Function | Kind::Task | Kind::Integration => Err(cursor.unexpected()),
    }
}

/// The error for a kind that this engine does not have.
fn foreign(cursor: &Cursor<'_>, verb: &str) -> SqlError {
    match kind::foreign(cursor) {
        nothing if nothing.is_empty() => cursor.unexpected(),
        words => SqlError::unsupported(format_args!("{verb} {words}")),
    }
}

/// What stands between CREATE and the kind, and IF NOT EXISTS after it.
#[derive(Debug, Default)]
struct Creation {
    kind: String,
    or_replace: bool,
    or_alter: bool,
    transient: bool,
    temporary: bool,
    secure: bool,
    recursive: bool,
    materialized: bool,
}

impl Creation {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self> {
        let mut creation = Self::default();
        if cursor.accept_keywords("OR REPLACE") {
            creation.or_replace = true;
        } else if cursor.accept_keywords("OR ALTER") {
            creation.or_alter = true;
        }
        loop {
            // Snowpark says SCOPED of what only its session uses.
            if cursor.peek_keywords("SCOPED TEMP") || cursor.peek_keywords("SCOPED TEMPORARY") {
                cursor.next_token();
            } else if cursor.accept_keyword("TRANSIENT") {
                creation.transient = true;
            } else if cursor.accept_keyword("TEMP")
                || cursor.accept_keyword("TEMPORARY")
                || cursor.accept_keyword("VOLATILE")
            {
                creation.temporary = true;
            } else if cursor.accept_keyword("SECURE") {
                creation.secure = true;
            } else if cursor.accept_keyword("RECURSIVE") {
                creation.recursive = true;
            } else if !cursor.accept_keyword("LOCAL") && !cursor.accept_keyword("GLOBAL") {
                return Ok(creation);
            }
        }
    }

    /// Reads `[IF NOT EXISTS] name`.
    fn name(&self, cursor: &mut Cursor<'_>) -> Result<(Name, bool)> {
        let if_not_exists = cursor.accept_keywords("IF NOT EXISTS");
        if if_not_exists && (self.or_replace || self.or_alter) {
            return Err(SqlError::compilation(
                1003,
                "42000",
                "options IF NOT EXISTS and OR REPLACE (or OR ALTER) are incompatible.",
            ));
        }
        Ok((cursor.object_name()?, if_not_exists))
    }

    /// # Errors
    /// For kinds that have none of these forms.
    fn refuse(&self, forms: &[&str]) -> Result<()> {
        for (given, form) in [
            (self.or_alter, "OR ALTER"),
            (self.transient, "TRANSIENT"),
            (self.temporary, "TEMPORARY"),
            (self.secure, "SECURE"),
            (self.recursive, "RECURSIVE"),
        ] {
            if given && forms.contains(&form) {
                return Err(SqlError::unsupported(format_args!("CREATE {form} {}", self.kind)));
            }
        }
        Ok(())
    }

    /// Lets only this session see what is TEMPORARY.
    fn in_session(&self, cx: &Context<'_>, new: NewObject) -> NewObject {
        if self.temporary { new.session(cx.session.id) } else { new }
    }

    /// CREATE OR ALTER of what exists: it becomes as declared, and what is not declared gets its default. Its identity,
    /// owner and grants stay.
    fn change(&self, cx: &Context<'_>, mut object: Object, declared: NewObject) -> Result<Object> {
        cx.require_ownership(&object)?;
        let transient = |definition: &serde_json::Value| definition.get("transient").cloned();
        if transient(&object.definition) != transient(&declared.definition) {
            return Err(SqlError::compilation(
                2,
                "0A000",
                format_args!("CREATE OR ALTER cannot change whether {} '{}' is TRANSIENT.", object.kind, object.name),
            ));
        }
        let state = object.definition.get("suspended").cloned();
        object.definition = declared.definition;
        if let (Some(state), Some(fields)) = (state, object.definition.as_object_mut()) {
            // A warehouse goes on running, or not.
            fields.insert("suspended".to_owned(), state);
        }
        object.comment = declared.comment;
        cx.engine.catalog.update(&object)?;
        Ok(object)
    }

    /// Creates or replaces; the status row.
    fn finish(&self, cx: &Context<'_>, new: NewObject, copy_grants: bool) -> Result<(Object, QueryResult)> {
        let title = new.kind.title();
        if self.or_alter
            && let Some(object) = cx.engine.catalog.find(new.kind, new.parent, &new.name, &new.signature)?
        {
            return Ok((self.change(cx, object, new)?, altered()));
        }
        let object = if self.or_replace {
            if let Some(old) = cx.engine.catalog.find(new.kind, new.parent, &new.name, &new.signature)? {
                cx.require_ownership(&old)?;
            }
            cx.engine.catalog.create_or_replace(new, copy_grants)?
        } else {
            cx.engine.catalog.create(new)?
        };
        let result = QueryResult::status(format!("{title} {} successfully created.", quote(&object.name)));
        Ok((object, result))
    }
}

fn already_exists(name: &str) -> QueryResult {
    QueryResult::status(format!("{} already exists, statement succeeded.", quote(name)))
}

fn altered() -> QueryResult {
    QueryResult::status("Statement executed successfully.")
}
