//! A client that changes rows of its own at random and knows what they must be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::session::{self, Address, Failure, Session};
use super::world::TABLES;
use super::{Counters, LONGEST_STATEMENT};

/// Rows that a worker starts with in each table: so many that storage treats few of them in another way than many.
const FIRST_ROWS: usize = 1_000;
/// About how many rows a worker keeps in each table.
const ROWS: usize = 400;
/// The ids of a worker are those from its number times this.
const IDS: i64 = 1_000_000_000;

/// Version and amount of a row.
type Row = (i64, i64);

/// What a worker knows of one table.
#[derive(Debug, Clone, Default, PartialEq)]
struct Known {
    rows: BTreeMap<i64, Row>,
    /// All that ever were inserted.
    inserted: BTreeSet<i64>,
}

type World = [Known; TABLES];

/// A change and what it makes of the rows.
struct Step {
    sql: String,
    /// Whether the server must refuse it.
    fails: bool,
}

/// What was under way when the server went.
struct Pending {
    world: World,
    /// The number in the journal, for a transaction of several statements.
    journal: Option<i64>,
}

pub(crate) struct Worker {
    number: i64,
    random: StdRng,
    world: World,
    next_id: i64,
    journal: i64,
    pending: Option<Pending>,
    counters: Arc<Counters>,
}

impl Worker {
    pub(crate) fn new(number: i64, seed: u64, counters: Arc<Counters>) -> Self {
        Self {
            number,
            random: StdRng::seed_from_u64(seed ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            world: World::default(),
            next_id: number * IDS,
            journal: 0,
            pending: None,
            counters,
        }
    }

    /// Works until the test is over.
    pub(crate) async fn work(mut self, mut address: Address) -> Result<Self, Failure> {
        while let Some(session) = session::connect(&mut address).await {
            match self.live(&session, &mut address).await {
                Ok(()) => break,
                Err(Failure::Gone) => continue,
                Err(other) => return Err(other),
            }
        }
        Ok(self)
    }

    /// One life of the server.
    async fn live(&mut self, session: &Session, address: &mut Address) -> Result<(), Failure> {
        self.recover(session).await?;
        for table in 0..TABLES {
            if self.world[table].inserted.is_empty() {
                self.first_rows(session, table).await?;
            }
        }
        while address.borrow().is_some() {
            let result = match self.random.random_range(0..10) {
                0..6 => self.transaction(session).await,
                _ => self.single(session).await,
            };
            match result {
                Err(Failure::Refused(message)) => {
                    // A deadlock, or a row that another transaction was faster with: everything is as before.
                    if !message.contains("Your statement was aborted") && !message.contains("run it again") {
                        return Err(Failure::Wrong(format!("refused: {message}")));
                    }
                    self.pending = None;
                    self.counters.refused.fetch_add(1, Ordering::Relaxed);
                    match session::rows(session, "ROLLBACK").await {
                        Ok(_) | Err(Failure::Refused(_)) => {}
                        Err(other) => return Err(other),
                    }
                }
                other => other?,
            }
        }
        Ok(())
    }

    /// Compares the rows with what they must be: as before what was under way, or after it.
    pub(crate) async fn recover(&mut self, session: &Session) -> Result<(), Failure> {
        let found = self.read(session).await?;
        let is = |world: &World| world.iter().zip(&found).all(|(known, found)| known.rows == *found);
        let number = format!("SELECT COALESCE(MAX(number), 0) FROM journal WHERE worker = {}", self.number);
        let journal: i64 = session::scalar(session, &number).await?.parse().unwrap_or(-1);
        if let Some(pending) = self.pending.take() {
            let done = match pending.journal {
                Some(number) => journal == number,
                None => is(&pending.world),
            };
            if done {
                self.world = pending.world;
                self.journal = pending.journal.unwrap_or(self.journal);
            }
        }
        if journal != self.journal {
            return Err(self.wrong(format!("transaction {journal} is the last one there, not {}", self.journal)));
        }
        for (table, (known, found)) in self.world.iter().zip(&found).enumerate() {
            if known.rows != *found {
                let differing = |(id, row): &(&i64, &Row)| found.get(id) != Some(row);
                let missing = known.rows.iter().find(differing);
                let extra = found.iter().find(|(id, row)| known.rows.get(id) != Some(row));
                return Err(self.wrong(format!("source_{table}: {missing:?} expected, {extra:?} found")));
            }
        }
        Ok(())
    }

    fn wrong(&self, what: String) -> Failure {
        Failure::Wrong(format!("worker {}: {what}", self.number))
    }

    async fn read(&self, session: &Session) -> Result<Vec<BTreeMap<i64, Row>>, Failure> {
        let mut found = Vec::new();
        for table in 0..TABLES {
            let sql = format!("SELECT id, version, amount FROM source_{table} WHERE worker = {}", self.number);
            let number = |cell: &String| cell.parse::<i64>().unwrap_or(i64::MIN);
            let rows = session::rows(session, &sql).await?;
            let count = rows.len();
            let rows: BTreeMap<i64, Row> =
                rows.iter().map(|row| (number(&row[0]), (number(&row[1]), number(&row[2])))).collect();
            if rows.len() != count {
                return Err(self.wrong(format!("source_{table} has an id twice")));
            }
            found.push(rows);
        }
        Ok(found)
    }

    /// The rows to start with.
    async fn first_rows(&mut self, session: &Session, table: usize) -> Result<(), Failure> {
        let mut world = self.world.clone();
        let ids = self.new_ids(FIRST_ROWS);
        let known = &mut world[table];
        known.rows.extend(ids.iter().map(|id| (*id, (0, 1))));
        known.inserted.extend(&ids);
        let sql = format!(
            "INSERT INTO source_{table} SELECT {} + SEQ8(), {}, 0, 1, 'one of the first' FROM TABLE(GENERATOR(ROWCOUNT => {}))",
            ids[0],
            self.number,
            ids.len()
        );
        self.pending = Some(Pending { world: world.clone(), journal: None });
        self.run(session, &Step { sql, fails: false }).await?;
        self.done(world);
        Ok(())
    }

    /// One statement that commits by itself.
    async fn single(&mut self, session: &Session) -> Result<(), Failure> {
        let mut world = self.world.clone();
        let step = self.step(&mut world);
        self.pending = Some(Pending { world: world.clone(), journal: None });
        self.run(session, &step).await?;
        self.done(world);
        Ok(())
    }

    /// Several statements that are committed or rolled back together.
    async fn transaction(&mut self, session: &Session) -> Result<(), Failure> {
        let mut world = self.world.clone();
        session::rows(session, "BEGIN").await?;
        for _ in 0..self.random.random_range(1..5) {
            let step = self.step(&mut world);
            self.run(session, &step).await?;
            // What this transaction did it sees, and nobody's rows are seen twice.
            if self.random.random_bool(0.2) {
                let found = self.read(session).await?;
                if world.iter().zip(&found).any(|(known, found)| known.rows != *found) {
                    return Err(self.wrong("a transaction does not see its own changes".to_owned()));
                }
            }
        }
        if self.random.random_bool(0.25) {
            session::rows(session, "ROLLBACK").await?;
            self.counters.rolled_back.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        let number = self.journal + 1;
        session::rows(session, &format!("INSERT INTO journal VALUES ({}, {number})", self.number)).await?;
        self.pending = Some(Pending { world: world.clone(), journal: Some(number) });
        session::rows(session, "COMMIT").await?;
        self.journal = number;
        self.done(world);
        Ok(())
    }

    fn done(&mut self, world: World) {
        self.pending = None;
        self.world = world;
        self.counters.committed.fetch_add(1, Ordering::Relaxed);
    }

    async fn run(&mut self, session: &Session, step: &Step) -> Result<(), Failure> {
        let running = session::rows(session, &step.sql);
        let Ok(result) = tokio::time::timeout(LONGEST_STATEMENT, running).await else {
            return Err(self.wrong(format!("no answer within {LONGEST_STATEMENT:?}: {}", step.sql)));
        };
        match (result, step.fails) {
            (Err(Failure::Refused(message)), true) if message.contains("Division by zero") => Ok(()),
            (Ok(_), true) => Err(self.wrong(format!("not refused: {}", step.sql))),
            (result, _) => result.map(drop),
        }
    }

    fn new_ids(&mut self, count: usize) -> Vec<i64> {
        let first = self.next_id + 1;
        self.next_id += count as i64;
        (first..=self.next_id).collect()
    }

    /// A random change of a random table.
    fn step(&mut self, world: &mut World) -> Step {
        let table = self.random.random_range(0..TABLES);
        let known = &mut world[table];
        let worker = self.number;
        let crowded = known.rows.len() > ROWS;
        let kind = self.random.random_range(if crowded { 3..11 } else { 0..10 });
        let many = self.random.random_bool(0.5);
        let divisor = self.random.random_range(if many { 2..12 } else { 30..90 });
        let rest = self.random.random_range(0..divisor);
        let amount = self.random.random_range(1..1000);
        let chosen = format!("worker = {worker} AND MOD(id, {divisor}) = {rest}");
        let hit = |id: &i64| id % divisor == rest;
        let sql = match kind {
            0..=2 => {
                let count = self.random.random_range(1..60);
                let mut values = Vec::new();
                for id in self.new_ids(count) {
                    known.rows.insert(id, (0, amount + id % 7));
                    known.inserted.insert(id);
                    values.push(format!("({id}, {worker}, 0, {}, 'row {id}')", amount + id % 7));
                }
                format!("INSERT INTO source_{table} VALUES {}", values.join(", "))
            }
            3..=5 => {
                for (_, row) in known.rows.iter_mut().filter(|(id, _)| hit(id)) {
                    *row = (row.0 + 1, row.1 + amount);
                }
                format!("UPDATE source_{table} SET version = version + 1, amount = amount + {amount} WHERE {chosen}")
            }
            6 | 10 => {
                known.rows.retain(|id, _| !hit(id));
                format!("DELETE FROM source_{table} WHERE {chosen}")
            }
            7 | 8 => {
                let count = self.random.random_range(1..20);
                let mut ids = self.new_ids(count);
                let old: Vec<i64> = known.rows.keys().copied().filter(hit).collect();
                ids.extend(old);
                let mut values = Vec::new();
                for id in ids {
                    // Every fifth row that is there goes.
                    let delete = id % 5 == 0;
                    values.push(format!("({id}, {amount}, {delete})"));
                    match known.rows.get_mut(&id) {
                        Some(_) if delete => drop(known.rows.remove(&id)),
                        Some(row) => *row = (row.0 + 1, amount),
                        None => {
                            known.rows.insert(id, (0, amount));
                            known.inserted.insert(id);
                        }
                    }
                }
                format!(
                    "MERGE INTO source_{table} t USING (
                         SELECT column1 AS id, column2 AS amount, column3 AS gone FROM VALUES {}
                     ) s ON t.id = s.id
                     WHEN MATCHED AND s.gone THEN DELETE
                     WHEN MATCHED THEN UPDATE SET version = t.version + 1, amount = s.amount
                     WHEN NOT MATCHED THEN INSERT (id, worker, version, amount, note)
                         VALUES (s.id, {worker}, 0, s.amount, 'merged')",
                    values.join(", ")
                )
            }
            _ => {
                return Step {
                    sql: format!(
                        "INSERT INTO source_{table} SELECT -id, worker, 0, amount / 0, note FROM source_{table}
                         WHERE worker = {worker} UNION ALL SELECT -1, {worker}, 0, 1 / 0, 'never'"
                    ),
                    fails: true,
                };
            }
        };
        Step { sql, fails: false }
    }

    /// Compares what the append-only streams delivered with what was inserted.
    pub(crate) async fn check_appended(&self, session: &Session) -> Result<(), Failure> {
        for (table, known) in self.world.iter().enumerate() {
            let (first, last) = (self.number * IDS, (self.number + 1) * IDS);
            let sql = format!("SELECT id FROM appended_{table} WHERE id > {first} AND id <= {last}");
            let rows = session::rows(session, &sql).await?;
            let found: BTreeSet<i64> = rows.iter().flatten().map(|id| id.parse().unwrap_or(-1)).collect();
            if let Some(id) = found.symmetric_difference(&known.inserted).next() {
                let what = if found.contains(id) { "appended and never committed" } else { "never appended" };
                return Err(self.wrong(format!("table {table}: {id} was {what}")));
            }
        }
        Ok(())
    }
}
