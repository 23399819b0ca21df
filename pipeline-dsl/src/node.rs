//! The reflection core: every object is a Rust type with one static [`Node`] behind an associated constant. Checks,
//! generated SQL and deployment all read the same nodes.

use crate::expr::Source;
use crate::ident;
use crate::object::{Column, Definition};

/// What kind of Snowflake object a node describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A database.
    Database,
    /// A schema.
    Schema,
    /// A virtual warehouse.
    Warehouse,
    /// An account role.
    Role,
    /// A table.
    Table,
    /// A stream.
    Stream,
    /// A notification integration.
    NotificationIntegration,
    /// A stored procedure.
    Procedure,
    /// A view.
    View,
    /// A task.
    Task,
}

impl Kind {
    /// The kind in running text, such as `notification integration`.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Schema => "schema",
            Self::Warehouse => "warehouse",
            Self::Role => "role",
            Self::Table => "table",
            Self::Stream => "stream",
            Self::NotificationIntegration => "notification integration",
            Self::Procedure => "procedure",
            Self::View => "view",
            Self::Task => "task",
        }
    }

    /// The keywords of CREATE and DROP, such as `NOTIFICATION INTEGRATION`.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Database => "DATABASE",
            Self::Schema => "SCHEMA",
            Self::Warehouse => "WAREHOUSE",
            Self::Role => "ROLE",
            Self::Table => "TABLE",
            Self::Stream => "STREAM",
            Self::NotificationIntegration => "NOTIFICATION INTEGRATION",
            Self::Procedure => "PROCEDURE",
            Self::View => "VIEW",
            Self::Task => "TASK",
        }
    }
}

/// Everything known about one object.
#[derive(Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// The name of the Rust type.
    pub rust_name: &'static str,
    /// The SQL name, without quotes and without database and schema.
    pub name: &'static str,
    /// The schema of a table, the database of a schema; nothing for objects of the account.
    pub parent: Option<NodeRef>,
    /// A hash of name space and name, made by the macro.
    pub id: u64,
    /// Where it is declared: `file:line`.
    pub at: &'static str,
    /// The doc comment, or nothing.
    pub comment: &'static str,
    /// Referenced and checked, but never created, altered or dropped.
    pub external: bool,
    /// The warnings that do not concern this object, by the names of their rules.
    pub allows: &'static [&'static str],
    /// Privileges for others than the pipeline's role.
    pub grants: &'static [Granted],
    /// What is particular to the kind.
    pub definition: Definition,
}

/// A privilege on an object that a role has besides the pipeline's.
#[derive(Clone, Copy, Debug)]
pub struct Granted {
    /// The privilege as GRANT writes it.
    pub privilege: &'static str,
    /// Who has it.
    pub role: NodeRef,
}

impl Node {
    /// The name as SQL needs it, with database and schema, quoted where Snowflake needs quotes:
    /// `RAW_DB.SAMPLE_DATA.TABLE_A`.
    pub fn qualified_name(&self) -> String {
        match self.parent {
            Some(parent) => format!("{}.{}", parent.get().qualified_name(), ident::quote(self.name)),
            None => ident::quote(self.name),
        }
    }

    /// The schema that holds this object, if it lives in one.
    pub fn schema(&self) -> Option<&'static Node> {
        self.parent.map(NodeRef::get).filter(|parent| parent.kind == Kind::Schema)
    }

    /// The objects that must exist before this one, in the order they are named.
    pub fn depends_on(&self) -> Vec<NodeRef> {
        (0..self.dependency_count()).filter_map(|index| self.dependency(index)).collect()
    }

    pub(crate) const fn dependency_count(&self) -> usize {
        1 + self.grants.len() + self.definition.dependency_count()
    }

    pub(crate) const fn dependency(&self, index: usize) -> Option<NodeRef> {
        let grants = self.grants.len();
        match index {
            0 => self.parent,
            _ if index <= grants => Some(self.grants[index - 1].role),
            _ => self.definition.dependency(index - 1 - grants),
        }
    }

    /// Identifies the object among all: equal for two declarations of the same full name.
    pub const fn full_id(&self) -> u64 {
        // A parent's parent is the last: three levels, so no recursion is needed.
        let mut id = self.id;
        let mut parent = self.parent;
        while let Some(node) = parent {
            id = id.rotate_left(17).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ node.get().id;
            parent = node.get().parent;
        }
        id
    }
}

/// A reference to a [`Node`] that constants may hold even when nodes refer to each other in a circle.
#[derive(Clone, Copy)]
pub struct NodeRef(*const Node);

#[expect(unsafe_code, reason = "a `NodeRef` is only ever made from a `&'static Node`, and a `Node` never changes")]
mod node_ref {
    use super::{Node, NodeRef};

    // SAFETY: see the reason above.
    unsafe impl Sync for NodeRef {}
    // SAFETY: see the reason above.
    unsafe impl Send for NodeRef {}

    impl NodeRef {
        /// A reference to `node`.
        pub const fn new(node: &'static Node) -> Self {
            Self(node)
        }

        /// The node.
        pub const fn get(self) -> &'static Node {
            // SAFETY: see the reason above.
            unsafe { &*self.0 }
        }
    }
}

impl PartialEq for NodeRef {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for NodeRef {}

impl std::hash::Hash for NodeRef {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl std::fmt::Debug for NodeRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.get().kind.noun(), self.get().qualified_name())
    }
}

/// A type that stands for a Snowflake object.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a Snowflake object",
    label = "expected a type declared with `#[table]`, `#[task]` or another object attribute"
)]
pub trait Object {
    /// The object's description.
    const NODE: NodeRef;
}

/// A database, declared with `#[database]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a database",
    label = "expected a type declared with `#[database]`"
)]
pub trait Database: Object {}

/// A schema, declared with `#[schema(database = ..)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a schema",
    label = "expected a type declared with `#[schema(database = ..)]`"
)]
pub trait Schema: Object {}

/// A warehouse, declared with `#[warehouse]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a warehouse",
    label = "expected a type declared with `#[warehouse]`"
)]
pub trait Warehouse: Object {}

/// A role, declared with `#[role]`.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a role", label = "expected a type declared with `#[role]`")]
pub trait Role: Object {}

/// What has rows with typed columns: a table, a view with a field per column, and the rows of a query that are declared with
/// `#[row]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no typed columns",
    label = "expected a type declared with `#[table]`, `#[row]`, or `#[view]` with a field per column"
)]
pub trait Relation {
    /// The name of the Rust type.
    const NAME: &'static str;

    /// What a query with such rows is called where the program gives it no name.
    #[doc(hidden)]
    const ALIAS: &'static str;

    /// Whether a new row may leave columns to their defaults.
    #[doc(hidden)]
    const DEFAULTS: bool = false;

    /// The columns in order, those of flattened structs included.
    const COLUMNS: &'static [Column];

    /// The fields of the struct with the number of columns of each: more than one for a flattened struct. Empty if every field
    /// is a column.
    #[doc(hidden)]
    const FIELDS: &'static [(&'static str, usize)] = &[];

    /// A struct with a typed handle per column.
    type Columns: Copy;

    /// The columns of the row that `source` names.
    fn columns(source: Source) -> Self::Columns {
        Self::columns_from(source, 0)
    }

    /// The same for a struct that is flattened into another: `first` is the place of its first column there.
    #[doc(hidden)]
    fn columns_from(source: Source, first: usize) -> Self::Columns;
}

/// A table, declared with `#[table(schema = ..)]` on a struct with a field per column.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table",
    label = "expected a type declared with `#[table]`",
    note = "declare it with `#[table(schema = ..)]` on a struct"
)]
pub trait Table: Object + Relation {}

/// What a stream can follow: a table, or a view with typed columns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table, nor a view with typed columns",
    label = "expected a type declared with `#[table]` or `#[view]`",
    note = "a view has typed columns if it returns `Query<SomeRow>`, or is a struct with a field per column; for another one, \
            add `columns_of = SomeTable`"
)]
pub trait StreamSource: Object + Relation {}

/// A stream, declared with `#[stream(on = ..)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stream",
    label = "expected a type declared with `#[stream(on = ..)]`"
)]
pub trait Stream: Object {
    /// The table or view whose changes the stream delivers.
    type Source: StreamSource;
}

/// A stream that delivers updates and deletions as well: one without `append_only`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not deliver updated and deleted rows",
    label = "expected a stream without `append_only`",
    note = "a stream with `append_only` delivers inserted rows only, and a table the rows that are there"
)]
pub trait AllChanges: Object {}

/// A view, declared with `#[view]`.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a view", label = "expected a type declared with `#[view]`")]
pub trait View: Object {}

/// A stored procedure, declared with `#[procedure]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a procedure",
    label = "expected a function with `#[procedure]`"
)]
pub trait Procedure: Object {}

/// A task, declared with `#[task]`.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a task", label = "expected a type declared with `#[task]`")]
pub trait Task: Object {}

/// A notification integration, declared with `#[notification_integration]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a notification integration",
    label = "expected a type declared with `#[notification_integration]`"
)]
pub trait NotificationIntegration: Object {}

/// A procedure that reads `S`: one of its parameters is `&S`.
#[diagnostic::on_unimplemented(
    message = "procedure `{Self}` never reads stream `{S}`",
    label = "this procedure must take `{S}` as a parameter",
    note = "a task that waits for `has_data({S})` but never consumes the stream would run forever",
    note = "add a parameter of type `&{S}` to the procedure, or wait for another stream"
)]
pub trait Reads<S> {}

/// A procedure that writes `T`: one of its parameters is `&mut T`.
#[diagnostic::on_unimplemented(
    message = "procedure `{Self}` never writes table `{T}`",
    label = "this procedure must take `{T}` as a parameter",
    note = "add a parameter of type `&mut {T}` to the procedure"
)]
pub trait Writes<T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::{DatabaseDef, SchemaDef};

    static DATABASE: Node = Node {
        kind: Kind::Database,
        rust_name: "RawDb",
        name: "RAW_DB",
        parent: None,
        id: 1,
        at: "lib.rs:1",
        comment: "",
        external: false,
        allows: &[],
        grants: &[],
        definition: Definition::Database(DatabaseDef::DEFAULT),
    };
    static SCHEMA: Node = Node {
        kind: Kind::Schema,
        rust_name: "Odd",
        name: "odd one",
        parent: Some(NodeRef::new(&DATABASE)),
        id: 2,
        at: "lib.rs:2",
        comment: "",
        external: false,
        allows: &[],
        grants: &[],
        definition: Definition::Schema(SchemaDef::DEFAULT),
    };

    #[test]
    fn qualified_names_quote_each_part() {
        assert_eq!(SCHEMA.qualified_name(), "RAW_DB.\"odd one\"");
        assert_eq!(SCHEMA.depends_on(), [NodeRef::new(&DATABASE)]);
        assert_ne!(SCHEMA.full_id(), DATABASE.full_id());
    }
}
