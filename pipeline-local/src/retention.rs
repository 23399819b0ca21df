//! What becomes of the past: dropped objects, old versions of tables, the times of commits and the history of statements
//! go when nobody can ask for them any more.

use std::collections::{BTreeMap, HashMap};
use std::sync::Weak;
use std::time::Duration;

use crate::catalog::def::{DatabaseDef, SchemaDef, StreamDef, TableDef};
use crate::catalog::{Catalog, Kind, Object, ObjectId};
use crate::clock::Micros;
use crate::engine::Engine;
use crate::error::Result;
use crate::storage::{Seq, Storage};
use crate::{notification, task};

const DAY: Micros = 86_400_000_000;
/// DATA_RETENTION_TIME_IN_DAYS where neither the table nor its containers set it.
pub const DEFAULT_RETENTION_DAYS: u32 = 1;
/// MAX_DATA_EXTENSION_TIME_IN_DAYS where neither the table nor its containers set it.
pub const DEFAULT_MAX_EXTENSION_DAYS: u32 = 14;
/// Versions this young stay in any case: statements may be reading them.
const IN_USE: Micros = 15 * 60 * 1_000_000;

/// What [`apply`] has removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// Dropped objects that can no longer be brought back.
    pub objects: usize,
    /// Partitions that only versions beyond the retention period had.
    pub partitions: u64,
}

/// DATA_RETENTION_TIME_IN_DAYS and MAX_DATA_EXTENSION_TIME_IN_DAYS of a table, schema or database: its own, or what its
/// containers say.
///
/// <https://docs.snowflake.com/en/user-guide/data-time-travel>
pub fn periods(catalog: &Catalog, object: &Object) -> Result<(u32, u32)> {
    let (mut retention, mut extension) = (None, None);
    let mut next = Some(object.clone());
    while let Some(current) = next {
        let (own_retention, own_extension) = match current.kind {
            Kind::Table => {
                let def: TableDef = current.definition()?;
                (def.retention_days, def.max_extension_days)
            }
            Kind::Schema => {
                let def: SchemaDef = current.definition()?;
                (def.retention_days, def.max_extension_days)
            }
            Kind::Database => {
                let def: DatabaseDef = current.definition()?;
                (def.retention_days, def.max_extension_days)
            }
            _ => (None, None),
        };
        retention = retention.or(own_retention);
        extension = extension.or(own_extension);
        next = current.parent.map(|parent| catalog.by_id_even_dropped(parent)).transpose()?.flatten();
    }
    Ok((retention.unwrap_or(DEFAULT_RETENTION_DAYS), extension.unwrap_or(DEFAULT_MAX_EXTENSION_DAYS)))
}

/// Removes what is beyond its retention period at `now`. A version that a stream has still to be read from stays for the
/// longer of the two periods of its table.
pub fn apply(catalog: &Catalog, storage: &Storage, now: Micros) -> Result<Removed> {
    let purged = catalog.transaction(|_| {
        let purged = catalog.purge(|object, dropped_at| {
            let (retention, _) = periods(catalog, object)?;
            Ok(dropped_at + Micros::from(retention) * DAY < now)
        })?;
        storage.purge(&purged)?;
        Ok(purged)
    })?;
    let mut offsets: HashMap<ObjectId, BTreeMap<Seq, Micros>> = HashMap::new();
    for stream in catalog.list_all(Kind::Stream)? {
        let def: StreamDef = stream.definition()?;
        if let Some(state) = storage.stream_state(stream.id)? {
            for base in def.bases() {
                let latest = offsets.entry(*base).or_default().entry(state.offset).or_insert(state.advanced_at);
                *latest = state.advanced_at.max(*latest);
            }
        }
    }
    let mut removed = Removed { objects: purged.len(), partitions: 0 };
    let mut longest_reach = Micros::from(DEFAULT_RETENTION_DAYS) * DAY;
    for table in catalog.list_all(Kind::Table)? {
        let (retention, extension) = periods(catalog, &table)?;
        let reach = (Micros::from(retention) * DAY).max(IN_USE);
        let mut before = storage.seq_at_or_after(now - reach)?;
        let longest = Micros::from(retention.max(extension)) * DAY;
        let own = offsets.get(&table.id).into_iter().flatten().map(|(seq, at)| (*seq, *at));
        for (offset, _) in own.filter(|(_, at)| at + longest >= now) {
            before = before.min(offset);
        }
        removed.partitions += storage.forget(table.id, before)?;
        longest_reach = longest_reach.max(reach);
    }
    for table in catalog.list_all_dropped(Kind::Table)? {
        longest_reach = longest_reach.max(Micros::from(periods(catalog, &table)?.0) * DAY);
    }
    storage.forget_times(storage.seq_at_or_after(now - longest_reach)?)?;
    Ok(removed)
}

/// Forgets everything that is beyond its time: [`apply`], and what was run.
fn forget(engine: &Engine) -> Result<Removed> {
    let now = engine.clock.now();
    engine.history.forget(now);
    task::forget(engine)?;
    notification::forget(engine)?;
    apply(&engine.catalog, &engine.storage, now)
}

/// Applies the retention periods every hour of the engine's clock, as long as the engine is in use.
pub async fn keep(engine: Weak<Engine>) {
    loop {
        let Some(current) = engine.upgrade() else { return };
        let clock = current.clock.clone();
        match forget(&current) {
            Ok(removed) => tracing::debug!(?removed, "retention periods applied"),
            Err(error) => tracing::warn!(%error, "retention periods could not be applied"),
        }
        drop(current);
        clock.sleep(Duration::from_secs(3600)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, StringArray};
    use datafusion::arrow::record_batch::RecordBatch;

    use super::*;
    use crate::catalog::NewObject;
    use crate::catalog::def::{ColumnDef, StreamMode};
    use crate::clock::Clock;
    use crate::store::Store;
    use crate::types::SqlType;

    const ONE_DAY: Duration = Duration::from_secs(86_400);

    struct Fixture {
        clock: Clock,
        catalog: Catalog,
        storage: Storage,
        schema: ObjectId,
        def: TableDef,
    }

    impl Fixture {
        fn new() -> Self {
            Self::over(Store::temporary().unwrap())
        }

        fn over(store: Store) -> Self {
            let clock = Clock::manual(100 * DAY);
            let store = Arc::new(store);
            let storage = Storage::open(store.clone(), clock.clone()).unwrap();
            let catalog = Catalog::open(store, clock.clone()).unwrap();
            let database = NewObject::new(Kind::Database, None, "D", "R", &DatabaseDef::default()).unwrap();
            let database = catalog.create(database).unwrap();
            let schema = catalog.find(Kind::Schema, Some(database.id), "PUBLIC", "").unwrap().unwrap().id;
            let def = TableDef::new(vec![ColumnDef::new("V", SqlType::TEXT)]);
            Self { clock, catalog, storage, schema, def }
        }

        fn table(&self, name: &str, retention_days: Option<u32>) -> ObjectId {
            let def = TableDef { retention_days, ..self.def.clone() };
            self.catalog.create(NewObject::new(Kind::Table, Some(self.schema), name, "R", &def).unwrap()).unwrap().id
        }

        fn overwrite(&self, table: ObjectId) -> Seq {
            let values: ArrayRef = Arc::new(StringArray::from(vec!["x"]));
            let mut transaction = self.storage.begin();
            let rows = RecordBatch::try_from_iter([("V", values)]).unwrap();
            transaction.overwrite(table, &self.def, &[rows]).unwrap();
            transaction.commit().unwrap()
        }

        fn apply(&self) -> Removed {
            apply(&self.catalog, &self.storage, self.clock.now()).unwrap()
        }
    }

    #[test]
    fn versions_go_with_their_period_unless_a_stream_needs_them() {
        let fixture = Fixture::new();
        let (short, long, streamed) =
            (fixture.table("SHORT", None), fixture.table("LONG", Some(5)), fixture.table("STREAMED", None));
        let tables = [short, long, streamed];
        let offset = tables.map(|table| fixture.overwrite(table))[2];
        let def = StreamDef {
            source: streamed,
            source_kind: Kind::Table,
            mode: StreamMode::Standard,
            show_initial_rows: false,
            base_tables: Vec::new(),
        };
        let stream = NewObject::new(Kind::Stream, Some(fixture.schema), "S", "R", &def).unwrap();
        let stream = fixture.catalog.create(stream).unwrap();
        fixture.storage.set_stream(stream.id, offset, false).unwrap();
        tables.iter().for_each(|table| {
            fixture.overwrite(*table);
        });
        assert_eq!(fixture.apply(), Removed::default(), "all is young");
        fixture.clock.advance(2 * ONE_DAY);
        assert_eq!(fixture.apply(), Removed { objects: 0, partitions: 1 }, "of SHORT");
        assert_eq!(fixture.apply(), Removed::default());
        fixture.clock.advance(4 * ONE_DAY);
        assert_eq!(fixture.apply(), Removed { objects: 0, partitions: 1 }, "of LONG");
        let changes = fixture.storage.changes(
            streamed,
            &fixture.def,
            offset,
            fixture.storage.current_seq(),
            StreamMode::Standard,
        );
        assert_eq!(changes.unwrap().iter().map(RecordBatch::num_rows).sum::<usize>(), 2);
        fixture.clock.advance(9 * ONE_DAY);
        assert_eq!(fixture.apply(), Removed { objects: 0, partitions: 1 }, "the stream is stale after 14 days");
    }

    #[test]
    fn dropped_objects_go_with_their_data() {
        let fixture = Fixture::new();
        let (short, long) = (fixture.table("SHORT", None), fixture.table("LONG", Some(5)));
        for table in [short, long] {
            fixture.overwrite(table);
            fixture.catalog.drop(table).unwrap();
        }
        assert_eq!(fixture.apply().objects, 0);
        fixture.clock.advance(2 * ONE_DAY);
        assert_eq!(fixture.apply().objects, 1);
        assert!(fixture.catalog.undrop(Kind::Table, Some(fixture.schema), "SHORT").is_err());
        assert_eq!(fixture.storage.row_count(short, fixture.storage.current_seq(), None).unwrap(), 0);
        fixture.catalog.undrop(Kind::Table, Some(fixture.schema), "LONG").unwrap();
        assert_eq!(fixture.storage.row_count(long, fixture.storage.current_seq(), None).unwrap(), 1);
    }

    #[test]
    fn times_of_commits_go_when_no_table_reaches_back_to_them() {
        let fixture = Fixture::new();
        let long = fixture.table("LONG", Some(5));
        fixture.table("SHORT", None);
        let streamed = fixture.overwrite(long);
        let def = StreamDef {
            source: long,
            source_kind: Kind::Table,
            mode: StreamMode::Standard,
            show_initial_rows: false,
            base_tables: Vec::new(),
        };
        let stream = NewObject::new(Kind::Stream, Some(fixture.schema), "S", "R", &def).unwrap();
        let stream = fixture.catalog.create(stream).unwrap();
        fixture.storage.set_stream(stream.id, streamed, false).unwrap();
        let start = fixture.clock.now();
        let versions: Vec<Seq> = (0..10)
            .map(|_| {
                fixture.clock.advance(ONE_DAY);
                fixture.overwrite(long)
            })
            .collect();
        let times = || -> i64 {
            let count = |connection: &rusqlite::Connection| {
                Ok(connection.query_row("SELECT count(*) FROM commits", [], |row| row.get(0))?)
            };
            fixture.catalog.store().read(count).unwrap()
        };
        assert_eq!(times(), 11);
        fixture.apply();
        assert_eq!(times(), 6 + 1, "five days, the version they begin with, and where the stream stands");
        let at = |day: i64| fixture.storage.seq_at(start + day * DAY);
        assert_eq!(at(5), Ok(versions[4]));
        assert!(at(4).unwrap_err().message.starts_with("Time travel data is not available"));
        assert_eq!(at(0).unwrap_err().code, 707, "a time that is known only because of the stream");
        assert_eq!(fixture.storage.committed_at(streamed), Ok(Some(start)));
        assert_eq!(fixture.storage.committed_at(versions[0]), Ok(None));
        // A longer period does not bring back what is gone.
        fixture.table("LONGER", Some(90));
        fixture.apply();
        assert_eq!((at(5), times()), (Ok(versions[4]), 7));
        fixture.catalog.drop(long).unwrap();
        fixture.clock.advance(2 * ONE_DAY);
        fixture.apply();
        assert_eq!(at(5), Ok(versions[4]), "what was dropped may come back");
    }

    #[test]
    fn files_go_with_their_tables_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let fixture = Fixture::over(Store::open(directory.path()).unwrap());
        let table = fixture.table("T", None);
        let values: ArrayRef = Arc::new(StringArray::from(vec!["x".repeat(1_000_000)]));
        let mut transaction = fixture.storage.begin();
        let rows = RecordBatch::try_from_iter([("V", values)]).unwrap();
        transaction.insert(table, &fixture.def, &[rows]).unwrap();
        transaction.commit().unwrap();
        let files = || std::fs::read_dir(directory.path().join("partitions")).unwrap().count();
        assert_eq!(files(), 1);
        fixture.catalog.drop(table).unwrap();
        fixture.clock.advance(2 * ONE_DAY);
        assert_eq!((fixture.apply().objects, files()), (1, 0));
    }

    #[tokio::test]
    async fn the_engine_keeps_its_periods_while_it_lives() {
        use crate::engine::EngineConfig;

        let clock = Clock::manual(100 * DAY);
        let engine = Engine::open(EngineConfig { clock: clock.clone(), ..EngineConfig::default() }).unwrap();
        let keeper = tokio::spawn(keep(std::sync::Arc::downgrade(&engine)));
        let database = NewObject::new(Kind::Database, None, "D", "R", &DatabaseDef::default()).unwrap();
        let database = engine.catalog.create(database).unwrap();
        engine.catalog.drop(database.id).unwrap();
        tokio::task::yield_now().await;
        assert!(engine.catalog.by_id_even_dropped(database.id).unwrap().is_some());
        clock.advance(2 * ONE_DAY);
        while engine.catalog.by_id_even_dropped(database.id).unwrap().is_some() {
            tokio::task::yield_now().await;
        }
        drop(engine);
        clock.advance(ONE_DAY);
        keeper.await.unwrap();
    }
}
