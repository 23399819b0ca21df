//! From names to objects: resolution against the frame's or the session's database and schema, hiding what the role
//! may not see.
//!
//! <https://docs.snowflake.com/en/sql-reference/name-resolution>

use crate::catalog::{Kind, Object};
use crate::error::{Result, SqlError};
use crate::parse::{Name, quote};

use super::Context;

impl Context<'_> {
    /// The database of this stored name.
    ///
    /// # Errors
    /// 002003 when there is none that the role can see.
    pub fn find_database(&self, name: &str) -> Result<Object> {
        match self.engine.catalog.database(name)? {
            Some(database) if self.sees(&database)? => Ok(database),
            _ => Err(SqlError::does_not_exist("Database", quote(name))),
        }
    }

    /// The session's (or frame's) database. `verb` is the statement, for example `CREATE TABLE`.
    ///
    /// # Errors
    /// 090105 when there is none.
    pub fn current_database(&self, verb: &str) -> Result<Object> {
        let Some(name) = self.database() else {
            return Err(SqlError::new(
                90105,
                "22000",
                format!(
                    "Cannot perform {verb}. This session does not have a current database. Call 'USE DATABASE', or use a qualified name."
                ),
            ));
        };
        self.find_database(name)
    }

    /// The schema that `name` (of one or two parts) names.
    ///
    /// # Errors
    /// 002003 when there is none that the role can see, 090105 without a current database.
    pub fn find_schema(&self, name: &Name, verb: &str) -> Result<Object> {
        let database = match name.schema() {
            Some(database) => self.find_database(database)?,
            None => self.current_database(verb)?,
        };
        self.schema_in(&database, name.object())
    }

    /// The schema of this stored name in a database; an empty name is PUBLIC.
    ///
    /// # Errors
    /// 002003 when there is none that the role can see.
    pub fn schema_in(&self, database: &Object, name: &str) -> Result<Object> {
        let name = if name.is_empty() { "PUBLIC" } else { name };
        match self.engine.catalog.find(Kind::Schema, Some(database.id), name, "")? {
            Some(schema) if self.sees(&schema)? => Ok(schema),
            _ => {
                let full = format!("{}.{}", quote(&database.name), quote(name));
                Err(SqlError::does_not_exist("Schema", full))
            }
        }
    }

    /// The schema in which the object named `name` (of one to three parts) is or would be.
    ///
    /// # Errors
    /// Like [`Context::find_schema`]; 090106 without a current schema.
    pub fn schema_of(&self, name: &Name, verb: &str) -> Result<Object> {
        match (name.database(), name.schema()) {
            (Some(database), Some(schema)) => self.schema_in(&self.find_database(database)?, schema),
            (None, Some(schema)) => self.schema_in(&self.current_database(verb)?, schema),
            (_, None) => {
                let database = self.current_database(verb)?;
                let Some(schema) = self.schema() else {
                    return Err(SqlError::new(
                        90106,
                        "22000",
                        format!(
                            "Cannot perform {verb}. This session does not have a current schema. Call 'USE SCHEMA', or use a qualified name."
                        ),
                    ));
                };
                self.schema_in(&database, schema)
            }
        }
    }

    /// The full name that `name` stands for, as error texts write it; as it is where the context does not complete it.
    pub fn full_name_of(&self, name: &Name) -> String {
        let database = name.database().or(self.database());
        let schema = name.schema().or(self.schema());
        match (database, schema) {
            (Some(database), Some(schema)) => {
                let schema = if schema.is_empty() { "PUBLIC" } else { schema };
                format!("{}.{}.{}", quote(database), quote(schema), quote(name.object()))
            }
            _ => name.to_string(),
        }
    }

    /// The table, view or stream of this name, or none that the role can see.
    pub fn find_relation(&self, name: &Name, verb: &str) -> Result<Option<Object>> {
        let schema = match self.schema_of(name, verb) {
            Ok(schema) => schema,
            Err(error) if error.code == 2003 => return Ok(None),
            Err(error) => return Err(error),
        };
        match self.engine.catalog.find_relation(schema.id, name.object(), self.session.id)? {
            Some(object) if self.sees(&object)? => Ok(Some(object)),
            _ => Ok(None),
        }
    }

    /// The table, view or stream of this name.
    ///
    /// # Errors
    /// 002003 (`Object '..' does not exist or not authorized.`) when there is none that the role can see.
    pub fn relation(&self, name: &Name, verb: &str) -> Result<Object> {
        self.find_relation(name, verb)?.ok_or_else(|| SqlError::does_not_exist("Object", self.full_name_of(name)))
    }

    /// The object of a kind and name; for relations any other kind under that name is refused.
    ///
    /// # Errors
    /// 002003 when there is none that the role can see.
    pub fn object(&self, kind: Kind, name: &Name, verb: &str) -> Result<Object> {
        self.find_object(kind, name, verb)?
            .ok_or_else(|| SqlError::does_not_exist(kind.title(), self.display(kind, name)))
    }

    /// Like [`Context::object`]; none when there is no such object, or its database or schema does not exist.
    pub fn find_object(&self, kind: Kind, name: &Name, verb: &str) -> Result<Option<Object>> {
        let found = match kind {
            Kind::Database => self.engine.catalog.database(name.object())?,
            Kind::Warehouse | Kind::Role | Kind::User | Kind::Integration => {
                if name.parts.len() > 1 {
                    return Err(SqlError::syntax(format_args!(
                        "{} '{name}' is an object of the account: its name cannot be qualified.",
                        kind.title()
                    )));
                }
                self.engine.catalog.find(kind, None, name.object(), "")?
            }
            Kind::Schema => match self.find_schema(name, verb) {
                Ok(schema) => Some(schema),
                Err(error) if error.code == 2003 => None,
                Err(error) => return Err(error),
            },
            Kind::Table | Kind::View | Kind::Stream => match self.find_relation(name, verb)? {
                Some(object) if object.kind != kind => {
                    return Err(SqlError::compilation(
                        2203,
                        "42601",
                        format_args!(
                            "Object found is of type '{}', not specified type '{}'.",
                            object.kind.keyword(),
                            kind.keyword()
                        ),
                    ));
                }
                found => found,
            },
            _ => {
                let schema = match self.schema_of(name, verb) {
                    Ok(schema) => schema,
                    Err(error) if error.code == 2003 => return Ok(None),
                    Err(error) => return Err(error),
                };
                self.engine.catalog.find_for(kind, Some(schema.id), name.object(), "", self.session.id)?
            }
        };
        match found {
            Some(object) if self.sees(&object)? => Ok(Some(object)),
            _ => Ok(None),
        }
    }

    fn display(&self, kind: Kind, name: &Name) -> String {
        match kind.container() {
            None => quote(name.object()),
            Some(Kind::Database) => match name.schema().or(self.database()) {
                Some(database) => format!("{}.{}", quote(database), quote(name.object())),
                None => name.to_string(),
            },
            Some(_) => self.full_name_of(name),
        }
    }
}
