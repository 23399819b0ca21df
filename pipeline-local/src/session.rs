//! Sessions: what a connection remembers between statements.

mod parameters;
mod registry;

pub use parameters::{PARAMETERS, ParameterInfo, ParameterValue, Parameters, parameter};
pub use registry::{SessionHandle, SessionRegistry};

/// The state that statements read and change. Statements of one session run one at a time.
#[derive(Debug)]
pub struct Session {
    /// The number that CURRENT_SESSION() shows.
    pub id: u64,
    /// The user's name as stored.
    pub user: String,
    /// The primary role.
    pub role: String,
    /// Whether all roles of the user count besides the primary one (USE SECONDARY ROLES ALL).
    pub secondary_roles_all: bool,
    /// The current database.
    pub database: Option<String>,
    /// The current schema, within the current database.
    pub schema: Option<String>,
    /// The current warehouse.
    pub warehouse: Option<String>,
    /// Session parameters.
    pub parameters: Parameters,
    /// The ids of the statements run so far, oldest first, for LAST_QUERY_ID; at most [`Session::QUERY_IDS`] of them.
    pub query_ids: Vec<String>,
    /// What the client called itself at login (CLIENT_APP_ID and its version), for CURRENT_CLIENT().
    pub client: String,
}

impl Session {
    /// How many statements LAST_QUERY_ID(n) can look back.
    pub const QUERY_IDS: usize = 10_000;

    /// A session of this user and role, with nothing else chosen. The registry gives ids; 0 is for the engine's own work.
    pub fn new(id: u64, user: impl Into<String>, role: impl Into<String>) -> Self {
        Self {
            id,
            user: user.into(),
            role: role.into(),
            secondary_roles_all: true,
            database: None,
            schema: None,
            warehouse: None,
            parameters: Parameters::default(),
            query_ids: Vec::new(),
            client: String::new(),
        }
    }

    /// Notes a statement's id for LAST_QUERY_ID.
    pub fn remember_query(&mut self, id: &str) {
        if self.query_ids.len() == Self::QUERY_IDS {
            self.query_ids.remove(0);
        }
        self.query_ids.push(id.to_owned());
    }
}
