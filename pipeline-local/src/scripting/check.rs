//! What is wrong with a block before any of its statements runs: names that nothing declares, jumps without a loop.

use std::collections::HashSet;

use super::ast::{
    Block, Caught, CursorSource, Declaration, DeclarationKind, Expression, Initializer, LoopKind, NameRef, Nested,
    Position, Sql, Statement, StatementKind, TableSource, Target,
};
use crate::{Result, SqlError};

/// Names that every block knows.
pub(super) const STATUS_NAMES: [&str; 8] =
    ["SQLCODE", "SQLERRM", "SQLSTATE", "SQLROWCOUNT", "SQLFOUND", "SQLNOTFOUND", "ACTIVITY_COUNT", "SQLID"];

/// Words that functions take bare.
const DATE_PARTS: [&str; 61] = [
    "YEAR",
    "Y",
    "YY",
    "YYY",
    "YYYY",
    "YR",
    "YEARS",
    "YRS",
    "QUARTER",
    "Q",
    "QTR",
    "QTRS",
    "QUARTERS",
    "MONTH",
    "MM",
    "MON",
    "MONS",
    "MONTHS",
    "WEEK",
    "W",
    "WK",
    "WEEKOFYEAR",
    "WOY",
    "WY",
    "WEEKISO",
    "DAY",
    "D",
    "DD",
    "DAYS",
    "DAYOFMONTH",
    "DAYOFWEEK",
    "WEEKDAY",
    "DOW",
    "DW",
    "DAYOFWEEKISO",
    "DAYOFYEAR",
    "YEARDAY",
    "DOY",
    "DY",
    "HOUR",
    "H",
    "HH",
    "HR",
    "HOURS",
    "HRS",
    "MINUTE",
    "M",
    "MI",
    "MIN",
    "MINUTES",
    "MINS",
    "SECOND",
    "S",
    "SEC",
    "SECONDS",
    "SECS",
    "MILLISECOND",
    "MICROSECOND",
    "NANOSECOND",
    "EPOCH_SECOND",
    "EPOCH",
];

/// Checks a block whose surroundings declare `names`.
pub(super) fn check(block: &Block, names: &[String]) -> Result<()> {
    let mut checker =
        Checker { scopes: vec![names.iter().cloned().collect()], loops: Vec::new(), handlers: 0, nested: false };
    checker.block(block)
}

struct Checker {
    scopes: Vec<HashSet<String>>,
    /// The labels of the loops around.
    loops: Vec<Option<String>>,
    handlers: u32,
    /// Whether it is in a procedure that a block declares.
    nested: bool,
}

impl Checker {
    fn declare(&mut self, name: &str) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_owned());
        }
    }

    fn knows(&self, name: &str) -> bool {
        STATUS_NAMES.contains(&name) || self.scopes.iter().any(|scope| scope.contains(name))
    }

    fn block(&mut self, block: &Block) -> Result<()> {
        let outside = self.scopes.len();
        self.scopes.push(HashSet::new());
        for declaration in &block.declarations {
            self.declaration(declaration)?;
        }
        let inside = self.scopes.len();
        self.list(&block.body)?;
        self.scopes.truncate(inside);
        for handler in &block.handlers {
            for name in &handler.names {
                if let Caught::Named(target) = name {
                    self.target(target)?;
                }
            }
            self.handlers += 1;
            self.list(&handler.body)?;
            self.handlers -= 1;
        }
        self.scopes.truncate(outside);
        Ok(())
    }

    /// A list of statements with a scope of its own for LET.
    fn list(&mut self, statements: &[Statement]) -> Result<()> {
        self.scopes.push(HashSet::new());
        for statement in statements {
            self.statement(statement)?;
        }
        self.scopes.pop();
        Ok(())
    }

    fn declaration(&mut self, declaration: &Declaration) -> Result<()> {
        match &declaration.kind {
            DeclarationKind::Variable { sql_type: None, default: Some(Initializer::Expression(expression)) }
                if is_field(expression) =>
            {
                self.expression(expression)?;
                let at = declaration.position;
                return Err(SqlError::new(
                    92228,
                    "P0000",
                    format!(
                        "SQL compilation error:\nerror line {} at position {} variable '{}' cannot have its type inferred from initializer",
                        at.line, at.column, declaration.name
                    ),
                ));
            }
            DeclarationKind::Variable { default: Some(value), .. } | DeclarationKind::ResultSet(Some(value)) => {
                self.value(value)?;
            }
            DeclarationKind::Cursor(CursorSource::Query(sql)) => self.sql(sql)?,
            DeclarationKind::Cursor(CursorSource::ResultSet(name)) if !self.knows(name) => {
                return Err(unknown(name, declaration.position));
            }
            DeclarationKind::Procedure(nested) => self.nested(&declaration.name, nested, declaration.position)?,
            _ => {}
        }
        self.declare(&declaration.name);
        Ok(())
    }

    /// A procedure of the block: it sees what was declared before it.
    fn nested(&mut self, name: &str, nested: &Nested, at: Position) -> Result<()> {
        let refused = |what: &str| {
            SqlError::syntax(format_args!("error line {} at position {}\nprocedure {name} {what}.", at.line, at.column))
        };
        if self.nested {
            return Err(refused("cannot be declared inside another procedure of the block"));
        }
        if !self.loops.is_empty() {
            return Err(refused("cannot be declared inside a loop"));
        }
        self.nested = true;
        let handlers = std::mem::take(&mut self.handlers);
        self.scopes.push(nested.arguments.iter().map(|(name, _)| name.clone()).collect());
        let checked = self.block(&nested.body);
        self.scopes.pop();
        self.handlers = handlers;
        self.nested = false;
        checked
    }

    fn statement(&mut self, statement: &Statement) -> Result<()> {
        match &statement.kind {
            StatementKind::Sql(sql) => self.sql(sql),
            StatementKind::SelectInto { sql, targets } => {
                self.sql(sql)?;
                targets.iter().try_for_each(|target| self.target(target))
            }
            StatementKind::Call { sql, target } => {
                self.sql(sql)?;
                target.iter().try_for_each(|target| self.target(target))
            }
            StatementKind::ExecuteImmediate { text, using } => {
                self.expression(text)?;
                using.iter().try_for_each(|value| self.expression(value))
            }
            StatementKind::Log { arguments, .. } => arguments.iter().try_for_each(|argument| self.expression(argument)),
            StatementKind::Block(block) => self.block(block),
            StatementKind::Null => Ok(()),
            StatementKind::Let(declaration) => self.declaration(declaration),
            StatementKind::Assign { target, value } => {
                self.target(target)?;
                self.value(value)
            }
            StatementKind::If { branches, otherwise } => self.branches(branches, otherwise),
            StatementKind::Case { operand, branches, otherwise } => {
                operand.iter().try_for_each(|operand| self.expression(operand))?;
                self.branches(branches, otherwise)
            }
            StatementKind::Loop { kind, body, label } => self.repeat(kind, body, label.as_ref()),
            StatementKind::Break(label) => self.jump("BREAK", label.as_ref(), statement.position),
            StatementKind::Continue(label) => self.jump("CONTINUE", label.as_ref(), statement.position),
            StatementKind::Open { cursor, using } => {
                self.target(cursor)?;
                using.iter().try_for_each(|value| self.expression(value))
            }
            StatementKind::Fetch { cursor, targets } => {
                self.target(cursor)?;
                targets.iter().try_for_each(|target| self.target(target))
            }
            StatementKind::Close(cursor) => self.target(cursor),
            StatementKind::Return(value) => value.iter().try_for_each(|value| self.value(value)),
            StatementKind::ReturnTable(TableSource::ResultSet(target) | TableSource::Cursor(target)) => {
                self.target(target)
            }
            StatementKind::ReturnTable(TableSource::Statement(statement)) => self.statement(statement),
            StatementKind::Raise(Some(target)) => self.target(target),
            StatementKind::Raise(None) if self.handlers == 0 => Err(SqlError::syntax(format_args!(
                "error line {} at position {}\nRAISE without an exception is only allowed in an exception handler.",
                statement.position.line, statement.position.column
            ))),
            StatementKind::Raise(None) | StatementKind::Await(None) => Ok(()),
            StatementKind::Async(statement) => self.statement(statement),
            StatementKind::Await(Some(target)) | StatementKind::Cancel(target) => self.target(target),
        }
    }

    fn branches(&mut self, branches: &[(Expression, Vec<Statement>)], otherwise: &[Statement]) -> Result<()> {
        for (condition, statements) in branches {
            self.expression(condition)?;
            self.list(statements)?;
        }
        self.list(otherwise)
    }

    fn repeat(&mut self, kind: &LoopKind, body: &[Statement], label: Option<&String>) -> Result<()> {
        let depth = self.scopes.len();
        self.scopes.push(HashSet::new());
        match kind {
            LoopKind::Range { counter, from, to, .. } => {
                self.expression(from)?;
                self.expression(to)?;
                self.declare(counter);
            }
            LoopKind::Rows { row, source } => {
                self.target(source)?;
                self.declare(row);
            }
            LoopKind::While(condition) | LoopKind::Repeat(condition) => self.expression(condition)?,
            LoopKind::Forever => {}
        }
        self.loops.push(label.cloned());
        self.list(body)?;
        self.loops.pop();
        self.scopes.truncate(depth);
        Ok(())
    }

    fn jump(&self, word: &str, label: Option<&String>, position: Position) -> Result<()> {
        let found = match label {
            None => !self.loops.is_empty(),
            Some(label) => self.loops.iter().flatten().any(|other| other == label),
        };
        if found {
            return Ok(());
        }
        let what = label.map_or(format!("{word} outside of a loop"), |label| {
            format!("{word}: no loop around has the label {label}")
        });
        Err(SqlError::syntax(format_args!("error line {} at position {}\n{what}.", position.line, position.column)))
    }

    fn target(&self, target: &Target) -> Result<()> {
        if self.knows(&target.name) { Ok(()) } else { Err(unknown(&target.name, target.position)) }
    }

    fn value(&mut self, value: &Initializer) -> Result<()> {
        match value {
            Initializer::Expression(expression) => self.expression(expression),
            Initializer::Statement(statement) | Initializer::Async(statement) => self.statement(statement),
        }
    }

    fn sql(&self, sql: &Sql) -> Result<()> {
        sql.binds.iter().try_for_each(|name| self.name(name))
    }

    fn expression(&self, expression: &Expression) -> Result<()> {
        expression.names.iter().try_for_each(|name| {
            let before = expression.text[..name.start].trim_end();
            let argument = before.ends_with(['(', ',']);
            let by_itself = !name.bind
                && match &name.field {
                    Some(field) => field == "NEXTVAL",
                    None => argument && DATE_PARTS.contains(&name.name.as_str()),
                };
            if by_itself { Ok(()) } else { self.name(name) }
        })
    }

    fn name(&self, name: &NameRef) -> Result<()> {
        if self.knows(&name.name) {
            return Ok(());
        }
        let written = if name.bind { &name.written } else { &name.name };
        let full = name.field.as_ref().map_or(written.clone(), |field| format!("{written}.{field}"));
        Err(unknown(&full, name.position))
    }
}

/// Whether an expression is nothing but the column of a row, whose type is known when there are rows.
fn is_field(expression: &Expression) -> bool {
    match expression.names.as_slice() {
        [name] => {
            // NEXTVAL is of a sequence.
            let column = name.field.as_deref().is_some_and(|field| field != "NEXTVAL");
            column && name.end - name.start == expression.text.len()
        }
        _ => false,
    }
}

fn unknown(name: &str, at: Position) -> SqlError {
    let mut error = SqlError::new(
        904,
        "42000",
        format!("SQL compilation error: error line {} at position {}\ninvalid identifier '{name}'", at.line, at.column),
    );
    error.position = Some((at.line, at.column));
    error
}
