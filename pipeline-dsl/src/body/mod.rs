//! What a procedure does, statement by statement.

/// The statements of a procedure, ready to be rendered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {}
