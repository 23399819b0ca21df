//! User-defined functions in SQL and JavaScript: their statements, and what a scripting body may hold. The planner puts the bodies in
//! place of the calls (`plan/user_function`).
//!
//! <https://docs.snowflake.com/en/developer-guide/udf/sql/udf-sql-introduction>

mod block;
mod ddl;
mod parser;

use crate::catalog::def::FunctionDef;
use crate::catalog::{Kind, Object};
use crate::exec::{Context, QueryResult};
use crate::parse::Cursor;
use crate::{Result, routine};

/// CREATE, ALTER, DROP, DESCRIBE FUNCTION and SHOW FUNCTIONS: `text` is the whole statement.
pub(crate) fn execute(cx: &mut Context<'_>, text: &str) -> Result<QueryResult> {
    let mut cursor = Cursor::new(text)?;
    match cursor.peek_word().as_deref() {
        Some("CREATE") => ddl::create(cx, parser::create(&mut cursor)?),
        Some("ALTER") => ddl::alter(cx, &mut cursor),
        Some("DROP") => routine::drop(cx, &mut cursor, Kind::Function),
        Some("DESCRIBE" | "DESC") => routine::describe(cx, &mut cursor, Kind::Function, properties),
        Some("SHOW") => routine::show(cx, &mut cursor, Kind::Function),
        _ => Err(cursor.unexpected()),
    }
}

/// The rows of DESCRIBE FUNCTION.
fn properties(function: &Object) -> Result<Vec<(&'static str, String)>> {
    let definition: FunctionDef = function.definition()?;
    let mut rows = routine::description(
        &definition.arguments,
        &definition.returns,
        definition.returns_not_null,
        definition.form.language(),
    );
    rows.push(("body", definition.body));
    Ok(rows)
}
