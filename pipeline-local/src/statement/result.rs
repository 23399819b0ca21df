//! What a statement gives back.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::common::ScalarValue;

use crate::error::{Result, SqlError};
use crate::types::SqlType;

/// A value with its Snowflake type.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// The type it was declared with or computed as.
    pub sql_type: SqlType,
    /// The value, of the Arrow type that [`SqlType::arrow`] names; NULL is the scalar's own null.
    pub scalar: ScalarValue,
}

impl Value {
    /// NULL of a type.
    pub fn null(sql_type: SqlType) -> Self {
        let scalar = ScalarValue::try_new_null(&sql_type.arrow()).unwrap_or(ScalarValue::Null);
        Self { sql_type, scalar }
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { sql_type: SqlType::TEXT, scalar: ScalarValue::Utf8(Some(text.into())) }
    }

    /// A whole number.
    pub fn integer(value: i64) -> Self {
        Self { sql_type: SqlType::INTEGER, scalar: ScalarValue::Decimal128(Some(i128::from(value)), 38, 0) }
    }

    /// TRUE or FALSE.
    pub fn boolean(value: bool) -> Self {
        Self { sql_type: SqlType::Boolean, scalar: ScalarValue::Boolean(Some(value)) }
    }

    /// Whether it is NULL.
    pub fn is_null(&self) -> bool {
        self.scalar.is_null()
    }
}

/// The values that stand for `?`, `:1` and `:name` in a statement.
#[derive(Debug, Clone, Default)]
pub struct Binds {
    /// For `?` in order, and `:1`, `:2`.
    pub positional: Vec<Value>,
    /// For `:name`; keys in stored (upper-case) form. Inside a scripting expression bare names are looked up here too when
    /// [`Binds::bare_names`] is set.
    pub named: HashMap<String, Value>,
    /// Whether an unqualified identifier that is a key of `named` means that variable (scripting expressions).
    pub bare_names: bool,
}

impl Binds {
    /// No binds.
    pub fn none() -> Self {
        Self::default()
    }
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultColumn {
    /// The name as clients see it.
    pub name: String,
    /// Its type.
    pub sql_type: SqlType,
    /// Whether NULL may come.
    pub nullable: bool,
}

impl ResultColumn {
    /// A nullable column.
    pub fn new(name: impl Into<String>, sql_type: SqlType) -> Self {
        Self { name: name.into(), sql_type, nullable: true }
    }
}

/// What kind of statement ran; the number is the `statementTypeId` of the wire protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
#[allow(missing_docs, reason = "the names are the statements")]
pub enum StatementType {
    Select = 4096,
    Explain = 8192,
    Insert = 12544,
    Update = 12800,
    Delete = 13056,
    Merge = 13312,
    MultiTableInsert = 13568,
    Session = 16384,
    AlterSession = 16640,
    UseRole = 17152,
    UseDatabase = 17153,
    UseSchema = 17154,
    UseWarehouse = 17155,
    Show = 17408,
    Describe = 17664,
    Transaction = 20480,
    Commit = 20736,
    Ddl = 24576,
    AccessToken = 25156,
    Misc = 32768,
    Call = 36864,
    MultiStatement = 40960,
}

impl StatementType {
    /// The wire protocol's number.
    pub fn id(self) -> u32 {
        self as u32
    }

    /// Whether it changes rows: its result is a row of counts.
    pub fn is_dml(self) -> bool {
        (12288..16384).contains(&self.id())
    }
}

/// How many rows a DML statement touched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DmlStats {
    /// Rows inserted.
    pub inserted: u64,
    /// Rows updated.
    pub updated: u64,
    /// Rows deleted.
    pub deleted: u64,
    /// Rows that an UPDATE with FROM joined more than once.
    pub duplicates: u64,
}

impl DmlStats {
    /// All rows touched: what SQLROWCOUNT says.
    pub fn total(self) -> u64 {
        self.inserted + self.updated + self.deleted
    }
}

/// The result of a statement.
#[derive(Debug, Clone)]
pub struct QueryResult {
    /// The columns, in order.
    pub columns: Vec<ResultColumn>,
    /// The rows: arrays of the types that the columns' [`SqlType::arrow`] name.
    pub batches: Vec<RecordBatch>,
    /// What ran.
    pub statement_type: StatementType,
    /// Counts, for DML.
    pub dml: Option<DmlStats>,
}

impl QueryResult {
    /// One text column `status` with one row.
    pub fn status(text: impl Into<String>) -> Self {
        Self::status_of(StatementType::Ddl, text)
    }

    /// What DROP IF EXISTS answers when there is nothing of the name.
    pub fn already_dropped(name: &str) -> Self {
        let name = crate::parse::quote(name);
        Self::status(format!("Drop statement executed successfully ({name} already dropped)."))
    }

    /// Like [`QueryResult::status`], for another kind of statement.
    pub fn status_of(statement_type: StatementType, text: impl Into<String>) -> Self {
        let column = ResultColumn { name: "status".to_owned(), sql_type: SqlType::TEXT, nullable: true };
        let rows = vec![vec![Value::text(text)]];
        Self::rows(statement_type, vec![column], &rows).unwrap_or_else(|_| Self::empty(statement_type))
    }

    /// A result without columns and rows.
    pub fn empty(statement_type: StatementType) -> Self {
        Self { columns: Vec::new(), batches: Vec::new(), statement_type, dml: None }
    }

    /// A result from single values; every row as wide as `columns`, NULLs of any type allowed.
    ///
    /// # Errors
    /// An internal error when a value does not have its column's type.
    pub fn rows(statement_type: StatementType, columns: Vec<ResultColumn>, rows: &[Vec<Value>]) -> Result<Self> {
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(columns.len());
        for (index, column) in columns.iter().enumerate() {
            let null = ScalarValue::try_new_null(&column.sql_type.arrow()).map_err(SqlError::internal)?;
            let values = rows.iter().map(|row| match row.get(index) {
                Some(value) if !value.scalar.is_null() => value.scalar.clone(),
                _ => null.clone(),
            });
            let array = if rows.is_empty() {
                datafusion::arrow::array::new_empty_array(&column.sql_type.arrow())
            } else {
                ScalarValue::iter_to_array(values).map_err(SqlError::internal)?
            };
            let array = if array.data_type() == &column.sql_type.arrow() {
                array
            } else {
                datafusion::arrow::compute::cast(&array, &column.sql_type.arrow())?
            };
            arrays.push(array);
        }
        let schema = schema_of(&columns);
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        let batch = RecordBatch::try_new_with_options(schema, arrays, &options)?;
        Ok(Self { columns, batches: vec![batch], statement_type, dml: None })
    }

    /// One row of counts, as DML answers.
    pub fn counts(statement_type: StatementType, counts: &[(&str, u64)], stats: DmlStats) -> Self {
        let sql_type = SqlType::Number { precision: 19, scale: 0 };
        let columns = counts
            .iter()
            .map(|(name, _)| ResultColumn { name: (*name).to_owned(), sql_type, nullable: false })
            .collect();
        let row = counts
            .iter()
            .map(|(_, count)| Value { sql_type, scalar: ScalarValue::Decimal128(Some(i128::from(*count)), 19, 0) })
            .collect();
        let mut result = Self::rows(statement_type, columns, &[row]).unwrap_or_else(|_| Self::empty(statement_type));
        result.dml = Some(stats);
        result
    }

    /// A result of text columns; `None` is NULL.
    pub fn texts(statement_type: StatementType, names: &[&str], rows: &[Vec<Option<String>>]) -> Self {
        let columns: Vec<_> = names.iter().map(|name| ResultColumn::new(*name, SqlType::TEXT)).collect();
        let arrays = (0..names.len())
            .map(|index| {
                Arc::new(StringArray::from_iter(rows.iter().map(|row| row.get(index).cloned().flatten()))) as ArrayRef
            })
            .collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        let batches = RecordBatch::try_new_with_options(schema_of(&columns), arrays, &options).into_iter().collect();
        Self { columns, batches, statement_type, dml: None }
    }

    /// The number of rows.
    pub fn row_count(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The Arrow schema of the columns.
    pub fn schema(&self) -> SchemaRef {
        schema_of(&self.columns)
    }

    /// One cell; `None` outside of the result.
    ///
    /// # Errors
    /// An internal error for an array type that has no scalar.
    pub fn value(&self, row: usize, column: usize) -> Result<Option<Value>> {
        let Some(described) = self.columns.get(column) else { return Ok(None) };
        let mut row = row;
        for batch in &self.batches {
            if row < batch.num_rows() {
                let scalar = ScalarValue::try_from_array(batch.column(column), row).map_err(SqlError::internal)?;
                return Ok(Some(Value { sql_type: described.sql_type, scalar }));
            }
            row -= batch.num_rows();
        }
        Ok(None)
    }
}

/// The Arrow schema for result columns, types in the fields' metadata.
pub fn schema_of(columns: &[ResultColumn]) -> SchemaRef {
    let fields: Vec<Field> =
        columns.iter().map(|column| column.sql_type.field(&column.name, column.nullable)).collect();
    Arc::new(Schema::new(fields))
}
