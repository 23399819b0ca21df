//! Random expressions and queries, made with the language's own functions.
//!
//! Their SQL parses and runs, the columns have the types that Rust says, and in a procedure of either language the expressions
//! have the values that a query gives them.

mod expressions;
mod queries;

use pipeline_dsl::body::{Body, Name, bind, build, ret, to_js, to_sql};
use pipeline_dsl::expr::IntoExpr;
use pipeline_dsl::expr::function::{any_value, object, pair, to_varchar};
use pipeline_dsl::prelude::*;
use pipeline_dsl::query::reading;
use pipeline_dsl::types::{DataType, SqlType};
use pipeline_tests::server::{Engine, rows};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRng, TestRunner};
use snowflake_connector_rs::{ColumnType, Session};
use sqlparser::dialect::SnowflakeDialect;
use sqlparser::parser::Parser;

use crate::tables::Mart;
use expressions::{Any, Leaves, Tape, with_any};

/// How many expressions are tried in one statement.
const COLUMNS: usize = 12;
const NAMES: [&str; COLUMNS] = ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12"];

/// What the expressions are about.
#[table(schema = Mart)]
pub struct Cells {
    pub id: Integer,
    pub whole: Option<Integer>,
    pub price: Option<Number<38, 2>>,
    pub ratio: Option<Float>,
    pub label: Option<Varchar>,
    pub flag: Option<Boolean>,
    pub day: Option<Date>,
    pub at: Option<TimestampNtz>,
}

const ROWS: &str = "INSERT INTO LAB.MART.CELLS VALUES
    (1, 5, 12.50, 0.1, 'it''s a \\\\ $$ 🐘', TRUE, '2024-02-29', '2026-01-02 03:04:05.678901'),
    (2, -9007199254740993, -0.01, -1.5, '', FALSE, '1969-12-31', '1969-12-31 23:59:59.999999'),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, 0, 99999999999999.99, 0, 'a \"b\"\\n', TRUE, '2026-06-30', '2026-06-30 00:00:00')";

/// Runs `check` with random tapes, `cases` of them unless the environment says otherwise.
fn with_tapes(
    cases: u32,
    length: usize,
    check: impl Fn(&Session, &tokio::runtime::Runtime, &[u8]) -> Result<(), String>,
) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let engine = runtime.block_on(Engine::start(None));
    let session = runtime.block_on(async {
        let session = engine.connect("ACCOUNTADMIN").await;
        for statement in ["CREATE DATABASE LAB", "CREATE SCHEMA LAB.MART", &Cells::NODE.get().create(), ROWS] {
            rows(&session, statement).await;
        }
        session
    });
    // The same tapes every time, so that a test does not fail now and then; others, and as many as asked for, with
    // `PROPTEST_CASES=1000`.
    let config = Config { source_file: Some(file!()), ..Config::default() };
    let mut runner = if std::env::var_os("PROPTEST_CASES").is_some() {
        TestRunner::new(config)
    } else {
        let random = TestRng::deterministic_rng(config.rng_algorithm);
        TestRunner::new_with_rng(Config { cases, ..config }, random)
    };
    let outcome = runner.run(&proptest::collection::vec(any::<u8>(), length), |tape| {
        check(&session, &runtime, &tape).map_err(TestCaseError::fail)
    });
    runtime.block_on(engine.shutdown());
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, tape)) => panic!("{reason}\nfrom {tape:?}"),
        Err(error) => panic!("{error}"),
    }
}

/// Whether a column of the result has the type that Rust says. DataType does not know the precision of numbers and the length of
/// texts exactly, only that they suffice.
fn same_type(found: &ColumnType, expected: DataType) -> bool {
    match expected {
        DataType::Number { scale, .. } => found.as_str() == "fixed" && found.scale() == Some(scale),
        DataType::Float => found.as_str() == "real",
        DataType::Varchar { .. } => found.as_str() == "text",
        other => found.as_str() == other.name().to_ascii_lowercase(),
    }
}

#[test]
fn queries_have_the_types_that_rust_says() {
    with_tapes(40, 250, |session, runtime, tape| {
        let (sql, types) = queries::query(tape);
        Parser::parse_sql(&SnowflakeDialect {}, &sql).map_err(|error| format!("{error}\n{sql}"))?;
        runtime.block_on(async {
            let result = session.query(sql.clone()).await.map_err(|error| format!("{error}\n{sql}"))?;
            let found: Vec<_> = result.schema().columns().iter().map(|column| column.ty().clone()).collect();
            for (index, (found, expected)) in found.iter().zip(&types).enumerate() {
                if !same_type(found, *expected) {
                    return Err(format!("column {} is {found}, not {expected}\n{sql}", index + 1));
                }
            }
            let rows = result.collect_table().await.map_err(|error| format!("{error}\n{sql}"))?;
            if found.len() == types.len() && rows.row_count() <= 8 { Ok(()) } else { Err(format!("odd\n{sql}")) }
        })
    });
}

/// A body that computes the expressions with variables of the row with this number, and returns them as text.
fn body(tape: &[u8], id: i32) -> Body {
    let name = |text| Name { text, mutable: false };
    build(|| {
        let cells = reading::<Cells>();
        let (whole, price, ratio, label, flag, day, at) = bind(
            &["whole", "price", "ratio", "label", "flag", "day", "at"].map(name),
            cells.filter(|row| pipeline_dsl::expr::operator::eq(row.id, id)).aggregate(|row| {
                (
                    any_value(row.whole),
                    any_value(row.price),
                    any_value(row.ratio),
                    any_value(row.label),
                    any_value(row.flag),
                    any_value(row.day),
                    any_value(row.at),
                )
            }),
        );
        let leaves = Leaves {
            whole: whole.into_expr(),
            price: price.into_expr(),
            ratio: ratio.into_expr(),
            label: label.into_expr(),
            flag: flag.into_expr(),
            day: day.into_expr(),
            at: at.into_expr(),
        };
        let mut tape = Tape::new(tape);
        let pairs: Vec<_> = NAMES
            .iter()
            .map(|column| {
                with_any!(Any::of(&leaves, &mut tape), value => {
                    let variable = bind(&[name("found")], value);
                    pair(column, to_varchar(variable))
                })
            })
            .collect();
        let pairs: [_; COLUMNS] = pairs.try_into().unwrap_or_else(|_| unreachable!("as many as there are names"));
        ret::<Variant, _>(object(pairs));
    })
}

/// The same expressions in a query, also as text.
fn query_of(tape: &[u8], id: i32) -> String {
    let body = build(|| {
        let cells = reading::<Cells>();
        let found = cells.filter(|row| pipeline_dsl::expr::operator::eq(row.id, id)).aggregate(|row| {
            let leaves = queries::leaves(*row);
            let mut tape = Tape::new(tape);
            let pairs: Vec<_> = NAMES
                .iter()
                .map(|column| with_any!(Any::of(&leaves, &mut tape), value => pair(column, to_varchar(value))))
                .collect();
            let pairs: [_; COLUMNS] = pairs.try_into().unwrap_or_else(|_| unreachable!("as many as there are names"));
            any_value(object(pairs))
        });
        let found = bind(&[Name { text: "found", mutable: false }], found);
        ret::<Option<ObjectValue>, _>(found);
    });
    to_sql(&body)
}

#[test]
fn expressions_have_one_value_in_both_languages() {
    with_tapes(8, 250, |session, runtime, tape| {
        for id in 1..=4 {
            let query = query_of(tape, id);
            let body = body(tape, id);
            let (sql, javascript) = (to_sql(&body), to_js(&body, Variant::DATA_TYPE));
            let seen: Result<Vec<_>, String> = [("SQL", &query), ("SQL", &sql), ("JAVASCRIPT", &javascript)]
                .into_iter()
                .map(|(language, text)| {
                    let create = format!(
                        "CREATE OR REPLACE PROCEDURE LAB.MART.P() RETURNS VARIANT LANGUAGE {language} AS $$\n{text}\n$$"
                    );
                    runtime
                        .block_on(async {
                            rows(session, &create).await;
                            pipeline_tests::server::try_rows(session, "CALL LAB.MART.P()").await
                        })
                        .map_err(|error| format!("{error}\n{text}"))
                })
                .collect();
            // JavaScript binds -0 as 0.
            let seen: Vec<_> = seen?.iter().map(|rows| rows.concat().concat().replace(r#""-0""#, r#""0""#)).collect();
            if seen[0] != seen[1] || seen[0] != seen[2] {
                return Err(format!(
                    "in a query {}\nin SQL {}\nin JavaScript {}\n{sql}\n{javascript}",
                    seen[0], seen[1], seen[2]
                ));
            }
        }
        Ok(())
    });
}
