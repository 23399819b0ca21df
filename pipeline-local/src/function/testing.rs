//! Evaluates expressions through DataFusion, for the tests of the families.

use datafusion::config::ConfigOptions;
use datafusion::prelude::{SessionConfig, SessionContext};

use super::cast_udf::cast_udf;
use super::datum::{self, Datum};
use super::{Settings, aggregates, cast, scalars, sql_error};
use crate::types::SqlType;

/// Casts are functions here, as DataFusion's SQL knows none of Snowflake's types.
const CASTS: &[(&str, &str)] = &[
    ("T_INT", "NUMBER(38,0)"),
    ("T_NUM", "NUMBER(10,2)"),
    ("T_FLOAT", "FLOAT"),
    ("T_TEXT", "VARCHAR(16777216)"),
    ("T_BOOL", "BOOLEAN"),
    ("T_DATE", "DATE"),
    ("T_TIME", "TIME(9)"),
    ("T_NTZ", "TIMESTAMP_NTZ(9)"),
    ("T_LTZ", "TIMESTAMP_LTZ(9)"),
    ("T_TZ", "TIMESTAMP_TZ(9)"),
    ("T_VARIANT", "VARIANT"),
    ("T_BINARY", "BINARY(8388608)"),
    ("T_INTS", "ARRAY(NUMBER(38,0))"),
    ("T_CITY", "OBJECT(city VARCHAR(16777216), zip NUMBER(5,0) NOT NULL)"),
    ("T_MAP", "MAP(VARCHAR(16777216), NUMBER(38,0))"),
    ("T_VECTOR", "VECTOR(FLOAT, 3)"),
];

fn context() -> SessionContext {
    let mut options = ConfigOptions::new();
    options.sql_parser.enable_ident_normalization = false;
    options.sql_parser.parse_float_as_decimal = true;
    options.sql_parser.map_string_types_to_utf8view = false;
    let settings = Settings::in_zone(chrono_tz::Europe::Berlin);
    options.extensions.insert(settings);
    let context = SessionContext::new_with_config(SessionConfig::from(options));
    let register = |name: &str, udf: &datafusion::logical_expr::ScalarUDF| {
        assert_eq!(udf.name(), name);
        context.register_udf(udf.clone());
    };
    for (name, udf) in scalars() {
        register(name, &udf);
    }
    for (name, udaf) in aggregates() {
        assert_eq!(udaf.name(), name);
        context.register_udaf(udaf.as_ref().clone());
    }
    for (name, sql_type) in CASTS {
        let udf = cast_udf(SqlType::parse_ddl(sql_type).unwrap(), false);
        context.register_udf(udf.as_ref().clone().with_aliases([*name]));
        let udf = cast_udf(SqlType::parse_ddl(sql_type).unwrap(), true);
        context.register_udf(udf.as_ref().clone().with_aliases([name.replacen('T', "TRY", 1).leak() as &'static str]));
    }
    context
}

fn show(datum: &Datum) -> String {
    match datum {
        Datum::Null => "NULL".to_owned(),
        other => cast::text_of(other, chrono_tz::Europe::Berlin),
    }
}

async fn run(context: &SessionContext, sql: &str) -> datafusion::error::Result<(SqlType, Vec<Datum>)> {
    // DataFusion would lower the case of a bare name.
    let names = regex::Regex::new(r"\b([A-Z][A-Z0-9_]*)\(").unwrap();
    let frame = context.sql(&names.replace_all(sql, "\"$1\"(")).await?;
    let sql_type = SqlType::of(frame.schema().field(0));
    let batches = frame.collect().await?;
    let read = |batch: &datafusion::arrow::array::RecordBatch| -> Vec<Datum> {
        (0..batch.num_rows()).map(|row| datum::read(batch.column(0), row).unwrap()).collect()
    };
    Ok((sql_type, batches.iter().flat_map(read).collect()))
}

/// Checks statements of one result column: the values' texts by commas, or an error's code and text. An expectation
/// that starts with a type name and `|` checks the type too.
#[track_caller]
pub(super) fn check_queries(cases: &[(&str, &str)]) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut wrong = Vec::new();
    for (sql, expected) in cases {
        // Each statement has settings of its own, in which functions count.
        let got = runtime.block_on(run(&context(), sql));
        let got = match got {
            Ok((sql_type, values)) => {
                let texts: Vec<String> = values.iter().map(show).collect();
                let texts = texts.join(",");
                if expected.contains('|') { format!("{sql_type}|{texts}") } else { texts }
            }
            Err(error) => match sql_error(&error) {
                Some(found) => format!("{} {}", found.code_text(), found.message),
                None => format!("not an SQL error: {error}"),
            },
        };
        if got != *expected {
            wrong.push(format!("{sql}\n    expected {expected}\n    got      {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Checks expressions; see [`check_queries`].
#[track_caller]
pub(super) fn check(cases: &[(&str, &str)]) {
    let queries: Vec<(String, &str)> =
        cases.iter().map(|(expression, expected)| (format!("SELECT {expression}"), *expected)).collect();
    let queries: Vec<(&str, &str)> = queries.iter().map(|(sql, expected)| (sql.as_str(), *expected)).collect();
    check_queries(&queries);
}
