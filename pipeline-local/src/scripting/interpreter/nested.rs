//! CALL, of stored procedures and of those that a block declares.

use std::sync::Arc;

use super::super::ast::{Nested, Position, Sql, Target};
use super::super::raised::{Decision, Raised};
use super::super::scope::Slot;
use super::{Flow, Interpreter, Outcome, Returned};
use crate::SqlError;
use crate::exec::{Binds, Context, QueryResult, Value};
use crate::procedure::{self, Called, Invocation};
use crate::types::SqlType;

impl<'b> Interpreter<'b> {
    /// Runs a CALL; what its output arguments are in the end goes to their variables.
    pub(super) async fn call(
        &mut self,
        cx: &mut Context<'_>,
        sql: &'b Sql,
        position: Position,
    ) -> Outcome<Arc<QueryResult>> {
        let binds = self.binds_of(sql, position)?;
        let invocation = Invocation::parse(&sql.text).map_err(|error| Raised::statement(error, position))?;
        let nested = invocation.bare_name().and_then(|name| self.scopes.procedure(name));
        let begun = self.begin(cx, &sql.text);
        if let Some((nested, depth)) = nested {
            let name = invocation.bare_name().unwrap_or_default().to_owned();
            let called = self.nested(cx, (&name, nested, depth), &invocation, &binds, position).await;
            return match called {
                Ok(result) => self.end(cx, begun, Ok(result), position),
                Err(raised) => {
                    // The statement is recorded as failed; the exception itself goes on, so that handlers can name it.
                    let _ = self.end(cx, begun, Err(raised.error.clone()), position);
                    Err(raised)
                }
            };
        }
        let (result, outputs) = match invocation.run(cx, &binds).await {
            Ok(Called { result, outputs }) => (Ok(result), outputs),
            Err(error) => (Err(error), Vec::new()),
        };
        let result = self.end(cx, begun, result, position)?;
        for (name, value) in outputs {
            self.assign(cx, &Target { position, name }, value).await?;
        }
        Ok(result)
    }

    async fn nested(
        &mut self,
        cx: &mut Context<'_>,
        (name, nested, depth): (&str, &'b Nested, usize),
        invocation: &Invocation,
        binds: &Binds,
        position: Position,
    ) -> Outcome<QueryResult> {
        let failed = |error: SqlError| Raised::statement(error, position);
        let values = invocation.positional_values(cx, binds).await.map_err(failed)?;
        if values.len() != nested.arguments.len() {
            return Err(failed(SqlError::compilation(
                1044,
                "42P13",
                format_args!(
                    "Procedure {name} takes {} arguments, and the CALL gives {}.",
                    nested.arguments.len(),
                    values.len()
                ),
            )));
        }
        let mut arguments = Vec::with_capacity(values.len());
        for ((name, sql_type), value) in nested.arguments.iter().zip(values) {
            let value = procedure::argument_value(cx, value, *sql_type).await.map_err(failed)?;
            arguments.push((name, Slot::Variable(value)));
        }
        // It sees what its block had declared before it, and nothing of where it is called.
        let hidden = self.scopes.hide(depth);
        let active = std::mem::take(&mut self.active);
        let handling = std::mem::take(&mut self.handling);
        let status = std::mem::take(&mut self.status);
        self.scopes.push();
        for (name, slot) in arguments {
            self.scopes.declare(name, slot);
        }
        let flow = self.block(cx, &nested.body).await;
        self.scopes.truncate(depth);
        self.scopes.show(hidden);
        self.active = active;
        self.handling = handling;
        self.status = status;
        let returned = match flow {
            Ok(Flow::Return(returned)) => returned,
            Ok(_) => Returned::Value(Value::null(SqlType::TEXT)),
            Err(mut raised) => {
                raised.decision = Decision::Open;
                return Err(raised);
            }
        };
        procedure::finish(cx, name, &nested.returns, nested.returns_not_null, returned).await.map_err(failed)
    }
}
