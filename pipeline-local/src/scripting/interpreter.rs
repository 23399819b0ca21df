//! Runs the statements of a block.

use std::pin::Pin;
use std::sync::Arc;

use super::ast::{
    Block, CursorSource, Declaration, DeclarationKind, Expression, Handler, Initializer, LoopKind, Position, Simple,
    Sql, Statement, StatementKind, TableSource, Target,
};
use super::raised::{Decision, Kind, Raised};
use super::scope::{Rows, Scopes, Slot};
use super::value;
use crate::SqlError;
use crate::engine::Engine;
use crate::exec::{self, Binds, Context, QueryResult, StatementType, Value};
use crate::history::QueryRecord;
use crate::types::SqlType;

/// What a statement may fail with.
type Outcome<T> = std::result::Result<T, Box<Raised>>;
/// A running part of a block.
type Run<'s, T> = Pin<Box<dyn Future<Output = Outcome<T>> + Send + 's>>;

/// What a body came to.
#[derive(Debug, Clone)]
pub(crate) enum Returned {
    /// `RETURN value`, or NULL at the end of the body.
    Value(Value),
    /// `RETURN TABLE(..)`.
    Table(Arc<QueryResult>),
}

/// Where execution goes after a statement.
enum Flow {
    Next,
    Break(Option<String>),
    Continue(Option<String>),
    Return(Returned),
}

/// What a list of statements belongs to: where a CONTINUE handler goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Block,
    Branch,
    Loop,
}

/// A block whose body runs.
#[derive(Clone, Copy)]
struct Active<'b> {
    handlers: &'b [Handler],
    /// The number of scopes its handlers see.
    depth: usize,
}

/// What the statements before left in the status variables.
#[derive(Default)]
struct Status {
    rows: Option<u64>,
    activity: Option<u64>,
    query_id: Option<String>,
}

/// The state of one running body.
pub(super) struct Interpreter<'b> {
    scopes: Scopes<'b>,
    active: Vec<Active<'b>>,
    status: Status,
    /// The exceptions being handled, innermost last.
    handling: Vec<Raised>,
    exceptions: u64,
    steps: u32,
}

impl<'b> Interpreter<'b> {
    pub(super) fn new(arguments: Vec<(String, Value)>) -> Self {
        let mut scopes = Scopes::default();
        scopes.push();
        for (name, value) in arguments {
            scopes.declare(&name, Slot::Variable(value));
        }
        Self { scopes, active: Vec::new(), status: Status::default(), handling: Vec::new(), exceptions: 0, steps: 0 }
    }

    /// Runs a whole body.
    pub(super) async fn run(&mut self, cx: &mut Context<'_>, block: &'b Block) -> crate::Result<Returned> {
        match self.block(cx, block).await {
            Ok(Flow::Return(returned)) => Ok(returned),
            Ok(_) => Ok(Returned::Value(Value::null(SqlType::TEXT))),
            Err(raised) => Err(raised.uncaught()),
        }
    }

    fn block<'s, 'c>(&'s mut self, cx: &'s mut Context<'c>, block: &'b Block) -> Run<'s, Flow>
    where
        'b: 's,
        'c: 's,
    {
        Box::pin(async move {
            let outside = self.scopes.depth();
            self.scopes.push();
            let result = self.block_inside(cx, block).await;
            self.scopes.truncate(outside);
            result
        })
    }

    async fn block_inside(&mut self, cx: &mut Context<'_>, block: &'b Block) -> Outcome<Flow> {
        for declaration in &block.declarations {
            self.declare(cx, declaration).await?;
        }
        let depth = self.scopes.depth();
        let index = self.active.len();
        self.active.push(Active { handlers: &block.handlers, depth });
        self.scopes.push();
        let result = self.list(cx, &block.body, List::Block).await;
        self.active.truncate(index);
        self.scopes.truncate(depth);
        match result {
            Err(raised) => match raised.decision {
                Decision::Leave(active, handler) if active == index => {
                    self.handle(cx, *raised, &block.handlers[handler]).await
                }
                _ => Err(raised),
            },
            flow => flow,
        }
    }

    /// Runs a handler's statements.
    async fn handle(&mut self, cx: &mut Context<'_>, raised: Raised, handler: &'b Handler) -> Outcome<Flow> {
        let depth = self.scopes.depth();
        self.scopes.push();
        self.handling.push(raised);
        let result = self.list(cx, &handler.body, List::Block).await;
        self.handling.pop();
        self.scopes.truncate(depth);
        result
    }

    fn list<'s, 'c>(&'s mut self, cx: &'s mut Context<'c>, statements: &'b [Statement], list: List) -> Run<'s, Flow>
    where
        'b: 's,
        'c: 's,
    {
        Box::pin(async move {
            for statement in statements {
                let flow = match self.statement(cx, statement).await {
                    Ok(flow) => flow,
                    Err(raised) => match self.decide(cx, raised).await? {
                        // A CONTINUE handler ran.
                        Flow::Next => match list {
                            List::Block => Flow::Next,
                            List::Branch => return Ok(Flow::Next),
                            List::Loop => return Ok(Flow::Continue(None)),
                        },
                        flow => flow,
                    },
                };
                if !matches!(flow, Flow::Next) {
                    return Ok(flow);
                }
            }
            Ok(Flow::Next)
        })
    }

    /// Finds the handler of an exception; a CONTINUE handler runs here and now, others let it pass up to their block.
    fn decide<'s, 'c>(&'s mut self, cx: &'s mut Context<'c>, mut raised: Box<Raised>) -> Run<'s, Flow>
    where
        'b: 's,
        'c: 's,
    {
        Box::pin(async move {
            if raised.decision != Decision::Open {
                return Err(raised);
            }
            raised.decision = Decision::Nobody;
            for index in (0..self.active.len()).rev() {
                let Active { handlers, depth } = self.active[index];
                let hidden = self.scopes.hide(depth);
                let found = handlers
                    .iter()
                    .position(|handler| raised.is_caught_by(handler, |name| self.scopes.exception(name)));
                let Some(found) = found else {
                    self.scopes.show(hidden);
                    continue;
                };
                if !handlers[found].resumes {
                    self.scopes.show(hidden);
                    raised.decision = Decision::Leave(index, found);
                    break;
                }
                let active = self.active.split_off(index);
                let flow = self.handle(cx, *raised, &handlers[found]).await;
                self.active.extend(active);
                self.scopes.show(hidden);
                return flow;
            }
            Err(raised)
        })
    }

    async fn statement(&mut self, cx: &mut Context<'_>, statement: &'b Statement) -> Outcome<Flow> {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(64) {
            // A loop of nothing but assignments must not keep its thread.
            tokio::task::yield_now().await;
        }
        let position = statement.position;
        match &statement.kind {
            StatementKind::Null => {}
            StatementKind::Sql(_) | StatementKind::ExecuteImmediate { .. } => {
                self.rows_of(cx, statement).await?;
            }
            StatementKind::Call { target, .. } => {
                let result = self.rows_of(cx, statement).await?;
                if let Some(target) = target {
                    let value = single_value(&result, position)?;
                    self.assign(cx, target, value).await?;
                }
            }
            StatementKind::SelectInto { sql, targets } => self.select_into(cx, sql, targets, position).await?,
            StatementKind::Block(block) => return self.block(cx, block).await,
            StatementKind::Let(declaration) => self.declare(cx, declaration).await?,
            StatementKind::Assign { target, value } => self.assignment(cx, target, value).await?,
            StatementKind::If { branches, otherwise } => {
                for (condition, statements) in branches {
                    if self.condition(cx, condition).await? {
                        return self.branch(cx, statements).await;
                    }
                }
                return self.branch(cx, otherwise).await;
            }
            StatementKind::Case { operand, branches, otherwise } => {
                return self.case(cx, operand.as_ref(), branches, otherwise).await;
            }
            StatementKind::Loop { kind, body, label } => {
                let depth = self.scopes.depth();
                let flow = self.repeat(cx, kind, body, label.as_deref()).await;
                self.scopes.truncate(depth);
                return flow;
            }
            StatementKind::Break(label) => return Ok(Flow::Break(label.clone())),
            StatementKind::Continue(label) => return Ok(Flow::Continue(label.clone())),
            StatementKind::Open { cursor, using } => self.open(cx, cursor, using).await?,
            StatementKind::Fetch { cursor, targets } => self.fetch(cx, cursor, targets).await?,
            StatementKind::Close(cursor) => match self.scopes.get_mut(&cursor.name) {
                Some(Slot::Cursor { open, .. }) if open.is_some() => *open = None,
                Some(Slot::Cursor { .. }) => return Err(cursor_state(cursor, "is not open")),
                _ => return Err(wrong_kind(cursor, "a cursor")),
            },
            StatementKind::Return(None) => {
                return Ok(Flow::Return(Returned::Value(Value::null(SqlType::TEXT))));
            }
            StatementKind::Return(Some(value)) => {
                let value = self.value(cx, value).await?;
                return Ok(Flow::Return(Returned::Value(value)));
            }
            StatementKind::ReturnTable(source) => {
                let rows = self.table(cx, source).await?;
                return Ok(Flow::Return(Returned::Table(rows)));
            }
            StatementKind::Raise(target) => return Err(self.raise(target.as_ref(), position)),
        }
        Ok(Flow::Next)
    }

    fn raise(&self, target: Option<&Target>, position: Position) -> Box<Raised> {
        match target {
            None => match self.handling.last() {
                Some(current) => Box::new(Raised { decision: Decision::Open, ..current.clone() }),
                None => Raised::statement(SqlError::internal("RAISE outside of a handler"), position),
            },
            Some(target) => match self.scopes.get(&target.name) {
                Some(Slot::Exception { id, number, message }) => Box::new(Raised {
                    kind: Kind::Declared(target.name.clone(), *id),
                    error: SqlError::new(*number, "P0001", message.clone()),
                    position,
                    decision: Decision::Open,
                }),
                _ => wrong_kind(target, "an exception"),
            },
        }
    }

    async fn branch(&mut self, cx: &mut Context<'_>, statements: &'b [Statement]) -> Outcome<Flow> {
        let depth = self.scopes.depth();
        self.scopes.push();
        let flow = self.list(cx, statements, List::Branch).await;
        self.scopes.truncate(depth);
        flow
    }

    async fn case(
        &mut self,
        cx: &mut Context<'_>,
        operand: Option<&'b Expression>,
        branches: &'b [(Expression, Vec<Statement>)],
        otherwise: &'b [Statement],
    ) -> Outcome<Flow> {
        let operand = match operand {
            Some(operand) => Some(self.expression(cx, operand).await?),
            None => None,
        };
        for (condition, statements) in branches {
            let holds = match &operand {
                None => self.condition(cx, condition).await?,
                Some(operand) => {
                    let candidate = self.expression(cx, condition).await?;
                    self.equal(cx, operand, candidate, condition.position).await?
                }
            };
            if holds {
                return self.branch(cx, statements).await;
            }
        }
        self.branch(cx, otherwise).await
    }

    async fn equal(&mut self, cx: &mut Context<'_>, left: &Value, right: Value, position: Position) -> Outcome<bool> {
        let operands = [left.clone(), right];
        let comparison =
            Simple::Binary(Box::new(Simple::Name(0)), super::ast::Operator::Equal, Box::new(Simple::Name(1)));
        if let Some(result) = value::evaluate(&comparison, &|index| operands.get(index).cloned()) {
            return Ok(value::truth(&result).flatten() == Some(true));
        }
        let [left, right] = operands;
        let named = [("LEFT$".to_owned(), left), ("RIGHT$".to_owned(), right)].into_iter().collect();
        let binds = Binds { named, ..Binds::default() };
        let result = exec::evaluate(cx, ":LEFT$ = :RIGHT$", &binds).await;
        let result = result.map_err(|error| Raised::expression(error, position))?;
        Ok(value::truth(&result).flatten() == Some(true))
    }

    async fn repeat(
        &mut self,
        cx: &mut Context<'_>,
        kind: &'b LoopKind,
        body: &'b [Statement],
        label: Option<&str>,
    ) -> Outcome<Flow> {
        match kind {
            LoopKind::Range { counter, reverse, from, to } => {
                let first = self.bound(cx, from).await?;
                let last = self.bound(cx, to).await?;
                let mut index = if *reverse { last } else { first };
                while index >= first && index <= last {
                    self.scopes.push();
                    self.scopes.declare(counter, Slot::Variable(Value::integer(index)));
                    if let Some(flow) = self.turn(cx, body, label).await? {
                        return Ok(flow);
                    }
                    index += if *reverse { -1 } else { 1 };
                }
            }
            LoopKind::Rows { row, source } => {
                let (rows, start) = self.loop_rows(cx, source).await?;
                for index in start..rows.row_count() {
                    self.scopes.push();
                    self.scopes.declare(row, Slot::Row { rows: rows.clone(), index });
                    if let Some(flow) = self.turn(cx, body, label).await? {
                        return Ok(flow);
                    }
                }
                if let Some(Slot::Cursor { open, .. }) = self.scopes.get_mut(&source.name) {
                    *open = None;
                }
            }
            LoopKind::While(condition) => {
                while self.condition(cx, condition).await? {
                    self.scopes.push();
                    if let Some(flow) = self.turn(cx, body, label).await? {
                        return Ok(flow);
                    }
                }
            }
            LoopKind::Repeat(condition) => loop {
                self.scopes.push();
                if let Some(flow) = self.turn(cx, body, label).await? {
                    return Ok(flow);
                }
                if self.condition(cx, condition).await? {
                    break;
                }
            },
            LoopKind::Forever => loop {
                self.scopes.push();
                if let Some(flow) = self.turn(cx, body, label).await? {
                    return Ok(flow);
                }
            },
        }
        Ok(Flow::Next)
    }

    /// One time round, in the scope pushed for it; what the whole loop comes to when it ends here.
    async fn turn(
        &mut self,
        cx: &mut Context<'_>,
        body: &'b [Statement],
        label: Option<&str>,
    ) -> Outcome<Option<Flow>> {
        let depth = self.scopes.depth() - 1;
        let flow = self.list(cx, body, List::Loop).await;
        self.scopes.truncate(depth);
        let mine = |name: &Option<String>| name.is_none() || name.as_deref() == label;
        Ok(match flow? {
            Flow::Next => None,
            Flow::Continue(name) if mine(&name) => None,
            Flow::Break(name) if mine(&name) => Some(Flow::Next),
            flow => Some(flow),
        })
    }

    async fn bound(&mut self, cx: &mut Context<'_>, expression: &'b Expression) -> Outcome<i64> {
        let value = self.expression(cx, expression).await?;
        let value = self.convert(cx, value, SqlType::INTEGER, expression.position).await?;
        match value.scalar {
            datafusion::common::ScalarValue::Decimal128(Some(bound), ..) => i64::try_from(bound).map_err(|_| {
                Raised::expression(
                    SqlError::new(100039, "22003", format!("FOR bound {bound} is out of range")),
                    expression.position,
                )
            }),
            _ => Err(Raised::expression(
                SqlError::new(2201, "22023", format!("FOR bound '{}' is NULL.", expression.text)),
                expression.position,
            )),
        }
    }

    /// The rows that FOR goes over, and the first of them.
    async fn loop_rows(&mut self, cx: &mut Context<'_>, source: &'b Target) -> Outcome<(Arc<QueryResult>, usize)> {
        match self.scopes.get(&source.name) {
            Some(Slot::ResultSet(Some(rows))) => Ok((rows.clone(), 0)),
            Some(Slot::ResultSet(None)) => Err(cursor_state(source, "has no rows yet")),
            Some(Slot::Cursor { open: Some(rows), .. }) => Ok((rows.result.clone(), rows.next)),
            Some(Slot::Cursor { .. }) => {
                self.open(cx, source, &[]).await?;
                match self.scopes.get(&source.name) {
                    Some(Slot::Cursor { open: Some(rows), .. }) => Ok((rows.result.clone(), 0)),
                    _ => Err(cursor_state(source, "is not open")),
                }
            }
            _ => Err(wrong_kind(source, "a cursor or a RESULTSET")),
        }
    }

    async fn open(&mut self, cx: &mut Context<'_>, cursor: &'b Target, using: &'b [Expression]) -> Outcome<()> {
        let source: &'b CursorSource = match self.scopes.get(&cursor.name) {
            Some(Slot::Cursor { open: Some(_), .. }) => return Err(cursor_state(cursor, "is already open")),
            Some(Slot::Cursor { source, .. }) => source,
            _ => return Err(wrong_kind(cursor, "a cursor")),
        };
        let mut positional = Vec::with_capacity(using.len());
        for value in using {
            positional.push(self.expression(cx, value).await?);
        }
        let result = match source {
            CursorSource::Query(sql) => self.sql(cx, sql, positional, cursor.position).await?,
            CursorSource::ResultSet(name) => match self.scopes.get(name) {
                Some(Slot::ResultSet(Some(rows))) => rows.clone(),
                _ => return Err(cursor_state(cursor, "reads a RESULTSET that has no rows yet")),
            },
        };
        if let Some(Slot::Cursor { open, .. }) = self.scopes.get_mut(&cursor.name) {
            *open = Some(Rows { result, next: 0 });
        }
        Ok(())
    }

    async fn fetch(&mut self, cx: &mut Context<'_>, cursor: &'b Target, targets: &'b [Target]) -> Outcome<()> {
        let (result, row) = match self.scopes.get_mut(&cursor.name) {
            Some(Slot::Cursor { open: Some(rows), .. }) => {
                rows.next += 1;
                (rows.result.clone(), rows.next - 1)
            }
            Some(Slot::Cursor { .. }) => return Err(cursor_state(cursor, "is not open")),
            _ => return Err(wrong_kind(cursor, "a cursor")),
        };
        let past_end = row >= result.row_count();
        for (index, target) in targets.iter().enumerate().take(result.columns.len()) {
            let value = if past_end {
                Value::null(result.columns[index].sql_type)
            } else {
                cell(&result, row, index, cursor.position)?
            };
            self.assign(cx, target, value).await?;
        }
        Ok(())
    }

    async fn table(&mut self, cx: &mut Context<'_>, source: &'b TableSource) -> Outcome<Arc<QueryResult>> {
        match source {
            TableSource::ResultSet(target) => match self.scopes.get(&target.name) {
                Some(Slot::ResultSet(Some(rows))) => Ok(rows.clone()),
                Some(Slot::ResultSet(None)) => Err(cursor_state(target, "has no rows yet")),
                _ => Err(wrong_kind(target, "a RESULTSET")),
            },
            TableSource::Cursor(target) => match self.scopes.get(&target.name) {
                Some(Slot::Cursor { open: Some(rows), .. }) => Ok(rows.result.clone()),
                Some(Slot::Cursor { .. }) => Err(cursor_state(target, "is not open")),
                _ => Err(wrong_kind(target, "a cursor")),
            },
            TableSource::Statement(statement) => self.rows_of(cx, statement).await,
        }
    }

    async fn select_into(
        &mut self,
        cx: &mut Context<'_>,
        sql: &'b Sql,
        targets: &'b [Target],
        position: Position,
    ) -> Outcome<()> {
        let result = self.sql(cx, sql, Vec::new(), position).await?;
        let rows = result.row_count();
        if rows > 1 {
            let text = format!("A SELECT INTO statement expects exactly 1 returned row, but got {rows}.");
            return Err(Raised::statement(SqlError::new(92101, "P0000", text), position));
        }
        if result.columns.len() != targets.len() {
            let text = format!(
                "SQL compilation error:\nSELECT INTO names {} variables for {} columns.",
                targets.len(),
                result.columns.len()
            );
            return Err(Raised::statement(SqlError::new(2057, "42601", text), position));
        }
        for (index, target) in targets.iter().enumerate() {
            let value = match rows {
                0 => Value::null(result.columns[index].sql_type),
                _ => cell(&result, 0, index, position)?,
            };
            self.assign(cx, target, value).await?;
        }
        Ok(())
    }

    async fn declare(&mut self, cx: &mut Context<'_>, declaration: &'b Declaration) -> Outcome<()> {
        let slot = match &declaration.kind {
            DeclarationKind::Variable { sql_type, default } => {
                let value = match (default, sql_type) {
                    (None, sql_type) => Value::null(sql_type.unwrap_or(SqlType::TEXT)),
                    (Some(default), None) => untyped(default, self.value(cx, default).await?),
                    (Some(default), Some(sql_type)) => {
                        let value = self.value(cx, default).await?;
                        self.convert(cx, value, *sql_type, declaration.position).await?
                    }
                };
                Slot::Variable(value)
            }
            DeclarationKind::Cursor(source) => Slot::Cursor { source, open: None },
            DeclarationKind::ResultSet(value) => Slot::ResultSet(match value {
                Some(Initializer::Statement(statement)) => Some(self.rows_of(cx, statement).await?),
                _ => None,
            }),
            DeclarationKind::Exception { number, message } => {
                self.exceptions += 1;
                Slot::Exception { id: self.exceptions, number: *number, message: message.clone() }
            }
        };
        self.scopes.declare(&declaration.name, slot);
        Ok(())
    }

    async fn assignment(&mut self, cx: &mut Context<'_>, target: &'b Target, value: &'b Initializer) -> Outcome<()> {
        if matches!(self.scopes.get(&target.name), Some(Slot::ResultSet(_))) {
            let Initializer::Statement(statement) = value else { return Err(wrong_kind(target, "a variable")) };
            let rows = self.rows_of(cx, statement).await?;
            self.scopes_set(target, Slot::ResultSet(Some(rows)));
            return Ok(());
        }
        let value = self.value(cx, value).await?;
        self.assign(cx, target, value).await
    }

    fn scopes_set(&mut self, target: &Target, slot: Slot<'b>) {
        if let Some(place) = self.scopes.get_mut(&target.name) {
            *place = slot;
        }
    }

    async fn assign(&mut self, cx: &mut Context<'_>, target: &Target, value: Value) -> Outcome<()> {
        let Some(sql_type) = self.scopes.type_of(&target.name) else { return Err(wrong_kind(target, "a variable")) };
        let value = self.convert(cx, value, sql_type, target.position).await?;
        self.scopes_set(target, Slot::Variable(value));
        Ok(())
    }

    async fn convert(&self, cx: &mut Context<'_>, value: Value, to: SqlType, position: Position) -> Outcome<Value> {
        convert(cx, value, to).await.map_err(|error| Raised::expression(error, position))
    }

    /// The right side of an assignment as one value.
    async fn value(&mut self, cx: &mut Context<'_>, value: &'b Initializer) -> Outcome<Value> {
        match value {
            Initializer::Expression(expression) => self.expression(cx, expression).await,
            Initializer::Statement(statement) => {
                let is_query = matches!(statement.kind, StatementKind::Sql(_));
                let result = self.rows_of(cx, statement).await.map_err(|mut raised| {
                    if is_query && raised.kind == Kind::Statement {
                        raised.kind = Kind::Expression;
                    }
                    raised
                })?;
                single_value(&result, statement.position)
            }
        }
    }

    async fn condition(&mut self, cx: &mut Context<'_>, expression: &'b Expression) -> Outcome<bool> {
        let value = self.expression(cx, expression).await?;
        let value = match value::truth(&value) {
            Some(_) => value,
            None => self.convert(cx, value, SqlType::Boolean, expression.position).await?,
        };
        Ok(value::truth(&value).flatten() == Some(true))
    }

    async fn expression(&mut self, cx: &mut Context<'_>, expression: &'b Expression) -> Outcome<Value> {
        if let Some(simple) = &expression.simple {
            let variable = |index: usize| {
                let name = expression.names.get(index)?;
                self.lookup(&name.name, name.field.as_deref())
            };
            if let Some(value) = value::evaluate(simple, &variable) {
                return Ok(value);
            }
        }
        // Bare variables become binds, so that columns of subqueries are never taken for variables.
        let mut binds = Binds::default();
        let mut text = String::with_capacity(expression.text.len() + 16);
        let mut done = 0;
        for name in &expression.names {
            let Some(value) = self.lookup(&name.name, name.field.as_deref()) else {
                if name.field.is_some() && matches!(self.scopes.get(&name.name), Some(Slot::Row { .. })) {
                    let full = format!("{}.{}", name.name, name.field.as_deref().unwrap_or_default());
                    return Err(Raised::expression(SqlError::invalid_identifier(full), name.position));
                }
                continue;
            };
            let key = match &name.field {
                Some(field) => format!("{}${field}", name.name),
                None => name.name.clone(),
            };
            text.push_str(&expression.text[done..name.start]);
            text.push(':');
            text.push_str(&crate::parse::quote(&key));
            done = name.end;
            binds.named.insert(key, value);
        }
        text.push_str(&expression.text[done..]);
        let now = self.enter(cx);
        let result = exec::evaluate(cx, &text, &binds).await;
        cx.frame.now = now;
        result.map_err(|error| Raised::expression(error, expression.position))
    }

    /// Statements see the time at which they begin.
    fn enter(&self, cx: &mut Context<'_>) -> i64 {
        let before = cx.frame.now;
        cx.frame.now = super::now(cx);
        before
    }

    /// The value of a variable, a row's column or a status variable.
    fn lookup(&self, name: &str, field: Option<&str>) -> Option<Value> {
        match (self.scopes.get(name), field) {
            (Some(Slot::Variable(value)), None) => return Some(value.clone()),
            (Some(Slot::Row { rows, index }), Some(field)) => {
                let column = rows.columns.iter().position(|column| column.name == field)?;
                return rows.value(*index, column).ok().flatten();
            }
            (Some(_), _) => return None,
            (None, Some(_)) => return None,
            (None, None) => {}
        }
        let count =
            |count: Option<u64>| count.map_or(Value::null(SqlType::INTEGER), |count| Value::integer(count as i64));
        let raised = self.handling.last();
        let text = |text: Option<String>| text.map_or(Value::null(SqlType::TEXT), Value::text);
        Some(match name {
            "SQLCODE" => {
                raised.map_or(Value::null(SqlType::INTEGER), |raised| Value::integer(i64::from(raised.error.code)))
            }
            "SQLERRM" => text(raised.map(|raised| raised.error.message.clone())),
            "SQLSTATE" => text(raised.map(|raised| raised.error.sql_state.clone())),
            "SQLROWCOUNT" => count(self.status.rows),
            "ACTIVITY_COUNT" => count(self.status.activity),
            "SQLFOUND" => self.status.rows.map_or(Value::null(SqlType::Boolean), |rows| Value::boolean(rows > 0)),
            "SQLNOTFOUND" => self.status.rows.map_or(Value::null(SqlType::Boolean), |rows| Value::boolean(rows == 0)),
            "SQLID" => text(self.status.query_id.clone()),
            _ => return None,
        })
    }

    /// Runs a statement that gives rows: SQL, CALL or EXECUTE IMMEDIATE.
    fn rows_of<'s, 'c>(&'s mut self, cx: &'s mut Context<'c>, statement: &'b Statement) -> Run<'s, Arc<QueryResult>>
    where
        'b: 's,
        'c: 's,
    {
        Box::pin(async move {
            let position = statement.position;
            match &statement.kind {
                StatementKind::Sql(sql) | StatementKind::Call { sql, .. } => {
                    self.sql(cx, sql, Vec::new(), position).await
                }
                StatementKind::ExecuteImmediate { text, using } => {
                    let value = self.expression(cx, text).await?;
                    let value = self.convert(cx, value, SqlType::TEXT, text.position).await?;
                    let datafusion::common::ScalarValue::Utf8(Some(sql)) = value.scalar else {
                        let error = SqlError::compilation(
                            900,
                            "42601",
                            "EXECUTE IMMEDIATE: the text of the statement is NULL.",
                        );
                        return Err(Raised::statement(error, position));
                    };
                    let mut positional = Vec::with_capacity(using.len());
                    for value in using {
                        positional.push(self.expression(cx, value).await?);
                    }
                    self.run_sql(cx, &sql, &Binds { positional, ..Binds::default() }, position).await
                }
                _ => Err(Raised::statement(SqlError::internal("a statement without rows"), position)),
            }
        })
    }

    async fn sql(
        &mut self,
        cx: &mut Context<'_>,
        sql: &'b Sql,
        positional: Vec<Value>,
        position: Position,
    ) -> Outcome<Arc<QueryResult>> {
        let mut binds = Binds { positional, ..Binds::default() };
        for name in &sql.binds {
            let Some(value) = self.lookup(&name.name, None) else {
                let error =
                    SqlError::compilation(2049, "42601", format_args!("Bind variable :{} not set.", name.written));
                return Err(Raised::statement(error, position));
            };
            binds.named.insert(name.name.clone(), value);
        }
        self.run_sql(cx, &sql.text, &binds, position).await
    }

    async fn run_sql(
        &mut self,
        cx: &mut Context<'_>,
        sql: &str,
        binds: &Binds,
        position: Position,
    ) -> Outcome<Arc<QueryResult>> {
        let now = self.enter(cx);
        let child = Child::begin(cx, sql);
        let outer = std::mem::replace(&mut cx.frame.query_id, child.record.id.clone());
        let result = exec::execute(cx, sql, binds).await;
        cx.frame.query_id = outer;
        cx.frame.now = now;
        cx.session.remember_query(&child.record.id);
        self.status.query_id = Some(child.record.id.clone());
        let result = child.finish(result);
        match result {
            Ok(result) => {
                let changed = result.dml.map(|counts| counts.total());
                self.status.rows = changed;
                self.status.activity = Some(match (changed, result.statement_type) {
                    (Some(changed), _) => changed,
                    (None, StatementType::Ddl) => 1,
                    (None, _) => result.row_count() as u64,
                });
                Ok(result)
            }
            Err(error) => {
                self.status.rows = None;
                Err(Raised::statement(error, position))
            }
        }
    }
}

/// A statement of a body in the query history; one that is dropped before it ended counts as cancelled.
pub(crate) struct Child {
    engine: Arc<Engine>,
    record: Arc<QueryRecord>,
    ended: bool,
}

impl Child {
    pub(crate) fn begin(cx: &Context<'_>, sql: &str) -> Self {
        let record = cx.engine.history.begin(cx.session, sql, cx.frame.now);
        Self { engine: cx.engine.clone(), record, ended: false }
    }

    /// The id of the statement.
    pub(crate) fn query_id(&self) -> &str {
        &self.record.id
    }

    pub(crate) fn finish(mut self, result: crate::Result<QueryResult>) -> crate::Result<Arc<QueryResult>> {
        self.ended = true;
        self.engine.history.finish(&self.record, result, self.engine.clock.now())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.ended {
            let cancelled = SqlError::new(604, "57014", "SQL execution canceled");
            let _ = self.engine.history.finish(&self.record, Err(cancelled), self.engine.clock.now());
        }
    }
}

/// A value as another type, as CAST converts it.
pub(crate) async fn convert(cx: &mut Context<'_>, value: Value, to: SqlType) -> crate::Result<Value> {
    if let Some(converted) = value::convert(&value, to) {
        return Ok(converted);
    }
    let mut binds = Binds::default();
    binds.named.insert("VALUE".to_owned(), value);
    let mut converted = exec::evaluate(cx, &format!("CAST(:VALUE AS {to})"), &binds).await?;
    converted.sql_type = to;
    Ok(converted)
}

/// A variable declared without a type: integers are NUMBER(38,0), other number literals FLOAT, texts have no limit.
fn untyped(default: &Initializer, value: Value) -> Value {
    let literal = matches!(default, Initializer::Expression(Expression { simple: Some(simple), .. })
        if matches!(**simple, Simple::Number { .. }));
    let wide = match value.sql_type {
        SqlType::Number { scale: 0, .. } => SqlType::INTEGER,
        SqlType::Number { .. } if literal => SqlType::Float,
        SqlType::Number { scale, .. } => SqlType::Number { precision: 38, scale },
        SqlType::Varchar(_) => SqlType::TEXT,
        other => other,
    };
    value::convert(&value, wide).unwrap_or(value)
}

/// The value of a result with one row and one column; NULL without a row.
fn single_value(result: &QueryResult, position: Position) -> Outcome<Value> {
    if result.columns.is_empty() {
        return Ok(Value::null(SqlType::TEXT));
    }
    match result.row_count() {
        0 => Ok(Value::null(result.columns[0].sql_type)),
        1 if result.columns.len() == 1 => cell(result, 0, 0, position),
        1 => {
            let text = format!(
                "Invalid expression: the statement gives {} columns where one value is needed.",
                result.columns.len()
            );
            Err(Raised::expression(SqlError::compilation(1065, "42601", text), position))
        }
        _ => Err(Raised::expression(
            SqlError::new(90150, "22000", "Single-row subquery returns more than one row."),
            position,
        )),
    }
}

fn cell(result: &QueryResult, row: usize, column: usize, position: Position) -> Outcome<Value> {
    let value = result.value(row, column).map_err(|error| Raised::statement(error, position))?;
    Ok(value.unwrap_or_else(|| Value::null(SqlType::TEXT)))
}

fn cursor_state(target: &Target, what: &str) -> Box<Raised> {
    let error = SqlError::new(92229, "P0000", format!("'{}' {what}.", target.name));
    Raised::statement(error, target.position)
}

fn wrong_kind(target: &Target, wanted: &str) -> Box<Raised> {
    let error = SqlError::compilation(1044, "42P13", format_args!("'{}' is not {wanted}.", target.name));
    Raised::expression(error, target.position)
}
