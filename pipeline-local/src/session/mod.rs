//! Sessions: what a connection remembers between statements.

mod parameters;
mod registry;

pub use parameters::{PARAMETERS, ParameterInfo, ParameterValue, Parameters, parameter};
pub use registry::{SessionHandle, SessionRegistry};

use std::collections::VecDeque;

use indexmap::IndexMap;

use crate::statement::Value;
use crate::storage::{Savepoint, Transaction};

/// An open transaction and the scope it belongs to: a procedure cannot end its caller's transaction.
#[derive(Debug)]
pub struct ScopedTransaction {
    /// [`crate::statement::Frame::scope`] of the frame that began it.
    pub scope: u32,
    /// When it began, microseconds since 1970.
    pub began_at: i64,
    /// The name that BEGIN NAME gave it, or one of its own.
    pub name: String,
    /// The transaction; dropping it rolls it back.
    pub transaction: Transaction,
}

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionState {
    /// Its changes stay.
    Committed,
    /// Its changes are gone.
    RolledBack,
}

/// A transaction that BEGIN opened and that has ended.
#[derive(Debug, Clone)]
pub struct EndedTransaction {
    /// What CURRENT_TRANSACTION() was.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// When it began, microseconds since 1970.
    pub began_at: i64,
    /// When it ended.
    pub ended_at: i64,
    /// How.
    pub state: TransactionState,
}

/// Where the transactions of a session stood, see [`Session::mark`].
#[derive(Debug)]
pub struct Mark {
    open: usize,
    savepoint: Option<(u64, Savepoint)>,
}

/// What a session may not do that was opened with a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenLimits {
    /// The only roles that it may take, where the token names some; there are no secondary roles then.
    pub roles: Option<Vec<String>>,
    /// Whether it was a programmatic access token: such a session cannot change such tokens of the same user.
    pub access_token: bool,
}

impl TokenLimits {
    /// Whether the session may take this role, as far as the token goes.
    pub fn allow(&self, role: &str) -> bool {
        self.roles.as_ref().is_none_or(|roles| roles.iter().any(|allowed| allowed == role))
    }
}

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
    /// Session variables (SET) by name, upper case unless quoted.
    pub variables: IndexMap<String, Value>,
    /// The open transactions: the session's own, and those of procedures that run inside of it, innermost last.
    pub transactions: Vec<ScopedTransaction>,
    /// The explicit transactions that ended last, at most [`Session::ENDED`] of them, for LAST_TRANSACTION and DESCRIBE
    /// TRANSACTION.
    pub ended: VecDeque<EndedTransaction>,
    /// The ids of the statements run so far, oldest first, for LAST_QUERY_ID; at most [`Session::QUERY_IDS`] of them.
    pub query_ids: Vec<String>,
    /// What the client called itself at login (CLIENT_APP_ID and its version), for CURRENT_CLIENT().
    pub client: String,
    /// What the token that opened it leaves.
    pub limits: TokenLimits,
}

impl Session {
    /// How many statements LAST_QUERY_ID(n) can look back.
    pub const QUERY_IDS: usize = 10_000;

    /// How many transactions that have ended are remembered.
    pub const ENDED: usize = 100;

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
            variables: IndexMap::new(),
            transactions: Vec::new(),
            ended: VecDeque::new(),
            query_ids: Vec::new(),
            client: String::new(),
            limits: TokenLimits::default(),
        }
    }

    /// A session that starts where this one is, without its transactions: statements that run beside it (asynchronous
    /// ones) change nothing in it.
    pub fn fork(&self) -> Self {
        Self {
            id: self.id,
            user: self.user.clone(),
            role: self.role.clone(),
            secondary_roles_all: self.secondary_roles_all,
            database: self.database.clone(),
            schema: self.schema.clone(),
            warehouse: self.warehouse.clone(),
            parameters: self.parameters.clone(),
            variables: self.variables.clone(),
            transactions: Vec::new(),
            ended: VecDeque::new(),
            query_ids: self.query_ids.clone(),
            client: self.client.clone(),
            limits: self.limits.clone(),
        }
    }

    /// Remembers where the transactions stand before a statement that may be cut short.
    pub fn mark(&self) -> Mark {
        let innermost = self.transactions.last().map(|open| &open.transaction);
        Mark {
            open: self.transactions.len(),
            savepoint: innermost.map(|transaction| (transaction.id(), transaction.savepoint())),
        }
    }

    /// Undoes what a statement left that was dropped before it ended (cancelled, timed out or panicked): its
    /// transactions are rolled back, and the changes it made in the transaction around it are taken back.
    pub fn abandon(&mut self, mark: &Mark) {
        self.transactions.truncate(mark.open);
        if let (Some((id, savepoint)), Some(open)) = (mark.savepoint, self.transactions.last_mut())
            && open.transaction.id() == id
        {
            open.transaction.rollback_to(savepoint);
        }
    }

    /// Notes how a transaction ended.
    pub fn remember_transaction(&mut self, ended: EndedTransaction) {
        if self.ended.len() == Self::ENDED {
            self.ended.pop_front();
        }
        self.ended.push_back(ended);
    }

    /// Notes a statement's id for LAST_QUERY_ID.
    pub fn remember_query(&mut self, id: &str) {
        if self.query_ids.len() == Self::QUERY_IDS {
            self.query_ids.remove(0);
        }
        self.query_ids.push(id.to_owned());
    }
}
