//! The procedure of the first pipeline, from Rust to Snowflake Scripting.
#![allow(missing_docs)]

use pipeline_dsl::prelude::*;

#[database]
pub struct RawDb;
#[database]
pub struct StagingDb;
#[schema(database = RawDb)]
pub struct SampleData;
#[schema(database = StagingDb)]
pub struct ProcessedData;

#[table(schema = SampleData)]
pub struct TableA {
    #[column(autoincrement)]
    pub id: Integer,
    pub customer_id: Option<Varchar<50>>,
    pub amount: Option<Number<10, 2>>,
    #[column(default = current_timestamp())]
    pub updated_at: Option<TimestampNtz>,
}

#[table(schema = ProcessedData)]
pub struct TableB {
    #[column(flatten)]
    pub source: TableA,
    #[column(default = current_timestamp())]
    pub processed_at: Option<TimestampNtz>,
    pub batch_id: Option<Varchar<50>>,
    #[column(default = "RAW_DB")]
    pub source_system: Option<Varchar<20>>,
    pub stream_action: Option<Varchar<10>>,
    pub stream_timestamp: Option<TimestampNtz>,
}

#[table(schema = ProcessedData)]
pub struct PipelineRun {
    pub batch_id: Varchar<50>,
    pub status: Varchar<10>,
    pub row_count: Option<Integer>,
    pub error_code: Option<Integer>,
    pub error_message: Option<Varchar>,
    #[column(default = current_timestamp())]
    pub finished_at: Option<TimestampNtz>,
}

#[stream(on = TableA)]
pub struct StreamTableA;

/// Overwrites TABLE_B with the changes that arrived since the last run.
#[procedure(schema = ProcessedData, language = sql)]
pub fn sp_process_table_a_incremental(changes: &StreamTableA, target: &mut TableB, runs: &mut PipelineRun) -> Variant {
    let batch = uuid_string();
    let now = current_timestamp();
    on_error(|error| {
        runs.insert(PipelineRun {
            batch_id: batch,
            status: "FAILED",
            error_code: error.code(),
            error_message: error.message(),
            finished_at: now,
            ..default()
        });
    });
    let (rows, inserts, updates, deletes) = transaction(|| {
        let (inserts, updates, deletes) =
            changes.aggregate(|c| (count_if(c.is_inserted()), count_if(c.is_updated()), count_if(c.is_deleted())));
        let rows = target.insert_overwrite(changes.select(|c| TableB {
            source: c.row(),
            batch_id: batch,
            processed_at: now,
            stream_action: c.action(),
            stream_timestamp: now,
            ..default()
        }));
        (rows, inserts, updates, deletes)
    });
    object! { "batch_id": batch, "rows": rows, "inserts": inserts, "updates": updates, "deletes": deletes }
}

#[test]
fn procedure() {
    insta::assert_snapshot!(<sp_process_table_a_incremental as Object>::NODE.get().create());
}

/// The same without counts and run log.
#[procedure(schema = ProcessedData, language = sql, name = "SP_SHORT")]
pub fn sp_short(changes: &StreamTableA, target: &mut TableB) -> Variant {
    let batch = uuid_string();
    let rows = transaction(|| {
        target.insert_overwrite(changes.select(|c| TableB {
            source: c.row(),
            batch_id: batch,
            stream_action: c.action(),
            stream_timestamp: current_timestamp(),
            ..default()
        }))
    });
    object! { "batch_id": batch, "rows": rows }
}

#[test]
fn short_procedure() {
    insta::assert_snapshot!(<sp_short as Object>::NODE.get().create());
}
