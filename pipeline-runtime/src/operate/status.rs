//! How the pipeline is doing.

use chrono::{DateTime, TimeDelta, Utc};
use comfy_table::Table;
use pipeline_dsl::{
    ident,
    node::{Kind, Node},
};

use super::{Run, become_pipeline_role, history};
use crate::{
    connection::Connection,
    error::Error,
    live::{Live, TaskState},
    model::Model,
    progress::{Progress, took},
};

/// How far back runs are looked at: as far as Snowflake's function reaches.
const HOURS: u32 = 7 * 24 - 1;
/// How many runs the bar shows.
const BAR: usize = 12;

/// What `status` says, by its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    Healthy,
    Failing,
    StreamStale,
    TaskSuspended,
}

impl Health {
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Healthy => 0,
            Self::Failing => 10,
            Self::StreamStale => 11,
            Self::TaskSuspended => 12,
        }
    }
}

/// Prints tasks and streams, and tells the worst of what it found.
pub(crate) async fn status(connection: &Connection, model: &Model, progress: &Progress) -> Result<Health, Error> {
    become_pipeline_role(connection, model).await?;
    let live = Live::read_operated(connection, &model.graph.objects).await?;
    let now = connection
        .execute("SELECT CURRENT_TIMESTAMP() AS NOW")
        .await?
        .first()
        .and_then(|row| row.time("NOW"))
        .unwrap_or_else(Utc::now);

    let mut found = Vec::new();
    let mut gap = TimeDelta::zero();
    let mut tasks = table(["task", "state", "schedule", "last runs", "last ended", "took", "last error"]);
    for (task, definition) in model.graph.tasks() {
        let Some(row) = live.row(task) else {
            tasks.add_row([task.qualified_name().as_str(), "not there", "", "", "", "", ""]);
            found.push(Health::TaskSuspended);
            continue;
        };
        let state = TaskState::from_row(row);
        let database = task.schema().and_then(|schema| schema.parent);
        let mut runs = match database {
            Some(database) => history(connection, database.get(), Some(task), HOURS).await?,
            None => Vec::new(),
        };
        runs.retain(|run| run.is_of(task) && run.is_over());
        if state == TaskState::Suspended && !task.external {
            found.push(Health::TaskSuspended);
        }
        if last_verdict(&runs).is_some_and(Run::has_failed) {
            found.push(Health::Failing);
        }
        gap = gap.max(longest_gap(&runs));
        let last = runs.first();
        tasks.add_row([
            task.qualified_name(),
            row.text("state").unwrap_or_default(),
            definition.schedule.map(|schedule| schedule.sql()).unwrap_or_else(|| dependence(definition)),
            bar(&runs),
            last.and_then(|run| run.completed).map(|time| ago(now, time)).unwrap_or_default(),
            last.and_then(Run::took).map(took).unwrap_or_default(),
            last_verdict(&runs).and_then(|run| run.error.clone()).unwrap_or_default(),
        ]);
    }
    if tasks.row_count() > 0 {
        progress.line(&tasks.to_string());
    }

    let mut streams = table(["stream", "has data", "stale", "stale after"]);
    for stream in model.graph.of_kind(Kind::Stream) {
        let name = stream.qualified_name();
        let Some(row) = live.row(stream) else {
            streams.add_row([name.as_str(), "not there", "", ""]);
            found.push(Health::StreamStale);
            continue;
        };
        let stale = row.text("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true"));
        let stale_after = row.time("stale_after");
        // Two more missed runs of the longest kind would lose changes.
        if stale || stale_after.is_some_and(|time| time - now < gap * 2) {
            found.push(Health::StreamStale);
        }
        streams.add_row([
            name,
            // A stale stream cannot be asked.
            if stale { "unknown".to_owned() } else { has_data(connection, stream).await? },
            if stale { "yes".to_owned() } else { "no".to_owned() },
            stale_after.map(|time| time.format("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default(),
        ]);
    }
    if streams.row_count() > 0 {
        progress.line(&streams.to_string());
    }
    let health = worst(&found);
    progress.line(match health {
        Health::Healthy => "healthy",
        Health::Failing => "failing: the last run of a task failed",
        Health::StreamStale => "a stream is stale, missing or close to becoming stale",
        Health::TaskSuspended => "a task is suspended or missing",
    });
    Ok(health)
}

async fn has_data(connection: &Connection, stream: &Node) -> Result<String, Error> {
    let sql = format!("SELECT SYSTEM$STREAM_HAS_DATA({}) AS HAS_DATA", ident::literal(&stream.qualified_name()));
    let rows = connection.execute(&sql).await?;
    let value = rows.first().and_then(|row| row.text("HAS_DATA")).unwrap_or_default();
    Ok(if value.eq_ignore_ascii_case("true") { "yes".to_owned() } else { "no".to_owned() })
}

fn worst(found: &[Health]) -> Health {
    [Health::Failing, Health::StreamStale, Health::TaskSuspended]
        .into_iter()
        .find(|health| found.contains(health))
        .unwrap_or(Health::Healthy)
}

/// The last run that says anything: one that was skipped does not.
fn last_verdict(runs: &[Run]) -> Option<&Run> {
    runs.iter().find(|run| run.state != "SKIPPED")
}

/// The last runs as a bar, the newest at the right: `#` succeeded, `!` failed, `.` skipped.
fn bar(runs: &[Run]) -> String {
    let signs = runs.iter().take(BAR).map(|run| match run.state.as_str() {
        "SUCCEEDED" => '#',
        "SKIPPED" => '.',
        _ => '!',
    });
    signs.collect::<Vec<_>>().into_iter().rev().collect()
}

fn longest_gap(runs: &[Run]) -> TimeDelta {
    let times: Vec<DateTime<Utc>> = runs.iter().filter_map(|run| run.scheduled).collect();
    times.windows(2).map(|pair| pair[0] - pair[1]).max().unwrap_or_default()
}

fn dependence(definition: &pipeline_dsl::object::TaskDef) -> String {
    let names =
        |nodes: &[pipeline_dsl::node::NodeRef]| nodes.iter().map(|node| node.get().name).collect::<Vec<_>>().join(", ");
    match definition.finalize {
        Some(root) => format!("ends {}", root.get().name),
        None if !definition.after.is_empty() => format!("after {}", names(definition.after)),
        None if !definition.streams.is_empty() => format!("when {} has data", names(definition.streams)),
        None => "by hand".to_owned(),
    }
}

fn ago(now: DateTime<Utc>, time: DateTime<Utc>) -> String {
    let seconds = (now - time).num_seconds().max(0);
    match seconds {
        0..120 => format!("{seconds} s ago"),
        120..7200 => format!("{} min ago", seconds / 60),
        7200..172_800 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(header);
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(state: &str, minute: i64) -> Run {
        let time = DateTime::from_timestamp(1_790_000_000 + minute * 60, 0);
        Run {
            name: "T".into(),
            schema: "S".into(),
            state: state.into(),
            scheduled_from: "SCHEDULE".into(),
            run_id: minute.to_string(),
            group: minute.to_string(),
            query_id: None,
            error: None,
            return_value: None,
            scheduled: time,
            started: time,
            completed: time.map(|time| time + TimeDelta::seconds(2)),
        }
    }

    #[test]
    fn the_bar_reads_from_old_to_new() {
        let runs = [run("FAILED", 6), run("SKIPPED", 4), run("SUCCEEDED", 2), run("SUCCEEDED", 0)];
        assert_eq!(bar(&runs), "##.!");
        assert_eq!(longest_gap(&runs), TimeDelta::minutes(2));
        assert_eq!(runs[0].took(), Some(std::time::Duration::from_secs(2)));
        assert!(last_verdict(&runs).is_some_and(Run::has_failed));
        assert!(last_verdict(&runs[1..]).is_some_and(|run| run.state == "SUCCEEDED"));
    }

    #[test]
    fn the_exit_code_is_that_of_the_worst() {
        let cases: [(&[Health], u8); 4] = [
            (&[], 0),
            (&[Health::TaskSuspended], 12),
            (&[Health::TaskSuspended, Health::StreamStale], 11),
            (&[Health::StreamStale, Health::Failing], 10),
        ];
        for (found, code) in cases {
            assert_eq!(worst(found).exit_code(), code);
        }
    }
}
