//! Variables: declaring, assigning and reading them in expressions.

use super::super::ast::{
    Declaration, DeclarationKind, Expression, Initializer, Position, Simple, StatementKind, Target,
};
use super::super::raised::{Kind, Raised};
use super::super::scope::{ResultSet, Slot};
use super::super::{now, value};
use super::sql::single_value;
use super::{Interpreter, Outcome, job, wrong_kind};
use crate::SqlError;
use crate::exec::{self, Binds, Context, Value};
use crate::types::SqlType;

impl<'b> Interpreter<'b> {
    pub(super) async fn declare(&mut self, cx: &mut Context<'_>, declaration: &'b Declaration) -> Outcome<()> {
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
            DeclarationKind::ResultSet(None) => Slot::ResultSet(ResultSet::Empty),
            DeclarationKind::ResultSet(Some(value)) => {
                let target = Target { position: declaration.position, name: declaration.name.clone() };
                Slot::ResultSet(self.result_set_value(cx, &target, value).await?)
            }
            DeclarationKind::Procedure(nested) => Slot::Procedure(nested),
            DeclarationKind::Exception { number, message } => {
                self.exceptions += 1;
                Slot::Exception { id: self.exceptions, number: *number, message: message.clone() }
            }
        };
        self.scopes.declare(&declaration.name, slot);
        Ok(())
    }

    pub(super) async fn assignment(
        &mut self,
        cx: &mut Context<'_>,
        target: &'b Target,
        value: &'b Initializer,
    ) -> Outcome<()> {
        if matches!(self.scopes.get(&target.name), Some(Slot::ResultSet(_))) {
            let value = self.result_set_value(cx, target, value).await?;
            self.scopes_set(target, Slot::ResultSet(value));
            return Ok(());
        }
        let value = self.value(cx, value).await?;
        self.assign(cx, target, value).await
    }

    /// What is assigned to a RESULTSET.
    async fn result_set_value(
        &mut self,
        cx: &mut Context<'_>,
        target: &Target,
        value: &'b Initializer,
    ) -> Outcome<ResultSet> {
        match value {
            Initializer::Statement(statement) => Ok(ResultSet::Rows(self.rows_of(cx, statement).await?)),
            Initializer::Async(statement) => Ok(ResultSet::Job(self.start_job(cx, statement).await?)),
            Initializer::Expression(_) => Err(wrong_kind(target, "a variable")),
        }
    }

    pub(super) fn scopes_set(&mut self, target: &Target, slot: Slot<'b>) {
        if let Some(place) = self.scopes.get_mut(&target.name) {
            *place = slot;
        }
    }

    pub(super) async fn assign(&mut self, cx: &mut Context<'_>, target: &Target, value: Value) -> Outcome<()> {
        let Some(sql_type) = self.scopes.type_of(&target.name) else { return Err(wrong_kind(target, "a variable")) };
        let value = self.convert(cx, value, sql_type, target.position).await?;
        self.scopes_set(target, Slot::Variable(value));
        Ok(())
    }

    pub(super) async fn convert(
        &self,
        cx: &mut Context<'_>,
        value: Value,
        to: SqlType,
        position: Position,
    ) -> Outcome<Value> {
        convert(cx, value, to).await.map_err(|error| Raised::expression(error, position))
    }

    /// The right side of an assignment as one value.
    pub(super) async fn value(&mut self, cx: &mut Context<'_>, value: &'b Initializer) -> Outcome<Value> {
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
            Initializer::Async(statement) => Err(Raised::expression(
                SqlError::compilation(1044, "42P13", "ASYNC (..) can be assigned to a RESULTSET only."),
                statement.position,
            )),
        }
    }

    pub(super) async fn condition(&mut self, cx: &mut Context<'_>, expression: &'b Expression) -> Outcome<bool> {
        let value = self.expression(cx, expression).await?;
        let value = match value::truth(&value) {
            Some(_) => value,
            None => self.convert(cx, value, SqlType::Boolean, expression.position).await?,
        };
        Ok(value::truth(&value).flatten() == Some(true))
    }

    /// Runs SYSTEM$LOG.
    pub(super) async fn log(
        &mut self,
        cx: &mut Context<'_>,
        named: Option<&str>,
        arguments: &'b [Expression],
        position: Position,
    ) -> Outcome<()> {
        let mut texts = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = self.expression(cx, argument).await?;
            texts.push(crate::plan::text_of(&value).unwrap_or_default());
        }
        let (level, message) = match (named, texts.as_slice()) {
            (Some(level), [message]) => (level.to_owned(), message),
            (None, [level, message]) => {
                (crate::procedure::log::level(level).map_err(|error| Raised::expression(error, position))?, message)
            }
            _ => {
                let error = SqlError::compilation(939, "22023", "SYSTEM$LOG takes a level and a message.");
                return Err(Raised::expression(error, position));
            }
        };
        crate::procedure::log::log(&level, message, "");
        Ok(())
    }

    pub(super) async fn expression(&mut self, cx: &mut Context<'_>, expression: &'b Expression) -> Outcome<Value> {
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
            if let (Some(Slot::ResultSet(set)), true) = (self.scopes.get(&name.name), name.start >= done)
                && let Some((start, end)) = job::status_call(&expression.text, name.start, name.end)
            {
                let key = format!("{}$STATUS", name.name);
                text.push_str(&expression.text[done..start]);
                text.push(':');
                text.push_str(&crate::parse::quote(&key));
                done = end;
                binds.named.insert(key, Value::text(self.status_of(set)));
                continue;
            }
            if name.spread {
                text.push_str(&expression.text[done..name.start]);
                text.push_str(&self.elements(name).map_err(|error| Raised::expression(error, expression.position))?);
                done = name.end;
                continue;
            }
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
    pub(super) fn enter(&self, cx: &mut Context<'_>) -> i64 {
        let before = cx.frame.now;
        cx.frame.now = now(cx);
        before
    }

    /// The value of a variable, a row's column or a status variable.
    pub(super) fn lookup(&self, name: &str, field: Option<&str>) -> Option<Value> {
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
