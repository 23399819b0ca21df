//! What the account has of a pipeline, and how it differs from what the pipeline says.

mod grants;
mod integration;
mod procedure;
mod stream;
mod table;
mod task;
#[cfg(test)]
mod tests;
mod text;
mod warehouse;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use pipeline_dsl::{
    ident,
    node::{Kind, Node, NodeRef},
    object::Definition,
};

pub(crate) use self::{grants::Grants, task::TaskState};
use crate::{
    connection::{Connection, Row},
    error::StatementError,
};

/// Something of the account that a deployment would have to change, but cannot without the risk of losing data, a
/// stream's offset or a task's schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The object with its kind, such as `table RAW_DB.SAMPLE_DATA.TABLE_A`.
    pub object: String,
    /// What differs, a line each: what is there, and what the pipeline says.
    pub details: Vec<String>,
    /// What to do, a line each.
    pub help: Vec<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  ! {}", self.object)?;
        for detail in &self.details {
            write!(f, "\n      {detail}")?;
        }
        for help in &self.help {
            write!(f, "\n      help: {help}")?;
        }
        Ok(())
    }
}

/// The objects of a pipeline as they are in the account.
#[derive(Debug, Default)]
pub(crate) struct Live {
    objects: BTreeMap<(Kind, String), Row>,
    /// The rows of DESCRIBE for tables, procedures and integrations, of SHOW PARAMETERS for tasks.
    described: BTreeMap<(Kind, String), Vec<Row>>,
    statements: usize,
}

impl Live {
    /// Reads the state of `nodes` to compare it. What SHOW does not list is not taken to be absent: it may be hidden from
    /// the role.
    pub(crate) async fn read(connection: &Connection, nodes: &[NodeRef]) -> Result<Self, Box<StatementError>> {
        let mut live = Self::read_shown(connection, nodes).await?;
        live.describe(connection, nodes).await?;
        Ok(live)
    }

    /// Reads which of `nodes` are there, with what SHOW says about them.
    pub(crate) async fn read_shown(connection: &Connection, nodes: &[NodeRef]) -> Result<Self, Box<StatementError>> {
        let mut live = Self::default();
        let of_kind = |kind: Kind| nodes.iter().map(|node| node.get()).filter(move |node| node.kind == kind);
        for (kind, show) in [
            (Kind::Role, "SHOW ROLES"),
            (Kind::Warehouse, "SHOW WAREHOUSES"),
            (Kind::NotificationIntegration, "SHOW NOTIFICATION INTEGRATIONS"),
            (Kind::Database, "SHOW DATABASES"),
        ] {
            if of_kind(kind).next().is_some() {
                live.show(connection, kind, show, "").await?;
            }
        }
        for database in of_kind(Kind::Database) {
            if live.has(database) {
                let prefix = database.qualified_name();
                live.show(connection, Kind::Schema, &format!("SHOW SCHEMAS IN DATABASE {prefix}"), &prefix).await?;
            }
        }
        for schema in of_kind(Kind::Schema) {
            if !live.has(schema) {
                continue;
            }
            let prefix = schema.qualified_name();
            let kinds: BTreeSet<Kind> = nodes
                .iter()
                .map(|node| node.get())
                .filter(|node| node.schema().is_some_and(|parent| parent.qualified_name() == prefix))
                .map(|node| node.kind)
                .collect();
            for kind in kinds {
                live.show(connection, kind, &format!("SHOW {}S IN SCHEMA {prefix}", kind.sql()), &prefix).await?;
            }
        }
        Ok(live)
    }

    /// Reads the tasks only.
    pub(crate) async fn read_tasks(connection: &Connection, nodes: &[NodeRef]) -> Result<Self, Box<StatementError>> {
        Self::read_in_schemas(connection, nodes, &[Kind::Task]).await
    }

    /// Reads the tasks and streams.
    pub(crate) async fn read_operated(connection: &Connection, nodes: &[NodeRef]) -> Result<Self, Box<StatementError>> {
        Self::read_in_schemas(connection, nodes, &[Kind::Task, Kind::Stream]).await
    }

    async fn read_in_schemas(
        connection: &Connection,
        nodes: &[NodeRef],
        kinds: &[Kind],
    ) -> Result<Self, Box<StatementError>> {
        let mut live = Self::default();
        let wanted: BTreeSet<(String, Kind)> = nodes
            .iter()
            .map(|node| node.get())
            .filter(|node| kinds.contains(&node.kind))
            .filter_map(|node| Some((node.schema()?.qualified_name(), node.kind)))
            .collect();
        for (schema, kind) in wanted {
            let shown = live.show(connection, kind, &format!("SHOW {}S IN SCHEMA {schema}", kind.sql()), &schema).await;
            // Where the schema is missing there are no objects either; the caller names the object.
            shown.or_else(|error| if error.is_invisible() { Ok(()) } else { Err(error) })?;
        }
        Ok(live)
    }

    async fn describe(&mut self, connection: &Connection, nodes: &[NodeRef]) -> Result<(), Box<StatementError>> {
        for node in nodes.iter().map(|node| node.get()).filter(|node| !node.external || node.kind == Kind::Table) {
            let name = node.qualified_name();
            let sql = match &node.definition {
                Definition::Table(_) => format!("DESCRIBE TABLE {name}"),
                Definition::Procedure(procedure) => format!("DESCRIBE PROCEDURE {name}{}", procedure.signature()),
                Definition::NotificationIntegration(_) => format!("DESCRIBE NOTIFICATION INTEGRATION {name}"),
                // Parameters are not in SHOW TASKS, and most tasks set none.
                Definition::Task(task) if task::sets_parameters(task) => format!("SHOW PARAMETERS IN TASK {name}"),
                _ => continue,
            };
            if self.has(node) {
                let rows = self.query(connection, &sql).await?;
                self.described.insert(key(node), rows);
            }
        }
        Ok(())
    }

    /// A value of what DESCRIBE or SHOW PARAMETERS says about an object.
    fn property(&self, node: &Node, name: &str) -> Option<String> {
        let rows = self.described.get(&key(node))?;
        let row = rows.iter().find(|row| {
            ["property", "key"]
                .into_iter()
                .any(|column| row.text(column).is_some_and(|found| found.eq_ignore_ascii_case(name)))
        })?;
        row.text("property_value").or_else(|| row.text("value"))
    }

    async fn query(&mut self, connection: &Connection, sql: &str) -> Result<Vec<Row>, Box<StatementError>> {
        self.statements += 1;
        connection.execute(sql).await
    }

    async fn show(
        &mut self,
        connection: &Connection,
        kind: Kind,
        sql: &str,
        prefix: &str,
    ) -> Result<(), Box<StatementError>> {
        for row in self.query(connection, sql).await? {
            let Some(name) = row.text("name") else { continue };
            let mut full = ident::quote(&name);
            if !prefix.is_empty() {
                full = format!("{prefix}.{full}");
            }
            if kind == Kind::Procedure {
                full.push_str(&procedure::signature(&row.text("arguments").unwrap_or_default()));
            }
            self.objects.insert((kind, full), row);
        }
        Ok(())
    }

    /// How many statements it took.
    pub(crate) fn statements(&self) -> usize {
        self.statements
    }

    /// Whether the object is there, as far as the role can see.
    pub(crate) fn has(&self, node: &Node) -> bool {
        self.objects.contains_key(&key(node))
    }

    /// The object's row of SHOW.
    pub(crate) fn row(&self, node: &Node) -> Option<&Row> {
        self.objects.get(&key(node))
    }

    /// What cannot be changed safely, in the order of `nodes`.
    pub(crate) fn differences(&self, nodes: &[NodeRef]) -> Vec<Difference> {
        nodes.iter().filter_map(|node| self.difference(node.get())).collect()
    }

    /// What differs but is left as it is, a line each.
    pub(crate) fn remarks(&self, nodes: &[NodeRef]) -> Vec<String> {
        let warehouses = nodes.iter().map(|node| node.get()).filter(|node| !node.external);
        warehouses
            .filter_map(|node| match &node.definition {
                Definition::Warehouse(definition) => Some((node, definition, self.row(node)?)),
                _ => None,
            })
            .flat_map(|(node, definition, row)| {
                let live = warehouse::LiveWarehouse {
                    size: row.text("size").unwrap_or_default(),
                    auto_suspend: row.text("auto_suspend"),
                    auto_resume: row.text("auto_resume"),
                };
                let remarks = warehouse::remarks(&node.qualified_name(), definition, &live);
                remarks.into_iter().map(move |remark| format!("{}: {remark}", label(node)))
            })
            .collect()
    }

    fn difference(&self, node: &'static Node) -> Option<Difference> {
        let Some(row) = self.row(node) else {
            return node.external.then(|| Difference {
                object: label(node),
                details: vec!["is declared `external`, but is not there or is hidden from this role".to_owned()],
                help: vec!["create it, or grant the role a privilege on it".to_owned()],
            });
        };
        let (details, help) = match &node.definition {
            Definition::Table(definition) => {
                let columns = self.described.get(&key(node))?;
                table::compare(&node.qualified_name(), definition.columns, &table::columns(columns), node.external)
            }
            Definition::Stream(definition) => {
                stream::compare(&node.qualified_name(), definition, &stream::LiveStream::from_row(row))
            }
            Definition::Task(definition) if !node.external => {
                let parameter = |name: &str| self.property(node, name);
                task::compare(&node.qualified_name(), definition, &task::LiveTask::from_row(row), parameter)
            }
            Definition::NotificationIntegration(definition) if !node.external => {
                integration::compare(&node.qualified_name(), definition, |name| self.property(node, name))
            }
            _ => return None,
        };
        (!details.is_empty()).then(|| Difference { object: label(node), details, help })
    }

    /// The body of a procedure or the query of a view, as it is there and as the pipeline says.
    pub(crate) fn texts(&self, node: &Node) -> Option<(String, String)> {
        let row = self.row(node)?;
        match &node.definition {
            Definition::Procedure(definition) => {
                Some((text::body(&self.property(node, "body")?), text::body(&definition.text())))
            }
            Definition::View(definition) => {
                let stored = row.text("text").unwrap_or_default();
                Some((text::body(stored_query(stored.trim_end_matches(';'))), text::body(&(definition.query)())))
            }
            _ => None,
        }
    }

    /// Whether a procedure or view that exists already says what the pipeline says.
    pub(crate) fn is_current(&self, node: &'static Node) -> bool {
        let Some(row) = self.row(node) else { return false };
        match &node.definition {
            Definition::Procedure(definition) => {
                self.described.get(&key(node)).is_some_and(|rows| procedure::is_current(node, definition, row, rows))
            }
            Definition::View(definition) => {
                text::is_same_view(&(definition.query)(), &row.text("text").unwrap_or_default())
                    && row.text("comment").unwrap_or_default() == node.comment
            }
            _ => true,
        }
    }
}

/// The query of a view's stored text, which begins with CREATE.
fn stored_query(text: &str) -> &str {
    text.split_once("\nAS\n").map_or(text, |(_, query)| query)
}

/// The key of a node: its kind and full name, with the argument types of a procedure.
fn key(node: &Node) -> (Kind, String) {
    let signature = match &node.definition {
        Definition::Procedure(procedure) => procedure.signature().replace(' ', ""),
        _ => String::new(),
    };
    (node.kind, format!("{}{signature}", node.qualified_name()))
}

/// An object as messages name it.
pub(crate) fn label(node: &Node) -> String {
    format!("{} {}", node.kind.noun(), node.qualified_name())
}
