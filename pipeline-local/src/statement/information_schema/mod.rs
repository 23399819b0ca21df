//! The views of INFORMATION_SCHEMA.
//!
//! <https://docs.snowflake.com/en/sql-reference/info-schema>

mod columns;
mod constraints;
mod containers;
mod files;
mod relations;
mod roles;
mod routines;

use crate::catalog::{Kind, Object};
use crate::error::Result;
use crate::types::SqlType;

use super::show::instant;
use super::{Context, QueryResult, ResultColumn, StatementType, Value};

/// The rows of a view of `database`'s INFORMATION_SCHEMA; none when there is no such view. There is none for streams and
/// none for tasks, as in Snowflake: SHOW lists them.
pub(crate) fn view(cx: &Context<'_>, database: &Object, name: &str) -> Result<Option<QueryResult>> {
    Ok(Some(match name {
        "DATABASES" => containers::databases(cx)?,
        "SCHEMATA" => containers::schemata(cx, database)?,
        "TABLES" => relations::tables(cx, database)?,
        "COLUMNS" => columns::columns(cx, database)?,
        "VIEWS" => relations::views(cx, database)?,
        "PROCEDURES" => routines::procedures(cx, database)?,
        "FUNCTIONS" => routines::functions(cx, database)?,
        "SEQUENCES" => relations::sequences(cx, database)?,
        "TABLE_CONSTRAINTS" => constraints::table_constraints(cx, database)?,
        "REFERENTIAL_CONSTRAINTS" => constraints::referential_constraints(cx, database)?,
        "KEY_COLUMN_USAGE" => constraints::key_column_usage(cx, database)?,
        "APPLICABLE_ROLES" => roles::applicable(cx)?,
        "ENABLED_ROLES" => roles::enabled(cx)?,
        "OBJECT_PRIVILEGES" => roles::privileges(cx, database, OBJECTS)?,
        "TABLE_PRIVILEGES" => roles::table_privileges(cx, database)?,
        "USAGE_PRIVILEGES" => {
            roles::privileges(cx, database, &[Kind::Sequence, Kind::Function, Kind::Procedure, Kind::FileFormat])?
        }
        "STAGES" => files::stages(cx, database)?,
        "FILE_FORMATS" => files::file_formats(cx, database)?,
        "PIPES" => files::pipes(cx, database)?,
        "LOAD_HISTORY" => files::load_history()?,
        "INFORMATION_SCHEMA_CATALOG_NAME" => {
            let mut rows = Rows::new(&[("CATALOG_NAME", TEXT)]);
            rows.push(vec![text(database.name.clone())]);
            rows.finish()?
        }
        _ => return Ok(None),
    }))
}

/// The kinds of objects that OBJECT_PRIVILEGES covers.
const OBJECTS: &[Kind] = &[
    Kind::Table,
    Kind::View,
    Kind::Stream,
    Kind::Sequence,
    Kind::Function,
    Kind::Procedure,
    Kind::Task,
    Kind::Stage,
    Kind::FileFormat,
    Kind::Pipe,
    Kind::Tag,
];

struct Rows {
    columns: Vec<ResultColumn>,
    rows: Vec<Vec<Value>>,
}

impl Rows {
    fn new(columns: &[(&str, SqlType)]) -> Self {
        let columns = columns.iter().map(|(name, sql_type)| ResultColumn::new(*name, *sql_type)).collect();
        Self { columns, rows: Vec::new() }
    }

    fn push(&mut self, row: Vec<Value>) {
        self.rows.push(row);
    }

    /// Adds a row by the names of its cells; the columns not named are NULL.
    fn add(&mut self, cells: &[(&str, Value)]) {
        let cell = |column: &ResultColumn| {
            let found = cells.iter().find(|(name, _)| *name == column.name);
            found.map_or_else(|| Value::null(column.sql_type), |(_, value)| value.clone())
        };
        self.rows.push(self.columns.iter().map(cell).collect());
    }

    fn finish(self) -> Result<QueryResult> {
        QueryResult::rows(StatementType::Select, self.columns, &self.rows)
    }
}

const TEXT: SqlType = SqlType::TEXT;
const NUMBER: SqlType = SqlType::INTEGER;
const INSTANT: SqlType = SqlType::TimestampLtz(3);

fn text(value: impl Into<String>) -> Value {
    Value::text(value)
}

fn optional(value: &str) -> Value {
    if value.is_empty() { Value::null(TEXT) } else { Value::text(value) }
}

fn yes_no(value: bool) -> Value {
    Value::text(if value { "YES" } else { "NO" })
}

fn schemas(cx: &Context<'_>, database: &Object) -> Result<Vec<Object>> {
    let mut found = Vec::new();
    for schema in cx.engine.catalog.list(Kind::Schema, Some(database.id))? {
        if cx.sees(&schema)? {
            found.push(schema);
        }
    }
    Ok(found)
}

/// The visible objects of a kind in a database, each with its schema's name.
fn inside(cx: &Context<'_>, database: &Object, kind: Kind) -> Result<Vec<(String, Object)>> {
    let mut found = Vec::new();
    for schema in schemas(cx, database)? {
        for object in cx.engine.catalog.list(kind, Some(schema.id))? {
            let own = object.session.is_none_or(|session| session == cx.session.id);
            if own && cx.sees(&object)? {
                found.push((schema.name.clone(), object));
            }
        }
    }
    Ok(found)
}
