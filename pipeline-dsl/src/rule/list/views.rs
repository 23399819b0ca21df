use super::{Rule, error};

pub(super) const RULES: &[Rule] =
    &[error("view-query", "a view whose query does not select", "a view is a query", "view_does_not_select")];
