//! Tags on objects and columns: WITH TAG in CREATE, SET TAG and UNSET TAG in ALTER, and the functions that read them.
//!
//! <https://docs.snowflake.com/en/user-guide/object-tagging/work>

mod alter;
mod functions;

use datafusion::sql::sqlparser::tokenizer::Token;

pub(crate) use alter::Change;
pub(crate) use functions::{allowed_values, get_tag, table_function};

use crate::catalog::def::TagDef;
use crate::catalog::{Kind, Object, ObjectId, TagSetting, TagSlot, Target};
use crate::exec::Context;
use crate::parse::{Cursor, Name};
use crate::{Result, SqlError};

/// How long a value may be, in characters.
const MAX_VALUE: usize = 256;

/// Tags with their values, as they were written.
pub(crate) type Tags = Vec<(Name, String)>;

/// Reads `[WITH] TAG (name = 'value', ...)` if it is next; whether it was.
pub(crate) fn accept(cursor: &mut Cursor<'_>, tags: &mut Tags) -> Result<bool> {
    let bare = cursor.peek_at(1) == Some(&Token::LParen);
    let found = cursor.accept_keywords("WITH TAG") || bare && cursor.accept_keyword("TAG");
    if !found {
        return Ok(false);
    }
    cursor.expect(&Token::LParen)?;
    tags.extend(list(cursor)?);
    cursor.expect(&Token::RParen)?;
    Ok(true)
}

/// Reads `name = 'value', ...`.
fn list(cursor: &mut Cursor<'_>) -> Result<Tags> {
    let mut tags = Vec::new();
    loop {
        let name = cursor.object_name()?;
        cursor.expect(&Token::Eq)?;
        tags.push((name, cursor.string()?));
        if !cursor.accept(&Token::Comma) {
            return Ok(tags);
        }
    }
}

/// Finds the tags and checks the values.
///
/// # Errors
/// When a tag does not exist, may not be applied by the role, does not allow the value, or is given two values.
pub(crate) fn resolve(cx: &Context<'_>, tags: &Tags, slot: TagSlot) -> Result<Vec<TagSetting>> {
    let mut settings: Vec<TagSetting> = Vec::with_capacity(tags.len());
    for (name, value) in tags {
        let tag = to_apply(cx, name)?;
        check_value(&tag, value)?;
        match settings.iter().find(|setting| setting.tag == tag.id) {
            Some(setting) if setting.value != *value => {
                return Err(SqlError::compilation(
                    391_804,
                    "0A000",
                    format_args!(
                        "Same tag {} with multiple values provided, values = {}, {value}",
                        tag.name, setting.value
                    ),
                ));
            }
            Some(_) => {}
            None => settings.push(TagSetting { slot, tag: tag.id, value: value.clone() }),
        }
    }
    Ok(settings)
}

/// The same for the columns of a new table, by their names; `id` says what a column of a name is known by.
pub(crate) fn resolve_columns(
    cx: &Context<'_>,
    columns: &[(String, Tags)],
    id: impl Fn(&str) -> Option<u32>,
) -> Result<Vec<TagSetting>> {
    let mut settings = Vec::new();
    for (name, tags) in columns {
        if let Some(id) = id(name) {
            settings.extend(resolve(cx, tags, TagSlot::Column(id))?);
        }
    }
    Ok(settings)
}

/// # Errors
/// 002 when CREATE OR ALTER names tags.
pub(crate) fn forbid_or_alter(tags: &Tags, kind: Kind) -> Result<()> {
    if tags.is_empty() {
        return Ok(());
    }
    Err(SqlError::unsupported(format_args!("TAG of CREATE OR ALTER {kind}; set it with ALTER {kind} ... SET TAG")))
}

/// The tag of this name, which the role may set and unset.
///
/// # Errors
/// 002003 when there is none that the role can see, 003001 when it may not apply it.
fn to_apply(cx: &Context<'_>, name: &Name) -> Result<Object> {
    if cx.holds_on_account("APPLY TAG")? {
        let schema = cx.schema_of(name, "SET TAG")?;
        let tag = cx.engine.catalog.find(Kind::Tag, Some(schema.id), name.object(), "")?;
        return tag.ok_or_else(|| SqlError::does_not_exist("Tag", cx.full_name_of(name)));
    }
    let tag = cx.object(Kind::Tag, name, "SET TAG")?;
    cx.require("APPLY", &tag)?;
    Ok(tag)
}

/// Whoever may apply every tag of the account may set them on objects of others.
fn require_object(cx: &Context<'_>, object: &Object) -> Result<()> {
    let all = cx.engine.catalog.has_privilege(&cx.roles()?, "APPLY TAG", Target::Account)?;
    if all { Ok(()) } else { cx.require_ownership(object) }
}

fn check_value(tag: &Object, value: &str) -> Result<()> {
    if value.chars().count() > MAX_VALUE {
        return Err(SqlError::compilation(
            391_802,
            "0A000",
            format_args!("The value of tag '{}' is longer than {MAX_VALUE} characters.", tag.name),
        ));
    }
    let def: TagDef = tag.definition()?;
    if def.allowed_values.is_empty() || def.allowed_values.iter().any(|allowed| allowed == value) {
        return Ok(());
    }
    Err(SqlError::compilation(
        391_801,
        "0A000",
        format_args!(
            "Tag value '{value}' is not allowed for tag '{}'; its ALLOWED_VALUES are '{}'.",
            tag.name,
            def.allowed_values.join("', '")
        ),
    ))
}

/// The columns of a table or view with what tags know them by.
fn columns(object: &Object) -> Result<Vec<(String, u32)>> {
    use crate::catalog::def::{TableDef, ViewDef};
    Ok(match object.kind {
        Kind::Table => {
            let def: TableDef = object.definition()?;
            def.columns.into_iter().map(|column| (column.name, column.id)).collect()
        }
        Kind::View => {
            let def: ViewDef = object.definition()?;
            def.columns.into_iter().zip(1..).map(|(column, place)| (column.name, place)).collect()
        }
        _ => Vec::new(),
    })
}

/// An object and what contains it, from the inside out.
fn with_containers(cx: &Context<'_>, object: &Object) -> Result<Vec<Object>> {
    let mut found = vec![object.clone()];
    let mut parent = object.parent;
    while let Some(id) = parent {
        let Some(container) = cx.engine.catalog.by_id(id)? else { break };
        parent = container.parent;
        found.push(container);
    }
    Ok(found)
}

/// ` WITH TAG (DB.SCHEMA.TAG='value', ...)` of an object or column, as GET_DDL writes it; empty without tags.
pub(crate) fn clause_of(cx: &Context<'_>, object: ObjectId, slot: TagSlot) -> Result<String> {
    let mut written = Vec::new();
    for setting in cx.engine.catalog.tags_set_on(object)? {
        let Some(tag) = cx.engine.catalog.by_id(setting.tag)?.filter(|_| setting.slot == slot) else { continue };
        written.push(format!("{}='{}'", cx.engine.catalog.full_name(&tag)?, setting.value.replace('\'', "''")));
    }
    Ok(if written.is_empty() { String::new() } else { format!(" WITH TAG ({})", written.join(", ")) })
}
