//! PROCEDURES and FUNCTIONS.

use crate::catalog::def::{Argument, FunctionDef, ProcedureDef, Returns};
use crate::catalog::{Kind, Object};
use crate::error::Result;
use crate::statement::{Context, QueryResult, Value};

use super::columns::Measures;
use super::{INSTANT, NUMBER, Rows, TEXT, inside, instant, optional, text, yes_no};

/// The columns that procedures and functions have alike, without the word they begin with.
fn cells(
    cx: &Context<'_>,
    database: &Object,
    schema: String,
    routine: &Object,
    arguments: &[Argument],
    returns: &Returns,
    body: String,
) -> Result<Vec<(&'static str, Value)>> {
    let arguments: Vec<String> =
        arguments.iter().map(|argument| format!("{} {}", argument.name, argument.sql_type.family())).collect();
    let (data_type, measures) = match returns {
        Returns::Scalar(sql_type) => (sql_type.to_string(), Measures::of(*sql_type)),
        Returns::Table(_) => ("TABLE".to_owned(), Measures::default()),
    };
    let mut cells = vec![
        ("CATALOG", text(database.name.clone())),
        ("SCHEMA", text(schema)),
        ("NAME", text(routine.name.clone())),
        ("OWNER", text(routine.owner.clone())),
        ("ARGUMENT_SIGNATURE", text(format!("({})", arguments.join(", ")))),
        ("DATA_TYPE", text(data_type)),
        ("DEFINITION", if cx.owns(routine)? { text(body) } else { Value::null(TEXT) }),
        ("CREATED", instant(routine.created_at)),
        ("LAST_ALTERED", instant(routine.created_at)),
        ("COMMENT", optional(&routine.comment)),
    ];
    cells.extend(measures.cells());
    Ok(cells)
}

/// Puts the word before the names that have it.
fn add(rows: &mut Rows, word: &str, cells: Vec<(&'static str, Value)>) {
    const OWN: [&str; 6] = ["CATALOG", "SCHEMA", "NAME", "OWNER", "DEFINITION", "LANGUAGE"];
    let named: Vec<(String, Value)> = cells
        .into_iter()
        .map(|(name, value)| (if OWN.contains(&name) { format!("{word}_{name}") } else { name.to_owned() }, value))
        .collect();
    let cells: Vec<(&str, Value)> = named.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    rows.add(&cells);
}

pub(super) fn procedures(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("PROCEDURE_CATALOG", TEXT),
        ("PROCEDURE_SCHEMA", TEXT),
        ("PROCEDURE_NAME", TEXT),
        ("PROCEDURE_OWNER", TEXT),
        ("ARGUMENT_SIGNATURE", TEXT),
        ("DATA_TYPE", TEXT),
        ("CHARACTER_MAXIMUM_LENGTH", NUMBER),
        ("CHARACTER_OCTET_LENGTH", NUMBER),
        ("NUMERIC_PRECISION", NUMBER),
        ("NUMERIC_PRECISION_RADIX", NUMBER),
        ("NUMERIC_SCALE", NUMBER),
        ("PROCEDURE_LANGUAGE", TEXT),
        ("PROCEDURE_DEFINITION", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
        ("COMMENT", TEXT),
        ("EXTERNAL_ACCESS_INTEGRATIONS", TEXT),
        ("SECRETS", TEXT),
    ]);
    for (schema, procedure) in inside(cx, database, Kind::Procedure)? {
        let def: ProcedureDef = procedure.definition()?;
        let mut cells = cells(cx, database, schema, &procedure, &def.arguments, &def.returns, def.body)?;
        cells.push(("LANGUAGE", text(def.language)));
        add(&mut rows, "PROCEDURE", cells);
    }
    rows.finish()
}

pub(super) fn functions(cx: &Context<'_>, database: &Object) -> Result<QueryResult> {
    let mut rows = Rows::new(&[
        ("FUNCTION_CATALOG", TEXT),
        ("FUNCTION_SCHEMA", TEXT),
        ("FUNCTION_NAME", TEXT),
        ("FUNCTION_OWNER", TEXT),
        ("ARGUMENT_SIGNATURE", TEXT),
        ("DATA_TYPE", TEXT),
        ("CHARACTER_MAXIMUM_LENGTH", NUMBER),
        ("CHARACTER_OCTET_LENGTH", NUMBER),
        ("NUMERIC_PRECISION", NUMBER),
        ("NUMERIC_PRECISION_RADIX", NUMBER),
        ("NUMERIC_SCALE", NUMBER),
        ("FUNCTION_LANGUAGE", TEXT),
        ("FUNCTION_DEFINITION", TEXT),
        ("VOLATILITY", TEXT),
        ("IS_NULL_CALL", TEXT),
        ("IS_SECURE", TEXT),
        ("CREATED", INSTANT),
        ("LAST_ALTERED", INSTANT),
        ("COMMENT", TEXT),
        ("IS_EXTERNAL", TEXT),
        ("API_INTEGRATION", TEXT),
        ("CONTEXT_HEADERS", TEXT),
        ("MAX_BATCH_ROWS", NUMBER),
        ("COMPRESSION", TEXT),
        ("PACKAGES", TEXT),
        ("RUNTIME_VERSION", TEXT),
        ("INSTALLED_PACKAGES", TEXT),
        ("IS_MEMOIZABLE", TEXT),
    ]);
    for (schema, function) in inside(cx, database, Kind::Function)? {
        let def: FunctionDef = function.definition()?;
        let mut cells = cells(cx, database, schema, &function, &def.arguments, &def.returns, def.body)?;
        cells.extend([
            ("LANGUAGE", text(def.form.language())),
            ("VOLATILITY", text(if def.immutable { "IMMUTABLE" } else { "VOLATILE" })),
            ("IS_NULL_CALL", yes_no(!def.strict)),
            ("IS_SECURE", yes_no(def.secure)),
            ("IS_EXTERNAL", yes_no(false)),
            ("IS_MEMOIZABLE", yes_no(def.memoizable)),
        ]);
        add(&mut rows, "FUNCTION", cells);
    }
    rows.finish()
}
