//! TABLE_CONSTRAINTS, REFERENTIAL_CONSTRAINTS and KEY_COLUMN_USAGE.

use crate::catalog::def::{ConstraintRule, TableDef};
use crate::catalog::{Kind, Object};
use crate::error::Result;
use crate::statement::show::{column_names, references};
use crate::statement::{Context, QueryResult};

use super::{INSTANT, NUMBER, Rows, TEXT, inside, instant, optional, text, yes_no};

pub(super) fn table_constraints(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("CONSTRAINT_CATALOG", TEXT),
        ("CONSTRAINT_SCHEMA", TEXT),
        ("CONSTRAINT_NAME", TEXT),
        ("TABLE_CATALOG", TEXT),
        ("TABLE_SCHEMA", TEXT),
        ("TABLE_NAME", TEXT),
        ("CONSTRAINT_TYPE", TEXT),
        ("IS_DEFERRABLE", TEXT),
        ("INITIALLY_DEFERRED", TEXT),
        ("ENFORCED", TEXT),
        ("COMMENT", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
        ("RELY", TEXT),
    ]);
    for (schema, table) in inside(cx, database, Kind::Table)? {
        let def: TableDef = table.definition()?;
        for constraint in &def.constraints {
            let (kind, enforced) = match constraint.rule {
                ConstraintRule::PrimaryKey => ("PRIMARY KEY", false),
                ConstraintRule::Unique => ("UNIQUE", false),
                ConstraintRule::ForeignKey { .. } => ("FOREIGN KEY", false),
                ConstraintRule::Check(_) => ("CHECK", true),
            };
            rows.push(vec![
                text(database.name.clone()),
                text(schema.clone()),
                text(constraint.name.clone()),
                text(database.name.clone()),
                text(schema.clone()),
                text(table.name.clone()),
                text(kind),
                yes_no(false),
                yes_no(!enforced),
                yes_no(enforced),
                optional(""),
                instant(table.created_at),
                instant(table.created_at),
                yes_no(constraint.key.rely),
            ]);
        }
    }
    rows.finish()
}

pub(super) fn referential_constraints(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("CONSTRAINT_CATALOG", TEXT),
        ("CONSTRAINT_SCHEMA", TEXT),
        ("CONSTRAINT_NAME", TEXT),
        ("UNIQUE_CONSTRAINT_CATALOG", TEXT),
        ("UNIQUE_CONSTRAINT_SCHEMA", TEXT),
        ("UNIQUE_CONSTRAINT_NAME", TEXT),
        ("MATCH_OPTION", TEXT),
        ("UPDATE_RULE", TEXT),
        ("DELETE_RULE", TEXT),
        ("COMMENT", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
    ]);
    for (schema, table) in inside(cx, database, Kind::Table)? {
        for reference in references(cx, &table)? {
            let (to_database, to_schema) = cx.engine.catalog.containers(&reference.to)?;
            rows.push(vec![
                text(database.name.clone()),
                text(schema.clone()),
                text(reference.name),
                text(to_database.name),
                text(to_schema.name),
                optional(&reference.key.unwrap_or_default()),
                text("FULL"),
                text(reference.properties.update_rule()),
                text(reference.properties.delete_rule()),
                optional(""),
                instant(table.created_at),
                instant(table.created_at),
            ]);
        }
    }
    rows.finish()
}

pub(super) fn key_column_usage(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("CONSTRAINT_CATALOG", TEXT),
        ("CONSTRAINT_SCHEMA", TEXT),
        ("CONSTRAINT_NAME", TEXT),
        ("TABLE_CATALOG", TEXT),
        ("TABLE_SCHEMA", TEXT),
        ("TABLE_NAME", TEXT),
        ("COLUMN_NAME", TEXT),
        ("ORDINAL_POSITION", NUMBER),
        ("POSITION_IN_UNIQUE_CONSTRAINT", NUMBER),
    ]);
    for (schema, table) in inside(cx, database, Kind::Table)? {
        let def: TableDef = table.definition()?;
        for constraint in &def.constraints {
            let foreign = matches!(constraint.rule, ConstraintRule::ForeignKey { .. });
            if matches!(constraint.rule, ConstraintRule::Check(_)) {
                continue;
            }
            for (index, column) in column_names(&def, &constraint.columns).into_iter().enumerate() {
                let position = super::Value::integer(index as i64 + 1);
                rows.push(vec![
                    text(database.name.clone()),
                    text(schema.clone()),
                    text(constraint.name.clone()),
                    text(database.name.clone()),
                    text(schema.clone()),
                    text(table.name.clone()),
                    text(column),
                    position.clone(),
                    if foreign { position } else { super::Value::null(NUMBER) },
                ]);
            }
        }
    }
    rows.finish()
}
