//! Running the body of a procedure.

use std::sync::Arc;

use crate::catalog::Object;
use crate::catalog::def::{ExecuteAs, ProcedureDef, Returns};
use crate::exec::{self, Binds, Context, Frame, QueryResult, StatementType, Value};
use crate::scripting::{self, Block, Returned};
use crate::types::SqlType;
use crate::{Result, SqlError, javascript};

/// CALLs may be nested this deep, the outermost included.
const MAX_DEPTH: u32 = 16;

/// The procedure that runs.
pub(super) struct Callee {
    pub(super) name: String,
    pub(super) definition: ProcedureDef,
    /// Where it is stored; none when it exists for one CALL only.
    pub(super) home: Option<Object>,
}

/// The body of a procedure, read.
enum Code {
    Sql(Block),
    JavaScript,
}

/// Runs a procedure with its arguments in order, `None` for those that were not given; its result, and what its arguments
/// are in the end.
pub(super) async fn run(
    cx: &mut Context<'_>,
    callee: &Callee,
    given: Vec<Option<Value>>,
) -> Result<(QueryResult, Vec<Value>)> {
    let definition = &callee.definition;
    if cx.frame.depth >= MAX_DEPTH {
        return Err(SqlError::new(
            90235,
            "42601",
            format!(
                "Stored procedure execution error: calls are nested deeper than {MAX_DEPTH} levels, at {}.",
                callee.name
            ),
        ));
    }
    let code = if definition.language == "JAVASCRIPT" {
        Code::JavaScript
    } else {
        Code::Sql(scripting::parse_block(&definition.body)?)
    };
    let frame = frame_for(cx, callee)?;
    let mark = cx.session.mark();
    // CREATE DATABASE and CREATE SCHEMA in owner's-rights code do not move the caller.
    let place = frame.owners_rights.then(|| (cx.session.database.clone(), cx.session.schema.clone()));
    let outer = std::mem::replace(&mut cx.frame, frame);
    let result = body(cx, callee, &code, given).await;
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
    let (returned, finals) = match result {
        Ok(_) if open => Err(SqlError::new(
            90232,
            "P0000",
            "Stored procedure execution error: Scoped transaction started in stored procedure is incomplete and it was rolled back.",
        )),
        result => result,
    }?;
    let result = finish(cx, &callee.name, &definition.returns, definition.returns_not_null, returned).await?;
    Ok((result, finals))
}

/// The frame of the body: its own scope for transactions; role and schema of the procedure unless it has caller's rights.
fn frame_for(cx: &Context<'_>, callee: &Callee) -> Result<Frame> {
    let mut frame = cx.frame.clone();
    frame.depth += 1;
    // CALLs of a session run one inside the other, so that the depth names the scope.
    frame.scope = frame.depth;
    if let (ExecuteAs::Owner, Some(procedure)) = (callee.definition.execute_as, &callee.home) {
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
    callee: &Callee,
    code: &Code,
    given: Vec<Option<Value>>,
) -> Result<(Returned, Vec<Value>)> {
    let definition = &callee.definition;
    if definition.strict && given.iter().flatten().any(Value::is_null) {
        return Ok((Returned::Value(Value::null(SqlType::TEXT)), Vec::new()));
    }
    let mut arguments = Vec::with_capacity(given.len());
    for (argument, value) in definition.arguments.iter().zip(given) {
        let value = match (value, &argument.default) {
            (Some(value), _) => value,
            (None, Some(default)) => exec::evaluate(cx, default, &Binds::default()).await?,
            (None, None) => Value::null(argument.sql_type),
        };
        arguments.push((argument.name.clone(), argument_value(cx, value, argument.sql_type).await?));
    }
    match code {
        Code::Sql(block) => scripting::run_procedure(cx, block, arguments).await,
        Code::JavaScript => {
            let value = javascript::run_body(cx, &callee.name, definition, arguments).await?;
            Ok((Returned::Value(value), Vec::new()))
        }
    }
}

/// A value as an argument of this type.
pub(crate) async fn argument_value(cx: &mut Context<'_>, value: Value, sql_type: SqlType) -> Result<Value> {
    // Lengths of texts are not part of an argument's type.
    let sql_type = if matches!(sql_type, SqlType::Varchar(_)) { SqlType::TEXT } else { sql_type };
    scripting::convert(cx, value, sql_type).await
}

/// Checks what came back against RETURNS.
pub(crate) async fn finish(
    cx: &mut Context<'_>,
    name: &str,
    returns: &Returns,
    not_null: bool,
    returned: Returned,
) -> Result<QueryResult> {
    let failed = |text: &str| SqlError::new(90236, "42601", format!("Stored procedure execution error: {text}"));
    let returned = match (returned, returns) {
        (Returned::Value(value), Returns::Scalar(declared)) => {
            if value.is_null() && not_null {
                return Err(failed(&format!("{name} returned NULL, but is declared NOT NULL.")));
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
            return Ok(QueryResult::texts(StatementType::Call, &[name], &[vec![None]]));
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
    scripting::result_of(returned, name, StatementType::Call)
}
