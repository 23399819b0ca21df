mod calls;

use std::sync::Arc;

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
    fn empty() -> Self {
        let engine = Engine::open(EngineConfig { clock: Clock::manual(0), ..EngineConfig::default() }).unwrap();
        Self { engine, session: Session::new(1, "ADMIN", "ACCOUNTADMIN") }
    }

    async fn new() -> Self {
        let mut bench = Self::empty();
        bench.run("CREATE DATABASE d").await.unwrap();
        bench.run("USE SCHEMA d.public").await.unwrap();
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
            datafusion::common::ScalarValue::Utf8(text) => text.unwrap_or_else(|| "NULL".to_owned()),
            datafusion::common::ScalarValue::Decimal128(Some(number), _, 0) => number.to_string(),
            datafusion::common::ScalarValue::Boolean(Some(value)) => value.to_string(),
            other => other.to_string(),
        })
    }
}

#[tokio::test]
async fn blocks_and_what_they_return() {
    let mut bench = Bench::new().await;
    for (block, expected) in [
        ("BEGIN RETURN 'a' || 'b'; END", "ab"),
        ("BEGIN LET x := 1; x := x + 2; RETURN x; END", "3"),
        ("BEGIN LET x NUMBER(5,1) := 1.25; RETURN x = 1.3; END", "true"),
        ("BEGIN NULL; END", "NULL"),
        ("DECLARE x VARCHAR DEFAULT 'o'; BEGIN DECLARE x VARCHAR DEFAULT 'i'; BEGIN NULL; END; RETURN x; END", "o"),
        // Words that mean something elsewhere are names like any other.
        (
            "DECLARE at INTEGER DEFAULT 1; time TIME DEFAULT '01:02:03'; BEGIN RETURN HOUR(time) + ABS(at) + CAST(at AS FLOAT); END",
            "3",
        ),
        // Conditions.
        (
            "DECLARE n INTEGER DEFAULT 5; BEGIN IF (n < 0) THEN RETURN 'a'; ELSEIF (n = 0) THEN RETURN 'b'; ELSE RETURN 'c'; END IF; END",
            "c",
        ),
        ("DECLARE n INTEGER; BEGIN IF (n = 1) THEN RETURN 'a'; END IF; RETURN 'b'; END", "b"),
        ("BEGIN LET x := 2; CASE x WHEN 1 THEN RETURN 'a'; WHEN 2 THEN RETURN 'b'; END CASE; END", "b"),
        ("BEGIN LET x := 7; CASE WHEN x > 0 THEN RETURN 'a'; WHEN x > 1 THEN RETURN 'b'; END; END", "a"),
        ("BEGIN LET x := 7; CASE x WHEN 1 THEN x := 0; END CASE; RETURN x; END", "7"),
        // Loops.
        ("DECLARE t INTEGER DEFAULT 0; BEGIN FOR i IN 1 TO 5 DO t := t + i; END FOR; RETURN t; END", "15"),
        (
            "DECLARE t VARCHAR DEFAULT ''; BEGIN FOR i IN REVERSE 1 TO 3 DO IF (i = 2) THEN t := t || 'x'; END IF; t := t || '.'; END FOR; RETURN t; END",
            ".x..",
        ),
        ("DECLARE t INTEGER DEFAULT 0; BEGIN FOR i IN REVERSE 3 TO 1 DO t := t + 1; END FOR; RETURN t; END", "0"),
        ("DECLARE n INTEGER DEFAULT 0; BEGIN WHILE (n < 3) DO n := n + 1; END WHILE; RETURN n; END", "3"),
        ("DECLARE n INTEGER DEFAULT 0; BEGIN REPEAT n := n + 1; UNTIL (n >= 3) END REPEAT; RETURN n; END", "3"),
        (
            "DECLARE n INTEGER DEFAULT 0; BEGIN LOOP n := n + 1; IF (n >= 4) THEN BREAK; END IF; END LOOP; RETURN n; END",
            "4",
        ),
        (
            "DECLARE n INTEGER DEFAULT 0; BEGIN FOR i IN 1 TO 3 DO FOR j IN 1 TO 3 DO n := n + 1; IF (j = 2) THEN CONTINUE outer; END IF; END FOR; END FOR outer; RETURN n; END",
            "6",
        ),
        (
            "DECLARE n INTEGER DEFAULT 0; BEGIN LOOP LOOP n := n + 1; BREAK outer; END LOOP; END LOOP outer; RETURN n; END",
            "1",
        ),
        ("BEGIN LET i := 9; FOR i IN 1 TO 2 DO NULL; END FOR; RETURN i; END", "9"),
        // Statements and what they leave behind.
        ("BEGIN SHOW SCHEMAS IN DATABASE d; RETURN ACTIVITY_COUNT; END", "2"),
        ("BEGIN SHOW SCHEMAS IN DATABASE d; RETURN SQLROWCOUNT IS NULL AND SQLID IS NOT NULL; END", "true"),
        ("BEGIN EXECUTE IMMEDIATE 'CREATE SCHEMA ' || 'made'; DROP SCHEMA made; RETURN 'ok'; END", "ok"),
        ("EXECUTE IMMEDIATE 'BEGIN RETURN ''x''; END'", "x"),
        // Rows.
        (
            "DECLARE rs RESULTSET DEFAULT (SHOW SCHEMAS IN DATABASE d); t VARCHAR DEFAULT ''; BEGIN FOR r IN rs DO t := t || r.\"name\" || ' '; END FOR; RETURN t; END",
            "INFORMATION_SCHEMA PUBLIC ",
        ),
        (
            "DECLARE rs RESULTSET; c CURSOR FOR rs; a TIMESTAMP_LTZ; b VARCHAR; BEGIN rs := (SHOW SCHEMAS IN DATABASE d); OPEN c; FETCH c INTO a, b; FETCH c INTO a, b; CLOSE c; RETURN b; END",
            "PUBLIC",
        ),
        (
            "DECLARE rs RESULTSET; c CURSOR FOR rs; a TIMESTAMP_LTZ; BEGIN rs := (SHOW TASKS); OPEN c; FETCH c INTO a; RETURN a IS NULL; END",
            "true",
        ),
    ] {
        let got = bench.cell(block).await.unwrap_or_else(|error| panic!("{block}: {error}"));
        assert_eq!(got, expected, "{block}");
    }
    let result = bench.run("BEGIN RETURN 1; END").await.unwrap();
    assert_eq!(result.columns[0].name, "anonymous block");
    let result = bench
        .run("DECLARE rs RESULTSET DEFAULT (SHOW SCHEMAS IN DATABASE d); BEGIN RETURN TABLE(rs); END")
        .await
        .unwrap();
    assert_eq!((result.columns[1].name.as_str(), result.row_count()), ("name", 2));
}

#[tokio::test]
async fn exceptions_find_their_handlers() {
    let mut bench = Bench::new().await;
    let bad = "DECLARE bad EXCEPTION (-20001, 'on purpose'); two EXCEPTION (-20002, 'else');";
    for (block, expected) in [
        (format!("{bad} BEGIN RAISE bad; EXCEPTION WHEN two THEN RETURN 1; WHEN bad THEN RETURN SQLERRM; END"), "on purpose"),
        (format!("{bad} BEGIN RAISE bad; EXCEPTION WHEN OTHER THEN RETURN SQLCODE; END"), "-20001"),
        (format!("{bad} BEGIN RAISE bad; EXCEPTION WHEN two OR bad THEN RETURN SQLSTATE; END"), "P0001"),
        ("BEGIN DROP SCHEMA nosuch; EXCEPTION WHEN EXPRESSION_ERROR THEN RETURN 1; WHEN STATEMENT_ERROR THEN RETURN SQLCODE; END".to_owned(), "2003"),
        ("BEGIN LET x NUMBER(1,0) := 5; FOR i IN NULL TO 2 DO NULL; END FOR; EXCEPTION WHEN STATEMENT_ERROR THEN RETURN 1; WHEN EXPRESSION_ERROR THEN RETURN 2; END".to_owned(), "2"),
        // An inner block without a fitting handler passes it on; after a handled one the outer block goes on.
        (format!("{bad} BEGIN BEGIN RAISE bad; EXCEPTION WHEN two THEN RETURN 'inner'; END; EXCEPTION WHEN bad THEN RETURN 'outer'; END"), "outer"),
        (format!("{bad} BEGIN BEGIN RAISE bad; EXCEPTION WHEN bad THEN NULL; END; RETURN 'after'; END"), "after"),
        (format!("{bad} BEGIN RAISE bad; EXCEPTION WHEN bad THEN NULL; END"), "NULL"),
        // The declarations of a block are not covered by its handlers.
        ("BEGIN DECLARE x INTEGER DEFAULT (SHOW SCHEMAS IN DATABASE d); BEGIN NULL; EXCEPTION WHEN OTHER THEN RETURN 'own'; END; EXCEPTION WHEN OTHER THEN RETURN 'outer'; END".to_owned(), "outer"),
        // RAISE in a handler goes outwards, unchanged.
        (format!("{bad} BEGIN BEGIN RAISE bad; EXCEPTION WHEN bad THEN RAISE; END; EXCEPTION WHEN bad THEN RETURN SQLERRM; END"), "on purpose"),
        (format!("{bad} BEGIN BEGIN RAISE bad; EXCEPTION WHEN bad THEN RAISE two; END; EXCEPTION WHEN OTHER THEN RETURN SQLERRM; END"), "else"),
        // CONTINUE.
        ("DECLARE t VARCHAR DEFAULT ''; BEGIN t := t || 'a'; DROP SCHEMA nosuch; t := t || 'b'; RETURN t; EXCEPTION WHEN OTHER CONTINUE THEN t := t || 'c'; END".to_owned(), "acb"),
        ("DECLARE t INTEGER DEFAULT 0; BEGIN FOR i IN 1 TO 4 DO IF (i = 2) THEN DROP SCHEMA nosuch; t := 100; END IF; t := t + i; END FOR; RETURN t; EXCEPTION WHEN OTHER CONTINUE THEN NULL; END".to_owned(), "10"),
        ("DECLARE t INTEGER DEFAULT 0; BEGIN FOR i IN 1 TO 4 DO IF (i = 2) THEN NULL; END IF; DROP SCHEMA nosuch; t := t + i; END FOR; RETURN t; EXCEPTION WHEN OTHER CONTINUE THEN NULL; END".to_owned(), "0"),
        ("BEGIN DROP SCHEMA nosuch; RETURN SQLCODE IS NULL; EXCEPTION WHEN OTHER CONTINUE THEN NULL; END".to_owned(), "true"),
        ("BEGIN DROP SCHEMA nosuch; RETURN 'no'; EXCEPTION WHEN OTHER CONTINUE THEN RETURN 'handler'; END".to_owned(), "handler"),
    ] {
        let got = bench.cell(&block).await.unwrap_or_else(|error| panic!("{block}: {error}"));
        assert_eq!(got, expected, "{block}");
    }
}

#[tokio::test]
async fn texts_of_what_nobody_handles() {
    let mut bench = Bench::new().await;
    for (block, code, expected) in [
        (
            "DECLARE\n  bad EXCEPTION (-20001, 'on purpose');\nBEGIN\n  RAISE bad;\nEND",
            -20001,
            "Uncaught exception of type 'BAD' on line 4 at position 2 : on purpose",
        ),
        (
            "DECLARE bad EXCEPTION; BEGIN RAISE bad; END",
            -20000,
            "Uncaught exception of type 'BAD' on line 1 at position 29",
        ),
        (
            "BEGIN\n  DROP SCHEMA nosuch;\nEND",
            2003,
            "Uncaught exception of type 'STATEMENT_ERROR' on line 2 at position 2 : SQL compilation error:\n",
        ),
        (
            "BEGIN RETURN 1 + nope; END",
            904,
            "SQL compilation error: error line 1 at position 17\ninvalid identifier 'NOPE'",
        ),
        ("BEGIN CREATE SCHEMA never; r := 1; END", 904, "invalid identifier 'R'"),
        ("BEGIN INSERT INTO t VALUES (:Nope); END", 904, "invalid identifier 'Nope'"),
        ("BEGIN BREAK; END", 1003, "BREAK outside of a loop"),
        ("BEGIN LOOP BREAK nowhere; END LOOP; END", 1003, "no loop around has the label NOWHERE"),
        ("BEGIN RAISE; END", 1003, "RAISE without an exception"),
        ("DECLARE c CURSOR FOR SELECT 1; BEGIN FETCH c INTO c; END", 92229, "'C' is not open."),
    ] {
        let error = bench.run(block).await.expect_err(block);
        assert_eq!(error.code, code, "{block}: {error}");
        assert!(error.message.contains(expected), "{block}: {error}");
    }
    assert!(bench.run("DROP SCHEMA never").await.is_err(), "names are checked before anything runs");
}

#[tokio::test]
async fn procedures() {
    let mut bench = Bench::new().await;
    for sql in [
        "CREATE PROCEDURE add_one(x INTEGER) RETURNS INTEGER AS $$ BEGIN RETURN x + 1; END $$",
        "CREATE PROCEDURE pick(a INTEGER, b INTEGER DEFAULT 5) RETURNS INTEGER AS 'BEGIN RETURN a - b; END'",
        "CREATE PROCEDURE kind(x INTEGER) RETURNS VARCHAR AS BEGIN RETURN 'number'; END",
        "CREATE PROCEDURE kind(x VARCHAR) RETURNS VARCHAR AS BEGIN RETURN 'text'; END",
        "CREATE PROCEDURE strict(x INTEGER) RETURNS INTEGER STRICT AS BEGIN RETURN 1; END",
        "CREATE PROCEDURE never() RETURNS INTEGER NOT NULL AS BEGIN RETURN NULL; END",
        "CREATE PROCEDURE deep() RETURNS INTEGER AS BEGIN CALL deep(); END",
        "CREATE PROCEDURE outer_p() RETURNS INTEGER AS DECLARE r INTEGER; BEGIN CALL add_one(41) INTO :r; RETURN r; END",
        "CREATE PROCEDURE assigns() RETURNS INTEGER AS DECLARE r INTEGER; BEGIN r := (CALL add_one(x => 1)); RETURN r; END",
        "CREATE PROCEDURE fails() RETURNS INTEGER AS DECLARE bad EXCEPTION (-20005, 'deep'); BEGIN RAISE bad; END",
        "CREATE PROCEDURE calls_fails() RETURNS VARCHAR AS BEGIN CALL fails(); RETURN 'no'; EXCEPTION WHEN STATEMENT_ERROR THEN RETURN SQLCODE || ''; WHEN OTHER THEN RETURN 'other'; END",
        "CREATE PROCEDURE leaves_open() RETURNS VARCHAR AS BEGIN BEGIN TRANSACTION; RETURN 'x'; END",
        "CREATE PROCEDURE ends_outer() RETURNS VARCHAR AS BEGIN COMMIT; RETURN 'x'; END",
        "CREATE PROCEDURE shapes() RETURNS TABLE (a VARCHAR) AS BEGIN LET rs RESULTSET := (SHOW SCHEMAS IN DATABASE d); RETURN TABLE(rs); END",
        "CREATE PROCEDURE rows_p() RETURNS TABLE () AS BEGIN LET rs RESULTSET := (SHOW SCHEMAS IN DATABASE d); RETURN TABLE(rs); END",
    ] {
        bench.run(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    for (sql, expected) in [
        ("CALL add_one(41)", "42"),
        ("CALL d.public.add_one(x => 1)", "2"),
        ("CALL pick(7)", "2"),
        ("CALL pick(b => 2, a => 3)", "1"),
        ("CALL kind(1)", "number"),
        ("CALL kind('1')", "text"),
        ("CALL strict(NULL)", "Decimal128(NULL,38,0)"),
        ("CALL outer_p()", "42"),
        ("CALL assigns()", "2"),
    ] {
        let got = bench.cell(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let got = if got == "NULL" { "Decimal128(NULL,38,0)".to_owned() } else { got };
        assert_eq!(got, expected, "{sql}");
    }
    let result = bench.run("CALL add_one(1)").await.unwrap();
    assert_eq!((result.columns[0].name.as_str(), result.columns[0].sql_type), ("ADD_ONE", SqlType::INTEGER));
    assert_eq!(bench.run("CALL rows_p()").await.unwrap().row_count(), 2);
    for (sql, expected) in [
        ("CALL pick(1, b => 2)", "illegal mixing of named and positional arguments"),
        ("CALL pick(a => 1, nope => 2)", "Invalid argument types for function 'PICK'"),
        ("CALL nosuch()", "Unknown user-defined function NOSUCH"),
        ("CALL never()", "declared NOT NULL"),
        ("CALL deep()", "nested deeper than 16 levels"),
        ("CALL shapes()", "data type of returned table does not match expected returned table type"),
        ("CALL fails()", "Uncaught exception of type 'BAD' on line 1 at position 46 : deep"),
        ("CALL leaves_open()", "Scoped transaction started in stored procedure is incomplete and it was rolled back."),
        (
            "CREATE PROCEDURE py() RETURNS FLOAT LANGUAGE PYTHON AS 'return 1'",
            "Unsupported feature 'CREATE PROCEDURE with LANGUAGE PYTHON'.",
        ),
        ("CREATE PROCEDURE broken() RETURNS FLOAT AS 'BEGIN RETURN 1 END'", "unexpected 'END'"),
        ("CREATE PROCEDURE pick(a VARCHAR) RETURNS FLOAT AS BEGIN RETURN 1; END", "Cannot overload PROCEDURE 'PICK'"),
        (
            "CREATE PROCEDURE late() RETURNS FLOAT EXECUTE AS OWNER COMMENT = 'x' AS BEGIN RETURN 1; END",
            "unexpected 'COMMENT'",
        ),
        ("CREATE PROCEDURE add_one(y NUMBER) RETURNS FLOAT AS BEGIN RETURN 1; END", "already exists"),
        ("DROP PROCEDURE add_one(VARCHAR)", "ADD_ONE(VARCHAR)' does not exist or not authorized"),
        ("DESCRIBE PROCEDURE add_one", "unexpected '<EOF>'"),
    ] {
        let error = bench.run(sql).await.expect_err(sql);
        assert!(error.message.contains(expected), "{sql}: {error}");
    }
    assert!(bench.session.transactions.is_empty());
    bench.run("BEGIN TRANSACTION").await.unwrap();
    let error = bench.run("CALL ends_outer()").await.unwrap_err();
    assert!(
        error.message.contains("Modifying a transaction that has started at a different scope is not allowed."),
        "{error}"
    );
    assert_eq!(bench.session.transactions.len(), 1, "the caller's transaction stays open");
    bench.run("ROLLBACK").await.unwrap();
    bench.run("ALTER PROCEDURE add_one(INTEGER) RENAME TO plus_one").await.unwrap();
    assert_eq!(bench.cell("CALL plus_one(1)").await.unwrap(), "2");
    assert_eq!(bench.run("SHOW PROCEDURES LIKE 'kind'").await.unwrap().row_count(), 2);
    bench.run("DROP PROCEDURE kind(STRING)").await.unwrap();
    assert_eq!(bench.run("SHOW PROCEDURES LIKE 'kind'").await.unwrap().row_count(), 1);
}

#[tokio::test]
async fn rights_of_owner_and_caller() {
    let mut bench = Bench::new().await;
    for sql in [
        "CREATE ROLE r",
        "GRANT ROLE r TO ROLE ACCOUNTADMIN",
        "GRANT USAGE ON DATABASE d TO ROLE r",
        "GRANT USAGE ON SCHEMA d.public TO ROLE r",
        "CREATE PROCEDURE as_owner() RETURNS VARCHAR AS BEGIN CREATE SCHEMA d.made; RETURN 'ok'; END",
        "CREATE PROCEDURE as_caller() RETURNS VARCHAR EXECUTE AS CALLER AS BEGIN CREATE SCHEMA d.made2; RETURN 'ok'; END",
        "GRANT USAGE ON PROCEDURE as_owner() TO ROLE r",
    ] {
        bench.run(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    bench.session.role = "R".to_owned();
    bench.session.secondary_roles_all = false;
    let unknown = bench.run("CALL as_caller()").await.unwrap_err();
    assert_eq!(unknown.code, 2141, "{unknown}");
    assert_eq!(bench.cell("CALL as_owner()").await.unwrap(), "ok");
    bench.session.role = "ACCOUNTADMIN".to_owned();
    bench.run("GRANT USAGE ON PROCEDURE as_caller() TO ROLE r").await.unwrap();
    bench.session.role = "R".to_owned();
    let denied = bench.run("CALL as_caller()").await.unwrap_err();
    assert!(denied.message.contains("Insufficient privileges"), "{denied}");
}

#[tokio::test]
async fn statements_read_variables() {
    let mut bench = Bench::new().await;
    for sql in
        ["CREATE TABLE t (n INTEGER, s VARCHAR)", "CREATE TABLE v AS SELECT PARSE_JSON('{\"a\": {\"b\": 7}}') AS src"]
    {
        bench.run(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    for (block, expected) in [
        ("DECLARE a INTEGER DEFAULT 1; BEGIN INSERT INTO t SELECT :a, 'x'; RETURN SQLROWCOUNT; END", "1"),
        ("BEGIN INSERT INTO t VALUES (2, 'y'), (3, NULL); RETURN SQLFOUND; END", "true"),
        ("BEGIN UPDATE t SET s = 'z' WHERE n = 99; RETURN SQLNOTFOUND; END", "true"),
        ("BEGIN UPDATE t SET s = 'z' WHERE n = 1; SELECT 1; RETURN SQLROWCOUNT IS NULL; END", "true"),
        ("DECLARE a INTEGER; BEGIN SELECT MAX(n) INTO :a FROM t; RETURN :a; END", "3"),
        ("DECLARE a INTEGER; b VARCHAR; BEGIN SELECT n, s INTO a, b FROM t WHERE n = 1; RETURN a || b; END", "1z"),
        ("DECLARE a INTEGER DEFAULT 5; BEGIN SELECT n INTO :a FROM t WHERE n = 99; RETURN a IS NULL; END", "true"),
        ("BEGIN LET a := (SELECT COUNT(*) FROM t); RETURN a * 2; END", "6"),
        ("BEGIN LET s := 2; LET a := (SELECT s FROM t WHERE n = :s); RETURN a; END", "y"),
        (
            "DECLARE c CURSOR FOR SELECT n FROM t WHERE n > ? ORDER BY n; a INTEGER DEFAULT 0; BEGIN OPEN c USING (1); FOR r IN c DO a := a + r.n; END FOR; RETURN a; END",
            "5",
        ),
        ("BEGIN LET r VARCHAR := (SELECT src:a.b::VARCHAR FROM v); RETURN r; END", "7"),
        ("BEGIN LET o := OBJECT_CONSTRUCT('k', 1); RETURN o:k::INTEGER + 1; END", "2"),
        (
            "BEGIN LET q VARCHAR := 'SELECT n FROM t WHERE n = ? OR n = ? ORDER BY n'; LET a := 1; LET rs RESULTSET := (EXECUTE IMMEDIATE :q USING (a, a)); LET n := 0; FOR r IN rs DO n := n + r.n; END FOR; RETURN n; END",
            "1",
        ),
        (
            "BEGIN LET x := 1 / 0; RETURN 'no'; EXCEPTION WHEN EXPRESSION_ERROR THEN RETURN SQLERRM; END",
            "Division by zero",
        ),
        (
            "BEGIN SELECT 1 / 0; RETURN 'no'; EXCEPTION WHEN EXPRESSION_ERROR THEN RETURN 'no'; WHEN STATEMENT_ERROR THEN RETURN SQLCODE; END",
            "100051",
        ),
        (
            "BEGIN INSERT INTO t SELECT n, SQLERRM FROM t; RETURN 'no'; EXCEPTION WHEN OTHER THEN RETURN SQLCODE; END",
            "904",
        ),
        // The whole transaction, or nothing.
        ("BEGIN BEGIN TRANSACTION; DELETE FROM t; ROLLBACK; LET a := (SELECT COUNT(*) FROM t); RETURN a; END", "3"),
        (
            "BEGIN BEGIN TRANSACTION; DELETE FROM t WHERE n = 1; COMMIT; LET a := (SELECT COUNT(*) FROM t); RETURN a; END",
            "2",
        ),
    ] {
        let got = bench.cell(block).await.unwrap_or_else(|error| panic!("{block}: {error}"));
        assert_eq!(got, expected, "{block}");
    }
    for (block, expected) in [
        (
            "DECLARE a INTEGER; BEGIN SELECT n INTO :a FROM t; END",
            "A SELECT INTO statement expects exactly 1 returned row, but got 2.",
        ),
        ("BEGIN LET a := (SELECT n FROM t); RETURN a; END", "Single-row subquery returns more than one row."),
        ("BEGIN FOR r IN c DO NULL; END FOR; END", "invalid identifier 'C'"),
    ] {
        let error = bench.run(block).await.expect_err(block);
        assert!(error.message.contains(expected), "{block}: {error}");
    }
}

#[tokio::test]
async fn a_failed_procedure_undoes_its_transaction_and_nothing_else() {
    let mut bench = Bench::new().await;
    for sql in [
        "CREATE TABLE a (n INTEGER)",
        "CREATE TABLE b (n INTEGER)",
        "CREATE PROCEDURE p() RETURNS VARCHAR AS BEGIN INSERT INTO a VALUES (1); BEGIN TRANSACTION; INSERT INTO b VALUES (1); INSERT INTO b SELECT 1/0; COMMIT; RETURN 'ok'; END",
        "CREATE PROCEDURE joins() RETURNS VARCHAR AS BEGIN INSERT INTO b VALUES (2); INSERT INTO b SELECT 1/0; RETURN 'ok'; END",
    ] {
        bench.run(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    let error = bench.run("CALL p()").await.unwrap_err();
    assert!(error.message.starts_with("Uncaught exception of type 'STATEMENT_ERROR' on line 1 at position"), "{error}");
    assert_eq!(bench.cell("SELECT COUNT(*) FROM a").await.unwrap(), "1");
    assert_eq!(bench.cell("SELECT COUNT(*) FROM b").await.unwrap(), "0");
    bench.run("BEGIN TRANSACTION").await.unwrap();
    bench.run("INSERT INTO a VALUES (2)").await.unwrap();
    bench.run("CALL joins()").await.unwrap_err();
    bench.run("COMMIT").await.unwrap();
    assert_eq!(bench.cell("SELECT COUNT(*) FROM a").await.unwrap(), "2", "the caller's own change stays");
    assert_eq!(bench.cell("SELECT COUNT(*) FROM b").await.unwrap(), "0", "what the failed CALL did is undone");
}
