//! CALL: which procedure, and with what arguments.

use std::collections::HashSet;

use super::arguments::{Given, arguments, value_of};
use super::run::{Callee, run};
use super::{parser, system};
use crate::access;
use crate::catalog::def::{Argument, ProcedureDef};
use crate::catalog::{Kind, Object};
use crate::exec::{Binds, Context, QueryResult, Running, Value};
use crate::parse::{Cursor, Name};
use crate::routine::{self, Supplied};
use crate::{Result, SqlError};

/// What a CALL came to.
#[derive(Debug)]
pub(crate) struct Called {
    /// Its result.
    pub(crate) result: QueryResult,
    /// The variables given for output arguments, and what they are now.
    pub(crate) outputs: Vec<(String, Value)>,
}

/// The call of a procedure as written.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// The procedure that is declared for this call only.
    anonymous: Option<(String, ProcedureDef)>,
    name: Name,
    given: Vec<Given>,
}

/// CALL: `text` is the whole statement.
pub fn call<'c>(cx: &'c mut Context<'_>, text: &'c str, binds: &'c Binds) -> Running<'c> {
    Box::pin(async move { Ok(Invocation::parse(text)?.run(cx, binds).await?.result) })
}

impl Invocation {
    /// Reads `CALL name(..)` or `WITH name AS PROCEDURE .. CALL name(..)`, the whole statement.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut cursor = Cursor::new(text)?;
        let anonymous = if cursor.peek_keyword("WITH") { Some(parser::anonymous(&mut cursor)?) } else { None };
        let tables = if anonymous.is_some() { common_tables(&mut cursor)? } else { None };
        cursor.expect_keywords("CALL")?;
        let name = cursor.object_name()?;
        let mut given = arguments(&mut cursor)?;
        cursor.expect_end()?;
        if let Some(tables) = tables {
            for argument in &mut given {
                argument.text = format!("(WITH {tables} SELECT {})", argument.text);
            }
        }
        Ok(Self { anonymous, name, given })
    }

    /// The name alone, when that is all there is: procedures declared in a block have no more.
    pub(crate) fn bare_name(&self) -> Option<&str> {
        (self.anonymous.is_none() && self.name.parts.len() == 1).then(|| self.name.object())
    }

    /// The values of the arguments, which must be positional.
    pub(crate) async fn positional_values(&self, cx: &mut Context<'_>, binds: &Binds) -> Result<Vec<Value>> {
        if let Some(name) = self.given.iter().find_map(|argument| argument.name.as_ref()) {
            return Err(SqlError::compilation(
                1044,
                "42P13",
                format_args!(
                    "Procedure {} is declared in a block: give argument {name} by its position.",
                    self.name.object()
                ),
            ));
        }
        self.values(cx, binds).await
    }

    async fn values(&self, cx: &mut Context<'_>, binds: &Binds) -> Result<Vec<Value>> {
        let mut values = Vec::with_capacity(self.given.len());
        for argument in &self.given {
            values.push(value_of(cx, argument, binds).await?);
        }
        Ok(values)
    }

    /// Runs the procedure.
    pub(crate) async fn run(self, cx: &mut Context<'_>, binds: &Binds) -> Result<Called> {
        if self.name.parts.len() == 1 && self.name.object().starts_with("SYSTEM$") {
            let result = system::system_function(cx, self.name.object(), &self.given, binds).await?;
            return Ok(Called { result, outputs: Vec::new() });
        }
        let values = self.values(cx, binds).await?;
        let Self { anonymous, name, given } = self;
        let callee = match anonymous {
            Some((declared, definition)) => anonymous_callee(&name, declared, definition, &given)?,
            None => {
                let procedure = resolve(cx, &name, &given, &values)?;
                Callee { name: procedure.name.clone(), definition: procedure.definition()?, home: Some(procedure) }
            }
        };
        let targets = output_targets(&callee, &given)?;
        let names: Vec<_> = given.into_iter().map(|argument| argument.name).collect();
        let places = routine::placed(&callee.definition.arguments, &names).unwrap_or_default();
        let by_place = places.into_iter().map(|place| place.and_then(|place| values.get(place).cloned())).collect();
        let (result, finals) = run(cx, &callee, by_place).await?;
        let outputs =
            targets.into_iter().filter_map(|(place, name)| Some((name, finals.get(place)?.clone()))).collect();
        Ok(Called { result, outputs })
    }
}

/// Reads `, name AS (query), ..`, the common table expressions after the body of an anonymous procedure.
fn common_tables(cursor: &mut Cursor<'_>) -> Result<Option<String>> {
    use datafusion::sql::sqlparser::tokenizer::Token;
    if !cursor.accept(&Token::Comma) {
        return Ok(None);
    }
    let start = cursor.offset();
    let mut end = start;
    while !cursor.at_end() && !cursor.peek_keyword("CALL") {
        match cursor.peek() {
            Some(Token::LParen) => {
                cursor.parenthesised()?;
            }
            _ => {
                cursor.next_token();
            }
        }
        end = cursor.last_end();
    }
    Ok(Some(cursor.text(start, end).to_owned()))
}

fn anonymous_callee(name: &Name, declared: String, definition: ProcedureDef, given: &[Given]) -> Result<Callee> {
    if name.parts.len() != 1 || name.object() != declared {
        return Err(SqlError::compilation(
            2141,
            "42601",
            format_args!("The CALL after WITH {declared} AS PROCEDURE must be that of {declared}, not of {name}."),
        ));
    }
    let names: Vec<_> = given.iter().map(|argument| argument.name.clone()).collect();
    if routine::placed(&definition.arguments, &names).is_none() {
        return Err(SqlError::compilation(
            1044,
            "42P13",
            format_args!(
                "Procedure {declared} is declared with {} arguments, and the CALL does not fit them.",
                definition.arguments.len()
            ),
        ));
    }
    Ok(Callee { name: declared, definition, home: None })
}

/// For every output argument its place and the variable given for it.
fn output_targets(callee: &Callee, given: &[Given]) -> Result<Vec<(usize, String)>> {
    let names: Vec<_> = given.iter().map(|argument| argument.name.clone()).collect();
    let places = routine::placed(&callee.definition.arguments, &names).unwrap_or_default();
    let mut targets = Vec::new();
    let mut seen = HashSet::new();
    let outputs =
        callee.definition.arguments.iter().zip(places).enumerate().filter(|(_, (argument, _))| argument.output);
    for (index, (argument, place)) in outputs {
        let refused = |Argument { name, .. }: &Argument, what: &str| {
            SqlError::compilation(
                1044,
                "42P13",
                format_args!("Output argument {name} of procedure {} {what}.", callee.name),
            )
        };
        let Some(variable) = place.and_then(|place| given[place].variable()) else {
            return Err(refused(argument, "must be given as a variable of Snowflake Scripting (:name)"));
        };
        if !seen.insert(variable.clone()) {
            return Err(refused(argument, &format!("cannot share the variable :{variable} with another one")));
        }
        targets.push((index, variable));
    }
    Ok(targets)
}

/// Finds the procedure that a CALL means: by name in the first schema that has it, then by the arguments.
fn resolve(cx: &Context<'_>, name: &Name, given: &[Given], values: &[Value]) -> Result<Object> {
    let unknown = || SqlError::compilation(2141, "42601", format_args!("Unknown user-defined function {name}"));
    let schema = cx.schema_of(name, "CALL")?;
    let overloads = routine::visible(cx, Kind::Procedure, &schema, name.object())?;
    if overloads.is_empty() {
        return Err(unknown());
    }
    let candidates = overloads
        .into_iter()
        .map(|overload| Ok((overload.clone(), routine::of(&overload)?.arguments)))
        .collect::<Result<Vec<_>>>()?;
    let supplied: Vec<_> = given
        .iter()
        .zip(values)
        .map(|(given, value)| Supplied {
            name: given.name.clone(),
            sql_type: (!value.is_null()).then_some(value.sql_type),
        })
        .collect();
    let procedure = routine::choose(name.object(), candidates, &supplied, (1, 5))?;
    if access::holds(cx, &procedure, &["USAGE"])? { Ok(procedure) } else { Err(unknown()) }
}
