mod calls;
mod errors;
mod values;

use std::sync::Arc;

use datafusion::common::ScalarValue;

use crate::clock::Clock;
use crate::engine::{Engine, EngineConfig};
use crate::exec::{self, Binds, Context, QueryResult};
use crate::session::Session;
use crate::{Result, SqlError};

struct Bench {
    engine: Arc<Engine>,
    session: Session,
}

impl Bench {
    /// Database, schema, and what the bodies use.
    async fn new() -> Self {
        let engine = Engine::open(EngineConfig { clock: Clock::manual(0), ..EngineConfig::default() }).unwrap();
        let mut bench = Self { engine, session: Session::new(1, "ADMIN", "ACCOUNTADMIN") };
        for sql in [
            "CREATE DATABASE d",
            "USE SCHEMA d.public",
            "ALTER SESSION SET TIMEZONE = 'Europe/Berlin'",
            "CREATE TABLE t (id NUMBER(10,0) NOT NULL, \"lower\" VARCHAR, price NUMBER(10,2))",
            "INSERT INTO t VALUES (1, 'a', 1.5), (2, NULL, NULL)",
            "CREATE TABLE log (text VARCHAR)",
        ] {
            bench.run(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
        bench
    }

    async fn run(&mut self, sql: &str) -> Result<QueryResult> {
        let mut cx = Context::new(&self.engine, &mut self.session, "test", 0);
        exec::execute(&mut cx, sql, &Binds::none()).await
    }

    /// The only cell of a result, as text.
    async fn cell(&mut self, sql: &str) -> std::result::Result<String, SqlError> {
        let result = self.run(sql).await?;
        assert_eq!((result.columns.len(), result.row_count()), (1, 1), "{sql}");
        let value = result.value(0, 0).unwrap().unwrap();
        Ok(match value.scalar {
            scalar if scalar.is_null() => "NULL".to_owned(),
            ScalarValue::Utf8(Some(text)) | ScalarValue::LargeUtf8(Some(text)) => text,
            ScalarValue::Boolean(Some(value)) => value.to_string(),
            ScalarValue::Float64(Some(value)) => value.to_string(),
            ScalarValue::Decimal128(Some(value), _, 0) => value.to_string(),
            other => other.to_string(),
        })
    }

    /// What a body without arguments returns, or the text of its error.
    async fn body(&mut self, returns: &str, body: &str) -> std::result::Result<String, SqlError> {
        self.run(&format!("CREATE OR REPLACE PROCEDURE p() RETURNS {returns} LANGUAGE JAVASCRIPT AS $${body}$$"))
            .await
            .unwrap_or_else(|error| panic!("{body}: {error}"));
        self.cell("CALL p()").await
    }

    /// Runs bodies that return text.
    async fn texts(&mut self, cases: &[(&str, &str)]) {
        let mut wrong = Vec::new();
        for (body, expected) in cases {
            match self.body("VARCHAR", body).await {
                Ok(got) if got == *expected => {}
                got => wrong.push(format!("{body}: {got:?}")),
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// Runs bodies that fail: what the text of the error begins with.
    async fn failures(&mut self, cases: &[(&str, &str)]) {
        let mut wrong = Vec::new();
        for (body, expected) in cases {
            match self.body("VARCHAR", body).await {
                Err(error) if error.message.starts_with(expected) && error.sql_state == "P0000" => {}
                got => wrong.push(format!("{body}: {got:?}")),
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// A body that makes and executes a statement `s`, whose result set is `rs`, on its first row.
fn with(sql: &str, then: &str) -> String {
    format!("var s = snowflake.createStatement({{sqlText: `{sql}`}}); var rs = s.execute(); rs.next(); {then}")
}

#[tokio::test]
async fn statements_tell_about_their_results() {
    let mut bench = Bench::new().await;
    let select = "SELECT id, \"lower\", price FROM t ORDER BY id";
    let of_types = "SELECT 'x' AS a, 1 AS b, TRUE AS c, DATE '2024-01-02' AS d, TIME '01:02:03' AS e, \
                    '2024-01-02'::TIMESTAMP_NTZ AS f, PARSE_JSON('1') AS g, OBJECT_CONSTRUCT() AS h, \
                    ARRAY_CONSTRUCT() AS i, TO_BINARY('FF') AS j, 1::FLOAT AS k";
    let checks = "var r = ''; for (var n = 1; n <= s.getColumnCount(); n++) r += s.METHOD(n) ? 'y' : '-'; return r;";
    for (sql, then, expected) in [
        (select, "return s.getColumnCount()", "3"),
        (select, "return rs.getColumnCount()", "3"),
        (select, "return s.getRowCount() + ' ' + rs.getRowCount()", "2 2"),
        (select, "return [1, 2, 3].map(function (n) { return s.getColumnName(n) })", "ID,lower,PRICE"),
        (select, "return [1, 2, 3].map((n) => s.getColumnScale(n))", "0,0,2"),
        (
            select,
            "return [s.getColumnSqlType(1), s.getColumnSqlType('lower'), rs.getColumnSqlType('PRICE')]",
            "NUMBER,VARCHAR,NUMBER",
        ),
        (select, "return [s.getColumnType(1), s.getColumnType('lower')]", "number,string"),
        (select, "return [s.isColumnNullable(1), s.isColumnNullable(2)]", "false,true"),
        (select, "return s.getSqlText()", select),
        (select, "return s.getQueryId() === rs.getQueryId() && s.getQueryId().length > 8", "true"),
        (select, "return s.getNumRowsAffected() + rs.getNumRowsAffected()", "0"),
        (select, "return rs.ID + rs.lower + rs.PRICE", "1a1.5"),
        (select, "return rs.getColumnValue(1) + rs.getColumnValue('lower') + rs.getColumnValue('price')", "1a1.5"),
        (select, "return rs.getColumnValueAsString(3) + rs.getColumnValueAsString('ID')", "1.501"),
        (
            select,
            "rs.next(); return [rs.getColumnValue(2) === null, rs.getColumnValueAsString(2) === null, rs.lower === null]",
            "true,true,true",
        ),
        (select, "return [rs.next(), rs.next(), rs.next()]", "true,false,false"),
        (select, "return Object.keys(rs)", "ID,lower,PRICE"),
        (select, "rs = s.execute(); return [rs.next(), rs.ID]", "true,1"),
        ("SELECT 1 AS \"next\", 2 AS x", "return [rs.getColumnValue('next'), typeof rs.next, rs.X]", "1,function,2"),
        (of_types, &checks.replace("METHOD", "isColumnText"), "y----------"),
        (of_types, &checks.replace("METHOD", "isColumnNumber"), "-y--------y"),
        (of_types, &checks.replace("METHOD", "isColumnBoolean"), "--y--------"),
        (of_types, &checks.replace("METHOD", "isColumnDate"), "---y-------"),
        (of_types, &checks.replace("METHOD", "isColumnTime"), "----y------"),
        (of_types, &checks.replace("METHOD", "isColumnTimestamp"), "-----y-----"),
        (of_types, &checks.replace("METHOD", "isColumnVariant"), "------y----"),
        (of_types, &checks.replace("METHOD", "isColumnObject"), "-------y---"),
        (of_types, &checks.replace("METHOD", "isColumnArray"), "--------y--"),
        (of_types, &checks.replace("METHOD", "isColumnBinary"), "---------y-"),
        (
            "INSERT INTO t VALUES (3, 'c', 3), (4, 'd', 4);",
            "return [s.getNumRowsInserted(), s.getNumRowsAffected(), rs.getNumRowsAffected(), rs.getColumnValue(1)]",
            "2,2,2,2",
        ),
        (
            "UPDATE t SET price = 0 WHERE id > 2",
            "return [s.getNumRowsUpdated(), s.getNumRowsInserted(), s.getNumDuplicateRowsUpdated()]",
            "2,0,0",
        ),
        ("DELETE FROM t WHERE id = 4", "return [s.getNumRowsDeleted(), s.getNumRowsAffected()]", "1,1"),
        (
            "MERGE INTO t USING (SELECT 3 AS id UNION ALL SELECT 9) s ON t.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)",
            "return [s.getNumRowsInserted(), s.getNumRowsUpdated(), s.getNumRowsDeleted(), s.getNumRowsAffected()]",
            "1,0,1,2",
        ),
        ("CREATE TABLE made (a INT)", "return rs.getColumnValue(1)", "Table MADE successfully created."),
    ] {
        let body = with(sql, then);
        let got = bench.body("VARCHAR", &body).await.unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(got, expected, "{body}");
    }
}
