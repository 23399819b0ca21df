//! The views of INFORMATION_SCHEMA.
//!
//! <https://docs.snowflake.com/en/sql-reference/info-schema>

mod constraints;
mod files;
mod roles;

use crate::catalog::def::{Increment, TableDef, TableKind, ViewDef};
use crate::catalog::{Kind, Object};
use crate::error::Result;
use crate::types::SqlType;

use super::show::instant;
use super::{Context, QueryResult, ResultColumn, StatementType, Value};

/// The rows of a view of `database`'s INFORMATION_SCHEMA; none when there is no such view. There is none for streams and
/// none for tasks, as in Snowflake: SHOW lists them.
pub(crate) fn view(cx: &Context<'_>, database: &Object, name: &str) -> Result<Option<QueryResult>> {
    Ok(Some(match name {
        "DATABASES" => databases(cx)?,
        "SCHEMATA" => schemata(cx, database)?,
        "TABLES" => tables(cx, database)?,
        "COLUMNS" => columns(cx, database)?,
        "VIEWS" => views(cx, database)?,
        "PROCEDURES" => procedures(cx, database)?,
        "FUNCTIONS" => functions(cx, database)?,
        "SEQUENCES" => sequences(cx, database)?,
        "TABLE_CONSTRAINTS" => constraints::table_constraints(cx, database)?,
        "REFERENTIAL_CONSTRAINTS" => constraints::referential_constraints(cx, database)?,
        "KEY_COLUMN_USAGE" => constraints::key_column_usage(cx, database)?,
        "APPLICABLE_ROLES" => roles::applicable(cx)?,
        "ENABLED_ROLES" => roles::enabled(cx)?,
        "OBJECT_PRIVILEGES" => roles::privileges(cx, database, OBJECTS)?,
        "TABLE_PRIVILEGES" => roles::privileges(cx, database, &[Kind::Table, Kind::View])?,
        "USAGE_PRIVILEGES" => {
            roles::privileges(cx, database, &[Kind::Sequence, Kind::Function, Kind::Procedure, Kind::FileFormat])?
        }
        "STAGES" => files::stages(cx, database)?,
        "FILE_FORMATS" => files::file_formats(cx, database)?,
        "PIPES" => files::pipes(cx, database)?,
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

fn databases(cx: &Context<'_>) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("DATABASE_NAME", TEXT),
        ("DATABASE_OWNER", TEXT),
        ("IS_TRANSIENT", TEXT),
        ("COMMENT", TEXT),
        ("CREATED", INSTANT),
    ]);
    for database in cx.engine.catalog.list(Kind::Database, None)? {
        if cx.sees(&database)? {
            let def: crate::catalog::def::DatabaseDef = database.definition()?;
            rows.push(vec![
                text(database.name),
                text(database.owner),
                yes_no(def.transient),
                optional(&database.comment),
                instant(database.created_at),
            ]);
        }
    }
    rows.finish()
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

fn schemata(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("CATALOG_NAME", TEXT),
        ("SCHEMA_NAME", TEXT),
        ("SCHEMA_OWNER", TEXT),
        ("IS_TRANSIENT", TEXT),
        ("IS_MANAGED_ACCESS", TEXT),
        ("COMMENT", TEXT),
        ("CREATED", INSTANT),
    ]);
    for schema in schemas(cx, database)? {
        let def: crate::catalog::def::SchemaDef = schema.definition()?;
        rows.push(vec![
            text(database.name.clone()),
            text(schema.name),
            optional(&schema.owner),
            yes_no(def.transient),
            yes_no(def.managed_access),
            optional(&schema.comment),
            instant(schema.created_at),
        ]);
    }
    rows.finish()
}

fn tables(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("TABLE_CATALOG", TEXT),
        ("TABLE_SCHEMA", TEXT),
        ("TABLE_NAME", TEXT),
        ("TABLE_OWNER", TEXT),
        ("TABLE_TYPE", TEXT),
        ("IS_TRANSIENT", TEXT),
        ("CLUSTERING_KEY", TEXT),
        ("ROW_COUNT", NUMBER),
        ("BYTES", NUMBER),
        ("RETENTION_TIME", NUMBER),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
        ("COMMENT", TEXT),
    ]);
    let seq = cx.engine.storage.current_seq();
    for (schema, table) in inside(cx, database, Kind::Table)? {
        let def: TableDef = table.definition()?;
        let count = cx.engine.storage.row_count(table.id, seq, None)?;
        let bytes = cx.engine.storage.bytes(table.id, seq)?;
        rows.push(vec![
            text(database.name.clone()),
            text(schema),
            text(table.name.clone()),
            text(table.owner.clone()),
            text(if def.kind == TableKind::Temporary { "LOCAL TEMPORARY" } else { "BASE TABLE" }),
            yes_no(def.kind == TableKind::Transient),
            optional(def.cluster_by.as_deref().unwrap_or_default()),
            Value::integer(count as i64),
            Value::integer(bytes as i64),
            Value::integer(i64::from(def.retention_days.unwrap_or(1))),
            instant(table.created_at),
            instant(table.created_at),
            optional(&table.comment),
        ]);
    }
    for (schema, view) in inside(cx, database, Kind::View)? {
        rows.push(vec![
            text(database.name.clone()),
            text(schema),
            text(view.name.clone()),
            text(view.owner.clone()),
            text(if view.definition::<ViewDef>()?.materialized { "MATERIALIZED VIEW" } else { "VIEW" }),
            Value::null(TEXT),
            Value::null(TEXT),
            Value::null(NUMBER),
            Value::null(NUMBER),
            Value::null(NUMBER),
            instant(view.created_at),
            instant(view.created_at),
            optional(&view.comment),
        ]);
    }
    rows.finish()
}

fn columns(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("TABLE_CATALOG", TEXT),
        ("TABLE_SCHEMA", TEXT),
        ("TABLE_NAME", TEXT),
        ("COLUMN_NAME", TEXT),
        ("ORDINAL_POSITION", NUMBER),
        ("COLUMN_DEFAULT", TEXT),
        ("IS_NULLABLE", TEXT),
        ("DATA_TYPE", TEXT),
        ("CHARACTER_MAXIMUM_LENGTH", NUMBER),
        ("CHARACTER_OCTET_LENGTH", NUMBER),
        ("NUMERIC_PRECISION", NUMBER),
        ("NUMERIC_PRECISION_RADIX", NUMBER),
        ("NUMERIC_SCALE", NUMBER),
        ("DATETIME_PRECISION", NUMBER),
        ("IS_IDENTITY", TEXT),
        ("IDENTITY_GENERATION", TEXT),
        ("IDENTITY_START", TEXT),
        ("IDENTITY_INCREMENT", TEXT),
        ("IDENTITY_CYCLE", TEXT),
        ("IDENTITY_ORDERED", TEXT),
        ("DATA_TYPE_ALIAS", TEXT),
        ("COMMENT", TEXT),
    ]);
    let mut add = |schema: &str, relation: &str, position: usize, column: crate::catalog::def::ColumnDef| {
        let number = |value: Option<i64>| value.map_or_else(|| Value::null(NUMBER), Value::integer);
        let (length, octets) = match column.sql_type {
            SqlType::Varchar(length) => (Some(i64::from(length)), Some((i64::from(length) * 4).min(134_217_728))),
            SqlType::Binary(length) => (Some(i64::from(length)), Some(i64::from(length))),
            _ => (None, None),
        };
        let (precision, scale) = match column.sql_type {
            SqlType::Number { precision, scale } => (Some(i64::from(precision)), Some(i64::from(scale))),
            _ => (None, None),
        };
        let fraction = match column.sql_type {
            SqlType::Time(scale)
            | SqlType::TimestampNtz(scale)
            | SqlType::TimestampLtz(scale)
            | SqlType::TimestampTz(scale) => Some(i64::from(scale)),
            _ => None,
        };
        let identity =
            |tell: &dyn Fn(Increment) -> String| optional(&column.autoincrement.map(tell).unwrap_or_default());
        let data_type = if matches!(column.sql_type, SqlType::Varchar(_)) { "TEXT" } else { column.sql_type.family() };
        rows.push(vec![
            text(database.name.clone()),
            text(schema),
            text(relation),
            text(column.name),
            Value::integer(position as i64 + 1),
            optional(column.default.as_deref().unwrap_or_default()),
            yes_no(column.nullable),
            text(data_type),
            number(length),
            number(octets),
            number(precision),
            number(precision.map(|_| 10)),
            number(scale),
            number(fraction),
            yes_no(column.autoincrement.is_some()),
            identity(&|_| "BY DEFAULT".to_owned()),
            identity(&|increment| increment.start.to_string()),
            identity(&|increment| increment.step.to_string()),
            identity(&|_| "NO".to_owned()),
            identity(&|_| "NO".to_owned()),
            // The name that a type was declared by is not kept.
            Value::null(TEXT),
            optional(&column.comment),
        ]);
    };
    for (schema, table) in inside(cx, database, Kind::Table)? {
        let def: TableDef = table.definition()?;
        for (position, column) in def.columns.into_iter().enumerate() {
            add(&schema, &table.name, position, column);
        }
    }
    for (schema, view) in inside(cx, database, Kind::View)? {
        let def: ViewDef = view.definition()?;
        for (position, column) in def.columns.into_iter().enumerate() {
            let mut described = crate::catalog::def::ColumnDef::new(&column.name, column.sql_type);
            described.comment = column.comment;
            add(&schema, &view.name, position, described);
        }
    }
    rows.finish()
}

fn views(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("TABLE_CATALOG", TEXT),
        ("TABLE_SCHEMA", TEXT),
        ("TABLE_NAME", TEXT),
        ("TABLE_OWNER", TEXT),
        ("VIEW_DEFINITION", TEXT),
        ("IS_SECURE", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
        ("COMMENT", TEXT),
    ]);
    for (schema, view) in inside(cx, database, Kind::View)? {
        let def: ViewDef = view.definition()?;
        rows.push(vec![
            text(database.name.clone()),
            text(schema),
            text(view.name.clone()),
            text(view.owner.clone()),
            text(def.text),
            yes_no(def.secure),
            instant(view.created_at),
            instant(view.created_at),
            optional(&view.comment),
        ]);
    }
    rows.finish()
}

fn procedures(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("PROCEDURE_CATALOG", TEXT),
        ("PROCEDURE_SCHEMA", TEXT),
        ("PROCEDURE_NAME", TEXT),
        ("PROCEDURE_OWNER", TEXT),
        ("ARGUMENT_SIGNATURE", TEXT),
        ("DATA_TYPE", TEXT),
        ("PROCEDURE_LANGUAGE", TEXT),
        ("PROCEDURE_DEFINITION", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
        ("COMMENT", TEXT),
    ]);
    for (schema, procedure) in inside(cx, database, Kind::Procedure)? {
        let def: crate::catalog::def::ProcedureDef = procedure.definition()?;
        let arguments: Vec<String> =
            def.arguments.iter().map(|argument| format!("{} {}", argument.name, argument.sql_type.family())).collect();
        let returns = match &def.returns {
            crate::catalog::def::Returns::Scalar(sql_type) => sql_type.to_string(),
            crate::catalog::def::Returns::Table(_) => "TABLE".to_owned(),
        };
        let body = if cx.owns(&procedure)? { text(def.body) } else { Value::null(TEXT) };
        rows.push(vec![
            text(database.name.clone()),
            text(schema),
            text(procedure.name.clone()),
            text(procedure.owner.clone()),
            text(format!("({})", arguments.join(", "))),
            text(returns),
            text(def.language),
            body,
            instant(procedure.created_at),
            instant(procedure.created_at),
            optional(&procedure.comment),
        ]);
    }
    rows.finish()
}

fn functions(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("FUNCTION_CATALOG", TEXT),
        ("FUNCTION_SCHEMA", TEXT),
        ("FUNCTION_NAME", TEXT),
        ("FUNCTION_OWNER", TEXT),
        ("ARGUMENT_SIGNATURE", TEXT),
        ("DATA_TYPE", TEXT),
        ("FUNCTION_LANGUAGE", TEXT),
        ("FUNCTION_DEFINITION", TEXT),
        ("VOLATILITY", TEXT),
        ("IS_NULL_CALL", TEXT),
        ("IS_SECURE", TEXT),
        ("IS_EXTERNAL", TEXT),
        ("IS_MEMOIZABLE", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
        ("COMMENT", TEXT),
    ]);
    for (schema, function) in inside(cx, database, Kind::Function)? {
        let def: crate::catalog::def::FunctionDef = function.definition()?;
        let arguments: Vec<String> =
            def.arguments.iter().map(|argument| format!("{} {}", argument.name, argument.sql_type.family())).collect();
        let returns = match &def.returns {
            crate::catalog::def::Returns::Scalar(sql_type) => sql_type.to_string(),
            crate::catalog::def::Returns::Table(_) => "TABLE".to_owned(),
        };
        let body = if cx.owns(&function)? { text(def.body) } else { Value::null(TEXT) };
        rows.push(vec![
            text(database.name.clone()),
            text(schema),
            text(function.name.clone()),
            text(function.owner.clone()),
            text(format!("({})", arguments.join(", "))),
            text(returns),
            text("SQL"),
            body,
            text(if def.immutable { "IMMUTABLE" } else { "VOLATILE" }),
            yes_no(!def.strict),
            yes_no(def.secure),
            yes_no(false),
            yes_no(def.memoizable),
            instant(function.created_at),
            instant(function.created_at),
            optional(&function.comment),
        ]);
    }
    rows.finish()
}

fn sequences(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("SEQUENCE_CATALOG", TEXT),
        ("SEQUENCE_SCHEMA", TEXT),
        ("SEQUENCE_NAME", TEXT),
        ("SEQUENCE_OWNER", TEXT),
        ("START_VALUE", TEXT),
        ("INCREMENT", TEXT),
        ("NEXT_VALUE", NUMBER),
        ("CREATED", INSTANT),
        ("COMMENT", TEXT),
    ]);
    for (schema, sequence) in inside(cx, database, Kind::Sequence)? {
        let def: crate::catalog::def::SequenceDef = sequence.definition()?;
        rows.push(vec![
            text(database.name.clone()),
            text(schema),
            text(sequence.name.clone()),
            text(sequence.owner.clone()),
            text(def.increment.start.to_string()),
            text(def.increment.step.to_string()),
            Value::integer(cx.engine.catalog.next_number(sequence.id, 0, def.increment)?),
            instant(sequence.created_at),
            optional(&sequence.comment),
        ]);
    }
    rows.finish()
}
