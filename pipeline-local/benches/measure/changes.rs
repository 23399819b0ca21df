//! Reading a thousand changes of a large and of a small table.

use std::time::{Duration, Instant};

use pipeline_local::clock::Clock;

use super::Line;
use super::place::{Place, run};
use super::process;
use super::statistics::{median, ratio, text};

const CHANGES: usize = 1_000;
const ROUNDS: usize = 15;
/// Rows that one statement makes.
const BATCH: usize = 1_000_000;

/// Where the changed rows lie in their table.
const KINDS: [(&str, &str, f64); 3] = [
    ("inserted rows", "INSERT INTO {t} SELECT -1 - SEQ8(), 5, 'new' FROM TABLE(GENERATOR(ROWCOUNT => {n}))", 1.0),
    ("updated rows that lie together", "UPDATE {t} SET amount = amount + 1 WHERE id >= 0 AND id < {n}", 2.0),
    ("updated rows from everywhere", "UPDATE {t} SET amount = amount + 1 WHERE id >= 0 AND MOD(id, {every}) = 0", 2.0),
];

pub(crate) async fn measure(large: usize, small: usize) -> Vec<Line> {
    let place = Place::new(Clock::real()).await;
    let session = place.session().await;
    for (table, rows) in [("large", large), ("small", small)] {
        run(
            &session,
            &[
                &format!("CREATE TABLE {table} (id INT, amount NUMBER(10,2), note VARCHAR)"),
                &format!("CREATE STREAM of_{table} ON TABLE {table}"),
            ],
        )
        .await;
        for first in (0..rows).step_by(BATCH) {
            let sql = format!(
                "INSERT INTO {table} SELECT {first} + SEQ8(), 1, 'note ' || SEQ8()
                 FROM TABLE(GENERATOR(ROWCOUNT => {}))",
                BATCH.min(rows - first)
            );
            run(&session, &[&sql]).await;
        }
    }
    let mut lines = Vec::new();
    for (kind, change, images) in KINDS {
        let mut medians = [Duration::ZERO; 2];
        for (median_of, (table, rows)) in medians.iter_mut().zip([("large", large), ("small", small)]) {
            let changes = CHANGES.min(rows / 2);
            let sql = change
                .replace("{t}", table)
                .replace("{n}", &changes.to_string())
                .replace("{every}", &(rows / changes).to_string());
            // The stream starts with the change.
            run(&session, &[&format!("CREATE OR REPLACE STREAM of_{table} ON TABLE {table}"), &sql]).await;
            let count = format!("SELECT COUNT(*), SUM(amount), MAX(note) FROM of_{table}");
            let mut taken = Vec::new();
            for _ in 0..ROUNDS {
                let start = Instant::now();
                let found = process::scalar(&session, &count).await;
                taken.push(start.elapsed());
                assert_eq!(found, ((changes as f64 * images) as usize).to_string());
            }
            *median_of = median(&taken);
        }
        let ratio = ratio(medians[0], medians[1]);
        let what = format!("reading {CHANGES} changes, {kind}, of {large} and of {small} rows");
        let measured = format!("{} and {}: {ratio:.2} times", text(medians[0]), text(medians[1]));
        lines.push(Line::new(what, measured).with_target("at most 1.2 times", ratio <= 1.2));
    }
    lines
}
