//! A body in Snowflake Scripting.

mod expression;
mod query;

use std::fmt::Write;

use expression::Expressions;

use super::{Body, MergeAction, MergeClause, Statement, VariableId};
use crate::expr::ast::{Ast, Node, Operator};
use crate::ident;
use crate::node::NodeRef;
use crate::query::Select;

/// Tells the handler whether there is a transaction to roll back.
const OPEN: &str = "transaction_open";

/// The body as a block of Snowflake Scripting, without the `$$` around it. Snowflake: "Understanding blocks in Snowflake
/// Scripting".
///
/// # Panics
/// If a name in it contains `$$`, which would end the body early.
pub fn to_sql(body: &Body) -> String {
    let mut writer = Writer { body, out: String::new(), depth: 0 };
    writer.block();
    assert!(!writer.out.contains("$$"), "the name of an object or column contains `$$`, which ends a procedure's body");
    writer.out
}

/// A query outside of a procedure, such as that of a view.
pub fn query_to_sql(select: &Select) -> String {
    query::select(&Expressions::sql(&[]), select, None)
}

fn indent(text: &str, depth: usize) -> String {
    let prefix = "    ".repeat(depth);
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!("{prefix}{line}") });
    lines.collect::<Vec<_>>().join("\n")
}

struct Writer<'a> {
    body: &'a Body,
    out: String,
    depth: usize,
}

impl Writer<'_> {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{}", indent(text, self.depth));
    }

    fn nested(&mut self, write: impl FnOnce(&mut Self)) {
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    fn sql(&self) -> Expressions<'_> {
        Expressions::sql(&self.body.variables)
    }

    fn value(&self, node: &Node) -> String {
        Expressions::scripting(&self.body.variables).write(node)
    }

    fn variable(&self, id: VariableId) -> &str {
        &self.body.variables[id.0].name
    }

    fn block(&mut self) {
        let transactions = has_transaction(&self.body.statements);
        self.declarations(transactions);
        self.line("BEGIN");
        self.nested(|writer| {
            writer.statements(&writer.body.statements);
            if writer.body.statements.is_empty() {
                writer.line("RETURN NULL;");
            }
        });
        if transactions || self.body.on_error.is_some() {
            self.line("EXCEPTION");
            self.nested(|writer| writer.handler(transactions));
        }
        self.line("END;");
    }

    fn declarations(&mut self, transactions: bool) {
        let declared = |variable: &&super::Variable| !variable.argument && !variable.name.is_empty();
        let mut lines: Vec<_> = self
            .body
            .variables
            .iter()
            .filter(declared)
            .map(|variable| {
                let initial = variable.initial.as_ref().map(|value| format!(" DEFAULT {}", self.value(value)));
                format!("{} {}{};", variable.name, variable.data_type, initial.unwrap_or_default())
            })
            .collect();
        if transactions {
            lines.push(format!("{OPEN} BOOLEAN DEFAULT FALSE;"));
        }
        if !lines.is_empty() {
            self.line("DECLARE");
            self.nested(|writer| lines.iter().for_each(|line| writer.line(line)));
        }
    }

    fn handler(&mut self, transactions: bool) {
        let body = self.body;
        self.line("WHEN OTHER THEN");
        self.nested(|writer| {
            // Statements of the handler may disturb these, so they are copied first.
            if let Some(handler) = &body.on_error {
                for (variable, source) in
                    [(handler.code, "SQLCODE"), (handler.message, "SQLERRM"), (handler.state, "SQLSTATE")]
                {
                    let line = format!("{} := {source};", writer.variable(variable));
                    writer.line(&line);
                }
            }
            if transactions {
                writer.line(&format!("IF ({OPEN}) THEN"));
                writer.nested(|writer| writer.line("ROLLBACK;"));
                writer.line("END IF;");
            }
            if let Some(handler) = &body.on_error {
                writer.statements(&handler.statements);
            }
            writer.line("RAISE;");
        });
    }

    /// The statements, with an empty line around each that takes several.
    fn statements(&mut self, statements: &[Statement]) {
        let mut was_long = false;
        for (index, statement) in statements.iter().enumerate() {
            let start = self.out.len();
            self.statement(statement);
            let is_long = self.out[start..].lines().count() > 2;
            if index > 0 && (is_long || was_long) {
                self.out.insert(start, '\n');
            }
            was_long = is_long;
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Assign { variable, value } => {
                let line = format!("{} := {};", self.variable(*variable), self.value(value));
                self.line(&line);
            }
            Statement::SelectInto { query, variables } => {
                let into: Vec<_> = variables.iter().map(|id| format!(":{}", self.variable(*id))).collect();
                let text = query::select(&self.sql(), query, Some(&into.join(", ")));
                self.line(&format!("{text};"));
            }
            Statement::If { condition, then, otherwise } => self.branches(condition, then, otherwise),
            Statement::Return(value) => {
                let line = format!("RETURN {};", self.value(value));
                self.line(&line);
            }
            Statement::Transaction(statements) => {
                self.line("BEGIN TRANSACTION;");
                self.line(&format!("{OPEN} := TRUE;"));
                self.statements(statements);
                self.line("COMMIT;");
                self.line(&format!("{OPEN} := FALSE;"));
            }
            Statement::Insert { target, overwrite, columns, source, count } => {
                let overwrite = if *overwrite { "OVERWRITE " } else { "" };
                let query = query::select(&self.sql(), source, None);
                let text = format!("INSERT {overwrite}INTO {} {}\n{query};", name(*target), column_list(columns));
                self.dml(&text, *count);
            }
            Statement::Update { target, set, filter, count } => {
                let text = format!("UPDATE {}\n{}{};", name(*target), self.set(set), self.filter(filter.as_ref()));
                self.dml(&text, *count);
            }
            Statement::Delete { target, filter, count } => {
                let text = format!("DELETE FROM {}{};", name(*target), self.filter(filter.as_ref()));
                self.dml(&text, *count);
            }
            Statement::Merge { target, target_alias, source, source_alias, on, clauses, count } => {
                let query = indent(&query::select(&self.sql(), source, None), 1);
                let mut text = format!("MERGE INTO {} AS {target_alias}\n", name(*target));
                let _ = write!(text, "USING (\n{query}\n) AS {source_alias}\nON {}", self.sql().write(on));
                for clause in clauses {
                    let _ = write!(text, "\n{}", self.merge_clause(clause));
                }
                self.dml(&format!("{text};"), *count);
            }
        }
    }

    fn dml(&mut self, text: &str, count: Option<VariableId>) {
        self.line(text);
        if let Some(count) = count {
            let line = format!("{} := SQLROWCOUNT;", self.variable(count));
            self.line(&line);
        }
    }

    fn branches(&mut self, condition: &Node, then: &[Statement], otherwise: &[Statement]) {
        let line = format!("IF ({}) THEN", self.value(condition));
        self.line(&line);
        self.branch(then);
        let mut otherwise = otherwise;
        while let [Statement::If { condition, then, otherwise: next }] = otherwise {
            let line = format!("ELSEIF ({}) THEN", self.value(condition));
            self.line(&line);
            self.branch(then);
            otherwise = next;
        }
        if !otherwise.is_empty() {
            self.line("ELSE");
            self.branch(otherwise);
        }
        self.line("END IF;");
    }

    fn branch(&mut self, statements: &[Statement]) {
        self.nested(|writer| {
            if statements.is_empty() {
                writer.line("NULL;");
            }
            writer.statements(statements);
        });
    }

    fn filter(&self, filter: Option<&Node>) -> String {
        filter.map(|filter| format!("\nWHERE {}", self.sql().write(filter))).unwrap_or_default()
    }

    fn set(&self, set: &[(&'static str, Node)]) -> String {
        let lines: Vec<_> = set
            .iter()
            .map(|(column, value)| format!("{} = {}", ident::quote(column), self.sql().write(value)))
            .collect();
        match &lines[..] {
            [line] => format!("SET {line}"),
            lines => format!("SET\n{}", indent(&lines.join(",\n"), 1)),
        }
    }

    fn merge_clause(&self, clause: &MergeClause) -> String {
        let not = if clause.matched { "" } else { "NOT " };
        let condition = clause.condition.as_ref().map(|condition| format!(" AND {}", self.and_operand(condition)));
        let action = match &clause.action {
            MergeAction::Delete => "DELETE".to_owned(),
            MergeAction::Update(set) => format!("UPDATE {}", self.set(set)),
            MergeAction::Insert(values) => {
                let columns: Vec<_> = values.iter().map(|(column, _)| *column).collect();
                let values: Vec<_> = values.iter().map(|(_, value)| self.sql().write(value)).collect();
                format!("INSERT {}\nVALUES (\n{}\n)", column_list(&columns), indent(&values.join(",\n"), 1))
            }
        };
        format!("WHEN {not}MATCHED{} THEN\n{}", condition.unwrap_or_default(), indent(&action, 1))
    }

    /// A condition after AND.
    fn and_operand(&self, condition: &Node) -> String {
        let text = self.sql().write(condition);
        let loose = matches!(&**condition, Ast::Binary { operator: Operator::Or, .. });
        if loose { format!("({text})") } else { text }
    }
}

fn name(object: NodeRef) -> String {
    object.get().qualified_name()
}

fn column_list(columns: &[&'static str]) -> String {
    let names: Vec<_> = columns.iter().map(|column| ident::quote(column)).collect();
    format!("(\n{}\n)", indent(&names.join(",\n"), 1))
}

fn has_transaction(statements: &[Statement]) -> bool {
    statements.iter().any(|statement| match statement {
        Statement::Transaction(_) => true,
        Statement::If { then, otherwise, .. } => has_transaction(then) || has_transaction(otherwise),
        _ => false,
    })
}
