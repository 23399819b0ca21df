//! COLUMNS.

use crate::catalog::def::{ColumnDef, Increment, TableDef, ViewDef};
use crate::catalog::{Kind, Object};
use crate::error::Result;
use crate::statement::{Context, QueryResult, Value};
use crate::types::SqlType;

use super::{NUMBER, Rows, TEXT, inside, optional, text, yes_no};

/// How long or precise a type is.
#[derive(Default)]
pub(super) struct Measures {
    length: Option<i64>,
    octets: Option<i64>,
    precision: Option<i64>,
    scale: Option<i64>,
    fraction: Option<i64>,
}

impl Measures {
    pub(super) fn of(sql_type: SqlType) -> Self {
        let mut found = Self::default();
        match sql_type {
            SqlType::Varchar(length) => {
                found.length = Some(i64::from(length));
                found.octets = Some((i64::from(length) * 4).min(134_217_728));
            }
            SqlType::Binary(length) => {
                found.length = Some(i64::from(length));
                found.octets = Some(i64::from(length));
            }
            SqlType::Number { precision, scale } => {
                found.precision = Some(i64::from(precision));
                found.scale = Some(i64::from(scale));
            }
            SqlType::Time(scale)
            | SqlType::TimestampNtz(scale)
            | SqlType::TimestampLtz(scale)
            | SqlType::TimestampTz(scale) => found.fraction = Some(i64::from(scale)),
            _ => {}
        }
        found
    }

    /// The cells that say it.
    pub(super) fn cells(&self) -> [(&'static str, Value); 6] {
        let number = |value: Option<i64>| value.map_or_else(|| Value::null(NUMBER), Value::integer);
        [
            ("CHARACTER_MAXIMUM_LENGTH", number(self.length)),
            ("CHARACTER_OCTET_LENGTH", number(self.octets)),
            ("NUMERIC_PRECISION", number(self.precision)),
            ("NUMERIC_PRECISION_RADIX", number(self.precision.map(|_| 10))),
            ("NUMERIC_SCALE", number(self.scale)),
            ("DATETIME_PRECISION", number(self.fraction)),
        ]
    }
}

pub(super) fn columns(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
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
        ("INTERVAL_TYPE", TEXT),
        ("INTERVAL_PRECISION", NUMBER),
        ("CHARACTER_SET_CATALOG", TEXT),
        ("CHARACTER_SET_SCHEMA", TEXT),
        ("CHARACTER_SET_NAME", TEXT),
        ("COLLATION_CATALOG", TEXT),
        ("COLLATION_SCHEMA", TEXT),
        ("COLLATION_NAME", TEXT),
        ("DOMAIN_CATALOG", TEXT),
        ("DOMAIN_SCHEMA", TEXT),
        ("DOMAIN_NAME", TEXT),
        ("UDT_CATALOG", TEXT),
        ("UDT_SCHEMA", TEXT),
        ("UDT_NAME", TEXT),
        ("SCOPE_CATALOG", TEXT),
        ("SCOPE_SCHEMA", TEXT),
        ("SCOPE_NAME", TEXT),
        ("MAXIMUM_CARDINALITY", NUMBER),
        ("DTD_IDENTIFIER", TEXT),
        ("IS_SELF_REFERENCING", TEXT),
        ("IS_IDENTITY", TEXT),
        ("IDENTITY_GENERATION", TEXT),
        ("IDENTITY_START", TEXT),
        ("IDENTITY_INCREMENT", TEXT),
        ("IDENTITY_MAXIMUM", TEXT),
        ("IDENTITY_MINIMUM", TEXT),
        ("IDENTITY_CYCLE", TEXT),
        ("IDENTITY_ORDERED", TEXT),
        ("SCHEMA_EVOLUTION_RECORD", TEXT),
        ("DATA_TYPE_ALIAS", TEXT),
        ("COMMENT", TEXT),
    ]);
    let mut add = |schema: &str, relation: &str, position: i64, column: ColumnDef| {
        let identity =
            |tell: &dyn Fn(Increment) -> String| optional(&column.autoincrement.map(tell).unwrap_or_default());
        let data_type = if matches!(column.sql_type, SqlType::Varchar(_)) { "TEXT" } else { column.sql_type.family() };
        let mut cells = vec![
            ("TABLE_CATALOG", text(database.name.clone())),
            ("TABLE_SCHEMA", text(schema)),
            ("TABLE_NAME", text(relation)),
            ("COLUMN_NAME", text(column.name.clone())),
            ("ORDINAL_POSITION", Value::integer(position)),
            ("COLUMN_DEFAULT", optional(column.default.as_deref().unwrap_or_default())),
            ("IS_NULLABLE", yes_no(column.nullable)),
            ("DATA_TYPE", text(data_type)),
            ("IS_SELF_REFERENCING", yes_no(false)),
            ("IS_IDENTITY", yes_no(column.autoincrement.is_some())),
            ("IDENTITY_GENERATION", identity(&|_| "BY DEFAULT".to_owned())),
            ("IDENTITY_START", identity(&|increment| increment.start.to_string())),
            ("IDENTITY_INCREMENT", identity(&|increment| increment.step.to_string())),
            ("IDENTITY_CYCLE", identity(&|_| "NO".to_owned())),
            ("IDENTITY_ORDERED", identity(&|_| "NO".to_owned())),
            ("COMMENT", optional(&column.comment)),
        ];
        cells.extend(Measures::of(column.sql_type).cells());
        rows.add(&cells);
    };
    for (schema, table) in inside(cx, database, Kind::Table)? {
        let def: TableDef = table.definition()?;
        for (position, column) in (1..).zip(def.columns) {
            add(&schema, &table.name, position, column);
        }
    }
    for (schema, view) in inside(cx, database, Kind::View)? {
        let def: ViewDef = view.definition()?;
        for (position, column) in (1..).zip(def.columns) {
            let mut described = ColumnDef::new(&column.name, column.sql_type);
            described.comment = column.comment;
            add(&schema, &view.name, position, described);
        }
    }
    rows.finish()
}
