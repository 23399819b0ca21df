//! A body in JavaScript. Snowflake: "Writing stored procedures in JavaScript".
//!
//! Expressions are computed by Snowflake in both languages, so that they mean the same: a JavaScript number has 53 bits and a
//! Date has milliseconds. Variables hold text, in a form that keeps every digit, and go into statements as binds with their
//! type. Only FLOAT and BOOLEAN are JavaScript's own; NULL is `null`, and `undefined` counts as NULL.

mod helpers;
mod names;
mod value;

use std::fmt::Write;
use std::rc::Rc;

use super::statement::has_transaction;
use super::text::{Expressions, WriteStatements, binds, call_text, called, dml_text, indent, readable, select_text};
use super::{Body, ErrorHandler, Statement, VariableId};
use crate::expr::ast::{Ast, Literal, Node, Operator};
use crate::ident;
use crate::node::NodeRef;
use crate::query::{Item, Select};
use crate::types::DataType;

pub use value::{argument_type, return_type};

/// Tells the handler whether there is a transaction to roll back.
const OPEN: &str = "transaction_open";

/// The body as that of a JavaScript procedure which returns `returns`, without the `$$` around it.
///
/// # Panics
/// If a name in it contains `$$`, which would end the body early.
pub fn to_js(body: &Body, returns: DataType) -> String {
    let mut writer = Writer { body, returns, names: names::names(&body.variables), out: String::new(), depth: 0 };
    writer.body();
    let out = helpers::used_by(&writer.out) + &writer.out;
    assert!(!out.contains("$$"), "the name of an object or column contains `$$`, which ends a procedure's body");
    out
}

struct Writer<'a> {
    body: &'a Body,
    returns: DataType,
    /// What each variable is called.
    names: Vec<String>,
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

    /// `head {`, what `write` writes, and `tail`.
    fn braces(&mut self, head: &str, tail: &str, write: impl FnOnce(&mut Self)) {
        self.line(&format!("{head} {{"));
        self.depth += 1;
        write(self);
        self.depth -= 1;
        self.line(tail);
    }

    fn variable(&self, id: VariableId) -> &str {
        &self.names[id.0]
    }

    fn expressions(&self) -> Expressions<'_> {
        Expressions::javascript(&self.body.variables)
    }

    fn body(&mut self) {
        let body = self.body;
        let transactions = has_transaction(&body.statements);
        self.arguments();
        self.declarations(transactions);
        if !transactions && body.on_error.is_none() {
            self.statements(&body.statements);
            return;
        }
        self.braces("try", "} catch (error) {", |writer| writer.statements(&body.statements));
        self.depth += 1;
        if let Some(handler) = &body.on_error {
            self.error_variables(handler);
        }
        if transactions {
            self.braces(&format!("if ({OPEN})"), "}", |writer| writer.line("run(\"ROLLBACK\");"));
        }
        if let Some(handler) = &body.on_error {
            self.statements(&handler.statements);
        }
        self.line("throw error;");
        self.depth -= 1;
        self.line("}");
    }

    /// Arguments whose JavaScript form differs from that of variables.
    fn arguments(&mut self) {
        let mut lines = vec![];
        for (index, variable) in self.body.variables.iter().enumerate() {
            if let Some(value) = value::argument(variable).filter(|_| self.is_used(VariableId(index))) {
                lines.push(format!("const {} = {value};", self.names[index]));
            }
        }
        lines.iter().for_each(|line| self.line(line));
    }

    fn is_used(&self, id: VariableId) -> bool {
        let mut used = false;
        for statement in self.body.outermost() {
            statement.walk(&mut |ast| used |= matches!(ast, Ast::Variable(other) if *other == id));
        }
        used
    }

    fn declarations(&mut self, transactions: bool) {
        let mut plain = vec![];
        let mut lines = vec![];
        for (index, variable) in self.body.variables.iter().enumerate() {
            match &variable.initial {
                _ if variable.argument || variable.name.is_empty() => {}
                Some(value) => {
                    let value = self.value_as(&value::literal_as(value, variable.data_type), variable.data_type);
                    lines.push(format!("let {} = {value};", self.names[index]));
                }
                None => plain.push(self.names[index].clone()),
            }
        }
        if !plain.is_empty() {
            lines.push(format!("let {};", list_of(&plain)));
        }
        if transactions {
            lines.push(format!("let {OPEN} = false;"));
        }
        lines.iter().for_each(|line| self.line(line));
    }

    fn error_variables(&mut self, handler: &ErrorHandler) {
        let [code, message, state] =
            [handler.code, handler.message, handler.state].map(|id| self.variable(id).to_owned());
        self.line(&format!("[{code}, {message}, {state}] = about(error);"));
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Assign { variable, value, converts } => {
                let data_type = self.body.variables[variable.0].data_type;
                // Snowflake Scripting converts what is assigned.
                let cast = || Rc::new(Ast::Cast { operand: value.clone(), data_type, lenient: false });
                let is_plain = !converts || self.plain(value, data_type).is_some();
                let value = if is_plain { value } else { &cast() };
                let line = format!("{} = {};", self.variable(*variable), self.value_as(value, data_type));
                self.line(&line);
            }
            Statement::SelectInto { query, variables } => {
                let row = self.call("row", &self.select(query, variables));
                let line = format!("[{}] = {row};", self.list(variables));
                self.line(&line);
            }
            Statement::If { condition, then, otherwise } => self.branches(condition, then, otherwise),
            Statement::Loop { label, condition, body } => {
                let condition = condition.as_ref().map_or("true".to_owned(), |condition| self.condition(condition));
                let label = names::label(label.as_deref());
                self.braces(&format!("{label}while ({condition})"), "}", |writer| writer.statements(body));
            }
            Statement::ForRange { label, reverse, variable, from, to, body } => {
                let [from, to] =
                    [from, to].map(|bound| self.value_as(bound, DataType::Number { precision: 38, scale: 0 }));
                let numbers = if *reverse { "backwards" } else { "range" };
                let (label, variable) = (names::label(label.as_deref()), self.variable(*variable));
                let head = format!("{label}for ({variable} of {numbers}({from}, {to}))");
                self.braces(&head, "}", |writer| writer.statements(body));
            }
            Statement::ForRows { label, query, variables, body, .. } => {
                let rows = self.call("rows", &self.select(query, variables));
                let label = names::label(label.as_deref());
                let head = format!("{label}for ([{}] of {rows})", self.list(variables));
                self.braces(&head, "}", |writer| writer.statements(body));
            }
            Statement::Break(None) => self.line("break;"),
            Statement::Continue(None) => self.line("continue;"),
            Statement::Break(Some(label)) => self.line(&format!("break {};", names::word(label))),
            Statement::Continue(Some(label)) => self.line(&format!("continue {};", names::word(label))),
            Statement::Raise(exception) => {
                let (_, exception) = &self.body.exceptions[*exception];
                let line = format!("raise({}, {});", exception.number, names::string(exception.message));
                self.line(&line);
            }
            Statement::Attempt { body, handler } => {
                self.braces("try", "} catch (error) {", |writer| writer.statements(body));
                self.depth += 1;
                self.error_variables(handler);
                if has_transaction(body) {
                    self.braces(&format!("if ({OPEN})"), "}", |writer| {
                        writer.line("run(\"ROLLBACK\");");
                        writer.line(&format!("{OPEN} = false;"));
                    });
                }
                self.statements(&handler.statements);
                self.depth -= 1;
                self.line("}");
            }
            Statement::Return(value) => {
                let line = self.result(value);
                self.line(&line);
            }
            Statement::Transaction(statements) => {
                self.line("run(\"BEGIN TRANSACTION\");");
                self.line(&format!("{OPEN} = true;"));
                self.statements(statements);
                self.line("run(\"COMMIT\");");
                self.line(&format!("{OPEN} = false;"));
            }
            Statement::Merge { count, counts, .. } if !counts.used().is_empty() => {
                let call = self.call("run", &dml_text(&self.expressions(), statement));
                let merged = names::word(&counts.id);
                self.line(&format!("const {merged} = {call};"));
                let total = count.map(|total| ("Affected", total));
                let by_kind = counts.used().into_iter().map(|(what, id)| {
                    let name = match what {
                        "inserted" => "Inserted",
                        "updated" => "Updated",
                        _ => "Deleted",
                    };
                    (name, id)
                });
                for (what, id) in total.into_iter().chain(by_kind) {
                    let line = format!("{} = String({merged}.getNumRows{what}());", self.variable(id));
                    self.line(&line);
                }
            }
            Statement::Insert { count, .. }
            | Statement::InsertSeveral { count, .. }
            | Statement::Update { count, .. }
            | Statement::Delete { count, .. }
            | Statement::Merge { count, .. } => {
                let call = self.call("run", &dml_text(&self.expressions(), statement));
                let line = match count {
                    Some(count) => format!("{} = String({call}.getNumRowsAffected());", self.variable(*count)),
                    None => format!("{call};"),
                };
                self.line(&line);
            }
            Statement::CreateTemporary { .. } => {
                let line = self.call("run", &dml_text(&self.expressions(), statement));
                self.line(&format!("{line};"));
            }
            Statement::Truncate(target) => {
                let line = self.call("run", &format!("TRUNCATE TABLE {}", target.get().qualified_name()));
                self.line(&format!("{line};"));
            }
            Statement::Execute { text, binds } => {
                let text = self.value_as(text, DataType::Varchar { length: DataType::DEFAULT_VARCHAR });
                let binds: String = binds.iter().map(|id| format!(", {}", self.variable(*id))).collect();
                self.line(&format!("run({text}{binds});"));
            }
            Statement::Call { procedure, arguments, result } => {
                let line = self.procedure_call(*procedure, arguments, *result);
                self.line(&format!("{line};"));
            }
            Statement::SetReturnValue(value) => {
                let text = format!("CALL SYSTEM$SET_RETURN_VALUE({})", self.expressions().write(value));
                let line = self.call("run", &text);
                self.line(&format!("{line};"));
            }
            Statement::Log { level, message } => {
                let message = self.value_as(message, DataType::Varchar { length: DataType::DEFAULT_VARCHAR });
                self.line(&format!("snowflake.log(\"{level}\", {message});"));
            }
        }
    }

    fn procedure_call(&self, procedure: NodeRef, arguments: &[Node], result: Option<VariableId>) -> String {
        let call = call_text(&self.expressions(), procedure, arguments);
        let Some(result) = result else { return self.call("run", &call) };
        let (variable, data_type) = (self.variable(result), called(procedure).returned_type());
        if value::reads_as_is(data_type) {
            return format!("{variable} = {}[0]", self.call("row", &call));
        }
        // Reading it as a native value would lose digits.
        let column = Rc::new(Ast::Column { alias: None, name: procedure.get().name });
        let value = self.expressions().write(&readable(&column, data_type));
        let query = names::string(&format!("SELECT {value} FROM TABLE(RESULT_SCAN(?))"));
        format!("{variable} = row({query}, {}.getQueryId())[0]", self.call("run", &call))
    }

    fn branches(&mut self, condition: &Node, then: &[Statement], otherwise: &[Statement]) {
        let mut head = format!("if ({})", self.condition(condition));
        let (mut then, mut otherwise) = (then, otherwise);
        loop {
            let next = match otherwise {
                [Statement::If { condition, .. }] => format!("}} else if ({})", self.condition(condition)),
                [] => "}".to_owned(),
                _ => "} else".to_owned(),
            };
            // The closing brace of a branch stands in the head of the next one.
            self.line(&format!("{head} {{"));
            self.depth += 1;
            self.statements(then);
            self.depth -= 1;
            match otherwise {
                [] => return self.line("}"),
                [Statement::If { then: inner, otherwise: rest, .. }] => (then, otherwise) = (inner, rest),
                last => (then, otherwise) = (last, &[]),
            }
            head = next;
        }
    }

    fn list(&self, variables: &[VariableId]) -> String {
        variables.iter().map(|id| self.variable(*id)).collect::<Vec<_>>().join(", ")
    }

    /// The query, with columns in the form that the variables hold them in.
    fn select(&self, query: &Select, variables: &[VariableId]) -> String {
        let types = variables.iter().map(|id| self.body.variables[id.0].data_type);
        let items = query.items.iter().zip(types);
        let items = items.map(|(item, data_type)| Item { value: readable(&item.value, data_type), alias: None });
        select_text(&self.expressions(), &Select { items: items.collect(), ..query.clone() }, None)
    }

    /// `function(statement, binds)`.
    fn call(&self, function: &str, marked: &str) -> String {
        let (statement, binds) = binds(marked);
        let binds: String = binds.iter().map(|id| format!(", {}", self.variable(*id))).collect();
        format!("{function}({}{binds})", names::template(&statement))
    }

    /// A JavaScript expression for the value, in the form that a variable of the type holds.
    fn value_as(&self, value: &Node, data_type: DataType) -> String {
        if let Some(plain) = self.plain(value, data_type) {
            return plain;
        }
        let readable = readable(value, data_type);
        let query = match &*readable {
            // Only aggregates are sure to give one row, of which no more than one may be read anyway.
            Ast::Subquery(select) if value::has_one_row(select) => select_text(&self.expressions(), select, None),
            _ => format!("SELECT {}", self.expressions().write(&readable)),
        };
        let line = query.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        format!("{}[0]", self.call("row", if line.len() <= 100 { &line } else { &query }))
    }

    /// The value without asking Snowflake.
    fn plain(&self, value: &Node, data_type: DataType) -> Option<String> {
        match &**value {
            Ast::Variable(id) if self.body.variables[id.0].data_type == data_type => {
                Some(self.variable(*id).to_owned())
            }
            Ast::Literal(Literal::Null) => Some("null".to_owned()),
            Ast::Literal(Literal::Boolean(value)) => Some(value.to_string()),
            Ast::Literal(Literal::Text(text)) if value::text_fits(text, data_type) => Some(names::string(text)),
            Ast::Literal(Literal::Number(digits)) if value::number_fits(digits, data_type) => {
                Some(names::string(digits))
            }
            _ => None,
        }
    }

    /// A JavaScript condition: as in SQL, what is NULL counts as not true.
    fn condition(&self, condition: &Node) -> String {
        self.truth(condition).unwrap_or_else(|| {
            let text = format!("SELECT {}", self.expressions().write(condition));
            format!("{}[0]", self.call("row", &text))
        })
    }

    fn truth(&self, condition: &Node) -> Option<String> {
        match &**condition {
            Ast::Variable(id) => Some(self.variable(*id).to_owned()),
            Ast::Literal(Literal::Boolean(value)) => Some(value.to_string()),
            Ast::IsNull { operand, negated } => match &**operand {
                // `==`, for `undefined` is NULL as well.
                Ast::Variable(id) => {
                    let operator = if *negated { "!=" } else { "==" };
                    Some(format!("{} {operator} null", self.variable(*id)))
                }
                _ => None,
            },
            // NOT NULL is NULL, so `!` only does for `false` itself.
            Ast::Not(operand) => match &**operand {
                Ast::Variable(id) => Some(format!("{} === false", self.variable(*id))),
                _ => None,
            },
            Ast::Binary { operator, left, right } => {
                let word = match operator {
                    Operator::And => "&&",
                    Operator::Or => "||",
                    _ => return None,
                };
                let (left, right) = (self.truth(left)?, self.truth(right)?);
                let wrap =
                    |text: String| if text.contains("||") || text.contains("&&") { format!("({text})") } else { text };
                Some(format!("{} {word} {}", wrap(left), wrap(right)))
            }
            _ => None,
        }
    }

    /// `return value;` in the form that becomes the procedure's result.
    fn result(&self, value: &Node) -> String {
        if matches!(&**value, Ast::Literal(Literal::Null)) {
            return "return;".to_owned();
        }
        let text = self.value_as(value, self.returns);
        match self.returns {
            // `null` would be JSON's null.
            DataType::Variant | DataType::Object | DataType::Array => format!("return json({text});"),
            DataType::Binary { .. } => format!("return bytes({text});"),
            _ => format!("return {text};"),
        }
    }
}

/// `a = null, b = null`, over as many lines as it takes.
fn list_of(names: &[String]) -> String {
    let mut out = String::new();
    let mut width = 0;
    for name in names {
        let item = format!("{name} = null");
        if !out.is_empty() {
            width += item.len() + 2;
            out.push_str(if width > 100 { ",\n    " } else { ", " });
            width = if width > 100 { item.len() } else { width };
        }
        out.push_str(&item);
    }
    out
}

/// The names of a procedure's arguments in JavaScript are those in SQL.
fn argument_name(name: &str) -> String {
    let name = name.to_ascii_uppercase();
    debug_assert!(ident::is_bare(&name), "arguments are declared without quotes");
    name
}
