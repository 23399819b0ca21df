//! Procedures that are created and called: transactions, rights, other procedures.

use super::Bench;

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
