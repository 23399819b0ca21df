//! The changes of a view: its query over what its base tables were and over what they are, compared row by row.
//!
//! Only rows that come from a changed row of some base table take part. For a join these are the changed rows of the
//! left side with the right side, the left side with the changed rows of the right side, and the changed rows of both. A
//! view without joins reads nothing but changed rows.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::{Column, DataFusionError, JoinType};
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::logical_expr::{
    ColumnarValue, Expr, LogicalPlan, LogicalPlanBuilder, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    TableSource, Volatility, col, lit,
};

use super::functions;
use super::tracked::{self, Marks};
use crate::catalog::def::{StreamMode, TableDef};
use crate::catalog::{Object, ObjectId};
use crate::error::{Result, SqlError};
use crate::storage::{METADATA_ACTION, METADATA_ISUPDATE, METADATA_ROW_ID, Seq, Storage};
use crate::types::SqlType;

/// The identity of a row among the columns of one side of the comparison.
const ROW: &str = "$row";

/// Which rows of the base tables a query of the view is run over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// As they were; what was deleted or updated since counts as changed.
    Before,
    /// As they are; what was inserted or updated counts as changed.
    After,
    /// As they were, and what was inserted since, which counts as changed.
    Appended,
    /// As they were, all of them changed.
    Initial,
}

/// Which changes of a view are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// The version that they are counted from.
    pub(super) from: Seq,
    /// The version up to which they are counted.
    pub(super) to: Seq,
    pub(super) mode: StreamMode,
    /// Rather than changes, all rows of the first version.
    pub(super) initial: bool,
}

/// The changes of the view whose query is `plan`, over [`tracked::Tracked`] tables.
pub(super) fn source(storage: &Storage, plan: &LogicalPlan, joins: bool, asked: Asked) -> Result<Arc<dyn TableSource>> {
    let names: Vec<String> = plan.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut reader = Reader { storage, joins, from: asked.from, to: asked.to, changes: HashMap::new() };
    let changes = if asked.initial {
        inserted(reader.side(plan, &names, Rows::Initial)?, &names)?
    } else if asked.mode == StreamMode::AppendOnly {
        inserted(reader.side(plan, &names, Rows::Appended)?, &names)?
    } else {
        let before = reader.side(plan, &names, Rows::Before)?;
        let after = reader.side(plan, &names, Rows::After)?;
        let deletes = difference(&before, &after, &names, "DELETE")?;
        let inserts = difference(&after, &before, &names, "INSERT")?;
        LogicalPlanBuilder::from(deletes).union(inserts).and_then(LogicalPlanBuilder::build).map_err(broken)?
    };
    Ok(provider_as_source(Arc::new(ViewTable::new(changes, None))))
}

/// The rows of one side as inserted ones.
fn inserted(side: LogicalPlan, names: &[String]) -> Result<LogicalPlan> {
    let mut columns: Vec<Expr> = names.iter().map(|name| col(Column::new_unqualified(name))).collect();
    columns.extend(metadata("INSERT", lit(false), col(Column::new_unqualified(ROW))));
    LogicalPlanBuilder::from(side).project(columns).and_then(LogicalPlanBuilder::build).map_err(broken)
}

/// The rows of one side that the other does not have, or has with other values.
fn difference(one: &LogicalPlan, other: &LogicalPlan, names: &[String], action: &str) -> Result<LogicalPlan> {
    let of = |side: &str, name: &str| col(Column::new(Some(side), name));
    let images = |side: &str| names.iter().map(|name| of(side, name)).collect::<Vec<_>>();
    let differs = ScalarUDF::from(Differs::new()).call([images("$one"), images("$other")].concat());
    let mut columns: Vec<Expr> = names.iter().map(|name| of("$one", name).alias(name)).collect();
    columns.extend(metadata(action, of("$other", ROW).is_not_null(), of("$one", ROW)));
    let other = LogicalPlanBuilder::from(other.clone()).alias("$other").and_then(LogicalPlanBuilder::build);
    LogicalPlanBuilder::from(one.clone())
        .alias("$one")
        .and_then(|one| one.join_on(other?, JoinType::Left, [of("$one", ROW).eq(of("$other", ROW))]))
        .and_then(|joined| joined.filter(of("$other", ROW).is_null().or(differs)))
        .and_then(|changed| changed.project(columns))
        .and_then(LogicalPlanBuilder::build)
        .map_err(broken)
}

fn metadata(action: &str, is_update: Expr, row: Expr) -> [Expr; 3] {
    let text = |length, value| functions::cast(SqlType::Varchar(length), false).call(vec![value]);
    [
        text(16, lit(action)).alias(METADATA_ACTION),
        is_update.alias(METADATA_ISUPDATE),
        text(40, row).alias(METADATA_ROW_ID),
    ]
}

/// Reads the base tables of one stream.
struct Reader<'s> {
    storage: &'s Storage,
    joins: bool,
    from: Seq,
    to: Seq,
    /// The changes of the tables that were asked for, each read once.
    changes: HashMap<ObjectId, Vec<RecordBatch>>,
}

impl Reader<'_> {
    /// The columns of the view and [`ROW`] of the rows that come from a changed row.
    fn side(&mut self, plan: &LogicalPlan, names: &[String], rows: Rows) -> Result<LogicalPlan> {
        let followed = tracked::follow(plan, &mut |table, marks| {
            let def: TableDef = table.definition()?;
            let batches = self.table(table, &def, rows)?;
            super::memory(tracked::with_marks(&def, marks), batches)
        })?;
        let mut columns: Vec<Expr> =
            tracked::own_columns(&followed).into_iter().zip(names).map(|(column, name)| column.alias(name)).collect();
        columns.push(followed.row()?.alias(ROW));
        let changed = followed.changed()?;
        LogicalPlanBuilder::from(followed.plan)
            .filter(changed)
            .and_then(|rows| rows.project(columns))
            .and_then(LogicalPlanBuilder::build)
            .map_err(broken)
    }

    /// The rows of a base table with its marks.
    fn table(&mut self, table: &Object, def: &TableDef, rows: Rows) -> Result<Vec<RecordBatch>> {
        let (mode, version, action) = match rows {
            Rows::Initial => {
                let all = self.storage.initial_rows(table.id, def, self.from)?;
                return all.iter().map(|batch| marked(batch, def, |_| true)).collect();
            }
            Rows::Before => (StreamMode::Standard, self.from, "DELETE"),
            Rows::After => (StreamMode::Standard, self.to, "INSERT"),
            Rows::Appended => (StreamMode::AppendOnly, self.from, "INSERT"),
        };
        let changes = match self.changes.entry(table.id) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(self.storage.changes(table.id, def, self.from, self.to, mode)?)
            }
        };
        let width = def.columns.len();
        let changed: Vec<RecordBatch> = changes
            .iter()
            .map(|batch| {
                let actions = batch.column(width).as_string::<i32>();
                let wanted: BooleanArray = actions.iter().map(|found| Some(found == Some(action))).collect();
                Ok(filter_record_batch(batch, &wanted)?)
            })
            .collect::<Result<_>>()?;
        if !self.joins {
            return changed.iter().map(|batch| marked(batch, def, |_| true)).collect();
        }
        let all = self.storage.initial_rows(table.id, def, version)?;
        if rows == Rows::Appended {
            let old = all.iter().map(|batch| marked(batch, def, |_| false));
            return old.chain(changed.iter().map(|batch| marked(batch, def, |_| true))).collect();
        }
        let ids: HashSet<&str> = changed.iter().flat_map(|batch| identities(batch).iter().flatten()).collect();
        all.iter().map(|batch| marked(batch, def, |row| ids.contains(row))).collect()
    }
}

fn identities(changes: &RecordBatch) -> &datafusion::arrow::array::StringArray {
    changes.column(changes.num_columns() - 1).as_string::<i32>()
}

/// A batch of changes as rows of the table with their marks.
fn marked(changes: &RecordBatch, def: &TableDef, is_changed: impl Fn(&str) -> bool) -> Result<RecordBatch> {
    let rows = identities(changes);
    let changed: BooleanArray = rows.iter().map(|row| Some(row.is_some_and(&is_changed))).collect();
    let mut columns: Vec<ArrayRef> = changes.columns()[..def.columns.len()].to_vec();
    columns.push(Arc::new(rows.clone()));
    columns.push(Arc::new(changed));
    let marks = Marks { row: METADATA_ROW_ID.to_owned(), changed: METADATA_ISUPDATE.to_owned() };
    Ok(RecordBatch::try_new(tracked::with_marks(def, &marks), columns)?)
}

/// Whether the first half of the arguments differs from the second; NULL equals NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Differs {
    signature: Signature,
}

impl Differs {
    fn new() -> Self {
        Self { signature: Signature::variadic_any(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Differs {
    fn name(&self) -> &str {
        "$DIFFERS"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> datafusion::common::Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> datafusion::common::Result<ColumnarValue> {
        let count = arguments.number_rows;
        let arrays: Vec<ArrayRef> =
            arguments.args.iter().map(|value| value.to_array(count)).collect::<Result<_, DataFusionError>>()?;
        let (one, other) = arrays.split_at(arrays.len() / 2);
        let fields = one.iter().map(|array| SortField::new(array.data_type().clone())).collect();
        let converter = RowConverter::new(fields)?;
        let (one, other) = (converter.convert_columns(one)?, converter.convert_columns(other)?);
        let differs: BooleanArray = one.iter().zip(other.iter()).map(|(one, other)| Some(one != other)).collect();
        Ok(ColumnarValue::Array(Arc::new(differs)))
    }
}

fn broken(error: DataFusionError) -> SqlError {
    SqlError::internal(format_args!("the changes of a view: {error}"))
}
