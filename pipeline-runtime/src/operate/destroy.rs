//! Removing a pipeline with its data.

use std::io::{BufRead, IsTerminal, Write};

use pipeline_dsl::{
    node::{Kind, Node},
    script::Action,
};

use crate::{
    connection::Connection,
    deploy::{Executor, name},
    error::Error,
    live::{Live, label},
    model::Model,
    progress::{Progress, counted},
};

/// Shows what will go, asks unless `yes`, drops it, and looks whether anything is left.
pub(crate) async fn destroy(
    connection: &Connection,
    model: &Model,
    progress: &Progress,
    yes: bool,
) -> Result<(), Error> {
    let own = model.own();
    let live = read(connection, model).await?;
    let there: Vec<&'static Node> = own.iter().map(|node| node.get()).filter(|node| live.has(node)).collect();
    if there.is_empty() {
        progress.line("nothing of this pipeline is there, or all of it is hidden from this role");
        return Ok(());
    }
    progress.line(&format!("{} will be dropped:", counted(there.len(), "object", "objects")));
    for node in &there {
        let rows = live
            .row(node)
            .filter(|_| node.kind == Kind::Table)
            .and_then(|row| row.integer("rows"))
            .map(|rows| format!(" with {}", counted(usize::try_from(rows).unwrap_or_default(), "row", "rows")))
            .unwrap_or_default();
        progress.line(&format!("  - {}{rows}", label(node)));
    }
    if !yes {
        let name = model.name();
        let question = tokio::task::spawn_blocking(move || confirmed(&name));
        let confirmed = connection.or_interrupt(async { question.await.unwrap_or(Ok(false)) }).await?;
        if !confirmed {
            return Err(Error::NotConfirmed);
        }
    }

    let steps = model.destroy_steps();
    let needed = |step: &pipeline_dsl::script::Step| {
        !matches!(step.action, Action::UseRole | Action::UseContext)
            && step.object.is_none_or(|object| live.has(object.get()))
    };
    let to_do = steps.iter().filter(|(_, step)| needed(step)).map(|(_, step)| name(step, true));
    let mut executor = Executor::new(connection, progress, to_do.collect());
    for (_, step) in &steps {
        if needed(step) {
            executor.run(step, true).await?;
        } else if matches!(step.action, Action::UseRole | Action::UseContext) {
            executor.context(step);
        }
    }
    let live = read(connection, model).await?;
    let left: Vec<String> = own.iter().map(|node| node.get()).filter(|node| live.has(node)).map(label).collect();
    if left.is_empty() {
        progress.line("nothing is left");
        Ok(())
    } else {
        Err(Error::LeftOver { left })
    }
}

async fn read(connection: &Connection, model: &Model) -> Result<Live, Error> {
    if let Some(sql) = model.become_administrator() {
        connection.execute(sql).await?;
    }
    Ok(Live::read_shown(connection, &model.graph.objects).await?)
}

/// Asks for the pipeline's name; anything else, and no terminal, is a no.
fn confirmed(name: &str) -> Result<bool, Error> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    print!("This removes the data too. Type `{name}` to go on: ");
    let failed = |source| Error::File { verb: "read", path: "standard input".into(), source };
    std::io::stdout().flush().map_err(failed)?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(failed)?;
    Ok(line.trim() == name)
}
