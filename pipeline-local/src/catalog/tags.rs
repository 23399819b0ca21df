//! Tags set on objects and on columns.
//!
//! <https://docs.snowflake.com/en/user-guide/object-tagging/introduction>

use rusqlite::{OptionalExtension, params};

use super::{Catalog, Kind, ObjectId};
use crate::error::{Result, SqlError};

/// How many tags an object, or a column, may have.
const MAX_TAGS: i64 = 50;

/// What of an object has a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TagSlot {
    /// The object itself.
    Object,
    /// A column: of a table by its identity, of a view by its place from 1.
    Column(u32),
}

impl TagSlot {
    fn number(self) -> u32 {
        match self {
            Self::Object => 0,
            Self::Column(id) => id,
        }
    }

    fn of(number: u32) -> Self {
        if number == 0 { Self::Object } else { Self::Column(number) }
    }
}

/// A tag with its value on an object or column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagSetting {
    /// What has it.
    pub slot: TagSlot,
    /// The tag.
    pub tag: ObjectId,
    /// Its value.
    pub value: String,
}

impl Catalog {
    /// Sets a tag on an object or a column of it; another value that it had is replaced.
    ///
    /// # Errors
    /// 391803 when there would be more than 50 tags.
    pub fn set_tag(&self, object: ObjectId, setting: &TagSetting) -> Result<()> {
        self.store.write(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO tag_values VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET value = excluded.value",
                )?
                .execute(params![object.0, setting.slot.number(), setting.tag.0, setting.value])?;
            let count: i64 = connection
                .prepare_cached(
                    "SELECT COUNT(*) FROM tag_values v JOIN objects o ON o.id = v.tag
                     WHERE v.object = ?1 AND v.slot = ?2 AND o.dropped_at IS NULL",
                )?
                .query_row(params![object.0, setting.slot.number()], |row| row.get(0))?;
            if count > MAX_TAGS {
                return Err(SqlError::compilation(
                    391_803,
                    "0A000",
                    format_args!("An object or column has at most {MAX_TAGS} tags; UNSET one of them first."),
                ));
            }
            Ok(())
        })
    }

    /// Takes a tag away from an object or column, if it has it.
    pub fn unset_tag(&self, object: ObjectId, slot: TagSlot, tag: ObjectId) -> Result<()> {
        self.store.write(|connection| {
            connection
                .prepare_cached("DELETE FROM tag_values WHERE object = ?1 AND slot = ?2 AND tag = ?3")?
                .execute(params![object.0, slot.number(), tag.0])?;
            Ok(())
        })
    }

    /// The value of a tag that is set on an object or column itself.
    pub fn tag_value(&self, object: ObjectId, slot: TagSlot, tag: ObjectId) -> Result<Option<String>> {
        self.store.read(|connection| {
            Ok(connection
                .prepare_cached("SELECT value FROM tag_values WHERE object = ?1 AND slot = ?2 AND tag = ?3")?
                .query_row(params![object.0, slot.number(), tag.0], |row| row.get(0))
                .optional()?)
        })
    }

    /// The tags set on an object and its columns, except tags that are dropped, in the order of the tags' names.
    pub fn tags_set_on(&self, object: ObjectId) -> Result<Vec<TagSetting>> {
        self.store.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT v.slot, v.tag, v.value FROM tag_values v JOIN objects o ON o.id = v.tag
                 WHERE v.object = ?1 AND o.kind = ?2 AND o.dropped_at IS NULL ORDER BY v.slot, o.name, o.id",
            )?;
            let rows = statement.query_map(params![object.0, Kind::Tag.keyword()], |row| {
                Ok(TagSetting { slot: TagSlot::of(row.get(0)?), tag: ObjectId(row.get(1)?), value: row.get(2)? })
            })?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
    }
}
