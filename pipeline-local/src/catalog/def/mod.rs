//! The definitions of the kinds of objects, stored as JSON in the catalog.

mod account;
mod files;
mod routine;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::ipc::{reader::StreamReader, writer::StreamWriter};
use datafusion::arrow::record_batch::RecordBatch;
use serde::{Deserialize, Serialize};

use super::{Kind, ObjectId};
use crate::error::{Result, SqlError};
use crate::storage::Seq;
use crate::types::SqlType;

pub use account::{RoleDef, UserDef, WarehouseDef};
pub use files::{FileFormatDef, PipeDef, StageDef, TagDef};
pub use routine::{Argument, ExecuteAs, FunctionDef, FunctionForm, ProcedureDef, Returns};

/// A database.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DatabaseDef {
    /// Whether everything in it is transient.
    pub transient: bool,
    /// DATA_RETENTION_TIME_IN_DAYS, where it was set.
    pub retention_days: Option<u32>,
    /// MAX_DATA_EXTENSION_TIME_IN_DAYS, where it was set.
    pub max_extension_days: Option<u32>,
}

/// A schema.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SchemaDef {
    /// Whether everything in it is transient.
    pub transient: bool,
    /// Whether only its owner grants on what it contains.
    pub managed_access: bool,
    /// DATA_RETENTION_TIME_IN_DAYS, where it was set.
    pub retention_days: Option<u32>,
    /// MAX_DATA_EXTENSION_TIME_IN_DAYS, where it was set.
    pub max_extension_days: Option<u32>,
    /// Whether it is INFORMATION_SCHEMA, whose views the engine answers itself.
    pub information: bool,
}

/// How long a table lives and how its past is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TableKind {
    /// Kept, with up to 90 days of history.
    #[default]
    Permanent,
    /// Kept, with at most one day of history.
    Transient,
    /// Dropped with its session.
    Temporary,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableDef {
    /// The columns in order.
    pub columns: Vec<ColumnDef>,
    /// The identity the next column gets.
    pub next_column_id: u32,
    /// Its lifetime.
    pub kind: TableKind,
    /// DATA_RETENTION_TIME_IN_DAYS, where it was set.
    pub retention_days: Option<u32>,
    /// MAX_DATA_EXTENSION_TIME_IN_DAYS, where it was set.
    pub max_extension_days: Option<u32>,
    /// From which version on its changes can be asked for; none while CHANGE_TRACKING is off. A stream whose offset is
    /// earlier is stale.
    pub changes_from: Option<Seq>,
    /// Constraints over columns.
    pub constraints: Vec<ConstraintDef>,
    /// The expressions of CLUSTER BY as they were written.
    pub cluster_by: Option<String>,
    /// ENABLE_SCHEMA_EVOLUTION: whether loading files may add columns. It is listed; no file is loaded here.
    pub schema_evolution: bool,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnDef {
    /// Its identity in the table, which renaming does not change and which is never used again.
    pub id: u32,
    /// The name as stored.
    pub name: String,
    /// The type.
    pub sql_type: SqlType,
    /// Whether it may hold NULL.
    pub nullable: bool,
    /// The expression of DEFAULT, as SQL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The expression of a virtual column, as SQL. Its value is computed when a row is written: it depends on the row only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// AUTOINCREMENT; [`super::Catalog::take_numbers`] with the column's id as the slot hands the numbers out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autoincrement: Option<Increment>,
    /// The comment.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// What rows have in it that are older than the column; NULL when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<InitialValue>,
}

impl ColumnDef {
    /// A nullable column without a default; [`TableDef::new`] and [`TableDef::add_column`] give it its identity.
    pub fn new(name: &str, sql_type: SqlType) -> Self {
        Self {
            id: 0,
            name: name.to_owned(),
            sql_type,
            nullable: true,
            default: None,
            expression: None,
            autoincrement: None,
            comment: String::new(),
            initial: None,
        }
    }

    /// The name of the column inside partitions.
    pub(crate) fn stored_name(&self) -> String {
        self.id.to_string()
    }
}

/// AUTOINCREMENT of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Increment {
    /// The first number.
    pub start: i64,
    /// The distance between numbers.
    pub step: i64,
}

/// One value of any type, stored exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InitialValue(String);

impl InitialValue {
    /// Keeps the single value of `array`.
    ///
    /// # Errors
    /// When the array does not hold exactly one value.
    pub fn new(array: ArrayRef) -> Result<Self> {
        if array.len() != 1 {
            return Err(SqlError::internal("an initial value is one value"));
        }
        let batch = RecordBatch::try_from_iter_with_nullable([("v", array, true)])?;
        let mut bytes = Vec::new();
        let mut writer = StreamWriter::try_new(&mut bytes, &batch.schema())?;
        writer.write(&batch)?;
        writer.finish()?;
        drop(writer);
        Ok(Self(BASE64.encode(bytes)))
    }

    /// The value, as an array of length one.
    ///
    /// # Errors
    /// When what is stored cannot be read, which is a fault of the engine.
    pub fn array(&self) -> Result<ArrayRef> {
        let bytes = BASE64.decode(&self.0).map_err(SqlError::internal)?;
        let mut reader = StreamReader::try_new(bytes.as_slice(), None)?;
        let batch = reader.next().ok_or_else(|| SqlError::internal("an initial value is missing"))??;
        Ok(batch.column(0).clone())
    }
}

/// A constraint of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConstraintDef {
    /// Its name, given or made up.
    pub name: String,
    /// The constrained columns, by identity.
    pub columns: Vec<u32>,
    /// What it asks for.
    pub rule: ConstraintRule,
    /// What is recorded of a key.
    #[serde(default)]
    pub key: KeyProperties,
}

/// What is recorded of a key besides its columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyProperties {
    /// RELY: queries may be planned as if it were enforced.
    pub rely: bool,
    /// What ON UPDATE says of a foreign key.
    pub on_update: Option<String>,
    /// What ON DELETE says of a foreign key.
    pub on_delete: Option<String>,
}

impl KeyProperties {
    /// What happens to rows that refer to one whose key changes; the default when ON UPDATE says nothing.
    pub fn update_rule(&self) -> &str {
        self.on_update.as_deref().unwrap_or("NO ACTION")
    }

    /// What happens to rows that refer to one that is deleted; the default when ON DELETE says nothing.
    pub fn delete_rule(&self) -> &str {
        self.on_delete.as_deref().unwrap_or("NO ACTION")
    }
}

/// What a constraint asks for. Keys are recorded and not enforced, as in Snowflake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ConstraintRule {
    /// PRIMARY KEY.
    PrimaryKey,
    /// UNIQUE.
    Unique,
    /// FOREIGN KEY.
    ForeignKey {
        /// The referenced table.
        table: ObjectId,
        /// The referenced columns, by identity.
        columns: Vec<u32>,
    },
    /// CHECK, enforced; the expression as SQL.
    Check(String),
}

impl TableDef {
    /// A permanent table of these columns; their identities are set.
    pub fn new(columns: Vec<ColumnDef>) -> Self {
        let mut table = Self::default();
        for column in columns {
            table.add_column(column);
        }
        table
    }

    /// Appends a column and gives it a new identity, which is returned.
    pub fn add_column(&mut self, mut column: ColumnDef) -> u32 {
        self.next_column_id += 1;
        column.id = self.next_column_id;
        self.columns.push(column);
        self.next_column_id
    }

    /// The column of this stored name.
    pub fn column(&self, name: &str) -> Option<&ColumnDef> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column of this stored name, to change it.
    pub fn column_mut(&mut self, name: &str) -> Option<&mut ColumnDef> {
        self.columns.iter_mut().find(|column| column.name == name)
    }

    /// Takes a column away, with the constraints over it.
    pub fn remove_column(&mut self, name: &str) -> Option<ColumnDef> {
        let index = self.columns.iter().position(|column| column.name == name)?;
        let column = self.columns.remove(index);
        self.constraints.retain(|constraint| !constraint.columns.contains(&column.id));
        Some(column)
    }

    /// Whether CHANGE_TRACKING is on.
    pub fn change_tracking(&self) -> bool {
        self.changes_from.is_some()
    }

    /// The columns as Arrow fields, named as in the table. All are nullable: NOT NULL is checked when rows are written,
    /// and rows older than the constraint may still break it.
    pub fn arrow_schema(&self) -> SchemaRef {
        Arc::new(Schema::new(
            self.columns.iter().map(|column| column.sql_type.field_ref(&column.name, true)).collect::<Vec<_>>(),
        ))
    }
}

/// A view.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewDef {
    /// The whole CREATE VIEW statement as it was given, for SHOW VIEWS and GET_DDL.
    pub text: String,
    /// The query alone.
    pub query: String,
    /// The columns as they were when it was created.
    pub columns: Vec<ViewColumn>,
    /// Whether it is SECURE.
    pub secure: bool,
    /// Whether it is MATERIALIZED. Its rows are computed when they are asked for, which nobody can tell from the answers.
    pub materialized: bool,
    /// Whether it is RECURSIVE: it may read itself.
    pub recursive: bool,
    /// The database, schema and name of the table that a materialized view reads.
    pub source: Vec<String>,
    /// CLUSTER BY of a materialized view as it was written.
    pub cluster_by: Option<String>,
    /// Whether CHANGE_TRACKING is on, and since which version.
    pub changes_from: Option<Seq>,
}

impl ViewDef {
    /// The query to run for a view of this name; a recursive view reads itself as a common table expression does.
    pub fn full_query(&self, name: &str, columns: &[String]) -> String {
        if !self.recursive {
            return self.query.clone();
        }
        let name = crate::parse::quote(name);
        let columns: Vec<String> = columns.iter().map(|column| crate::parse::quote(column)).collect();
        let list = if columns.is_empty() { String::new() } else { format!("({})", columns.join(", ")) };
        format!("WITH RECURSIVE {name}{list} AS ({}\n) SELECT * FROM {name}", self.query)
    }
}

/// A column of a view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ViewColumn {
    /// The name as stored.
    pub name: String,
    /// The type.
    pub sql_type: SqlType,
    /// The comment.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// Which changes a stream returns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum StreamMode {
    /// The net difference between two versions.
    #[default]
    Standard,
    /// Inserted rows only, whatever became of them.
    AppendOnly,
}

/// A stream. Its offset is not part of the definition: see [`crate::storage::Storage::stream_state`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamDef {
    /// The table or view it is on.
    pub source: ObjectId,
    /// Which of the two.
    pub source_kind: Kind,
    /// Which changes it returns.
    pub mode: StreamMode,
    /// SHOW_INITIAL_ROWS.
    pub show_initial_rows: bool,
    /// The base tables of the view it is on, as they were when it was created; empty for a stream on a table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub base_tables: Vec<ObjectId>,
}

impl StreamDef {
    /// The tables whose changes it returns.
    pub fn bases(&self) -> &[ObjectId] {
        match self.source_kind {
            Kind::View => &self.base_tables,
            _ => std::slice::from_ref(&self.source),
        }
    }
}

/// A sequence; [`super::Catalog::take_numbers`] hands the numbers out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SequenceDef {
    /// The first number and the distance.
    pub increment: Increment,
    /// ORDER rather than NOORDER.
    pub ordered: bool,
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{Array, Decimal128Array};

    use super::*;

    #[test]
    fn identities_of_columns_are_never_used_again() {
        let mut table = TableDef::new(vec![ColumnDef::new("A", SqlType::INTEGER), ColumnDef::new("B", SqlType::TEXT)]);
        table.constraints.push(ConstraintDef {
            name: "K".into(),
            columns: vec![2],
            rule: ConstraintRule::PrimaryKey,
            key: KeyProperties::default(),
        });
        assert_eq!(table.remove_column("B").map(|column| column.id), Some(2));
        assert!(table.constraints.is_empty());
        assert_eq!(table.add_column(ColumnDef::new("B", SqlType::TEXT)), 3);
        assert!(table.remove_column("C").is_none());
    }

    #[test]
    fn initial_values_are_exact() {
        let array: ArrayRef =
            Arc::new(Decimal128Array::from(vec![12_345]).with_precision_and_scale(10, 2).expect("fits"));
        let value = InitialValue::new(array.clone()).unwrap();
        let stored = serde_json::to_string(&value).unwrap();
        let back: InitialValue = serde_json::from_str(&stored).unwrap();
        assert_eq!(back.array().unwrap().to_data(), array.to_data());
    }
}
