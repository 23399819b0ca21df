use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use datafusion::common::ScalarValue;

use super::host::Host;
use super::script::Script;
use crate::clock::Clock;
use crate::engine::{Engine, EngineConfig};
use crate::exec::{self, Binds, Context, QueryResult};
use crate::session::Session;
use crate::types::SqlType;
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

#[tokio::test]
async fn values_cross_over_and_back() {
    let mut bench = Bench::new().await;
    let columns = [
        ("12.50", "[typeof v, v]", "number,12.5"),
        ("12345678901234567890", "[v, rs.getColumnValueAsString(1)]", "12345678901234567000,12345678901234567890"),
        ("0.1::FLOAT", "v", "0.1"),
        ("'NaN'::FLOAT", "v", "NaN"),
        ("'it''s $1 \"q\" \\\\ ❄'", "v", "it's $1 \"q\" \\ ❄"),
        ("NULL", "v === null", "true"),
        ("TRUE", "v ? 'yes' : 'no'", "yes"),
        ("FALSE", "v ? 'yes' : 'no'", "no"),
        (
            "DATE '2024-07-02'",
            "[v instanceof Date, v.getDate(), v.getHours(), v.toISOString()]",
            "true,2,0,2024-07-01T22:00:00.000Z",
        ),
        ("TIME '01:02:03'", "[typeof v, v]", "string,01:02:03"),
        (
            "'2024-01-02 03:04:05.678901'::TIMESTAMP_NTZ",
            "[v instanceof SfDate, v instanceof Date, v.getHours(), v.getMilliseconds(), v.getNanoSeconds(), v.getEpochSeconds(), v.getScale(), v.getTimezone()]",
            "true,true,3,678,678901000,1704161045,9,60",
        ),
        (
            "'2024-01-02 03:04:05 -0800'::TIMESTAMP_TZ(3)",
            "[v.getTimezone(), v.getScale(), v.getTime(), v.getUTCHours()]",
            "-480,3,1704193445000,11",
        ),
        (
            "'1969-12-31 23:59:59.5 +0000'::TIMESTAMP_LTZ",
            "[v.getEpochSeconds(), v.getNanoSeconds(), v.getTime()]",
            "-1,500000000,-500",
        ),
        ("'2024-07-02 00:00:00 +0000'::TIMESTAMP_LTZ", "v", "Tue Jul 02 2024 02:00:00 GMT+0200 (Europe/Berlin)"),
        (
            "PARSE_JSON('{\"a\": [1, null, \"x\"], \"b\": true}')",
            "[v.a[0] + 1, v.a[1] === null, v.a[2], v.b]",
            "2,true,x,true",
        ),
        ("PARSE_JSON('null')", "v === null", "true"),
        ("PARSE_JSON('\"x\"')", "[typeof v, v]", "string,x"),
        ("OBJECT_CONSTRUCT('k', 1)", "v.k", "1"),
        ("ARRAY_CONSTRUCT(1, NULL)", "JSON.stringify(v)", "[1,null]"),
        ("TO_BINARY('00FF10')", "[v instanceof Uint8Array, v]", "true,0,255,16"),
    ];
    for (sql, expression, expected) in columns {
        let body = format!(
            "var rs = snowflake.execute({{sqlText: `SELECT {}`}}); rs.next(); var v = rs.getColumnValue(1); return {expression};",
            sql.replace('\\', "\\\\")
        );
        let got = bench.body("VARCHAR", &body).await.unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(got, expected, "{body}");
    }
    // Arguments: NULL is undefined, timestamps are Date, names are in upper case.
    for (index, (arguments, call, expression, expected)) in [
        ("table_name VARCHAR", "'x'", "TABLE_NAME", "x"),
        ("\"tableName\" VARCHAR", "'x'", "tableName", "x"),
        ("a VARCHAR", "NULL", "A === undefined", "true"),
        ("a FLOAT, b FLOAT", "1, 2.5", "A + B", "3.5"),
        ("a BOOLEAN", "TRUE", "A ? 1 : 0", "1"),
        ("a VARIANT", "PARSE_JSON('null')", "A === null", "true"),
        ("a VARIANT", "PARSE_JSON('[1, 2]')", "A.length", "2"),
        ("a ARRAY", "ARRAY_CONSTRUCT('x')", "A[0]", "x"),
        ("a OBJECT", "OBJECT_CONSTRUCT('x', 5)", "A.x", "5"),
        ("a BINARY", "TO_BINARY('0102')", "[A instanceof Uint8Array, A]", "true,1,2"),
        ("a DATE", "'2024-01-02'::DATE", "[A.getFullYear(), A.getMonth(), A.getDate(), A.getHours()]", "2024,0,2,0"),
        (
            "a TIMESTAMP_NTZ",
            "'2024-01-02 03:04:05.6789'::TIMESTAMP_NTZ",
            "[A instanceof SfDate, A.getHours(), A.getMilliseconds()]",
            "false,3,678",
        ),
        ("a FLOAT, b VARCHAR DEFAULT 'd'", "1", "B", "d"),
    ]
    .into_iter()
    .enumerate()
    {
        bench
            .run(&format!(
                "CREATE PROCEDURE q{index}({arguments}) RETURNS VARCHAR LANGUAGE JAVASCRIPT AS $$return {expression};$$"
            ))
            .await
            .unwrap();
        let got =
            bench.cell(&format!("CALL q{index}({call})")).await.unwrap_or_else(|error| panic!("{expression}: {error}"));
        assert_eq!(got, expected, "{arguments}: {expression}");
    }
}

#[tokio::test]
async fn what_bodies_return_becomes_sql() {
    let mut bench = Bench::new().await;
    let mut wrong = Vec::new();
    for (returns, value, expected) in [
        ("FLOAT", "1.5", "1.5"),
        ("FLOAT", "'2.5'", "2.5"),
        ("FLOAT", "undefined", "NULL"),
        ("FLOAT", "null", "NULL"),
        ("VARCHAR", "3", "3"),
        ("VARCHAR", "1e21", "1e+21"),
        ("VARCHAR", "true", "true"),
        ("VARCHAR", "[1, 2]", "1,2"),
        ("VARCHAR", "({})", "[object Object]"),
        ("VARCHAR", "123n", "123"),
        ("BOOLEAN", "1 < 2", "true"),
        ("BOOLEAN", "'false'", "false"),
        ("VARIANT", "({b: [1, null, undefined], a: undefined, c: 0.5})", r#"{"b":[1,null,null],"c":0.5}"#),
        ("VARIANT", "'x'", r#""x""#),
        ("VARIANT", "7", "7"),
        ("VARIANT", "null", "null"),
        ("VARIANT", "undefined", "NULL"),
        ("ARRAY", "[1, 'x']", r#"[1,"x"]"#),
        ("OBJECT", "({k: 1})", r#"{"k":1}"#),
        ("DATE", "new Date(2024, 0, 2)", "2024-01-02"),
        ("TIMESTAMP_NTZ", "new Date(2024, 0, 2, 3)", "1704164400000000"),
        ("TIMESTAMP_LTZ", "new Date(Date.UTC(2024, 0, 2))", "1704153600000000"),
        ("BINARY", "Uint8Array.of(1, 255)", "01FF"),
    ] {
        match bench.body(returns, &format!("return {value};")).await {
            Ok(got) if got == expected || got.starts_with(&format!("{expected},")) => {}
            got => wrong.push(format!("{returns} from {value}: {got:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(bench.body("VARIANT", "").await.unwrap(), "NULL");
    for (returns, value, expected) in [
        ("FLOAT", "'abc'", "Numeric value 'abc' is not recognized"),
        ("DATE", "new Date(NaN)", "Uncaught RangeError: Invalid Date"),
        ("ARRAY", "({})", "Failed to cast variant value {} to ARRAY"),
        ("VARIANT", "[1n]", "Uncaught TypeError"),
        ("FLOAT NOT NULL", "null", "declared NOT NULL"),
    ] {
        let error = bench.body(returns, &format!("return {value};")).await.expect_err(value);
        assert!(error.message.contains(expected), "{returns} from {value}: {error}");
    }
    bench
        .run("CREATE PROCEDURE strict(a FLOAT) RETURNS FLOAT LANGUAGE JAVASCRIPT STRICT AS 'return 1;'")
        .await
        .unwrap();
    assert_eq!(bench.cell("CALL strict(NULL)").await.unwrap(), "NULL");
    assert_eq!(bench.cell("CALL strict(0)").await.unwrap(), "1");
}

#[tokio::test]
async fn binds_are_values() {
    let mut bench = Bench::new().await;
    bench.run("CREATE TABLE m (n TIMESTAMP_NTZ, l TIMESTAMP_LTZ, z TIMESTAMP_TZ)").await.unwrap();
    bench
        .run("INSERT INTO m VALUES ('2024-03-31 02:30:00.123456', '2024-01-02 00:00:00.000001 +0000', '2024-01-02 03:04:05.000007 -0800')")
        .await
        .unwrap();
    bench
        .texts(&[
            ("var r = snowflake.execute({sqlText: 'SELECT ? || ?', binds: [\"it's\", '$x']}); r.next(); return r.getColumnValue(1)", "it's$x"),
            ("var r = snowflake.execute({sqlText: 'SELECT :2 || :1 || :2', binds: ['a', 'b']}); r.next(); return r.getColumnValue(1)", "bab"),
            ("var r = snowflake.execute({sqlText: 'SELECT ? + 1, ? / 2', binds: [9007199254740991, 0.5]}); r.next(); return [r.getColumnValueAsString(1), r.getColumnValue(2)]", "9007199254740992,0.25"),
            ("var r = snowflake.execute({sqlText: 'SELECT ? IS NULL', binds: [null]}); r.next(); return r.getColumnValue(1)", "true"),
            ("var r = snowflake.execute({sqlText: 'SELECT COUNT(*) FROM IDENTIFIER(?)', binds: ['T']}); r.next(); return r.getColumnValue(1)", "2"),
            ("snowflake.execute({sqlText: 'INSERT INTO log SELECT PARSE_JSON(?):a', binds: [JSON.stringify({a: 'j'})]}); var r = snowflake.execute({sqlText: 'SELECT text FROM log'}); r.next(); return r.TEXT", "j"),
            // Timestamps keep their type and every digit.
            ("var r = snowflake.execute({sqlText: 'SELECT * FROM m'}); r.next(); snowflake.execute({sqlText: 'INSERT INTO m SELECT ?, ?, ?', binds: [r.N, r.L, r.Z]}); r = snowflake.execute({sqlText: 'SELECT COUNT(*), COUNT(DISTINCT n), COUNT(DISTINCT l), COUNT(DISTINCT z::VARCHAR) FROM m'}); r.next(); return [1, 2, 3, 4].map((n) => r.getColumnValue(n))", "2,1,1,1"),
            ("var r = snowflake.execute({sqlText: 'SELECT l FROM m LIMIT 1'}); r.next(); var d = r.L; d.setTime(5); r = snowflake.execute({sqlText: 'SELECT DATE_PART(epoch_millisecond, ?)', binds: [d]}); r.next(); return [r.getColumnValue(1), d.getNanoSeconds(), d.getEpochSeconds()]", "5,5000000,0"),
            ("var d = new SfDate(2024, 0, 2); return [d.getHours(), d.getTimezone(), d.getScale()]", "0,60,3"),
        ])
        .await;
    bench
        .failures(&[
            (
                "snowflake.execute({sqlText: 'SELECT ?, ?', binds: [1, undefined]})",
                "JavaScript execution error: Uncaught Unsupported type for binding argument 2 undefined in P at",
            ),
            (
                "snowflake.execute({sqlText: 'SELECT ?', binds: [true]})",
                "JavaScript execution error: Uncaught Unsupported type for binding argument 1 boolean",
            ),
            (
                "snowflake.execute({sqlText: 'SELECT ?', binds: [{}]})",
                "JavaScript execution error: Uncaught Unsupported type for binding argument 1 object",
            ),
            (
                "snowflake.createStatement({sqlText: 'SELECT ?', binds: [new Date()]})",
                "JavaScript execution error: Uncaught Unsupported type for binding argument 1 Date",
            ),
            (
                "snowflake.execute({sqlText: 'SELECT ?', binds: [new SfDate(NaN)]})",
                "JavaScript execution error: Uncaught RangeError: Invalid Date",
            ),
            (
                "snowflake.execute({sqlText: 'SELECT ?', binds: 1})",
                "JavaScript execution error: Uncaught binds of Snowflake.execute is not an array.",
            ),
            ("snowflake.execute({sqlText: 'SELECT ?'})", "JavaScript execution error: Uncaught SQL compilation error:"),
        ])
        .await;
}

#[tokio::test]
async fn errors_have_code_state_message_and_place() {
    let mut bench = Bench::new().await;
    let attempt = |statement: &str, then: &str| format!("\ntry {{\n  {statement}\n}} catch (e) {{ return {then}; }}");
    let mut caught = Vec::new();
    for (statement, then, expected) in [
        (
            "snowflake.execute({sqlText: 'Invalid text'})",
            "[e.code, e.state, typeof e.code, e instanceof Error]",
            "1003,42000,number,true",
        ),
        ("snowflake.createStatement({sqlText: 'SELECT FROM FROM'})", "e.code", "1003"),
        (
            "snowflake.execute({sqlText: 'SELECT * FROM nosuch'})",
            "[e.code, e.state, e.message]",
            "2003,42S02,SQL compilation error:\nObject 'NOSUCH' does not exist or not authorized.",
        ),
        ("snowflake.execute({sqlText: 'SELECT 1/0'})", "[e.code, e.state, String(e)]", "100051,22012,Division by zero"),
        (
            "snowflake.execute({sqlText: 'SELECT * FROM nosuch'})",
            "e.stackTraceTxt.replace(/\\d+$/, 'N')",
            "At Snowflake.execute, line 3 position N",
        ),
        (
            "snowflake.createStatement({sqlText: 'SELECT 1/0'}).execute()",
            "e.stackTraceTxt.replace(/\\d+$/, 'N')",
            "At Statement.execute, line 3 position N",
        ),
        (
            "snowflake.execute({sqlText: 'SELECT 1; SELECT 2'})",
            "e.message",
            "Multiple SQL statements in a single API call are not supported; use one API call per statement instead.",
        ),
        (
            "snowflake.execute({})",
            "e.message",
            "sqlText of Snowflake.execute is missing or empty; it is the text of one statement.",
        ),
        (
            "snowflake.execute()",
            "e.message",
            "Snowflake.execute takes one object with sqlText and, if the text has bind variables, binds.",
        ),
        (
            "snowflake.createStatement({sqlText: ' '})",
            "e.message",
            "sqlText of Snowflake.createStatement is missing or empty; it is the text of one statement.",
        ),
        ("snowflake.createStatement({sqlText: '-- x'})", "e.code", "900"),
        (
            "snowflake.createStatement({sqlText: 'SELECT 1'}).getQueryId()",
            "e.message",
            "Statement is not executed yet.",
        ),
        (
            "snowflake.createStatement({sqlText: 'SELECT 1'}).getColumnCount()",
            "e.message",
            "Statement is not executed yet.",
        ),
        (
            "snowflake.createStatement({sqlText: 'SELECT 1'}).getColumnName(1)",
            "e.message",
            "Statement is not executed yet.",
        ),
        (
            "snowflake.createStatement({sqlText: 'SELECT 1'}).getNumRowsInserted()",
            "e.message",
            "Statement is not executed yet.",
        ),
        (
            "snowflake.execute({sqlText: 'SELECT 1 AS a'}).getColumnValue(1)",
            "e.message",
            "ResultSet is empty or not prepared, call next() first",
        ),
        (
            "snowflake.execute({sqlText: 'SELECT 1 AS a'}).A",
            "e.message",
            "ResultSet is empty or not prepared, call next() first",
        ),
        (
            "var r = snowflake.execute({sqlText: 'SELECT 1 AS a'}); r.next(); r.getColumnValue('B')",
            "e.message",
            "Given column name/index does not exist: B",
        ),
        (
            "var r = snowflake.execute({sqlText: 'SELECT 1 AS a'}); r.next(); r.getColumnValue(0)",
            "e.message",
            "Given column name/index does not exist: 0",
        ),
        (
            "var s = snowflake.createStatement({sqlText: 'SELECT 1'}); s.execute(); s.isColumnText(2)",
            "e.message",
            "Given column name/index does not exist: 2",
        ),
        ("snowflake.log('loud', 'x')", "e.message.slice(0, 23)", "Unknown log level loud;"),
        ("snowflake.log('info')", "e.message.slice(0, 9)", "log takes"),
        ("snowflake.addEvent()", "e.message.slice(0, 14)", "addEvent takes"),
        ("snowflake.addEvent('a', {}, 1)", "e.message.slice(0, 14)", "addEvent takes"),
        ("snowflake.addEvent(1)", "e.message", "The name that addEvent takes is a text."),
        ("snowflake.setSpanAttribute('a')", "e.message.slice(0, 22)", "setSpanAttribute takes"),
        ("throw 'text'", "e", "text"),
        ("snowflake.executeAsync({})", "e.name", "TypeError"),
    ] {
        caught.push((attempt(statement, then), expected));
    }
    let caught: Vec<_> = caught.iter().map(|(body, expected)| (body.as_str(), *expected)).collect();
    bench.texts(&caught).await;
    bench
        .texts(&[
            ("['off','trace','debug','info','warn','error','fatal'].forEach((l) => snowflake.log(l, 'm', {a: 1})); return 'ok'", "ok"),
            ("snowflake.addEvent('e'); snowflake.addEvent('e', {a: 1}); snowflake.setSpanAttribute('k', [1]); return 'ok'", "ok"),
            // Sloppy mode, and what the language has.
            ("undeclared = 1; return undeclared", "1"),
            ("let m = new Map([[1, `a${1}`]]); return /a(\\d)/.exec(m.get(1))[1] + JSON.stringify([Math.max(1, 2)])", "1[2]"),
            ("return 1 // the last line", "1"),
        ])
        .await;
    bench
        .failures(&[
            ("\n  return nosuch;", "JavaScript execution error: Uncaught ReferenceError: nosuch is not defined in P at '  return nosuch;' position "),
            ("throw 'text'", "JavaScript execution error: Uncaught text in P"),
            ("throw new Error('own')", "JavaScript execution error: Uncaught Error: own in P at 'throw new Error('own')' position "),
            ("try { snowflake.execute({sqlText: 'SELECT 1/0'}) } catch (e) { throw e }", "JavaScript execution error: Uncaught Division by zero in P at 'try {"),
            ("return 1 +;", "JavaScript compilation error: Uncaught SyntaxError: "),
            ("import x from 'y'", "JavaScript compilation error: Uncaught SyntaxError: "),
            ("return eval('1')", "JavaScript execution error: Uncaught EvalError: Code generation from strings disallowed for this context in P"),
            ("return new Function('return 1')()", "JavaScript execution error: Uncaught EvalError: "),
            ("return (function* () {}).constructor('x')", "JavaScript execution error: Uncaught EvalError: "),
            ("return (async () => {}).constructor('x')", "JavaScript execution error: Uncaught EvalError: "),
            ("return (async () => 1)()", "JavaScript execution error: Uncaught TypeError: The body returned a Promise"),
            ("return import('fs')", "JavaScript execution error: Uncaught TypeError: The body returned a Promise"),
            ("return require('fs')", "JavaScript execution error: Uncaught ReferenceError: require is not defined"),
            ("function f() { return f() + 1 } return f()", "JavaScript execution error: Uncaught "),
            ("var a = ['x']; while (true) a = a.concat(a)", "JavaScript execution error: Uncaught "),
        ])
        .await;
    let error = bench.body("VARCHAR", "\n  return nosuch;").await.unwrap_err();
    assert_eq!((error.code, error.position.map(|(line, _)| line)), (100_132, Some(2)));
    assert_eq!(bench.body("VARCHAR", "return )").await.unwrap_err().code, 100_131);
}

#[tokio::test]
async fn dates_are_in_the_zone_of_the_session() {
    let mut bench = Bench::new().await;
    bench
        .texts(&[
            ("return new Date(2024, 6, 2, 3, 4, 5).toISOString()", "2024-07-02T01:04:05.000Z"),
            ("return new Date('2024-01-02T03:04:05').toISOString()", "2024-01-02T02:04:05.000Z"),
            ("return new Date('2024-01-02').toISOString()", "2024-01-02T00:00:00.000Z"),
            ("return new Date('2024-01-02T03:04:05-08:00').getTime()", "1704193445000"),
            ("return new Date(0).toString()", "Thu Jan 01 1970 01:00:00 GMT+0100 (Europe/Berlin)"),
            ("return new Date(0).toDateString()", "Thu Jan 01 1970"),
            ("return new Date(NaN).toString()", "Invalid Date"),
            ("var d = new Date(0); d.setHours(0, 30); return d.toISOString()", "1969-12-31T23:30:00.000Z"),
            ("var d = new Date(2024, 0, 31); d.setMonth(6); return [d.getDate(), d.getHours(), d.getTimezoneOffset()]", "31,0,-120"),
            ("var d = new Date(Date.now()); return [d.getTime(), d instanceof Date, d.constructor === Date, typeof Date()]", "0,true,true,string"),
            ("return new Date(new Date(5)).getTime() + Date.parse('1970-01-01T01:00:00') + Number(new Date(7))", "12"),
            ("class D extends Date {} return new D(3).getTime()", "3"),
            ("return [8.63e15, -8.64e15].map((t) => new Date(t).getFullYear())", "275443,-271821"),
            ("return new Date(8.64e15 + 1).getTime()", "NaN"),
        ])
        .await;
}

#[tokio::test]
async fn transactions_belong_to_the_call() {
    let mut bench = Bench::new().await;
    let run = |sql: &str| format!("snowflake.execute({{sqlText: \"{sql}\"}});");
    let (begin, commit, rollback) = (run("BEGIN"), run("COMMIT"), run("ROLLBACK"));
    let write = |text: &str| run(&format!("INSERT INTO log VALUES ('{text}')"));
    for (before, body, error, after, logged) in [
        ("", write("a") + "throw 'x'", Some("Uncaught x"), "", "a"),
        ("", write("a") + &begin + &write("b") + "throw 'x'", Some("Uncaught x"), "", "a"),
        ("", begin.clone() + &write("a") + &commit + &write("b"), None, "", "a b"),
        ("", begin.clone() + &write("a") + &rollback, None, "", ""),
        ("", begin.clone() + &write("a"), Some("Scoped transaction started in stored procedure is incomplete"), "", ""),
        ("BEGIN", write("a"), None, "ROLLBACK", ""),
        ("BEGIN", write("a"), None, "COMMIT", "a"),
        ("BEGIN", write("a") + "throw 'x'", Some("Uncaught x"), "COMMIT", ""),
        ("BEGIN", begin.clone() + &write("a") + &commit, None, "ROLLBACK", "a"),
        (
            "BEGIN",
            commit.clone(),
            Some("Modifying a transaction that has started at a different scope is not allowed."),
            "ROLLBACK",
            "",
        ),
        (
            "",
            format!("{begin} try {{ {} {} }} catch (e) {{ {rollback} throw e; }}", write("a"), run("SELECT 1/0")),
            Some("Uncaught Division by zero"),
            "",
            "",
        ),
    ] {
        bench.run("TRUNCATE TABLE log").await.unwrap();
        bench
            .run(&format!("CREATE OR REPLACE PROCEDURE w() RETURNS VARCHAR LANGUAGE JAVASCRIPT AS $${body}$$"))
            .await
            .unwrap();
        if !before.is_empty() {
            bench.run(before).await.unwrap();
        }
        let outcome = bench.cell("CALL w()").await;
        match error {
            None => assert_eq!(outcome.unwrap_or_else(|error| panic!("{body}: {error}")), "NULL"),
            Some(text) => {
                assert!(outcome.as_ref().is_err_and(|error| error.message.contains(text)), "{body}: {outcome:?}")
            }
        }
        if !after.is_empty() {
            bench.run(after).await.unwrap();
        }
        assert!(bench.session.transactions.is_empty(), "{body}");
        let got =
            bench.cell("SELECT COALESCE(LISTAGG(text, ' ') WITHIN GROUP (ORDER BY text), '') FROM log").await.unwrap();
        assert_eq!(got, logged, "{before} {body}");
    }
}

#[tokio::test]
async fn procedures_of_both_languages_call_each_other() {
    let mut bench = Bench::new().await;
    for sql in [
        "CREATE PROCEDURE twice(a FLOAT) RETURNS FLOAT LANGUAGE JAVASCRIPT AS 'return A * 2;'",
        "CREATE PROCEDURE inner_sql(a FLOAT) RETURNS FLOAT AS 'DECLARE r FLOAT; BEGIN CALL twice(:a) INTO :r; RETURN r + 1; END'",
        "CREATE PROCEDURE outer_js() RETURNS FLOAT LANGUAGE JAVASCRIPT AS $$var r = snowflake.execute({sqlText: 'CALL inner_sql(?)', binds: [4]}); r.next(); return r.getColumnValue(1);$$",
        "CREATE PROCEDURE deep() RETURNS FLOAT LANGUAGE JAVASCRIPT AS $$snowflake.execute({sqlText: 'CALL deep()'});$$",
        "CREATE PROCEDURE bad() RETURNS FLOAT LANGUAGE JAVASCRIPT AS 'throw `inner`;'",
        "CREATE PROCEDURE caught() RETURNS VARCHAR AS 'BEGIN CALL bad(); EXCEPTION WHEN STATEMENT_ERROR THEN RETURN SQLCODE; END'",
    ] {
        bench.run(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    assert_eq!(bench.cell("CALL outer_js()").await.unwrap(), "9");
    assert_eq!(bench.cell("CALL caught()").await.unwrap(), "100132");
    let error = bench.run("CALL deep()").await.unwrap_err();
    assert!(error.message.contains("nested deeper than 16 levels"), "{error}");
    let result = bench.run("CALL outer_js()").await.unwrap();
    assert_eq!(result.columns[0].name, "OUTER_JS");
}

#[tokio::test]
async fn scripts_have_the_rights_of_their_procedure() {
    let mut bench = Bench::new().await;
    let body = "$$var r = snowflake.execute({sqlText: 'SELECT COUNT(*) AS n, CURRENT_ROLE() AS role FROM t'}); r.next(); return r.N + ' ' + r.ROLE;$$";
    for sql in [
        "CREATE ROLE reader",
        "GRANT USAGE ON DATABASE d TO ROLE reader",
        "GRANT USAGE ON SCHEMA d.public TO ROLE reader",
        &format!("CREATE PROCEDURE owners() RETURNS VARCHAR LANGUAGE JAVASCRIPT AS {body}"),
        &format!("CREATE PROCEDURE callers() RETURNS VARCHAR LANGUAGE JAVASCRIPT EXECUTE AS CALLER AS {body}"),
        "GRANT USAGE ON PROCEDURE owners() TO ROLE reader",
        "GRANT USAGE ON PROCEDURE callers() TO ROLE reader",
    ] {
        bench.run(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    bench.session.role = "READER".to_owned();
    bench.session.secondary_roles_all = false;
    assert!(bench.cell("CALL owners()").await.is_ok_and(|text| text.starts_with("2 ")));
    let error = bench.cell("CALL callers()").await.unwrap_err();
    assert!(error.message.contains("does not exist or not authorized"), "{error}");
}

#[tokio::test]
async fn many_rows_and_statements() {
    let mut bench = Bench::new().await;
    bench
        .texts(&[
            (
                "var r = snowflake.execute({sqlText: 'SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 20000))'}); var s = 0; while (r.next()) s += r.N; return [r.getRowCount(), s]",
                "20000,199990000",
            ),
            (
                "var s = snowflake.createStatement({sqlText: 'INSERT INTO log SELECT ?', binds: ['x']}); for (var i = 0; i < 100; i++) s.execute(); var r = snowflake.execute({sqlText: 'SELECT COUNT(*) AS n FROM log'}); r.next(); return r.N",
                "100",
            ),
            (
                "var a = []; for (var i = 0; i < 300; i++) { var r = snowflake.execute({sqlText: 'SELECT ?', binds: [i]}); r.next(); a.push(r.getQueryId()); } return new Set(a).size",
                "300",
            ),
        ])
        .await;
}

#[tokio::test]
async fn create_refuses_types_and_names() {
    let mut bench = Bench::new().await;
    for (head, expected) in [
        (
            "p(a NUMBER) RETURNS FLOAT",
            "Language JAVASCRIPT does not support type 'NUMBER(38,0)' for argument or return type.",
        ),
        ("p(a INT) RETURNS FLOAT", "Language JAVASCRIPT does not support type 'NUMBER(38,0)'"),
        ("p() RETURNS NUMBER(10,2)", "Language JAVASCRIPT does not support type 'NUMBER(10,2)'"),
        ("p(a TIME) RETURNS FLOAT", "Language JAVASCRIPT does not support type 'TIME(9)'"),
        ("p() RETURNS TABLE (a FLOAT)", "Language JAVASCRIPT does not support type 'TABLE'"),
        ("p(\"a b\" FLOAT) RETURNS FLOAT", "Argument 'a b' of a JavaScript body is not a JavaScript identifier"),
        ("p(\"return\" FLOAT) RETURNS FLOAT", "Argument 'return' of a JavaScript body"),
    ] {
        let error =
            bench.run(&format!("CREATE PROCEDURE {head} LANGUAGE JAVASCRIPT AS 'return 1;'")).await.expect_err(head);
        assert!(error.message.contains(expected), "{head}: {error}");
    }
    let error =
        bench.run("CREATE PROCEDURE p() RETURNS FLOAT LANGUAGE JAVASCRIPT AS BEGIN RETURN 1; END").await.unwrap_err();
    assert_eq!(error.code, 1003, "{error}");
    // The body that GET_DDL shows is the body.
    let body = "// it's; a \\ \"comment\"\nreturn A + `;${'$'}`;";
    bench
        .run(&format!("CREATE PROCEDURE shown(a VARCHAR) RETURNS VARCHAR LANGUAGE JAVASCRIPT AS $${body}$$"))
        .await
        .unwrap();
    let shown = bench.cell("SELECT GET_DDL('PROCEDURE', 'shown(VARCHAR)')").await.unwrap();
    assert!(shown.contains("LANGUAGE JAVASCRIPT"), "{shown}");
    bench.run("DROP PROCEDURE shown(VARCHAR)").await.unwrap();
    bench.run(shown.trim_end_matches(';')).await.unwrap_or_else(|error| panic!("{shown}: {error}"));
    assert_eq!(bench.cell("CALL shown('x')").await.unwrap(), "x;$");
    // A body is first read when it is called.
    bench.run("CREATE PROCEDURE later() RETURNS FLOAT LANGUAGE JAVASCRIPT AS 'return (;'").await.unwrap();
    assert_eq!(bench.run("CALL later()").await.unwrap_err().code, 100_131);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_call_stops_its_script() {
    let mut bench = Bench::new().await;
    for body in [
        "while (true) {}",
        "try { while (true) {} } finally { while (true) {} }",
        "while (true) { try { snowflake.execute({sqlText: 'SELECT 1'}) } catch (e) {} }",
        "snowflake.execute({sqlText: 'SELECT SYSTEM$WAIT(60)'})",
    ] {
        let create = format!("CREATE OR REPLACE PROCEDURE p() RETURNS VARCHAR LANGUAGE JAVASCRIPT AS $${body}$$");
        bench.run(&create).await.unwrap();
        let call = tokio::time::timeout(Duration::from_millis(300), bench.run("CALL p()")).await;
        assert!(call.is_err(), "{body}: {call:?}");
        assert_eq!(bench.cell("SELECT 'next'").await.unwrap(), "next", "{body}");
    }
}

#[test]
fn a_stopped_script_ends_wherever_it_is() {
    for body in [
        "while (true) {}",
        "try { while (true) {} } catch (e) { while (true) {} } finally { while (true) {} }",
        "while (true) { try { snowflake.execute({sqlText: 'SELECT 1'}) } catch (e) {} }",
        "[1].map(function f() { while (true) {} })",
    ] {
        let (requests, inbox) = tokio::sync::mpsc::unbounded_channel();
        drop(inbox);
        let stop = Arc::new(AtomicBool::new(false));
        let script = Script::new("P", body, &[], SqlType::TEXT, false);
        let host = Host::new(requests, stop.clone(), Clock::real(), chrono_tz::UTC);
        let thread = std::thread::Builder::new()
            .stack_size(super::STACK)
            .spawn(move || script.run(&host, &["[]".to_owned()]))
            .unwrap();
        std::thread::sleep(Duration::from_millis(100));
        assert!(!thread.is_finished(), "{body}");
        stop.store(true, Ordering::Relaxed);
        assert!(thread.join().unwrap().is_err(), "{body}");
    }
}
