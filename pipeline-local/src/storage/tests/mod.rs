use std::path::Path;
use std::time::Duration;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, StringArray};
use datafusion::arrow::datatypes::{Decimal128Type, UInt64Type};

use super::*;
use crate::catalog::def::{ColumnDef, StreamMode, TableDef};
use crate::types::SqlType;

mod batches;
mod crash;
mod history;
mod images;
mod properties;
mod transactions;

const T: ObjectId = ObjectId(100);
const S: ObjectId = ObjectId(200);

/// A row of the tables of these tests: K and V.
type Row = (i64, Option<String>);

/// A change as a stream tells it: action, whether it is half of an update, row identity, row.
type Told = (String, bool, String, Row);

/// A storage with a table of K NUMBER(38,0) and V VARCHAR, whose changes are tracked.
struct Fixture {
    storage: Storage,
    def: TableDef,
    clock: Clock,
}

impl Fixture {
    fn new() -> Self {
        Self::over(Store::temporary().unwrap())
    }

    fn at(directory: &Path) -> Self {
        Self::over(Store::open(directory).unwrap())
    }

    fn over(store: Store) -> Self {
        let clock = Clock::manual(1_000_000);
        let storage = Storage::open(Arc::new(store), clock.clone()).unwrap();
        let mut def = TableDef::new(vec![ColumnDef::new("K", SqlType::INTEGER), ColumnDef::new("V", SqlType::TEXT)]);
        def.changes_from = Some(Seq(0));
        Self { storage, def, clock }
    }

    /// Runs one transaction.
    fn commit(&self, change: impl FnOnce(&mut Transaction)) -> Seq {
        self.clock.advance(Duration::from_secs(1));
        let mut transaction = self.storage.begin();
        change(&mut transaction);
        transaction.commit().unwrap()
    }

    fn insert(&self, transaction: &mut Transaction, rows: &[(i64, &str)]) {
        transaction.insert(T, &self.def, &[batch(rows)]).unwrap();
    }

    /// The rows with these keys as the transaction sees them: locations, identities, values.
    fn locate(&self, transaction: &Transaction, keys: &[i64]) -> (Vec<u64>, Vec<u64>, Vec<Row>) {
        let mut found = (Vec::new(), Vec::new(), Vec::new());
        for batch in self.storage.scan(T, &self.def, self.storage.current_seq(), Some(transaction), true).unwrap() {
            let locations = batch.column(2).as_primitive::<UInt64Type>();
            let ids = batch.column(3).as_primitive::<UInt64Type>();
            for (index, row) in rows_of(&batch).into_iter().enumerate() {
                if keys.contains(&row.0) {
                    found.0.push(locations.value(index));
                    found.1.push(ids.value(index));
                    found.2.push(row);
                }
            }
        }
        found
    }

    fn update(&self, transaction: &mut Transaction, keys: &[i64], value: &str) {
        let (locations, ids, rows) = self.locate(transaction, keys);
        let rows: Vec<(i64, &str)> = rows.iter().map(|(key, _)| (*key, value)).collect();
        transaction.update(T, &self.def, &locations, &ids, &[batch(&rows)]).unwrap();
    }

    fn delete(&self, transaction: &mut Transaction, keys: &[i64]) {
        let (locations, ..) = self.locate(transaction, keys);
        transaction.delete(T, &self.def, &locations).unwrap();
    }

    fn rows_at(&self, at: Seq, transaction: Option<&Transaction>) -> Vec<Row> {
        self.rows_of_table(T, at, transaction)
    }

    fn rows_of_table(&self, table: ObjectId, at: Seq, transaction: Option<&Transaction>) -> Vec<Row> {
        let batches = self.storage.scan(table, &self.def, at, transaction, false).unwrap();
        let mut rows: Vec<Row> = batches.iter().flat_map(rows_of).collect();
        rows.sort();
        assert_eq!(self.storage.row_count(table, at, transaction).unwrap(), rows.len() as u64);
        rows
    }

    fn rows(&self) -> Vec<Row> {
        self.rows_at(self.storage.current_seq(), None)
    }

    fn changes(&self, from: Seq, to: Seq, mode: StreamMode) -> Vec<Told> {
        let batches = self.storage.changes(T, &self.def, from, to, mode).unwrap();
        let told = told(&batches);
        if !told.is_empty() {
            assert!(self.storage.has_changes(T, from, to, mode).unwrap(), "no false negatives");
        }
        told
    }
}

fn batch(rows: &[(i64, &str)]) -> RecordBatch {
    let keys = Decimal128Array::from_iter_values(rows.iter().map(|(key, _)| i128::from(*key)));
    let keys: ArrayRef = Arc::new(keys.with_precision_and_scale(38, 0).unwrap());
    let values: ArrayRef = Arc::new(rows.iter().map(|(_, value)| Some(*value)).collect::<StringArray>());
    RecordBatch::try_from_iter([("K", keys), ("V", values)]).unwrap()
}

fn rows_of(batch: &RecordBatch) -> Vec<Row> {
    let keys = batch.column(0).as_primitive::<Decimal128Type>();
    let values = batch.column(1).as_string::<i32>();
    (0..batch.num_rows())
        .map(|i| (keys.value(i) as i64, values.is_valid(i).then(|| values.value(i).to_owned())))
        .collect()
}

/// Changes in a stable order.
fn told(batches: &[RecordBatch]) -> Vec<Told> {
    let mut told = Vec::new();
    for batch in batches {
        let text = |name| batch.column_by_name(name).unwrap().as_string::<i32>();
        let (actions, ids) = (text(METADATA_ACTION), text(METADATA_ROW_ID));
        let updates = batch.column_by_name(METADATA_ISUPDATE).unwrap().as_boolean();
        for (i, row) in rows_of(batch).into_iter().enumerate() {
            told.push((actions.value(i).to_owned(), updates.value(i), ids.value(i).to_owned(), row));
        }
    }
    told.sort_by(|a, b| (a.3.0, &a.0, &a.3.1, &a.2).cmp(&(b.3.0, &b.0, &b.3.1, &b.2)));
    told
}

fn owned(rows: &[(i64, &str)]) -> Vec<Row> {
    rows.iter().map(|(key, value)| (*key, Some((*value).to_owned()))).collect()
}
