//! SYSTEM$GET_TAG and the table functions TAG_REFERENCES and TAG_REFERENCES_ALL_COLUMNS.
//!
//! <https://docs.snowflake.com/en/sql-reference/functions/tag_references>

use std::collections::HashSet;

use super::{columns, with_containers};
use crate::catalog::def::TagDef;
use crate::catalog::{Kind, Object, TagSlot};
use crate::exec::{Context, QueryResult, StatementType, Value};
use crate::parse::{Cursor, Name};
use crate::task::arguments::Arguments;
use crate::{Result, SqlError};

/// The columns of both table functions.
const COLUMNS: [&str; 11] = [
    "TAG_DATABASE",
    "TAG_SCHEMA",
    "TAG_NAME",
    "TAG_VALUE",
    "APPLY_METHOD",
    "LEVEL",
    "OBJECT_DATABASE",
    "OBJECT_SCHEMA",
    "OBJECT_NAME",
    "DOMAIN",
    "COLUMN_NAME",
];

/// What a tag is asked of.
struct Subject {
    object: Object,
    /// The column's name and what tags know it by.
    column: Option<(String, u32)>,
}

/// `SYSTEM$GET_TAG('tag', 'object', 'domain')`: the value of a tag that is set on the object or column, or on what contains
/// it; none where it is not set.
///
/// # Errors
/// When the tag or the object does not exist.
pub(crate) fn get_tag(cx: &Context<'_>, tag: &str, object: &str, domain: &str) -> Result<Option<String>> {
    let tag = named(cx, tag)?;
    let subject = subject(cx, object, domain)?;
    if let Some((_, id)) = subject.column {
        let value = cx.engine.catalog.tag_value(subject.object.id, TagSlot::Column(id), tag.id)?;
        if value.is_some() {
            return Ok(value);
        }
    }
    for object in with_containers(cx, &subject.object)? {
        let value = cx.engine.catalog.tag_value(object.id, TagSlot::Object, tag.id)?;
        if value.is_some() {
            return Ok(value);
        }
    }
    Ok(None)
}

/// `SYSTEM$GET_TAG_ALLOWED_VALUES('tag')`: the values that the tag allows as a JSON array; none when it allows all.
///
/// # Errors
/// When the tag does not exist.
pub(crate) fn allowed_values(cx: &Context<'_>, tag: &str) -> Result<Option<String>> {
    let values = named(cx, tag)?.definition::<TagDef>()?.allowed_values;
    Ok(if values.is_empty() { None } else { Some(serde_json::to_string(&values)?) })
}

fn named(cx: &Context<'_>, tag: &str) -> Result<Object> {
    let missing = || SqlError::does_not_exist("Tag", tag);
    cx.object(Kind::Tag, &Name::parse(tag).ok_or_else(missing)?, "SELECT")
}

/// The rows of a table function about tags; `None` for other functions.
pub(crate) fn table_function(
    cx: &Context<'_>,
    name: &str,
    arguments: &[(String, Value)],
) -> Result<Option<QueryResult>> {
    if !matches!(name, "TAG_REFERENCES" | "TAG_REFERENCES_ALL_COLUMNS") {
        return Ok(None);
    }
    let arguments = Arguments::new(name, arguments, &["OBJECT_NAME", "OBJECT_DOMAIN"])?;
    let required = |argument: &str| {
        arguments
            .text(argument)?
            .ok_or_else(|| SqlError::compilation(938, "22023", format_args!("{name} needs the argument {argument}.")))
    };
    let (object, domain) = (required("OBJECT_NAME")?, required("OBJECT_DOMAIN")?);
    let mut rows = Vec::new();
    if name == "TAG_REFERENCES" {
        references(cx, &subject(cx, object, domain)?, &mut rows)?;
    } else {
        if !domain.eq_ignore_ascii_case("TABLE") {
            return Err(unknown_domain(domain, "TABLE"));
        }
        let table = subject(cx, object, domain)?.object;
        for column in columns(&table)? {
            references(cx, &Subject { object: table.clone(), column: Some(column) }, &mut rows)?;
        }
    }
    Ok(Some(QueryResult::texts(StatementType::Select, &COLUMNS, &rows)))
}

/// The tags of an object or column: its own, then those of what contains it, unless something nearer sets them.
fn references(cx: &Context<'_>, subject: &Subject, rows: &mut Vec<Vec<Option<String>>>) -> Result<()> {
    let catalog = &cx.engine.catalog;
    let mut known = HashSet::new();
    let mut sources = Vec::new();
    if let Some((_, id)) = subject.column {
        sources.push((subject.object.clone(), TagSlot::Column(id)));
    }
    sources.extend(with_containers(cx, &subject.object)?.into_iter().map(|object| (object, TagSlot::Object)));
    let (database, schema) = place(cx, &subject.object)?;
    for (index, (source, slot)) in sources.iter().enumerate() {
        for setting in catalog.tags_set_on(source.id)? {
            if setting.slot != *slot || !known.insert(setting.tag) {
                continue;
            }
            let Some(tag) = catalog.by_id(setting.tag)? else { continue };
            let (tag_schema, tag_database) = containers(cx, &tag)?;
            rows.push(vec![
                tag_database,
                tag_schema,
                Some(tag.name),
                Some(setting.value),
                Some(if index == 0 { "MANUAL" } else { "INHERITED" }.to_owned()),
                Some(domain_of(source.kind, *slot).to_owned()),
                database.clone(),
                schema.clone(),
                Some(subject.object.name.clone()),
                Some(domain_of(subject.object.kind, subject.slot()).to_owned()),
                subject.column.as_ref().map(|(name, _)| name.clone()),
            ]);
        }
    }
    Ok(())
}

impl Subject {
    fn slot(&self) -> TagSlot {
        self.column.as_ref().map_or(TagSlot::Object, |(_, id)| TagSlot::Column(*id))
    }
}

/// The domain of an object: all that has columns is a TABLE.
fn domain_of(kind: Kind, slot: TagSlot) -> &'static str {
    match (slot, kind) {
        (TagSlot::Column(_), _) => "COLUMN",
        (TagSlot::Object, Kind::View) => "TABLE",
        (TagSlot::Object, kind) => kind.keyword(),
    }
}

/// The names of the inner and the outer container.
fn containers(cx: &Context<'_>, object: &Object) -> Result<(Option<String>, Option<String>)> {
    let mut names = with_containers(cx, object)?.into_iter().skip(1).map(|container| container.name);
    Ok((names.next(), names.next()))
}

/// The database and schema that an object is in; a schema is in a database only.
fn place(cx: &Context<'_>, object: &Object) -> Result<(Option<String>, Option<String>)> {
    let (inner, outer) = containers(cx, object)?;
    Ok(if object.kind == Kind::Schema { (inner, None) } else { (outer, inner) })
}

fn subject(cx: &Context<'_>, text: &str, domain: &str) -> Result<Subject> {
    let upper = domain.trim().to_uppercase().replace('_', " ");
    let kind = match upper.as_str() {
        "COLUMN" => return column(cx, text),
        "TABLE" | "VIEW" => {
            let name = name(text)?;
            let found = cx.find_relation(&name, "SELECT")?.filter(|found| found.kind != Kind::Stream);
            let missing = || SqlError::does_not_exist("Table", cx.full_name_of(&name));
            return Ok(Subject { object: found.ok_or_else(missing)?, column: None });
        }
        other => Kind::from_keyword(other).filter(|kind| !matches!(kind, Kind::Tag)),
    };
    let Some(kind) = kind else { return Err(unknown_domain(domain, "TABLE, COLUMN, SCHEMA, DATABASE, ...")) };
    let mut cursor = Cursor::new(text)?;
    let name = cursor.object_name()?;
    let object = match kind {
        Kind::Procedure | Kind::Function => crate::statement::routine(cx, &mut cursor, kind, &name)?,
        _ => cx.object(kind, &name, "SELECT")?,
    };
    cursor.expect_end()?;
    Ok(Subject { object, column: None })
}

/// `table.column`, with as many parts of the table's name as are needed.
fn column(cx: &Context<'_>, text: &str) -> Result<Subject> {
    let mut cursor = Cursor::new(text)?;
    let mut table = cursor.object_name()?;
    let name = if cursor.accept(&datafusion::sql::sqlparser::tokenizer::Token::Period) {
        cursor.identifier()?
    } else {
        table.parts.pop().unwrap_or_default()
    };
    cursor.expect_end()?;
    if table.parts.is_empty() {
        return Err(SqlError::syntax(format_args!("'{text}' names no column; write it as table.column.")));
    }
    let object = cx.relation(&table, "SELECT")?;
    let column = columns(&object)?.into_iter().find(|(known, _)| *known == name);
    Ok(Subject { object, column: Some(column.ok_or_else(|| SqlError::invalid_identifier(&name))?) })
}

fn name(text: &str) -> Result<Name> {
    Name::parse(text).ok_or_else(|| SqlError::does_not_exist("Object", text))
}

fn unknown_domain(domain: &str, known: &str) -> SqlError {
    SqlError::compilation(
        1008,
        "22023",
        format_args!("invalid value [{domain}] for the domain of tags: it is {known}."),
    )
}
