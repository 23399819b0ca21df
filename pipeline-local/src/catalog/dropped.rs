//! Dropping objects, bringing them back, and forgetting them.

use rusqlite::params;

use super::{COLUMNS, Catalog, INFORMATION_SCHEMA, Kind, Object, ObjectId, parent_value, read, role};
use crate::clock::Micros;
use crate::error::{Result, SqlError};

impl Catalog {
    /// Drops an object and everything in it. The built-in roles and INFORMATION_SCHEMA cannot be dropped.
    ///
    /// # Errors
    /// 002003 when it is dropped already.
    pub fn drop(&self, id: ObjectId) -> Result<()> {
        let object = self.expect(id)?;
        let built_in = match object.kind {
            Kind::Role => role::BUILT_IN.contains(&object.name.as_str()),
            Kind::Schema => object.name == INFORMATION_SCHEMA,
            _ => false,
        };
        if built_in {
            return Err(SqlError::compilation(
                3008,
                "42501",
                format!("Cannot drop {} '{}', which every account has.", object.kind, self.full_name(&object)?),
            ));
        }
        self.store.write(|connection| {
            connection
                .prepare_cached(
                    "WITH RECURSIVE inside (id) AS (
                       SELECT ?1 UNION ALL
                       SELECT o.id FROM objects o JOIN inside i ON o.parent = i.id WHERE o.dropped_at IS NULL)
                     UPDATE objects SET dropped_at = ?2, dropped_by = ?1
                     WHERE id IN (SELECT id FROM inside) AND dropped_at IS NULL",
                )?
                .execute(params![id.0, self.clock.now()])?;
            if matches!(object.kind, Kind::Role | Kind::User) {
                self.drop_from_grants(object.kind, &object.name)?;
            }
            self.grants.forget_on_commit(&self.store);
            Ok(())
        })
    }

    /// Brings back what was dropped last under this name, with everything that was dropped with it.
    ///
    /// # Errors
    /// 002002 when the name is taken by now, 002003 when nothing of the name can be brought back.
    pub fn undrop(&self, kind: Kind, parent: Option<ObjectId>, name: &str) -> Result<Object> {
        self.transaction(|_| {
            if let Some(existing) = self.occupant(kind, parent, name, "", None)? {
                return Err(SqlError::already_exists(self.full_name(&existing)?));
            }
            let dropped = self.one(
                &format!(
                    "SELECT {COLUMNS} FROM objects
                     WHERE kind = ?1 AND parent = ?2 AND name = ?3 AND session = 0 AND dropped_at IS NOT NULL
                       AND dropped_by = id
                     ORDER BY dropped_at DESC, id DESC LIMIT 1"
                ),
                params![kind.keyword(), parent_value(parent), name],
            )?;
            let Some(object) = dropped else {
                return Err(SqlError::compilation(
                    2003,
                    "42S02",
                    format!("{} '{name}' did not exist or was purged.", kind.title()),
                ));
            };
            self.store.write(|connection| {
                connection.execute(
                    "UPDATE objects SET dropped_at = NULL, dropped_by = NULL WHERE dropped_by = ?1",
                    [object.id.0],
                )?;
                self.grants.forget_on_commit(&self.store);
                Ok(())
            })?;
            Ok(object)
        })
    }

    /// The dropped objects of a kind in a container with the time of the drop, for SHOW ... HISTORY.
    pub fn list_dropped(&self, kind: Kind, parent: Option<ObjectId>) -> Result<Vec<(Object, Micros)>> {
        self.store.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS}, dropped_at FROM objects
                 WHERE kind = ?1 AND parent = ?2 AND session = 0 AND dropped_at IS NOT NULL ORDER BY name, dropped_at"
            ))?;
            let rows = statement
                .query_map(params![kind.keyword(), parent_value(parent)], |row| Ok((read(row), row.get(10)?)))?;
            rows.map(|row| row.map_err(SqlError::from).and_then(|(object, at)| Ok((object?, at)))).collect()
        })
    }

    /// Forgets for good those dropped objects that `expired` says so of, given the time of the drop, and dropped temporary
    /// objects in any case. What was dropped with an object goes with it. Returns the identities, so that
    /// [`crate::storage::Storage::purge`] can remove their data.
    pub fn purge(&self, expired: impl Fn(&Object, Micros) -> Result<bool>) -> Result<Vec<ObjectId>> {
        self.transaction(|_| {
            let roots = self.store.read(|connection| {
                let mut statement = connection.prepare_cached(&format!(
                    "SELECT {COLUMNS}, dropped_at FROM objects WHERE dropped_at IS NOT NULL AND dropped_by = id"
                ))?;
                let rows = statement.query_map([], |row| Ok((read(row), row.get(10)?)))?;
                rows.map(|row| row.map_err(SqlError::from).and_then(|(object, at)| Ok((object?, at))))
                    .collect::<Result<Vec<(Object, Micros)>>>()
            })?;
            let mut purged = Vec::new();
            for (root, dropped_at) in roots {
                if root.session.is_none() && !expired(&root, dropped_at)? {
                    continue;
                }
                self.store.write(|connection| {
                    let mut statement = connection.prepare_cached(
                        "WITH RECURSIVE inside (id) AS (
                           SELECT id FROM objects WHERE dropped_by = ?1 UNION
                           SELECT o.id FROM objects o JOIN inside i ON o.parent = i.id)
                         DELETE FROM objects WHERE id IN (SELECT id FROM inside) RETURNING id",
                    )?;
                    let ids = statement.query_map([root.id.0], |row| row.get(0).map(ObjectId))?;
                    purged.extend(ids.collect::<Result<Vec<_>, _>>()?);
                    Ok(())
                })?;
            }
            for id in &purged {
                self.revoke_all_on(*id)?;
                self.store.write(|connection| {
                    connection.prepare_cached("DELETE FROM counters WHERE object = ?1")?.execute([id.0])?;
                    connection
                        .prepare_cached("DELETE FROM tag_values WHERE object = ?1 OR tag = ?1")?
                        .execute([id.0])?;
                    Ok(())
                })?;
            }
            Ok(purged)
        })
    }

    /// Drops the temporary objects of a session that has ended.
    pub fn end_session(&self, session: u64) -> Result<()> {
        let ids = self.store.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT id FROM objects WHERE session = ?1 AND dropped_at IS NULL")?;
            let ids = statement.query_map([session as i64], |row| row.get(0).map(ObjectId))?;
            Ok(ids.collect::<Result<Vec<_>, _>>()?)
        })?;
        if ids.is_empty() {
            return Ok(());
        }
        self.transaction(|_| ids.into_iter().try_for_each(|id| self.drop(id)))
    }
}
