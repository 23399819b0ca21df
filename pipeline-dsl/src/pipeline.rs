//! The unit of deployment.

use crate::fragment::Fragment;
use crate::node::NodeRef;

/// A type declared with [`pipeline!`](macro@crate::pipeline).
pub trait Pipeline {
    /// The pipeline's description.
    const DEFINITION: &'static PipelineDef;
}

/// What is deployed together.
#[derive(Clone, Copy, Debug)]
pub struct PipelineDef {
    /// The name in snake case.
    pub name: &'static str,
    /// The doc comment, or nothing.
    pub comment: &'static str,
    /// The role that owns what lives in schemas.
    pub role: NodeRef,
    /// The objects that are listed; what they reach comes along.
    pub objects: &'static [NodeRef],
    /// Statements that load sample data. Each must load nothing when it runs again.
    pub samples: &'static [Fragment],
    /// Ways to try the pipeline out.
    pub scenarios: &'static [Scenario],
    /// Where it is declared: `file:line`.
    pub at: &'static str,
}

/// A way to try the pipeline out: some statements, and what to look at afterwards.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// What is tried, in a few words.
    pub title: &'static str,
    /// What to expect.
    pub note: &'static str,
    /// The statements in order.
    pub steps: &'static [Fragment],
}
