//! Procedures with output arguments, procedures of a block and of one CALL, child jobs, procedures in FROM.

use super::Bench;

/// Runs each statement; the last cell of the last one is what is expected, or its error contains it.
async fn check(bench: &mut Bench, cases: &[(&[&str], Result<&str, &str>)]) {
    for (statements, expected) in cases {
        let (last, before) = statements.split_last().unwrap();
        for sql in before {
            bench.run(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
        match (bench.cell(last).await, expected) {
            (Ok(value), Ok(expected)) => assert_eq!(value, *expected, "{last}"),
            (Err(error), Err(expected)) => assert!(error.message.contains(expected), "{last}: {error}"),
            (result, expected) => panic!("{last}: {result:?} instead of {expected:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn output_arguments_go_back_to_variables() {
    let mut bench = Bench::new().await;
    let cases: &[(&[&str], Result<&str, &str>)] = &[
        (
            &[
                "CREATE PROCEDURE one(x OUT NUMBER) RETURNS STRING AS $$ BEGIN x := 2; RETURN 'Done'; END $$",
                "BEGIN LET v := 1; CALL one(:v); RETURN v; END",
            ],
            Ok("2"),
        ),
        (&["BEGIN LET v := 1; LET r VARCHAR; CALL one(:v) INTO :r; RETURN r || v; END"], Ok("Done2")),
        (&["BEGIN LET v := 1; CALL one(:v + 2); RETURN v; END"], Err("must be given as a variable")),
        (&["CALL one(1)"], Err("must be given as a variable")),
        (
            &[
                "CREATE PROCEDURE several(a NUMBER, b OUTPUT NUMBER, c OUT VARCHAR) RETURNS NUMBER AS
                 $$ BEGIN a := a + 1; b := b + 1; c := c || '!'; RETURN 1; END $$",
                "BEGIN LET a := 1; LET b := 1; LET c := 'x'; CALL several(:a, :b, :c); CALL several(c => :c, a => :a, b => :b);
                 RETURN a || b || c; END",
            ],
            Ok("13x!!"),
        ),
        (&["BEGIN LET a := 1; LET b := 1; CALL several(:a, :b, :b); RETURN b; END"], Err("cannot share the variable :B")),
        // Converted on the way in and on the way out.
        (
            &[
                "CREATE PROCEDURE twice(x OUT NUMBER) RETURNS STRING AS $$ BEGIN x := x * 2; RETURN ''; END $$",
                "BEGIN LET a FLOAT := 500.662; CALL twice(:a); RETURN a::VARCHAR; END",
            ],
            Ok("1002"),
        ),
        (&["CREATE PROCEDURE one(x NUMBER) RETURNS STRING AS $$ BEGIN RETURN ''; END $$"], Err("already exists")),
        (
            &["CREATE PROCEDURE d(x OUT NUMBER DEFAULT 1) RETURNS STRING AS $$ BEGIN RETURN ''; END $$"],
            Err("Output argument X cannot have a DEFAULT."),
        ),
        (
            &["CREATE PROCEDURE j(x OUT FLOAT) RETURNS STRING LANGUAGE JAVASCRIPT AS $$ return ''; $$"],
            Err("only SQL has output arguments"),
        ),
    ];
    check(&mut bench, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_writes_to_the_log() {
    let mut bench = Bench::new().await;
    let cases: &[(&[&str], Result<&str, &str>)] = &[
        (
            &[
                "BEGIN LET n := 2; SYSTEM$LOG('info', 'n is ' || n); SYSTEM$LOG_WARN('x' || :n); system$log('ERROR', NULL); RETURN n; END",
            ],
            Ok("2"),
        ),
        (&["BEGIN SYSTEM$LOG('loud', 'x'); END"], Err("invalid level 'loud' of SYSTEM$LOG")),
        (&["BEGIN SYSTEM$LOG_LOUD('x'); END"], Err("invalid level 'LOUD' of SYSTEM$LOG")),
        (&["BEGIN SYSTEM$LOG('x'); END"], Err("SYSTEM$LOG takes a level and a message.")),
        (&["BEGIN SYSTEM$LOG('info', nope); END"], Err("invalid identifier 'NOPE'")),
    ];
    check(&mut bench, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_has_procedures_of_its_own() {
    let mut bench = Bench::new().await;
    let cases: &[(&[&str], Result<&str, &str>)] = &[
        (
            &["DECLARE n NUMBER := 0;
               up PROCEDURE() RETURNS VARCHAR AS BEGIN n := n + 1; RETURN n; END;
               BEGIN CALL up(); CALL up(); LET r := CALL up(); RETURN n || r; END"],
            Ok("33"),
        ),
        (
            &["DECLARE n NUMBER := 0;
               ten PROCEDURE() RETURNS NUMBER AS DECLARE v NUMBER := 10; BEGIN n := n + v; END;
               more PROCEDURE(k NUMBER) RETURNS NUMBER AS BEGIN n := n + k; CALL ten(); END;
               BEGIN CALL ten(); LET k := 15; CALL more(:k); RETURN n; END"],
            Ok("35"),
        ),
        (
            &["CREATE TABLE t (c INTEGER)",
              "DECLARE rows RESULTSET; s NUMBER := 0;
               fill PROCEDURE() RETURNS TABLE() AS BEGIN INSERT INTO t VALUES (1), (2); LET r RESULTSET := (SELECT c FROM t); RETURN TABLE(r); END;
               BEGIN rows := (CALL fill()); FOR row_ IN rows DO s := s + row_.c; END FOR; RETURN s; END"],
            Ok("3"),
        ),
        // Exceptions of the block pass through.
        (
            &["DECLARE bad EXCEPTION (-20010, 'inside'); p PROCEDURE() RETURNS INT AS BEGIN RAISE bad; END;
               BEGIN CALL p(); RETURN 'none'; EXCEPTION WHEN bad THEN RETURN SQLERRM; END"],
            Ok("inside"),
        ),
        (
            &["DECLARE p PROCEDURE() RETURNS INT AS BEGIN RETURN later; END; later INT := 1; BEGIN CALL p(); RETURN 1; END"],
            Err("invalid identifier 'LATER'"),
        ),
        (
            &["BEGIN LET v := 1; DECLARE p PROCEDURE(a INT) RETURNS INT AS BEGIN RETURN a; END; BEGIN CALL p(1, 2); END; END"],
            Err("Procedure P takes 1 arguments, and the CALL gives 2."),
        ),
        (
            &["BEGIN FOR i IN 1 TO 2 DO DECLARE p PROCEDURE() RETURNS INT AS BEGIN RETURN 1; END; BEGIN CALL p(); END; END FOR; END"],
            Err("cannot be declared inside a loop"),
        ),
        // For one CALL only.
        (&["WITH p AS PROCEDURE (x INT) RETURNS INT AS $$ BEGIN RETURN x + 1; END $$ CALL p(4)"], Ok("5")),
        (&["WITH p AS PROCEDURE (x FLOAT) RETURNS FLOAT LANGUAGE JAVASCRIPT AS $$ return X * 2; $$ CALL p(21)"], Ok("42")),
        (
            &["WITH p AS PROCEDURE (x INT) RETURNS INT AS $$ BEGIN RETURN x; END $$, c AS (SELECT 5 AS n) CALL p(SELECT n FROM c)"],
            Ok("5"),
        ),
        (
            &["BEGIN LET r INT; WITH p AS PROCEDURE () RETURNS INT AS $$ BEGIN RETURN 6; END $$ CALL p() INTO :r; RETURN r; END"],
            Ok("6"),
        ),
        (
            &["WITH p AS PROCEDURE () RETURNS INT EXECUTE AS OWNER AS $$ BEGIN RETURN 6; END $$ CALL p()"],
            Err("EXECUTE AS cannot be given"),
        ),
        // A bare body within a block.
        (
            &["BEGIN CREATE PROCEDURE q() RETURNS INT AS BEGIN IF (TRUE) THEN RETURN 7; END IF; END; LET r INT; CALL q() INTO :r; RETURN r; END"],
            Ok("7"),
        ),
        (
            &["CREATE TEMPORARY PROCEDURE gone() RETURNS INT AS $$ BEGIN RETURN 8; END $$", "CALL gone()"],
            Ok("8"),
        ),
        (
            &["CREATE OR ALTER PROCEDURE q() RETURNS INT AS $$ BEGIN RETURN 9; END $$", "CALL q()"],
            Ok("9"),
        ),
    ];
    check(&mut bench, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn child_jobs_run_beside_the_block() {
    let mut bench = Bench::new().await;
    bench.run("CREATE TABLE t (c INTEGER)").await.unwrap();
    let cases: &[(&[&str], Result<&str, &str>)] = &[
        (
            &["BEGIN FOR i IN 1 TO 5 DO ASYNC (INSERT INTO t VALUES (:i)); END FOR; AWAIT ALL; RETURN (SELECT SUM(c) FROM t); END"],
            Ok("15"),
        ),
        (
            &["DECLARE r RESULTSET DEFAULT ASYNC (SELECT c FROM t WHERE c > 3); s INT := 0;
               BEGIN AWAIT r; LET c1 CURSOR FOR r; FOR x IN c1 DO s := s + x.c; END FOR; RETURN s; END"],
            Ok("9"),
        ),
        (
            &["BEGIN LET r RESULTSET := ASYNC (INSERT INTO t SELECT 1 UNION ALL SELECT 2); AWAIT r; RETURN SQLROWCOUNT; END"],
            Ok("2"),
        ),
        (
            &["BEGIN LET r RESULTSET := ASYNC (SELECT SYSTEM$WAIT(30)); LET a := SYSTEM$GET_RESULTSET_STATUS(r); CANCEL r;
               RETURN a || ' ' || SYSTEM$GET_RESULTSET_STATUS(r); END"],
            Ok("RUNNING ABORTED"),
        ),
        (&["BEGIN LET r RESULTSET := ASYNC (SELECT 1); RETURN TABLE(r); END"], Err("has no rows before AWAIT")),
        (&["BEGIN LET r RESULTSET := ASYNC (SELECT * FROM nosuch); AWAIT r; RETURN 1; END"], Err("'NOSUCH' does not exist")),
        (
            &["BEGIN ASYNC (SELECT 1/0); AWAIT ALL; RETURN 'x'; EXCEPTION WHEN STATEMENT_ERROR THEN RETURN SQLCODE; END"],
            Ok("100051"),
        ),
        (&["BEGIN BEGIN TRANSACTION; ASYNC (SELECT 1); COMMIT; END"], Err("while a transaction is open")),
    ];
    check(&mut bench, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn procedures_are_selected_from() {
    let mut bench = Bench::new().await;
    let cases: &[(&[&str], Result<&str, &str>)] = &[
        (
            &[
                "CREATE TABLE t (id INTEGER)",
                "INSERT INTO t VALUES (1), (2), (3)",
                "CREATE PROCEDURE above(n NUMBER) RETURNS TABLE (id NUMBER) AS
                 $$ BEGIN LET r RESULTSET := (SELECT id FROM t WHERE id > :n); RETURN TABLE(r); END $$",
                "SELECT SUM(id) FROM TABLE(above(1))",
            ],
            Ok("5"),
        ),
        (&["SELECT COUNT(*) FROM t JOIN TABLE(above(n => 2)) AS a ON a.id = t.id"], Ok("1")),
        (&["INSERT INTO t SELECT id + 10 FROM TABLE(above(0))", "SELECT MAX(id) FROM t"], Ok("13")),
        (&["CREATE TABLE copied AS SELECT * FROM TABLE(above(12))", "SELECT id FROM copied"], Ok("13")),
        (
            &[
                "CREATE PROCEDURE any() RETURNS TABLE () AS $$ BEGIN LET r RESULTSET := (SELECT 1); RETURN TABLE(r); END $$",
                "SELECT * FROM TABLE(any())",
            ],
            Err("must be declared RETURNS TABLE (..) with its columns"),
        ),
        (&["EXECUTE IMMEDIATE 'BEGIN LET a := ?; RETURN a || ? || :1; END' USING ('x', 'y')"], Ok("xyx")),
        (&["EXECUTE IMMEDIATE 'BEGIN RETURN ? || ?; END' USING ('x')"], Err("Bind variable ? not set.")),
    ];
    check(&mut bench, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_stand_in_ddl_and_for_lists() {
    let mut bench = Bench::new().await;
    let cases: &[(&[&str], Result<&str, &str>)] = &[
        (
            &[
                "BEGIN LET t VARCHAR := 'named'; LET c VARCHAR := 'it''s'; LET d DATE := '2020-02-03';
                 CREATE TABLE IDENTIFIER(:t) COMMENT = :c AS SELECT :d AS d, 7 AS n; END",
                "SELECT d::VARCHAR || n FROM named",
            ],
            Ok("2020-02-037"),
        ),
        (&["SELECT comment FROM information_schema.tables WHERE table_name = 'NAMED'"], Ok("it's")),
        (&["BEGIN LET t VARCHAR := 'NA%'; SHOW TABLES LIKE :t; RETURN ACTIVITY_COUNT; END"], Ok("1")),
        (&["EXECUTE IMMEDIATE 'DROP TABLE IDENTIFIER(?)' USING ('named')"], Ok("NAMED successfully dropped.")),
        (&["BEGIN LET a := [1, 'x']; RETURN 'x' IN (** :a); END"], Ok("true")),
        (
            &[
                "BEGIN LET a := [1, 3]; RETURN (SELECT COUNT(*) FROM VALUES (1), (2), (3) WHERE column1 IN (** :a)); END",
            ],
            Ok("2"),
        ),
        (&["BEGIN LET a := 1; RETURN 1 IN (** :a); END"], Err("needs a variable with an ARRAY")),
        (
            &["DECLARE c CURSOR FOR SELECT 1 AS n; BEGIN FOR r IN c DO LET x := r.n; END FOR; END"],
            Err("variable 'X' cannot have its type inferred from initializer"),
        ),
        (&["CREATE SEQUENCE numbers", "BEGIN LET x := numbers.NEXTVAL; RETURN x; END"], Ok("1")),
        (&["CREATE PROCEDURE p() RETURNS INT AS $$ BEGIN RETRN 1; END $$"], Err("unexpected 'RETRN'")),
        (
            &["SET v = 2", "CREATE PROCEDURE p() RETURNS INT AS $$ BEGIN RETURN $v; END $$", "CALL p()"],
            Err("Use of session variable '$V' is not allowed in owners rights stored procedure"),
        ),
        (&["ALTER PROCEDURE p() EXECUTE AS CALLER", "CALL p()"], Ok("2")),
    ];
    check(&mut bench, cases).await;
}
