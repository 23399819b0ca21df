//! Examples of functions with their results, one a line in `examples/*.txt`: `expression => cells`.
//!
//! An expression stands for `SELECT expression`. Rows are separated by `;` and cells by `|`; what starts with `!` is a
//! part of an error's text.

use super::support::Sql;

async fn check(examples: &str) {
    const STATEMENTS: [&str; 7] = ["select", "create", "insert", "alter", "with", "truncate", "call"];
    let mut sql = Sql::new().await;
    let mut wrong = Vec::new();
    for line in examples.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (written, expected) = line.split_once(" => ").map_or((line, None), |(sql, found)| (sql, Some(found)));
        let first = written.split(' ').next().unwrap_or_default();
        let statement = if STATEMENTS.contains(&first) { written.to_owned() } else { format!("select {written}") };
        let found = match sql.try_run(&statement).await {
            Ok(_) if expected.is_none() => continue,
            Ok(result) => super::support::cells(&result).join(";"),
            Err(error) => format!("!{}", error.message.replace('\n', " ")),
        };
        let right = expected.is_some_and(|expected| match (expected.strip_prefix('!'), found.strip_prefix('!')) {
            (Some(expected), Some(found)) => found.contains(expected),
            _ => expected == found,
        });
        if !right {
            wrong.push(format!("{written}\n    expected {}\n    found    {found}", expected.unwrap_or("success")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

macro_rules! examples {
    ($($name:ident),+ $(,)?) => {
        $(
            #[tokio::test]
            async fn $name() {
                check(include_str!(concat!("examples/", stringify!($name), ".txt"))).await;
            }
        )+
    };
}

examples!(aggregate, conversion, datetime, javascript, lambda, numeric, string, types, variant);
