//! Statements that write rows, as SQL text; both languages send the same.

use std::fmt::Write;

use super::expression::Expressions;
use super::{indent, query};
use crate::body::{MergeAction, MergeClause, Statement};
use crate::expr::ast::{Ast, Node, Operator};
use crate::ident;
use crate::node::NodeRef;

/// The statement without a semicolon.
///
/// # Panics
/// If it is not one that writes rows.
pub(in crate::body) fn text(expressions: &Expressions<'_>, statement: &Statement) -> String {
    match statement {
        Statement::Insert { target, overwrite, columns, source, .. } => {
            let overwrite = if *overwrite { "OVERWRITE " } else { "" };
            let query = query::select(expressions, source, None);
            format!("INSERT {overwrite}INTO {} {}\n{query}", name(*target), column_list(columns))
        }
        Statement::Update { target, set, filter, .. } => {
            let set = self::set(expressions, set);
            format!("UPDATE {}\n{set}{}", name(*target), self::filter(expressions, filter.as_ref()))
        }
        Statement::Delete { target, using, filter, .. } => {
            let using = using.map(|(source, alias)| format!("\nUSING {} AS {alias}", name(source)));
            let filter = self::filter(expressions, filter.as_ref());
            format!("DELETE FROM {}{}{filter}", name(*target), using.unwrap_or_default())
        }
        Statement::Merge { target, target_alias, source, source_alias, on, clauses, .. } => {
            let query = indent(&query::select(expressions, source, None), 1);
            let mut text = format!("MERGE INTO {} AS {target_alias}\n", name(*target));
            let _ = write!(text, "USING (\n{query}\n) AS {source_alias}\nON {}", expressions.write(on));
            for clause in clauses {
                let _ = write!(text, "\n{}", merge_clause(expressions, clause));
            }
            text
        }
        other => panic!("{other:?} does not write rows"),
    }
}

fn name(object: NodeRef) -> String {
    object.get().qualified_name()
}

fn filter(expressions: &Expressions<'_>, filter: Option<&Node>) -> String {
    filter.map(|filter| format!("\nWHERE {}", expressions.write(filter))).unwrap_or_default()
}

fn set(expressions: &Expressions<'_>, set: &[(&'static str, Node)]) -> String {
    let lines: Vec<_> =
        set.iter().map(|(column, value)| format!("{} = {}", ident::quote(column), expressions.write(value))).collect();
    match &lines[..] {
        [line] => format!("SET {line}"),
        lines => format!("SET\n{}", indent(&lines.join(",\n"), 1)),
    }
}

fn merge_clause(expressions: &Expressions<'_>, clause: &MergeClause) -> String {
    let not = if clause.matched { "" } else { "NOT " };
    let condition = clause.condition.as_ref().map(|condition| format!(" AND {}", and_operand(expressions, condition)));
    let action = match &clause.action {
        MergeAction::Delete => "DELETE".to_owned(),
        MergeAction::Update(set) => format!("UPDATE {}", self::set(expressions, set)),
        MergeAction::Insert(values) => {
            let columns: Vec<_> = values.iter().map(|(column, _)| *column).collect();
            let values: Vec<_> = values.iter().map(|(_, value)| expressions.write(value)).collect();
            format!("INSERT {}\nVALUES (\n{}\n)", column_list(&columns), indent(&values.join(",\n"), 1))
        }
    };
    format!("WHEN {not}MATCHED{} THEN\n{}", condition.unwrap_or_default(), indent(&action, 1))
}

/// A condition after AND.
fn and_operand(expressions: &Expressions<'_>, condition: &Node) -> String {
    let text = expressions.write(condition);
    let loose = matches!(&**condition, Ast::Binary { operator: Operator::Or, .. });
    if loose { format!("({text})") } else { text }
}

pub(super) fn column_list(columns: &[&'static str]) -> String {
    let names: Vec<_> = columns.iter().map(|column| ident::quote(column)).collect();
    format!("(\n{}\n)", indent(&names.join(",\n"), 1))
}
