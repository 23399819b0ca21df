//! From the commit of a change to the first statement of the task that waits for it.

use std::time::Duration;

use pipeline_local::clock::Clock;

use super::Line;
use super::place::{Place, run};
use super::process;
use super::statistics::{quantile, text};

/// A task rests ten seconds after a run: with a fast clock that is not ten seconds of ours.
const SPEED: f64 = 200.0;

pub(crate) async fn measure(triggers: usize) -> Vec<Line> {
    let clock = Clock::scaled(SPEED);
    let place = Place::new(clock.clone()).await;
    let session = place.session().await;
    run(
        &session,
        &[
            "ALTER SESSION SET TIMEZONE = 'UTC'",
            "CREATE TABLE source (id INT)",
            "CREATE STREAM changes ON TABLE source",
            "CREATE TABLE seen (id INT, at TIMESTAMP_NTZ)",
            "CREATE PROCEDURE p() RETURNS INT AS
             $$ BEGIN INSERT INTO seen SELECT id, SYSDATE() FROM changes; RETURN 1; END $$",
            "CREATE TASK t WAREHOUSE = w USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS = 10
             WHEN SYSTEM$STREAM_HAS_DATA('changes') AS CALL p()",
            "ALTER TASK t RESUME",
        ],
    )
    .await;
    let storage = &place.server.engine().storage;
    let mut taken = Vec::new();
    for id in 0..triggers {
        // The task has rested, and nothing else is going on.
        tokio::time::sleep(Duration::from_secs_f64(15.0 / SPEED + 0.05)).await;
        let mut commits = storage.commits();
        commits.mark_unchanged();
        let insert = format!("INSERT INTO source VALUES ({id})");
        let insert = process::rows(&session, &insert);
        let committed = async {
            let _ = commits.changed().await;
            *commits.borrow_and_update()
        };
        let (_, seq) = tokio::join!(insert, committed);
        let committed = storage.committed_at(seq).expect("the commit can be read").expect("it has a time");
        let started = format!("SELECT DATE_PART(EPOCH_MICROSECOND, at)::VARCHAR FROM seen WHERE id = {id}");
        let started = loop {
            let found = process::column_at(&session, &started, 0).await;
            if let Some(at) = found.first() {
                break at.parse::<i64>().expect("a number");
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        };
        taken.push(Duration::from_secs_f64((started - committed).max(0) as f64 / 1e6 / SPEED));
    }
    let (p50, p99) = (quantile(&taken, 0.5), quantile(&taken, 0.99));
    let what = format!("triggered task, commit to first statement, {triggers} triggers");
    let measured = format!("p50 {}, p99 {}", text(p50), text(p99));
    vec![Line::new(what, measured).with_target("p50 at most 50 ms", p50 <= Duration::from_millis(50))]
}
