//! CALL: which procedure, with what arguments, in which frame.

use std::sync::Arc;

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::access;
use crate::catalog::def::{ExecuteAs, ProcedureDef, Returns};
use crate::catalog::{Kind, Object};
use crate::exec::{self, Binds, Context, Frame, QueryResult, Running, StatementType, Value};
use crate::parse::{Cursor, Name};
use crate::routine::{self, Supplied};
use crate::scripting::{self, Block, Returned};
use crate::types::SqlType;
use crate::{Result, SqlError, javascript, notification};

/// CALLs may be nested this deep, the outermost included.
const MAX_DEPTH: u32 = 16;

/// An argument of a CALL as written.
#[derive(Debug, PartialEq)]
struct Given {
    name: Option<String>,
    text: String,
    /// How many `?` stand before it and in it.
    placeholders: (usize, usize),
}

/// The body of a procedure, read.
enum Code {
    Sql(Block),
    JavaScript,
}

/// CALL: `text` is the whole statement.
pub fn call<'c>(cx: &'c mut Context<'_>, text: &'c str, binds: &'c Binds) -> Running<'c> {
    Box::pin(async move {
        let mut cursor = Cursor::new(text)?;
        if cursor.peek_keyword("WITH") {
            return Err(SqlError::unsupported("WITH .. AS PROCEDURE"));
        }
        cursor.expect_keywords("CALL")?;
        let name = cursor.object_name()?;
        let given = arguments(&mut cursor)?;
        cursor.expect_end()?;
        if name.parts.len() == 1 && name.object().starts_with("SYSTEM$") {
            return system_function(cx, name.object(), &given, binds).await;
        }
        let mut values = Vec::with_capacity(given.len());
        for argument in &given {
            values.push(value_of(cx, argument, binds).await?);
        }
        let procedure = resolve(cx, &name, &given, &values)?;
        run(cx, &procedure, given, values).await
    })
}

/// Reads `(a, b)` or `(x => a, y => b)`.
fn arguments(cursor: &mut Cursor<'_>) -> Result<Vec<Given>> {
    cursor.expect(&Token::LParen)?;
    let mut given: Vec<Given> = Vec::new();
    let mut placeholders = 0;
    while !cursor.accept(&Token::RParen) {
        if !given.is_empty() {
            cursor.expect(&Token::Comma)?;
        }
        let name = if cursor.peek_at(1) == Some(&Token::RArrow) {
            let name = cursor.identifier()?;
            cursor.next_token();
            Some(name)
        } else {
            None
        };
        if given.first().is_some_and(|first| first.name.is_some() != name.is_some()) {
            return Err(SqlError::compilation(1003, "42000", "illegal mixing of named and positional arguments"));
        }
        let start = cursor.offset();
        let mut depth = 0_usize;
        let mut end = start;
        let before = placeholders;
        let is_query = cursor.peek_keyword("SELECT") || cursor.peek_keyword("WITH");
        while let Some(token) = cursor.peek() {
            match token {
                Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
                Token::RParen if depth == 0 => break,
                Token::Comma if depth == 0 && !is_query => break,
                Token::RParen | Token::RBracket | Token::RBrace => depth = depth.saturating_sub(1),
                Token::Placeholder(text) if text == "?" => placeholders += 1,
                _ => {}
            }
            cursor.next_token();
            end = cursor.last_end();
        }
        let text = cursor.text(start, end);
        if text.is_empty() {
            return Err(cursor.unexpected());
        }
        let text = if is_query { format!("({text})") } else { text.to_owned() };
        given.push(Given { name, text, placeholders: (before, placeholders) });
    }
    Ok(given)
}

/// The value of an argument; literals and variables need no query engine.
async fn value_of(cx: &mut Context<'_>, argument: &Given, binds: &Binds) -> Result<Value> {
    let mut cursor = Cursor::new(&argument.text)?;
    let first = cursor.next_token();
    let second = cursor.next_token();
    match (&first, &second) {
        (Some(Token::SingleQuotedString(text)), None) => return Ok(Value::text(text.clone())),
        (Some(Token::Number(text, _)), None) if text.len() <= 18 => {
            if let Ok(number) = text.parse::<i64>() {
                return Ok(Value::integer(number));
            }
        }
        (Some(Token::Word(word)), None) if word.quote_style.is_none() => {
            match word.value.to_ascii_uppercase().as_str() {
                "TRUE" => return Ok(Value::boolean(true)),
                "FALSE" => return Ok(Value::boolean(false)),
                "NULL" => return Ok(Value::null(SqlType::TEXT)),
                _ => {}
            }
        }
        (Some(Token::Colon), Some(Token::Word(word))) if cursor.next_token().is_none() => {
            if let Some(value) = binds.named.get(&crate::parse::fold(&word.value, word.quote_style.is_some())) {
                return Ok(value.clone());
            }
        }
        _ => {}
    }
    let (from, to) = argument.placeholders;
    let positional =
        if from == to { binds.positional.clone() } else { binds.positional.get(from..to).unwrap_or_default().to_vec() };
    let binds = Binds { positional, named: binds.named.clone(), bare_names: binds.bare_names };
    exec::evaluate(cx, &argument.text, &binds).await
}

/// `CALL SYSTEM$FUNCTION(..)`.
async fn system_function(cx: &mut Context<'_>, name: &str, given: &[Given], binds: &Binds) -> Result<QueryResult> {
    let mut values = Vec::with_capacity(given.len());
    for argument in given {
        let built =
            if name == "SYSTEM$SEND_SNOWFLAKE_NOTIFICATION" { built_message(cx, argument, binds).await? } else { None };
        values.push(match built {
            Some(value) => value,
            None => value_of(cx, argument, binds).await?,
        });
    }
    let value = match (name, values.as_slice()) {
        ("SYSTEM$SEND_SNOWFLAKE_NOTIFICATION", [message, integration]) => {
            Value::text(notification::send(cx, message, integration)?)
        }
        ("SYSTEM$SEND_SNOWFLAKE_NOTIFICATION", values) => {
            let wrong = if values.len() < 2 { "not enough" } else { "too many" };
            return Err(SqlError::compilation(
                938,
                "22023",
                format_args!("{wrong} arguments for function [{name}] expected 2, got {}", values.len()),
            ));
        }
        _ => {
            let names: Vec<_> = (0..values.len()).map(|index| format!(":ARGUMENT{index}")).collect();
            let named =
                values.into_iter().enumerate().map(|(index, value)| (format!("ARGUMENT{index}"), value)).collect();
            let binds = Binds { named, ..Binds::default() };
            exec::evaluate(cx, &format!("{name}({})", names.join(", ")), &binds).await?
        }
    };
    scripting::result_of(Returned::Value(value), name, StatementType::Call)
}

/// An argument that is a call of a function in SNOWFLAKE.NOTIFICATION.
async fn built_message(cx: &mut Context<'_>, argument: &Given, binds: &Binds) -> Result<Option<Value>> {
    let mut cursor = Cursor::new(&argument.text)?;
    let parts = match cursor.object_name() {
        Ok(name) if name.parts.len() == 3 => name.parts,
        _ => return Ok(None),
    };
    if parts[0] != "SNOWFLAKE" || parts[1] != "NOTIFICATION" {
        return Ok(None);
    }
    let inner = arguments(&mut cursor)?;
    cursor.expect_end()?;
    let mut values = Vec::with_capacity(inner.len());
    for argument in &inner {
        values.push(value_of(cx, argument, binds).await?);
    }
    notification::helper(&parts[2], &values).map(Some)
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

async fn run(cx: &mut Context<'_>, procedure: &Object, given: Vec<Given>, values: Vec<Value>) -> Result<QueryResult> {
    let definition: ProcedureDef = procedure.definition()?;
    if cx.frame.depth >= MAX_DEPTH {
        return Err(SqlError::new(
            90235,
            "42601",
            format!(
                "Stored procedure execution error: calls are nested deeper than {MAX_DEPTH} levels, at {}.",
                procedure.name
            ),
        ));
    }
    let code = if definition.language == "JAVASCRIPT" {
        Code::JavaScript
    } else {
        Code::Sql(scripting::parse_block(&definition.body)?)
    };
    let names: Vec<_> = given.into_iter().map(|argument| argument.name).collect();
    let places = routine::placed(&definition.arguments, &names).unwrap_or_default();
    let by_place = places.into_iter().map(|place| place.and_then(|place| values.get(place).cloned())).collect();
    let frame = frame_for(cx, procedure, &definition)?;
    let mark = cx.session.mark();
    // CREATE DATABASE and CREATE SCHEMA in owner's-rights code do not move the caller.
    let place = frame.owners_rights.then(|| (cx.session.database.clone(), cx.session.schema.clone()));
    let outer = std::mem::replace(&mut cx.frame, frame);
    let result = body(cx, &procedure.name, &definition, &code, by_place).await;
    let scope = std::mem::replace(&mut cx.frame, outer).scope;
    if let Some((database, schema)) = place {
        cx.session.database = database;
        cx.session.schema = schema;
    }
    let open = cx.session.transactions.iter().any(|open| open.scope == scope);
    if open || result.is_err() {
        // Its own transaction is rolled back, and what it changed in its caller's is taken back.
        cx.session.abandon(&mark);
    }
    let result = match result {
        Ok(_) if open => Err(SqlError::new(
            90232,
            "P0000",
            "Stored procedure execution error: Scoped transaction started in stored procedure is incomplete and it was rolled back.",
        )),
        result => result,
    };
    finish(cx, procedure, &definition, result?).await
}

/// The frame of the body: its own scope for transactions; role and schema of the procedure unless it has caller's rights.
fn frame_for(cx: &Context<'_>, procedure: &Object, definition: &ProcedureDef) -> Result<Frame> {
    let mut frame = cx.frame.clone();
    frame.depth += 1;
    // CALLs of a session run one inside the other, so that the depth names the scope.
    frame.scope = frame.depth;
    if definition.execute_as == ExecuteAs::Owner {
        let (database, schema) = cx.engine.catalog.containers(procedure)?;
        frame.role = Some(procedure.owner.clone());
        frame.database = Some(database.name);
        frame.schema = Some(schema.name);
        frame.owners_rights = true;
    }
    Ok(frame)
}

async fn body(
    cx: &mut Context<'_>,
    name: &str,
    definition: &ProcedureDef,
    code: &Code,
    given: Vec<Option<Value>>,
) -> Result<Returned> {
    if definition.strict && given.iter().flatten().any(Value::is_null) {
        return Ok(Returned::Value(Value::null(SqlType::TEXT)));
    }
    let mut arguments = Vec::with_capacity(given.len());
    for (argument, value) in definition.arguments.iter().zip(given) {
        let value = match (value, &argument.default) {
            (Some(value), _) => value,
            (None, Some(default)) => exec::evaluate(cx, default, &Binds::default()).await?,
            (None, None) => Value::null(argument.sql_type),
        };
        // Lengths of texts are not part of an argument's type.
        let sql_type = if matches!(argument.sql_type, SqlType::Varchar(_)) { SqlType::TEXT } else { argument.sql_type };
        arguments.push((argument.name.clone(), scripting::convert(cx, value, sql_type).await?));
    }
    match code {
        Code::Sql(block) => scripting::run_body(cx, block, arguments).await,
        Code::JavaScript => Ok(Returned::Value(javascript::run_body(cx, name, definition, arguments).await?)),
    }
}

/// Checks what came back against RETURNS.
async fn finish(
    cx: &mut Context<'_>,
    procedure: &Object,
    definition: &ProcedureDef,
    returned: Returned,
) -> Result<QueryResult> {
    let failed = |text: &str| SqlError::new(90236, "42601", format!("Stored procedure execution error: {text}"));
    let returned = match (returned, &definition.returns) {
        (Returned::Value(value), Returns::Scalar(declared)) => {
            if value.is_null() && definition.returns_not_null {
                return Err(failed(&format!("{} returned NULL, but is declared NOT NULL.", procedure.name)));
            }
            let semi = value.sql_type.is_semi_structured() && *declared == SqlType::Variant;
            let value = if value.is_null() {
                Value::null(*declared)
            } else if value.sql_type.family() == declared.family() || semi {
                value
            } else {
                scripting::convert(cx, value, *declared).await?
            };
            Returned::Value(value)
        }
        (Returned::Value(value), Returns::Table(_)) if value.is_null() => {
            return Ok(QueryResult::texts(StatementType::Call, &[&procedure.name], &[vec![None]]));
        }
        (Returned::Table(rows), Returns::Table(declared)) => {
            let mut rows = Arc::unwrap_or_clone(rows);
            if !declared.is_empty() {
                let fits = declared.len() == rows.columns.len()
                    && declared
                        .iter()
                        .zip(&rows.columns)
                        .all(|((_, declared), column)| declared.family() == column.sql_type.family());
                if !fits {
                    return Err(failed("data type of returned table does not match expected returned table type"));
                }
                for ((name, _), column) in declared.iter().zip(&mut rows.columns) {
                    column.name.clone_from(name);
                }
            }
            Returned::Table(Arc::new(rows))
        }
        (Returned::Table(_), Returns::Scalar(_)) | (Returned::Value(_), Returns::Table(_)) => {
            return Err(failed("data type of returned table does not match expected returned table type"));
        }
    };
    scripting::result_of(returned, &procedure.name, StatementType::Call)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Result<Vec<(Option<String>, String)>> {
        let mut cursor = Cursor::new(text)?;
        Ok(arguments(&mut cursor)?.into_iter().map(|given| (given.name, given.text)).collect())
    }

    #[test]
    fn arguments_of_calls() {
        let plain = |texts: &[&str]| texts.iter().map(|text| (None, (*text).to_owned())).collect::<Vec<_>>();
        for (text, expected) in [
            ("()", plain(&[])),
            ("(1, f(a, b), 'x,y')", plain(&["1", "f(a, b)", "'x,y'"])),
            ("(SELECT a, b FROM t)", plain(&["(SELECT a, b FROM t)"])),
            (
                "(a => 1, \"b\" => :v)",
                vec![(Some("A".to_owned()), "1".to_owned()), (Some("b".to_owned()), ":v".to_owned())],
            ),
        ] {
            assert_eq!(given(text).unwrap(), expected, "{text}");
        }
        assert!(given("(1, b => 2)").unwrap_err().message.contains("illegal mixing of named and positional arguments"));
        assert!(given("(1,, 2)").is_err());
        assert!(given("(1").is_err());
    }
}
