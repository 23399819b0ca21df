//! Branches and loops.

use super::super::ast::{Expression, LoopKind, Operator, Position, Simple, Statement};
use super::super::raised::Raised;
use super::super::scope::Slot;
use super::super::value;
use super::{Flow, Interpreter, List, Outcome};
use crate::SqlError;
use crate::exec::{self, Binds, Context, Value};
use crate::types::SqlType;

impl<'b> Interpreter<'b> {
    pub(super) async fn branch(&mut self, cx: &mut Context<'_>, statements: &'b [Statement]) -> Outcome<Flow> {
        let depth = self.scopes.depth();
        self.scopes.push();
        let flow = self.list(cx, statements, List::Branch).await;
        self.scopes.truncate(depth);
        flow
    }

    pub(super) async fn case(
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

    pub(super) async fn equal(
        &mut self,
        cx: &mut Context<'_>,
        left: &Value,
        right: Value,
        position: Position,
    ) -> Outcome<bool> {
        let operands = [left.clone(), right];
        let comparison = Simple::Binary(Box::new(Simple::Name(0)), Operator::Equal, Box::new(Simple::Name(1)));
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

    pub(super) async fn repeat(
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
    pub(super) async fn turn(
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

    pub(super) async fn bound(&mut self, cx: &mut Context<'_>, expression: &'b Expression) -> Outcome<i64> {
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
}
