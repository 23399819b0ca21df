//! The incremental run of the CBA example on many changed rows, against the same statement in DuckDB.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use pipeline_local::clock::Clock;

use super::Line;
use super::place::{Place, run};
use super::process;
use super::statistics::{median, ratio, text};

const ROUNDS: usize = 5;

const SETUP: &[&str] = &[
    "CREATE TABLE table_a (
         id NUMBER(38,0) NOT NULL AUTOINCREMENT, customer_id VARCHAR(50), transaction_date TIMESTAMP_NTZ,
         amount NUMBER(10,2), transaction_type VARCHAR(20), status VARCHAR(10) DEFAULT 'ACTIVE',
         created_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP(), updated_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP())",
    "CREATE TABLE table_b (
         id NUMBER(38,0) NOT NULL, customer_id VARCHAR(50), transaction_date TIMESTAMP_NTZ, amount NUMBER(10,2),
         transaction_type VARCHAR(20), status VARCHAR(10), created_at TIMESTAMP_NTZ, updated_at TIMESTAMP_NTZ,
         processed_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP(), batch_id VARCHAR(50),
         source_system VARCHAR(20) DEFAULT 'RAW_DB', stream_action VARCHAR(10), stream_timestamp TIMESTAMP_NTZ)",
    "CREATE STREAM stream_table_a ON TABLE table_a",
];

const INSERT: &str = "INSERT INTO table_a (customer_id, transaction_date, amount, transaction_type, status)
    SELECT 'CUST_' || LPAD(TO_VARCHAR(MOD(n * 7, 250) + 1), 4, '0'),
           DATEADD('MINUTE', -MOD(n, 500000), '2026-06-30 18:00:00'::TIMESTAMP_NTZ),
           ((MOD(n * 7919, 99900) + 100) / 100)::NUMBER(10, 2),
           CASE MOD(n, 3) WHEN 0 THEN 'PURCHASE' WHEN 1 THEN 'REFUND' ELSE 'WITHDRAWAL' END,
           IFF(MOD(n, 20) = 0, 'PENDING', 'ACTIVE')
    FROM (SELECT SEQ8() AS n FROM TABLE(GENERATOR(ROWCOUNT => {rows})))";

const OVERWRITE: &str = "INSERT OVERWRITE INTO table_b (
        id, customer_id, transaction_date, amount, transaction_type, status, created_at, updated_at, processed_at,
        batch_id, stream_action, stream_timestamp)
    SELECT id, customer_id, transaction_date, amount, transaction_type, status, created_at, updated_at,
           CURRENT_TIMESTAMP()::TIMESTAMP_NTZ, 'batch 1', METADATA$ACTION, CURRENT_TIMESTAMP()::TIMESTAMP_NTZ
    FROM stream_table_a";

pub(crate) async fn measure(rows: usize, python: &Path) -> Vec<Line> {
    let place = Place::new(Clock::real()).await;
    let session = place.session().await;
    run(&session, SETUP).await;
    let mut taken = Vec::new();
    for _ in 0..ROUNDS {
        run(&session, &[&INSERT.replace("{rows}", &rows.to_string())]).await;
        let start = Instant::now();
        let written = process::scalar(&session, OVERWRITE).await;
        taken.push(start.elapsed());
        assert_eq!(written, rows.to_string());
        assert_eq!(process::scalar(&session, "SELECT COUNT(*) FROM table_b").await, rows.to_string());
    }
    let ours = median(&taken);
    let what = format!("incremental run of {rows} changed rows, median of {ROUNDS}");
    let theirs = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/measure/in_duckdb.py"))
        .args([rows.to_string(), ROUNDS.to_string()])
        .output();
    let theirs: Option<f64> = theirs.ok().and_then(|output| String::from_utf8(output.stdout).ok()?.trim().parse().ok());
    let Some(theirs) = theirs.map(Duration::from_secs_f64) else {
        return vec![Line::new(what, format!("{} (DuckDB is not there to compare with)", text(ours)))];
    };
    let ratio = ratio(ours, theirs);
    let measured = format!("{}; in DuckDB {}: {ratio:.2} times", text(ours), text(theirs));
    vec![Line::new(what, measured).with_target("at most 1.5 times", ratio <= 1.5)]
}
