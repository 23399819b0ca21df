//! What goes into each script, in order.

use super::{Action, Script, Step, aws, monitor};
use crate::graph::{Grant, Graph};
use crate::ident;
use crate::node::{Kind, Node, NodeRef};
use crate::object::{Definition, Provider};
use crate::pipeline::PipelineDef;

/// The scripts of a pipeline. A number is left out when the pipeline has nothing for it.
pub fn scripts(pipeline: &PipelineDef) -> Vec<Script> {
    let graph = Graph::of(pipeline);
    let builder = Builder { pipeline, graph: &graph };
    let scripts = [
        builder.infrastructure(),
        builder.tables(),
        builder.streams(),
        builder.notification(),
        builder.tasks(),
        builder.test_and_monitor(),
        builder.cleanup(),
    ];
    scripts.into_iter().filter(|script| script.steps.iter().any(|step| !is_preamble(step))).collect()
}

fn is_preamble(step: &Step) -> bool {
    matches!(step.action, Action::UseRole | Action::UseContext)
}

struct Builder<'a> {
    pipeline: &'a PipelineDef,
    graph: &'a Graph,
}

impl Builder<'_> {
    fn infrastructure(&self) -> Script {
        let mut script =
            self.script(1, "setup_infrastructure", "Sets up databases, schemas, warehouse, role and its privileges");
        script.admin();
        for kind in [Kind::Database, Kind::Schema, Kind::Warehouse, Kind::Role] {
            self.create(&mut script, kind);
        }
        for (number, role) in self.own(Kind::Role).enumerate() {
            let sql = format!("GRANT ROLE {} TO ROLE SYSADMIN", role.qualified_name());
            script.push(Action::Grant, sql, Some(NodeRef::new(role)));
            if number == 0 {
                script.note("Administrators can do what the role can");
            }
        }
        self.grant(&mut script, |grant| !is_integration(grant));
        script
    }

    fn tables(&self) -> Script {
        let samples = self.pipeline.samples;
        let (name, title) = if samples.is_empty() {
            ("create_tables", "Creates the tables")
        } else {
            ("create_sample_tables", "Creates the tables and loads sample data")
        };
        let mut script = self.script(2, name, title);
        self.preamble(&mut script);
        self.create(&mut script, Kind::Table);
        for (number, sample) in samples.iter().enumerate() {
            script.push(Action::Sample, sample.sql(), sample.objects().next());
            if number == 0 {
                script.note("Sample data; run again, these statements load nothing");
            }
        }
        for table in self.own(Kind::Table) {
            let name = table.qualified_name();
            script.push(
                Action::Monitor,
                format!("SELECT COUNT(*) AS ROWS_IN_TABLE FROM {name}"),
                Some(NodeRef::new(table)),
            );
        }
        script
    }

    fn streams(&self) -> Script {
        let mut script = self.script(3, "create_stream", "Creates the streams, which record what changes from now on");
        self.preamble(&mut script);
        for view in self.own(Kind::View).filter(|view| self.graph.is_followed(view)) {
            script.push(Action::Create, view.create_kept(), Some(NodeRef::new(view)));
            script.note("Kept if it exists: replacing it would make its streams stale");
            self.share(&mut script, view);
        }
        self.create(&mut script, Kind::Stream);
        for stream in self.own(Kind::Stream) {
            script.push(Action::Monitor, monitor::has_data(stream), Some(NodeRef::new(stream)));
        }
        script
    }

    fn notification(&self) -> Script {
        let other = |node: &Node| !matches!(&node.definition, Definition::NotificationIntegration(integration) if matches!(integration.provider, Provider::AwsSns { .. }));
        let name = if self.own(Kind::NotificationIntegration).any(other) {
            "create_notification_integration"
        } else {
            "create_sns_notification"
        };
        let mut script = self.script(4, name, "Creates the notification integration that tells of failed tasks");
        script.admin();
        self.create(&mut script, Kind::NotificationIntegration);
        self.grant(&mut script, is_integration);
        for node in self.own(Kind::NotificationIntegration) {
            let Definition::NotificationIntegration(integration) = &node.definition else { continue };
            let name = node.qualified_name();
            script.push(Action::Monitor, format!("DESCRIBE INTEGRATION {name}"), Some(NodeRef::new(node)));
            if other(node) {
                continue;
            }
            script.note("SF_AWS_IAM_USER_ARN and SF_AWS_EXTERNAL_ID go into the trust policy of the role");
            let shell = aws::shell_name(node);
            script.notes.extend([
                String::new(),
                format!("Before: ./{shell} create"),
                format!("After:  ./{shell} trust <SF_AWS_IAM_USER_ARN> <SF_AWS_EXTERNAL_ID>"),
                "To try it out, once AWS trusts Snowflake:".to_owned(),
                "    CALL SYSTEM$SEND_SNOWFLAKE_NOTIFICATION(".to_owned(),
                "        SNOWFLAKE.NOTIFICATION.APPLICATION_JSON('{\"test\": true}'),".to_owned(),
                format!("        SNOWFLAKE.NOTIFICATION.INTEGRATION({}));", ident::literal(node.name)),
            ]);
            script.companions.extend(aws::companions(node, integration));
        }
        script
    }

    fn tasks(&self) -> Script {
        let mut script = self.script(5, "create_task", "Creates procedures, views and tasks, and starts the tasks");
        self.preamble(&mut script);
        let roots: Vec<_> =
            self.graph.tasks().filter(|(node, task)| task.is_root() && !node.external).map(|(node, _)| node).collect();
        let is_graph = self.own(Kind::Task).count() > roots.len();
        if is_graph {
            for (number, root) in roots.iter().enumerate() {
                script.suspend(root);
                if number == 0 {
                    script.note("A graph of tasks can be changed only while its root is suspended");
                }
            }
        }
        self.create(&mut script, Kind::Procedure);
        self.create(&mut script, Kind::View);
        self.create(&mut script, Kind::Task);
        for (number, task) in self.graph.resume_order().into_iter().enumerate() {
            let name = task.qualified_name();
            script.push(Action::Resume, format!("ALTER TASK {name} RESUME"), Some(NodeRef::new(task)));
            if number == 0 {
                let order = if is_graph { ": children first, their root last" } else { "" };
                script.note(&format!("Tasks are created suspended{order}"));
            }
        }
        script
    }

    fn test_and_monitor(&self) -> Script {
        let mut script = self.script(6, "test_and_monitor", "Tries the pipeline out and shows how it is doing");
        self.preamble(&mut script);
        for (number, scenario) in self.pipeline.scenarios.iter().enumerate() {
            for (step, fragment) in scenario.steps.iter().enumerate() {
                script.push(Action::Test, fragment.sql(), fragment.objects().next());
                if step == 0 {
                    let note = if scenario.note.is_empty() { String::new() } else { format!("\n{}", scenario.note) };
                    script.note(&format!("Scenario {}: {}{note}", number + 1, scenario.title));
                }
            }
        }
        monitor::push(&mut script, self.graph);
        script
    }

    fn cleanup(&self) -> Script {
        let mut script = self.script(7, "cleanup", "Removes everything that the pipeline created");
        script
            .notes
            .push("WARNING: dropping a database deletes all that is in it, also what others put there.".to_owned());
        script.admin();
        for (number, (root, _)) in
            self.graph.tasks().filter(|(node, task)| task.is_root() && !node.external).enumerate()
        {
            script.suspend(root);
            if number == 0 {
                script.note("No new run may start while the objects go");
            }
        }
        for kind in [
            Kind::Task,
            Kind::Stream,
            Kind::Procedure,
            Kind::View,
            Kind::Table,
            Kind::Schema,
            Kind::Database,
            Kind::NotificationIntegration,
            Kind::Warehouse,
            Kind::Role,
        ] {
            let nodes: Vec<_> = self.own(kind).collect();
            for node in nodes.into_iter().rev() {
                script.push(Action::Drop, node.drop(), Some(NodeRef::new(node)));
            }
        }
        script
    }

    fn script(&self, number: u8, name: &str, title: &str) -> Script {
        let comment = self.pipeline.comment.lines().next().unwrap_or_default();
        let header = if comment.is_empty() {
            format!("Pipeline {}", self.pipeline.name)
        } else {
            format!("Pipeline {}: {comment}", self.pipeline.name)
        };
        Script {
            number,
            file_name: format!("{number:02}_{name}.sql"),
            title: title.to_owned(),
            notes: vec![
                "Generated from the Rust definitions by `render`: change those, not this file. Safe to run again."
                    .to_owned(),
            ],
            steps: Vec::new(),
            companions: Vec::new(),
            header,
        }
    }

    /// The pipeline's own objects of one kind.
    fn own(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &'static Node> {
        self.graph.own(kind)
    }

    fn preamble(&self, script: &mut Script) {
        let role = self.pipeline.role;
        script.push(Action::UseRole, format!("USE ROLE {}", role.get().qualified_name()), Some(role));
        if let Some(warehouse) = self.graph.of_kind(Kind::Warehouse).next() {
            let name = warehouse.qualified_name();
            script.push(Action::UseContext, format!("USE WAREHOUSE {name}"), Some(NodeRef::new(warehouse)));
        }
    }

    fn create(&self, script: &mut Script, kind: Kind) {
        for node in self.own(kind).filter(|node| kind != Kind::View || !self.graph.is_followed(node)) {
            script.push(Action::Create, node.create(), Some(NodeRef::new(node)));
            self.share(script, node);
        }
    }

    /// What an object in a schema grants to other roles.
    fn share(&self, script: &mut Script, node: &Node) {
        for grant in self.graph.shared.iter().filter(|grant| grant.on.is_some_and(|on| std::ptr::eq(on.get(), node))) {
            script.push(Action::Grant, grant.sql.clone(), grant.on);
        }
    }

    fn grant(&self, script: &mut Script, wanted: impl Fn(&Grant) -> bool) {
        for (number, grant) in self.graph.grants.iter().filter(|grant| wanted(grant)).enumerate() {
            script.push(Action::Grant, grant.sql.clone(), grant.on);
            if number == 0 {
                script.note("What the pipeline needs, and no more");
            }
        }
    }
}

impl Script {
    fn admin(&mut self) {
        self.push(Action::UseRole, "USE ROLE ACCOUNTADMIN".to_owned(), None);
    }

    fn suspend(&mut self, task: &'static Node) {
        let name = task.qualified_name();
        self.push(Action::Suspend, format!("ALTER TASK IF EXISTS {name} SUSPEND"), Some(NodeRef::new(task)));
    }

    pub(super) fn push(&mut self, action: Action, sql: String, object: Option<NodeRef>) {
        self.steps.push(Step { sql, note: String::new(), action, object });
    }

    /// Sets the comment above the latest statement.
    pub(super) fn note(&mut self, note: &str) {
        if let Some(step) = self.steps.last_mut() {
            step.note = note.to_owned();
        }
    }
}

fn is_integration(grant: &Grant) -> bool {
    grant.on.is_some_and(|object| object.get().kind == Kind::NotificationIntegration)
}
