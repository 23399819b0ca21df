//! What the CBA pipeline consists of.

#![expect(missing_docs, reason = "the names of most columns say what they hold")]

use pipeline_dsl::prelude::*;

/// What the source systems deliver.
#[database]
pub struct RawDb;

/// What is prepared for analysis.
#[database]
pub struct StagingDb;

/// Transactions as delivered.
#[schema(database = RawDb)]
pub struct SampleData;

/// Transactions ready for analysis, and what prepares them.
#[schema(database = StagingDb)]
pub struct ProcessedData;

/// Runs the task and nothing else.
#[warehouse(size = XSmall, auto_suspend = "60 seconds", auto_resume)]
pub struct StreamsTasksWh;

/// Owns the pipeline.
#[role]
pub struct StreamsTasksRole;

/// Transactions as the source system delivers them.
#[table(schema = SampleData)]
pub struct TableA {
    #[column(autoincrement)]
    pub id: Integer,
    pub customer_id: Option<Varchar<50>>,
    pub transaction_date: Option<TimestampNtz>,
    pub amount: Option<Number<10, 2>>,
    pub transaction_type: Option<Varchar<20>>,
    #[column(default = "ACTIVE")]
    pub status: Option<Varchar<10>>,
    #[column(default = current_timestamp())]
    pub created_at: Option<TimestampNtz>,
    #[column(default = current_timestamp())]
    pub updated_at: Option<TimestampNtz>,
}

/// The changes of the last run: all columns of TABLE_A, and where they come from.
#[table(schema = ProcessedData)]
pub struct TableB {
    #[column(flatten)]
    pub source: TableA,
    #[column(default = current_timestamp())]
    pub processed_at: Option<TimestampNtz>,
    /// The same for all rows of one run.
    pub batch_id: Option<Varchar<50>>,
    #[column(default = "RAW_DB")]
    pub source_system: Option<Varchar<20>>,
    /// INSERT or DELETE; an update is one of each.
    pub stream_action: Option<Varchar<10>>,
    /// When the change was read from the stream.
    pub stream_timestamp: Option<TimestampNtz>,
}

/// One row per run, also of those that failed.
#[table(schema = ProcessedData)]
pub struct PipelineRun {
    pub batch_id: Varchar<50>,
    /// SUCCEEDED or FAILED.
    pub status: Varchar<10>,
    pub row_count: Option<Integer>,
    pub error_code: Option<Integer>,
    pub error_message: Option<Varchar>,
    #[column(default = current_timestamp())]
    pub finished_at: Option<TimestampNtz>,
}

/// All changes (INSERT, UPDATE, DELETE) of TABLE_A.
#[stream(on = TableA)]
pub struct StreamTableA;

/// Tells of failed runs through Amazon SNS.
#[notification_integration(aws_sns(
    topic_arn = "arn:aws:sns:us-east-1:123456789012:snowflake-task-errors",
    role_arn = "arn:aws:iam::123456789012:role/SnowflakeNotificationRole",
))]
pub struct StreamsTasksSnsIntegration;

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
            ..default()
        });
    });
    let (rows, inserts, updates, deletes) = transaction(|| {
        let (inserts, updates, deletes) =
            changes.aggregate(|c| (count_if(c.is_inserted()), count_if(c.is_updated()), count_if(c.is_deleted())));
        let rows = target.insert_overwrite(changes.select(|c| TableB {
            source: c.row(),
            processed_at: now,
            batch_id: batch,
            stream_action: c.action(),
            stream_timestamp: now,
            ..default()
        }));
        runs.insert(PipelineRun { batch_id: batch, status: "SUCCEEDED", row_count: rows, ..default() });
        (rows, inserts, updates, deletes)
    });
    object! { "batch_id": batch, "rows": rows, "inserts": inserts, "updates": updates, "deletes": deletes }
}

/// Every two minutes, if TABLE_A has changed.
#[task(
    schema = ProcessedData,
    warehouse = StreamsTasksWh,
    schedule = "2 minutes",
    when = has_data(StreamTableA),
    error_integration = StreamsTasksSnsIntegration,
    call = sp_process_table_a_incremental,
)]
pub struct TaskProcessTableAIncremental;

/// How the pipeline is doing, in one row.
#[view(
    schema = ProcessedData,
    sql = "SELECT
               SOURCE.ROW_COUNT AS ROWS_IN_TABLE_A,
               WAITING.CHANGE_COUNT AS CHANGES_WAITING,
               TARGET.ROW_COUNT AS ROWS_IN_TABLE_B,
               TARGET.BATCH_COUNT AS BATCHES_IN_TABLE_B,
               TARGET.LAST_PROCESSED_AT,
               RUNS.SUCCEEDED_RUNS,
               RUNS.FAILED_RUNS,
               RUNS.LAST_FAILED_AT
           FROM (SELECT COUNT(*) AS ROW_COUNT FROM {TableA}) AS SOURCE
           CROSS JOIN (SELECT COUNT(*) AS CHANGE_COUNT FROM {StreamTableA}) AS WAITING
           CROSS JOIN (
               SELECT
                   COUNT(*) AS ROW_COUNT,
                   COUNT(DISTINCT BATCH_ID) AS BATCH_COUNT,
                   MAX(PROCESSED_AT) AS LAST_PROCESSED_AT
               FROM {TableB}
           ) AS TARGET
           CROSS JOIN (
               SELECT
                   COUNT_IF(STATUS = 'SUCCEEDED') AS SUCCEEDED_RUNS,
                   COUNT_IF(STATUS = 'FAILED') AS FAILED_RUNS,
                   MAX(IFF(STATUS = 'FAILED', FINISHED_AT, NULL)) AS LAST_FAILED_AT
               FROM {PipelineRun}
           ) AS RUNS",
)]
pub struct VPipelineMonitoring;

/// A thousand transactions of 250 customers over more than two months.
const SAMPLES: &[Fragment] = &[sql!(
    "INSERT INTO {TableA} (CUSTOMER_ID, TRANSACTION_DATE, AMOUNT, TRANSACTION_TYPE, STATUS)
     SELECT
         'CUST_' || LPAD(TO_VARCHAR(MOD(N * 7, 250) + 1), 4, '0'),
         DATEADD('MINUTE', -97 * N, '2026-06-30 18:00:00'::TIMESTAMP_NTZ),
         ((MOD(N * 7919, 99900) + 100) / 100)::NUMBER(10, 2),
         CASE MOD(N, 5)
             WHEN 0 THEN 'PURCHASE'
             WHEN 1 THEN 'REFUND'
             WHEN 2 THEN 'TRANSFER'
             WHEN 3 THEN 'DEPOSIT'
             ELSE 'WITHDRAWAL'
         END,
         IFF(MOD(N, 20) = 0, 'PENDING', 'ACTIVE')
     FROM (
         SELECT ROW_NUMBER() OVER (ORDER BY SEQ4()) AS N
         FROM TABLE(GENERATOR(ROWCOUNT => 1000))
     ) AS NUMBERS
     WHERE NOT EXISTS (SELECT 1 FROM {TableA})"
)];

/// Starts the task now instead of at its next time.
const RUN: Fragment = sql!("EXECUTE TASK {TaskProcessTableAIncremental}");
/// A warehouse that has to start first takes a few seconds.
const WAIT: Fragment = sql!("CALL SYSTEM$WAIT(10)");
const BATCH: Fragment = sql!(
    "SELECT ID, CUSTOMER_ID, AMOUNT, TRANSACTION_TYPE, STATUS, STREAM_ACTION, BATCH_ID, PROCESSED_AT
     FROM {TableB}
     ORDER BY ID, STREAM_ACTION"
);

const SCENARIOS: &[Scenario] = &[
    Scenario {
        title: "INSERT",
        note: "TABLE_B then holds the new transactions, each with STREAM_ACTION = 'INSERT'.",
        steps: &[
            sql!(
                "INSERT INTO {TableA} (CUSTOMER_ID, TRANSACTION_DATE, AMOUNT, TRANSACTION_TYPE)
                 VALUES
                     ('TEST_INSERT', '2026-07-01 09:00:00', 100.00, 'PURCHASE'),
                     ('TEST_INSERT', '2026-07-01 09:05:00', 250.50, 'DEPOSIT'),
                     ('TEST_KEEP', '2026-07-01 09:10:00', 75.25, 'TRANSFER')"
            ),
            sql!("SELECT * FROM {StreamTableA} ORDER BY ID"),
            RUN,
            WAIT,
            BATCH,
        ],
    },
    Scenario {
        title: "UPDATE",
        note: "TABLE_B then holds two rows per transaction: the old image as DELETE, the new one as INSERT.",
        steps: &[
            sql!(
                "UPDATE {TableA}
                 SET AMOUNT = AMOUNT + 10, UPDATED_AT = CURRENT_TIMESTAMP()
                 WHERE CUSTOMER_ID = 'TEST_INSERT'"
            ),
            RUN,
            WAIT,
            BATCH,
        ],
    },
    Scenario {
        title: "DELETE as soft delete",
        note: "The transaction stays in TABLE_A, marked as inactive; for the stream it is an update.",
        steps: &[
            sql!(
                "UPDATE {TableA}
                 SET STATUS = 'INACTIVE', UPDATED_AT = CURRENT_TIMESTAMP()
                 WHERE CUSTOMER_ID = 'TEST_KEEP'"
            ),
            RUN,
            WAIT,
            BATCH,
        ],
    },
    Scenario {
        title: "DELETE as real delete",
        note: "TABLE_B then holds the last image of what is gone, with STREAM_ACTION = 'DELETE'.",
        steps: &[sql!("DELETE FROM {TableA} WHERE CUSTOMER_ID = 'TEST_INSERT'"), RUN, WAIT, BATCH],
    },
    Scenario {
        title: "several changes in one batch",
        note: "One run takes them all: they share a BATCH_ID. What was inserted and then updated is one INSERT.",
        steps: &[
            sql!("BEGIN TRANSACTION"),
            sql!(
                "INSERT INTO {TableA} (CUSTOMER_ID, TRANSACTION_DATE, AMOUNT, TRANSACTION_TYPE)
                 VALUES
                     ('TEST_BATCH', '2026-07-02 10:00:00', 20.00, 'PURCHASE'),
                     ('TEST_BATCH', '2026-07-02 10:01:00', 30.00, 'REFUND')"
            ),
            sql!("UPDATE {TableA} SET AMOUNT = AMOUNT * 2 WHERE CUSTOMER_ID IN ('TEST_BATCH', 'TEST_KEEP')"),
            sql!("DELETE FROM {TableA} WHERE CUSTOMER_ID = 'TEST_BATCH' AND TRANSACTION_TYPE = 'REFUND'"),
            sql!("COMMIT"),
            RUN,
            WAIT,
            BATCH,
            sql!(
                "SELECT BATCH_ID, STREAM_ACTION, COUNT(*) AS CHANGES
                 FROM {TableB}
                 GROUP BY BATCH_ID, STREAM_ACTION"
            ),
        ],
    },
    Scenario {
        title: "an error",
        note: "TABLE_B is made to refuse what TABLE_A accepts: the run fails, and the integration tells of it.\n\
               TABLE_B and the stream stay as they were; once TABLE_B accepts the change, the next run takes it.",
        steps: &[
            sql!("ALTER TABLE {TableB} ALTER COLUMN TRANSACTION_TYPE SET NOT NULL"),
            sql!(
                "INSERT INTO {TableA} (CUSTOMER_ID, TRANSACTION_DATE, AMOUNT)
                 VALUES ('TEST_ERROR', '2026-07-03 11:00:00', 1.00)"
            ),
            RUN,
            WAIT,
            sql!(
                "SELECT STATUS, ERROR_CODE, ERROR_MESSAGE, FINISHED_AT FROM {PipelineRun} ORDER BY FINISHED_AT DESC LIMIT 5"
            ),
            sql!("SELECT CUSTOMER_ID, METADATA$ACTION FROM {StreamTableA}"),
            sql!("ALTER TABLE {TableB} ALTER COLUMN TRANSACTION_TYPE DROP NOT NULL"),
            RUN,
            WAIT,
            BATCH,
            // Leaves TABLE_A as it was before the scenarios.
            sql!("DELETE FROM {TableA} WHERE CUSTOMER_ID IN ('TEST_BATCH', 'TEST_KEEP', 'TEST_ERROR')"),
            RUN,
            WAIT,
        ],
    },
];

pipeline! {
    /// Customer behaviour analysis, every two minutes.
    pub Cba(role = StreamsTasksRole, samples = SAMPLES, scenarios = SCENARIOS)
        [TaskProcessTableAIncremental, VPipelineMonitoring]
}
