//! Runs the statements of a block.

mod control;
mod cursor;
mod job;
mod nested;
mod sql;
mod variable;

pub(crate) use sql::Child;
pub(crate) use variable::convert;

use std::pin::Pin;
use std::sync::Arc;

use super::ast::{Block, Handler, Position, Statement, StatementKind, Target};
use super::raised::{Decision, Kind, Raised};
use super::scope::{Scopes, Slot};
use crate::SqlError;
use crate::exec::{Context, QueryResult, StatementType, Value};
use crate::types::SqlType;
use job::Job;
use sql::single_value;

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

impl Status {
    /// What a statement that succeeded leaves.
    fn note(&mut self, result: &QueryResult) {
        let changed = result.dml.map(|counts| counts.total());
        self.rows = changed;
        self.activity = Some(match (changed, result.statement_type) {
            (Some(changed), _) => changed,
            (None, StatementType::Ddl) => 1,
            (None, _) => result.row_count() as u64,
        });
    }
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
    /// The child jobs started so far; those that still run end with the body.
    jobs: Vec<Job>,
}

impl<'b> Interpreter<'b> {
    pub(super) fn new(arguments: Vec<(String, Value)>) -> Self {
        let mut scopes = Scopes::default();
        scopes.push();
        for (name, value) in arguments {
            scopes.declare(&name, Slot::Variable(value));
        }
        Self {
            scopes,
            active: Vec::new(),
            status: Status::default(),
            handling: Vec::new(),
            exceptions: 0,
            steps: 0,
            jobs: Vec::new(),
        }
    }

    /// The value of an argument as it is now.
    pub(super) fn argument(&self, name: &str) -> Option<Value> {
        match self.scopes.get(name) {
            Some(Slot::Variable(value)) => Some(value.clone()),
            _ => None,
        }
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
            StatementKind::Log { named, arguments } => self.log(cx, named.as_deref(), arguments, position).await?,
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
            StatementKind::Async(statement) => {
                self.start_job(cx, statement).await?;
            }
            StatementKind::Await(target) => self.await_jobs(target.as_ref(), position).await?,
            StatementKind::Cancel(target) => self.cancel_job(target)?,
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
}

fn cursor_state(target: &Target, what: &str) -> Box<Raised> {
    let error = SqlError::new(92229, "P0000", format!("'{}' {what}.", target.name));
    Raised::statement(error, target.position)
}

fn wrong_kind(target: &Target, wanted: &str) -> Box<Raised> {
    let error = SqlError::compilation(1044, "42P13", format_args!("'{}' is not {wanted}.", target.name));
    Raised::expression(error, target.position)
}
