//! The table functions of INFORMATION_SCHEMA about tasks.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::arguments::Arguments;
use super::columns::{self, TASK_GRAPHS, TASK_HISTORY};
use super::history::{self, GraphRun, Run};
use super::schedule::Schedule;
use super::{ddl, listing};
use crate::access;
use crate::catalog::{ObjectId, Target, role};
use crate::exec::{Context, QueryResult, StatementType, Value};
use crate::parse::Name;
use crate::{Result, SqlError};

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// The rows of a table function about tasks; `None` for other functions.
pub(super) fn rows(cx: &Context<'_>, name: &str, arguments: &[(String, Value)]) -> Result<Option<QueryResult>> {
    match name {
        "TASK_HISTORY" => task_history(cx, arguments).map(Some),
        "CURRENT_TASK_GRAPHS" => graphs(cx, name, arguments, true).map(Some),
        "COMPLETE_TASK_GRAPHS" => graphs(cx, name, arguments, false).map(Some),
        "TASK_DEPENDENTS" => {
            let arguments = Arguments::new(name, arguments, &["TASK_NAME", "RECURSIVE"])?;
            let text = arguments.text("TASK_NAME")?.unwrap_or_default();
            let invalid = || {
                SqlError::compilation(
                    1008,
                    "22023",
                    format_args!(
                        "Invalid value [{text}] for function 'TASK_DEPENDENTS_SCAN', parameter 1: must be a valid task name"
                    ),
                )
            };
            let name = Name::parse(text).ok_or_else(invalid)?;
            let object = ddl::find(cx, &name, "TASK_DEPENDENTS")?.ok_or_else(invalid)?;
            listing::dependents(cx, &object, arguments.boolean("RECURSIVE")?.unwrap_or(true)).map(Some)
        }
        _ => Ok(None),
    }
}

/// Whether the role may see what a task did.
struct Visibility<'a, 'c> {
    cx: &'a Context<'c>,
    all: bool,
    known: std::cell::RefCell<HashMap<i64, bool>>,
}

impl<'a, 'c> Visibility<'a, 'c> {
    fn new(cx: &'a Context<'c>) -> Result<Self> {
        let roles = cx.roles()?;
        let all = roles.contains(role::ACCOUNTADMIN)
            || cx.engine.catalog.has_privilege(&roles, "MONITOR EXECUTION", Target::Account)?;
        Ok(Self { cx, all, known: std::cell::RefCell::default() })
    }

    fn of(&self, task: i64) -> Result<bool> {
        if self.all {
            return Ok(true);
        }
        if let Some(known) = self.known.borrow().get(&task) {
            return Ok(*known);
        }
        let visible = match self.cx.engine.catalog.by_id_even_dropped(ObjectId(task))? {
            Some(object) => access::holds(self.cx, &object, &["MONITOR", "OPERATE"])?,
            None => false,
        };
        self.known.borrow_mut().insert(task, visible);
        Ok(visible)
    }
}

/// When roots are due after a run, by their schedules as they are now.
struct Next<'a, 'c> {
    cx: &'a Context<'c>,
    known: HashMap<i64, Option<(Schedule, i64)>>,
}

impl<'a, 'c> Next<'a, 'c> {
    fn new(cx: &'a Context<'c>) -> Self {
        Self { cx, known: HashMap::new() }
    }

    fn after(&mut self, root: i64, scheduled_at: i64) -> Result<Option<i64>> {
        let schedule = match self.known.entry(root) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let object = self.cx.engine.catalog.by_id(ObjectId(root))?;
                let def = object.map(|object| object.definition::<super::TaskDef>()).transpose()?;
                let started = def.filter(|def| def.started);
                unknown.insert(match started.and_then(|def| Some((def.schedule?, def.base))) {
                    Some((text, base)) => Some((Schedule::parse(&text)?, base)),
                    None => None,
                })
            }
        };
        Ok(schedule.as_ref().and_then(|(schedule, base)| schedule.next(*base, scheduled_at)))
    }
}

fn task_history(cx: &Context<'_>, given: &[(String, Value)]) -> Result<QueryResult> {
    let arguments = Arguments::new(
        "TASK_HISTORY",
        given,
        &[
            "SCHEDULED_TIME_RANGE_START",
            "SCHEDULED_TIME_RANGE_END",
            "RESULT_LIMIT",
            "TASK_NAME",
            "DATABASE_NAME",
            "SCHEMA_NAME",
            "ERROR_ONLY",
            "ROOT_TASK_ID",
        ],
    )?;
    let now = cx.engine.clock.now();
    let start = arguments.instant("SCHEDULED_TIME_RANGE_START")?;
    let end = arguments.instant("SCHEDULED_TIME_RANGE_END")?;
    if start.or(end).is_some_and(|at| at < now - 7 * DAY - HOUR) {
        return Err(SqlError::compilation(
            1008,
            "22023",
            "Cannot retrieve data from more than 7 days ago with TASK_HISTORY: move SCHEDULED_TIME_RANGE_START.",
        ));
    }
    let limit = arguments.limit(100)?;
    let name = arguments.text("TASK_NAME")?;
    let database = arguments.text("DATABASE_NAME")?;
    let schema = arguments.text("SCHEMA_NAME")?;
    if schema.is_some() && database.is_none() {
        return Err(SqlError::compilation(1008, "22023", "SCHEMA_NAME of TASK_HISTORY needs DATABASE_NAME too."));
    }
    if name.is_some_and(|name| name.contains('.') && !name.starts_with('"')) {
        return Err(SqlError::compilation(
            1008,
            "22023",
            "TASK_NAME of TASK_HISTORY is the name alone, without database and schema.",
        ));
    }
    let errors = arguments.boolean("ERROR_ONLY")?.unwrap_or(false);
    let root = arguments.text("ROOT_TASK_ID")?;
    let visibility = Visibility::new(cx)?;
    let same = |wanted: Option<&str>, name: &str| {
        wanted.is_none_or(|wanted| wanted.trim_matches('"').eq_ignore_ascii_case(name))
    };
    let mut runs = upcoming(cx)?;
    runs.retain(|run| {
        end.is_none_or(|end| run.scheduled_at <= end) && start.is_none_or(|start| run.scheduled_at >= start)
    });
    runs.extend(history::runs(&cx.engine.store, start.unwrap_or(now - 7 * DAY), end.unwrap_or(i64::MAX))?);
    let mut rows = Vec::new();
    let mut next = Next::new(cx);
    for mut run in runs {
        let wanted = same(name, &run.name)
            && same(database, &run.database)
            && same(schema, &run.schema)
            && root.is_none_or(|root| root == run.root_uuid)
            && (!errors || run.state.starts_with("FAILED") || run.state == "CANCELLED");
        if wanted && visibility.of(run.task)? {
            if run.task == run.root {
                run.next_at = next.after(run.root, run.scheduled_at)?;
            }
            rows.push(columns::cells(&TASK_HISTORY, &run));
            if rows.len() == limit {
                break;
            }
        }
    }
    QueryResult::rows(StatementType::Select, columns::described(&TASK_HISTORY), &rows)
}

/// The next run of every started task with a schedule.
fn upcoming(cx: &Context<'_>) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    for (id, due) in cx.engine.tasks.due() {
        let Some(object) = cx.engine.catalog.by_id(id)? else { continue };
        let def: super::TaskDef = object.definition()?;
        let (database, schema) = cx.engine.catalog.containers(&object)?;
        runs.push(Run {
            task: id.0,
            root: id.0,
            name: object.name,
            database: database.name,
            schema: schema.name,
            text: def.body,
            condition: def.when,
            state: "SCHEDULED".to_owned(),
            scheduled_at: due,
            root_uuid: def.uuid,
            version: def.version,
            from: "SCHEDULE".to_owned(),
            attempt: 1,
            config: def.config,
            ..Run::default()
        });
    }
    runs.sort_by_key(|run| std::cmp::Reverse(run.scheduled_at));
    Ok(runs)
}

fn graphs(cx: &Context<'_>, function: &str, given: &[(String, Value)], current: bool) -> Result<QueryResult> {
    let known: &[&str] =
        if current { &["RESULT_LIMIT", "ROOT_TASK_NAME"] } else { &["RESULT_LIMIT", "ROOT_TASK_NAME", "ERROR_ONLY"] };
    let arguments = Arguments::new(function, given, known)?;
    let limit = arguments.limit(1000)?;
    let name = arguments.text("ROOT_TASK_NAME")?;
    let errors = arguments.boolean("ERROR_ONLY")?.unwrap_or(false);
    let now = cx.engine.clock.now();
    let mut runs = Vec::new();
    if current {
        runs.extend(upcoming(cx)?.into_iter().map(|run| GraphRun {
            root: run.root,
            name: run.name,
            database: run.database,
            schema: run.schema,
            state: run.state,
            scheduled_at: run.scheduled_at,
            root_uuid: run.root_uuid,
            version: run.version,
            from: run.from,
            attempt: 1,
            config: run.config,
            ..GraphRun::default()
        }));
    }
    runs.extend(history::graphs(&cx.engine.store, now - HOUR, current)?);
    let visibility = Visibility::new(cx)?;
    let mut rows = Vec::new();
    let mut next = Next::new(cx);
    for mut run in runs {
        let wanted =
            name.is_none_or(|name| name.eq_ignore_ascii_case(&run.name)) && (!errors || run.state != "SUCCEEDED");
        if !wanted || !visibility.of(run.root)? {
            continue;
        }
        run.next_at = next.after(run.root, run.scheduled_at)?;
        rows.push(columns::cells(&TASK_GRAPHS, &run));
        if rows.len() == limit {
            break;
        }
    }
    QueryResult::rows(StatementType::Select, columns::described(&TASK_GRAPHS), &rows)
}
