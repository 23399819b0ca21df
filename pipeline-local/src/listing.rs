//! The common tail of SHOW statements: LIKE, IN, STARTS WITH, LIMIT.

use crate::catalog::{Kind, Object};
use crate::exec::{Context, Value};
use crate::parse::{Cursor, Name};
use crate::types::SqlType;
use crate::{Result, SqlError};
use datafusion::common::ScalarValue;

/// Where SHOW looks.
#[derive(Debug, Clone, PartialEq)]
enum Scope {
    /// The current database, or the account when there is none.
    Default,
    Account,
    Database(Option<Name>),
    Schema(Option<Name>),
}

/// What SHOW was restricted to.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    like: Option<String>,
    scope: Scope,
    starts_with: Option<String>,
    limit: Option<usize>,
    from: Option<String>,
    /// ROOT ONLY of SHOW TASKS.
    pub(crate) root_only: bool,
}

impl Listing {
    /// Reads everything after the kind of objects.
    pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Result<Self> {
        let mut listing =
            Self { like: None, scope: Scope::Default, starts_with: None, limit: None, from: None, root_only: false };
        loop {
            if cursor.accept_keyword("LIKE") {
                listing.like = Some(cursor.string()?);
            } else if cursor.accept_keyword("IN") {
                listing.scope = scope(cursor)?;
            } else if cursor.accept_keywords("STARTS WITH") {
                listing.starts_with = Some(cursor.string()?);
            } else if cursor.accept_keywords("ROOT ONLY") {
                listing.root_only = true;
            } else if cursor.accept_keyword("LIMIT") {
                let limit = cursor.integer()?;
                if !(1..=10_000).contains(&limit) {
                    return Err(SqlError::compilation(
                        1017,
                        "42601",
                        format_args!("LIMIT of SHOW must be 1 to 10000, not {limit}."),
                    ));
                }
                listing.limit = Some(limit as usize);
                if cursor.accept_keyword("FROM") {
                    listing.from = Some(cursor.string()?);
                }
            } else {
                cursor.expect_end()?;
                return Ok(listing);
            }
        }
    }

    /// Like [`Listing::parse`] for what is in databases: a bare name after IN is one.
    pub(crate) fn parse_in_databases(cursor: &mut Cursor<'_>) -> Result<Self> {
        let mut listing = Self::parse(cursor)?;
        if let Scope::Schema(Some(name)) = &listing.scope
            && name.parts.len() == 1
        {
            listing.scope = Scope::Database(Some(name.clone()));
        }
        Ok(listing)
    }

    /// The schemas it looks into, with their databases.
    pub(crate) fn schemas(&self, cx: &Context<'_>) -> Result<Vec<(Object, Object)>> {
        let catalog = &cx.engine.catalog;
        let in_database = |database: Object| -> Result<Vec<(Object, Object)>> {
            let schemas = catalog.list(Kind::Schema, Some(database.id))?;
            Ok(schemas.into_iter().map(|schema| (database.clone(), schema)).collect())
        };
        let everywhere = || -> Result<Vec<(Object, Object)>> {
            let mut all = Vec::new();
            for database in catalog.list(Kind::Database, None)? {
                all.extend(in_database(database)?);
            }
            Ok(all)
        };
        let database_named = |name: &str| {
            catalog.database(name)?.ok_or_else(|| SqlError::does_not_exist("Database", crate::parse::quote(name)))
        };
        let no_database = || {
            SqlError::new(
                90105,
                "22000",
                "Cannot perform SHOW. This session does not have a current database. Call 'USE DATABASE', or use a qualified name.",
            )
        };
        match &self.scope {
            Scope::Account => everywhere(),
            Scope::Default => match cx.database() {
                Some(database) => in_database(database_named(database)?),
                None => everywhere(),
            },
            Scope::Database(name) => {
                let name = name.as_ref().map(Name::object).or(cx.database()).ok_or_else(no_database)?;
                in_database(database_named(name)?)
            }
            Scope::Schema(name) => {
                let schema = match name {
                    Some(name) => {
                        let database = name.schema().or(cx.database()).ok_or_else(no_database)?;
                        cx.schema_in(&cx.find_database(database)?, name.object())?
                    }
                    None => {
                        let nowhere = Name::bare("");
                        cx.schema_of(&nowhere, "SHOW")?
                    }
                };
                let database =
                    schema.parent.map(|id| catalog.by_id(id)).transpose()?.flatten().ok_or_else(no_database)?;
                Ok(vec![(database, schema)])
            }
        }
    }

    /// Whether an object of this name is listed.
    pub(crate) fn matches(&self, name: &str) -> bool {
        self.like.as_ref().is_none_or(|pattern| matches_pattern(name, pattern))
            && self.starts_with.as_ref().is_none_or(|start| name.starts_with(start.as_str()))
            && self.from.as_ref().is_none_or(|from| name > from.as_str())
    }

    /// Leaves as many rows as LIMIT says.
    pub(crate) fn cut<T>(&self, rows: &mut Vec<T>) {
        rows.truncate(self.limit.unwrap_or(10_000));
    }
}

fn scope(cursor: &mut Cursor<'_>) -> Result<Scope> {
    let name = |cursor: &mut Cursor<'_>| -> Result<Option<Name>> {
        let ends = cursor.at_end() || ["STARTS", "LIMIT", "ROOT", "LIKE"].iter().any(|word| cursor.peek_keyword(word));
        if ends { Ok(None) } else { cursor.object_name().map(Some) }
    };
    if cursor.accept_keyword("ACCOUNT") {
        return Ok(Scope::Account);
    }
    if cursor.accept_keyword("DATABASE") {
        return Ok(Scope::Database(name(cursor)?));
    }
    if cursor.accept_keyword("SCHEMA") {
        return Ok(Scope::Schema(name(cursor)?));
    }
    let name = cursor.object_name()?;
    // `IN a.b` is a schema, `IN a` a schema of the current database or else a database; Snowflake asks for a keyword there.
    Ok(Scope::Schema(Some(name)))
}

/// Whether a name matches the pattern of LIKE in a SHOW, whatever the case.
pub(crate) fn matches_pattern(name: &str, pattern: &str) -> bool {
    like(&name.to_uppercase(), &pattern.to_uppercase())
}

/// An instant as SHOW writes it.
pub(crate) fn timestamp(micros: i64) -> Value {
    Value {
        sql_type: SqlType::TimestampLtz(3),
        scalar: ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into())),
    }
}

/// LIKE with `%`, `_` and the escape `\`.
fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut wanted: Vec<(char, bool)> = Vec::new();
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => wanted.extend(characters.next().map(|next| (next, false))),
            '%' | '_' => wanted.push((c, true)),
            _ => wanted.push((c, false)),
        }
    }
    let (mut at, mut next, mut star) = (0, 0, None);
    while at < text.len() {
        match wanted.get(next) {
            Some(('%', true)) => {
                star = Some((next, at));
                next += 1;
            }
            Some((c, wild)) if (*wild && *c == '_') || (!wild && *c == text[at]) => {
                at += 1;
                next += 1;
            }
            _ => match star {
                Some((pattern_at, text_at)) => {
                    next = pattern_at + 1;
                    at = text_at + 1;
                    star = Some((pattern_at, text_at + 1));
                }
                None => return false,
            },
        }
    }
    wanted[next..].iter().all(|entry| *entry == ('%', true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (text, pattern, expected) in [
            ("TASK_A", "TASK%", true),
            ("TASK_A", "%A", true),
            ("TASK_A", "TASK\\_A", true),
            ("TASKXA", "TASK\\_A", false),
            ("TASKXA", "TASK_A", true),
            ("", "%", true),
            ("AB", "A", false),
        ] {
            assert_eq!(like(text, pattern), expected, "{text} LIKE {pattern}");
        }
    }
}
