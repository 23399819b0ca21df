//! What every object has: identity, name, owner, and a definition of its kind.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::TagSetting;
use crate::clock::Micros;
use crate::error::{Result, SqlError};

/// The identity of an object, which renaming does not change and which is never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectId(pub i64);

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The kinds of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A database, in the account.
    Database,
    /// A schema, in a database.
    Schema,
    /// A table, in a schema, like all that follow up to tasks.
    Table,
    /// A view.
    View,
    /// A stream.
    Stream,
    /// A sequence.
    Sequence,
    /// A stored procedure; its argument types are part of its name.
    Procedure,
    /// A user-defined function; its argument types are part of its name.
    Function,
    /// A task.
    Task,
    /// A stage, in a schema like the three that follow.
    Stage,
    /// A file format.
    FileFormat,
    /// A pipe.
    Pipe,
    /// A tag.
    Tag,
    /// A warehouse, in the account.
    Warehouse,
    /// A role, in the account.
    Role,
    /// A user, in the account.
    User,
    /// An integration, in the account.
    Integration,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 17] = [
        Self::Database,
        Self::Schema,
        Self::Table,
        Self::View,
        Self::Stream,
        Self::Sequence,
        Self::Procedure,
        Self::Function,
        Self::Task,
        Self::Stage,
        Self::FileFormat,
        Self::Pipe,
        Self::Tag,
        Self::Warehouse,
        Self::Role,
        Self::User,
        Self::Integration,
    ];

    /// As DDL writes it: `TABLE`.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Database => "DATABASE",
            Self::Schema => "SCHEMA",
            Self::Table => "TABLE",
            Self::View => "VIEW",
            Self::Stream => "STREAM",
            Self::Sequence => "SEQUENCE",
            Self::Procedure => "PROCEDURE",
            Self::Function => "FUNCTION",
            Self::Task => "TASK",
            Self::Stage => "STAGE",
            Self::FileFormat => "FILE FORMAT",
            Self::Pipe => "PIPE",
            Self::Tag => "TAG",
            Self::Warehouse => "WAREHOUSE",
            Self::Role => "ROLE",
            Self::User => "USER",
            Self::Integration => "INTEGRATION",
        }
    }

    /// As messages write it: `Table`.
    pub fn title(self) -> &'static str {
        match self {
            Self::Database => "Database",
            Self::Schema => "Schema",
            Self::Table => "Table",
            Self::View => "View",
            Self::Stream => "Stream",
            Self::Sequence => "Sequence",
            Self::Procedure => "Procedure",
            Self::Function => "Function",
            Self::Task => "Task",
            Self::Stage => "Stage",
            Self::FileFormat => "File format",
            Self::Pipe => "Pipe",
            Self::Tag => "Tag",
            Self::Warehouse => "Warehouse",
            Self::Role => "Role",
            Self::User => "User",
            Self::Integration => "Integration",
        }
    }

    /// Reads a keyword in the singular.
    pub fn from_keyword(keyword: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.keyword().eq_ignore_ascii_case(keyword))
    }

    /// What contains objects of this kind; nothing for those of the account.
    pub fn container(self) -> Option<Self> {
        match self {
            Self::Database | Self::Warehouse | Self::Role | Self::User | Self::Integration => None,
            Self::Schema => Some(Self::Database),
            _ => Some(Self::Schema),
        }
    }

    /// Kinds that share names have the same space: tables, views and streams of a schema do.
    pub(super) fn space(self) -> &'static str {
        match self {
            Self::Table | Self::View | Self::Stream => "RELATION",
            other => other.keyword(),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.keyword())
    }
}

/// An object of the catalog as it is at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Its identity.
    pub id: ObjectId,
    /// What it is.
    pub kind: Kind,
    /// The schema or database it is in; none for objects of the account.
    pub parent: Option<ObjectId>,
    /// The name as it is stored: folded to upper case, or exactly as quoted.
    pub name: String,
    /// The argument types of procedures and functions, for example `NUMBER, VARCHAR`; empty for all others.
    pub signature: String,
    /// The session that alone sees it; only for temporary objects.
    pub session: Option<u64>,
    /// The role that owns it; empty for what the engine itself owns.
    pub owner: String,
    /// When it was created.
    pub created_at: Micros,
    /// The comment, empty when there is none.
    pub comment: String,
    /// What its kind defines; see [`Object::definition`].
    pub definition: serde_json::Value,
}

impl Object {
    /// The definition, typed.
    ///
    /// # Errors
    /// When the stored definition is not one of this type, which is a fault of the engine.
    pub fn definition<T: DeserializeOwned>(&self) -> Result<T> {
        T::deserialize(&self.definition).map_err(|error| {
            SqlError::internal(format_args!("the definition of {} {} cannot be read: {error}", self.kind, self.name))
        })
    }

    /// Replaces the definition; [`super::Catalog::update`] stores it.
    ///
    /// # Errors
    /// When the definition cannot be written as JSON, which is a fault of the engine.
    pub fn set_definition<T: Serialize>(&mut self, definition: &T) -> Result<()> {
        self.definition = serde_json::to_value(definition)?;
        Ok(())
    }
}

/// What is needed to create an object.
#[derive(Debug, Clone)]
pub struct NewObject {
    /// What it is.
    pub kind: Kind,
    /// The schema or database it goes into; none for objects of the account.
    pub parent: Option<ObjectId>,
    /// The name as it will be stored.
    pub name: String,
    /// The argument types of procedures and functions.
    pub signature: String,
    /// The session that alone sees it.
    pub session: Option<u64>,
    /// The role that will own it, unless a future grant of ownership says otherwise.
    pub owner: String,
    /// The comment.
    pub comment: String,
    /// The definition.
    pub definition: serde_json::Value,
    /// The tags it is created with.
    pub tags: Vec<TagSetting>,
}

impl NewObject {
    /// An object without signature, session and comment.
    ///
    /// # Errors
    /// When the definition cannot be written as JSON, which is a fault of the engine.
    pub fn new<T: Serialize>(
        kind: Kind,
        parent: Option<ObjectId>,
        name: &str,
        owner: &str,
        definition: &T,
    ) -> Result<Self> {
        Ok(Self {
            kind,
            parent,
            name: name.to_owned(),
            signature: String::new(),
            session: None,
            owner: owner.to_owned(),
            comment: String::new(),
            definition: serde_json::to_value(definition)?,
            tags: Vec::new(),
        })
    }

    /// Sets tags on it, or on its columns.
    pub fn tags(mut self, tags: Vec<TagSetting>) -> Self {
        self.tags = tags;
        self
    }

    /// Gives it a comment.
    pub fn comment(mut self, comment: &str) -> Self {
        self.comment = comment.to_owned();
        self
    }

    /// Makes the argument types part of its name.
    pub fn signature(mut self, signature: &str) -> Self {
        self.signature = signature.to_owned();
        self
    }

    /// Makes it visible to one session only.
    pub fn session(mut self, session: u64) -> Self {
        self.session = Some(session);
        self
    }
}
