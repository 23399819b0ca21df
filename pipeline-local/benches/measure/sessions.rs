//! Many sessions that insert while tasks carry the rows on.

use std::time::{Duration, Instant};

use pipeline_local::clock::Clock;

use super::Line;
use super::place::{Place, run};
use super::process;
use super::statistics::{quantile, text};

pub(crate) async fn measure(sessions: usize, seconds: f64) -> Vec<Line> {
    let place = Place::new(Clock::scaled(20.0)).await;
    let session = place.session().await;
    run(
        &session,
        &[
            "CREATE TABLE source (session INT, number INT)",
            "CREATE TABLE copy (session INT, number INT)",
            "CREATE STREAM changes ON TABLE source",
            "CREATE TASK t WAREHOUSE = w USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS = 10
             WHEN SYSTEM$STREAM_HAS_DATA('changes')
             AS INSERT INTO copy SELECT session, number FROM changes",
            "ALTER TASK t RESUME",
        ],
    )
    .await;
    let mut clients = Vec::new();
    for _ in 0..sessions {
        clients.push(place.session().await);
    }
    let begin = Instant::now();
    let mut working = tokio::task::JoinSet::new();
    for (number, client) in clients.into_iter().enumerate() {
        working.spawn(async move {
            let mut taken = Vec::new();
            while begin.elapsed().as_secs_f64() < seconds {
                let start = Instant::now();
                process::rows(&client, &format!("INSERT INTO source VALUES ({number}, {})", taken.len())).await;
                taken.push(start.elapsed());
            }
            taken
        });
    }
    let taken: Vec<Duration> = working.join_all().await.into_iter().flatten().collect();
    let elapsed = begin.elapsed().as_secs_f64();
    let distinct = "SELECT COUNT(*) || ' ' || COUNT(DISTINCT session * 1000000 + number) FROM ";
    let all = format!("{0} {0}", taken.len());
    assert_eq!(process::scalar(&session, &format!("{distinct} source")).await, all, "no row is lost");
    process::eventually(&session, "SELECT COUNT(*) FROM copy", Duration::from_secs(60), |count| {
        count.parse().is_ok_and(|count: usize| count >= taken.len())
    })
    .await;
    assert_eq!(process::scalar(&session, &format!("{distinct} copy")).await, all, "every row is copied once");
    let runs = "SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(RESULT_LIMIT => 10000)) WHERE state = ";
    let succeeded = process::scalar(&session, &format!("{runs} 'SUCCEEDED'")).await;
    let failed = process::scalar(&session, &format!("{runs} 'FAILED'")).await;
    assert_eq!(failed, "0");
    let measured = format!(
        "{:.0} a second, p50 {}, p99 {}; {} rows, {succeeded} runs of the task, no error, no row lost",
        taken.len() as f64 / elapsed,
        text(quantile(&taken, 0.5)),
        text(quantile(&taken, 0.99)),
        taken.len()
    );
    vec![Line::new(format!("{sessions} sessions inserting single rows while a task copies them"), measured)]
}
