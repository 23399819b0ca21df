//! Privileges of roles, and which roles have which roles.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use parking_lot::RwLock;
use rusqlite::{Row, params};

use super::{Catalog, Kind, Object, ObjectId, role};
use crate::clock::Micros;
use crate::error::{Result, SqlError};
use crate::store::Store;

/// A role with all roles it inherits from, itself among them.
pub type RoleSet = BTreeSet<String>;

/// What a privilege is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// The account.
    Account,
    /// One object.
    Object(ObjectId),
    /// The objects of a kind that will be created in a database or schema.
    Future {
        /// The database or schema.
        container: ObjectId,
        /// The kind.
        kind: Kind,
    },
}

impl Target {
    fn columns(self) -> (&'static str, i64, &'static str) {
        match self {
            Self::Account => ("ACCOUNT", 0, ""),
            Self::Object(id) => ("OBJECT", id.0, ""),
            Self::Future { container, kind } => ("FUTURE", container.0, kind.keyword()),
        }
    }
}

/// A privilege that a role has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The privilege in upper case, for example `CREATE TABLE`.
    pub privilege: String,
    /// What it is on.
    pub on: Target,
    /// The role that has it.
    pub role: String,
    /// The role that gave it.
    pub grantor: String,
    /// WITH GRANT OPTION.
    pub grant_option: bool,
    /// When it was given; [`Catalog::grant`] sets it.
    pub granted_at: Micros,
}

/// Who can be given a role.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Member {
    /// Another role, which then inherits from it.
    Role(String),
    /// A user, who then may use it.
    User(String),
}

impl Member {
    fn columns(&self) -> (&'static str, &str) {
        match self {
            Self::Role(name) => ("ROLE", name),
            Self::User(name) => ("USER", name),
        }
    }
}

/// That somebody has been given a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The role.
    pub role: String,
    /// Who has it.
    pub member: Member,
    /// The role that gave it.
    pub grantor: String,
    /// When.
    pub granted_at: Micros,
}

/// Everything about privileges in memory, loaded when first asked and forgotten by every change.
#[derive(Default)]
pub(super) struct Cache(RwLock<Option<Arc<Loaded>>>);

struct Loaded {
    on: HashMap<Target, Vec<(String, String)>>,
    /// The roles a role has been given.
    inherited: HashMap<String, Vec<String>>,
    closures: RwLock<HashMap<String, Arc<RoleSet>>>,
}

impl Cache {
    pub(super) fn forget_on_commit(self: &Arc<Self>, store: &Store) {
        let cache = self.clone();
        store.on_commit(move || *cache.0.write() = None);
    }
}

impl Catalog {
    /// Gives a privilege. Returns whether the role did not have it before; a grant option is added to an existing grant.
    pub fn grant(&self, grant: &Grant) -> Result<bool> {
        let (target, object, future) = grant.on.columns();
        self.store.write(|connection| {
            let changed = connection
                .prepare_cached(
                    "INSERT INTO grants (privilege, target, object, future, role, grantor, grant_option, granted_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                     ON CONFLICT DO UPDATE SET grant_option = 1 WHERE excluded.grant_option > grant_option",
                )?
                .execute(params![
                    grant.privilege,
                    target,
                    object,
                    future,
                    grant.role,
                    grant.grantor,
                    grant.grant_option,
                    self.clock.now()
                ])?;
            self.grants.forget_on_commit(&self.store);
            Ok(changed > 0)
        })
    }

    /// Takes a privilege away. Returns whether the role had it.
    pub fn revoke(&self, privilege: &str, on: Target, role: &str) -> Result<bool> {
        let (target, object, future) = on.columns();
        self.store.write(|connection| {
            let changed = connection
                .prepare_cached(
                    "DELETE FROM grants WHERE object = ?1 AND target = ?2 AND future = ?3 AND privilege = ?4 AND role = ?5",
                )?
                .execute(params![object, target, future, privilege, role])?;
            self.grants.forget_on_commit(&self.store);
            Ok(changed > 0)
        })
    }

    /// Takes away all privileges on an object and those on its future objects.
    pub fn revoke_all_on(&self, object: ObjectId) -> Result<()> {
        self.store.write(|connection| {
            connection
                .prepare_cached("DELETE FROM grants WHERE object = ?1 AND target <> 'ACCOUNT'")?
                .execute([object.0])?;
            self.grants.forget_on_commit(&self.store);
            Ok(())
        })
    }

    /// Makes `role` the owner of an object.
    pub fn set_owner(&self, object: ObjectId, role: &str) -> Result<()> {
        self.store.write(|connection| {
            connection
                .prepare_cached("UPDATE objects SET owner = ?2 WHERE id = ?1")?
                .execute(params![object.0, role])?;
            self.grants.forget_on_commit(&self.store);
            Ok(())
        })
    }

    /// The grants on a target, without the ownership, which is [`Object::owner`].
    pub fn grants_on(&self, on: Target) -> Result<Vec<Grant>> {
        let (target, object, future) = on.columns();
        self.grants_where("object = ?1 AND target = ?2 AND future = ?3", params![object, target, future])
    }

    /// The grants on what will be created in a database or schema.
    pub fn future_grants_in(&self, container: ObjectId) -> Result<Vec<Grant>> {
        self.grants_where("object = ?1 AND target = 'FUTURE'", params![container.0])
    }

    /// The grants that a role was given itself, without what it inherits and owns.
    pub fn grants_to(&self, role: &str) -> Result<Vec<Grant>> {
        self.grants_where("role = ?1", params![role])
    }

    /// Gives a role to a role or user. Returns whether it is new.
    ///
    /// # Errors
    /// When a role would inherit from itself.
    pub fn grant_role(&self, role: &str, to: &Member, grantor: &str) -> Result<bool> {
        if let Member::Role(member) = to
            && self.role_closure(role)?.contains(member)
        {
            return Err(SqlError::compilation(
                3031,
                "42710",
                format!(
                    "Cannot grant role '{role}' to role '{member}': '{role}' has '{member}' already, a role cannot inherit from itself."
                ),
            ));
        }
        let (kind, member) = to.columns();
        self.store.write(|connection| {
            let changed = connection
                .prepare_cached("INSERT OR IGNORE INTO role_members VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![role, kind, member, grantor, self.clock.now()])?;
            self.grants.forget_on_commit(&self.store);
            Ok(changed > 0)
        })
    }

    /// Takes a role away from a role or user. Returns whether it had it.
    pub fn revoke_role(&self, role: &str, from: &Member) -> Result<bool> {
        let (kind, member) = from.columns();
        self.store.write(|connection| {
            let changed = connection
                .prepare_cached("DELETE FROM role_members WHERE role = ?1 AND member_kind = ?2 AND member = ?3")?
                .execute(params![role, kind, member])?;
            self.grants.forget_on_commit(&self.store);
            Ok(changed > 0)
        })
    }

    /// Who has been given a role.
    pub fn members_of(&self, role: &str) -> Result<Vec<Membership>> {
        self.memberships("role = ?1", params![role])
    }

    /// The roles that a role or user has been given; PUBLIC, which all have, is not among them.
    pub fn roles_of(&self, member: &Member) -> Result<Vec<Membership>> {
        let (kind, name) = member.columns();
        self.memberships("member_kind = ?1 AND member = ?2", params![kind, name])
    }

    /// The role with all roles it inherits from, and PUBLIC.
    pub fn role_closure(&self, role: &str) -> Result<Arc<RoleSet>> {
        let loaded = self.loaded()?;
        if let Some(closure) = loaded.closures.read().get(role) {
            return Ok(closure.clone());
        }
        let closure = Arc::new(loaded.closure([role.to_owned()]));
        loaded.closures.write().insert(role.to_owned(), closure.clone());
        Ok(closure)
    }

    /// All roles that a user may use: those given to the user, what these inherit, and PUBLIC.
    pub fn roles_for_user(&self, user: &str) -> Result<RoleSet> {
        let given = self.roles_of(&Member::User(user.to_owned()))?;
        Ok(self.loaded()?.closure(given.into_iter().map(|membership| membership.role)))
    }

    /// Whether one of `roles` has been given the privilege. Who owns an object, which allows everything, is
    /// [`Object::owner`] and not asked here.
    pub fn has_privilege(&self, roles: &RoleSet, privilege: &str, on: Target) -> Result<bool> {
        let loaded = self.loaded()?;
        Ok(loaded
            .on
            .get(&on)
            .is_some_and(|grants| grants.iter().any(|(held, role)| held == privilege && roles.contains(role))))
    }

    /// Whether one of `roles` owns the object or has any privilege on it.
    pub fn has_any_privilege(&self, roles: &RoleSet, object: &Object) -> Result<bool> {
        if roles.contains(&object.owner) {
            return Ok(true);
        }
        let loaded = self.loaded()?;
        Ok(loaded
            .on
            .get(&Target::Object(object.id))
            .is_some_and(|held| held.iter().any(|(_, role)| roles.contains(role))))
    }

    /// Gives a new object the privileges that were granted on future objects of its kind: those of its schema, or,
    /// when the schema has none for the kind, those of its database.
    pub(super) fn apply_future_grants(&self, object: &mut Object) -> Result<()> {
        let mut container = object.parent;
        let mut containers = Vec::new();
        while let Some(id) = container {
            containers.push(id);
            container = self.by_id(id)?.and_then(|object| object.parent);
        }
        for container in containers {
            let grants = self.grants_on(Target::Future { container, kind: object.kind })?;
            if grants.is_empty() {
                continue;
            }
            for grant in grants {
                if grant.privilege == "OWNERSHIP" {
                    self.set_owner(object.id, &grant.role)?;
                    object.owner = grant.role;
                } else {
                    self.grant(&Grant { on: Target::Object(object.id), ..grant })?;
                }
            }
            return Ok(());
        }
        Ok(())
    }

    pub(super) fn rename_in_grants(&self, kind: Kind, old: &str, new: &str) -> Result<()> {
        self.store.write(|connection| {
            if kind == Kind::Role {
                for sql in [
                    "UPDATE grants SET role = ?2 WHERE role = ?1",
                    "UPDATE grants SET grantor = ?2 WHERE grantor = ?1",
                    "UPDATE role_members SET role = ?2 WHERE role = ?1",
                    "UPDATE role_members SET grantor = ?2 WHERE grantor = ?1",
                    "UPDATE objects SET owner = ?2 WHERE owner = ?1",
                ] {
                    connection.execute(sql, [old, new])?;
                }
            }
            connection.execute(
                "UPDATE role_members SET member = ?2 WHERE member_kind = ?3 AND member = ?1",
                [old, new, kind.keyword()],
            )?;
            self.grants.forget_on_commit(&self.store);
            Ok(())
        })
    }

    pub(super) fn drop_from_grants(&self, kind: Kind, name: &str) -> Result<()> {
        self.store.write(|connection| {
            if kind == Kind::Role {
                connection.execute("DELETE FROM grants WHERE role = ?1", [name])?;
                connection.execute("DELETE FROM role_members WHERE role = ?1", [name])?;
            }
            connection
                .execute("DELETE FROM role_members WHERE member_kind = ?2 AND member = ?1", [name, kind.keyword()])?;
            Ok(())
        })
    }

    /// Makes `heir` the owner of everything that `role` owns, as dropping a role does.
    pub fn inherit_ownership(&self, role: &str, heir: &str) -> Result<Vec<ObjectId>> {
        self.store.write(|connection| {
            let mut statement =
                connection.prepare_cached("UPDATE objects SET owner = ?2 WHERE owner = ?1 RETURNING id")?;
            let ids = statement.query_map([role, heir], |row| row.get(0).map(ObjectId))?;
            let ids = ids.collect::<Result<Vec<_>, _>>()?;
            self.grants.forget_on_commit(&self.store);
            Ok(ids)
        })
    }

    fn grants_where(&self, condition: &str, values: impl rusqlite::Params) -> Result<Vec<Grant>> {
        self.store.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT privilege, target, object, future, role, grantor, grant_option, granted_at FROM grants
                 WHERE {condition} ORDER BY target, object, future, privilege, role"
            ))?;
            let rows = statement.query_map(values, |row| Ok(read(row)))?;
            rows.map(|row| row.map_err(SqlError::from).and_then(|grant| grant)).collect()
        })
    }

    fn memberships(&self, condition: &str, values: impl rusqlite::Params) -> Result<Vec<Membership>> {
        self.store.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT role, member_kind, member, grantor, granted_at FROM role_members
                 WHERE {condition} ORDER BY role, member_kind, member"
            ))?;
            let rows = statement.query_map(values, |row| {
                let kind: String = row.get(1)?;
                let name = row.get(2)?;
                Ok(Membership {
                    role: row.get(0)?,
                    member: if kind == "ROLE" { Member::Role(name) } else { Member::User(name) },
                    grantor: row.get(3)?,
                    granted_at: row.get(4)?,
                })
            })?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
    }

    fn loaded(&self) -> Result<Arc<Loaded>> {
        // Inside of a write the cache may be behind what the write has done.
        let writing = self.store.is_writing();
        if !writing && let Some(loaded) = &*self.grants.0.read() {
            return Ok(loaded.clone());
        }
        // The lock is taken before the store is read: a change that commits in between clears what is put in here.
        let mut slot = if writing { None } else { Some(self.grants.0.write()) };
        let mut on: HashMap<Target, Vec<(String, String)>> = HashMap::new();
        for grant in self.grants_where("1", [])? {
            on.entry(grant.on).or_default().push((grant.privilege, grant.role));
        }
        let mut inherited: HashMap<String, Vec<String>> = HashMap::new();
        for membership in self.memberships("member_kind = 'ROLE'", [])? {
            if let Member::Role(member) = membership.member {
                inherited.entry(member).or_default().push(membership.role);
            }
        }
        let loaded = Arc::new(Loaded { on, inherited, closures: RwLock::default() });
        if let Some(slot) = &mut slot {
            **slot = Some(loaded.clone());
        }
        Ok(loaded)
    }
}

impl Loaded {
    fn closure(&self, start: impl IntoIterator<Item = String>) -> RoleSet {
        let mut open: Vec<String> = start.into_iter().collect();
        open.push(role::PUBLIC.to_owned());
        let mut seen: HashSet<String> = HashSet::new();
        while let Some(name) = open.pop() {
            if seen.insert(name.clone()) {
                open.extend(self.inherited.get(&name).into_iter().flatten().cloned());
            }
        }
        seen.into_iter().collect()
    }
}

fn read(row: &Row<'_>) -> Result<Grant> {
    let target: String = row.get(1)?;
    let object = ObjectId(row.get(2)?);
    let future: String = row.get(3)?;
    let on = match target.as_str() {
        "ACCOUNT" => Target::Account,
        "OBJECT" => Target::Object(object),
        _ => Target::Future {
            container: object,
            kind: Kind::from_keyword(&future)
                .ok_or_else(|| SqlError::internal(format_args!("future grant on {future}")))?,
        },
    };
    Ok(Grant {
        privilege: row.get(0)?,
        on,
        role: row.get(4)?,
        grantor: row.get(5)?,
        grant_option: row.get(6)?,
        granted_at: row.get(7)?,
    })
}
