//! A client that consumes streams in transactions of its own, some of which it gives up.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::Counters;
use super::session::{self, Address, Failure, Session};
use super::world::TABLES;

/// Consumes until the test is over.
pub(crate) async fn consume(seed: u64, mut address: Address, counters: Arc<Counters>) -> Result<(), Failure> {
    let mut random = StdRng::seed_from_u64(!seed);
    while let Some(session) = session::connect(&mut address).await {
        while address.borrow().is_some() {
            let table = random.random_range(0..TABLES);
            match once(&session, table, random.random_bool(0.3)).await {
                Ok(changes) => drop(counters.consumed.fetch_add(changes, Ordering::Relaxed)),
                Err(Failure::Gone) => break,
                Err(other) => return Err(other),
            }
            tokio::time::sleep(Duration::from_millis(random.random_range(0..300))).await;
        }
    }
    Ok(())
}

/// What is left when nothing changes any more.
pub(crate) async fn rest(session: &Session) -> Result<(), Failure> {
    for table in 0..TABLES {
        once(session, table, false).await?;
    }
    Ok(())
}

async fn once(session: &Session, table: usize, give_up: bool) -> Result<u64, Failure> {
    let count = format!("SELECT COUNT(*) FROM for_client_{table}");
    session::rows(session, "BEGIN").await?;
    let before = session::scalar(session, &count).await?;
    let sql = format!(
        "INSERT INTO by_client_{table}
         SELECT CURRENT_TRANSACTION()::INT, id, version, METADATA$ACTION, METADATA$ISUPDATE, METADATA$ROW_ID
         FROM for_client_{table}"
    );
    let consumed = session::scalar(session, &sql).await?;
    let after = session::scalar(session, &count).await?;
    if before != consumed || after != consumed {
        let message = format!("a transaction read {before}, {consumed} and {after} changes of for_client_{table}");
        return Err(Failure::Wrong(message));
    }
    session::rows(session, if give_up { "ROLLBACK" } else { "COMMIT" }).await?;
    Ok(if give_up { 0 } else { consumed.parse().unwrap_or(0) })
}
