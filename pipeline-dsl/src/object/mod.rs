//! One file per object kind: its definition, the rules that concern it alone, and its DDL.

mod database;
mod notification_integration;
mod procedure;
mod role;
mod schema;
mod stream;
mod table;
mod task;
mod view;
mod warehouse;

pub(crate) use notification_integration::{Arn, arn};
pub(crate) use table::characters;
pub(crate) use view::rests_on;

pub use database::DatabaseDef;
pub use notification_integration::{NotificationIntegrationDef, Provider};
pub use procedure::{Access, Argument, Doubt, ExecuteAs, Language, Privilege, ProcedureDef};
pub use role::RoleDef;
pub use schema::SchemaDef;
pub use stream::{StreamDef, StreamPoint, StreamStart};
pub use table::{Autoincrement, Column, DefaultValue, TableDef};
pub use task::{Compute, Condition, LogLevel, OverlapPolicy, ServerlessSizes, TaskAction, TaskDef};
pub use view::ViewDef;
pub use warehouse::{ResourceConstraint, ScalingPolicy, WarehouseDef, WarehouseSize, WarehouseType};

#[doc(hidden)]
pub use database::check_transient_retention;
#[doc(hidden)]
pub use notification_integration::{check_role_arn, check_task_integration, check_topic_arn};
#[doc(hidden)]
pub use stream::{check_point, check_view};
#[doc(hidden)]
pub use table::{check_column_names, check_default, check_type, concat_columns, count_columns};
#[doc(hidden)]
pub use task::{check_after, check_call, check_consumes, check_finalize, check_returned};
#[doc(hidden)]
pub use view::check_view_columns;
#[doc(hidden)]
pub use warehouse::{check_clusters, check_generation, check_resource_constraint};

use crate::ident;
use crate::node::{Node, NodeRef};

/// What is particular to each kind of object.
#[derive(Debug)]
#[expect(missing_docs, reason = "each variant holds the definition of the kind that it is named after")]
pub enum Definition {
    Database(DatabaseDef),
    Schema(SchemaDef),
    Warehouse(WarehouseDef),
    Role(RoleDef),
    Table(TableDef),
    Stream(StreamDef),
    NotificationIntegration(NotificationIntegrationDef),
    Procedure(ProcedureDef),
    View(ViewDef),
    Task(TaskDef),
}

impl Definition {
    pub(crate) const fn dependency_count(&self) -> usize {
        match self {
            Self::Stream(_) => 2,
            Self::Procedure(procedure) => procedure.reads.len() + procedure.writes.len() + procedure.calls.len(),
            Self::View(view) => view.reads.len(),
            Self::Task(task) => task.dependency_count(),
            Self::Database(_)
            | Self::Schema(_)
            | Self::Warehouse(_)
            | Self::Role(_)
            | Self::Table(_)
            | Self::NotificationIntegration(_) => 0,
        }
    }

    pub(crate) const fn dependency(&self, index: usize) -> Option<NodeRef> {
        match self {
            Self::Stream(stream) => {
                if index == 0 {
                    Some(stream.source)
                } else if let Some(StreamStart { point: StreamPoint::Stream(other), .. }) = stream.start {
                    Some(other)
                } else {
                    None
                }
            }
            Self::Procedure(procedure) => {
                let (reads, writes) = (procedure.reads.len(), procedure.writes.len());
                if index < reads {
                    Some(procedure.reads[index])
                } else if index < reads + writes {
                    Some(procedure.writes[index - reads].object)
                } else {
                    Some(procedure.calls[index - reads - writes])
                }
            }
            Self::View(view) => Some(view.reads[index]),
            Self::Task(task) => task.dependency(index),
            Self::Database(_)
            | Self::Schema(_)
            | Self::Warehouse(_)
            | Self::Role(_)
            | Self::Table(_)
            | Self::NotificationIntegration(_) => None,
        }
    }
}

impl Node {
    /// The statement that creates the object, without a final semicolon. It may run any number of times: it never
    /// replaces what holds data, an offset or a schedule.
    pub fn create(&self) -> String {
        match &self.definition {
            Definition::Database(database) => database.create(self),
            Definition::Schema(schema) => schema.create(self),
            Definition::Warehouse(warehouse) => warehouse.create(self),
            Definition::Role(role) => role.create(self),
            Definition::Table(table) => table.create(self),
            Definition::Stream(stream) => stream.create(self),
            Definition::NotificationIntegration(integration) => integration.create(self),
            Definition::Procedure(procedure) => procedure.create(self),
            Definition::View(view) => view.create(self, false),
            Definition::Task(task) => task.create(self),
        }
    }

    /// The same for a view that a stream follows, which is kept if it exists: replacing it would make the stream stale.
    pub(crate) fn create_kept(&self) -> String {
        match &self.definition {
            Definition::View(view) => view.create(self, true),
            _ => self.create(),
        }
    }

    /// The statement that drops the object, without a final semicolon.
    pub fn drop(&self) -> String {
        let signature = match &self.definition {
            Definition::Procedure(procedure) => procedure.signature(),
            _ => String::new(),
        };
        // SQL calls every integration INTEGRATION when it drops one.
        let kind = match self.definition {
            Definition::NotificationIntegration(_) => "INTEGRATION",
            _ => self.kind.sql(),
        };
        format!("DROP {kind} IF EXISTS {}{signature}", self.qualified_name())
    }

    /// `head`, the properties, and the comment, each on a line of its own.
    fn with_properties(&self, head: String, properties: Vec<String>) -> String {
        self.with_lines(head, properties, "\n    ")
    }

    fn with_lines(&self, head: String, mut properties: Vec<String>, separator: &str) -> String {
        if !self.comment.is_empty() {
            properties.push(format!("COMMENT = {}", ident::literal(self.comment)));
        }
        properties.into_iter().fold(head, |sql, property| sql + separator + &property)
    }
}

/// `TRUE` or `FALSE`.
fn boolean(value: bool) -> &'static str {
    if value { "TRUE" } else { "FALSE" }
}
