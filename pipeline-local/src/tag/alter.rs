//! `ALTER kind name SET TAG ..` and `UNSET TAG ..`, of every kind of object and of columns.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::{columns, require_object, resolve, to_apply};
use crate::catalog::{Kind, Object, TagSlot};
use crate::exec::{Context, QueryResult};
use crate::parse::Cursor;
use crate::routine;
use crate::statement::kind;
use crate::{Result, SqlError};

/// An ALTER that sets or unsets tags.
pub(crate) struct Change {
    if_exists: bool,
    found: Found,
    parts: Vec<Part>,
}

impl Change {
    /// Reads one; none for every other statement.
    ///
    /// # Errors
    /// A syntax error.
    pub(crate) fn read(cx: &Context<'_>, text: &str) -> Result<Option<Self>> {
        let mut cursor = Cursor::new(text)?;
        let cursor = &mut cursor;
        if !cursor.accept_keyword("ALTER") || !mentions_tag(cursor) {
            return Ok(None);
        }
        // What kind of integration it is makes no difference.
        let _ = cursor.peek_keyword_at(1, "INTEGRATION") && cursor.next_token().is_some();
        let Some(written) = kind::read(cursor) else { return Ok(None) };
        let if_exists = cursor.accept_keywords("IF EXISTS");
        let found = object(cx, cursor, written.kind)?;
        Ok(parts(cursor, written.kind)?.map(|parts| Self { if_exists, found, parts }))
    }

    /// Makes the change.
    ///
    /// # Errors
    /// When the object, a column or a tag does not exist, the role may not do it, or a value is not allowed.
    pub(crate) fn run(self, cx: &Context<'_>) -> Result<QueryResult> {
        let done = QueryResult::status("Statement executed successfully.");
        let object = match self.found {
            Found::Object(object) => object,
            Found::Missing(_) if self.if_exists => return Ok(done),
            Found::Missing(error) => return Err(error),
        };
        require_object(cx, &object)?;
        let known = columns(&object)?;
        cx.engine.catalog.transaction(|catalog| {
            for part in &self.parts {
                let slot = match &part.column {
                    None => TagSlot::Object,
                    Some(name) => match known.iter().find(|(known, _)| known == name) {
                        Some((_, id)) => TagSlot::Column(*id),
                        None => return Err(SqlError::invalid_identifier(name)),
                    },
                };
                match &part.what {
                    What::Set(tags) => {
                        for setting in resolve(cx, tags, slot)? {
                            catalog.set_tag(object.id, &setting)?;
                        }
                    }
                    What::Unset(names) => {
                        for name in names {
                            catalog.unset_tag(object.id, slot, to_apply(cx, name)?.id)?;
                        }
                    }
                }
            }
            Ok(done)
        })
    }
}

/// Whether `SET TAG` or `UNSET TAG` is anywhere ahead, which keeps every other ALTER out of here.
fn mentions_tag(cursor: &Cursor<'_>) -> bool {
    let mut ahead = 0;
    while cursor.peek_at(ahead + 1).is_some() {
        let sets = cursor.peek_keyword_at(ahead, "SET") || cursor.peek_keyword_at(ahead, "UNSET");
        if sets && cursor.peek_keyword_at(ahead + 1, "TAG") {
            return true;
        }
        ahead += 1;
    }
    false
}

enum Found {
    Object(Object),
    Missing(SqlError),
}

fn object(cx: &Context<'_>, cursor: &mut Cursor<'_>, kind: Kind) -> Result<Found> {
    if matches!(kind, Kind::Procedure | Kind::Function) {
        let (name, signature, found) = routine::find(cx, cursor, kind, "ALTER")?;
        return Ok(found.map_or_else(|| Found::Missing(routine::missing(kind, &name, &signature)), Found::Object));
    }
    let name = cursor.object_name()?;
    Ok(cx.object(kind, &name, &format!("ALTER {kind}")).map_or_else(Found::Missing, Found::Object))
}

/// One SET TAG or UNSET TAG, of the object or of one of its columns.
struct Part {
    column: Option<String>,
    what: What,
}

enum What {
    Set(super::Tags),
    Unset(Vec<crate::parse::Name>),
}

/// Reads `SET TAG ..`, `UNSET TAG ..` or `MODIFY [COLUMN] name SET TAG .. [, [COLUMN] name ..]`; none for anything else.
fn parts(cursor: &mut Cursor<'_>, kind: Kind) -> Result<Option<Vec<Part>>> {
    if let Some(what) = what(cursor)? {
        cursor.expect_end()?;
        return Ok(Some(vec![Part { column: None, what }]));
    }
    let of_columns = matches!(kind, Kind::Table | Kind::View);
    if !of_columns || !(cursor.accept_keyword("ALTER") || cursor.accept_keyword("MODIFY")) {
        return Ok(None);
    }
    let mut parts = Vec::new();
    loop {
        cursor.accept_keyword("COLUMN");
        let column = Some(cursor.identifier()?);
        let Some(what) = what(cursor)? else { return Ok(None) };
        parts.push(Part { column, what });
        if !cursor.accept(&Token::Comma) {
            cursor.expect_end()?;
            return Ok(Some(parts));
        }
        let _ = cursor.accept_keyword("ALTER") || cursor.accept_keyword("MODIFY");
    }
}

fn what(cursor: &mut Cursor<'_>) -> Result<Option<What>> {
    if cursor.accept_keywords("SET TAG") {
        return Ok(Some(What::Set(tags_before_column(cursor)?)));
    }
    if !cursor.accept_keywords("UNSET TAG") {
        return Ok(None);
    }
    let mut names = vec![cursor.object_name()?];
    while cursor.peek() == Some(&Token::Comma) && !begins_column(cursor) {
        cursor.next_token();
        names.push(cursor.object_name()?);
    }
    Ok(Some(What::Unset(names)))
}

/// Reads `name = 'value', ..` up to where the next column begins.
fn tags_before_column(cursor: &mut Cursor<'_>) -> Result<super::Tags> {
    let mut tags = Vec::new();
    loop {
        let before = cursor.index();
        cursor.accept(&Token::Comma);
        if !tags.is_empty() && (cursor.index() == before || begins_column_here(cursor)) {
            cursor.rewind(before);
            return Ok(tags);
        }
        let name = cursor.object_name()?;
        cursor.expect(&Token::Eq)?;
        tags.push((name, cursor.string()?));
    }
}

fn begins_column(cursor: &Cursor<'_>) -> bool {
    let mut ahead = cursor.clone();
    ahead.next_token();
    begins_column_here(&ahead)
}

/// Whether `[ALTER | MODIFY] [COLUMN] name {SET | UNSET} TAG` is next.
fn begins_column_here(cursor: &Cursor<'_>) -> bool {
    let mut ahead = cursor.clone();
    let _ = ahead.accept_keyword("ALTER") || ahead.accept_keyword("MODIFY");
    ahead.accept_keyword("COLUMN");
    ahead.identifier().is_ok() && (ahead.peek_keywords("SET TAG") || ahead.peek_keywords("UNSET TAG"))
}
