//! All SQL that is generated: the examples' scripts, the snapshots of the language's own tests, and the procedures of the cases
//! here. sqlparser parses it, as far as it knows Snowflake's statements; what it does not know is listed.
//!
//! With `GENERATED=<directory>` the test also writes it there for other parsers: see `scripts/check_sql.sh` and
//! `scripts/check_javascript.sh`.

mod pieces;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pieces::Piece;
use pipeline_dsl::object::Language;
use sqlparser::dialect::SnowflakeDialect;
use sqlparser::parser::Parser;

use crate::support;

/// What statements begin with that sqlparser does not know, at least with some of their options. What a procedure or task does
/// is parsed nevertheless.
const UNKNOWN: &[&str] = &[
    "ALTER TASK",
    "CREATE NOTIFICATION INTEGRATION",
    "CREATE OR REPLACE PROCEDURE",
    "CREATE ROLE",
    "CREATE SCHEMA",
    "CREATE STREAM",
    "CREATE TASK",
    "CREATE TRANSIENT SCHEMA",
    "CREATE WAREHOUSE",
    "DESCRIBE INTEGRATION",
    "DROP INTEGRATION",
    "DROP TASK",
    "DROP WAREHOUSE",
    "GRANT",
];

/// Snapshots that are not SQL.
const OTHER: &[&str] = &["bodies__procedures_know_what_they_touch", "scripts__04_load_errors_"];

/// What there is, by name.
#[derive(Default)]
struct Generated {
    scripts: BTreeMap<String, String>,
    bodies: BTreeMap<String, String>,
    javascript: BTreeMap<String, String>,
}

impl Generated {
    fn all() -> Self {
        let mut all = Self::default();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for example in ["cba", "customer_dimension", "task_graph"] {
            for path in files(&root.join("examples").join(example).join("sql"), "sql") {
                all.scripts.insert(format!("{example}_{}", stem(&path)), read(&path));
            }
        }
        for path in files(&root.join("pipeline-dsl/tests/snapshots"), "snap") {
            all.snapshot(&stem(&path), &read(&path));
        }
        for node in crate::all_cases().map(|case| case.procedure()) {
            all.scripts.insert(format!("case_{}", node.name), format!("{};", support::create(node, Language::Sql)));
            all.javascript.insert(format!("case_{}", node.name), support::text(node, Language::JavaScript));
        }
        for (name, script) in &all.scripts {
            for (number, body) in pieces::statements(script).iter().filter_map(|text| pieces::body(text)).enumerate() {
                all.bodies.insert(format!("{name}_{number}"), body);
            }
        }
        all
    }

    fn snapshot(&mut self, name: &str, text: &str) {
        let mut parts = text.splitn(3, "---\n");
        let (header, content) = (parts.nth(1).unwrap_or_default(), parts.next().unwrap_or_default());
        let (sql, javascript) = content.split_once("\n//// JavaScript\n").unwrap_or((content, ""));
        if !javascript.is_empty() {
            self.javascript.insert(name.to_owned(), javascript.to_owned());
        }
        let name = name.to_owned();
        match sql.split_whitespace().next().unwrap_or_default() {
            _ if header.contains("js::<") => drop(self.javascript.insert(name, sql.to_owned())),
            _ if OTHER.iter().any(|other| name.starts_with(other)) => {}
            "DECLARE" | "BEGIN" => drop(self.bodies.insert(name, sql.to_owned())),
            // Queries with an empty line between them.
            "SELECT" | "WITH" => drop(self.scripts.insert(name, sql.trim().replace("\n\n", ";\n\n"))),
            // One statement in each line.
            "GRANT" => drop(self.scripts.insert(name, sql.trim().replace('\n', ";\n"))),
            _ => drop(self.scripts.insert(name, without_file_names(sql))),
        }
    }

    fn write(&self, directory: &Path) {
        let [javascript, statements] = ["javascript", "statements"].map(|kind| directory.join(kind));
        for directory in [&javascript, &statements] {
            std::fs::create_dir_all(directory).expect("a directory");
        }
        for (name, body) in &self.javascript {
            // `return` may only stand in a function.
            let text = format!("function body() {{\n{body}\n}}\n");
            std::fs::write(javascript.join(format!("{name}.js")), text).expect("a file");
        }
        for (number, piece) in self.pieces().into_iter().enumerate() {
            let text = match piece {
                Piece::Statement(text) => text,
                Piece::Expression(text) => format!("SELECT {text}"),
                Piece::Type(text) => format!("SELECT CAST(NULL AS {text})"),
            };
            std::fs::write(statements.join(format!("{number:05}.sql")), text + ";\n").expect("a file");
        }
    }

    /// Everything that can be parsed by itself, each text once.
    fn pieces(&self) -> BTreeSet<Piece> {
        let statements = self
            .scripts
            .values()
            .flat_map(|script| pieces::statements(script))
            .flat_map(|statement| pieces::parts(&statement));
        statements.chain(self.bodies.values().flat_map(|body| pieces::pieces(body))).collect()
    }
}

/// Without the lines that say which file follows.
fn without_file_names(text: &str) -> String {
    let is_name = |line: &str| line.starts_with(|first: char| first.is_ascii_digit()) && line.ends_with(".sql");
    text.lines().filter(|line| !is_name(line)).collect::<Vec<_>>().join("\n")
}

fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What sqlparser says against the piece.
fn mistake(piece: &Piece) -> Option<String> {
    let dialect = SnowflakeDialect {};
    let text = match piece {
        Piece::Statement(text) | Piece::Expression(text) | Piece::Type(text) => text,
    };
    let parser = || Parser::new(&dialect).try_with_sql(text);
    let outcome = match piece {
        Piece::Statement(_) => parser().and_then(|mut parser| parser.parse_statements()).map(|found| found.len() == 1),
        Piece::Expression(_) => parser().and_then(|mut parser| parser.parse_expr().map(|_| at_end(&parser))),
        Piece::Type(_) => parser().and_then(|mut parser| parser.parse_data_type().map(|_| at_end(&parser))),
    };
    match outcome {
        Ok(true) => None,
        Ok(false) => Some("there is more than one".to_owned()),
        Err(error) => Some(error.to_string()),
    }
}

fn at_end(parser: &Parser<'_>) -> bool {
    parser.peek_token().token == sqlparser::tokenizer::Token::EOF
}

#[test]
fn generated_sql_parses() {
    let all = Generated::all();
    if let Some(directory) = std::env::var_os("GENERATED") {
        all.write(Path::new(&directory));
    }
    let mut mistakes = vec![];
    let mut unknown = BTreeSet::new();
    for piece in all.pieces() {
        let Some(mistake) = mistake(&piece) else { continue };
        let begins = |start: &&&str| matches!(&piece, Piece::Statement(text) if text.starts_with(**start));
        match UNKNOWN.iter().find(begins) {
            Some(start) => drop(unknown.insert(*start)),
            None => mistakes.push(format!("{mistake}\n{piece:?}")),
        }
    }
    assert!(mistakes.is_empty(), "{} of them:\n{}", mistakes.len(), mistakes.join("\n\n"));
    let known: Vec<_> = UNKNOWN.iter().filter(|start| !unknown.contains(**start)).collect();
    assert!(known.is_empty(), "sqlparser knows these, or they are not generated any more: {known:?}");
}
