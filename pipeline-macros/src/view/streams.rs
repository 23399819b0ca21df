//! What in the query of a view matters to a stream on it.

use syn::visit::{self, Visit};
use syn::{Block, ExprCall, ExprMethodCall};

use crate::options::as_path;

/// Methods whose queries Snowflake does not follow, and functions whose values change by themselves.
const STEPS: &[&str] = &[
    "aggregate",
    "count",
    "current_date",
    "current_role",
    "current_session",
    "current_timestamp",
    "current_user",
    "current_warehouse",
    "distinct",
    "except",
    "exists",
    "full_join",
    "group_by",
    "intersect",
    "is_in_rows",
    "latest_by",
    "left_join",
    "limit",
    "random",
    "right_join",
    "sysdate",
    "union",
    "uuid_string",
    "window",
];

/// Those in the query, each once.
pub(super) fn steps(block: &Block) -> Vec<String> {
    let mut steps = Steps(vec![]);
    steps.visit_block(block);
    steps.0.sort();
    steps.0.dedup();
    steps.0
}

struct Steps(Vec<String>);

impl Steps {
    fn found(&mut self, name: &str) {
        if STEPS.contains(&name) {
            self.0.push(name.to_owned());
        }
    }
}

impl<'a> Visit<'a> for Steps {
    fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
        self.found(&call.method.to_string());
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        if let Some(last) = as_path(&call.func).and_then(|path| path.segments.last()) {
            self.found(&last.ident.to_string());
        }
        visit::visit_expr_call(self, call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_found_in_the_whole_query() {
        let block: Block = syn::parse_quote!({
            let some = a.filter(|a| a.at < current_timestamp() && b.filter(|b| b.id == a.id).exists());
            some.left_join(c, |a, c| a.id == c.id).columns(|a, c| pair(a.id, a.distinct))
        });
        assert_eq!(steps(&block), ["current_timestamp", "exists", "left_join"]);
    }
}
