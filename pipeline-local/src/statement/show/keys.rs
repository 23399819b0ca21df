//! SHOW PRIMARY KEYS, UNIQUE KEYS, IMPORTED KEYS and EXPORTED KEYS.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/show-primary-keys>

use crate::catalog::def::{ConstraintDef, ConstraintRule, KeyProperties, TableDef};
use crate::catalog::{Kind, Object};
use crate::error::Result;
use crate::listing::Listing;
use crate::parse::Cursor;
use crate::statement::Context;

use super::relations::{Found, find};
use super::{Rows, instant, number, text};

/// The tables that a SHOW is about: one, or all of a scope.
fn tables(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Vec<Found>> {
    let start = cursor.index();
    let one = cursor.accept_keyword("IN")
        && (cursor.accept_keyword("TABLE")
            || !["ACCOUNT", "DATABASE", "SCHEMA"].iter().any(|word| cursor.peek_keyword(word)));
    if !one {
        cursor.rewind(start);
        return find(cx, &Listing::parse(cursor)?, &[Kind::Table]);
    }
    let name = cursor.object_name()?;
    cursor.expect_end()?;
    let object = cx.object(Kind::Table, &name, "SHOW")?;
    let (database, schema) = cx.engine.catalog.containers(&object)?;
    Ok(vec![Found { database: database.name, schema: schema.name, object, dropped_on: None }])
}

/// The names of columns by their identities.
pub(in crate::statement) fn names(def: &TableDef, ids: &[u32]) -> Vec<String> {
    let name = |id: &u32| def.columns.iter().find(|column| column.id == *id).map(|column| column.name.clone());
    ids.iter().filter_map(name).collect()
}

pub(super) fn own(cx: &Context<'_>, cursor: &mut Cursor<'_>, rule: &ConstraintRule) -> Result<Rows> {
    let mut rows = Rows::new(&[
        "created_on",
        "database_name",
        "schema_name",
        "table_name",
        "column_name",
        "key_sequence",
        "constraint_name",
        "rely",
        "comment",
    ]);
    for Found { database, schema, object, .. } in tables(cx, cursor)? {
        let def: TableDef = object.definition()?;
        for constraint in def.constraints.iter().filter(|constraint| constraint.rule == *rule) {
            for (index, column) in names(&def, &constraint.columns).into_iter().enumerate() {
                rows.push(&[
                    ("created_on", instant(object.created_at)),
                    ("database_name", text(database.clone())),
                    ("schema_name", text(schema.clone())),
                    ("table_name", text(object.name.clone())),
                    ("column_name", text(column)),
                    ("key_sequence", number(index + 1)),
                    ("constraint_name", text(constraint.name.clone())),
                    ("rely", text(constraint.key.rely.to_string())),
                ]);
            }
        }
    }
    Ok(rows)
}

/// A foreign key with the table that has it and the table that it refers to.
pub(in crate::statement) struct Reference {
    pub(in crate::statement) from: Object,
    pub(in crate::statement) columns: Vec<String>,
    pub(in crate::statement) to: Object,
    pub(in crate::statement) referenced: Vec<String>,
    pub(in crate::statement) name: String,
    /// The name of the key that it refers to.
    pub(in crate::statement) key: Option<String>,
    pub(in crate::statement) properties: KeyProperties,
}

/// The foreign keys of a table.
pub(in crate::statement) fn references(cx: &Context<'_>, table: &Object) -> Result<Vec<Reference>> {
    let def: TableDef = table.definition()?;
    let mut found = Vec::new();
    for ConstraintDef { name, columns, rule, key: properties } in &def.constraints {
        let ConstraintRule::ForeignKey { table: to, columns: referenced } = rule else { continue };
        let Some(to) = cx.engine.catalog.by_id(*to)? else { continue };
        let target: TableDef = to.definition()?;
        let is_key = |key: &&ConstraintDef| match referenced.is_empty() {
            true => key.rule == ConstraintRule::PrimaryKey,
            false => {
                matches!(key.rule, ConstraintRule::PrimaryKey | ConstraintRule::Unique) && key.columns == *referenced
            }
        };
        let key = target.constraints.iter().find(is_key);
        let ids = if referenced.is_empty() { key.map(|key| key.columns.clone()) } else { Some(referenced.clone()) };
        found.push(Reference {
            from: table.clone(),
            columns: names(&def, columns),
            referenced: names(&target, &ids.unwrap_or_default()),
            name: name.clone(),
            key: key.map(|key| key.name.clone()),
            properties: properties.clone(),
            to,
        });
    }
    Ok(found)
}

/// SHOW IMPORTED KEYS: the foreign keys that tables have; SHOW EXPORTED KEYS: those that refer to them.
pub(super) fn foreign(cx: &Context<'_>, cursor: &mut Cursor<'_>, exported: bool) -> Result<Rows> {
    let mut rows = Rows::new(&[
        "created_on",
        "pk_database_name",
        "pk_schema_name",
        "pk_table_name",
        "pk_column_name",
        "fk_database_name",
        "fk_schema_name",
        "fk_table_name",
        "fk_column_name",
        "key_sequence",
        "update_rule",
        "delete_rule",
        "fk_name",
        "pk_name",
        "deferrability",
        "rely",
        "comment",
    ]);
    let listed = tables(cx, cursor)?;
    let mut found = Vec::new();
    if exported {
        for table in cx.engine.catalog.list_all(Kind::Table)? {
            let refers = references(cx, &table)?.into_iter();
            found.extend(refers.filter(|one| listed.iter().any(|listed| listed.object.id == one.to.id)));
        }
    } else {
        for table in &listed {
            found.extend(references(cx, &table.object)?);
        }
    }
    for one in found {
        let (from_database, from_schema) = cx.engine.catalog.containers(&one.from)?;
        let (to_database, to_schema) = cx.engine.catalog.containers(&one.to)?;
        for (index, (own, other)) in one.columns.iter().zip(&one.referenced).enumerate() {
            rows.push(&[
                ("created_on", instant(one.from.created_at)),
                ("pk_database_name", text(to_database.name.clone())),
                ("pk_schema_name", text(to_schema.name.clone())),
                ("pk_table_name", text(one.to.name.clone())),
                ("pk_column_name", text(other.clone())),
                ("fk_database_name", text(from_database.name.clone())),
                ("fk_schema_name", text(from_schema.name.clone())),
                ("fk_table_name", text(one.from.name.clone())),
                ("fk_column_name", text(own.clone())),
                ("key_sequence", number(index + 1)),
                ("update_rule", text(one.properties.update_rule())),
                ("delete_rule", text(one.properties.delete_rule())),
                ("fk_name", text(one.name.clone())),
                ("pk_name", text(one.key.clone().unwrap_or_default())),
                ("deferrability", text("NOT DEFERRABLE")),
                ("rely", text(one.properties.rely.to_string())),
            ]);
        }
    }
    Ok(rows)
}
