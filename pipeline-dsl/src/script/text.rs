//! How a script looks.

use std::fmt::Write;

use super::{Action, Script, Step};

/// Comments and statements; a blank line around every statement of several lines and before every comment.
pub(super) fn render(script: &Script) -> String {
    let mut out = String::new();
    let mut comment = |line: &str| {
        let _ = writeln!(out, "{}", format!("-- {line}").trim_end());
    };
    comment(&format!("{:02}. {}", script.number, script.title));
    comment(&script.header);
    for line in &script.notes {
        comment(line);
    }
    let mut previous: Option<&Step> = None;
    for step in &script.steps {
        let together = previous.is_some_and(|previous| {
            let related = previous.action == step.action || step.action == Action::UseContext;
            related && step.note.is_empty() && is_short(previous) && is_short(step)
        });
        if !together {
            out.push('\n');
        }
        for line in step.note.lines() {
            let _ = writeln!(out, "{}", format!("-- {line}").trim_end());
        }
        let _ = writeln!(out, "{};", step.sql);
        previous = Some(step);
    }
    out
}

fn is_short(step: &Step) -> bool {
    !step.sql.contains('\n')
}
