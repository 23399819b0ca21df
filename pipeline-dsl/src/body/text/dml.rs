//! Statements that write rows, as SQL text; both languages send the same.

use std::fmt::Write;

use super::expression::Expressions;
use super::{indent, query};
use crate::body::{InsertBranch, InsertWhen, MergeAction, MergeClause, Statement};
use crate::expr::ast::{Ast, Node, Operator};
use crate::ident;
use crate::node::NodeRef;
use crate::object::Definition;
use crate::query::JoinSource;

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
        Statement::InsertSeveral { first, branches, source, .. } => {
            let word = if *first { "FIRST" } else { "ALL" };
            let conditional = branches.iter().any(|branch| !matches!(branch.when, InsertWhen::Always));
            let branches: Vec<_> =
                branches.iter().map(|branch| insert_branch(expressions, branch, conditional)).collect();
            let query = query::select(expressions, source, None);
            format!("INSERT {word}\n{}\n{query}", indent(&branches.join("\n"), 1))
        }
        Statement::CreateTemporary { target, columns, source } => {
            let query = query::select(expressions, source, None);
            let columns = temporary_columns(*target, columns);
            format!("CREATE OR REPLACE TEMPORARY TABLE {} (\n{}\n)\nAS\n{query}", name(*target), indent(&columns, 1))
        }
        Statement::Update { target, set, from, filter, .. } => {
            let set = self::set(expressions, set);
            let from = from.as_ref().map(|(source, alias)| {
                let query = indent(&query::select(expressions, source, None), 1);
                format!("\nFROM (\n{query}\n) AS {alias}")
            });
            let filter = self::filter(expressions, filter.as_ref());
            format!("UPDATE {}\n{set}{}{filter}", name(*target), from.unwrap_or_default())
        }
        Statement::Delete { target, using, filter, .. } => {
            let using = using.as_ref().map(|(source, alias)| match source {
                JoinSource::Query { select, .. } => {
                    let query = indent(&query::select(expressions, select, None), 1);
                    format!("\nUSING (\n{query}\n) AS {alias}")
                }
                JoinSource::Object(source) => format!("\nUSING {} AS {alias}", name(*source)),
                JoinSource::Flatten { .. } => panic!("DELETE reads a table or a query"),
            });
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

/// `WHEN condition THEN INTO target (columns) VALUES (..)`
fn insert_branch(expressions: &Expressions<'_>, branch: &InsertBranch, conditional: bool) -> String {
    let values: Vec<_> =
        branch.values.iter().map(|value| value.map_or_else(|| "NULL".to_owned(), ident::quote)).collect();
    let into = format!(
        "INTO {} {}\nVALUES (\n{}\n)",
        name(branch.target),
        column_list(&branch.columns),
        indent(&values.join(",\n"), 1)
    );
    let head = match &branch.when {
        InsertWhen::Condition(condition) => format!("WHEN {} THEN", expressions.write(condition)),
        InsertWhen::Always if conditional => "WHEN TRUE THEN".to_owned(),
        InsertWhen::Otherwise => "ELSE".to_owned(),
        InsertWhen::Always => return into,
    };
    format!("{head}\n{}", indent(&into, 1))
}

/// The columns of a table that is made from a query, with their types.
fn temporary_columns(target: NodeRef, names: &[&'static str]) -> String {
    let Definition::Table(table) = &target.get().definition else { return String::new() };
    let declared = names.iter().filter_map(|name| table.columns.iter().find(|column| column.name == *name));
    let columns: Vec<_> =
        declared.map(|column| format!("{} {}", ident::quote(column.name), column.data_type)).collect();
    columns.join(",\n")
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
