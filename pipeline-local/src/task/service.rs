//! The scheduler: starts root tasks when they are due, when a stream they wait for has data, or when told to.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::def::{Overlap, TaskDef};
use super::execute::trigger_holds;
use super::graph::Task;
use super::retry::Retry;
use super::run::{self, Order};
use super::schedule::Schedule;
use crate::Result;
use crate::catalog::{Kind, ObjectId};
use crate::engine::Engine;
use crate::storage::Seq;

/// The time between runs of a triggered task, where it is not set. Seconds.
const TRIGGER_INTERVAL: i64 = 30;
/// A triggered task looks at its streams this often even when nothing was committed. Microseconds.
const HEALTH_CHECK: i64 = 12 * 3600 * 1_000_000;
/// How long stopping waits for runs.
const STOP_WAIT: Duration = Duration::from_secs(5);

/// The scheduler of an engine.
#[derive(Debug, Default)]
pub struct Service {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Tasks, runs or data changed.
    wake: Notify,
    /// Tasks were created, altered or dropped since they were read.
    dirty: AtomicBool,
    stopped: AtomicBool,
    last_group: AtomicI64,
    /// While the scheduler waits: until when, and the version it has looked at.
    waits: Mutex<Option<(i64, Seq)>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    roots: HashMap<ObjectId, Root>,
    running: HashMap<ObjectId, Running>,
    /// Roots to run again as soon as they can.
    queued: HashMap<ObjectId, Order>,
}

/// How many runs of a graph there are.
#[derive(Debug, Default, Clone, Copy)]
struct Running {
    graphs: u32,
    /// Those whose root has not ended.
    roots: u32,
}

/// A started root.
#[derive(Debug)]
struct Root {
    task: Task,
    schedule: Option<Schedule>,
    /// When it is due next; for a triggered task, when it may look again.
    next: Option<i64>,
    /// Up to which version a triggered task has looked and found nothing.
    seen: Option<Seq>,
    /// When a triggered task last ran.
    triggered_at: Option<i64>,
}

impl Service {
    /// Starts running tasks on the current tokio runtime; the engine's threads need large stacks.
    pub fn start(engine: &Arc<Engine>) {
        engine.tasks.shared.dirty.store(true, Ordering::Release);
        let (weak, shared, clock) = (Arc::downgrade(engine), engine.tasks.shared.clone(), engine.clock.clone());
        let mut commits = engine.storage.commits();
        tokio::spawn(async move {
            while !shared.stopped.load(Ordering::Acquire) {
                commits.mark_unchanged();
                *shared.waits.lock() = None;
                let Some((next, seen)) = tick(&weak, &shared).await else { return };
                *shared.waits.lock() = Some((next, seen));
                tokio::select! {
                    () = clock.sleep_until(next) => {}
                    () = shared.wake.notified() => {}
                    changed = commits.changed() => if changed.is_err() { return },
                }
            }
        });
    }

    /// Stops starting tasks, cancels those that run and waits a little for them. What does not end in time is recorded
    /// as failed when the engine is opened again.
    pub async fn stop(&self) {
        self.shared.stopped.store(true, Ordering::Release);
        self.shared.wake.notify_waiters();
        let deadline = tokio::time::Instant::now() + STOP_WAIT;
        while self.shared.state.lock().running.values().any(|running| running.graphs > 0) {
            if tokio::time::Instant::now() >= deadline {
                tracing::warn!("tasks are still running");
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Tells that tasks were created, altered or dropped.
    pub fn changed(&self) {
        self.shared.dirty.store(true, Ordering::Release);
        self.shared.wake.notify_one();
    }

    /// Runs a graph now, or as soon as the run before it has ended; of several waiting orders the last one counts.
    pub(super) fn execute(engine: &Arc<Engine>, task: &Task, config: Option<String>, retry: Option<Retry>) {
        let order = Order {
            root: task.object.id,
            scheduled_at: engine.clock.now(),
            from: if retry.is_some() { "MANUAL RETRY" } else { "EXECUTE_TASK" },
            config,
            checked: false,
            retry,
        };
        start(engine, &task.def, order, Otherwise::Queue);
    }

    /// When the started roots are due next.
    pub(super) fn due(&self) -> Vec<(ObjectId, i64)> {
        let state = self.shared.state.lock();
        let scheduled = state.roots.values().filter(|root| root.schedule.is_some());
        scheduled.filter_map(|root| Some((root.task.object.id, root.next?))).collect()
    }

    /// Whether no graph runs and nothing is left to look at before the clock moves or data changes.
    #[cfg(test)]
    pub(super) fn is_idle(&self, engine: &Engine) -> bool {
        let waits = *self.shared.waits.lock();
        waits.is_some_and(|(until, seen)| until > engine.clock.now() && seen == engine.storage.current_seq())
            && !self.shared.dirty.load(Ordering::Acquire)
            && self.shared.state.lock().running.is_empty()
    }

    /// A number for a graph run: grows, and is never used twice.
    pub(super) fn new_group(&self, now: i64) -> i64 {
        let next = |last: i64| now.max(last + 1);
        let last = self.shared.last_group.fetch_update(Ordering::AcqRel, Ordering::Acquire, |last| Some(next(last)));
        let (Ok(last) | Err(last)) = last;
        next(last)
    }
}

/// What becomes of an order while the graph still runs and may not overlap with itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Otherwise {
    /// It waits for the end of the run.
    Queue,
    /// It passes.
    Skip,
}

impl State {
    fn may_start(&self, def: &TaskDef, root: ObjectId) -> bool {
        let running = self.running.get(&root).copied().unwrap_or_default();
        match def.overlap.unwrap_or_default() {
            Overlap::None => running.graphs == 0,
            Overlap::Child => running.roots == 0,
            Overlap::All => true,
        }
    }

    /// Counts a run in.
    fn enter(&mut self, root: ObjectId) {
        let running = self.running.entry(root).or_default();
        running.graphs += 1;
        running.roots += 1;
    }
}

/// Starts what is due; when to look again, and which version it saw. `None` when the engine is gone.
async fn tick(weak: &Weak<Engine>, shared: &Arc<Shared>) -> Option<(i64, Seq)> {
    let engine = weak.upgrade()?;
    let seen = engine.storage.current_seq();
    if shared.dirty.swap(false, Ordering::AcqRel)
        && let Err(error) = reload(&engine, shared)
    {
        tracing::error!(%error, "the tasks cannot be read");
    }
    let now = engine.clock.now();
    let mut triggers = Vec::new();
    {
        let mut orders = Vec::new();
        let mut state = shared.state.lock();
        let current = engine.storage.current_seq();
        for (id, root) in &mut state.roots {
            match &root.schedule {
                Some(schedule) => {
                    if let Some(due) = root.next.filter(|due| *due <= now) {
                        orders.push((root.task.clone(), due));
                        root.next = schedule.next(root.task.def.base, now);
                    }
                }
                None => {
                    let rest = root.task.def.trigger_interval.unwrap_or(TRIGGER_INTERVAL) * 1_000_000;
                    if let Some(end) = root.triggered_at.map(|at| at + rest).filter(|end| *end > now) {
                        root.next = Some(end);
                    } else if root.next.is_none_or(|next| next <= now) || root.seen != Some(current) {
                        root.seen = Some(current);
                        root.next = Some(now + HEALTH_CHECK);
                        triggers.push((*id, root.task.clone()));
                    }
                }
            }
        }
        drop(state);
        for (task, due) in orders {
            let order = Order {
                root: task.object.id,
                scheduled_at: due,
                from: "SCHEDULE",
                config: None,
                checked: false,
                retry: None,
            };
            // A slot in which the run before it is still going on passes.
            start(&engine, &task.def, order, Otherwise::Skip);
        }
    }
    for (id, task) in triggers {
        trigger(&engine, shared, id, &task).await;
    }
    let state = shared.state.lock();
    Some((state.roots.values().filter_map(|root| root.next).min().unwrap_or(now + HEALTH_CHECK), seen))
}

/// Runs a triggered task if its condition holds.
async fn trigger(engine: &Arc<Engine>, shared: &Arc<Shared>, id: ObjectId, task: &Task) {
    // The end of a run that is still going on looks again.
    let look_again = |state: &mut State| {
        if let Some(root) = state.roots.get_mut(&id) {
            root.seen = None;
        }
    };
    {
        let mut state = shared.state.lock();
        if !state.may_start(&task.def, id) {
            look_again(&mut state);
            return;
        }
    }
    match trigger_holds(engine, task).await {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => {
            tracing::warn!(task = task.object.name, %error, "the condition of a task cannot be evaluated");
            return;
        }
    }
    let now = engine.clock.now();
    let order = Order { root: id, scheduled_at: now, from: "TRIGGER", config: None, checked: true, retry: None };
    let started = start(engine, &task.def, order, Otherwise::Skip);
    let mut state = shared.state.lock();
    look_again(&mut state);
    if started && let Some(root) = state.roots.get_mut(&id) {
        root.triggered_at = Some(now);
        root.next = Some(now + task.def.trigger_interval.unwrap_or(TRIGGER_INTERVAL) * 1_000_000);
    }
}

/// Reads the started roots again; who is still there keeps its place in time.
fn reload(engine: &Arc<Engine>, shared: &Shared) -> Result<()> {
    let now = engine.clock.now();
    let mut roots = HashMap::new();
    let mut state = shared.state.lock();
    for object in engine.catalog.list_all(Kind::Task)? {
        let task = Task::of(object)?;
        if !task.def.started || !task.def.is_root() {
            continue;
        }
        let id = task.object.id;
        let before = state.roots.remove(&id).filter(|before| before.task.def.base == task.def.base);
        let schedule = task.def.schedule.as_deref().map(Schedule::parse).transpose()?;
        if schedule.is_none() && !task.def.is_triggered() {
            continue;
        }
        let same = before.as_ref().is_some_and(|before| before.task.def.schedule == task.def.schedule);
        let next = match (&schedule, &before) {
            (_, Some(before)) if same => before.next,
            (Some(schedule), _) => schedule.next(task.def.base, now),
            (None, _) => None,
        };
        let (seen, triggered_at) = before.map_or((None, None), |before| (before.seen, before.triggered_at));
        roots.insert(id, Root { task, schedule, next, seen, triggered_at });
    }
    state.roots = roots;
    Ok(())
}

/// Starts a graph run beside everything else, where it may start now. Whether it did.
fn start(engine: &Arc<Engine>, def: &TaskDef, order: Order, otherwise: Otherwise) -> bool {
    let shared = &engine.tasks.shared;
    if shared.stopped.load(Ordering::Acquire) {
        return false;
    }
    {
        // Looking, and counting in or queueing, are one step: a run that ends in between would not see the order.
        let mut state = shared.state.lock();
        if !state.may_start(def, order.root) {
            if otherwise == Otherwise::Queue {
                state.queued.insert(order.root, order);
            }
            return false;
        }
        state.enter(order.root);
    }
    spawn(engine, order);
    true
}

/// Runs a graph that has been counted in.
fn spawn(engine: &Arc<Engine>, order: Order) {
    let (shared, root) = (engine.tasks.shared.clone(), order.root);
    let guard = Guard { engine: engine.clone(), shared, root, root_ended: Arc::default() };
    let engine = engine.clone();
    tokio::spawn(async move {
        let (shared, ended) = (guard.shared.clone(), guard.root_ended.clone());
        let root_ended = move || end_root(&shared, root, &ended);
        if let Err(error) = run::graph(engine, order, root_ended).await {
            tracing::error!(%error, "a task graph could not be run");
        }
        drop(guard);
    });
}

fn end_root(shared: &Shared, root: ObjectId, ended: &AtomicBool) {
    if !ended.swap(true, Ordering::AcqRel)
        && let Some(running) = shared.state.lock().running.get_mut(&root)
    {
        running.roots = running.roots.saturating_sub(1);
    }
}

/// Ends a graph run, however it ends, and starts what waited for that.
struct Guard {
    engine: Arc<Engine>,
    shared: Arc<Shared>,
    root: ObjectId,
    root_ended: Arc<AtomicBool>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        end_root(&self.shared, self.root, &self.root_ended);
        let queued = {
            let mut state = self.shared.state.lock();
            if let Some(running) = state.running.get_mut(&self.root) {
                running.graphs = running.graphs.saturating_sub(1);
                if running.graphs == 0 {
                    state.running.remove(&self.root);
                }
            }
            let idle = !state.running.contains_key(&self.root)
                && !self.shared.stopped.load(Ordering::Acquire)
                && tokio::runtime::Handle::try_current().is_ok();
            let queued = if idle { state.queued.remove(&self.root) } else { None };
            if queued.is_some() {
                state.enter(self.root);
            }
            queued
        };
        if let Some(order) = queued {
            spawn(&self.engine, order);
        }
        // A triggered task may have data again.
        self.shared.wake.notify_one();
    }
}
