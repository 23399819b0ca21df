//! A few seconds of the soak test of `benches/soak`.

use std::time::Duration;

use super::process;

#[path = "../../benches/soak/mod.rs"]
mod work;

#[tokio::test(flavor = "multi_thread")]
async fn killed_servers_deliver_every_change_once() {
    let life = (Duration::from_secs(1), Duration::from_secs(3));
    let soak = work::Soak { duration: Duration::from_secs(6), seed: rand::random(), workers: 3, life };
    match work::run(&soak).await {
        Ok(report) => println!("{report}"),
        Err(message) => panic!("{message}"),
    }
}
