//! DATABASES and SCHEMATA.

use crate::catalog::def::{DatabaseDef, SchemaDef};
use crate::catalog::{Kind, Object};
use crate::error::Result;
use crate::statement::{Context, QueryResult, Value};

use super::{INSTANT, NUMBER, Rows, TEXT, instant, optional, schemas, text, yes_no};

pub(super) fn databases(cx: &Context<'_>) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("DATABASE_NAME", TEXT),
        ("DATABASE_OWNER", TEXT),
        ("IS_TRANSIENT", TEXT),
        ("COMMENT", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
        ("RETENTION_TIME", NUMBER),
        ("TYPE", TEXT),
        ("REPLICABLE_WITH_FAILOVER_GROUPS", TEXT),
        ("OWNER_ROLE_TYPE", TEXT),
    ]);
    for database in cx.engine.catalog.list(Kind::Database, None)? {
        if cx.sees(&database)? {
            let def: DatabaseDef = database.definition()?;
            rows.add(&[
                ("DATABASE_NAME", text(database.name)),
                ("DATABASE_OWNER", text(database.owner)),
                ("IS_TRANSIENT", yes_no(def.transient)),
                ("COMMENT", optional(&database.comment)),
                ("CREATED", instant(database.created_at)),
                ("LAST_ALTERED", instant(database.created_at)),
                ("RETENTION_TIME", Value::integer(i64::from(def.retention_days.unwrap_or(1)))),
                ("TYPE", text("STANDARD")),
                ("REPLICABLE_WITH_FAILOVER_GROUPS", text("UNSET")),
                ("OWNER_ROLE_TYPE", text("ROLE")),
            ]);
        }
    }
    rows.finish()
}

pub(super) fn schemata(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("CATALOG_NAME", TEXT),
        ("SCHEMA_NAME", TEXT),
        ("SCHEMA_OWNER", TEXT),
        ("IS_TRANSIENT", TEXT),
        ("IS_MANAGED_ACCESS", TEXT),
        ("RETENTION_TIME", NUMBER),
        ("DEFAULT_CHARACTER_SET_CATALOG", TEXT),
        ("DEFAULT_CHARACTER_SET_SCHEMA", TEXT),
        ("DEFAULT_CHARACTER_SET_NAME", TEXT),
        ("SQL_PATH", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
        ("COMMENT", TEXT),
        ("REPLICABLE_WITH_FAILOVER_GROUPS", TEXT),
        ("OWNER_ROLE_TYPE", TEXT),
    ]);
    for schema in schemas(cx, database)? {
        let def: SchemaDef = schema.definition()?;
        rows.add(&[
            ("CATALOG_NAME", text(database.name.clone())),
            ("SCHEMA_NAME", text(schema.name)),
            ("SCHEMA_OWNER", optional(&schema.owner)),
            ("IS_TRANSIENT", yes_no(def.transient)),
            ("IS_MANAGED_ACCESS", yes_no(def.managed_access)),
            ("RETENTION_TIME", Value::integer(i64::from(def.retention_days.unwrap_or(1)))),
            ("CREATED", instant(schema.created_at)),
            ("LAST_ALTERED", instant(schema.created_at)),
            ("COMMENT", optional(&schema.comment)),
            ("REPLICABLE_WITH_FAILOVER_GROUPS", text("UNSET")),
            ("OWNER_ROLE_TYPE", text(if schema.owner.is_empty() { "" } else { "ROLE" })),
        ]);
    }
    rows.finish()
}
