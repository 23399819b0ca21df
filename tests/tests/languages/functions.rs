//! Every function of the language on the engine: it is there, has the type that Rust says, and is NULL only where Rust says so.

use pipeline_tests::server::Engine;
use snowflake_connector_rs::{CellValue, ColumnType, DynamicRow, Session};

/// The language's own list of its functions, and of the calls with a NULL that are not NULL.
const FUNCTIONS: &str = include_str!(
    "../../../pipeline-dsl/src/expr/function/snapshots/pipeline_dsl__expr__function__tests__functions_and_their_types.snap"
);
const NEVER_NULL: &str = include_str!(
    "../../../pipeline-dsl/src/expr/function/snapshots/pipeline_dsl__expr__function__tests__functions_that_are_never_null.snap"
);

/// Calls that are refused whatever the row: a NULL where Snowflake wants a constant.
const REFUSED: &[&str] = &["NTILE(NULL) OVER (PARTITION BY 1 ORDER BY 2)"];

/// A line of the list: the call, its type, and whether it may be NULL.
fn parts(line: &str) -> (&str, &str, bool) {
    let (line, nullable) = match line.strip_suffix(", may be NULL") {
        Some(line) => (line, true),
        None => (line, false),
    };
    let (call, data_type) = line.rsplit_once(": ").expect("a call and its type");
    (call, data_type, nullable)
}

/// Whether a column is of the type; of numbers and texts the language only knows a bound of what the functions return.
fn is(found: &ColumnType, data_type: &str) -> bool {
    let (name, parameters) = data_type.split_once('(').unwrap_or((data_type, ""));
    match name {
        "NUMBER" => {
            let scale = parameters.trim_end_matches(')').split_once(',').expect("precision and scale").1;
            found.as_str() == "fixed" && found.scale().map(|scale| scale.to_string()).as_deref() == Some(scale)
        }
        "FLOAT" => found.as_str() == "real",
        "VARCHAR" => found.as_str() == "text",
        other => found.as_str() == other.to_ascii_lowercase(),
    }
}

async fn problem(session: &Session, line: &str) -> Option<String> {
    let (call, data_type, nullable) = parts(line);
    let result = match session.query(format!("SELECT {call} AS FOUND")).await {
        Ok(result) => result,
        Err(error) => return Some(error.to_string()),
    };
    let found = result.schema().columns()[0].ty().clone();
    if !is(&found, data_type) {
        return Some(format!("is {found}, not {data_type}"));
    }
    let rows: Vec<DynamicRow> = match result.collect().await {
        Ok(rows) => rows,
        Err(error) => return Some(error.to_string()),
    };
    let is_null = rows.iter().all(|row| matches!(row.values(), [CellValue::Null]));
    (is_null && !nullable).then(|| "is NULL".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_are_what_rust_says() {
    let engine = Engine::start(None).await;
    let session = engine.connect("ACCOUNTADMIN").await;
    let lines = [FUNCTIONS, NEVER_NULL].into_iter().flat_map(|snapshot| {
        let body = snapshot.splitn(3, "---\n").nth(2).expect("a body after the head of a snapshot");
        body.lines().filter(|line| !line.is_empty())
    });
    let mut problems = vec![];
    let mut count = 0;
    for line in lines {
        count += 1;
        if let Some(problem) = problem(&session, line).await
            && !REFUSED.contains(&parts(line).0)
        {
            problems.push(format!("{line}\n    {problem}"));
        }
    }
    engine.shutdown().await;
    assert!(count > 400, "{count} calls");
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}
