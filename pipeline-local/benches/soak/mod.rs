//! Random work from several clients on a server that is killed again and again.
//!
//! Workers change rows at random in two tables, alone and in transactions, and know what their rows must be. Tasks carry
//! the changes on: one that data triggers merges them into a copy and writes down each, one that the clock starts appends
//! what was inserted; a client consumes a third stream and rolls some of it back. In the end the copies are the sources,
//! and what was written down leads exactly from nothing to what is there: no change is missing, none came twice.

mod consumer;
mod session;
mod worker;
mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::watch;

use super::process;
use session::Failure;
use worker::Worker;

/// No statement of the test may take longer.
const LONGEST_STATEMENT: Duration = Duration::from_secs(60);

/// How a soak test is run.
#[derive(Debug, Clone)]
pub(crate) struct Soak {
    pub(crate) duration: Duration,
    pub(crate) seed: u64,
    pub(crate) workers: i64,
    /// The shortest and the longest life of the server.
    pub(crate) life: (Duration, Duration),
}

/// What happened, over all clients.
#[derive(Debug, Default)]
struct Counters {
    committed: AtomicU64,
    rolled_back: AtomicU64,
    refused: AtomicU64,
    consumed: AtomicU64,
}

impl Counters {
    fn text(&self) -> String {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        format!(
            "{} transactions committed, {} rolled back, {} refused; {} changes consumed by the client",
            count(&self.committed),
            count(&self.rolled_back),
            count(&self.refused),
            count(&self.consumed)
        )
    }
}

/// Runs the test; what happened.
///
/// # Errors
/// With what was wrong.
pub(crate) async fn run(soak: &Soak) -> Result<String, String> {
    let data = tempfile::tempdir().map_err(|error| error.to_string())?;
    let outcome = live(soak, data.path()).await;
    if let Err(message) = &outcome {
        let kept = data.keep();
        return Err(format!("{message}\nseed {}, data in {}", soak.seed, kept.display()));
    }
    outcome
}

async fn live(soak: &Soak, data: &std::path::Path) -> Result<String, String> {
    // Schedules need no waiting: ten seconds are half a second.
    let start = || process::Server::start(data, &["--clock-speed", "20"]);
    let mut server = start();
    world::create(&server).await;

    let counters = Arc::new(Counters::default());
    let (address, followed) = watch::channel(Some(server.url.clone()));
    let mut clients = tokio::task::JoinSet::new();
    for number in 1..=soak.workers {
        let worker = Worker::new(number, soak.seed, counters.clone());
        let followed = followed.clone();
        clients.spawn(async move { worker.work(followed).await.map(Some) });
    }
    let consuming = consumer::consume(soak.seed, followed.clone(), counters.clone());
    clients.spawn(async move { consuming.await.map(|()| None) });

    let mut random = StdRng::seed_from_u64(soak.seed);
    let begin = Instant::now();
    let mut lives = 1;
    while begin.elapsed() < soak.duration {
        let life = random.random_range(soak.life.0..=soak.life.1).min(soak.duration.saturating_sub(begin.elapsed()));
        tokio::select! {
            () = tokio::time::sleep(life) => {}
            // Clients end by themselves only when something is wrong.
            Some(ended) = clients.join_next() => return Err(reason(ended.map_err(|error| error.to_string())?.err())),
        }
        println!("{:6.1} s, life {lives}: {}", begin.elapsed().as_secs_f64(), counters.text());
        server.kill();
        server = start();
        lives += 1;
        address.send_replace(Some(server.url.clone()));
    }
    address.send_replace(None);
    let mut workers = Vec::new();
    while let Some(ended) = clients.join_next().await {
        workers.extend(ended.map_err(|error| error.to_string())?.map_err(|failure| reason(Some(failure)))?);
    }

    let (_last, mut last) = watch::channel(Some(server.url.clone()));
    let Some(session) = session::connect(&mut last).await else { return Err("no session at the end".to_owned()) };
    let checks = async {
        for worker in &mut workers {
            worker.recover(&session).await?;
        }
        consumer::rest(&session).await?;
        world::check(&session).await?;
        for worker in &workers {
            worker.check_appended(&session).await?;
        }
        session::rows(&session, "SELECT COUNT(*), COUNT(DISTINCT transaction) FROM by_task_0").await
    };
    let delivered = checks.await.map_err(|failure| reason(Some(failure)))?;
    server.kill();
    Ok(format!(
        "{lives} lives in {:.0} s; {}; the first table's task delivered {} changes in {} runs",
        begin.elapsed().as_secs_f64(),
        counters.text(),
        delivered[0][0],
        delivered[0][1]
    ))
}

fn reason(failure: Option<Failure>) -> String {
    match failure {
        Some(Failure::Wrong(message)) => message,
        Some(Failure::Refused(message)) => format!("refused: {message}"),
        Some(Failure::Gone) => "the server ended by itself".to_owned(),
        None => "a client ended by itself".to_owned(),
    }
}
