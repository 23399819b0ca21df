//! Deploying: the statements of the scripts, in order, and only those that are needed.

mod executor;
mod plan;
mod show;

use pipeline_dsl::{node::Node, script::Action};

use self::plan::Decision;
pub(crate) use self::{
    executor::{Executor, name},
    plan::Plan,
    show::show,
};
use crate::{connection::Connection, error::Error, live, model::Model, progress::Progress};

/// What a deployment did.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) executed: usize,
    pub(crate) unchanged: usize,
}

/// Brings the account to what the pipeline says, without losing anything.
pub(crate) async fn deploy(connection: &Connection, model: &Model, progress: &Progress) -> Result<Outcome, Error> {
    let plan = Plan::make(connection, model, progress).await?;
    let mut executor = Executor::new(connection, progress, plan.to_run().map(|step| plan.name(step)).collect());
    let mut outcome = Outcome::default();
    let mut file = "";
    for planned in &plan.steps {
        let step = planned.step;
        if planned.file != file {
            file = planned.file;
            progress.line(file);
        }
        match planned.decision {
            Decision::Context => executor.context(step),
            Decision::Unchanged => {
                outcome.unchanged += usize::from(step.action != Action::Suspend);
                // Of grants and suspensions that are not needed nobody wants to hear.
                if !matches!(step.action, Action::Grant | Action::Suspend) {
                    executor.unchanged(step);
                }
            }
            Decision::Run => {
                let rows = executor.run(step, plan.exists(step)).await?;
                outcome.executed += 1;
                if step.action == Action::Create
                    && let Some(node) = step.object.map(|object| object.get())
                    && !plan.live.has(node)
                {
                    refuse_invisible(node, rows.first().and_then(|row| row.text_at(0)).as_deref())?;
                }
            }
        }
    }
    Ok(outcome)
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
