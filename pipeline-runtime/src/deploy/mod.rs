//! Deploying: the statements of the scripts, in order, and only those that are needed.

mod executor;

use std::collections::BTreeSet;

use pipeline_dsl::{
    node::{Kind, Node},
    script::{Action, Step},
};

pub(crate) use self::executor::{Executor, name};
use crate::{
    connection::Connection,
    error::Error,
    live::{self, Grants, Live, TaskState},
    model::Model,
    progress::{Progress, counted, took},
};

/// What a deployment did.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) executed: usize,
    pub(crate) unchanged: usize,
}

/// What becomes of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    /// A USE statement: runs when a statement that needs it does.
    Context,
    /// Is as the step would make it.
    Unchanged,
    Run,
}

/// Brings the account to what the pipeline says, without losing anything.
pub(crate) async fn deploy(connection: &Connection, model: &Model, progress: &Progress) -> Result<Outcome, Error> {
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
    let differences = live.differences(&model.graph.objects);
    if !differences.is_empty() {
        return Err(Error::Blocked { differences });
    }

    for remark in live.remarks(&model.graph.objects) {
        progress.line(&format!("  ~ {remark}"));
    }

    let suspended = must_suspend(model, &live);
    let steps = model.deploy_steps();
    let decide = |step: &Step| decide(step, &live, &grants, &suspended);
    let exists = |step: &Step| step.object.is_some_and(|object| live.has(object.get()));
    let to_do =
        steps.iter().filter(|(_, step)| decide(step) == Decision::Run).map(|(_, step)| name(step, exists(step)));
    let mut executor = Executor::new(connection, progress, to_do.collect());
    let mut outcome = Outcome::default();
    let mut file = "";
    for (script, step) in &steps {
        if *script != file {
            file = script;
            progress.line(script);
        }
        match decide(step) {
            Decision::Context => executor.context(step),
            Decision::Unchanged => {
                outcome.unchanged += usize::from(step.action != Action::Suspend);
                // Of grants and suspensions that are not needed nobody wants to hear.
                if !matches!(step.action, Action::Grant | Action::Suspend) {
                    executor.unchanged(step);
                }
            }
            Decision::Run => {
                let node = step.object.map(|object| object.get());
                let rows = executor.run(step, exists(step)).await?;
                outcome.executed += 1;
                if step.action == Action::Create
                    && let Some(node) = node
                    && !live.has(node)
                {
                    refuse_invisible(node, rows.first().and_then(|row| row.text_at(0)).as_deref())?;
                }
            }
        }
    }
    Ok(outcome)
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

/// CREATE .. IF NOT EXISTS succeeds for an object that exists but was not listed: it is hidden from the role, and was
/// not compared.
fn refuse_invisible(node: &'static Node, status: Option<&str>) -> Result<(), Error> {
    if !status.is_some_and(|status| status.contains("already exists")) {
        return Ok(());
    }
    Err(Error::Blocked {
        differences: vec![live::Difference {
            object: live::label(node),
            details: vec![
                "exists, but the role cannot see it, so that it was not compared with the pipeline".to_owned(),
            ],
            help: vec![format!(
                "see who owns it: `SHOW GRANTS ON {} {}`; grant the pipeline's role a privilege on it, or declare it `external`",
                node.kind.sql(),
                node.qualified_name()
            )],
        }],
    })
}
