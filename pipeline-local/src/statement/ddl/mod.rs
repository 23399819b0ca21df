//! CREATE, ALTER, DROP and UNDROP of everything that has no module of its own (procedures, tasks, integrations do).

mod access_token;
mod account;
mod added_default;
mod alter_table;
mod alter_to;
mod column;
mod database;
mod drop;
mod options;
mod query_columns;
mod sequence;
mod stream;
mod table;
mod view;
mod warehouse;

use crate::catalog::{NewObject, Object};
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, Name, quote};

use super::{Context, QueryResult, Running};

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
    let keyword = cursor.peek_word().unwrap_or_default();
    creation.kind = keyword.clone();
    cursor.next_token();
    match keyword.as_str() {
        "DATABASE" => database::create_database(cx, cursor, &creation),
        "SCHEMA" => database::create_schema(cx, cursor, &creation),
        "TABLE" => table::create(cx, cursor, &creation).await,
        "VIEW" => view::create(cx, cursor, &creation).await,
        "STREAM" => stream::create(cx, cursor, &creation),
        "SEQUENCE" => sequence::create(cx, cursor, &creation),
        "WAREHOUSE" => warehouse::create(cx, cursor, &creation),
        "ROLE" => account::create_role(cx, cursor, &creation),
        "USER" => account::create_user(cx, cursor, &creation),
        "" => Err(cursor.unexpected()),
        other => Err(SqlError::unsupported(format_args!("CREATE {other}"))),
    }
}

async fn alter(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let keyword = cursor.peek_word().unwrap_or_default();
    cursor.next_token();
    match keyword.as_str() {
        "DATABASE" => database::alter_database(cx, cursor),
        "SCHEMA" => database::alter_schema(cx, cursor),
        "TABLE" => alter_table::alter(cx, cursor).await,
        "VIEW" => view::alter(cx, cursor),
        "STREAM" => stream::alter(cx, cursor),
        "SEQUENCE" => sequence::alter(cx, cursor),
        "WAREHOUSE" => warehouse::alter(cx, cursor),
        "ROLE" => account::alter_role(cx, cursor),
        "USER" => account::alter_user(cx, cursor),
        "" => Err(cursor.unexpected()),
        other => Err(SqlError::unsupported(format_args!("ALTER {other}"))),
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
            if cursor.accept_keyword("TRANSIENT") {
                creation.transient = true;
            } else if cursor.accept_keyword("TEMP")
                || cursor.accept_keyword("TEMPORARY")
                || cursor.accept_keyword("VOLATILE")
            {
                creation.temporary = true;
            } else if cursor.accept_keyword("SECURE") {
                creation.secure = true;
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
        ] {
            if given && forms.contains(&form) {
                return Err(SqlError::unsupported(format_args!("CREATE {form} {}", self.kind)));
            }
        }
        Ok(())
    }

    /// Creates or replaces; the status row.
    fn finish(&self, cx: &Context<'_>, new: NewObject, copy_grants: bool) -> Result<(Object, QueryResult)> {
        let title = new.kind.title();
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
