//! A pipeline with everything that the commands ask of it.

use std::collections::BTreeSet;

use pipeline_dsl::{
    graph::Graph,
    ident,
    node::{Kind, Node, NodeRef},
    object::TaskDef,
    pipeline::PipelineDef,
    script::{Action, Script, Step, scripts},
};

use crate::error::Error;

/// The script that drops everything; the ones before 06 build it.
const CLEANUP: u8 = 7;
const LAST_TO_DEPLOY: u8 = 5;

/// A pipeline, its objects in creation order, and its scripts.
pub(crate) struct Model {
    pub(crate) definition: &'static PipelineDef,
    pub(crate) graph: Graph,
    pub(crate) scripts: Vec<Script>,
}

impl Model {
    pub(crate) fn new(definition: &'static PipelineDef) -> Self {
        Self { definition, graph: Graph::of(definition), scripts: scripts(definition) }
    }

    /// The pipeline's name as the command line writes it.
    pub(crate) fn name(&self) -> String {
        self.definition.name.replace('_', "-")
    }

    /// The objects that the pipeline creates.
    pub(crate) fn own(&self) -> Vec<NodeRef> {
        self.graph.objects.iter().copied().filter(|node| !node.get().external).collect()
    }

    /// The steps of a deployment, each with the file it comes from.
    pub(crate) fn deploy_steps(&self) -> Vec<(&str, &Step)> {
        self.steps(|script, step| {
            script.number <= LAST_TO_DEPLOY
                && !matches!(step.action, Action::Sample | Action::Test | Action::Monitor | Action::Drop)
        })
    }

    /// The steps that load sample data.
    pub(crate) fn sample_steps(&self) -> Vec<(&str, &Step)> {
        self.steps(|script, step| {
            script.number <= LAST_TO_DEPLOY
                && matches!(step.action, Action::UseRole | Action::UseContext | Action::Sample)
        })
    }

    /// The steps that remove everything.
    pub(crate) fn destroy_steps(&self) -> Vec<(&str, &Step)> {
        self.steps(|script, step| {
            script.number == CLEANUP
                && matches!(
                    step.action,
                    Action::UseRole | Action::UseContext | Action::Suspend | Action::Drop | Action::Alter
                )
        })
    }

    fn steps(&self, wanted: impl Fn(&Script, &Step) -> bool) -> Vec<(&str, &Step)> {
        self.scripts
            .iter()
            .flat_map(|script| script.steps.iter().map(move |step| (script, step)))
            .filter(|(script, step)| wanted(script, step))
            .map(|(script, step)| (script.file_name.as_str(), step))
            .collect()
    }

    /// The statement by which the scripts become administrator: the state of the account is read as that role, because
    /// what a role cannot see is not absent.
    pub(crate) fn become_administrator(&self) -> Option<&str> {
        let steps = self.scripts.iter().flat_map(|script| &script.steps);
        steps.into_iter().find(|step| step.action == Action::UseRole).map(|step| step.sql.as_str())
    }

    /// The statements by which a session becomes the pipeline's role.
    pub(crate) fn become_pipeline_role(&self) -> Vec<String> {
        let mut statements = vec![format!("USE ROLE {}", self.definition.role.get().qualified_name())];
        if let Some(warehouse) = self.graph.of_kind(Kind::Warehouse).next() {
            statements.push(format!("USE WAREHOUSE {}", warehouse.qualified_name()));
        }
        statements
    }

    /// The roles whose grants the scripts give.
    pub(crate) fn roles(&self) -> BTreeSet<String> {
        self.graph.of_kind(Kind::Role).map(Node::qualified_name).collect()
    }

    /// The tasks that start a graph or stand alone.
    pub(crate) fn roots(&self) -> Vec<&'static Node> {
        self.graph.tasks().filter(|(node, task)| task.is_root() && !node.external).map(|(node, _)| node).collect()
    }

    /// The root of the graph that a task belongs to.
    pub(crate) fn root_of(&self, task: &'static Node) -> &'static Node {
        let mut node = task;
        // A graph has fewer levels than tasks; the bound only guards against a circle.
        for _ in 0..self.graph.tasks().count() {
            match self.definition_of(node) {
                Some(TaskDef { finalize: Some(root), .. }) => node = root.get(),
                Some(TaskDef { after: [first, ..], .. }) => node = first.get(),
                _ => break,
            }
        }
        node
    }

    pub(crate) fn definition_of(&self, task: &Node) -> Option<&'static TaskDef> {
        self.graph.tasks().find(|(node, _)| std::ptr::eq(*node, task)).map(|(_, definition)| definition)
    }

    /// The tasks of a root's graph, the root first.
    pub(crate) fn graph_of(&self, root: &'static Node) -> Vec<(&'static Node, &'static TaskDef)> {
        self.graph.tasks().filter(|(node, _)| std::ptr::eq(self.root_of(node), root)).collect()
    }

    /// The object of a kind that a user names, by any unambiguous end of its full name or by its Rust name.
    pub(crate) fn find(&self, kind: Kind, name: &str) -> Result<&'static Node, Error> {
        let wanted = name.trim_end_matches("()");
        let matches = |node: &Node| {
            let full = node.qualified_name();
            node.rust_name == wanted
                || full.eq_ignore_ascii_case(wanted)
                || node.name.eq_ignore_ascii_case(wanted)
                || ident::quote(node.name) == wanted
        };
        let found: Vec<_> = self.graph.of_kind(kind).filter(|node| matches(node)).collect();
        match found.as_slice() {
            [one] => Ok(one),
            _ => {
                let known: Vec<_> =
                    self.graph.of_kind(kind).map(|node| format!("`{}`", node.qualified_name())).collect();
                Err(Error::Usage {
                    message: if found.is_empty() {
                        format!("the pipeline has no {} `{name}`", kind.noun())
                    } else {
                        format!("`{name}` names more than one {}", kind.noun())
                    },
                    help: if known.is_empty() {
                        "it has none".to_owned()
                    } else {
                        format!("it has {}", known.join(", "))
                    },
                })
            }
        }
    }
}
