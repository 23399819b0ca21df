//! The engine's time: real, sped up so that schedules need no waiting, or moved by hand in tests.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use tokio::sync::watch;

/// Microseconds since 1970-01-01 00:00 UTC, the unit of every instant in the engine.
pub type Micros = i64;

/// Where the engine gets the time from; clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    Running { state: Mutex<Running>, speed: f64 },
    Manual { now: watch::Sender<Micros> },
}

#[derive(Debug)]
struct Running {
    /// What the clock showed when `since` was taken.
    base: Micros,
    since: Instant,
    /// The last answer: the wall clock may step back, the engine's time never does.
    last: Micros,
}

impl Clock {
    /// The machine's clock.
    pub fn real() -> Self {
        Self::scaled(1.0)
    }

    /// A clock that starts now and runs `speed` times as fast as the machine's.
    ///
    /// # Panics
    /// When `speed` is not a positive finite number.
    pub fn scaled(speed: f64) -> Self {
        assert!(speed.is_finite() && speed > 0.0, "the speed of a clock is a positive number, not {speed}");
        let base = wall();
        let state = Mutex::new(Running { base, since: Instant::now(), last: base });
        Self(Arc::new(Source::Running { state, speed }))
    }

    /// A clock that shows `start` until [`Clock::advance`] moves it.
    pub fn manual(start: Micros) -> Self {
        Self(Arc::new(Source::Manual { now: watch::Sender::new(start) }))
    }

    /// The current instant; never earlier than an instant it has already told.
    pub fn now(&self) -> Micros {
        match &*self.0 {
            Source::Manual { now } => *now.borrow(),
            Source::Running { state, speed } => {
                let mut state = state.lock();
                let told = if *speed == 1.0 && state.base <= wall() {
                    wall()
                } else {
                    state.base + (state.since.elapsed().as_micros() as f64 * speed) as Micros
                };
                state.last = state.last.max(told);
                state.last
            }
        }
    }

    /// How many seconds of this clock pass in a second of the machine's; 1 for a manual clock.
    pub fn speed(&self) -> f64 {
        match &*self.0 {
            Source::Running { speed, .. } => *speed,
            Source::Manual { .. } => 1.0,
        }
    }

    /// Makes a sped-up clock show at least `instant`, so that data written by an earlier, equally fast run does not lie
    /// in the future. The real clock and manual clocks stay as they are.
    pub fn catch_up(&self, instant: Micros) {
        if let Source::Running { state, speed } = &*self.0
            && *speed != 1.0
        {
            let now = self.now();
            if now < instant {
                *state.lock() = Running { base: instant, since: Instant::now(), last: instant };
            }
        }
    }

    /// Moves a manual clock forward and wakes who waits for it.
    ///
    /// # Panics
    /// When the clock is not a manual one.
    pub fn advance(&self, by: Duration) {
        match &*self.0 {
            Source::Manual { now } => now.send_modify(|now| *now += by.as_micros() as Micros),
            Source::Running { .. } => panic!("only a manual clock can be advanced"),
        }
    }

    /// Waits until the clock shows at least `instant`.
    pub async fn sleep_until(&self, instant: Micros) {
        match &*self.0 {
            Source::Manual { now } => {
                // The sender lives in `self`, so the wait cannot fail.
                let _ = now.subscribe().wait_for(|now| *now >= instant).await;
            }
            Source::Running { speed, .. } => loop {
                let missing = instant - self.now();
                if missing <= 0 {
                    return;
                }
                // Long waits are cut so that a wall clock set by hand is noticed.
                let real = Duration::from_secs_f64(missing as f64 / 1e6 / speed).min(Duration::from_secs(30));
                tokio::time::sleep(real.max(Duration::from_micros(200))).await;
            },
        }
    }

    /// Waits for this span of the clock's time.
    pub async fn sleep(&self, span: Duration) {
        let span = Micros::try_from(span.as_micros()).unwrap_or(Micros::MAX);
        self.sleep_until(self.now().saturating_add(span)).await;
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::real()
    }
}

fn wall() -> Micros {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as Micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_clock_moves_only_by_hand() {
        let clock = Clock::manual(1_000);
        let waiter = {
            let clock = clock.clone();
            tokio::spawn(async move {
                clock.sleep_until(5_000).await;
                clock.now()
            })
        };
        assert_eq!(clock.now(), 1_000);
        clock.advance(Duration::from_micros(3_999));
        tokio::task::yield_now().await;
        assert!(!waiter.is_finished());
        clock.advance(Duration::from_micros(1));
        assert_eq!(waiter.await.unwrap(), 5_000);
    }

    #[tokio::test]
    async fn a_fast_clock_runs_ahead_and_never_back() {
        let clock = Clock::scaled(1_000.0);
        let start = clock.now();
        let real = Instant::now();
        clock.sleep(Duration::from_secs(20)).await;
        assert!(clock.now() >= start + 20_000_000);
        assert!(real.elapsed() >= Duration::from_millis(20));
        let later = clock.now() + 3_600_000_000;
        clock.catch_up(later);
        assert!(clock.now() >= later);
        clock.catch_up(start);
        assert!(clock.now() >= later);
    }

    #[test]
    fn the_real_clock_is_the_machine_s() {
        let before = wall();
        let told = Clock::real().now();
        assert!(told >= before && told <= wall());
    }
}
