//! DROP and UNDROP.

use crate::catalog::def::ViewDef;
use crate::catalog::{Kind, Object, role};
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, quote};
use crate::statement::kind::{self, Written};
use crate::statement::{Context, QueryResult};

use super::foreign;

pub(super) fn drop(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let Some(Written { kind, materialized }) = kind::read(cursor) else { return Err(foreign(cursor, "DROP")) };
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let name = cursor.object_name()?;
    // References from foreign keys are not enforced, so nothing depends on which of the two is meant.
    let _ = cursor.accept_keyword("CASCADE") || cursor.accept_keyword("RESTRICT");
    cursor.expect_end()?;
    let verb = format!("DROP {kind}");
    let Some(object) = cx.find_object(kind, &name, &verb)? else {
        if if_exists {
            return Ok(QueryResult::already_dropped(name.object()));
        }
        return Err(match cx.object(kind, &name, &verb) {
            Err(error) => error,
            Ok(_) => SqlError::does_not_exist(kind.title(), &name),
        });
    };
    check_materialized(&object, materialized)?;
    cx.require_ownership(&object)?;
    if kind == Kind::Role {
        return drop_role(cx, &object);
    }
    cx.engine.catalog.drop(object.id)?;
    leave(cx, &object);
    Ok(QueryResult::status(format!("{} successfully dropped.", quote(&object.name))))
}

/// The role that drops a role owns what it owned.
fn drop_role(cx: &mut Context<'_>, object: &Object) -> Result<QueryResult> {
    let heir = cx.role().to_owned();
    cx.engine.catalog.transaction(|catalog| {
        catalog.inherit_ownership(&object.name, &heir)?;
        catalog.drop(object.id)
    })?;
    if cx.session.role == object.name {
        cx.session.role = role::PUBLIC.to_owned();
    }
    Ok(QueryResult::status(format!("{} successfully dropped.", quote(&object.name))))
}

/// A session does not stay in a database, schema or warehouse that it has dropped.
fn leave(cx: &mut Context<'_>, object: &Object) {
    let name = Some(object.name.as_str());
    match object.kind {
        Kind::Database if cx.session.database.as_deref() == name => {
            cx.session.database = None;
            cx.session.schema = None;
        }
        Kind::Schema if cx.session.schema.as_deref() == name => {
            let inside = object
                .parent
                .and_then(|id| cx.engine.catalog.by_id(id).ok().flatten())
                .is_some_and(|database| cx.session.database.as_deref() == Some(database.name.as_str()));
            if inside {
                cx.session.schema = None;
            }
        }
        Kind::Warehouse if cx.session.warehouse.as_deref() == name => cx.session.warehouse = None,
        _ => {}
    }
}

pub(super) fn undrop(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let Some(Written { kind, .. }) = kind::read(cursor) else { return Err(foreign(cursor, "UNDROP")) };
    if !matches!(kind, Kind::Database | Kind::Schema | Kind::Table | Kind::Tag) {
        return Err(SqlError::unsupported(format_args!("UNDROP {kind}")));
    }
    let name = cursor.object_name()?;
    cursor.expect_end()?;
    let parent = match kind {
        Kind::Database => None,
        Kind::Schema => Some(match name.schema() {
            Some(database) => cx.find_database(database)?.id,
            None => cx.current_database("UNDROP SCHEMA")?.id,
        }),
        _ => Some(cx.schema_of(&name, "UNDROP TABLE")?.id),
    };
    let dropped = cx.engine.catalog.list_dropped(kind, parent)?;
    if let Some((object, _)) = dropped.iter().find(|(object, _)| object.name == name.object()) {
        cx.require_ownership(object)?;
    }
    let object = cx.engine.catalog.undrop(kind, parent, name.object())?;
    Ok(QueryResult::status(format!("{} {} successfully restored.", kind.title(), quote(&object.name))))
}

/// A materialized view and a view are dropped under their own kind only.
pub(super) fn check_materialized(object: &Object, materialized: bool) -> Result<()> {
    if object.kind != Kind::View {
        return Ok(());
    }
    let def: ViewDef = object.definition()?;
    if def.materialized == materialized {
        return Ok(());
    }
    let name = |materialized: bool| if materialized { "MATERIALIZED_VIEW" } else { "VIEW" };
    Err(SqlError::compilation(
        2203,
        "42601",
        format_args!(
            "Object found is of type '{}', not specified type '{}'.",
            name(def.materialized),
            name(materialized)
        ),
    ))
}
