//! The numbered scripts that people review and the runtime executes.

mod aws;
mod monitor;
mod sections;
mod text;

pub use sections::scripts;

use crate::node::NodeRef;

/// One numbered script.
#[derive(Clone, Debug)]
pub struct Script {
    /// 1 to 7.
    pub number: u8,
    /// Such as `01_setup_infrastructure.sql`.
    pub file_name: String,
    /// What the script does, in a sentence without a full stop.
    pub title: String,
    /// What a person must know before running it, line by line.
    pub notes: Vec<String>,
    /// The statements in order.
    pub steps: Vec<Step>,
    /// Files that belong beside the script.
    pub companions: Vec<Companion>,
    header: String,
}

/// One statement of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The statement, without a final semicolon.
    pub sql: String,
    /// What stands above it as a comment; possibly nothing, possibly several lines.
    pub note: String,
    /// What it is for.
    pub action: Action,
    /// The object that it is about.
    pub object: Option<NodeRef>,
}

/// What a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Chooses the role of the statements that follow.
    UseRole,
    /// Chooses the warehouse of the statements that follow.
    UseContext,
    /// Creates an object, unless it exists.
    Create,
    /// Changes an object.
    Alter,
    /// Grants a privilege or role.
    Grant,
    /// Loads sample data.
    Sample,
    /// Starts a task's schedule.
    Resume,
    /// Stops a task's schedule.
    Suspend,
    /// Tries the pipeline out.
    Test,
    /// Looks at the pipeline.
    Monitor,
    /// Drops an object.
    Drop,
}

/// A file that belongs to a script but is not SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Companion {
    /// Such as `04_streams_tasks_sns_integration_aws.sh`.
    pub file_name: String,
    /// What it holds.
    pub text: String,
}

impl Script {
    /// The script as people read it.
    pub fn text(&self) -> String {
        text::render(self)
    }
}
