//! The catalog: every object, who owns it, and who may do what with it.
//!
//! Each change is one transaction of the [`Store`]; [`Catalog::transaction`] joins several into one. Objects are dropped
//! softly, so that UNDROP finds them until [`Catalog::purge`] takes them away.

mod bootstrap;
pub mod def;
mod dropped;
mod grants;
mod numbers;
mod object;
mod tags;

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};

pub use grants::{Grant, Member, Membership, RoleSet, Target};
pub use object::{Kind, NewObject, Object, ObjectId};
pub use tags::{TagSetting, TagSlot};

use crate::clock::Clock;
use crate::error::{Result, SqlError};
use crate::parse::quote;
use crate::store::Store;

/// The roles that every account has.
pub mod role {
    /// The role above all others.
    pub const ACCOUNTADMIN: &str = "ACCOUNTADMIN";
    /// Manages grants.
    pub const SECURITYADMIN: &str = "SECURITYADMIN";
    /// Manages users and roles.
    pub const USERADMIN: &str = "USERADMIN";
    /// Creates databases and warehouses.
    pub const SYSADMIN: &str = "SYSADMIN";
    /// Granted to every user and role.
    pub const PUBLIC: &str = "PUBLIC";
    /// The built-in roles.
    pub const BUILT_IN: [&str; 5] = [ACCOUNTADMIN, SECURITYADMIN, USERADMIN, SYSADMIN, PUBLIC];
}

/// The name of the schema whose views describe the database.
pub const INFORMATION_SCHEMA: &str = "INFORMATION_SCHEMA";

const COLUMNS: &str = "id, kind, parent, name, signature, session, owner, created_at, comment, definition";

/// The catalog; clones are the same catalog.
#[derive(Clone)]
pub struct Catalog {
    store: Arc<Store>,
    clock: Clock,
    grants: Arc<grants::Cache>,
}

impl std::fmt::Debug for Catalog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalog").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Catalog {
    /// The catalog in `store`; creates the built-in roles in a new one and drops what sessions of an earlier run left.
    pub fn open(store: Arc<Store>, clock: Clock) -> Result<Self> {
        let catalog = Self { store, clock, grants: Arc::default() };
        catalog.bootstrap()?;
        Ok(catalog)
    }

    /// The store below.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Runs several changes as one: when `change` fails none of them remains. Everything that `change` does with this
    /// catalog, its store and its storage takes part.
    pub fn transaction<T>(&self, change: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        self.store.write(|_| change(self))
    }

    /// Creates an object. A database gets its schemas PUBLIC and INFORMATION_SCHEMA; future grants of the containers
    /// are applied.
    ///
    /// # Errors
    /// 002002 when the name is taken; tables, views and streams of a schema share their names.
    pub fn create(&self, new: NewObject) -> Result<Object> {
        self.transaction(|_| {
            if let Some(existing) = self.occupant(new.kind, new.parent, &new.name, &new.signature, new.session)? {
                return Err(SqlError::already_exists(self.full_name(&existing)?));
            }
            let created_at = self.clock.now();
            let id = self.store.write(|connection| {
                connection
                    .prepare_cached(
                        "INSERT INTO objects (kind, space, parent, name, signature, session, owner, created_at, comment, definition)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                    )?
                    .execute(params![
                        new.kind.keyword(),
                        new.kind.space(),
                        parent_value(new.parent),
                        new.name,
                        new.signature,
                        session_value(new.session),
                        new.owner,
                        created_at,
                        new.comment,
                        serde_json::to_string(&new.definition)?,
                    ])?;
                Ok(ObjectId(connection.last_insert_rowid()))
            })?;
            let mut object = Object {
                id,
                kind: new.kind,
                parent: new.parent,
                name: new.name,
                signature: new.signature,
                session: new.session,
                owner: new.owner,
                created_at,
                comment: new.comment,
                definition: new.definition,
            };
            if object.kind == Kind::Database {
                self.create_standard_schemas(&object)?;
            }
            self.apply_future_grants(&mut object)?;
            new.tags.iter().try_for_each(|tag| self.set_tag(object.id, tag))?;
            Ok(object)
        })
    }

    /// Drops what has the name, if anything does, and creates the object in its place, as CREATE OR REPLACE does. With
    /// `copy_grants` the grants on the old one, except ownership, are made on the new one.
    ///
    /// # Errors
    /// 002002 when the name is taken by another kind of object.
    pub fn create_or_replace(&self, new: NewObject, copy_grants: bool) -> Result<Object> {
        self.transaction(|_| {
            let Some(old) = self.occupant(new.kind, new.parent, &new.name, &new.signature, new.session)? else {
                return self.create(new);
            };
            if old.kind != new.kind {
                return Err(SqlError::compilation(
                    2002,
                    "42710",
                    format!(
                        "Object '{}' already exists as {}, drop it before creating a {} of this name.",
                        self.full_name(&old)?,
                        old.kind,
                        new.kind
                    ),
                ));
            }
            let grants = self.grants_on(Target::Object(old.id))?;
            self.drop(old.id)?;
            let object = self.create(new)?;
            if copy_grants {
                // With copied grants the future grants of the containers do not apply.
                self.revoke_all_on(object.id)?;
                for grant in grants {
                    self.grant(&Grant { on: Target::Object(object.id), ..grant })?;
                }
            }
            Ok(object)
        })
    }

    /// The object of this kind, container, stored name and signature that all sessions see.
    pub fn find(&self, kind: Kind, parent: Option<ObjectId>, name: &str, signature: &str) -> Result<Option<Object>> {
        Ok(self.occupant(kind, parent, name, signature, None)?.filter(|object| object.kind == kind))
    }

    /// Like [`Catalog::find`], but a temporary object of the session comes first.
    pub fn find_for(
        &self,
        kind: Kind,
        parent: Option<ObjectId>,
        name: &str,
        signature: &str,
        session: u64,
    ) -> Result<Option<Object>> {
        match self.occupant(kind, parent, name, signature, Some(session))?.filter(|object| object.kind == kind) {
            Some(object) => Ok(Some(object)),
            None => self.find(kind, parent, name, signature),
        }
    }

    /// The table, view or stream of this name in a schema; a temporary one of the session comes first.
    pub fn find_relation(&self, schema: ObjectId, name: &str, session: u64) -> Result<Option<Object>> {
        match self.occupant(Kind::Table, Some(schema), name, "", Some(session))? {
            Some(object) => Ok(Some(object)),
            None => self.occupant(Kind::Table, Some(schema), name, "", None),
        }
    }

    /// The database of this stored name.
    pub fn database(&self, name: &str) -> Result<Option<Object>> {
        self.find(Kind::Database, None, name, "")
    }

    /// The schema of these stored names.
    pub fn schema(&self, database: &str, name: &str) -> Result<Option<Object>> {
        match self.database(database)? {
            Some(database) => self.find(Kind::Schema, Some(database.id), name, ""),
            None => Ok(None),
        }
    }

    /// The object of this identity, unless it is dropped.
    pub fn by_id(&self, id: ObjectId) -> Result<Option<Object>> {
        self.one(&format!("SELECT {COLUMNS} FROM objects WHERE id = ?1 AND dropped_at IS NULL"), params![id.0])
    }

    /// The object of this identity, also when it is dropped, as long as it can be brought back.
    pub fn by_id_even_dropped(&self, id: ObjectId) -> Result<Option<Object>> {
        self.one(&format!("SELECT {COLUMNS} FROM objects WHERE id = ?1"), params![id.0])
    }

    /// The objects of a kind in a container, or in the account, ordered by name. Temporary ones are among them:
    /// [`Object::session`] tells.
    pub fn list(&self, kind: Kind, parent: Option<ObjectId>) -> Result<Vec<Object>> {
        self.many(
            &format!(
                "SELECT {COLUMNS} FROM objects WHERE parent = ?1 AND kind = ?2 AND dropped_at IS NULL
                 ORDER BY name, signature, id"
            ),
            params![parent_value(parent), kind.keyword()],
        )
    }

    /// The objects of a kind anywhere, ordered by name.
    pub fn list_all(&self, kind: Kind) -> Result<Vec<Object>> {
        self.many(
            &format!(
                "SELECT {COLUMNS} FROM objects WHERE kind = ?1 AND dropped_at IS NULL ORDER BY name, signature, id"
            ),
            params![kind.keyword()],
        )
    }

    /// The dropped objects of a kind that can still be brought back.
    pub fn list_all_dropped(&self, kind: Kind) -> Result<Vec<Object>> {
        self.many(
            &format!("SELECT {COLUMNS} FROM objects WHERE kind = ?1 AND dropped_at IS NOT NULL ORDER BY id"),
            params![kind.keyword()],
        )
    }

    /// The procedures or functions of this name in a schema, one per signature.
    pub fn overloads(&self, kind: Kind, schema: ObjectId, name: &str) -> Result<Vec<Object>> {
        self.many(
            &format!(
                "SELECT {COLUMNS} FROM objects WHERE parent = ?1 AND kind = ?2 AND name = ?3 AND dropped_at IS NULL
                 ORDER BY signature"
            ),
            params![schema.0, kind.keyword(), name],
        )
    }

    /// Stores the object's owner, comment and definition.
    ///
    /// # Errors
    /// 002003 when it has been dropped meanwhile.
    pub fn update(&self, object: &Object) -> Result<()> {
        self.store.write(|connection| {
            let changed = connection
                .prepare_cached(
                    "UPDATE objects SET owner = ?2, comment = ?3, definition = ?4 WHERE id = ?1 AND dropped_at IS NULL",
                )?
                .execute(params![
                    object.id.0,
                    object.owner,
                    object.comment,
                    serde_json::to_string(&object.definition)?
                ])?;
            self.grants.forget_on_commit(&self.store);
            if changed == 0 { Err(SqlError::does_not_exist(object.kind.title(), &object.name)) } else { Ok(()) }
        })
    }

    /// Gives the object another name and, with `parent`, moves it. Renaming a role renames it in all grants.
    ///
    /// # Errors
    /// 002002 when the name is taken.
    pub fn rename(&self, id: ObjectId, parent: Option<ObjectId>, name: &str) -> Result<Object> {
        self.transaction(|_| {
            let mut object = self.expect(id)?;
            let parent = parent.or(object.parent);
            match self.occupant(object.kind, parent, name, &object.signature, object.session)? {
                Some(other) if other.id != id => return Err(SqlError::already_exists(self.full_name(&other)?)),
                _ => {}
            }
            self.set_place(id, parent, name)?;
            if matches!(object.kind, Kind::Role | Kind::User) {
                self.rename_in_grants(object.kind, &object.name, name)?;
            }
            object.parent = parent;
            object.name = name.to_owned();
            Ok(object)
        })
    }

    /// Exchanges the names (and places) of two objects of one kind, as ALTER TABLE ... SWAP WITH does.
    pub fn swap(&self, one: ObjectId, other: ObjectId) -> Result<()> {
        self.transaction(|_| {
            let (one, other) = (self.expect(one)?, self.expect(other)?);
            // A name nobody can write in between: names are unique at every moment.
            self.set_place(one.id, one.parent, &format!("\0{}", one.id))?;
            self.set_place(other.id, one.parent, &one.name)?;
            self.set_place(one.id, other.parent, &other.name)
        })
    }

    /// The name with its containers, quoted where needed: `DB.SCHEMA.NAME`.
    pub fn full_name(&self, object: &Object) -> Result<String> {
        let mut name = quote(&object.name);
        let mut parent = object.parent;
        while let Some(id) = parent {
            let Some(container) = self.by_id_even_dropped(id)? else { break };
            name = format!("{}.{name}", quote(&container.name));
            parent = container.parent;
        }
        Ok(name)
    }

    /// The schema and database that an object of a schema is in.
    ///
    /// # Errors
    /// 002003 when the object is not in a schema, or its containers are gone.
    pub fn containers(&self, object: &Object) -> Result<(Object, Object)> {
        let schema = self.expect(object.parent.unwrap_or(object.id))?;
        let database = self.expect(schema.parent.unwrap_or(schema.id))?;
        Ok((database, schema))
    }

    fn expect(&self, id: ObjectId) -> Result<Object> {
        self.by_id(id)?.ok_or_else(|| SqlError::does_not_exist("Object", id))
    }

    /// What has this name in the name space of the kind.
    fn occupant(
        &self,
        kind: Kind,
        parent: Option<ObjectId>,
        name: &str,
        signature: &str,
        session: Option<u64>,
    ) -> Result<Option<Object>> {
        self.one(
            &format!(
                "SELECT {COLUMNS} FROM objects WHERE space = ?1 AND parent = ?2 AND name = ?3 AND signature = ?4
                 AND session = ?5 AND dropped_at IS NULL"
            ),
            params![kind.space(), parent_value(parent), name, signature, session_value(session)],
        )
    }

    fn set_place(&self, id: ObjectId, parent: Option<ObjectId>, name: &str) -> Result<()> {
        self.store.write(|connection| {
            connection.prepare_cached("UPDATE objects SET parent = ?2, name = ?3 WHERE id = ?1")?.execute(params![
                id.0,
                parent_value(parent),
                name
            ])?;
            Ok(())
        })
    }

    fn one(&self, sql: &str, values: impl rusqlite::Params) -> Result<Option<Object>> {
        self.store.read(|connection: &Connection| {
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_row(values, |row| Ok(read(row))).optional()?.transpose()
        })
    }

    fn many(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<Object>> {
        self.store.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(values, |row| Ok(read(row)))?;
            rows.map(|row| row.map_err(SqlError::from).and_then(|object| object)).collect()
        })
    }
}

fn parent_value(parent: Option<ObjectId>) -> i64 {
    parent.map_or(0, |id| id.0)
}

fn session_value(session: Option<u64>) -> i64 {
    session.unwrap_or(0) as i64
}

fn read(row: &Row<'_>) -> Result<Object> {
    let kind: String = row.get(1)?;
    let parent: i64 = row.get(2)?;
    let session: i64 = row.get(5)?;
    let definition: String = row.get(9)?;
    Ok(Object {
        id: ObjectId(row.get(0)?),
        kind: Kind::from_keyword(&kind).ok_or_else(|| SqlError::internal(format_args!("object kind {kind}")))?,
        parent: (parent != 0).then_some(ObjectId(parent)),
        name: row.get(3)?,
        signature: row.get(4)?,
        session: (session != 0).then_some(session as u64),
        owner: row.get(6)?,
        created_at: row.get(7)?,
        comment: row.get(8)?,
        definition: serde_json::from_str(&definition)?,
    })
}

#[cfg(test)]
mod tests;
