//! What a deployment would do: each statement of the scripts, and whether the account needs it.

use std::collections::BTreeSet;

use pipeline_dsl::{
    node::{Kind, Node},
    script::{Action, Step},
};

use super::name;
use crate::{
    connection::Connection,
    error::Error,
    live::{Difference, Grants, Live, TaskState},
    model::Model,
    progress::{Progress, counted, took},
};

/// What becomes of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// A USE statement: runs when a statement that needs it does.
    Context,
    /// Is as the step would make it.
    Unchanged,
    Run,
}

/// A step of a deployment.
pub(crate) struct Planned<'m> {
    /// The script that it stands in.
    pub(crate) file: &'m str,
    pub(crate) step: &'m Step,
    pub(crate) decision: Decision,
}

/// The steps of a deployment, compared with what is live.
pub(crate) struct Plan<'m> {
    pub(crate) live: Live,
    pub(crate) steps: Vec<Planned<'m>>,
}

impl<'m> Plan<'m> {
    /// Reads the state of the account and decides about every step.
    ///
    /// # Errors
    ///
    /// [`Error::Blocked`] if something would have to change that cannot without the risk of losing data.
    pub(crate) async fn make(connection: &Connection, model: &'m Model, progress: &Progress) -> Result<Self, Error> {
        let start = std::time::Instant::now();
        if let Some(sql) = model.become_administrator() {
            connection.execute(sql).await?;
        }
        let live = Live::read(connection, &model.graph.objects).await?;
        let grants = Grants::read(connection, &existing_roles(model, &live)).await;
        progress.line(&format!(
            "read live state: {}, {}",
            counted(live.statements(), "statement", "statements"),
            took(start.elapsed())
        ));
        let differences: Vec<Difference> = live.differences(&model.graph.objects);
        if !differences.is_empty() {
            return Err(Error::Blocked { differences });
        }
        for remark in live.remarks(&model.graph.objects) {
            progress.line(&format!("  ~ {remark}"));
        }
        let suspended = must_suspend(model, &live);
        let planned = |(file, step)| Planned { file, step, decision: decide(step, &live, &grants, &suspended) };
        let steps = model.deploy_steps().into_iter().map(planned).collect();
        Ok(Self { live, steps })
    }

    /// The steps that will run.
    pub(crate) fn to_run(&self) -> impl Iterator<Item = &'m Step> {
        self.steps.iter().filter(|planned| planned.decision == Decision::Run).map(|planned| planned.step)
    }

    /// Whether the object of a step is there already.
    pub(crate) fn exists(&self, step: &Step) -> bool {
        step.object.is_some_and(|object| self.live.has(object.get()))
    }

    /// A step in a few words: `create table RAW_DB.SAMPLE_DATA.TABLE_A`.
    pub(crate) fn name(&self, step: &Step) -> String {
        name(step, self.exists(step))
    }

    /// The statements that will run, in order, with the USE statements that they need.
    pub(crate) fn statements(&self) -> Vec<&'m str> {
        let mut statements = vec![];
        let mut context = Context::default();
        for planned in &self.steps {
            match planned.decision {
                Decision::Context => context.add(planned.step),
                Decision::Unchanged => {}
                Decision::Run => {
                    statements.extend(context.take());
                    statements.push(&planned.step.sql);
                }
            }
        }
        statements
    }
}

/// USE statements that no statement has needed yet.
#[derive(Default)]
pub(crate) struct Context<'m> {
    pending: Vec<&'m str>,
}

impl<'m> Context<'m> {
    pub(crate) fn add(&mut self, step: &'m Step) {
        if step.action == Action::UseRole {
            // A new role makes what was chosen before it meaningless.
            self.pending.clear();
        }
        self.pending.push(&step.sql);
    }

    /// The statements that are needed now.
    pub(crate) fn take(&mut self) -> Vec<&'m str> {
        std::mem::take(&mut self.pending)
    }
}

fn existing_roles(model: &Model, live: &Live) -> BTreeSet<String> {
    let existing = model.graph.of_kind(Kind::Role).filter(|role| live.has(role));
    let names: BTreeSet<String> = existing.map(Node::qualified_name).collect();
    names.intersection(&model.roles()).cloned().collect()
}

/// The started roots of graphs that get a new task: Snowflake takes no change of a graph whose root is started. The
/// scripts resume them at their end.
fn must_suspend(model: &Model, live: &Live) -> BTreeSet<String> {
    let new_tasks = model.graph.tasks().map(|(node, _)| node).filter(|node| !node.external && !live.has(node));
    let suspended_children = model.graph.tasks().filter(|(node, task)| {
        !node.external
            && !task.is_root()
            && live.row(node).is_some_and(|row| TaskState::from_row(row) == TaskState::Suspended)
    });
    new_tasks
        .chain(suspended_children.map(|(node, _)| node))
        .map(|node| model.root_of(node))
        .filter(|root| live.row(root).is_some_and(|row| TaskState::from_row(row) == TaskState::Started))
        .map(Node::qualified_name)
        .collect()
}

fn decide(step: &Step, live: &Live, grants: &Grants, suspended: &BTreeSet<String>) -> Decision {
    let node = step.object.map(|object| object.get());
    match (step.action, node) {
        (Action::UseRole | Action::UseContext, _) => Decision::Context,
        (Action::Create, Some(node)) if live.has(node) && live.is_current(node) => Decision::Unchanged,
        (Action::Grant, _) if grants.has(&step.sql) => Decision::Unchanged,
        (Action::Suspend, Some(node)) if !suspended.contains(&node.qualified_name()) => Decision::Unchanged,
        (Action::Resume, Some(node)) => {
            let started = live.row(node).is_some_and(|row| TaskState::from_row(row) == TaskState::Started);
            if started && !suspended.contains(&node.qualified_name()) { Decision::Unchanged } else { Decision::Run }
        }
        _ => Decision::Run,
    }
}
