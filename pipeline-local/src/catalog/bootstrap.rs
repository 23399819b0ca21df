//! What a new account and a new database start with.

use super::def::{RoleDef, SchemaDef, WarehouseDef};
use super::{Catalog, Grant, INFORMATION_SCHEMA, Kind, Member, NewObject, Object, Target, role};
use crate::error::Result;

/// The role hierarchy: each role is granted to the second.
const HIERARCHY: [(&str, &str); 3] = [
    (role::SECURITYADMIN, role::ACCOUNTADMIN),
    (role::USERADMIN, role::SECURITYADMIN),
    (role::SYSADMIN, role::ACCOUNTADMIN),
];

/// The privileges on the account that the built-in roles start with; the roles above inherit them.
const ACCOUNT_PRIVILEGES: &[(&str, &[&str])] = &[
    (
        role::ACCOUNTADMIN,
        &[
            "CREATE INTEGRATION",
            "CREATE NOTIFICATION INTEGRATION",
            "EXECUTE MANAGED TASK",
            "EXECUTE TASK",
            "IMPORT SHARE",
            "MONITOR",
            "MONITOR EXECUTION",
            "MONITOR USAGE",
        ],
    ),
    (role::SECURITYADMIN, &["MANAGE GRANTS"]),
    (role::USERADMIN, &["CREATE ROLE", "CREATE USER"]),
    (role::SYSADMIN, &["CREATE DATABASE", "CREATE WAREHOUSE"]),
];

impl Catalog {
    pub(super) fn bootstrap(&self) -> Result<()> {
        self.transaction(|_| {
            if self.store.meta("bootstrapped")?.is_none() {
                self.create_roles()?;
                self.create_warehouse()?;
                self.store.set_meta("bootstrapped", 1)?;
            }
            // Sessions do not survive the engine, so neither do their objects.
            self.store.write(|connection| {
                connection.execute(
                    "UPDATE objects SET dropped_at = ?1, dropped_by = id WHERE session <> 0 AND dropped_at IS NULL",
                    [self.clock.now()],
                )?;
                Ok(())
            })
        })
    }

    /// The warehouse that a new account comes with, for everybody to use.
    fn create_warehouse(&self) -> Result<()> {
        let definition = WarehouseDef::default();
        let warehouse =
            self.create(NewObject::new(Kind::Warehouse, None, "COMPUTE_WH", role::ACCOUNTADMIN, &definition)?)?;
        self.grant(&Grant {
            privilege: "USAGE".to_owned(),
            on: Target::Object(warehouse.id),
            role: role::PUBLIC.to_owned(),
            grantor: role::ACCOUNTADMIN.to_owned(),
            grant_option: false,
            granted_at: 0,
        })?;
        Ok(())
    }

    fn create_roles(&self) -> Result<()> {
        for name in role::BUILT_IN {
            let comment = match name {
                role::ACCOUNTADMIN => "Account administrator can manage all aspects of the account.",
                role::SECURITYADMIN => "Security administrator can manage security aspects of the account.",
                role::USERADMIN => "User administrator can create and manage users and roles",
                role::SYSADMIN => "System administrator can create and manage databases and warehouses.",
                _ => "Public role is automatically available to every user in the account.",
            };
            self.create(NewObject::new(Kind::Role, None, name, "", &RoleDef {})?.comment(comment))?;
        }
        for (name, above) in HIERARCHY {
            self.grant_role(name, &Member::Role(above.to_owned()), "")?;
        }
        for (name, privileges) in ACCOUNT_PRIVILEGES {
            for privilege in *privileges {
                self.grant(&Grant {
                    privilege: (*privilege).to_owned(),
                    on: Target::Account,
                    role: (*name).to_owned(),
                    grantor: String::new(),
                    grant_option: true,
                    granted_at: 0,
                })?;
            }
        }
        Ok(())
    }

    pub(super) fn create_standard_schemas(&self, database: &Object) -> Result<()> {
        let information = SchemaDef { information: true, ..SchemaDef::default() };
        self.create(NewObject::new(Kind::Schema, Some(database.id), INFORMATION_SCHEMA, "", &information)?)?;
        self.create(NewObject::new(
            Kind::Schema,
            Some(database.id),
            "PUBLIC",
            &database.owner,
            &SchemaDef::default(),
        )?)?;
        Ok(())
    }
}
