//! Runs one procedure in both languages from the same start, and writes down what there is to see.

use std::collections::BTreeSet;
use std::fmt::Write;

use pipeline_dsl::node::{Node, NodeRef, Procedure};
use pipeline_dsl::object::{Definition, Language, ProcedureDef};
use pipeline_tests::server::{Engine, rows, try_rows};
use snowflake_connector_rs::{Error, Session};

use crate::tables;

/// A procedure, declared once, and what is done with it.
pub struct Case {
    procedure: NodeRef,
    /// Whether the tables hold rows at the start, and the streams changes.
    filled: bool,
    /// Statements in the procedure's schema. What CALL and SELECT give is compared.
    steps: &'static [&'static str],
}

impl Case {
    /// The procedure.
    pub fn procedure(&self) -> &'static Node {
        self.procedure.get()
    }
}

/// A procedure that finds the rows of [`tables`].
pub const fn case<P: Procedure>(steps: &'static [&'static str]) -> Case {
    Case { procedure: P::NODE, filled: true, steps }
}

/// A procedure that finds empty tables.
pub const fn empty<P: Procedure>(steps: &'static [&'static str]) -> Case {
    Case { procedure: P::NODE, filled: false, steps }
}

/// Runs the cases in both languages, compares, and gives what was seen.
pub async fn compare(cases: &[Case]) -> String {
    let (sql, javascript) = tokio::join!(all(cases, Language::Sql), all(cases, Language::JavaScript));
    let mut differences = String::new();
    for (sql, javascript) in sql.iter().zip(&javascript) {
        if sql != javascript {
            let _ = writeln!(differences, "---- in SQL\n{sql}\n---- in JavaScript\n{javascript}");
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
    sql.join("\n")
}

/// Runs the cases in one language, and gives what was seen of each.
pub async fn all(cases: &[Case], language: Language) -> Vec<String> {
    let engine = Engine::start(None).await;
    let session = engine.connect("ACCOUNTADMIN").await;
    let mut seen = vec![];
    for case in cases {
        seen.push(run(&session, case, language).await);
    }
    engine.shutdown().await;
    seen
}

async fn run(session: &Session, case: &Case, language: Language) -> String {
    let node = case.procedure();
    let procedure = definition(node);
    let touched = touched(procedure);
    start(session, case, &touched).await;
    for called in procedure.calls {
        rows(session, &called.get().create()).await;
    }
    rows(session, &create(node, language)).await;

    let mut seen = format!("{}\n", node.name);
    for step in case.steps {
        let mut outcome = try_rows(session, step).await;
        // What JavaScript returns as text becomes what the procedure is declared to return.
        if step.starts_with("CALL") && outcome.is_ok() {
            let look =
                format!("SELECT CAST({} AS {}) FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))", node.name, procedure.returns);
            outcome = Ok(rows(session, &look).await);
        }
        if step.starts_with("CALL") || step.starts_with("SELECT") {
            let outcome = match outcome {
                Ok(found) => lines(found),
                Err(error) => vec![failure(&error)],
            };
            let _ = writeln!(seen, "    {step}\n        {}", outcome.join("\n        "));
        } else {
            outcome.unwrap_or_else(|error| panic!("{}: {error}\n{step}", node.name));
        }
    }
    let written: Vec<_> = procedure.writes.iter().map(|access| access.object.get().qualified_name()).collect();
    let (streams, others): (Vec<_>, Vec<_>) =
        touched.into_iter().partition(|node| matches!(node.definition, Definition::Stream(_)));
    for object in others.into_iter().chain(streams) {
        let name = object.qualified_name();
        match &object.definition {
            Definition::Stream(_) => {
                let look = format!("SELECT * EXCLUDE (METADATA$ROW_ID), SYSTEM$STREAM_HAS_DATA('{name}') FROM {name}");
                look_at(session, &look, object, &mut seen).await;
            }
            Definition::Table(_) if written.contains(&name) => {
                look_at(session, &format!("SELECT * FROM {name}"), object, &mut seen).await;
            }
            _ => {}
        }
    }
    seen
}

async fn look_at(session: &Session, look: &str, object: &Node, seen: &mut String) {
    let found = lines(rows(session, look).await);
    let found = if found.is_empty() { "nothing".to_owned() } else { found.join("\n        ") };
    let _ = writeln!(seen, "    in {}\n        {found}", object.name);
}

/// Rows as text, sorted; identifiers that are made by chance are left out.
fn lines(rows: Vec<Vec<String>>) -> Vec<String> {
    let mut lines: Vec<_> = rows.iter().map(|row| without_ids(&row.join(" | ").replace('\n', "\\n"))).collect();
    lines.sort();
    lines
}

/// The text with `<uuid>` for what looks like one.
fn without_ids(text: &str) -> String {
    const LENGTH: usize = 36;
    let is_id = |part: &str| {
        part.char_indices()
            .all(|(index, c)| if [8, 13, 18, 23].contains(&index) { c == '-' } else { c.is_ascii_hexdigit() })
    };
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match rest.get(..LENGTH) {
            Some(part) if is_id(part) => {
                out.push_str("<uuid>");
                rest = &rest[LENGTH..];
            }
            _ => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// What went wrong, without what Snowflake writes around it: in Snowflake Scripting the kind of the error and its place, in
/// JavaScript the script's line and its stack. The number in front of the whole is that of the error in Snowflake Scripting,
/// but that of all errors of scripts in JavaScript.
fn failure(error: &Error) -> String {
    let text = error.to_string();
    let text = text.split_once(": ").map_or(&*text, |(_, rest)| rest);
    let text = text.rsplit_once(" (query id").map_or(text, |(rest, _)| rest);
    let text = match text.strip_prefix("JavaScript execution error: Uncaught ") {
        Some(rest) => rest.split_once(" at '").and_then(|(rest, _)| rest.rsplit_once(" in ")).expect("the place").0,
        None if text.starts_with("Uncaught exception") => text.split_once(" : ").map_or("", |(_, rest)| rest),
        None => text,
    };
    format!("failed: {}", text.trim_start_matches("Error").trim_start_matches(": ").replace('\n', "\\n"))
}

fn definition(node: &Node) -> &ProcedureDef {
    let Definition::Procedure(procedure) = &node.definition else { panic!("{} is no procedure", node.rust_name) };
    procedure
}

/// The procedure in a language, whichever it was declared in.
pub fn create(node: &Node, language: Language) -> String {
    let definition = Definition::Procedure(ProcedureDef { language, ..*definition(node) });
    Node { definition, ..*node }.create()
}

/// Its body alone.
pub fn text(node: &Node, language: Language) -> String {
    ProcedureDef { language, ..*definition(node) }.text()
}

/// The tables, views and streams of the procedure, each after what it reads.
fn touched(procedure: &ProcedureDef) -> Vec<&'static Node> {
    let mut touched = vec![];
    for object in procedure.reads.iter().copied().chain(procedure.writes.iter().map(|access| access.object)) {
        add(object.get(), &mut touched);
    }
    touched
}

fn add(node: &'static Node, touched: &mut Vec<&'static Node>) {
    match &node.definition {
        // What is temporary, the procedure makes itself.
        Definition::Table(table) if table.temporary => return,
        Definition::Stream(stream) => add(stream.source.get(), touched),
        Definition::View(view) => view.reads.iter().for_each(|read| add(read.get(), touched)),
        _ => {}
    }
    if touched.iter().all(|known| known.qualified_name() != node.qualified_name()) {
        touched.push(node);
    }
}

/// Makes the objects anew.
async fn start(session: &Session, case: &Case, touched: &[&'static Node]) {
    let mut made = BTreeSet::new();
    for node in touched.iter().copied().chain([case.procedure()]) {
        let schema = node.schema().expect("tables, streams and procedures live in schemas");
        let database = schema.parent.expect("a schema lives in a database").get();
        if made.insert(database.qualified_name()) {
            rows(session, &format!("DROP DATABASE IF EXISTS {}", database.qualified_name())).await;
            rows(session, &database.create()).await;
        }
        if made.insert(schema.qualified_name()) {
            rows(session, &schema.create()).await;
        }
    }
    let schema = case.procedure().schema().expect("a procedure lives in a schema");
    rows(session, &format!("USE SCHEMA {}", schema.qualified_name())).await;
    for node in touched {
        rows(session, &node.create()).await;
        if case.filled && matches!(node.definition, Definition::Table(_)) {
            for statement in tables::rows(node.name) {
                rows(session, statement).await;
            }
        }
    }
    if case.filled && touched.iter().any(|node| matches!(node.definition, Definition::Stream(_))) {
        for statement in touched.iter().flat_map(|node| tables::changes(node.name)) {
            rows(session, statement).await;
        }
    }
}
