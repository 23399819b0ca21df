//! Who may do what: every statement asks here before it reads or changes anything.
//!
//! <https://docs.snowflake.com/en/user-guide/security-access-control-privileges>

use crate::catalog::{Kind, Object, RoleSet, Target};
use crate::error::{Result, SqlError};

use super::Context;

impl Context<'_> {
    /// The roles whose privileges count: the effective role with all it inherits, and at the top level of a session with
    /// secondary roles those of the user.
    pub fn roles(&self) -> Result<RoleSet> {
        let mut roles = RoleSet::clone(&*self.engine.catalog.role_closure(self.role())?);
        if self.frame.role.is_none() && self.session.secondary_roles_all {
            roles.extend(self.engine.catalog.roles_for_user(&self.session.user)?);
        }
        Ok(roles)
    }

    /// Only the primary role creates, as it will own what it creates; for everything else the secondary roles count too.
    fn roles_for(&self, privilege: &str) -> Result<RoleSet> {
        if privilege.starts_with("CREATE ") {
            return Ok(RoleSet::clone(&*self.engine.catalog.role_closure(self.role())?));
        }
        self.roles()
    }

    /// Whether the roles own the object or have the privilege on it.
    pub fn holds(&self, privilege: &str, object: &Object) -> Result<bool> {
        let roles = self.roles_for(privilege)?;
        Ok(self.owns_as(&roles, object)
            || self.engine.catalog.has_privilege(&roles, privilege, Target::Object(object.id))?
            || self.engine.catalog.has_privilege(&roles, "ALL", Target::Object(object.id))?)
    }

    /// Whether the roles own the object.
    pub fn owns(&self, object: &Object) -> Result<bool> {
        Ok(self.owns_as(&self.roles()?, object))
    }

    fn owns_as(&self, roles: &RoleSet, object: &Object) -> bool {
        // What nobody owns (built-in roles, INFORMATION_SCHEMA) belongs to the account's administrators.
        let owner = if object.owner.is_empty() { crate::catalog::role::ACCOUNTADMIN } else { &object.owner };
        roles.contains(owner)
    }

    /// Whether the roles can see the object at all: they own it or have any privilege on it. A database or schema is
    /// also seen by who owns something in it through a role above; roles see users, roles and what the engine owns.
    pub fn sees(&self, object: &Object) -> Result<bool> {
        if matches!(object.kind, Kind::Role) || object.owner.is_empty() {
            return Ok(true);
        }
        let roles = self.roles()?;
        if self.engine.catalog.has_any_privilege(&roles, object)? {
            return Ok(true);
        }
        self.engine.catalog.has_privilege(&roles, "MANAGE GRANTS", Target::Account)
    }

    /// # Errors
    /// 003001 when the roles neither own the object nor have the privilege on it.
    pub fn require(&self, privilege: &str, object: &Object) -> Result<()> {
        if self.holds(privilege, object)? {
            return Ok(());
        }
        Err(SqlError::insufficient_privileges(format_args!(
            "operate on {} '{}': role {} lacks {privilege}",
            object.kind.keyword().to_lowercase(),
            object.name,
            self.role(),
        )))
    }

    /// # Errors
    /// 003001 when the roles do not own the object.
    pub fn require_ownership(&self, object: &Object) -> Result<()> {
        self.require("OWNERSHIP", object)
    }

    /// # Errors
    /// 003001 when the roles do not have the privilege on the account.
    pub fn require_on_account(&self, privilege: &str) -> Result<()> {
        if self.holds_on_account(privilege)? {
            return Ok(());
        }
        Err(SqlError::insufficient_privileges(format_args!(
            "operate on account '{}': role {} lacks {privilege}",
            self.engine.config.account,
            self.role(),
        )))
    }

    /// Whether the roles have the privilege on the account.
    pub fn holds_on_account(&self, privilege: &str) -> Result<bool> {
        self.engine.catalog.has_privilege(&self.roles_for(privilege)?, privilege, Target::Account)
    }
}
