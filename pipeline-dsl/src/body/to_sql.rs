//! A body in Snowflake Scripting.

use std::fmt::Write;

use super::statement::has_transaction;
use super::text::{Expressions, WriteStatements, call_text, dml_text, indent, select_text};
use super::{Body, ErrorHandler, Exception, MergeCounts, Statement, VariableId};
use crate::expr::ast::Node;
use crate::ident;

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

struct Writer<'a> {
    body: &'a Body,
    out: String,
    depth: usize,
}

impl WriteStatements for Writer<'_> {
    fn written(&mut self) -> &mut String {
        &mut self.out
    }

    fn write(&mut self, statement: &Statement) {
        self.statement(statement);
    }
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
        // FOR declares its variable itself.
        let mut counters = vec![];
        for statement in self.body.outermost() {
            statement.each(&mut |statement| {
                if let Statement::ForRange { variable, .. } = statement {
                    counters.push(self.variable(*variable));
                }
            });
        }
        let declared = |variable: &&super::Variable| {
            !variable.argument && !variable.name.is_empty() && !counters.contains(&&variable.name[..])
        };
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
        for (name, Exception { number, message, .. }) in &self.body.exceptions {
            lines.push(format!("{name} EXCEPTION ({number}, {});", ident::literal(message)));
        }
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
                writer.error_variables(handler);
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

    fn error_variables(&mut self, handler: &ErrorHandler) {
        let sources = [(handler.code, "SQLCODE"), (handler.message, "SQLERRM"), (handler.state, "SQLSTATE")];
        for (variable, source) in sources {
            let line = format!("{} := {source};", self.variable(variable));
            self.line(&line);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Assign { variable, value, .. } => {
                let line = format!("{} := {};", self.variable(*variable), self.value(value));
                self.line(&line);
            }
            Statement::SelectInto { query, variables } => {
                let into: Vec<_> = variables.iter().map(|id| format!(":{}", self.variable(*id))).collect();
                let text = select_text(&self.sql(), query, Some(&into.join(", ")));
                self.line(&format!("{text};"));
            }
            Statement::If { condition, then, otherwise } => self.branches(condition, then, otherwise),
            Statement::Return(value) => {
                let line = format!("RETURN {};", self.value(value));
                self.line(&line);
            }
            Statement::Loop { label, condition, body } => {
                let (start, end) = match condition {
                    Some(condition) => (format!("WHILE ({}) DO", self.value(condition)), "END WHILE"),
                    None => ("LOOP".to_owned(), "END LOOP"),
                };
                self.line(&start);
                self.branch(body);
                self.line(&labelled(end, label.as_deref()));
            }
            Statement::ForRange { label, reverse, variable, from, to, body } => {
                let [from, to] = [from, to].map(|bound| self.value(bound));
                let reverse = if *reverse { "REVERSE " } else { "" };
                let line = format!("FOR {} IN {reverse}{from} TO {to} DO", self.variable(*variable));
                self.line(&line);
                self.branch(body);
                self.line(&labelled("END FOR", label.as_deref()));
            }
            Statement::ForRows { label, names: [rows, row], query, variables, body } => {
                let text = select_text(&self.sql(), query, None);
                self.line(&format!("LET {rows} RESULTSET := (\n{}\n);", indent(&text, 1)));
                self.line(&format!("FOR {row} IN {rows} DO"));
                self.nested(|writer| {
                    // SQL cannot name a field of the row.
                    for (id, item) in variables.iter().zip(&query.items) {
                        let line = format!("{} := {row}.{};", writer.variable(*id), ident::quote(item.name()));
                        writer.line(&line);
                    }
                });
                self.branch(body);
                self.line(&labelled("END FOR", label.as_deref()));
            }
            Statement::Break(label) => self.line(&labelled("BREAK", label.as_deref())),
            Statement::Continue(label) => self.line(&labelled("CONTINUE", label.as_deref())),
            Statement::Raise(exception) => {
                let line = format!("RAISE {};", self.body.exceptions[*exception].0);
                self.line(&line);
            }
            Statement::Attempt { body, handler } => {
                self.line("BEGIN");
                self.branch(body);
                self.line("EXCEPTION");
                self.nested(|writer| {
                    writer.line("WHEN OTHER THEN");
                    writer.nested(|writer| {
                        writer.error_variables(handler);
                        if has_transaction(body) {
                            writer.line(&format!("IF ({OPEN}) THEN"));
                            writer.nested(|writer| {
                                writer.line("ROLLBACK;");
                                writer.line(&format!("{OPEN} := FALSE;"));
                            });
                            writer.line("END IF;");
                        }
                        writer.statements(&handler.statements);
                    });
                });
                self.line("END;");
            }
            Statement::CreateTemporary { .. } => {
                let text = dml_text(&self.sql(), statement);
                self.line(&format!("{text};"));
            }
            Statement::Truncate(target) => self.line(&format!("TRUNCATE TABLE {};", target.get().qualified_name())),
            Statement::Execute { text, binds } => {
                let names: Vec<_> = binds.iter().map(|id| self.variable(*id)).collect();
                let using = if names.is_empty() { String::new() } else { format!(" USING ({})", names.join(", ")) };
                let line = format!("EXECUTE IMMEDIATE {}{using};", self.value(text));
                self.line(&line);
            }
            Statement::Call { procedure, arguments, result } => {
                let into = result.map(|result| format!(" INTO :{}", self.variable(result)));
                let call = call_text(&self.sql(), *procedure, arguments);
                self.line(&format!("{call}{};", into.unwrap_or_default()));
            }
            Statement::SetReturnValue(value) => {
                let line = format!("CALL SYSTEM$SET_RETURN_VALUE({});", self.sql().write(value));
                self.line(&line);
            }
            Statement::Log { level, message } => {
                let line = format!("SYSTEM$LOG('{level}', {});", self.value(message));
                self.line(&line);
            }
            Statement::Transaction(statements) => {
                self.line("BEGIN TRANSACTION;");
                self.line(&format!("{OPEN} := TRUE;"));
                self.statements(statements);
                self.line("COMMIT;");
                self.line(&format!("{OPEN} := FALSE;"));
            }
            Statement::Insert { count, .. }
            | Statement::InsertSeveral { count, .. }
            | Statement::Update { count, .. }
            | Statement::Delete { count, .. }
            | Statement::Merge { count, .. } => {
                let text = dml_text(&self.sql(), statement);
                self.dml(&format!("{text};"), *count);
                if let Statement::Merge { counts, .. } = statement {
                    self.merge_counts(counts);
                }
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

    /// SQLROWCOUNT is the sum of what the result of a MERGE has in columns.
    fn merge_counts(&mut self, counts: &MergeCounts) {
        let used = counts.used();
        if used.is_empty() {
            return;
        }
        let columns: Vec<_> = used.iter().map(|(what, _)| format!("\"number of rows {what}\"")).collect();
        let into: Vec<_> = used.iter().map(|(_, id)| format!(":{}", self.variable(*id))).collect();
        let id = &counts.id;
        let columns = match &columns[..] {
            [column] => format!(" {column}"),
            columns => format!("\n{}", indent(&columns.join(",\n"), 1)),
        };
        self.line(&format!("LET {id} VARCHAR := SQLID;"));
        self.line(&format!("SELECT{columns}\nINTO {}\nFROM TABLE(RESULT_SCAN(:{id}));", into.join(", ")));
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
}

fn labelled(words: &str, label: Option<&str>) -> String {
    label.map_or_else(|| format!("{words};"), |label| format!("{words} {label};"))
}
