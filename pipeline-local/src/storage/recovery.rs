//! Opening: loading the versions of all tables, and clearing away what never became part of one.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use parking_lot::{Mutex, RwLock};
use roaring::RoaringBitmap;
use rusqlite::Connection;

use super::commit::last_version;
use super::partition::{self, Partition, PartitionKind};
use super::table::{Change, Deletion, Image, Versions};
use super::{CACHE_BYTES, Inner, Locks, Seq, Storage, TIMES_FROM, cache, object_name};
use crate::catalog::ObjectId;
use crate::clock::Clock;
use crate::error::{Result, SqlError};
use crate::store::Store;

pub(super) fn open(store: Arc<Store>, clock: Clock) -> Result<Storage> {
    let directory = partition::directory(store.directory());
    std::fs::create_dir_all(&directory)
        .map_err(|error| SqlError::internal(format_args!("cannot create {}: {error}", directory.display())))?;
    let (current, last_at) = store.read(last_version)?;
    clock.catch_up(last_at);
    remove_orphans(&store)?;
    let tables = store.read(load)?;
    let next = |key: &str| store.meta(key).map(|value| AtomicU64::new(value.unwrap_or(1) as u64));
    let (next_partition, next_row) = (next("next_partition")?, next("next_row")?);
    let times_from = store.meta(TIMES_FROM)?.unwrap_or(0);
    Ok(Storage(Arc::new(Inner {
        clock,
        locks: Locks::new({
            let store = store.clone();
            move |object| object_name(&store, object)
        }),
        cache: cache::Cache::new(CACHE_BYTES),
        current: AtomicU64::new(current.0),
        tables: RwLock::new(tables),
        next_partition,
        next_row,
        last_transaction: AtomicU64::new(0),
        times_from: AtomicU64::new(times_from as u64),
        compacting: Mutex::new(()),
        commits: tokio::sync::watch::Sender::new(Seq(0)),
        store,
    })))
}

/// Removes files that no commit refers to, and refuses to go on when one that a commit refers to is missing.
fn remove_orphans(store: &Store) -> Result<()> {
    let mut wanted: HashSet<u64> = store.read(|connection| {
        let mut statement = connection.prepare("SELECT id FROM data WHERE file")?;
        let ids = statement.query_map([], |row| Ok(row.get::<_, i64>(0)? as u64))?;
        Ok(ids.collect::<Result<_, _>>()?)
    })?;
    for entry in std::fs::read_dir(partition::directory(store.directory()))? {
        let path = entry?.path();
        let id = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        if !id.is_some_and(|id| wanted.remove(&id)) {
            tracing::info!(path = %path.display(), "removing what an unfinished commit left");
            std::fs::remove_file(&path)?;
        }
    }
    match wanted.into_iter().min() {
        None => Ok(()),
        Some(id) => Err(SqlError::internal(format_args!(
            "the data directory is damaged: {} is missing",
            partition::file(store.directory(), id).display()
        ))),
    }
}

fn load(connection: &Connection) -> Result<HashMap<ObjectId, Arc<RwLock<Versions>>>> {
    let mut tables: HashMap<ObjectId, BTreeMap<Seq, Change>> = HashMap::new();
    let mut statement = connection
        .prepare("SELECT id, table_id, data, kind, rows, bytes, added_seq, first FROM partitions ORDER BY id")?;
    let mut table_of: HashMap<u64, ObjectId> = HashMap::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let partition = Partition {
            id: row.get::<_, i64>(0)? as u64,
            data: row.get::<_, i64>(2)? as u64,
            first: row.get(7)?,
            kind: PartitionKind::from_code(row.get(3)?),
            rows: row.get(4)?,
            bytes: row.get::<_, i64>(5)? as u64,
            added: Seq(row.get::<_, i64>(6)? as u64),
        };
        let table = ObjectId(row.get(1)?);
        table_of.insert(partition.id, table);
        let change = tables.entry(table).or_default().entry(partition.added).or_default();
        match partition.kind {
            PartitionKind::Image => change.images.push(Arc::new(partition)),
            PartitionKind::Insert | PartitionKind::Update => change.added.push(Arc::new(partition)),
        }
    }
    let mut statement = connection.prepare("SELECT partition, seq, image, first FROM images")?;
    let images = statement
        .query_map([], |row| {
            let image = Image { id: row.get::<_, i64>(2)? as u64, first: row.get(3)? };
            Ok(((row.get::<_, i64>(0)? as u64, Seq(row.get::<_, i64>(1)? as u64)), image))
        })?
        .collect::<Result<HashMap<_, _>, _>>()?;
    let mut statement =
        connection.prepare("SELECT partition, seq, positions FROM deletions ORDER BY partition, seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = row.get::<_, i64>(0)? as u64;
        let seq = Seq(row.get::<_, i64>(1)? as u64);
        let positions = RoaringBitmap::deserialize_from(row.get_ref(2)?.as_blob().map_err(SqlError::internal)?)?;
        let Some(table) = table_of.get(&id) else { continue };
        let change = tables.entry(*table).or_default().entry(seq).or_default();
        let deletion = Deletion { seq, positions: Arc::new(positions), image: images.get(&(id, seq)).copied() };
        change.deleted.push((id, deletion));
    }
    let mut statement = connection.prepare("SELECT table_id, readable_from FROM histories")?;
    let histories = statement
        .query_map([], |row| Ok((ObjectId(row.get(0)?), Seq(row.get::<_, i64>(1)? as u64))))?
        .collect::<Result<HashMap<_, _>, _>>()?;
    for table in histories.keys() {
        tables.entry(*table).or_default();
    }
    Ok(tables
        .into_iter()
        .map(|(table, changes)| {
            let mut versions = Versions::default();
            for (seq, change) in changes {
                versions.apply(seq, &change);
            }
            if let Some(readable_from) = histories.get(&table) {
                versions.forget(*readable_from);
            }
            (table, Arc::new(RwLock::new(versions)))
        })
        .collect())
}
