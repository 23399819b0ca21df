//! Rules that single expressions of a body break.

use syn::visit::{self, Visit};
use syn::{Expr, ExprBinary, ExprLoop, ExprMethodCall, Lit};

use super::chain::Chain;
use super::walk::{SpanOf, Walk};
use crate::options::{as_call, as_literal};

/// Rule `loop-endless`: something must end a loop.
pub(super) fn endless(walk: &mut Walk, repeat: &ExprLoop) {
    struct Ends {
        found: bool,
        loops: usize,
    }
    impl<'a> Visit<'a> for Ends {
        fn visit_expr(&mut self, expr: &'a Expr) {
            let raises = || {
                let (path, _) = as_call(expr)?;
                (path.segments.last()?.ident == "raise").then_some(())
            };
            let inner = matches!(expr, Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_));
            self.found |= match expr {
                Expr::Break(_) => self.loops == 0,
                Expr::Return(_) => true,
                _ => raises().is_some(),
            };
            self.loops += usize::from(inner);
            visit::visit_expr(self, expr);
            self.loops -= usize::from(inner);
        }
    }
    let mut ends = Ends { found: false, loops: 0 };
    ends.visit_block(&repeat.body);
    if !ends.found {
        let help = "add `if condition { break; }`, or write `while condition { .. }`";
        walk.mistake(repeat.loop_token.span_of(), "nothing ends this loop", "loop-endless", help);
    }
}

/// Rule `variables-one-row`: variables take one row.
pub(super) fn many_rows(walk: &mut Walk, value: &Expr) {
    let Some(chain) = Chain::of(value) else { return };
    if let Some(last) = chain.calls.last().filter(|call| call.name == "values" || call.name == "columns") {
        let message = format!("variables take one row, but `{}` delivers all", last.name);
        let help = "write `for (a, b) in ..values(..) { .. }`, or `aggregate(..)` for one row";
        walk.mistake(last.name.span(), &message, "variables-one-row", help);
    }
}

/// Whether an error handler is empty.
pub(super) fn does_nothing(handler: &Expr) -> bool {
    match handler {
        Expr::Closure(closure) => match &*closure.body {
            Expr::Block(block) => block.block.stmts.is_empty(),
            Expr::Tuple(tuple) => tuple.elems.is_empty(),
            _ => false,
        },
        _ => false,
    }
}

/// Rule `stream-action`, where `action()` is matched or tested in a list.
pub(super) fn action(walk: &mut Walk, call: &ExprMethodCall) {
    if call.method == "action" && !call.args.is_empty() {
        let help = "compare its value: `c.action() == \"INSERT\"`";
        walk.mistake(call.method.span(), "`action` takes no arguments", "stream-action", help);
    }
}

/// Rule `stream-action`: a change is an `INSERT` or a `DELETE`; an update is both.
pub(super) fn compared_action(walk: &mut Walk, binary: &ExprBinary) {
    let is_action =
        |expr: &Expr| matches!(expr, Expr::MethodCall(call) if call.method == "action" && call.args.is_empty());
    let other = match (is_action(&binary.left), is_action(&binary.right)) {
        (true, false) => &binary.right,
        (false, true) => &binary.left,
        _ => return,
    };
    if let Some((false, Lit::Str(text))) = as_literal(other)
        && !["INSERT", "DELETE"].contains(&text.value().as_str())
    {
        let message = format!("the action of a change is `INSERT` or `DELETE`, never `{}`", text.value());
        let help =
            "an update arrives as two rows, the old one (`DELETE`) and the new one (`INSERT`): write `c.is_updated()`";
        walk.mistake(text.span(), &message, "stream-action", help);
    }
}

/// Rule `merge-clauses`: what is gone from the source is dealt with once, before what is there.
pub(super) fn merge(walk: &mut Walk, chain: &Chain<'_>) {
    let Some(start) = chain.calls.iter().position(|call| call.name == "merge") else { return };
    let clauses: Vec<_> = chain.calls[start + 1..]
        .iter()
        .filter(|call| ["delete_removed", "update_removed", "update", "insert"].iter().any(|name| call.name == name))
        .collect();
    let late = clauses.iter().skip(1).find(|call| call.name == "delete_removed" || call.name == "update_removed");
    if let Some(call) = late {
        let message =
            format!("a merge deals with deleted rows once, before its other clauses: `{}` comes too late", call.name);
        walk.mistake(call.name.span(), &message, "merge-clauses", "make it the first after `on(..)`");
    }
    if let (true, Some(run)) = (clauses.is_empty(), chain.calls.iter().find(|call| call.name == "run")) {
        let help = "add `update(..)`, `insert(..)` or `delete_removed()` before `run()`";
        walk.mistake(run.name.span(), "a merge without a clause does nothing", "merge-clauses", help);
    }
}

/// Rule `merge-clauses`: a merge does nothing until `run()`.
pub(super) fn unfinished_merge(walk: &mut Walk, statement: &Expr) {
    let Some(chain) = Chain::of(statement) else { return };
    let merges = chain.calls.iter().any(|call| call.name == "merge");
    if let (true, Some(last)) = (merges, chain.calls.last().filter(|call| call.name != "run")) {
        walk.mistake(last.name.span(), "a merge does nothing until `run()`", "merge-clauses", "end it with `.run()`");
    }
}
