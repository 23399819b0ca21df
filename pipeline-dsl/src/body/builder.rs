//! The body that is being built on this thread.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::{Body, ErrorHandler, Exception, Statement, Variable, VariableId};
use crate::expr::ast::{Ast, Node};
use crate::expr::{Expr, arena};
use crate::ident;
use crate::node::Procedure;
use crate::object::Definition;
use crate::types::DataType;

#[derive(Default)]
pub(super) struct Builder {
    variables: Vec<Slot>,
    /// The open blocks, the innermost last.
    blocks: Vec<Vec<Statement>>,
    on_error: Option<ErrorHandler>,
    exceptions: Vec<(String, Exception)>,
    /// The labels of the loops around: what the program calls them, and what the body does.
    labels: Vec<(&'static str, String)>,
    /// The names that are taken, in capitals.
    names: HashSet<String>,
    /// The next number for each name that several wanted.
    numbers: HashMap<String, u32>,
    pub(super) in_transaction: bool,
    pub(super) in_handler: bool,
}

struct Slot {
    variable: Variable,
    /// Whether the program assigns to it again, so that another name for it would be another variable.
    mutable: bool,
}

thread_local! {
    static BUILDER: RefCell<Option<Builder>> = const { RefCell::new(None) };
}

/// Runs `statements` and gives what they built.
///
/// # Panics
/// If it is called from within another body.
pub fn build(statements: impl FnOnce()) -> Body {
    /// Forgets a half-built body when `statements` panics.
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            BUILDER.set(None);
        }
    }

    arena::scope(|| {
        let outer = BUILDER.replace(Some(Builder { blocks: vec![vec![]], ..Builder::default() }));
        assert!(outer.is_none(), "a procedure cannot be built inside another one");
        let reset = Reset;
        statements();
        let body = with(Builder::finish);
        drop(reset);
        body
    })
}

/// Access to the body that is being built.
///
/// # Panics
/// If there is none.
pub(super) fn with<R>(act: impl FnOnce(&mut Builder) -> R) -> R {
    BUILDER.with_borrow_mut(|builder| {
        act(builder.as_mut().expect("a statement such as `insert` only makes sense in a function with `#[procedure]`"))
    })
}

/// The argument of procedure `P` at a position counted from 0.
///
/// # Panics
/// If SQL reserves the name.
#[doc(hidden)]
pub fn argument<P: Procedure, T>(position: usize, name: &'static str) -> Expr<T> {
    // Taken from the definition, so that a wrong type is reported there only.
    let Definition::Procedure(procedure) = P::NODE.get().definition else { unreachable!("`P` is a procedure") };
    let id = with(|builder| {
        let id = builder.declare(Some(name), procedure.arguments[position].data_type, false);
        let variable = &mut builder.variables[id.0].variable;
        assert!(
            variable.name == name,
            "SQL reserves the name of argument `{name}`: call it something like `{}`",
            variable.name
        );
        variable.argument = true;
        id
    });
    Expr::new(Ast::Variable(id))
}

impl Builder {
    /// A new variable; one without a name is only declared once it is used.
    pub(super) fn declare(&mut self, name: Option<&str>, data_type: DataType, mutable: bool) -> VariableId {
        let name = name.map(|name| self.unique(name)).unwrap_or_default();
        self.variables.push(Slot { variable: Variable { name, data_type, initial: None, argument: false }, mutable });
        VariableId(self.variables.len() - 1)
    }

    pub(super) fn is_mutable(&self, id: VariableId) -> bool {
        self.variables[id.0].mutable
    }

    /// Gives the variable a name, unless it has one. Returns whether it had none.
    pub(super) fn name(&mut self, id: VariableId, name: &str, mutable: bool) -> bool {
        if !self.variables[id.0].variable.name.is_empty() {
            return false;
        }
        let name = self.unique(name);
        self.variables[id.0].variable.name = name;
        self.variables[id.0].mutable = mutable;
        true
    }

    /// Declares the variable with a value, so that it needs no assignment.
    pub(super) fn set_initial(&mut self, id: VariableId, value: Node) {
        self.variables[id.0].variable.initial = Some(value);
    }

    pub(super) fn push(&mut self, statement: Statement) {
        self.blocks.last_mut().expect("the outermost block is open").push(statement);
    }

    /// Whether nothing has been done so far.
    pub(super) fn at_start(&self) -> bool {
        self.blocks.len() == 1 && self.blocks[0].is_empty()
    }

    pub(super) fn open(&mut self) {
        self.blocks.push(vec![]);
    }

    pub(super) fn close(&mut self) -> Vec<Statement> {
        self.blocks.pop().expect("the block was opened")
    }

    pub(super) fn set_handler(&mut self, handler: ErrorHandler) {
        assert!(self.on_error.is_none(), "a procedure has one `on_error`; put everything into it");
        self.on_error = Some(handler);
    }

    /// A name that no variable gets, such as that of a cursor.
    pub(super) fn take_name(&mut self, name: &str) -> String {
        self.unique(name)
    }

    /// Begins a loop with a label. Returns its name in the body.
    pub(super) fn open_label(&mut self, label: &'static str) -> String {
        let name = self.take_name(label);
        self.labels.push((label, name.clone()));
        name
    }

    pub(super) fn close_label(&mut self) {
        self.labels.pop();
    }

    /// The name of the innermost loop with the label.
    pub(super) fn label(&self, label: &str) -> String {
        let found = self.labels.iter().rev().find(|(known, _)| *known == label);
        found.map(|(_, name)| name.clone()).expect("the attribute has found the loop")
    }

    /// The place of the exception among those of the body.
    pub(super) fn exception(&mut self, exception: Exception) -> usize {
        if let Some(known) = self.exceptions.iter().position(|(_, known)| *known == exception) {
            return known;
        }
        let same = self.exceptions.iter().find(|(_, known)| known.number == exception.number);
        assert!(same.is_none(), "two exceptions of a procedure have the number {}", exception.number);
        let name = self.take_name(exception.name);
        self.exceptions.push((name, exception));
        self.exceptions.len() - 1
    }

    /// A name that SQL does not reserve and no other variable has, as close to `name` as possible.
    fn unique(&mut self, name: &str) -> String {
        let name = name.trim_start_matches("r#").trim_start_matches('_');
        let name = if name.is_empty() { "value" } else { name };
        let is_free = |candidate: &str| {
            let upper = candidate.to_ascii_uppercase();
            ident::is_bare(&upper) && !RESERVED.contains(&upper.as_str()) && !self.names.contains(&upper)
        };
        let mut candidate = name.to_owned();
        if !is_free(&candidate) && !ident::is_bare(&name.to_ascii_uppercase()) {
            candidate = format!("v_{name}");
        }
        // Where many have one name, the numbers that were given before need not be tried again.
        let mut number = self.numbers.get(name).copied().unwrap_or(2);
        while !is_free(&candidate) {
            candidate = format!("{name}_{number}");
            number += 1;
        }
        self.numbers.insert(name.to_owned(), number);
        self.names.insert(candidate.to_ascii_uppercase());
        candidate
    }

    fn finish(&mut self) -> Body {
        let statements = self.close();
        let mut body = Body {
            variables: self.variables.drain(..).map(|slot| slot.variable).collect(),
            statements,
            on_error: self.on_error.take(),
            exceptions: std::mem::take(&mut self.exceptions),
        };
        let variables = &body.variables;
        let unread = |result: VariableId| variables[result.0].name.is_empty();
        let handler = body.on_error.iter_mut().flat_map(|handler| &mut handler.statements);
        for statement in body.statements.iter_mut().chain(handler) {
            statement.each_mut(&mut |statement| forget_result(statement, &unread));
        }
        forget_unread(&mut body);
        body
    }
}

/// Takes the names off variables that are declared with a value and never used.
fn forget_unread(body: &mut Body) {
    let mut used = vec![false; body.variables.len()];
    for statement in body.outermost() {
        statement.each(&mut |statement| {
            if let Statement::Assign { variable, .. } = statement {
                used[variable.0] = true;
            }
        });
        statement.walk(&mut |ast| {
            if let Ast::Variable(id) = ast {
                used[id.0] = true;
            }
        });
    }
    for (variable, used) in body.variables.iter_mut().zip(used) {
        if !used && variable.initial.is_some() {
            variable.name.clear();
        }
    }
}

/// Names with a meaning in Snowflake Scripting or in its expressions, and the one that the renderer declares itself.
const RESERVED: &[&str] = &[
    "ASC",
    "COLLATE",
    "DESC",
    "ESCAPE",
    "INTERVAL",
    "OVER",
    "PARTITION",
    "WITHIN",
    "SQLCODE",
    "SQLERRM",
    "SQLSTATE",
    "SQLROWCOUNT",
    "SQLFOUND",
    "SQLNOTFOUND",
    "SQLID",
    "ACTIVITY_COUNT",
    "BEGIN",
    "CALL",
    "CURSOR",
    "DECLARE",
    "EXCEPTION",
    "END",
    "IF",
    "LET",
    "RESULTSET",
    "RETURN",
    "TRANSACTION_OPEN",
];

/// Removes the variable for a result that no expression reads.
fn forget_result(statement: &mut Statement, unread: &dyn Fn(VariableId) -> bool) {
    for result in statement.results_mut() {
        if result.is_some_and(unread) {
            *result = None;
        }
    }
}
