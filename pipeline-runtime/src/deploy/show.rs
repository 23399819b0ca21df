//! A plan as people read it.

use pipeline_dsl::script::{Action, Step};
use similar::{ChangeTag, TextDiff};

use super::plan::{Decision, Plan};
use crate::progress::{Progress, counted};

/// How many unchanged lines stand around the changed ones of a body.
const AROUND: usize = 2;

/// Prints what a deployment would do, an object or grant each, and of bodies that change which lines.
pub(crate) fn show(plan: &Plan<'_>, progress: &Progress) {
    for step in plan.to_run() {
        let sign = match step.action {
            Action::Create if plan.exists(step) => '~',
            Action::Resume | Action::Suspend | Action::Alter => '~',
            _ => '+',
        };
        let change = text_change(plan, step);
        let counts = change.as_ref().map(|change| format!("  {}", change.counts)).unwrap_or_default();
        progress.line(&format!("  {sign} {}{counts}", plan.name(step)));
        for line in change.iter().flat_map(|change| &change.lines) {
            progress.line(&format!("      {line}"));
        }
    }
    let unchanged = plan
        .steps
        .iter()
        .filter(|planned| planned.decision == Decision::Unchanged && planned.step.action == Action::Create)
        .count();
    progress.line(&format!("  = {}", counted(unchanged, "object unchanged", "objects unchanged")));
    progress.line(&summary(plan));
}

/// `plan: 3 to create, 1 to replace, 2 grants · 9 statements`
fn summary(plan: &Plan<'_>) -> String {
    let count = |wanted: &dyn Fn(&Step) -> bool| plan.to_run().filter(|step| wanted(step)).count();
    let is = |action: Action| move |step: &Step| step.action == action;
    let parts: Vec<String> = [
        (count(&|step| step.action == Action::Create && !plan.exists(step)), "to create"),
        (count(&|step| step.action == Action::Create && plan.exists(step)), "to replace"),
        (count(&is(Action::Alter)), "to alter"),
        (count(&is(Action::Grant)), "to grant"),
        (count(&is(Action::Suspend)), "to suspend"),
        (count(&is(Action::Resume)), "to resume"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    if parts.is_empty() {
        return String::from("plan: nothing to do");
    }
    format!("plan: {} · {}", parts.join(", "), counted(plan.statements().len(), "statement", "statements"))
}

/// The lines of a body or query that change.
struct TextChange {
    /// `+4 -1`
    counts: String,
    lines: Vec<String>,
}

fn text_change(plan: &Plan<'_>, step: &Step) -> Option<TextChange> {
    let node = step.object.filter(|_| step.action == Action::Create)?.get();
    let (old, new) = plan.live.texts(node)?;
    let diff = TextDiff::from_lines(&old, &new);
    let (mut added, mut removed) = (0, 0);
    let mut lines = vec![];
    for (index, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if index > 0 {
            lines.push(String::from("..."));
        }
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            let sign = match change.tag() {
                ChangeTag::Insert => {
                    added += 1;
                    '+'
                }
                ChangeTag::Delete => {
                    removed += 1;
                    '-'
                }
                ChangeTag::Equal => ' ',
            };
            lines.push(format!("{sign} {}", change.value().trim_end()).trim_end().to_owned());
        }
    }
    (added + removed > 0).then(|| TextChange { counts: format!("+{added} -{removed}"), lines })
}
