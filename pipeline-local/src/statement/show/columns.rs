//! SHOW COLUMNS.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/show-columns>

use crate::catalog::Kind;
use crate::catalog::def::{ColumnDef, TableDef, ViewColumn, ViewDef};
use crate::error::Result;
use crate::listing::Listing;
use crate::parse::Cursor;
use crate::statement::Context;
use crate::types::SqlType;

use super::relations::{Found, find};
use super::{Rows, text};

/// What SHOW COLUMNS says of a column.
struct Described {
    name: String,
    sql_type: SqlType,
    nullable: bool,
    default: Option<String>,
    comment: String,
    /// AUTOINCREMENT.
    numbered: Option<String>,
    /// The expression of a virtual column.
    expression: Option<String>,
}

impl From<ViewColumn> for Described {
    fn from(column: ViewColumn) -> Self {
        let ViewColumn { name, sql_type, comment } = column;
        Self { name, sql_type, nullable: true, default: None, comment, numbered: None, expression: None }
    }
}

impl From<ColumnDef> for Described {
    fn from(column: ColumnDef) -> Self {
        let numbered = column
            .autoincrement
            .map(|increment| format!("IDENTITY START {} INCREMENT {} NOORDER", increment.start, increment.step));
        let ColumnDef { name, sql_type, nullable, default, comment, expression, .. } = column;
        Self { name, sql_type, nullable, default, comment, numbered, expression }
    }
}

pub(super) fn columns(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let mut rows = Rows::new(&[
        "table_name",
        "schema_name",
        "column_name",
        "data_type",
        "null?",
        "default",
        "kind",
        "expression",
        "comment",
        "database_name",
        "autoincrement",
    ]);
    let like = if cursor.accept_keyword("LIKE") { Some(cursor.string()?) } else { None };
    let index = cursor.index();
    let one = cursor.accept_keyword("IN")
        && (cursor.accept_keyword("TABLE")
            || cursor.accept_keyword("VIEW")
            || !["ACCOUNT", "DATABASE", "SCHEMA"].iter().any(|word| cursor.peek_keyword(word)));
    let found = if one {
        let name = cursor.object_name()?;
        cursor.expect_end()?;
        let object = cx.relation(&name, "SHOW COLUMNS")?;
        let (database, schema) = cx.engine.catalog.containers(&object)?;
        vec![Found { database: database.name, schema: schema.name, object, dropped_on: None }]
    } else {
        cursor.rewind(index);
        find(cx, &Listing::parse(cursor)?, &[Kind::Table, Kind::View])?
    };
    for Found { database, schema, object, .. } in found {
        let described: Vec<Described> = match object.kind {
            Kind::View => {
                let def: ViewDef = object.definition()?;
                def.columns.into_iter().map(Described::from).collect()
            }
            Kind::Table => {
                let def: TableDef = object.definition()?;
                def.columns.into_iter().map(Described::from).collect()
            }
            _ => Vec::new(),
        };
        for Described { name, sql_type, nullable, default, comment, numbered, expression } in described {
            if like.as_ref().is_some_and(|pattern| !crate::listing::matches_pattern(&name, pattern)) {
                continue;
            }
            rows.push(&[
                ("table_name", text(object.name.clone())),
                ("schema_name", text(schema.clone())),
                ("column_name", text(name)),
                ("data_type", text(type_json(sql_type, nullable))),
                ("null?", text(if nullable { "true" } else { "NOT_NULL" })),
                ("default", text(default.unwrap_or_default())),
                ("kind", text(if expression.is_some() { "VIRTUAL_COLUMN" } else { "COLUMN" })),
                ("expression", text(expression.unwrap_or_default())),
                ("comment", text(comment)),
                ("database_name", text(database.clone())),
                ("autoincrement", text(numbered.unwrap_or_default())),
            ]);
        }
    }
    Ok(rows)
}

/// `data_type` of SHOW COLUMNS is JSON.
fn type_json(sql_type: SqlType, nullable: bool) -> String {
    let json = match sql_type {
        SqlType::Number { precision, scale } => {
            serde_json::json!({"type": "FIXED", "precision": precision, "scale": scale, "nullable": nullable})
        }
        SqlType::Varchar(length) => serde_json::json!({
            "type": "TEXT", "length": length, "byteLength": u64::from(length) * 4, "nullable": nullable, "fixed": false
        }),
        SqlType::Binary(length) => {
            serde_json::json!({"type": "BINARY", "length": length, "byteLength": length, "nullable": nullable, "fixed": true})
        }
        SqlType::Float => serde_json::json!({"type": "REAL", "nullable": nullable}),
        SqlType::Time(scale)
        | SqlType::TimestampNtz(scale)
        | SqlType::TimestampLtz(scale)
        | SqlType::TimestampTz(scale) => {
            serde_json::json!({"type": sql_type.family(), "precision": 0, "scale": scale, "nullable": nullable})
        }
        other => serde_json::json!({"type": other.family(), "nullable": nullable}),
    };
    json.to_string()
}
