//! What a statement runs in.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::engine::Engine;
use crate::session::Session;

/// The surroundings of one statement.
#[derive(Debug)]
pub struct Context<'a> {
    /// The engine.
    pub engine: &'a Arc<Engine>,
    /// The session it belongs to.
    pub session: &'a mut Session,
    /// The call frame.
    pub frame: Frame,
}

impl Context<'_> {
    /// The id of an earlier statement of the session: 1 is the first, -1 the last before the running one, as
    /// [LAST_QUERY_ID](https://docs.snowflake.com/en/sql-reference/functions/last_query_id) counts.
    pub fn earlier_query(&self, position: i128) -> Option<&str> {
        let earlier: Vec<_> = self.session.query_ids.iter().filter(|id| **id != self.frame.query_id).collect();
        let index = if position < 0 { earlier.len() as i128 + position } else { position - 1 };
        usize::try_from(index).ok().and_then(|index| earlier.get(index)).map(|id| id.as_str())
    }
}

/// A call frame: the top level of a session, or the body of a procedure.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// Number of the scope for transactions: 0 at the top level, unique for every running CALL of the session.
    pub scope: u32,
    /// How many CALLs deep; 0 at the top level.
    pub depth: u32,
    /// The role whose privileges count, when it is not the session's: the owner of an owner's-rights procedure.
    pub role: Option<String>,
    /// The database in which names resolve, when it is not the session's.
    pub database: Option<String>,
    /// The schema in which names resolve, when it is not the session's.
    pub schema: Option<String>,
    /// Whether this frame or one around it runs with owner's rights.
    pub owners_rights: bool,
    /// The id of the running statement.
    pub query_id: String,
    /// The time of the running statement, microseconds since 1970.
    pub now: i64,
    /// The task run that this belongs to.
    pub task: Option<Arc<TaskRun>>,
}

/// What the functions of a task run can see and set.
#[derive(Debug, Default)]
pub struct TaskRun {
    /// Qualified name of the task.
    pub task_name: String,
    /// Qualified name of the root of its graph.
    pub root_name: String,
    /// Identifies the graph run.
    pub group_id: i64,
    /// The scheduled time of the graph run, microseconds since 1970.
    pub scheduled_at: i64,
    /// The scheduled time of the previous successful graph run, if any.
    pub last_successful_at: Option<i64>,
    /// The graph's configuration, JSON text.
    pub config: Option<String>,
    /// What the predecessors returned, by qualified name.
    pub predecessor_values: HashMap<String, String>,
    /// What SYSTEM$SET_RETURN_VALUE was given.
    pub return_value: Mutex<Option<String>>,
}

impl<'a> Context<'a> {
    /// A context at the top level of a session. `query_id` names the statement, `now` is its time in microseconds since
    /// 1970.
    pub fn new(engine: &'a Arc<Engine>, session: &'a mut Session, query_id: impl Into<String>, now: i64) -> Self {
        Self { engine, session, frame: Frame { query_id: query_id.into(), now, ..Frame::default() } }
    }

    /// The role whose privileges count.
    pub fn role(&self) -> &str {
        self.frame.role.as_deref().unwrap_or(&self.session.role)
    }

    /// The database in which unqualified names resolve.
    pub fn database(&self) -> Option<&str> {
        self.frame.database.as_deref().or(self.session.database.as_deref())
    }

    /// The schema in which unqualified names resolve.
    pub fn schema(&self) -> Option<&str> {
        self.frame.schema.as_deref().or(self.session.schema.as_deref())
    }
}
